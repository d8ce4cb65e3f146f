/* JSON, by walking through the document, then the same text as a reply of Parameter Store. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "aws/ssm/reply.h"
#include "fuzz_input.h"
#include "json/json.h"

static void check_string(struct json_value string)
{
    CLEANUP(secret_clear) struct secret decoded = SECRET_INIT(json_encoded_len(string));
    struct err err = { 0 };
    if (json_decode_secret(string, "here", &decoded, &err)) {
        assert(secret_check(&decoded, "here", &err));
    } else {
        assert(err.kind == ERR_PROTOCOL);
    }
}

/* Arrays within arrays are followed one level down: recursion is not what is tested. */
static void check_value(struct json_value value)
{
    static const char *const NAMES[] = { "", "Parameters", "Name", "a" };
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        struct json_value member;
        if (json_find(value, NAMES[i], &member) && json_type_of(member) == JSON_STRING) {
            check_string(member);
        }
    }
    double number = 0;
    int64_t whole = 0;
    if (json_int64(value, &whole)) {
        assert(json_number(value, &number));
    }
    if (json_type_of(value) == JSON_STRING) {
        check_string(value);
    }
}

static void check_document(struct json_value root)
{
    check_value(root);
    struct json_value item;
    size_t item_count = 0;
    for (size_t cursor = 0; json_next_item(root, &cursor, &item);) {
        check_value(item);
        item_count++;
    }
    assert(json_type_of(root) == JSON_OBJECT || item_count == json_count(root));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(fuzz_secret_free) struct secret text = fuzz_secret_new(data, size);
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct err err = { 0 };
    bool is_json = json_parse(&text, JSON_TOKENS_FILE, "here", &document, &err);
    if (is_json) {
        check_document(json_root(&document));
    } else {
        assert(err.kind == ERR_PROTOCOL && err.why[0] != '\0');
    }

    CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
    bool is_reply = ssm_reply_read(&text, PARAMETER_DECRYPTED, "here", &reply, &err);
    assert(is_json || !is_reply);
    for (size_t i = 0; i < reply.parameters.len; i++) {
        const struct parameter *parameter = &reply.parameters.items[i];
        assert(parameter->name != NULL && parameter->type != NULL && parameter->arn != NULL);
        assert(secret_len(&parameter->value) <= PARAMETER_VALUE_MAX_BYTES);
    }

    CLEANUP(ssm_reply_clear) struct ssm_reply undecrypted = { 0 };
    bool is_read = ssm_reply_read(&text, PARAMETER_UNDECRYPTED, "here", &undecrypted, &err);
    assert(is_read || !is_reply); /* less is looked at */
    for (size_t i = 0; i < undecrypted.parameters.len; i++) {
        const struct parameter *parameter = &undecrypted.parameters.items[i];
        assert(secret_is_empty(&parameter->value)
                || strcmp(parameter->type, PARAMETER_SECURE_STRING) != 0);
    }
    return 0;
}
