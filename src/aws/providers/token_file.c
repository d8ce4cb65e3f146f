/* SPDX-License-Identifier: MIT */
#include "aws/providers/token_file.h"

#include <string.h>

#include "base/ascii.h"
#include "base/shown.h"

static void hint_at_writer(struct err *err)
{
    err_set_hint(err,
            "whoever renews the token writes this file (on Kubernetes it is a projected volume of the "
            "service account): is it mounted, and may this user read it?");
}

bool token_file_read(const struct token_file *file,
        const struct file_limits *limits,
        struct secret *ret_token,
        struct err *reterr)
{
    enum file_presence presence = FILE_ABSENT;
    char shown[SHOWN_BYTES];
    (void)shown_word(file->shown_path, strlen(file->shown_path), shown);
    if (!file_read(file->path, limits, ret_token, &presence, reterr)) {
        err_set_where(reterr, shown);
        err_add_why(reterr, " (named by %s)", file->setting);
        hint_at_writer(reterr);
        return false;
    }
    if (presence == FILE_ABSENT) {
        (void)err_set(reterr, ERR_CREDENTIALS, shown, "there is no such file (named by %s)",
                file->setting);
        hint_at_writer(reterr);
        return false;
    }
    const char *bytes = secret_expose(ret_token);
    size_t len = secret_len(ret_token);
    while (len > 0 && ascii_is_space(bytes[len - 1])) {
        len--;
    }
    secret_shorten(ret_token, len);
    if (len == 0) {
        (void)err_set(reterr, ERR_CREDENTIALS, file->shown_path,
                "the token file is empty (named by %s)", file->setting);
        hint_at_writer(reterr);
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if ((bytes[i] == ' ' && file->form == TOKEN_WORD) || ascii_is_control(bytes[i])) {
            return err_set(reterr, ERR_CREDENTIALS, file->shown_path,
                    "not a token: it holds a blank, a line break or another control character (named "
                    "by %s)",
                    file->setting);
        }
    }
    return true;
}
