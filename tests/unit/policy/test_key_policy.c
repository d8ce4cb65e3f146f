/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/policy_world.h"
#include "policy/key_policy.h"

static bool write_paths(
        const char *paths, const char *region, struct policy_output *output, struct err *err)
{
    CLEANUP(string_list_clear) struct string_list list = policy_words(paths);
    const struct key_policy policy = { POLICY_ACCOUNT, region, list };
    return policy_first(key_policy_write(&policy, output, policy_problems()), err);
}

static void writes_the_policy_that_was_proven(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err;
    bool ok = write_paths("/prod", POLICY_REGION, &output, &err);
    policy_expect_vector(ok, &output, &err, "key-policy");
    assert_true(policy_has_remark(&output, "Secrets Manager"));
}

static void several_paths_are_alternatives(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err;
    assert_true(write_paths("/prod /qa", POLICY_REGION, &output, &err));
    static const char NAMES[] =
            "\"kms:EncryptionContext:PARAMETER_ARN\": [\n"
            "            \"arn:aws:ssm:eu-west-1:123456789012:parameter/prod/*\",\n"
            "            \"arn:aws:ssm:eu-west-1:123456789012:parameter/qa/*\"\n";
    assert_true(policy_has(&output, NAMES));
}

/* A Deny for every other value of kms:ViaService would make the key useless if the value is wrong. */
static void other_partitions_have_no_service_condition(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err;
    assert_true(write_paths("/prod", "us-gov-east-1", &output, &err));
    assert_false(policy_has(&output, "kms:ViaService"));
    assert_true(policy_has(&output, "\"arn:aws-us-gov:iam::123456789012:root\""));
    assert_true(policy_has_remark(&output, "aws-us-gov"));
}

static void what_is_missing_or_hostile_is_refused_by_name(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output empty = POLICY_OUTPUT_INIT;
    struct err err = { 0 };
    policy_expect_refusal(write_paths("", POLICY_REGION, &empty, &err), &err, "--path", "none");
    policy_expect_refusal(write_paths("/a", NULL, &empty, &err), &err, "--region", "none");
    for (size_t i = 0; POLICY_HOSTILE[i] != NULL; i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        CLEANUP(string_list_clear) struct string_list list = { 0 };
        const char *word = POLICY_HOSTILE[i];
        assert_true(string_list_add(&list, word, strlen(word), &err));
        const struct key_policy policy = { POLICY_ACCOUNT, POLICY_REGION, list };
        policy_expect_refusal(
                policy_first(key_policy_write(&policy, &output, policy_problems()), &err), &err,
                "--path", word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_policy_that_was_proven),
        cmocka_unit_test(several_paths_are_alternatives),
        cmocka_unit_test(other_partitions_have_no_service_condition),
        cmocka_unit_test(what_is_missing_or_hostile_is_refused_by_name),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
