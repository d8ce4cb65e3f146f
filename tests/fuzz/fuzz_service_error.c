/* Error replies of AWS, which echo what was asked, and cutting our secrets out of them. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "aws/service/service_error.h"
#include "fuzz_input.h"

enum {
    SECRET_BYTES = 16
};

static void free_reply(struct http_reply *reply)
{
    text_clear(&reply->headers);
    fuzz_secret_free(&reply->body);
}

/* The input is the headers, a NUL, and the body; the secret is the body's beginning. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size == 0 ? NULL : memchr(data, '\0', size);
    size_t headers_len = nul == NULL ? 0 : (size_t)(nul - data);
    size_t body_at = nul == NULL ? 0 : headers_len + 1;
    CLEANUP(free_reply)
    struct http_reply reply = {
        .status = 400,
        .headers = TEXT_INIT(HTTP_REPLY_HEADERS_MAX_BYTES),
        .body = fuzz_secret_new(data + body_at, size - body_at),
    };
    text_append(&reply.headers, (const char *)data, headers_len);

    CLEANUP(service_error_clear) struct service_error error = SERVICE_ERROR_INIT;
    service_error_read(&reply, &error);
    assert(memchr(error.code, '\0', sizeof(error.code)) != NULL);
    assert(memchr(error.request_id, '\0', sizeof(error.request_id)) != NULL);
    assert(secret_len(&error.message) <= SERVICE_ERROR_MESSAGE_MAX_BYTES);
    (void)service_error_retry_cause(reply.status, error.code);
    (void)service_error_may_be_clock(error.code);

    CLEANUP(secret_clear) struct secret key = SECRET_INIT(SECRET_BYTES);
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(SERVICE_ERROR_MESSAGE_MAX_BYTES);
    size_t body_len = size - body_at;
    secret_append(&key, data + body_at, body_len < SECRET_BYTES ? body_len : SECRET_BYTES);
    secret_append(&text, data, size < SERVICE_ERROR_MESSAGE_MAX_BYTES ? size : 0);
    service_error_cut_out(&text, &key);
    if (secret_len(&key) == SECRET_BYTES) {
        assert(memmem(secret_expose(&text), secret_len(&text), secret_expose(&key), SECRET_BYTES)
                == NULL);
    }
    return 0;
}
