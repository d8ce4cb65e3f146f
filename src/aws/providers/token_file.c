/* SPDX-License-Identifier: MIT */
#include "aws/providers/token_file.h"

#include <string.h>

#include "base/ascii.h"
#include "base/shown.h"

static bool fail(const char *where, const char *why, const struct setting *setting, struct err *err)
{
    return err_set(err, ERR_CREDENTIALS, where, "%s (named by %s)", why, setting->where);
}

static void hint_at_writer(struct err *err)
{
    err_set_hint(err,
            "whoever renews the token writes this file (on Kubernetes it is a projected volume of the "
            "service account): is it mounted, and may this user read it?");
}

static bool has_form(const struct secret *token, enum token_form form)
{
    const char *bytes = secret_expose(token);
    for (size_t i = 0; i < secret_len(token); i++) {
        if ((bytes[i] == ' ' && form == TOKEN_WORD) || ascii_is_control(bytes[i])) {
            return false;
        }
    }
    return true;
}

bool token_file_read(const struct provider_context *context,
        const struct setting *setting,
        enum token_form form,
        struct secret *ret_token,
        struct text *ret_path,
        struct err *reterr)
{
    const struct file_limits limits = { context->clock, context->calls->deadline_ms };
    enum file_presence presence = FILE_ABSENT;
    char shown[SHOWN_BYTES];
    if (!setting_expand_path(setting, context->settings->environment, ret_path, reterr)) {
        return false;
    }
    const char *shown_path = setting_shown_path(setting, ret_path);
    (void)shown_word(shown_path, strlen(shown_path), shown);
    bool is_read = file_read(text_string(ret_path), &limits, ret_token, &presence, reterr);
    if (!is_read) {
        err_set_where(reterr, shown);
        err_add_why(reterr, " (named by %s)", setting->where);
    } else if (presence == FILE_ABSENT) {
        is_read = fail(shown, "there is no such file", setting, reterr);
    } else {
        secret_trim_end(ret_token);
        is_read = !secret_is_empty(ret_token)
                || fail(shown_path, "the token file is empty", setting, reterr);
    }
    if (!is_read) {
        hint_at_writer(reterr);
        return false;
    }
    return has_form(ret_token, form)
            || fail(shown_path,
                    "not a token: it holds a blank, a line break or another control character",
                    setting, reterr);
}
