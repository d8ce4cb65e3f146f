/* SPDX-License-Identifier: MIT */
#include "aws/ssm/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "json/json.h"

/* AWS's limits (API reference, data type Parameter), or generous ones if it documents none. */
enum {
    ITEMS_MAX = 10, /* parameters, or names that do not exist, in one reply */
    NAME_MAX_BYTES = 2048,
    ARN_MAX_BYTES = 2048 + 256,
    TYPE_MAX_BYTES = 64,
    SELECTOR_MAX_BYTES = 512, /* a label has 100 characters, a stage of Secrets Manager 256 */
};

/* Reads a member that is a string; "" if it is missing. */
static bool read_text(struct json_value object,
        const char *name,
        size_t max_bytes,
        const char *where,
        char **ret_text,
        struct err *reterr)
{
    struct json_value member;
    struct text text = TEXT_INIT(max_bytes);
    bool is_there = json_find(object, name, &member);
    size_t len = is_there ? json_encoded_len(member) : 0;
    text_reserve(&text, len < max_bytes ? len : max_bytes);
    bool ok = !is_there || json_decode_text(member, where, &text, reterr);
    if (ok && text.state == TEXT_TOO_LONG) {
        ok = err_set(reterr, ERR_PROTOCOL, where, "the reply's %s is longer than %zu bytes", name,
                max_bytes);
    }
    ok = ok && text_check(&text, where, reterr);
    if (ok && memchr(text_string(&text), '\0', text.len) != NULL) {
        ok = err_set(reterr, ERR_PROTOCOL, where, "the reply's %s holds a NUL", name);
    }
    if (!ok) {
        text_clear(&text);
        return false;
    }
    *ret_text = text_detach(&text);
    return *ret_text != NULL ? true : err_set_no_memory(reterr);
}

static bool read_value(struct json_value object,
        const char *where,
        struct parameter *parameter,
        struct err *reterr)
{
    struct json_value member;
    if (!json_find_typed(object, "Value", JSON_STRING, &member)) {
        return err_set(reterr, ERR_PROTOCOL, where, "the reply has no value for it");
    }
    size_t len = json_encoded_len(member); /* at most six times what it decodes to */
    secret_reserve(
            &parameter->value, len < PARAMETER_VALUE_MAX_BYTES ? len : PARAMETER_VALUE_MAX_BYTES);
    return json_decode_secret(member, where, &parameter->value, reterr)
            && secret_check(&parameter->value, where, reterr);
}

static bool read_numbers(struct json_value object,
        const char *where,
        struct parameter *parameter,
        struct err *reterr)
{
    struct json_value member;
    if (json_find(object, "Version", &member)
            && (!json_int64(member, &parameter->version) || parameter->version < 0)) {
        return err_set(reterr, ERR_PROTOCOL, where, "the reply's Version is not a whole number");
    }
    double modified = 0;
    if (json_find(object, "LastModifiedDate", &member)) {
        if (!json_number(member, &modified) || modified < 0 || modified > 1e12) {
            return err_set(
                    reterr, ERR_PROTOCOL, where, "the reply's LastModifiedDate is not a time");
        }
        parameter->modified_s = (int64_t)modified;
    }
    return true;
}

static bool is_word(const char *text)
{
    size_t letters = 0;
    while (ascii_is_letter(text[letters])) {
        letters++;
    }
    return letters > 0 && text[letters] == '\0';
}

/* An unknown type is kept and shown; it does not count as SecureString. */
static bool read_type(struct json_value object,
        const char *where,
        struct parameter *parameter,
        struct err *reterr)
{
    struct json_value member;
    if (!read_text(object, "Type", TYPE_MAX_BYTES, where, &parameter->type, reterr)) {
        return false;
    }
    return !json_find(object, "Type", &member) || is_word(parameter->type)
            || err_set(reterr, ERR_PROTOCOL, where, "the reply's Type is not one word of letters");
}

/* Whether the value of a parameter of that type is ciphertext, or may be. */
static bool is_encrypted(const char *type, enum parameter_decryption decryption)
{
    return decryption == PARAMETER_UNDECRYPTED && strcmp(type, PARAMETER_STRING) != 0
            && strcmp(type, PARAMETER_STRING_LIST) != 0;
}

static bool read_parameter(struct json_value object,
        enum parameter_decryption decryption,
        const char *where,
        struct parameter *parameter,
        struct err *reterr)
{
    if (json_type_of(object) != JSON_OBJECT) {
        return err_set(reterr, ERR_PROTOCOL, where, "the reply's Parameters are not objects");
    }
    if (!read_text(object, "Name", NAME_MAX_BYTES, where, &parameter->name, reterr)) {
        return false;
    }
    const char *name = parameter->name;
    if (name[0] == '\0') {
        return err_set(
                reterr, ERR_PROTOCOL, where, "the reply contains a parameter without a name");
    }
    return read_type(object, name, parameter, reterr)
            && read_text(object, "ARN", ARN_MAX_BYTES, name, &parameter->arn, reterr)
            && read_text(object, "Selector", SELECTOR_MAX_BYTES, name, &parameter->selector, reterr)
            && read_numbers(object, name, parameter, reterr)
            && (is_encrypted(parameter->type, decryption)
                    || read_value(object, name, parameter, reterr));
}

static bool read_parameters(struct json_value root,
        enum parameter_decryption decryption,
        const char *where,
        struct parameter_list *list,
        struct err *reterr)
{
    struct json_value array;
    struct json_value item;
    size_t cursor = 0;
    if (!json_find(root, "Parameters", &array)) {
        return true;
    }
    if (json_type_of(array) != JSON_ARRAY) {
        return err_set(reterr, ERR_PROTOCOL, where, "the reply's Parameters are not a list");
    }
    if (json_count(array) > ITEMS_MAX) {
        return err_set(reterr, ERR_PROTOCOL, where,
                "the reply contains %zu parameters, but AWS returns at most %d", json_count(array),
                ITEMS_MAX);
    }
    while (json_next_item(array, &cursor, &item)) {
        CLEANUP(parameter_clear) struct parameter parameter = PARAMETER_INIT;
        if (!read_parameter(item, decryption, where, &parameter, reterr)
                || !parameter_list_add_owned(list, &parameter, reterr)) {
            return false;
        }
    }
    return true;
}

static bool read_invalid_names(
        struct json_value root, const char *where, struct string_list *names, struct err *reterr)
{
    struct json_value array;
    struct json_value item;
    size_t cursor = 0;
    if (!json_find_typed(root, "InvalidParameters", JSON_ARRAY, &array)) {
        return true;
    }
    if (json_count(array) > ITEMS_MAX) {
        return err_set(reterr, ERR_PROTOCOL, where,
                "the reply names %zu parameters that do not exist, but at most %d were requested",
                json_count(array), ITEMS_MAX);
    }
    while (json_next_item(array, &cursor, &item)) {
        CLEANUP(text_clear) struct text name = TEXT_INIT(NAME_MAX_BYTES);
        if (!json_decode_text(item, where, &name, reterr) || !text_check(&name, where, reterr)
                || !string_list_add(names, text_string(&name), name.len, reterr)) {
            return false;
        }
    }
    return true;
}

bool ssm_reply_read(const struct secret *body,
        enum parameter_decryption decryption,
        const char *where,
        struct ssm_reply *ret_reply,
        struct err *reterr)
{
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
    if (!json_parse(body, JSON_TOKENS_REPLY, where, &document, reterr)) {
        return false;
    }
    struct json_value root = json_root(&document);
    if (json_type_of(root) != JSON_OBJECT) {
        return err_set(reterr, ERR_PROTOCOL, where, "the reply is not a JSON object");
    }
    if (!read_parameters(root, decryption, where, &reply.parameters, reterr)
            || !read_invalid_names(root, where, &reply.invalid_names, reterr)
            || !read_text(root, "NextToken", SSM_NEXT_TOKEN_MAX_BYTES, where, &reply.next_token,
                    reterr)) {
        return false;
    }
    if (reply.next_token[0] == '\0') {
        free(reply.next_token);
        reply.next_token = NULL;
    }
    *ret_reply = reply;
    reply = (struct ssm_reply){ 0 };
    return true;
}

void ssm_reply_clear(struct ssm_reply *reply)
{
    parameter_list_clear(&reply->parameters);
    free(reply->next_token);
    string_list_clear(&reply->invalid_names);
    *reply = (struct ssm_reply){ 0 };
}
