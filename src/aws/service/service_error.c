/* SPDX-License-Identifier: MIT */
#include "aws/service/service_error.h"

#include <stdio.h>
#include <string.h>

#include "aws/service/xml.h"
#include "base/ascii.h"
#include "json/json.h"

enum {
    PIECE_MIN_BYTES = 12,
    SENTENCE_MAX_BYTES = 500,
    OWN_SECRET_MAX_BYTES = 16 * 1024,
    CODE_MAX_BYTES = 64,
};

/* "com.amazonaws.ssm#ThrottlingException:http://..." is ThrottlingException. */
static void put_code(struct service_error *error, const char *raw)
{
    size_t len = strcspn(raw, ":");
    const char *start = raw;
    for (size_t i = 0; i < len; i++) {
        start = raw[i] == '#' ? raw + i + 1 : start;
    }
    len -= (size_t)(start - raw);
    len = len < sizeof(error->code) ? len : sizeof(error->code) - 1;
    memcpy(error->code, start, len);
    error->code[len] = '\0';
}

static void put_code_member(struct service_error *error, struct json_value root, const char *name)
{
    CLEANUP(text_clear) struct text code = TEXT_INIT(512);
    if (error->code[0] == '\0' && json_find_text(root, name, &code)) {
        put_code(error, text_string(&code));
    }
}

/* Ignores messages that are too long. */
static void put_message_member(
        struct service_error *error, struct json_value root, const char *name)
{
    struct json_value member;
    struct err ignored;
    if (secret_is_empty(&error->message) && json_find_typed(root, name, JSON_STRING, &member)
            && json_encoded_len(member) <= SERVICE_ERROR_MESSAGE_MAX_BYTES
            && !json_decode_secret(member, NULL, &error->message, &ignored)) {
        secret_clear(&error->message);
    }
}

/* STS replies in XML; some of its front ends reply in JSON of the same structure. */
static void read_query_error(const struct secret *body, struct service_error *error)
{
    CLEANUP(secret_clear) struct secret code = SECRET_INIT(512);
    CLEANUP(secret_clear) struct secret request_id = SECRET_INIT(512);
    if (!xml_find(body, "ErrorResponse/Error/Code", &code)) {
        return;
    }
    put_code(error, secret_expose(&code));
    if (!xml_find(body, "ErrorResponse/Error/Message", &error->message)) {
        secret_clear(&error->message);
    }
    if (error->request_id[0] == '\0' && xml_find(body, "ErrorResponse/RequestId", &request_id)) {
        (void)snprintf(
                error->request_id, sizeof(error->request_id), "%s", secret_expose(&request_id));
    }
}

/* A secret that cannot be decoded may be echoed in another form: then code and message are dropped. */
static void cut_out_member(struct json_value object, const char *name, struct service_error *error)
{
    CLEANUP(secret_clear) struct secret value = SECRET_INIT(OWN_SECRET_MAX_BYTES);
    const struct secret *const secrets[] = { &value };
    struct json_value member;
    struct err ignored;
    if (!json_find_typed(object, name, JSON_STRING, &member)) {
        return;
    }
    if (!json_decode_secret(member, NULL, &value, &ignored)
            || !secret_check(&value, NULL, &ignored)) {
        error->code[0] = '\0';
        secret_clear(&error->message);
        return;
    }
    service_error_clean(error, secrets, 1);
}

/* A document may both report an error and contain credentials. */
static void cut_out_secrets(struct json_value object, struct service_error *error)
{
    static const char *const names[] = { "SecretAccessKey", "secretAccessKey", "Token", "token",
        "SessionToken", "sessionToken" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        cut_out_member(object, names[i], error);
    }
}

static void read_json_error(const struct secret *body, struct service_error *error)
{
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct json_value nested;
    struct err ignored;
    if (!json_parse(body, JSON_TOKENS_REPLY, NULL, &document, &ignored)) {
        return;
    }
    struct json_value root = json_root(&document);
    put_code_member(error, root, "__type");
    put_code_member(error, root, "code");
    put_code_member(error, root, "Code");
    put_message_member(error, root, "message");
    put_message_member(error, root, "Message");
    if (json_find_typed(root, "Error", JSON_OBJECT, &nested)) {
        put_code_member(error, nested, "Code");
        put_message_member(error, nested, "Message");
    }
    cut_out_secrets(root, error);
    if (json_find_typed(root, "roleCredentials", JSON_OBJECT, &nested)) {
        cut_out_secrets(nested, error);
    }
}

/* AWS's codes are short words, its request ids UUIDs: anything else may echo the request. */
static void drop_malformed(struct service_error *error)
{
    size_t len = strspn(error->code, ASCII_ALNUM "._");
    if (error->code[len] != '\0' || len > CODE_MAX_BYTES) {
        error->code[0] = '\0';
    }
    if (error->request_id[strspn(error->request_id, "0123456789abcdefABCDEF-")] != '\0') {
        error->request_id[0] = '\0';
    }
}

void service_error_read(const struct http_reply *reply, struct service_error *ret_error)
{
    char header[256];
    (void)http_reply_header(
            reply, "x-amzn-RequestId", ret_error->request_id, sizeof(ret_error->request_id));
    if (http_reply_header(reply, "x-amzn-ErrorType", header, sizeof(header))) {
        put_code(ret_error, header);
    }
    read_json_error(&reply->body, ret_error);
    if (ret_error->code[0] == '\0') {
        read_query_error(&reply->body, ret_error);
    }
    drop_malformed(ret_error);
}

void service_error_read_document(const struct secret *body, struct service_error *ret_error)
{
    read_json_error(body, ret_error);
    drop_malformed(ret_error);
    if (strcmp(ret_error->code, "Success") == 0) {
        ret_error->code[0] = '\0';
    }
}

void service_error_read_sentence(const struct http_reply *reply, struct service_error *error)
{
    const char *body = secret_expose(&reply->body);
    size_t start = 0;
    size_t len = ascii_trim(body, secret_len(&reply->body), &start);
    bool is_sentence = len > 0 && strchr("{[<", body[start]) == NULL;
    if (secret_is_empty(&error->message) && is_sentence) {
        secret_append(&error->message, body + start,
                len < SERVICE_ERROR_MESSAGE_MAX_BYTES ? len : SERVICE_ERROR_MESSAGE_MAX_BYTES);
    }
}

void service_error_clear(struct service_error *error)
{
    secret_clear(&error->message);
    *error = SERVICE_ERROR_INIT;
}

static bool is_one_of(const char *code, const char *const codes[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}

#define IS_ONE_OF(code, codes) is_one_of(code, codes, sizeof(codes) / sizeof((codes)[0]))

enum retry_cause service_error_retry_cause(int status, const char *code)
{
    static const char *const throttling[] = { "ThrottlingException", "Throttling",
        "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "RequestLimitExceeded", "TooManyRequestsException",
        "ProvisionedThroughputExceededException", "BandwidthLimitExceeded",
        "LimitExceededException", "SlowDown", "TransactionInProgressException",
        "PriorRequestNotComplete", "EC2ThrottledException" };
    static const char *const transient[] = { "RequestTimeout", "RequestTimeoutException",
        "InternalServerError", "InternalFailure", "ServiceUnavailable", "IDPCommunicationError" };
    if (IS_ONE_OF(code, throttling) || status == 429) {
        return RETRY_THROTTLED;
    }
    return status >= 500 || status == 408 || IS_ONE_OF(code, transient) ? RETRY_TRANSIENT
                                                                        : RETRY_NEVER;
}

bool service_error_may_be_clock(const char *code)
{
    static const char *const codes[] = { "InvalidSignatureException", "SignatureDoesNotMatch",
        "AuthFailure", "RequestTimeTooSkewed", "AccessDeniedException" };
    return IS_ONE_OF(code, codes);
}

/* A piece of a secret in a text. URL-encoding makes it longer there. */
struct piece {
    size_t len;
    size_t text_len;
};

/* The length of c in the text at `at`; 0 if that is another character. */
static size_t encoded_len(const char *at, size_t len, char c, bool url_encoded)
{
    bool is_escape = url_encoded && len >= 3 && at[0] == '%' && ascii_hex_value(at[1]) >= 0
            && ascii_hex_value(at[2]) >= 0
            && (char)(ascii_hex_value(at[1]) * 16 + ascii_hex_value(at[2])) == c;
    return is_escape ? 3 : len > 0 && at[0] == c ? 1 : 0;
}

static struct piece shared_piece(
        const char *at, size_t len, const char *needle, size_t needle_len, bool url_encoded)
{
    struct piece piece = { 0 };
    while (piece.len < needle_len) {
        size_t used = encoded_len(
                at + piece.text_len, len - piece.text_len, needle[piece.len], url_encoded);
        if (used == 0) {
            break;
        }
        piece.len++;
        piece.text_len += used;
    }
    return piece;
}

/* The longest piece of needle that is at `at`, plain or URL-encoded. */
static struct piece longest_piece(const char *at, size_t len, const char *needle, size_t needle_len)
{
    struct piece longest = { 0 };
    for (size_t from = 0; from + PIECE_MIN_BYTES <= needle_len; from++) {
        for (int url_encoded = 0; url_encoded < 2; url_encoded++) {
            struct piece piece = shared_piece(
                    at, len, needle + from, needle_len - from, url_encoded == 1);
            longest = piece.len > longest.len ? piece : longest;
        }
    }
    return longest;
}

void service_error_cut_out(struct secret *text, const struct secret *secret)
{
    const char *bytes = secret_expose(text);
    size_t len = secret_len(text);
    /* Never too small: pieces of 12 or more bytes are replaced by 9. */
    CLEANUP(secret_clear) struct secret cleaned = SECRET_INIT(SERVICE_ERROR_MESSAGE_MAX_BYTES);
    for (size_t at = 0; at < len;) {
        struct piece piece = longest_piece(
                bytes + at, len - at, secret_expose(secret), secret_len(secret));
        if (piece.len >= PIECE_MIN_BYTES) {
            secret_append_string(&cleaned, "[removed]");
            at += piece.text_len;
        } else {
            secret_append_char(&cleaned, bytes[at]);
            at++;
        }
    }
    secret_move(text, &cleaned);
}

bool service_error_is_echo(const char *word, const struct secret *const secrets[], size_t count)
{
    CLEANUP(secret_clear) struct secret cleaned = SECRET_INIT(SERVICE_ERROR_MESSAGE_MAX_BYTES);
    secret_append_string(&cleaned, word);
    for (size_t i = 0; i < count; i++) {
        service_error_cut_out(&cleaned, secrets[i]);
    }
    return strcmp(secret_expose(&cleaned), word) != 0;
}

static void drop_echo(char *word, const struct secret *const secrets[], size_t count)
{
    if (service_error_is_echo(word, secrets, count)) {
        word[0] = '\0';
    }
}

void service_error_clean(
        struct service_error *error, const struct secret *const secrets[], size_t count)
{
    drop_echo(error->code, secrets, count);
    drop_echo(error->request_id, secrets, count);
    for (size_t i = 0; i < count; i++) {
        service_error_cut_out(&error->message, secrets[i]);
    }
}

void service_error_report(const struct service_error *error, struct err *err)
{
    size_t start = 0;
    const char *bytes = secret_expose(&error->message);
    size_t len = ascii_trim(bytes, secret_len(&error->message), &start);
    if (len > 0) {
        err_add_why(err, "%s%.*s%s", err->why[0] == '\0' ? "" : ": ",
                (int)(len < SENTENCE_MAX_BYTES ? len : SENTENCE_MAX_BYTES), bytes + start,
                len > SENTENCE_MAX_BYTES ? "..." : "");
    }
    err_set_code(err, error->code);
    err_set_request_id(err, error->request_id);
}
