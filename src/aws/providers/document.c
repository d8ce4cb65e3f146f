/* SPDX-License-Identifier: MIT */
#include "aws/providers/document.h"

#include <string.h>

#include "base/timestamp.h"

enum {
    TIME_MAX_BYTES = 64,
    CODE_MAX_BYTES = 256
};

const struct document_members document_endpoint_members = {
    .access_key_id = "AccessKeyId",
    .secret_access_key = "SecretAccessKey",
    .session_token = "Token",
    .expiration = "Expiration",
    .expiration_is_required = true,
};

static bool read_member(struct json_value object,
        const char *name,
        bool is_required,
        const char *where,
        struct secret *ret_value,
        struct err *reterr)
{
    struct json_value member;
    if (!json_find(object, name, &member)) {
        return !is_required
                || err_set(reterr, ERR_CREDENTIALS, where, "the answer has no %s", name);
    }
    if (json_type_of(member) != JSON_STRING) {
        return err_set(reterr, ERR_CREDENTIALS, where, "the answer's %s is not a string", name);
    }
    if (!json_decode_secret(member, where, ret_value, reterr)) {
        return false;
    }
    if (is_required && secret_is_empty(ret_value)) {
        return err_set(reterr, ERR_CREDENTIALS, where, "the answer's %s is empty", name);
    }
    return true;
}

static bool read_expiration(struct json_value object,
        const struct document_members *members,
        const char *where,
        int64_t *ret_expires_s,
        struct err *reterr)
{
    struct json_value member;
    const char *name = members->expiration != NULL ? members->expiration : members->expiration_ms;
    if (name == NULL) {
        return true;
    }
    if (!json_find(object, name, &member)) {
        return !members->expiration_is_required
                || err_set(reterr, ERR_CREDENTIALS, where, "the answer has no %s", name);
    }
    int64_t milliseconds = 0;
    if (members->expiration == NULL && json_int64(member, &milliseconds) && milliseconds > 0) {
        *ret_expires_s = milliseconds / 1000;
        return true;
    }
    CLEANUP(text_clear) struct text time = TEXT_INIT(TIME_MAX_BYTES);
    if (members->expiration != NULL && json_find_text(object, name, &time)
            && timestamp_parse_iso8601(text_string(&time), ret_expires_s)) {
        return true;
    }
    return err_set(reterr, ERR_CREDENTIALS, where, "the answer's %s is not a time", name);
}

bool document_is_success(struct json_value object, const char *where, struct err *reterr)
{
    CLEANUP(text_clear) struct text code = TEXT_INIT(CODE_MAX_BYTES);
    struct json_value member;
    bool is_success = !json_find(object, "Code", &member)
            || (json_find_text(object, "Code", &code)
                    && strcmp(text_string(&code), "Success") == 0);
    return is_success || err_set(reterr, ERR_CREDENTIALS, where, "the answer holds no credentials");
}

bool document_read(struct json_value object,
        const struct document_members *members,
        const char *where,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    if (json_type_of(object) != JSON_OBJECT) {
        return err_set(reterr, ERR_CREDENTIALS, where, "the answer is not a JSON object");
    }
    return read_member(object, members->access_key_id, true, where, &ret_credentials->access_key_id,
                   reterr)
            && read_member(object, members->secret_access_key, true, where,
                    &ret_credentials->secret_access_key, reterr)
            && read_member(object, members->session_token, false, where,
                    &ret_credentials->session_token, reterr)
            && read_expiration(object, members, where, &ret_credentials->expires_s, reterr);
}
