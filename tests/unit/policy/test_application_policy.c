/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/policy_world.h"
#include "json/json.h"
#include "policy/application_policy.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Lists as words. */
struct request {
    const char *paths;
    const char *names;
    const char *keys;
    bool has_default_key;
    const char *secrets;
    const char *secret_key;
    const char *account;
    const char *region;
};

static bool write_request(
        const struct request *request, struct policy_output *output, struct err *err)
{
    CLEANUP(string_list_clear) struct string_list paths = policy_words(request->paths);
    CLEANUP(string_list_clear) struct string_list names = policy_words(request->names);
    CLEANUP(string_list_clear) struct string_list keys = policy_words(request->keys);
    CLEANUP(string_list_clear) struct string_list secrets = policy_words(request->secrets);
    const struct application_policy policy = {
        .account = request->account == NULL ? POLICY_ACCOUNT : request->account,
        .region = request->region == NULL ? POLICY_REGION : request->region,
        .paths = paths,
        .names = names,
        .keys = { keys, request->has_default_key },
        .secrets = secrets,
        .secret_key_id = request->secret_key,
    };
    return policy_first(application_policy_write(&policy, output, policy_problems()), err);
}

#define SECRETS_KEY "33333333-4444-5555-6666-777777777777"

static void writes_the_policies_that_were_proven(void **state)
{
    (void)state;

    static const struct {
        const char *vector;
        struct request request;
    } ROWS[] = {
        { "application", { .paths = "/prod/api", .keys = POLICY_KEY } },
        { "application", { .paths = "/prod/api/", .keys = POLICY_KEY, .has_default_key = true } },
        { "application", { .paths = "/prod/api /prod/api", .keys = POLICY_KEY } },
        { "application",
                { .paths = "/prod/api",
                        .keys = "arn:aws:kms:eu-west-1:123456789012:key/" POLICY_KEY } },
        { "application-secrets-manager", { .secrets = "prod/db", .secret_key = SECRETS_KEY } },
        { "application-with-secret",
                { .paths = "/prod/api",
                        .keys = POLICY_KEY,
                        .secrets = "prod/db",
                        .secret_key = SECRETS_KEY } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err;
        bool ok = write_request(&ROWS[i].request, &output, &err);
        policy_expect_vector(ok, &output, &err, ROWS[i].vector);
    }
}

static void names_of_a_map_are_granted_one_by_one(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err;
    const struct request request = {
        .names = "/prod/api/a:3 /prod/api/a arn:aws:ssm:eu-west-1:999999999999:parameter/s/b:live",
        .keys = POLICY_KEY,
    };
    assert_true(write_request(&request, &output, &err));
    assert_false(policy_has(&output, "GetParametersByPath"));
    assert_false(policy_has(&output, "*"));
    static const char RESOURCES[] =
            "\"Resource\": [\n"
            "        \"arn:aws:ssm:eu-west-1:123456789012:parameter/prod/api/a\",\n"
            "        \"arn:aws:ssm:eu-west-1:999999999999:parameter/s/b\"\n"
            "      ]";
    assert_true(policy_has(&output, RESOURCES));
}

static void the_default_key_takes_no_grant_and_a_remark(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err;
    const struct request request = { .paths = "/prod/api", .has_default_key = true };
    assert_true(write_request(&request, &output, &err));
    assert_false(policy_has(&output, "kms:"));
    assert_true(policy_has_remark(&output, "--key-id"));
    assert_true(policy_has_remark(&output, "access to /prod/api is access to"));
}

static void other_partitions_have_their_arns_and_no_service_condition(void **state)
{
    (void)state;

    static const char *const ROWS[][2] = {
        { "cn-north-1", "arn:aws-cn:" },
        { "us-gov-west-1", "arn:aws-us-gov:" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err;
        const struct request request = {
            .paths = "/prod/api",
            .keys = POLICY_KEY,
            .secrets = "prod/db",
            .secret_key = SECRETS_KEY,
            .region = ROWS[i][0],
        };
        assert_true(write_request(&request, &output, &err));
        assert_true(policy_has(&output, ROWS[i][1]));
        assert_false(policy_has(&output, "arn:aws:"));
        assert_false(policy_has(&output, "kms:ViaService"));
        assert_true(policy_has(&output, "kms:EncryptionContext:PARAMETER_ARN"));
        assert_true(policy_has_remark(&output, "kms:ViaService"));
    }
}

static void a_policy_that_iam_would_refuse_for_its_size_gets_a_remark(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    CLEANUP(text_clear) struct text names = TEXT_INIT(64 * 1024);
    struct err err;
    for (int i = 0; i < 100; i++) {
        text_append_format(&names, "%s/prod/api/name_%d", i == 0 ? "" : " ", i);
    }
    const struct request request = { .names = text_string(&names), .keys = POLICY_KEY };
    assert_true(write_request(&request, &output, &err));
    assert_true(policy_has_remark(&output, "IAM takes 6144"));
}

static void what_is_missing_or_wrong_is_refused_by_name(void **state)
{
    (void)state;

    static const struct {
        const char *option;
        struct request request;
    } ROWS[] = {
        { "--path", { .keys = POLICY_KEY } },
        { "--key-id", { .paths = "/a" } },
        { "--key-id", { .paths = "/a", .keys = "alias/prod" } },
        { "--key-id", { .paths = "/a", .keys = "11111111-2222-3333-4444-55555555555" } },
        { "--key-id", { .paths = "/a", .keys = POLICY_KEY "0" } },
        { "--key-id", { .paths = "/a", .keys = "mrk-" POLICY_KEY } },
        { "--key-id",
                { .paths = "/a", .keys = "arn:aws:kms:eu-west-2:123456789012:key/" POLICY_KEY } },
        { "--key-id",
                { .paths = "/a", .keys = "arn:aws:kms:eu-west-1:12345678901*:key/" POLICY_KEY } },
        { "--key-id", { .paths = "/a", .keys = "arn:aws:kms:eu-west-1:123456789012:alias/x" } },
        { "--account", { .paths = "/a", .keys = POLICY_KEY, .account = "12345678901" } },
        { "--account", { .paths = "/a", .keys = POLICY_KEY, .account = "1234567890123" } },
        { "--account", { .paths = "/a", .keys = POLICY_KEY, .account = "12345678901x" } },
        { "--account", { .paths = "/a", .keys = POLICY_KEY, .account = "" } },
        { "--region", { .paths = "/a", .keys = POLICY_KEY, .region = "" } },
        { "--region", { .paths = "/a", .keys = POLICY_KEY, .region = "eu*" } },
        { "--path", { .paths = "/", .keys = POLICY_KEY } },
        { "--path", { .paths = "/ssm-x/y", .keys = POLICY_KEY } },
        { "--path", { .paths = "/AWS/y", .keys = POLICY_KEY } },
        { "--path", { .paths = "/a/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", .keys = POLICY_KEY } },
        { "MAP",
                { .names = "arn:aws:ssm:eu-west-2:123456789012:parameter/a", .keys = POLICY_KEY } },
        { "MAP", { .names = "arn:aws:s3:::parameter/a", .keys = POLICY_KEY } },
        { "MAP", { .names = "/a/", .keys = POLICY_KEY } },
        { "--secret", { .secrets = "prod/*" } },
        { "--secret-key-id", { .secrets = "prod/db", .secret_key = "alias/x" } },
        { "--secret-key-id", { .paths = "/a", .keys = POLICY_KEY, .secret_key = SECRETS_KEY } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err = { 0 };
        bool ok = write_request(&ROWS[i].request, &output, &err);
        policy_expect_row_refusal(ok, &err, ROWS[i].option, i);
    }
}

static void secrets_alone_have_the_remarks_of_their_key(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    CLEANUP(policy_output_clear) struct policy_output by_default = POLICY_OUTPUT_INIT;
    struct err err;
    struct request request = {
        .secrets = "prod/db",
        .secret_key = SECRETS_KEY,
        .region = "cn-north-1",
        .has_default_key = true,
    };
    assert_true(write_request(&request, &output, &err));
    assert_true(policy_has_remark(&output, "kms:ViaService"));
    assert_false(policy_has_remark(&output, "alias/aws/"));
    request.secret_key = NULL;
    assert_true(write_request(&request, &by_default, &err));
    assert_false(policy_has(&by_default, "kms:"));
    assert_true(policy_has_remark(&by_default, "alias/aws/secretsmanager"));
    assert_int_equal(by_default.remarks.len, 1);
}

static void lengths_and_numbers_are_limited(void **state)
{
    (void)state;
    for (size_t len = 1011; len <= 1012; len++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        CLEANUP(text_clear) struct text path = TEXT_INIT(2048);
        struct err err = { 0 };
        text_append_char(&path, '/');
        while (path.len < len) {
            text_append_char(&path, 'a');
        }
        const struct request request = { .paths = path.bytes, .keys = POLICY_KEY };
        assert_int_equal(write_request(&request, &output, &err), len == 1011);
    }
    CLEANUP(policy_output_clear) struct policy_output deep = POLICY_OUTPUT_INIT;
    struct err deep_err = { 0 };
    const struct request levels = { .paths = "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/",
        .keys = POLICY_KEY };
    assert_true(write_request(&levels, &deep, &deep_err));
    for (size_t count = 1000; count <= 1001; count++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        CLEANUP(text_clear) struct text paths = TEXT_INIT(16 * 1024);
        struct err err = { 0 };
        for (size_t i = 0; i < count; i++) {
            text_append_string(&paths, i == 0 ? "/a" : " /a");
        }
        const struct request request = { .paths = paths.bytes, .keys = POLICY_KEY };
        assert_int_equal(write_request(&request, &output, &err), count == 1000);
    }
}

static void an_alias_and_a_secret_of_a_map_get_hints(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output none = POLICY_OUTPUT_INIT;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err = { 0 };
    const struct request request = { .paths = "/a", .keys = "alias/prod" };
    assert_false(write_request(&request, &output, &err));
    assert_non_null(strstr(err.hint, "describe-key"));
    const struct request secret = { .names = "/aws/reference/secretsmanager/prod/db" };
    assert_false(write_request(&secret, &none, &err));
    assert_non_null(strstr(err.hint, "--secret"));
    const struct request no_key = { .paths = "/a" };
    assert_false(write_request(&no_key, &none, &err));
    assert_non_null(strstr(err.hint, "--default-key"));
}

/* One item each, so that blanks stay in it. */
static void hostile_words_are_refused_everywhere(void **state)
{
    (void)state;
    for (size_t i = 0; POLICY_HOSTILE[i] != NULL; i++) {
        for (int where = 0; where < 6; where++) {
            static const char *const OPTIONS[] = { "--path", "MAP", "--secret", "--key-id",
                "--account", "--region" };
            CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
            CLEANUP(string_list_clear) struct string_list hostile = { 0 };
            CLEANUP(string_list_clear) struct string_list path = policy_words("/a");
            CLEANUP(string_list_clear) struct string_list key = policy_words(POLICY_KEY);
            struct err err = { 0 };
            const char *word = POLICY_HOSTILE[i];
            assert_true(string_list_add(&hostile, word, strlen(word), &err));
            const struct application_policy policy = {
                .account = where == 4 ? word : POLICY_ACCOUNT,
                .region = where == 5 ? word : POLICY_REGION,
                .paths = where == 0 ? hostile : path,
                .names = where == 1 ? hostile : (struct string_list){ 0 },
                .secrets = where == 2 ? hostile : (struct string_list){ 0 },
                .keys = { where == 3 ? hostile : key, false },
            };
            policy_expect_refusal(
                    policy_first(
                            application_policy_write(&policy, &output, policy_problems()), &err),
                    &err, OPTIONS[where], word);
        }
    }
}

/*
 * What the policy lets through, found without the generator's code: IAM's patterns, of which only '*'
 * occurs here, on the JSON as it was written.
 */
static bool matches(const char *pattern, const char *text)
{
    const char *star = strchr(pattern, '*');
    if (star == NULL) {
        return strcmp(pattern, text) == 0;
    }
    size_t head = (size_t)(star - pattern);
    assert_string_equal(star, "*");
    return strncmp(pattern, text, head) == 0;
}

static bool string_matches(struct json_value pattern, const char *text)
{
    CLEANUP(text_clear) struct text decoded = TEXT_INIT(4096);
    struct err err;
    assert_true(json_decode_text(pattern, NULL, &decoded, &err));
    return matches(text_string(&decoded), text);
}

static bool member_matches(struct json_value statement, const char *name, const char *text)
{
    struct json_value member;
    struct json_value item;
    size_t cursor = 0;
    assert_true(json_find(statement, name, &member));
    if (json_type_of(member) == JSON_STRING) {
        return string_matches(member, text);
    }
    while (json_next_item(member, &cursor, &item)) {
        if (string_matches(item, text)) {
            return true;
        }
    }
    return false;
}

static bool lets_through(const struct policy_output *output, const char *action, const char *name)
{
    CLEANUP(secret_clear) struct secret json = SECRET_INIT(POLICY_MAX_BYTES);
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct json_value statements;
    struct json_value statement;
    struct err err;
    char arn[4096];
    size_t cursor = 0;
    bool is_allowed = false;
    (void)snprintf(arn, sizeof(arn), "arn:aws:ssm:eu-west-1:123456789012:parameter%s", name);
    secret_append(&json, output->json.bytes, output->json.len);
    assert_true(json_parse(&json, JSON_TOKENS_FILE, "policy", &document, &err));
    assert_true(json_find(json_root(&document), "Statement", &statements));
    while (json_next_item(statements, &cursor, &statement)) {
        assert_true(member_matches(statement, "Effect", "Allow"));
        is_allowed = is_allowed
                || (member_matches(statement, "Action", action)
                        && member_matches(statement, "Resource", arn));
    }
    return is_allowed;
}

/* A few characters, so that beginnings and whole paths come up again. */
static const char *random_path(uint32_t *random, char out[static 64])
{
    size_t len = 0;
    *random = *random * 1664525U + 1013904223U;
    uint32_t levels = (*random >> 24) % 4;
    for (uint32_t level = 0; level < levels; level++) {
        *random = *random * 1664525U + 1013904223U;
        uint32_t chars = 1 + (*random >> 24) % 2;
        out[len++] = '/';
        for (uint32_t i = 0; i < chars; i++) {
            *random = *random * 1664525U + 1013904223U;
            out[len++] = "ab._-"[(*random >> 24) % 5];
        }
    }
    if (levels == 0) {
        out[len++] = '/';
    }
    out[len] = '\0';
    return out;
}

static bool is_path_or_below(const char *q, const char *p)
{
    size_t len = strlen(p);
    return strcmp(q, p) == 0 || (strncmp(q, p, len) == 0 && q[len] == '/');
}

static void by_path_passes_exactly_for_the_path_and_what_is_below(void **state)
{
    (void)state;
    uint32_t random = 11;
    size_t passed = 0;
    for (int i = 0; i < 4000; i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        char p[64];
        char q[128];
        struct err err;
        const struct request request = { .paths = random_path(&random, p), .keys = POLICY_KEY };
        if (strcmp(p, "/") == 0) {
            continue;
        }
        /* Every second one begins like the path. */
        char end[64];
        (void)snprintf(q, sizeof(q), "%s%s", i % 2 == 0 ? "" : p, random_path(&random, end));
        assert_true(write_request(&request, &output, &err));
        bool want = is_path_or_below(q, p);
        passed += want ? 1 : 0;
        if (lets_through(&output, "ssm:GetParametersByPath", q) != want) {
            fail_msg("p %s, q %s", p, q);
        }
        bool is_name_below = want && strcmp(p, q) != 0;
        if (lets_through(&output, "ssm:GetParameters", q) != is_name_below) {
            fail_msg("p %s, name %s", p, q);
        }
    }
    assert_in_range(passed, 200, 3800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_policies_that_were_proven),
        cmocka_unit_test(names_of_a_map_are_granted_one_by_one),
        cmocka_unit_test(the_default_key_takes_no_grant_and_a_remark),
        cmocka_unit_test(other_partitions_have_their_arns_and_no_service_condition),
        cmocka_unit_test(a_policy_that_iam_would_refuse_for_its_size_gets_a_remark),
        cmocka_unit_test(what_is_missing_or_wrong_is_refused_by_name),
        cmocka_unit_test(secrets_alone_have_the_remarks_of_their_key),
        cmocka_unit_test(lengths_and_numbers_are_limited),
        cmocka_unit_test(an_alias_and_a_secret_of_a_map_get_hints),
        cmocka_unit_test(hostile_words_are_refused_everywhere),
        cmocka_unit_test(by_path_passes_exactly_for_the_path_and_what_is_below),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
