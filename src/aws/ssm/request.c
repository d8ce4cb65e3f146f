/* SPDX-License-Identifier: MIT */
#include "aws/ssm/request.h"

#include "base/text.h"
#include "json/json_write.h"

static const char *boolean(bool value)
{
    return value ? "true" : "false";
}

void ssm_request_path(const struct ssm_path_request *request, struct secret *ret_body)
{
    CLEANUP(text_clear) struct text text = TEXT_INIT(SSM_REQUEST_MAX_BYTES);
    text_append_string(&text, "{\"Path\":");
    json_write_string(&text, request->path);
    text_append_format(&text, ",\"Recursive\":%s,\"WithDecryption\":%s,\"MaxResults\":%d",
            boolean(request->recursive), boolean(request->with_decryption), request->page_items);
    if (request->label != NULL) {
        text_append_string(&text,
                ",\"ParameterFilters\":[{\"Key\":\"Label\",\"Option\":\"Equals\",\"Values\":[");
        json_write_string(&text, request->label);
        text_append_string(&text, "]}]");
    }
    if (request->next_token != NULL) {
        text_append_string(&text, ",\"NextToken\":");
        json_write_string(&text, request->next_token);
    }
    text_append_string(&text, "}");
    secret_append_text(ret_body, &text); /* a check of the body reports a failure */
}

void ssm_request_names(
        const char *const names[], size_t count, bool with_decryption, struct secret *ret_body)
{
    CLEANUP(text_clear) struct text text = TEXT_INIT(SSM_REQUEST_MAX_BYTES);
    text_append_string(&text, "{\"Names\":[");
    for (size_t i = 0; i < count; i++) {
        text_append_string(&text, i == 0 ? "" : ",");
        json_write_string(&text, names[i]);
    }
    text_append_format(&text, "],\"WithDecryption\":%s}", boolean(with_decryption));
    secret_append_text(ret_body, &text);
}
