/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/policy_world.h"
#include "policy/guard_policy.h"

static void writes_the_service_control_policy(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output by_default = POLICY_OUTPUT_INIT;
    CLEANUP(policy_output_clear) struct policy_output named = POLICY_OUTPUT_INIT;
    CLEANUP(string_list_clear) struct string_list changers = policy_words("prod-config-release");
    CLEANUP(string_list_clear)
    struct string_list readers = policy_words("prod-config-view prod-incident");
    struct err err;
    bool ok = policy_first(
            scp_policy_write(&(struct scp_policy){ 0 }, &by_default, policy_problems()), &err);
    policy_expect_vector(ok, &by_default, &err, "scp-production-guard");
    assert_true(policy_has_remark(&by_default, "create them before"));
    const struct scp_policy policy = {
        .region = POLICY_REGION,
        .path = "/prod/",
        .changers = changers,
        .readers = readers,
        .administrators = "ProdConfigAdmin",
    };
    ok = policy_first(scp_policy_write(&policy, &named, policy_problems()), &err);
    policy_expect_vector(ok, &named, &err, "scp-production-guard");
}

static void a_deeper_path_is_guarded_from_all_above_it(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    CLEANUP(string_list_clear) struct string_list readers = policy_words("teams/a/view");
    struct err err;
    const struct scp_policy policy = {
        .region = "cn-north-1",
        .path = "/team/prod",
        .readers = readers,
    };
    assert_true(policy_first(scp_policy_write(&policy, &output, policy_problems()), &err));
    static const char RESOURCES[] = "        \"arn:aws-cn:ssm:*:*:parameter/\",\n"
                                    "        \"arn:aws-cn:ssm:*:*:parameter/team\",\n"
                                    "        \"arn:aws-cn:ssm:*:*:parameter/team/\",\n"
                                    "        \"arn:aws-cn:ssm:*:*:parameter/team/prod\",\n"
                                    "        \"arn:aws-cn:ssm:*:*:parameter/team/prod/\"\n";
    assert_true(policy_has(&output, RESOURCES));
    assert_true(policy_has(&output, "\"arn:aws-cn:iam::*:role/teams/a/view\""));
    assert_false(policy_has(&output, "role/prod-config-view"));
    assert_false(policy_has(&output, "arn:aws:"));
}

static void a_guard_that_aws_would_refuse_for_its_size_gets_a_remark(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    CLEANUP(text_clear) struct text names = TEXT_INIT(64 * 1024);
    struct err err;
    for (int i = 0; i < 200; i++) {
        text_append_format(&names, "%sreader-%d", i == 0 ? "" : " ", i);
    }
    CLEANUP(string_list_clear) struct string_list readers = policy_words(text_string(&names));
    const struct scp_policy policy = { .readers = readers };
    assert_true(policy_first(scp_policy_write(&policy, &output, policy_problems()), &err));
    assert_true(policy_has_remark(&output, "IAM takes 5120"));
}

static void writes_the_resource_control_policy(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    CLEANUP(policy_output_clear) struct policy_output without_id = POLICY_OUTPUT_INIT;
    struct err err;
    struct rcp_policy policy = { "o-exampleorgid", "example-org", "84790634" };
    bool ok = policy_first(rcp_policy_write(&policy, &output, policy_problems()), &err);
    policy_expect_vector(ok, &output, &err, "rcp-oidc-guard");
    assert_int_equal(output.remarks.len, 0);
    policy.owner_id = NULL;
    assert_true(policy_first(rcp_policy_write(&policy, &without_id, policy_problems()), &err));
    assert_true(policy_has(&without_id,
            "\"token.actions.githubusercontent.com:sub\": "
            "\"repo:example-org/*\""));
    assert_true(policy_has_remark(&without_id, "--owner-id"));
}

static void writes_the_boundary_and_the_guard_of_a_subtree(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output boundary = POLICY_OUTPUT_INIT;
    CLEANUP(policy_output_clear) struct policy_output subtree = POLICY_OUTPUT_INIT;
    struct err err;
    bool ok = policy_first(boundary_policy_write(&(struct path_guard){ NULL, "/prod" }, &boundary,
                                   policy_problems()),
            &err);
    policy_expect_vector(ok, &boundary, &err, "permissions-boundary-write");
    ok = policy_first(subtree_policy_write(&(struct path_guard){ NULL, "/prod/restricted" },
                              &subtree, policy_problems()),
            &err);
    policy_expect_vector(ok, &subtree, &err, "subtree-guard");
}

static void hostile_words_are_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; POLICY_HOSTILE[i] != NULL; i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        CLEANUP(string_list_clear) struct string_list roles = { 0 };
        struct err err = { 0 };
        const char *word = POLICY_HOSTILE[i];
        assert_true(string_list_add(&roles, word, strlen(word), &err));
        struct scp_policy scp = { .path = word };
        policy_expect_refusal(
                policy_first(scp_policy_write(&scp, &output, policy_problems()), &err), &err,
                "--path", word);
        scp = (struct scp_policy){ .changers = roles };
        policy_expect_refusal(
                policy_first(scp_policy_write(&scp, &output, policy_problems()), &err), &err,
                "--change-role", word);
        scp = (struct scp_policy){ .readers = roles };
        policy_expect_refusal(
                policy_first(scp_policy_write(&scp, &output, policy_problems()), &err), &err,
                "--read-role", word);
        scp = (struct scp_policy){ .administrators = word };
        policy_expect_refusal(
                policy_first(scp_policy_write(&scp, &output, policy_problems()), &err), &err,
                "--permission-set", word);
        struct rcp_policy rcp = { word, "o", "1" };
        policy_expect_refusal(
                policy_first(rcp_policy_write(&rcp, &output, policy_problems()), &err), &err,
                "--organization", word);
        rcp = (struct rcp_policy){ "o-x", word, "1" };
        policy_expect_refusal(
                policy_first(rcp_policy_write(&rcp, &output, policy_problems()), &err), &err,
                "--owner", word);
        rcp = (struct rcp_policy){ "o-x", "o", word };
        policy_expect_refusal(
                policy_first(rcp_policy_write(&rcp, &output, policy_problems()), &err), &err,
                "--owner-id", word);
        const struct path_guard guard = { NULL, word };
        policy_expect_refusal(
                policy_first(boundary_policy_write(&guard, &output, policy_problems()), &err), &err,
                "--path", word);
        policy_expect_refusal(
                policy_first(subtree_policy_write(&guard, &output, policy_problems()), &err), &err,
                "--path", word);
    }
}

static void a_guard_needs_its_parameters(void **state)
{
    (void)state;
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    struct err err = { 0 };
    struct rcp_policy rcp = { NULL, "o", "1" };
    policy_expect_refusal(policy_first(rcp_policy_write(&rcp, &output, policy_problems()), &err),
            &err, "--organization", "none");
    rcp = (struct rcp_policy){ "exampleorgid", "o", "1" };
    policy_expect_refusal(policy_first(rcp_policy_write(&rcp, &output, policy_problems()), &err),
            &err, "--organization", "no o-");
    rcp = (struct rcp_policy){ "o-x", NULL, "1" };
    policy_expect_refusal(policy_first(rcp_policy_write(&rcp, &output, policy_problems()), &err),
            &err, "--owner", "none");
    const struct path_guard root = { NULL, "/" };
    policy_expect_refusal(
            policy_first(subtree_policy_write(&root, &output, policy_problems()), &err), &err,
            "--path", "root");
    const struct path_guard region = { "x.y", "/prod" };
    policy_expect_refusal(
            policy_first(boundary_policy_write(&region, &output, policy_problems()), &err), &err,
            "--region", "region");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_service_control_policy),
        cmocka_unit_test(a_deeper_path_is_guarded_from_all_above_it),
        cmocka_unit_test(a_guard_that_aws_would_refuse_for_its_size_gets_a_remark),
        cmocka_unit_test(writes_the_resource_control_policy),
        cmocka_unit_test(writes_the_boundary_and_the_guard_of_a_subtree),
        cmocka_unit_test(hostile_words_are_refused_by_name),
        cmocka_unit_test(a_guard_needs_its_parameters),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
