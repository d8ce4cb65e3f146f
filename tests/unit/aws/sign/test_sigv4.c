/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/sign/digest.h"
#include "aws/sign/sigv4.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/timestamp.h"
#include "json/json.h"

enum {
    PATH_BYTES = 4096,
    FILE_MAX_BYTES = 1024 * 1024,
    VECTORS_AT_LEAST = 19,
    PUBLISHED_AT_LEAST = 38,
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char VECTORS_VARIABLE[] = "SSM_EXEC_SIGV4_VECTORS";

/* Vectors: botocore's of tests/vectors, and the suite that AWS publishes, in the same layout. */

struct vector {
    const char *name;
    struct secret request; /* is cut into strings in place */
    struct secret signed_request;
    struct secret key_id;
    struct secret secret_key;
    struct text token;
    struct text region;
    struct text service;
    int64_t epoch_s;
    bool normalizes;
    bool signs_body;
    bool omits_token;

    struct sigv4_header headers[SIGV4_HEADERS_MAX];
    char date[TIMESTAMP_BASIC_BYTES];
    char body_hash[DIGEST_SHA256_HEX_BYTES];
    struct sigv4_request parsed;
};

static void clear_vector(struct vector *vector)
{
    secret_clear(&vector->request);
    secret_clear(&vector->signed_request);
    secret_clear(&vector->key_id);
    secret_clear(&vector->secret_key);
    text_clear(&vector->token);
    text_clear(&vector->region);
    text_clear(&vector->service);
}

static void read_vector_file(
        const char *directory, const char *name, const char *file, struct secret *ret_contents)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof(path), "%s/%s/%s", directory, name, file);
    assert_true(len > 0 && len < PATH_BYTES);
    const struct file_limits limits = { .clock = &clock_system, .deadline_ms = INT64_MAX };
    enum file_presence presence = FILE_ABSENT;
    struct err err;
    if (!file_read(path, &limits, ret_contents, &presence, &err) || presence == FILE_ABSENT) {
        fail_msg("%s: cannot be read", path);
    }
}

static void read_text_member(const struct vector *vector,
        struct json_value object,
        const char *name,
        struct text *ret_text)
{
    struct json_value member;
    struct err err;
    if (!json_find_typed(object, name, JSON_STRING, &member)
            || !json_decode_text(member, name, ret_text, &err)) {
        fail_msg("%s: context.json lacks %s", vector->name, name);
    }
}

static bool flag_member(struct json_value object, const char *name)
{
    struct json_value member;
    return json_find(object, name, &member) && json_type_of(member) == JSON_TRUE;
}

static void read_secret_member(const struct vector *vector,
        struct json_value object,
        const char *name,
        struct secret *ret_secret)
{
    struct json_value member;
    struct err err;
    if (!json_find_typed(object, name, JSON_STRING, &member)
            || !json_decode_secret(member, name, ret_secret, &err)) {
        fail_msg("%s: context.json lacks %s", vector->name, name);
    }
}

static void read_context(const char *directory, struct vector *vector)
{
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(FILE_MAX_BYTES);
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    CLEANUP(text_clear) struct text timestamp = TEXT_INIT(64);
    struct err err;
    read_vector_file(directory, vector->name, "context.json", &text);
    if (!json_parse(&text, JSON_TOKENS_FILE, vector->name, &document, &err)) {
        fail_msg("%s: context.json: %s", vector->name, err.why);
    }
    struct json_value root = json_root(&document);
    struct json_value keys;
    struct json_value token;
    assert_true(json_find_typed(root, "credentials", JSON_OBJECT, &keys));
    read_secret_member(vector, keys, "access_key_id", &vector->key_id);
    read_secret_member(vector, keys, "secret_access_key", &vector->secret_key);
    if (json_find(keys, "token", &token)) {
        read_text_member(vector, keys, "token", &vector->token);
    }
    read_text_member(vector, root, "region", &vector->region);
    read_text_member(vector, root, "service", &vector->service);
    read_text_member(vector, root, "timestamp", &timestamp);
    assert_true(timestamp_parse_iso8601(text_string(&timestamp), &vector->epoch_s));
    vector->normalizes = flag_member(root, "normalize");
    vector->signs_body = flag_member(root, "sign_body");
    vector->omits_token = flag_member(root, "omit_session_token");
}

static void add_header(struct vector *vector, const char *name, const char *value)
{
    assert_true(vector->parsed.header_count < SIGV4_HEADERS_MAX);
    vector->headers[vector->parsed.header_count] = (struct sigv4_header){ name, value };
    vector->parsed.header_count++;
}

/* METHOD SP target SP HTTP/1.1; the target may contain blanks. */
static void split_request_line(struct vector *vector, char *line)
{
    char *target = strchr(line, ' ');
    char *version = strrchr(line, ' ');
    if (target == NULL || version == target) {
        fail_msg("%s: no request line", vector->name);
        return;
    }
    *target = '\0';
    target++;
    *version = '\0';
    char *query = strchr(target, '?');
    vector->parsed.method = line;
    vector->parsed.path = target;
    vector->parsed.query = "";
    if (query != NULL) {
        *query = '\0';
        vector->parsed.query = query + 1;
    }
}

/* The name's end; a line that begins with white space continues the value above it. */
static void split_headers(struct vector *vector, char *text)
{
    char *next = text;
    while (*next != '\0' && *next != '\n') {
        char *name = next;
        char *end = strchr(name, '\n');
        while (end != NULL && ascii_is_blank(end[1])) {
            end = strchr(end + 1, '\n');
        }
        next = end == NULL ? strchr(name, '\0') : end + 1;
        if (end != NULL) {
            *end = '\0';
        }
        char *colon = strchr(name, ':');
        if (colon == NULL) {
            fail_msg("%s: a header without a colon", vector->name);
            return;
        }
        *colon = '\0';
        add_header(vector, name, colon + 1);
    }
    vector->parsed.body = *next == '\n' ? next + 1 : next;
    vector->parsed.body_len = strlen(vector->parsed.body);
}

static void hash_body(struct vector *vector)
{
    struct err err;
    assert_true(digest_sha256_hex(
            vector->parsed.body, vector->parsed.body_len, vector->body_hash, &err));
}

static void read_vector(const char *directory, struct vector *vector)
{
    read_context(directory, vector);
    read_vector_file(directory, vector->name, "request.txt", &vector->request);
    read_vector_file(directory, vector->name, "header-signed-request.txt", &vector->signed_request);
    char *text = secret_expose_writable(&vector->request);
    char *line_end = text == NULL ? NULL : strchr(text, '\n');
    if (line_end == NULL) {
        fail_msg("%s: request.txt has no line", vector->name);
        return;
    }
    *line_end = '\0';
    split_request_line(vector, text);
    split_headers(vector, line_end + 1);
    hash_body(vector);
    vector->parsed.path_as_sent = !vector->normalizes;
    vector->parsed.headers = vector->headers;
    timestamp_format_basic(vector->epoch_s, vector->date);
    if (vector->token.len > 0 && !vector->omits_token) {
        add_header(vector, "X-Amz-Security-Token", text_string(&vector->token));
    }
    add_header(vector, "X-Amz-Date", vector->date);
    if (vector->signs_body) {
        add_header(vector, "x-amz-content-sha256", vector->body_hash);
    }
}

static void assert_stage(
        const struct vector *vector, const char *stage, const char *got, const char *want)
{
    if (strcmp(got, want) != 0) {
        fail_msg("%s: %s:\n%s\ninstead of:\n%s", vector->name, stage, got, want);
    }
}

static void assert_stage_file(
        const char *directory, const struct vector *vector, const char *file, const char *got)
{
    CLEANUP(secret_clear) struct secret want = SECRET_INIT(FILE_MAX_BYTES);
    read_vector_file(directory, vector->name, file, &want);
    assert_stage(vector, file, got, secret_expose(&want));
}

/* The value of the Authorization line of header-signed-request.txt is the signer's output. */
static void assert_authorization(struct vector *vector, const char *got)
{
    static const char NAME[] = "\nAuthorization:";
    char *at = strstr(secret_expose_writable(&vector->signed_request), NAME);
    if (at == NULL) {
        fail_msg("%s: header-signed-request.txt has no Authorization", vector->name);
        return;
    }
    char *value = at + strlen(NAME);
    value[strcspn(value, "\n")] = '\0';
    assert_stage(vector, "Authorization", got, value);
}

static void check_vector(const char *directory, const char *name)
{
    CLEANUP(clear_vector)
    struct vector vector = {
        .name = name,
        .request = SECRET_INIT(FILE_MAX_BYTES),
        .signed_request = SECRET_INIT(FILE_MAX_BYTES),
        .key_id = SECRET_INIT(256),
        .secret_key = SECRET_INIT(256),
        .token = TEXT_INIT(4096),
        .region = TEXT_INIT(64),
        .service = TEXT_INIT(64),
    };
    CLEANUP(secret_clear) struct secret canonical = SECRET_INIT(SIGV4_CANONICAL_MAX_BYTES);
    CLEANUP(text_clear) struct text signed_headers = TEXT_INIT(4096);
    CLEANUP(text_clear) struct text string_to_sign = TEXT_INIT(4096);
    CLEANUP(secret_clear) struct secret authorization = SECRET_INIT(FILE_MAX_BYTES);
    char signature[DIGEST_SHA256_HEX_BYTES];
    char signed_signature[DIGEST_SHA256_HEX_BYTES];
    struct err err;
    read_vector(directory, &vector);
    const struct sigv4_scope scope = {
        .date = vector.date,
        .region = text_string(&vector.region),
        .service = text_string(&vector.service),
    };
    assert_true(sigv4_canonical_request(&vector.parsed, &canonical, &signed_headers, &err));
    assert_stage_file(
            directory, &vector, "header-canonical-request.txt", secret_expose(&canonical));
    assert_true(sigv4_string_to_sign(&canonical, &scope, &string_to_sign, &err));
    assert_stage_file(
            directory, &vector, "header-string-to-sign.txt", text_string(&string_to_sign));
    assert_true(sigv4_signature(
            &vector.secret_key, &scope, text_string(&string_to_sign), signature, &err));
    assert_stage_file(directory, &vector, "header-signature.txt", signature);
    assert_true(sigv4_sign(&vector.parsed, &scope,
            &(struct sigv4_keys){ &vector.key_id, &vector.secret_key }, &authorization,
            signed_signature, &err));
    assert_stage(&vector, "signature of sigv4_sign", signed_signature, signature);
    assert_authorization(&vector, secret_expose(&authorization));
}

static void check_folder(const char *directory, size_t at_least)
{
    DIR *cases = opendir(directory);
    if (cases == NULL) {
        fail_msg("%s: %s", directory, strerror(errno));
        return;
    }
    size_t count = 0;
    for (struct dirent *entry = readdir(cases); entry != NULL; entry = readdir(cases)) {
        if (entry->d_name[0] != '.') {
            check_vector(directory, entry->d_name);
            count++;
        }
    }
    assert_int_equal(closedir(cases), 0);
    print_message("# %zu vectors\n", count);
    assert_true(count >= at_least);
}

static void signs_every_vector_of_botocore_stage_by_stage(void **state)
{
    (void)state;
    check_folder(TEST_VECTORS "/sigv4", VECTORS_AT_LEAST);
}

/* An extra: the suite is not part of the tree. */
static void signs_every_published_vector_stage_by_stage(void **state)
{
    (void)state;
    const char *directory = getenv(VECTORS_VARIABLE);
    if (directory == NULL) {
        print_message("# %s does not name the folder of the published vectors\n", VECTORS_VARIABLE);
        return;
    }
    check_folder(directory, PUBLISHED_AT_LEAST);
}

/* Worked examples of the calls that the program makes. */

#define SSM_BODY \
    "{\"Path\":\"/prod/api\",\"Recursive\":true,\"WithDecryption\":true,\"MaxResults\":10}"

#define STS_BODY                                                 \
    "Action=AssumeRole&Version=2011-06-15"                       \
    "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Freader" \
    "&RoleSessionName=ssm-exec-1700000000&DurationSeconds=3600"

struct example {
    const char *name;
    const char *service;
    struct sigv4_header headers[6];
    size_t header_count;
    const char *body;
    size_t body_len;
    const char *want_signed_headers;
    const char *want_body_sha256;
    const char *want_canonical_sha256;
    const char *want_signature;
};

static const struct example EXAMPLES[] = {
    { .name = "GetParametersByPath",
            .service = "ssm",
            .headers = { { "x-amz-target", "AmazonSSM.GetParametersByPath" },
                    { "X-Amz-Date", "20150830T123600Z" }, { "Host", "ssm.us-east-1.amazonaws.com" },
                    { "Content-Type", "application/x-amz-json-1.1" } },
            .header_count = 4,
            .body = SSM_BODY,
            .body_len = 75,
            .want_signed_headers = "content-type;host;x-amz-date;x-amz-target",
            .want_body_sha256 = "86143284db768422b83e8df11de4bf493d0f915ef7a3a1d432301d6d5aee2125",
            .want_canonical_sha256 =
                    "842764bbd0b6281e8be5a98b31e9d0045f6d24e1062d996277f7b5b7b086c810",
            .want_signature = "6c9b79e6cfccf43c7283301d4ce0c588f68d1ad3a6341dd9a89764bf6ef5a33d" },
    { .name = "GetParametersByPath with a session token",
            .service = "ssm",
            .headers = { { "content-type", "application/x-amz-json-1.1" },
                    { "host", "ssm.us-east-1.amazonaws.com" }, { "x-amz-date", "20150830T123600Z" },
                    { "x-amz-target", "AmazonSSM.GetParametersByPath" },
                    { "x-amz-security-token", "AQoDYXdzEPT//////////wEXAMPLEtoken==" } },
            .header_count = 5,
            .body = SSM_BODY,
            .body_len = 75,
            .want_signed_headers = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
            .want_body_sha256 = "86143284db768422b83e8df11de4bf493d0f915ef7a3a1d432301d6d5aee2125",
            .want_canonical_sha256 =
                    "c374ae784ef4e80a228643ed9505ec55b63519e1468e836c5373faf2a4ea2d82",
            .want_signature = "c62b5b9e47a36f9fd74785fa031343307b3f2303fece8bd9d2751edebcaabc08" },
    { .name = "AssumeRole",
            .service = "sts",
            .headers = { { "content-type", "application/x-www-form-urlencoded; charset=utf-8" },
                    { "host", "sts.us-east-1.amazonaws.com" },
                    { "x-amz-date", "20150830T123600Z" } },
            .header_count = 3,
            .body = STS_BODY,
            .body_len = 151,
            .want_signed_headers = "content-type;host;x-amz-date",
            .want_body_sha256 = "c7ee03c0eda528e80400b9c85294442a992e306b2f244b0c48761ee319a880af",
            .want_canonical_sha256 =
                    "a83e2402bf5ee39078794122c7897587c0b785e33e011b2ababbda687a585055",
            .want_signature = "619ca60f27fe18651f85b1d78cf8a4c5d830d73aab93fab71206ceba07760751" },
};

static void assert_row(const char *row, const char *what, const char *got, const char *want)
{
    if (strcmp(got, want) != 0) {
        fail_msg("%s: %s is \"%s\" instead of \"%s\"", row, what, got, want);
    }
}

static void hash_hex(const void *bytes, size_t len, char ret_hex[static DIGEST_SHA256_HEX_BYTES])
{
    struct err err;
    assert_true(digest_sha256_hex(bytes, len, ret_hex, &err));
}

static struct sigv4_request example_request(const struct example *example)
{
    return (struct sigv4_request){
        .method = "POST",
        .path = "/",
        .query = "",
        .headers = example->headers,
        .header_count = example->header_count,
        .body = example->body,
        .body_len = example->body_len,
    };
}

static void check_example(const struct example *example)
{
    CLEANUP(secret_clear) struct secret key_id = SECRET_INIT(64);
    CLEANUP(secret_clear) struct secret secret_key = SECRET_INIT(64);
    CLEANUP(secret_clear) struct secret canonical = SECRET_INIT(SIGV4_CANONICAL_MAX_BYTES);
    CLEANUP(text_clear) struct text signed_headers = TEXT_INIT(4096);
    CLEANUP(text_clear) struct text string_to_sign = TEXT_INIT(4096);
    CLEANUP(text_clear) struct text want = TEXT_INIT(4096);
    CLEANUP(secret_clear) struct secret authorization = SECRET_INIT(4096);
    const struct sigv4_request request = example_request(example);
    const struct sigv4_scope scope = { "20150830T123600Z", "us-east-1", example->service };
    char hex[DIGEST_SHA256_HEX_BYTES];
    struct err err;
    secret_append_string(&key_id, "AKIDEXAMPLE");
    secret_append_string(&secret_key, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    assert_int_equal(strlen(example->body), example->body_len);
    hash_hex(example->body, example->body_len, hex);
    assert_row(example->name, "the body's hash", hex, example->want_body_sha256);

    assert_true(sigv4_canonical_request(&request, &canonical, &signed_headers, &err));
    assert_row(example->name, "the list of signed headers", text_string(&signed_headers),
            example->want_signed_headers);
    hash_hex(secret_expose(&canonical), secret_len(&canonical), hex);
    assert_row(example->name, "the canonical request's hash", hex, example->want_canonical_sha256);

    assert_true(sigv4_string_to_sign(&canonical, &scope, &string_to_sign, &err));
    text_append_format(&want,
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/%s/aws4_request\n%s",
            example->service, example->want_canonical_sha256);
    assert_row(
            example->name, "the string to sign", text_string(&string_to_sign), text_string(&want));

    assert_true(sigv4_signature(&secret_key, &scope, text_string(&string_to_sign), hex, &err));
    assert_row(example->name, "the signature", hex, example->want_signature);

    assert_true(sigv4_sign(&request, &scope, &(struct sigv4_keys){ &key_id, &secret_key },
            &authorization, hex, &err));
    assert_row(example->name, "the signature in one go", hex, example->want_signature);
    text_reset(&want);
    text_append_format(&want,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/%s/aws4_request, "
            "SignedHeaders=%s, Signature=%s",
            example->service, example->want_signed_headers, example->want_signature);
    assert_row(example->name, "Authorization", secret_expose(&authorization), text_string(&want));
}

static void signs_the_calls_of_the_program(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(EXAMPLES); i++) {
        check_example(&EXAMPLES[i]);
    }
}

static void derives_the_signing_key_step_by_step(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *message;
        const char *want;
    } ROWS[] = {
        { "date", "20150830", "0138c7a6cbd60aa727b2f653a522567439dfb9f3e72b21f9b25941a42f04a7cd" },
        { "region", "us-east-1",
                "f33d5808504bf34812e5fade63308b424b244c59189be2a591dd2282c7cb563f" },
        { "service", "ssm", "41cd2b9bf0e9b51603c2007f1b844c6173da9ab9ca256871ab0ae96afe76c501" },
        { "signing", "aws4_request",
                "1b014a52e2c4682dbb4f9c057f77de175576bae388238bec84a63594a1c63358" },
    };

    static const char FIRST_KEY[] = "AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    unsigned char key[DIGEST_SHA256_BYTES];
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        unsigned char mac[DIGEST_SHA256_BYTES];
        char hex[DIGEST_SHA256_HEX_BYTES];
        struct err err;
        assert_true(digest_hmac_sha256(i == 0 ? (const void *)FIRST_KEY : key,
                i == 0 ? strlen(FIRST_KEY) : sizeof(key), ROWS[i].message, strlen(ROWS[i].message),
                mac, &err));
        digest_to_hex(mac, hex);
        assert_row(ROWS[i].name, "the key", hex, ROWS[i].want);
        memcpy(key, mac, sizeof(key));
    }
}

/* The canonical path and query in one line each; the published vectors need their files. */
static void paths_and_queries_become_canonical(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *path;
        bool path_as_sent;
        const char *query;
        const char *want; /* the first three lines */
    } ROWS[] = {
        { "root", "/", false, "", "GET\n/\n\n" },
        { "empty path", "", false, "", "GET\n/\n\n" },
        { "dots", "/a/./b/../c", false, "", "GET\n/a/c\n\n" },
        { "above the root", "/../../a", false, "", "GET\n/a\n\n" },
        { "up to the root", "/a/..", false, "", "GET\n/\n\n" },
        { "slashes", "//a///b/", false, "", "GET\n/a/b/\n\n" },
        { "as sent", "//a/./b/../c/", true, "", "GET\n//a/./b/../c/\n\n" },
        { "encoded twice", "/a%20b", false, "", "GET\n/a%2520b\n\n" },
        { "a blank", "/a b", false, "", "GET\n/a%20b\n\n" },
        { "sorted by name", "/", false, "b=2&a=1", "GET\n/\na=1&b=2\n" },
        { "sorted by value", "/", false, "a=2&a=1", "GET\n/\na=1&a=2\n" },
        { "a longer name comes later", "/", false, "aa=1&a=2", "GET\n/\na=2&aa=1\n" },
        { "upper case first", "/", false, "a=1&B=1", "GET\n/\nB=1&a=1\n" },
        { "no equals sign", "/", false, "a", "GET\n/\na=\n" },
        { "empty pieces", "/", false, "&&a=1&", "GET\n/\na=1\n" },
        { "a second equals sign", "/", false, "a=b=c", "GET\n/\na=b%3Dc\n" },
        { "raw and encoded are the same", "/", false, "a=%2f&b=/", "GET\n/\na=%2F&b=%2F\n" },
        { "a broken escape is text", "/", false, "a=%zz", "GET\n/\na=%25zz\n" },
        { "an escape cut off is text", "/", false, "a=%2", "GET\n/\na=%252\n" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        static const struct sigv4_header HEADER = { "host", "h" };
        const struct sigv4_request request = {
            .method = "GET",
            .path = ROWS[i].path,
            .path_as_sent = ROWS[i].path_as_sent,
            .query = ROWS[i].query,
            .headers = &HEADER,
            .header_count = 1,
            .body = "",
        };
        CLEANUP(secret_clear) struct secret canonical = SECRET_INIT(SIGV4_CANONICAL_MAX_BYTES);
        CLEANUP(text_clear) struct text signed_headers = TEXT_INIT(4096);
        struct err err;
        assert_true(sigv4_canonical_request(&request, &canonical, &signed_headers, &err));
        if (strncmp(secret_expose(&canonical), ROWS[i].want, strlen(ROWS[i].want)) != 0) {
            fail_msg("%s: got\n%s", ROWS[i].name, secret_expose(&canonical));
        }
    }
}

static void more_headers_than_the_limit_are_refused(void **state)
{
    (void)state;
    struct sigv4_header headers[SIGV4_HEADERS_MAX + 1];
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        headers[i] = (struct sigv4_header){ "x", "y" };
    }
    struct sigv4_request request = {
        .method = "GET",
        .path = "/",
        .query = "",
        .headers = headers,
        .header_count = COUNT_OF(headers),
        .body = "",
    };
    CLEANUP(secret_clear) struct secret canonical = SECRET_INIT(SIGV4_CANONICAL_MAX_BYTES);
    CLEANUP(text_clear) struct text signed_headers = TEXT_INIT(4096);
    struct err err = { 0 };
    assert_false(sigv4_canonical_request(&request, &canonical, &signed_headers, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    request.header_count--;
    assert_true(sigv4_canonical_request(&request, &canonical, &signed_headers, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_every_vector_of_botocore_stage_by_stage),
        cmocka_unit_test(signs_every_published_vector_stage_by_stage),
        cmocka_unit_test(signs_the_calls_of_the_program),
        cmocka_unit_test(derives_the_signing_key_step_by_step),
        cmocka_unit_test(paths_and_queries_become_canonical),
        cmocka_unit_test(more_headers_than_the_limit_are_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
