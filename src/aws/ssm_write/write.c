/* SPDX-License-Identifier: MIT */
#include "aws/ssm_write/write.h"

#include <string.h>

#include "aws/ssm_write/write_call.h"
#include "base/text.h"

enum {
    TEXT_MAX_BYTES = 4096 /* of a tag */
};

/* --- PutParameter --- */

static void write_put(const struct write_call *call, struct secret *ret_body)
{
    ssm_request_put(call->request, ret_body);
}

static bool read_version(struct write_call *call, struct json_value root, struct err *reterr)
{
    int64_t *version = call->answer;
    struct json_value member;
    return (json_find_typed(root, "Version", JSON_NUMBER, &member) && json_int64(member, version)
                   && *version > 0)
            || err_set(reterr, ERR_PROTOCOL, call->name,
                    "the reply does not say which version was written");
}

void ssm_put(
        const struct ssm_writer *writer, const struct ssm_put *put, struct write_result *ret_result)
{
    static const struct write_type type = {
        .target = SSM_PUT_PARAMETER,
        .action = "PutParameter",
        .write_body = write_put,
        .read = read_version,
    };
    int64_t version = 0;
    struct write_call call;
    write_call_init(&call, &type, writer, put->name);
    call.request = put;
    call.answer = &version;
    call.value = put->value;
    write_call_run_once(&call, writer, ret_result);
    ret_result->version = version;
}

/* --- tags --- */

static void write_added_tags(const struct write_call *call, struct secret *ret_body)
{
    ssm_request_add_tags(call->name, call->request, ret_body);
}

void ssm_add_tags(const struct ssm_writer *writer,
        const char *name,
        const struct ssm_tags *tags,
        struct write_result *ret_result)
{
    static const struct write_type type = {
        .target = SSM_ADD_TAGS_TO_RESOURCE,
        .action = "AddTagsToResource",
        .write_body = write_added_tags,
    };
    struct write_call call;
    write_call_init(&call, &type, writer, name);
    call.request = tags;
    write_call_run_once(&call, writer, ret_result);
}

static void write_listed(const struct write_call *call, struct secret *ret_body)
{
    ssm_request_list_tags(call->name, ret_body);
}

static bool is_text(struct json_value object, const char *member, const char *expected)
{
    CLEANUP(text_clear) struct text text = TEXT_INIT(TEXT_MAX_BYTES);
    return json_find_text(object, member, &text) && strcmp(text_string(&text), expected) == 0;
}

static bool list_has(struct json_value list, const struct ssm_tag *tag)
{
    struct json_value item;
    size_t cursor = 0;
    while (json_next_item(list, &cursor, &item)) {
        if (is_text(item, "Key", tag->key) && is_text(item, "Value", tag->value)) {
            return true;
        }
    }
    return false;
}

static bool read_listed(struct write_call *call, struct json_value root, struct err *reterr)
{
    const struct ssm_tags *tags = call->request;
    bool *has = call->answer;
    struct json_value list;
    if (!json_find_typed(root, "TagList", JSON_ARRAY, &list)) {
        return err_set(reterr, ERR_PROTOCOL, call->name, "the reply has no TagList");
    }
    *has = true;
    for (size_t i = 0; i < tags->count; i++) {
        *has = *has && list_has(list, &tags->items[i]);
    }
    return true;
}

bool ssm_has_tags(const struct ssm_writer *writer,
        const char *name,
        const struct ssm_tags *tags,
        bool *ret_has,
        struct err *reterr)
{
    static const struct write_type type = {
        .target = SSM_LIST_TAGS_FOR_RESOURCE,
        .action = "ListTagsForResource",
        .write_body = write_listed,
        .read = read_listed,
    };
    struct write_call call;
    write_call_init(&call, &type, writer, name);
    call.request = tags;
    call.answer = ret_has;
    return write_call_run(&call, writer, reterr);
}
