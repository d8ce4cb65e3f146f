/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/policy_world.h"
#include "policy/human_policy.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct request {
    enum human_level level;
    const char *path;
    const char *keys;
    bool has_default_key;
    const char *region;
};

static bool write_request(
        const struct request *request, struct policy_output *output, struct err *err)
{
    CLEANUP(string_list_clear) struct string_list keys = policy_words(request->keys);
    const struct human_policy policy = {
        .level = request->level,
        .account = POLICY_ACCOUNT,
        .region = request->region == NULL ? POLICY_REGION : request->region,
        .path = request->path,
        .keys = { keys, request->has_default_key },
    };
    return policy_first(human_policy_write(&policy, output, policy_problems()), err);
}

static void writes_the_policies_that_were_proven(void **state)
{
    (void)state;

    static const struct {
        const char *vector;
        struct request request;
    } ROWS[] = {
        { "human-names", { HUMAN_NAMES, .path = "/prod" } },
        { "human-config", { HUMAN_CONFIG, .path = "/prod" } },
        { "human-incident", { HUMAN_INCIDENT, .path = "/prod", .keys = POLICY_KEY } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err;
        bool ok = write_request(&ROWS[i].request, &output, &err);
        policy_expect_vector(ok, &output, &err, ROWS[i].vector);
        assert_true(policy_has_remark(&output, "ssm:DescribeParameters has no resource"));
    }
}

static void other_partitions_have_their_arns(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err;
    const struct request request = { HUMAN_CONFIG, .path = "/prod", .region = "cn-north-1" };
    assert_true(write_request(&request, &output, &err));
    assert_false(policy_has(&output, "arn:aws:"));
    assert_true(policy_has(&output, "\"arn:aws-cn:ssm:*:*:parameter/*\""));
}

static void what_is_missing_or_wrong_is_refused_by_name(void **state)
{
    (void)state;

    static const struct {
        const char *option;
        struct request request;
    } ROWS[] = {
        { "--path", { HUMAN_NAMES, .path = NULL } },
        { "--path", { HUMAN_CONFIG, .path = "prod" } },
        { "--path", { HUMAN_CONFIG, .path = "/prod//api" } },
        { "--key-id", { HUMAN_NAMES, .path = "/prod", .keys = POLICY_KEY } },
        { "--key-id", { HUMAN_CONFIG, .path = "/prod", .keys = POLICY_KEY } },
        { "--default-key", { HUMAN_CONFIG, .path = "/prod", .has_default_key = true } },
        { "--key-id", { HUMAN_INCIDENT, .path = "/prod" } },
        { "--region", { HUMAN_INCIDENT, .path = "/prod", .region = "eu-west-1.x" } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err = { 0 };
        policy_expect_row_refusal(
                write_request(&ROWS[i].request, &output, &err), &err, ROWS[i].option, i);
    }
    for (size_t i = 0; POLICY_HOSTILE[i] != NULL; i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err = { 0 };
        const struct request request = { HUMAN_NAMES, .path = POLICY_HOSTILE[i] };
        policy_expect_refusal(
                write_request(&request, &output, &err), &err, "--path", POLICY_HOSTILE[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_policies_that_were_proven),
        cmocka_unit_test(other_partitions_have_their_arns),
        cmocka_unit_test(what_is_missing_or_wrong_is_refused_by_name),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
