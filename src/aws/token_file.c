/* SPDX-License-Identifier: MIT */
#include "aws/token_file.h"

#include "base/ascii.h"

static void hint_at_writer(struct err *err)
{
    err_set_hint(err,
            "whoever renews the token writes this file (on Kubernetes it is a projected volume of the "
            "service account): is it mounted, and may this user read it?");
}

bool token_file_read(const char *path,
        enum token_form form,
        const char *setting,
        const struct file_limits *limits,
        struct secret *ret_token,
        struct err *reterr)
{
    enum file_presence presence = FILE_ABSENT;
    if (!file_read(path, limits, ret_token, &presence, reterr)) {
        err_add_why(reterr, " (named by %s)", setting);
        hint_at_writer(reterr);
        return false;
    }
    if (presence == FILE_ABSENT) {
        (void)err_set(
                reterr, ERR_CREDENTIALS, path, "there is no such file (named by %s)", setting);
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
        (void)err_set(
                reterr, ERR_CREDENTIALS, path, "the token file is empty (named by %s)", setting);
        hint_at_writer(reterr);
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if ((bytes[i] == ' ' && form == TOKEN_WORD) || ascii_is_control(bytes[i])) {
            return err_set(reterr, ERR_CREDENTIALS, path,
                    "not a token: it holds a blank, a line break or another control character (named "
                    "by %s)",
                    setting);
        }
    }
    return true;
}
