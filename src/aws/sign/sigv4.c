/* SPDX-License-Identifier: MIT */
#include "aws/sign/sigv4.h"

#include <string.h>

#include "aws/uri.h"
#include "base/ascii.h"
#include "base/string_list.h"

static const char ALGORITHM[] = "AWS4-HMAC-SHA256";

enum {
    TEXT_MAX_BYTES = SIGV4_CANONICAL_MAX_BYTES,
    DATE_LEN = 8
};

/* --- canonical path --- */

/* Removes the last segment, for ".."; the path keeps its first '/'. */
static void drop_last_segment(struct text *path)
{
    while (path->len > 0 && path->bytes[path->len - 1] != '/') {
        path->len--;
    }
    path->len -= path->len > 1 ? 1 : 0;
    path->bytes[path->len] = '\0';
}

static void append_segment(struct text *path, const char *segment, size_t len)
{
    if (path->len == 0 || path->bytes[path->len - 1] != '/') {
        text_append_char(path, '/');
    }
    uri_encode(path, segment, len);
}

/* Segments are encoded again, on top of the encoding of the request line: "%20" becomes "%2520". */
static void canonical_path(const struct sigv4_request *request, struct text *path)
{
    const char *at = request->path;
    bool ends_in_slash = true;
    while (*at != '\0') {
        at += *at == '/' ? 1 : 0;
        size_t len = strcspn(at, "/");
        bool is_dot = len == 1 && at[0] == '.';
        bool is_dots = len == 2 && at[0] == '.' && at[1] == '.';
        if (request->path_as_sent) {
            text_append_char(path, '/');
            uri_encode(path, at, len);
        } else if (is_dots && path->len > 0) {
            drop_last_segment(path);
        } else if (len > 0 && !is_dot && !is_dots) {
            append_segment(path, at, len);
        }
        ends_in_slash = len == 0;
        at += len;
    }
    bool wants_slash = ends_in_slash && path->len > 1 && path->bytes[path->len - 1] != '/';
    if (path->len == 0 || (wants_slash && !request->path_as_sent)) {
        text_append_char(path, '/');
    }
}

/* --- canonical query --- */

/* Decodes and encodes, so that raw and encoded forms have the same signature. */
static void append_reencoded(struct text *out, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool is_escape = bytes[i] == '%' && i + 2 < len && ascii_hex_value(bytes[i + 1]) >= 0
                && ascii_hex_value(bytes[i + 2]) >= 0;
        char c = bytes[i];
        if (is_escape) {
            c = (char)(ascii_hex_value(bytes[i + 1]) * 16 + ascii_hex_value(bytes[i + 2]));
            i += 2;
        }
        uri_encode(out, &c, 1);
    }
}

/* Joins name and value with SOH, which sorts before every byte of encoded text. */
static bool add_parameter(
        const char *at, size_t len, struct string_list *parameters, struct err *reterr)
{
    const char *equals = memchr(at, '=', len);
    size_t name_len = equals == NULL ? len : (size_t)(equals - at);
    CLEANUP(text_clear) struct text parameter = TEXT_INIT(TEXT_MAX_BYTES);
    append_reencoded(&parameter, at, name_len);
    text_append_char(&parameter, '\1');
    if (equals != NULL) {
        append_reencoded(&parameter, equals + 1, len - name_len - 1);
    }
    return text_check(&parameter, "the query to sign", reterr)
            && string_list_add(parameters, text_string(&parameter), parameter.len, reterr);
}

static bool canonical_query(const char *query, struct text *out, struct err *reterr)
{
    CLEANUP(string_list_clear) struct string_list parameters = { 0 };
    for (const char *at = query; *at != '\0'; at += *at == '&' ? 1 : 0) {
        size_t len = strcspn(at, "&");
        if (len > 0 && !add_parameter(at, len, &parameters, reterr)) {
            return false;
        }
        at += len;
    }
    string_list_sort(&parameters);
    for (size_t i = 0; i < parameters.len; i++) {
        *strchr(parameters.items[i], '\1') = '=';
        text_append_string(out, i == 0 ? "" : "&");
        text_append_string(out, parameters.items[i]);
    }
    return text_check(out, "the query to sign", reterr);
}

/* --- canonical headers --- */

static int compare_names(const char *a, const char *b)
{
    while (*a != '\0' && ascii_lower(*a) == ascii_lower(*b)) {
        a++;
        b++;
    }
    return (unsigned char)ascii_lower(*a) - (unsigned char)ascii_lower(*b);
}

/* A stable sort: values of repeated names keep their order. There are only a few headers. */
static void sort_headers(const struct sigv4_header *headers[], size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct sigv4_header *moved = headers[i];
        size_t to = i;
        for (; to > 0 && compare_names(headers[to - 1]->name, moved->name) > 0; to--) {
            headers[to] = headers[to - 1];
        }
        headers[to] = moved;
    }
}

/* Both ends trimmed, runs of white space folded to one blank. */
static void append_folded(struct secret *out, const char *value)
{
    size_t start = 0;
    size_t len = ascii_trim(value, strlen(value), &start);
    for (size_t i = start; i < start + len; i++) {
        if (!ascii_is_space(value[i])) {
            secret_append_char(out, value[i]);
        } else if (!ascii_is_space(value[i - 1])) {
            secret_append_char(out, ' ');
        }
    }
}

static void canonical_headers(
        const struct sigv4_request *request, struct secret *out, struct text *signed_headers)
{
    const struct sigv4_header *sorted[SIGV4_HEADERS_MAX] = { NULL };
    for (size_t i = 0; i < request->header_count; i++) {
        sorted[i] = &request->headers[i];
    }
    sort_headers(sorted, request->header_count);
    for (size_t i = 0; i < request->header_count; i++) {
        bool repeats = i > 0 && compare_names(sorted[i - 1]->name, sorted[i]->name) == 0;
        if (repeats) {
            secret_append_char(out, ',');
        } else {
            secret_append_string(out, i == 0 ? "" : "\n");
            text_append_string(signed_headers, i == 0 ? "" : ";");
            for (const char *c = sorted[i]->name; *c != '\0'; c++) {
                secret_append_char(out, ascii_lower(*c));
                text_append_char(signed_headers, ascii_lower(*c));
            }
            secret_append_char(out, ':');
        }
        append_folded(out, sorted[i]->value);
    }
    secret_append_string(out, "\n");
}

/* --- the steps --- */

bool sigv4_canonical_request(const struct sigv4_request *request,
        struct secret *ret_canonical,
        struct text *ret_signed_headers,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text path = TEXT_INIT(TEXT_MAX_BYTES);
    CLEANUP(text_clear) struct text query = TEXT_INIT(TEXT_MAX_BYTES);
    char body_hash[DIGEST_SHA256_HEX_BYTES];
    if (request->header_count > SIGV4_HEADERS_MAX) {
        return err_set(reterr, ERR_INPUT, NULL, "more than %d headers to sign", SIGV4_HEADERS_MAX);
    }
    canonical_path(request, &path);
    if (!canonical_query(request->query, &query, reterr)
            || !text_check(&path, "the path to sign", reterr)
            || !digest_sha256_hex(request->body, request->body_len, body_hash, reterr)) {
        return false;
    }
    secret_append_string(ret_canonical, request->method);
    secret_append_string(ret_canonical, "\n");
    secret_append_text(ret_canonical, &path);
    secret_append_string(ret_canonical, "\n");
    secret_append_text(ret_canonical, &query);
    secret_append_string(ret_canonical, "\n");
    canonical_headers(request, ret_canonical, ret_signed_headers);
    secret_append_string(ret_canonical, "\n");
    secret_append_text(ret_canonical, ret_signed_headers);
    secret_append_string(ret_canonical, "\n");
    secret_append_string(ret_canonical, body_hash);
    return secret_check(ret_canonical, "the request to sign", reterr)
            && text_check(ret_signed_headers, "the headers to sign", reterr);
}

/* DATE/REGION/SERVICE/aws4_request */
static void append_scope(struct text *out, const struct sigv4_scope *scope)
{
    text_append(out, scope->date, DATE_LEN);
    text_append_format(out, "/%s/%s/aws4_request", scope->region, scope->service);
}

bool sigv4_string_to_sign(const struct secret *canonical,
        const struct sigv4_scope *scope,
        struct text *ret_string,
        struct err *reterr)
{
    char hash[DIGEST_SHA256_HEX_BYTES];
    if (!digest_sha256_hex(secret_expose(canonical), secret_len(canonical), hash, reterr)) {
        return false;
    }
    text_append_format(ret_string, "%s\n%s\n", ALGORITHM, scope->date);
    append_scope(ret_string, scope);
    text_append_format(ret_string, "\n%s", hash);
    return text_check(ret_string, "the string to sign", reterr);
}

static bool hmac_text(const unsigned char key[static DIGEST_SHA256_BYTES],
        const char *text,
        unsigned char ret_mac[static DIGEST_SHA256_BYTES],
        struct err *reterr)
{
    return digest_hmac_sha256(key, DIGEST_SHA256_BYTES, text, strlen(text), ret_mac, reterr);
}

struct derived_keys {
    unsigned char date[DIGEST_SHA256_BYTES];
    unsigned char region[DIGEST_SHA256_BYTES];
    unsigned char service[DIGEST_SHA256_BYTES];
    unsigned char signing[DIGEST_SHA256_BYTES];
};

static void wipe_keys(struct derived_keys *keys)
{
    explicit_bzero(keys, sizeof(*keys));
}

bool sigv4_signature(const struct secret *secret_access_key,
        const struct sigv4_scope *scope,
        const char *string_to_sign,
        char ret_signature[static DIGEST_SHA256_HEX_BYTES],
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret first_key = SECRET_INIT(TEXT_MAX_BYTES);
    CLEANUP(wipe_keys) struct derived_keys keys;
    unsigned char mac[DIGEST_SHA256_BYTES];
    secret_append_string(&first_key, "AWS4");
    secret_append_secret(&first_key, secret_access_key);
    bool ok = secret_check(&first_key, "the secret access key", reterr)
            && digest_hmac_sha256(secret_expose(&first_key), secret_len(&first_key), scope->date,
                    DATE_LEN, keys.date, reterr)
            && hmac_text(keys.date, scope->region, keys.region, reterr)
            && hmac_text(keys.region, scope->service, keys.service, reterr)
            && hmac_text(keys.service, "aws4_request", keys.signing, reterr)
            && hmac_text(keys.signing, string_to_sign, mac, reterr);
    if (ok) {
        digest_to_hex(mac, ret_signature);
    }
    return ok;
}

bool sigv4_sign(const struct sigv4_request *request,
        const struct sigv4_scope *scope,
        const struct sigv4_keys *keys,
        struct secret *ret_authorization,
        char ret_signature[static DIGEST_SHA256_HEX_BYTES],
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret canonical = SECRET_INIT(SIGV4_CANONICAL_MAX_BYTES);
    CLEANUP(text_clear) struct text signed_headers = TEXT_INIT(TEXT_MAX_BYTES);
    CLEANUP(text_clear) struct text string_to_sign = TEXT_INIT(TEXT_MAX_BYTES);
    CLEANUP(text_clear) struct text scope_text = TEXT_INIT(TEXT_MAX_BYTES);
    if (!sigv4_canonical_request(request, &canonical, &signed_headers, reterr)
            || !sigv4_string_to_sign(&canonical, scope, &string_to_sign, reterr)
            || !sigv4_signature(keys->secret_access_key, scope, text_string(&string_to_sign),
                    ret_signature, reterr)) {
        return false;
    }
    append_scope(&scope_text, scope);
    secret_append_string(ret_authorization, ALGORITHM);
    secret_append_string(ret_authorization, " Credential=");
    secret_append_secret(ret_authorization, keys->access_key_id);
    secret_append_string(ret_authorization, "/");
    secret_append_text(ret_authorization, &scope_text);
    secret_append_string(ret_authorization, ", SignedHeaders=");
    secret_append_text(ret_authorization, &signed_headers);
    secret_append_string(ret_authorization, ", Signature=");
    secret_append_string(ret_authorization, ret_signature);
    return text_check(&scope_text, "the scope", reterr)
            && secret_check(ret_authorization, "the Authorization header", reterr);
}
