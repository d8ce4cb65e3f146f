/* SPDX-License-Identifier: MIT */
#include "aws/credentials.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

void credentials_clear(struct credentials *credentials)
{
    secret_clear(&credentials->access_key_id);
    secret_clear(&credentials->secret_access_key);
    secret_clear(&credentials->session_token);
    credentials->expires_s = 0;
    credentials->may_be_past_expiry = false;
    credentials->origin[0] = '\0';
    credentials->renewal[0] = '\0';
}

void credentials_set_origin(struct credentials *credentials, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(credentials->origin, sizeof(credentials->origin), format, args);
    va_end(args);
}

void credentials_set_renewal(struct credentials *credentials, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(credentials->renewal, sizeof(credentials->renewal), format, args);
    va_end(args);
}

void credentials_move(struct credentials *to, struct credentials *from)
{
    credentials_clear(to);
    *to = *from;
    *from = CREDENTIALS_INIT;
}

static bool is_quotation_mark(char c)
{
    return c == '"' || c == '\'';
}

/* What is wrong with a field that contains this byte; NULL if nothing is. */
static const char *find_fault(enum credentials_field field, char c, bool is_at_end)
{
    if (ascii_is_control(c)) {
        return "holds a line break or another control character";
    }
    if (is_quotation_mark(c)) {
        return is_at_end ? "begins or ends with a quotation mark" : "holds a quotation mark";
    }
    if (ascii_is_blank(c)) {
        return is_at_end ? "begins or ends with a blank" : "holds a blank";
    }
    if ((unsigned char)c >= 0x80) {
        return "holds a character that is not ASCII";
    }
    /* These would end the access key id inside the Authorization header. */
    if (field == CREDENTIALS_ACCESS_KEY_ID && strchr("/,=", c) != NULL) {
        return "holds a '/', ',' or '='";
    }
    return NULL;
}

bool credentials_check_field(enum credentials_field field,
        const struct secret *value,
        const char *where,
        struct err *reterr)
{
    static const char *const names[] = { [CREDENTIALS_ACCESS_KEY_ID] = "access key id",
        [CREDENTIALS_SECRET_ACCESS_KEY] = "secret access key",
        [CREDENTIALS_SESSION_TOKEN] = "session token" };
    if (!secret_check(value, where, reterr)) {
        reterr->kind = ERR_CREDENTIALS;
        return false;
    }
    if (secret_is_empty(value)) {
        return field == CREDENTIALS_SESSION_TOKEN
                || err_set(reterr, ERR_CREDENTIALS, where, "the %s is empty", names[field]);
    }
    const char *bytes = secret_expose(value);
    size_t len = secret_len(value);
    for (size_t i = 0; i < len; i++) {
        const char *fault = find_fault(field, bytes[i], i == 0 || i + 1 == len);
        if (fault != NULL) {
            (void)err_set(reterr, ERR_CREDENTIALS, where, "the %s %s", names[field], fault);
            err_set_hint(reterr,
                    is_quotation_mark(bytes[i])
                            ? "remove the quotation marks: only a shell strips them"
                            : "AWS never issues such a value: was it pasted, or read from a file "
                              "with a line end?");
            return false;
        }
    }
    return true;
}
