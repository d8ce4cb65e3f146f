/* The header lines of a reply, and what is read out of them. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "aws/service/service_error.h"
#include "base/ascii.h"
#include "base/timestamp.h"
#include "fuzz_input.h"
#include "http/http.h"

enum {
    VALUE_BYTES = 64
};

static void check_value(const struct http_reply *reply, const char *name)
{
    char value[VALUE_BYTES];
    char more[4 * VALUE_BYTES];
    memset(value, 'x', sizeof(value));
    bool is_there = http_reply_header(reply, name, value, sizeof(value));
    const char *end = memchr(value, '\0', sizeof(value));
    assert(end != NULL && (is_there || end == value));
    assert(strchr(value, '\n') == NULL);
    assert(end == value || !ascii_is_blank(value[0]));
    /* What is cut is the beginning of what is not. */
    assert(http_reply_header(reply, name, more, sizeof(more)) == is_there);
    assert(strncmp(more, value, strlen(value)) == 0);
    int64_t epoch_s = 0;
    (void)timestamp_parse_http(value, &epoch_s);
    (void)timestamp_parse_iso8601(value, &epoch_s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = { "Date", "x-amzn-RequestId", "x-amzn-ErrorType",
        "x-amz-retry-after", "Content-Type", "a", "" };

    struct http_reply reply = {
        .status = 400,
        .headers = TEXT_INIT(HTTP_REPLY_HEADERS_MAX_BYTES),
        .body = SECRET_INIT(0),
    };
    text_append(&reply.headers, (const char *)data, size);
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        check_value(&reply, NAMES[i]);
    }
    CLEANUP(service_error_clear) struct service_error error = SERVICE_ERROR_INIT;
    service_error_read(&reply, &error);
    assert(memchr(error.code, '\0', sizeof(error.code)) != NULL);
    http_reply_clear(&reply);
    return 0;
}
