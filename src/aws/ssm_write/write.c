/* SPDX-License-Identifier: MIT */
#include "aws/ssm_write/write.h"

#include <stdlib.h>
#include <string.h>

#include "aws/ssm_write/write_call.h"
#include "base/text.h"

enum {
    TEXT_MAX_BYTES = 4096,       /* of a tier, a key, a tag */
    TOKEN_MAX_BYTES = 16 * 1024, /* as in other replies */
    PAGES_MAX = 100,             /* AWS may give empty pages before the one that has the name */
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

/* --- DescribeParameters --- */

/* One page, and the token of the next. */
struct description {
    char *next_token; /* NULL: the first page, or there is no other */
    struct ssm_metadata *metadata;
};

static void free_description(struct description *description)
{
    free(description->next_token);
}

static void write_described(const struct write_call *call, struct secret *ret_body)
{
    const struct description *description = call->answer;
    ssm_request_describe(call->name, description->next_token, ret_body);
}

/* A copy of a member that is a string; "" if it is missing, NULL without memory or if it is too long. */
static char *copy_text(struct json_value object, const char *name, size_t max_bytes)
{
    struct json_value member;
    struct text text = TEXT_INIT(max_bytes);
    text_append_string(&text, "");
    if (json_find(object, name, &member) && !json_find_text(object, name, &text)) {
        text_clear(&text);
        return NULL;
    }
    return text_detach(&text);
}

static bool read_metadata(struct json_value item, struct ssm_metadata *metadata)
{
    ssm_metadata_clear(metadata);
    metadata->tier = copy_text(item, "Tier", TEXT_MAX_BYTES);
    metadata->key_id = copy_text(item, "KeyId", TEXT_MAX_BYTES);
    metadata->is_found = metadata->tier != NULL && metadata->key_id != NULL;
    return metadata->is_found;
}

static bool read_described(struct write_call *call, struct json_value root, struct err *reterr)
{
    struct description *description = call->answer;
    struct json_value list;
    struct json_value item;
    size_t cursor = 0;
    if (!json_find_typed(root, "Parameters", JSON_ARRAY, &list)) {
        return err_set(reterr, ERR_PROTOCOL, call->name, "the reply has no Parameters");
    }
    while (json_next_item(list, &cursor, &item)) {
        if (is_text(item, "Name", call->name) && !read_metadata(item, description->metadata)) {
            return err_set(
                    reterr, ERR_PROTOCOL, call->name, "the reply's Tier or KeyId cannot be read");
        }
    }
    free(description->next_token);
    description->next_token = copy_text(root, "NextToken", TOKEN_MAX_BYTES);
    return description->next_token != NULL
            || err_set(reterr, ERR_PROTOCOL, call->name, "the reply's NextToken cannot be read");
}

bool ssm_describe(const struct ssm_writer *writer,
        const char *name,
        struct ssm_metadata *ret_metadata,
        struct err *reterr)
{
    static const struct write_type type = {
        .target = SSM_DESCRIBE_PARAMETERS,
        .action = "DescribeParameters",
        .write_body = write_described,
        .read = read_described,
    };
    CLEANUP(free_description)
    struct description description = { .metadata = ret_metadata };
    for (int page = 0; page < PAGES_MAX && !ret_metadata->is_found; page++) {
        struct write_call call;
        write_call_init(&call, &type, writer, name);
        call.answer = &description;
        if (!write_call_run(&call, writer, reterr)) {
            return false;
        }
        if (description.next_token[0] == '\0') {
            return true;
        }
    }
    return true;
}

void ssm_metadata_clear(struct ssm_metadata *metadata)
{
    free(metadata->tier);
    free(metadata->key_id);
    *metadata = (struct ssm_metadata){ 0 };
}
