/* SPDX-License-Identifier: MIT */
#include "http/http.h"

#include <string.h>

#include "base/ascii.h"

enum {
    URL_MAX_BYTES = 4096
};

void http_request_init(struct http_request *request, enum http_method method, size_t body_max_bytes)
{
    *request = (struct http_request){
        .method = method, .url = TEXT_INIT(URL_MAX_BYTES), .body = SECRET_INIT(body_max_bytes)
    };
}

/* Adds a header with its name only; NULL if there are too many, which would be a bug in the caller. */
static struct secret *start_header(struct http_request *request, const char *name)
{
    if (request->header_count == HTTP_REQUEST_HEADERS_MAX) {
        return NULL;
    }
    struct secret *header = &request->headers[request->header_count++];
    *header = SECRET_INIT(HTTP_HEADER_MAX_BYTES);
    secret_append_string(header, name);
    secret_append_string(header, ": ");
    return header;
}

void http_request_add_header(struct http_request *request, const char *name, const char *value)
{
    struct secret *header = start_header(request, name);
    if (header != NULL) {
        secret_append_string(header, value);
    }
}

void http_request_add_secret_header(
        struct http_request *request, const char *name, const struct secret *value)
{
    struct secret *header = start_header(request, name);
    if (header != NULL) {
        secret_append_secret(header, value);
    }
}

static bool header_is_one_line(const struct secret *header)
{
    const char *bytes = secret_expose(header);
    size_t len = secret_len(header);
    return memchr(bytes, '\r', len) == NULL && memchr(bytes, '\n', len) == NULL
            && memchr(bytes, '\0', len) == NULL;
}

bool http_request_check(const struct http_request *request, struct err *reterr)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (!secret_check(&request->headers[i], "a request header", reterr)) {
            return false;
        }
        if (!header_is_one_line(&request->headers[i])) {
            return err_set(reterr, ERR_INPUT, NULL, "a request header would contain a line break");
        }
    }
    return text_check(&request->url, "the request's URL", reterr)
            && secret_check(&request->body, "the request's body", reterr);
}

bool http_request_is_https(const struct http_request *request)
{
    return strncmp(text_string(&request->url), "https:", strlen("https:")) == 0;
}

void http_request_clear(struct http_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        secret_clear(&request->headers[i]);
    }
    request->header_count = 0;
    text_clear(&request->url);
    secret_clear(&request->body);
}

void http_reply_init(struct http_reply *reply, size_t body_max_bytes)
{
    *reply = (struct http_reply){ .headers = TEXT_INIT(HTTP_REPLY_HEADERS_MAX_BYTES),
        .body = SECRET_INIT(body_max_bytes) };
}

void http_reply_clear(struct http_reply *reply)
{
    text_clear(&reply->headers);
    secret_clear(&reply->body);
    reply->status = 0;
    reply->failure[0] = '\0';
    reply->tls_verified = false;
}

bool http_reply_header(const struct http_reply *reply, const char *name, char *value, size_t size)
{
    size_t name_len = strlen(name);
    value[0] = '\0';
    const char *line = text_string(&reply->headers);
    while (*line != '\0') {
        size_t line_len = strcspn(line, "\n");
        const char *colon = memchr(line, ':', line_len);
        size_t i = 0;
        while (i < name_len && i < line_len && ascii_lower(line[i]) == ascii_lower(name[i])) {
            i++;
        }
        if (i == name_len && colon == line + name_len) {
            size_t start = 0;
            size_t len = ascii_trim(colon + 1, line_len - name_len - 1, &start);
            len = len < size ? len : size - 1;
            memcpy(value, colon + 1 + start, len);
            value[len] = '\0';
            return true;
        }
        line += line_len + (line[line_len] == '\n' ? 1 : 0);
    }
    return false;
}
