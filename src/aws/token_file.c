/* SPDX-License-Identifier: MIT */
#include "aws/token_file.h"

#include "base/ascii.h"

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
        return false;
    }
    if (presence == FILE_ABSENT) {
        return err_set(
                reterr, ERR_CREDENTIALS, path, "there is no such file (named by %s)", setting);
    }
    const char *bytes = secret_expose(ret_token);
    size_t len = secret_len(ret_token);
    while (len > 0 && ascii_is_space(bytes[len - 1])) {
        len--;
    }
    secret_shorten(ret_token, len);
    if (len == 0) {
        return err_set(
                reterr, ERR_CREDENTIALS, path, "the token file is empty (named by %s)", setting);
    }
    for (size_t i = 0; i < len; i++) {
        if ((bytes[i] == ' ' && form == TOKEN_WORD) || ascii_is_control(bytes[i])) {
            return err_set(reterr, ERR_CREDENTIALS, path,
                    "no token: it holds a blank, a line break or another control character (named by "
                    "%s)",
                    setting);
        }
    }
    return true;
}
