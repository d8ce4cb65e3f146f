/* SPDX-License-Identifier: MIT */
#include "vars/member.h"

#include "json/json.h"

static bool fail(const char *member, const char *where, struct err *reterr, const char *why)
{
    (void)err_set(reterr, ERR_MAPPING, where, "#%s: %s", member, why);
    return false;
}

bool member_extract(const struct secret *value,
        const char *member,
        const char *where,
        struct secret *ret_value,
        struct err *reterr)
{
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct json_value found;
    if (!json_parse(value, JSON_TOKENS_VALUE, where, &document, reterr)) {
        return reterr->kind == ERR_SYSTEM
                ? false
                : fail(member, where, reterr, "the value is not a JSON object");
    }
    if (json_type_of(json_root(&document)) != JSON_OBJECT) {
        return fail(member, where, reterr, "the value is not a JSON object");
    }
    if (!json_find(json_root(&document), member, &found)) {
        return fail(member, where, reterr, "the value has no such member, or it is null");
    }
    switch (json_type_of(found)) {
    case JSON_STRING:
        if (!json_decode_secret(found, where, ret_value, reterr)) {
            return fail(member, where, reterr,
                    "the member contains half a character (an unpaired UTF-16 surrogate)");
        }
        return secret_check(ret_value, where, reterr);
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
        json_append_raw(found, ret_value);
        return secret_check(ret_value, where, reterr);
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_NULL:
        break;
    }
    return fail(member, where, reterr,
            "the member is an object or a list; expected a string, a number or a boolean");
}
