/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/policy_world.h"
#include "policy/ci_policy.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define OTHER_KEY "66666666-7777-8888-9999-000000000000"

struct request {
    const char *written;
    const char *denied;
    const char *keys;
    const char *denied_key;
    bool create_only;
    bool has_default_key;
};

static bool write_request(
        const struct request *request, struct policy_output *output, struct err *err)
{
    CLEANUP(string_list_clear) struct string_list written = policy_words(request->written);
    CLEANUP(string_list_clear) struct string_list denied = policy_words(request->denied);
    CLEANUP(string_list_clear) struct string_list keys = policy_words(request->keys);
    const struct ci_policy policy = {
        .account = POLICY_ACCOUNT,
        .region = POLICY_REGION,
        .written = written,
        .denied = denied,
        .keys = { keys, request->has_default_key },
        .denied_key_id = request->denied_key,
        .create_only = request->create_only,
    };
    return policy_first(ci_policy_write(&policy, output, policy_problems()), err);
}

static void writes_the_policies_that_were_proven(void **state)
{
    (void)state;

    static const struct {
        const char *vector;
        struct request request;
    } ROWS[] = {
        { "ci",
                { .written = "/staging /dev/",
                        .denied = "/prod",
                        .keys = OTHER_KEY,
                        .denied_key = POLICY_KEY } },
        { "ci-production-release",
                { .written = "/prod", .keys = POLICY_KEY, .create_only = true } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err;
        bool ok = write_request(&ROWS[i].request, &output, &err);
        policy_expect_vector(ok, &output, &err, ROWS[i].vector);
        assert_true(policy_has_remark(&output, "no condition for the type"));
    }
}

static void what_is_above_a_denied_path_is_denied_too(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err;
    const struct request request = {
        .written = "/team/staging",
        .denied = "/team/prod/api/ /team/prod/web",
        .keys = OTHER_KEY,
    };
    assert_true(write_request(&request, &output, &err));
    static const char RESOURCES[] =
            "        \"arn:aws:ssm:*:*:parameter/team/prod/api\",\n"
            "        \"arn:aws:ssm:*:*:parameter/team/prod/api/*\",\n"
            "        \"arn:aws:ssm:*:*:parameter/team/prod/web\",\n"
            "        \"arn:aws:ssm:*:*:parameter/team/prod/web/*\",\n"
            "        \"arn:aws:ssm:*:*:parameter/\",\n"
            "        \"arn:aws:ssm:*:*:parameter/team\",\n"
            "        \"arn:aws:ssm:*:*:parameter/team/\",\n"
            "        \"arn:aws:ssm:*:*:parameter/team/prod\",\n"
            "        \"arn:aws:ssm:*:*:parameter/team/prod/\",\n"
            "        \"arn:aws:ssm:*:*:parameter/aws/reference/secretsmanager/team/prod/api/*\",\n"
            "        \"arn:aws:ssm:*:*:parameter/aws/reference/secretsmanager/team/prod/web/*\"\n";
    assert_true(policy_has(&output, RESOURCES));
    assert_false(policy_has(&output, "NeverProductionKey"));
}

static void create_only_can_have_denied_paths(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err;
    const struct request request = {
        .written = "/prod/api",
        .denied = "/prod/web",
        .has_default_key = true,
        .create_only = true,
    };
    assert_true(write_request(&request, &output, &err));
    assert_true(policy_has(&output, "\"NeverOverwrite\""));
    assert_true(policy_has(&output, "\"NeverProduction\""));
    assert_false(policy_has(&output, "kms:"));
    assert_true(policy_has_remark(&output, "--key-id"));
}

static void what_is_missing_or_wrong_is_refused_by_name(void **state)
{
    (void)state;

    static const struct {
        const char *option;
        struct request request;
    } ROWS[] = {
        { "--write", { .denied = "/prod", .keys = OTHER_KEY } },
        { "--never", { .written = "/dev", .keys = OTHER_KEY } },
        { "--key-id", { .written = "/dev", .denied = "/prod" } },
        { "--never-key",
                { .written = "/dev",
                        .denied = "/prod",
                        .keys = OTHER_KEY,
                        .denied_key = "alias/prod" } },
        { "--write", { .written = "/prod/api", .denied = "/prod", .keys = OTHER_KEY } },
        { "--write", { .written = "/prod/", .denied = "/prod", .keys = OTHER_KEY } },
        { "--write", { .written = "/dev", .denied = "/", .keys = OTHER_KEY } },
        { "--write", { .written = "/", .denied = "/prod", .keys = OTHER_KEY } },
        { "--write", { .written = "/dev/*", .denied = "/prod", .keys = OTHER_KEY } },
        { "--never", { .written = "/dev", .denied = "/prod*", .keys = OTHER_KEY } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err = { 0 };
        policy_expect_row_refusal(
                write_request(&ROWS[i].request, &output, &err), &err, ROWS[i].option, i);
    }
}

static void a_path_with_the_same_beginning_is_another_path(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err;
    const struct request request = { .written = "/prod-x", .denied = "/prod", .keys = OTHER_KEY };
    assert_true(write_request(&request, &output, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_policies_that_were_proven),
        cmocka_unit_test(what_is_above_a_denied_path_is_denied_too),
        cmocka_unit_test(create_only_can_have_denied_paths),
        cmocka_unit_test(what_is_missing_or_wrong_is_refused_by_name),
        cmocka_unit_test(a_path_with_the_same_beginning_is_another_path),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
