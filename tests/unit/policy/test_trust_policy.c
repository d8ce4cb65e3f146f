/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/policy_world.h"
#include "policy/trust_policy.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define EKS_ISSUER "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"

/* For the rows: the region is that of the vectors where it matters. */
#define ECS .kind = TRUST_ECS, .account = POLICY_ACCOUNT, .region = POLICY_REGION
#define POD                                                                         \
    .kind = TRUST_POD_IDENTITY, .account = POLICY_ACCOUNT, .region = POLICY_REGION, \
    .cluster = "prod", .namespace = "api", .service_account = "api"
#define IRSA                                                                                 \
    .kind = TRUST_IRSA, .account = POLICY_ACCOUNT, .issuer = EKS_ISSUER, .namespace = "api", \
    .service_account = "api"
#define GITHUB_NAMES                                                                  \
    .kind = TRUST_GITHUB, .account = POLICY_ACCOUNT, .repository = "example-org/api", \
    .environment = "staging"
#define GITHUB GITHUB_NAMES, .repository_id = "1304267049", .owner_id = "84790634"
#define GITLAB \
    .kind = TRUST_GITLAB, .account = POLICY_ACCOUNT, .project = "example-group/api", .ref = "main"
#define INCIDENT .kind = TRUST_INCIDENT, .account = POLICY_ACCOUNT, .role = "on-call"

static void writes_the_policies_that_were_proven(void **state)
{
    (void)state;

    static const struct {
        const char *vector;
        struct trust_policy policy;
    } ROWS[] = {
        { "trust-ecs", { ECS } },
        { "trust-eks-pod-identity", { POD } },
        { "trust-eks-irsa", { IRSA } },
        { "trust-github", { GITHUB } },
        { "trust-github-transition", { GITHUB, .old_subject = true } },
        { "trust-github-release",
                { .kind = TRUST_GITHUB,
                        .account = POLICY_ACCOUNT,
                        .repository = "example-org/api",
                        .repository_id = "1304267049",
                        .owner_id = "84790634",
                        .environment = "production",
                        .ref = "main",
                        .workflow = "release.yml" } },
        { "trust-gitlab", { GITLAB, .issuer = "https://gitlab.example.com" } },
        { "trust-gitlab-com", { GITLAB, .project_id = "4242" } },
        { "trust-gitlab-com", { GITLAB, .project_id = "4242", .issuer = "https://gitlab.com" } },
        { "trust-human-incident", { INCIDENT } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err;
        bool ok = policy_first(
                trust_policy_write(&ROWS[i].policy, &output, policy_problems()), &err);
        policy_expect_vector(ok, &output, &err, ROWS[i].vector);
    }
}

static void parts_can_be_written_in_several_ways(void **state)
{
    (void)state;

    static const struct {
        const char *want;
        struct trust_policy policy;
    } ROWS[] = {
        { "\"arn:aws:eks:eu-west-1:123456789012:cluster/c\"",
                { .kind = TRUST_POD_IDENTITY,
                        .account = POLICY_ACCOUNT,
                        .region = POLICY_REGION,
                        .cluster = "arn:aws:eks:eu-west-1:123456789012:cluster/c",
                        .namespace = "n",
                        .service_account = "s" } },
        { ":ref\": \"refs/tags/v1\"", { GITHUB, .ref = "refs/tags/v1" } },
        { ":ref\": \"refs/heads/main\"", { GITHUB, .ref = "refs/heads/main" } },
        { ":ref\": \"refs/heads/main\"", { GITHUB, .ref = "main" } },
        { ":ref_type:tag:ref:v1\"",
                { .kind = TRUST_GITLAB,
                        .account = POLICY_ACCOUNT,
                        .project = "g/s/p",
                        .ref = "refs/tags/v1" } },
        { "project_path:g/s/p:ref_type:branch:ref:x/y\"",
                { .kind = TRUST_GITLAB,
                        .account = POLICY_ACCOUNT,
                        .project = "g/s/p",
                        .ref = "refs/heads/x/y" } },
        { "\"arn:aws-cn:iam::123456789012:oidc-provider/", { GITHUB, .region = "cn-north-1" } },
        { "\"arn:aws-us-gov:iam::123456789012:root\"", { INCIDENT, .region = "us-gov-west-1" } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err;
        if (!policy_first(trust_policy_write(&ROWS[i].policy, &output, policy_problems()), &err)) {
            fail_msg("%s: %s: %s", ROWS[i].want, err.where, err.why);
        }
        if (!policy_has(&output, ROWS[i].want)) {
            fail_msg("%s: got %s", ROWS[i].want, text_string(&output.json));
        }
    }
}

static void github_without_ids_has_the_old_subject_and_a_remark(void **state)
{
    (void)state;
    for (int old_subject = 0; old_subject < 2; old_subject++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err;
        const struct trust_policy policy = { GITHUB_NAMES, .old_subject = old_subject == 1 };
        assert_true(policy_first(trust_policy_write(&policy, &output, policy_problems()), &err));
        assert_true(policy_has(&output, ":sub\": \"repo:example-org/api:environment:staging\"\n"));
        assert_false(policy_has(&output, "repository_id"));
        assert_true(policy_has_remark(&output, "15 July 2026"));
    }
}

static void remarks_say_what_is_not_certain(void **state)
{
    (void)state;

    static const struct {
        const char *want;
        struct trust_policy policy;
    } ROWS[] = {
        { "--project-id", { GITLAB } },
        { "partition aws-cn", { GITHUB, .region = "cn-north-1" } },
        { "Identity Center", { INCIDENT } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err;
        assert_true(policy_first(
                trust_policy_write(&ROWS[i].policy, &output, policy_problems()), &err));
        assert_true(policy_has_remark(&output, ROWS[i].want));
    }
}

static void what_is_missing_or_wrong_is_refused_by_name(void **state)
{
    (void)state;

    static const struct {
        const char *option;
        struct trust_policy policy;
    } ROWS[] = {
        { "--account", { .kind = TRUST_ECS } },
        { "--region", { .kind = TRUST_ECS, .account = POLICY_ACCOUNT } },
        { "--region", { GITHUB, .region = "x y" } },
        { "--cluster",
                { .kind = TRUST_POD_IDENTITY,
                        .account = POLICY_ACCOUNT,
                        .region = POLICY_REGION } },
        { "--cluster",
                { .kind = TRUST_POD_IDENTITY,
                        .account = POLICY_ACCOUNT,
                        .region = POLICY_REGION,
                        .cluster = "arn:aws:eks:eu-west-1:999999999999:cluster/c" } },
        { "--namespace", { .kind = TRUST_IRSA, .account = POLICY_ACCOUNT, .issuer = EKS_ISSUER } },
        { "--service-account",
                { .kind = TRUST_IRSA,
                        .account = POLICY_ACCOUNT,
                        .issuer = EKS_ISSUER,
                        .namespace = "n" } },
        { "--issuer", { .kind = TRUST_IRSA, .account = POLICY_ACCOUNT } },
        { "--issuer", { GITLAB, .issuer = "http://gitlab.com" } },
        { "--issuer", { GITLAB, .issuer = "https://" } },
        { "--issuer", { GITLAB, .issuer = "gitlab.example.com/" } },
        { "--repository-id", { GITHUB_NAMES, .owner_id = "1" } },
        { "--owner-id", { GITHUB_NAMES, .repository_id = "1" } },
        { "--workflow", { GITHUB, .workflow = "release.yml" } },
        { "--repository",
                { .kind = TRUST_GITHUB, .account = POLICY_ACCOUNT, .repository = "api" } },
        { "--repository",
                { .kind = TRUST_GITHUB, .account = POLICY_ACCOUNT, .repository = "a/b/c" } },
        { "--repository", { .kind = TRUST_GITHUB, .account = POLICY_ACCOUNT, .repository = "/b" } },
        { "--repository", { .kind = TRUST_GITHUB, .account = POLICY_ACCOUNT, .repository = "a/" } },
        { "--environment",
                { .kind = TRUST_GITHUB, .account = POLICY_ACCOUNT, .repository = "a/b" } },
        { "--project", { .kind = TRUST_GITLAB, .account = POLICY_ACCOUNT, .project = "/g/p" } },
        { "--project", { .kind = TRUST_GITLAB, .account = POLICY_ACCOUNT, .project = "g/p/" } },
        { "--project", { .kind = TRUST_GITLAB, .account = POLICY_ACCOUNT, .project = "g//p" } },
        { "--role", { .kind = TRUST_INCIDENT, .account = POLICY_ACCOUNT, .role = "/on-call" } },
        { "--role", { .kind = TRUST_INCIDENT, .account = POLICY_ACCOUNT, .role = "on-call/" } },
        { "--ref", { .kind = TRUST_GITLAB, .account = POLICY_ACCOUNT, .project = "g/p" } },
        { "--project", { .kind = TRUST_GITLAB, .account = POLICY_ACCOUNT, .project = "p" } },
        { "--project-id", { GITLAB, .issuer = "gitlab.example.com", .project_id = "1" } },
        { "--role", { .kind = TRUST_INCIDENT, .account = POLICY_ACCOUNT } },
        { "--cluster", { GITHUB, .cluster = "c" } },
        { "--ref", { ECS, .ref = "main" } },
        { "--role", { GITLAB, .role = "r" } },
        { "--repository", { GITLAB, .repository = "a/b" } },
        { "--old-subject", { GITLAB, .old_subject = true } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
        struct err err = { 0 };
        policy_expect_row_refusal(
                policy_first(trust_policy_write(&ROWS[i].policy, &output, policy_problems()), &err),
                &err, ROWS[i].option, i);
    }
}

static void hostile_words_are_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; POLICY_HOSTILE[i] != NULL; i++) {
        const char *word = POLICY_HOSTILE[i];

        const struct {
            const char *option;
            struct trust_policy policy;
        } rows[] = {
            { "--cluster",
                    { .kind = TRUST_POD_IDENTITY,
                            .account = POLICY_ACCOUNT,
                            .region = POLICY_REGION,
                            .cluster = word } },
            { "--namespace",
                    { .kind = TRUST_IRSA,
                            .account = POLICY_ACCOUNT,
                            .issuer = EKS_ISSUER,
                            .namespace = word } },
            { "--service-account",
                    { .kind = TRUST_IRSA,
                            .account = POLICY_ACCOUNT,
                            .issuer = EKS_ISSUER,
                            .namespace = "n",
                            .service_account = word } },
            { "--issuer", { .kind = TRUST_IRSA, .account = POLICY_ACCOUNT, .issuer = word } },
            { "--repository",
                    { .kind = TRUST_GITHUB, .account = POLICY_ACCOUNT, .repository = word } },
            { "--environment",
                    { .kind = TRUST_GITHUB,
                            .account = POLICY_ACCOUNT,
                            .repository = "a/b",
                            .environment = word } },
            { "--repository-id", { GITHUB_NAMES, .repository_id = word, .owner_id = "1" } },
            { "--owner-id", { GITHUB_NAMES, .repository_id = "1", .owner_id = word } },
            { "--ref", { GITHUB, .ref = word } },
            { "--workflow", { GITHUB, .ref = "main", .workflow = word } },
            { "--project", { .kind = TRUST_GITLAB, .account = POLICY_ACCOUNT, .project = word } },
            { "--project-id", { GITLAB, .project_id = word } },
            { "--role", { .kind = TRUST_INCIDENT, .account = POLICY_ACCOUNT, .role = word } },
        };

        for (size_t j = 0; j < COUNT_OF(rows); j++) {
            CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
            struct err err = { 0 };
            policy_expect_refusal(
                    policy_first(
                            trust_policy_write(&rows[j].policy, &output, policy_problems()), &err),
                    &err, rows[j].option, word);
        }
    }
}

static void all_that_is_wrong_is_told_at_once(void **state)
{
    (void)state;
    static const char *const WHERE[] = { "--account", "--region", "--old-subject", "--role",
        "--cluster", "--namespace", "--service-account" };
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    const struct trust_policy policy = { .kind = TRUST_POD_IDENTITY,
        .account = "1",
        .cluster = "a b",
        .role = "x",
        .old_subject = true };
    assert_false(trust_policy_write(&policy, &output, &problems));
    assert_int_equal(problems.len, COUNT_OF(WHERE));
    for (size_t i = 0; i < COUNT_OF(WHERE); i++) {
        assert_string_equal(problems.items[i].where, WHERE[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_policies_that_were_proven),
        cmocka_unit_test(parts_can_be_written_in_several_ways),
        cmocka_unit_test(github_without_ids_has_the_old_subject_and_a_remark),
        cmocka_unit_test(remarks_say_what_is_not_certain),
        cmocka_unit_test(what_is_missing_or_wrong_is_refused_by_name),
        cmocka_unit_test(hostile_words_are_refused_by_name),
        cmocka_unit_test(all_that_is_wrong_is_told_at_once),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
