/* SPDX-License-Identifier: MIT */
#include "aws/ssm_write/write_request.h"

#include "aws/ssm/request.h"
#include "base/text.h"
#include "json/json_write.h"

static void append_escaped(struct secret *body, char c)
{
    static const char digits[] = "0123456789abcdef";
    const char escape[] = { '\\', 'u', '0', '0', digits[(unsigned char)c >> 4],
        digits[(unsigned char)c & 0xf] };
    secret_append(body, escape, sizeof(escape));
}

/* RFC 8259: only these have to be escaped. Runs between them are appended as a whole. */
static void append_value(struct secret *body, const struct secret *value)
{
    const char *bytes = secret_expose(value);
    size_t len = secret_len(value);
    size_t begin = 0;
    secret_append_char(body, '"');
    for (size_t at = 0; at < len; at++) {
        bool is_control = (unsigned char)bytes[at] < 0x20;
        if (!is_control && bytes[at] != '"' && bytes[at] != '\\') {
            continue;
        }
        secret_append(body, bytes + begin, at - begin);
        begin = at + 1;
        append_escaped(body, bytes[at]);
    }
    secret_append(body, bytes + begin, len - begin);
    secret_append_char(body, '"');
}

static void write_member(struct text *text, const char *name, const char *value)
{
    text_append_format(text, ",\"%s\":", name);
    json_write_string(text, value);
}

static void write_tags(struct text *text, const struct ssm_tags *tags)
{
    text_append_string(text, ",\"Tags\":[");
    for (size_t i = 0; i < tags->count; i++) {
        text_append_string(text, i == 0 ? "{\"Key\":" : ",{\"Key\":");
        json_write_string(text, tags->items[i].key);
        write_member(text, "Value", tags->items[i].value);
        text_append_char(text, '}');
    }
    text_append_char(text, ']');
}

void ssm_request_put(const struct ssm_put *put, struct secret *ret_body)
{
    CLEANUP(text_clear) struct text text = TEXT_INIT(SSM_REQUEST_MAX_BYTES);
    text_append_string(&text, "{\"Name\":");
    json_write_string(&text, put->name);
    write_member(&text, "Type", put->type);
    write_member(&text, "Tier", put->tier);
    if (put->key_id != NULL) {
        write_member(&text, "KeyId", put->key_id);
    }
    text_append_format(&text, ",\"Overwrite\":%s", put->overwrite ? "true" : "false");
    if (put->tags.count > 0) {
        write_tags(&text, &put->tags);
    }
    text_append_string(&text, ",\"Value\":");
    secret_append_text(ret_body, &text);
    append_value(ret_body, put->value);
    secret_append_char(ret_body, '}');
}

static void write_resource(struct text *text, const char *name)
{
    text_append_string(text, "{\"ResourceType\":\"Parameter\"");
    write_member(text, "ResourceId", name);
}

void ssm_request_add_tags(const char *name, const struct ssm_tags *tags, struct secret *ret_body)
{
    CLEANUP(text_clear) struct text text = TEXT_INIT(SSM_REQUEST_MAX_BYTES);
    write_resource(&text, name);
    write_tags(&text, tags);
    text_append_char(&text, '}');
    secret_append_text(ret_body, &text);
}

void ssm_request_list_tags(const char *name, struct secret *ret_body)
{
    CLEANUP(text_clear) struct text text = TEXT_INIT(SSM_REQUEST_MAX_BYTES);
    write_resource(&text, name);
    text_append_char(&text, '}');
    secret_append_text(ret_body, &text);
}
