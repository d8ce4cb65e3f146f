/* The chain against a scripted world: what cannot be asked for on loopback, and how long things take. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "aws/providers/chain.h"
#include "aws/service/imds.h"
#include "fakes/fake_world.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    VARIABLES_MAX = 8,
    VARIABLE_BYTES = 160,
    DEADLINE_MS = 60000,
};

/* Of "corp", the name of the SSO session. */
#define SESSION_SHA1 "ee0bfd2552fbd840c02cc48b6e823320543c450f"

#define KEYS "\"AccessKeyId\":\"ASIAX\",\"SecretAccessKey\":\"sx\",\"Token\":\"tx\","

static const char CONTAINER_KEYS[] = "{" KEYS "\"Expiration\":\"2015-08-30T18:36:00Z\"}";
static const char METADATA_KEYS[] = "{\"Code\":\"Success\"," KEYS
                                    "\"Expiration\":\"2015-08-30T18:36:00Z\"}";

struct fixture {
    struct fake_world *world;
    char variables[VARIABLES_MAX][VARIABLE_BYTES];
    char *entries[VARIABLES_MAX + 1];
    struct environment environment;
    struct settings settings;
    struct call_settings calls;
    struct imds imds;
    struct provider_context context;
    struct credentials credentials;
    struct err err;
    int64_t began_ms;
};

static int set_up(void **state)
{
    static char no_config[] = "AWS_CONFIG_FILE=/nowhere/config";
    static char no_credentials[] = "AWS_SHARED_CREDENTIALS_FILE=/nowhere/credentials";
    static char region[] = "AWS_REGION=us-east-1";
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fixture->world = fake_world_new();
    fixture->entries[0] = no_config;
    fixture->entries[1] = no_credentials;
    fixture->entries[2] = region;
    fixture->environment.entries = fixture->entries;
    fixture->credentials = CREDENTIALS_INIT;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    credentials_clear(&fixture->credentials);
    imds_clear(&fixture->imds);
    settings_clear(&fixture->settings);
    fake_world_free(fixture->world);
    free(fixture);
    return 0;
}

/* Variables end with NULL. */
static void load(struct fixture *fixture,
        const struct settings_options *options,
        const char *const variables[])
{
    struct fake_world *world = fixture->world;
    const struct file_limits limits = { &world->clock, world->monotonic_ms + DEADLINE_MS };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    for (size_t i = 0; variables[i] != NULL; i++) {
        assert_true(3 + i < VARIABLES_MAX && strlen(variables[i]) < VARIABLE_BYTES);
        (void)snprintf(fixture->variables[i], VARIABLE_BYTES, "%s", variables[i]);
        fixture->entries[3 + i] = fixture->variables[i];
    }
    assert_true(settings_load(options, &fixture->environment, &limits, &world->events,
            &fixture->settings, &problems));
}

static bool find(struct fixture *fixture, const char *const variables[])
{
    static const struct settings_options options = { 0 };
    struct fake_world *world = fixture->world;
    load(fixture, &options, variables);
    fixture->began_ms = world->monotonic_ms;
    fixture->calls = (struct call_settings){
        .transport = &world->transport,
        .clock = &world->clock,
        .events = &world->events,
        .deadline_ms = world->monotonic_ms + DEADLINE_MS,
        .connect_timeout_ms = CALLS_CONNECT_TIMEOUT_MS,
        .try_timeout_ms = CALLS_TRY_TIMEOUT_MS,
    };
    imds_init(&fixture->imds, &fixture->settings, &fixture->calls);
    fixture->context = (struct provider_context){
        .settings = &fixture->settings,
        .clock = &world->clock,
        .calls = &fixture->calls,
        .imds = &fixture->imds,
    };
    return provider_chain_find(&fixture->context, &fixture->credentials, &fixture->err);
}

static void assert_says(const struct fixture *fixture, const char *part)
{
    if (strstr(fixture->err.why, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, fixture->err.why);
    }
}

static int64_t took_ms(const struct fixture *fixture)
{
    return fixture->world->monotonic_ms - fixture->began_ms;
}

static void put_file(const char *directory, const char *name, const char *text)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void remove_files(const char *directory)
{
    static const char *const names[] = { ".aws/sso/cache/" SESSION_SHA1 ".json", ".aws/sso/cache",
        ".aws/sso", ".aws", "config", "" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[512];
        (void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
        (void)remove(path);
    }
}

/* --- what the program will wait for --- */

static void the_settings_tell_what_the_program_will_wait_for(void **state)
{
    (void)state;
    static const char config[] =
            "[profile keys]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n"
            "[profile login]\nlogin_session = arn\n"
            "[profile helper]\ncredential_process = /bin/helper\n"
            "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n"
            "[profile sso]\nsso_account_id = 123456789012\nsso_role_name = r\n"
            "[profile region]\nregion = eu-west-1\n";

    static const struct {
        const char *variables[3];
        const char *profile; /* --profile */
        const char *role_arn;
        enum provider_wait wait;
    } rows[] = {
        { .wait = PROVIDER_WAIT_METADATA },
        { { "AWS_ACCESS_KEY_ID=AKIAX" }, NULL, NULL, PROVIDER_WAIT_NONE },
        { { "AWS_ACCESS_KEY_ID=AKIAX" }, "helper", NULL, PROVIDER_WAIT_PROCESS },
        { { "AWS_ACCESS_KEY_ID=AKIAX" }, NULL, "arn", PROVIDER_WAIT_TLS },
        { { "AWS_WEB_IDENTITY_TOKEN_FILE=/t" }, NULL, NULL, PROVIDER_WAIT_TLS },
        { { "AWS_WEB_IDENTITY_TOKEN_FILE=/t" }, "keys", NULL, PROVIDER_WAIT_NONE },
        { { "AWS_PROFILE=keys" }, NULL, NULL, PROVIDER_WAIT_NONE },
        { { "AWS_PROFILE=login" }, NULL, NULL, PROVIDER_WAIT_NONE },
        { { "AWS_PROFILE=helper" }, NULL, NULL, PROVIDER_WAIT_PROCESS },
        { { "AWS_PROFILE=role" }, NULL, NULL, PROVIDER_WAIT_TLS },
        { { "AWS_PROFILE=sso" }, NULL, NULL, PROVIDER_WAIT_TLS },
        { { "AWS_PROFILE=region" }, NULL, NULL, PROVIDER_WAIT_METADATA },
        { { "AWS_PROFILE=region", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/c" }, NULL, NULL,
                PROVIDER_WAIT_PLAIN },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/c" }, NULL, NULL,
                PROVIDER_WAIT_PLAIN },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://h/c" }, NULL, NULL, PROVIDER_WAIT_TLS },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char directory[] = "/tmp/test_chain.XXXXXX";
        char variable[VARIABLE_BYTES];
        void *at = NULL;
        (void)set_up(&at);
        struct fixture *fixture = at;
        assert_non_null(mkdtemp(directory));
        (void)snprintf(variable, sizeof(variable), "AWS_CONFIG_FILE=%s/config", directory);
        fixture->entries[0] = variable;
        put_file(directory, "config", config);
        const struct settings_options options = {
            .profile = { rows[i].profile, "--profile" },
            .role_arn = { rows[i].role_arn, "--role-arn" },
        };
        load(fixture, &options, rows[i].variables);
        if (provider_chain_wait(&fixture->settings) != rows[i].wait) {
            fail_msg("row %zu: %d", i, (int)provider_chain_wait(&fixture->settings));
        }
        (void)tear_down(&at);
        remove_files(directory);
    }
}

/* --- containers --- */

static void container_uris(void **state)
{
    (void)state;

    static const struct {
        const char *uri;
        const char *other;
        const char *url;
    } rows[] = {
        { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/x?id=7",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1/y",
                "http://169.254.170.2/v2/credentials/x?id=7" },
        { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials",
                "X=", "http://169.254.170.23/v1/credentials" },
        { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[fd00:ec2::23]/v1/credentials",
                "X=", "http://[fd00:ec2::23]/v1/credentials" },
        { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.2:8080/c",
                "X=", "http://169.254.170.2:8080/c" },
        { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://localhost/c", "X=", "http://localhost/c" },
        { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.8.9.1/c", "X=", "http://127.8.9.1/c" },
        { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[::1]:99/c", "X=", "http://[::1]:99/c" },
        { "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://creds.example.com/c",
                "X=", "https://creds.example.com/c" },
    };
    static const struct fake_reply replies[] = { { .body = CONTAINER_KEYS } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        void *at = NULL;
        (void)set_up(&at);
        struct fixture *fixture = at;
        fixture->world->replies = replies;
        fixture->world->reply_count = 1;
        if (!find(fixture,
                    (const char *const[]){ rows[i].uri, rows[i].other,
                            "AWS_CONTAINER_AUTHORIZATION_TOKEN=Basic x", NULL })) {
            fail_msg("%s: %s", rows[i].uri, fixture->err.why);
        }
        assert_int_equal(fixture->world->sent_count, 1);
        assert_string_equal(fixture->world->sent[0].url, rows[i].url);
        assert_true(fixture->world->sent[0].never_proxied);
        assert_non_null(strstr(fixture->world->sent[0].headers, "authorization: Basic x\n"));
        assert_string_equal(secret_expose(&fixture->credentials.access_key_id), "ASIAX");
        (void)tear_down(&at);
    }
}

/* --- EC2 instance metadata --- */

static void metadata_endpoints(void **state)
{
    (void)state;

    static const struct {
        const char *variable;
        const char *base;
    } rows[] = {
        { "X=", "http://169.254.169.254" },
        { "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=ipv4", "http://169.254.169.254" },
        { "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6", "http://[fd00:ec2::254]" },
        { "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338/", "http://127.0.0.1:1338" },
        { "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1/mock", "http://127.0.0.1/mock" },
    };

    static const char *const paths[] = { "api/token", "meta-data/iam/security-credentials/",
        "meta-data/iam/security-credentials/role-1" };
    static const struct fake_reply replies[] = { { .body = "the-token" }, { .body = "role-1\n" },
        { .body = METADATA_KEYS } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        void *at = NULL;
        (void)set_up(&at);
        struct fixture *fixture = at;
        fixture->world->replies = replies;
        fixture->world->reply_count = COUNT_OF(replies);
        assert_true(find(fixture, (const char *const[]){ rows[i].variable, NULL }));
        assert_int_equal(fixture->world->sent_count, 3);
        for (size_t sent = 0; sent < 3; sent++) {
            char url[256];
            (void)snprintf(url, sizeof(url), "%s/latest/%s", rows[i].base, paths[sent]);
            assert_string_equal(fixture->world->sent[sent].url, url);
            assert_true(fixture->world->sent[sent].never_proxied);
        }
        assert_string_equal(fixture->credentials.origin, "EC2 instance metadata (role role-1)");
        (void)tear_down(&at);
    }
}

static void metadata_is_given_up_within_two_seconds(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply silence[] = { { .after_ms = FAKE_NEVER_MS } };
    fixture->world->replies = silence;
    fixture->world->reply_count = 1;
    assert_false(find(fixture, (const char *const[]){ NULL }));
    assert_true(took_ms(fixture) <= IMDS_BUDGET_MS);
    assert_says(fixture, "no AWS credentials were found");
    assert_says(fixture, "no answer from 169.254.169.254 to the token request: in a container");
    for (size_t i = 0; i < fixture->world->sent_count; i++) {
        assert_non_null(strstr(fixture->world->sent[i].url, "/latest/api/token"));
        assert_true(fixture->world->sent[i].timeout_ms <= IMDS_TRY_MS);
    }
}

static void metadata_that_refuses_connections_is_not_silent(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply refusal[] = { { .outcome = HTTP_NOT_CONNECTED } };
    fixture->world->replies = refusal;
    fixture->world->reply_count = 1;
    assert_false(find(fixture, (const char *const[]){ NULL }));
    assert_says(fixture, "no answer: 169.254.169.254: ");
}

/* Slow answers together get no more than the budget. */
static void metadata_shares_one_budget(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply slow[] = { { .after_ms = 900, .body = "the-token" },
        { .after_ms = 900, .body = "role-1" }, { .after_ms = 900, .body = METADATA_KEYS } };
    fixture->world->replies = slow;
    fixture->world->reply_count = COUNT_OF(slow);
    assert_false(find(fixture, (const char *const[]){ NULL }));
    assert_true(took_ms(fixture) <= IMDS_BUDGET_MS);
    assert_int_equal(fixture->world->sent_count, 3);
}

static void metadata_refusals_are_retried_within_the_budget(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply replies[] = { { .status = 503 } };
    fixture->world->replies = replies;
    fixture->world->reply_count = 1;
    assert_false(find(fixture, (const char *const[]){ NULL }));
    assert_int_equal(fixture->world->sent_count, IMDS_TRIES);
    assert_true(took_ms(fixture) <= IMDS_BUDGET_MS);
    assert_says(fixture, "HTTP status 503");
}

static void the_configured_timeout_and_attempts_are_used(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply silence[] = { { .after_ms = FAKE_NEVER_MS } };
    fixture->world->replies = silence;
    fixture->world->reply_count = 1;
    assert_false(find(fixture,
            (const char *const[]){ "AWS_METADATA_SERVICE_TIMEOUT=5",
                    "AWS_METADATA_SERVICE_NUM_ATTEMPTS=3", NULL }));
    assert_true(took_ms(fixture) <= 15000);
    assert_true(took_ms(fixture) > 10000);
    assert_int_equal(fixture->world->sent[0].timeout_ms, 5000);
}

static void the_run_may_end_before_the_configured_timeout(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply silence[] = { { .after_ms = FAKE_NEVER_MS } };
    fixture->world->replies = silence;
    fixture->world->reply_count = 1;
    assert_false(find(fixture, (const char *const[]){ "AWS_METADATA_SERVICE_TIMEOUT=1000", NULL }));
    assert_int_equal(took_ms(fixture), DEADLINE_MS);
}

/* It is asked once, for credentials and region together. */
static void an_absent_service_is_not_asked_again(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply silence[] = { { .after_ms = FAKE_NEVER_MS } };
    fixture->world->replies = silence;
    fixture->world->reply_count = 1;
    assert_false(find(fixture, (const char *const[]){ NULL }));
    size_t sent = fixture->world->sent_count;
    CLEANUP(secret_clear) struct secret body = SECRET_INIT(IMDS_REPLY_MAX_BYTES);
    assert_int_equal(imds_get(&fixture->imds, "meta-data/placement/region", &body, &fixture->err),
            IMDS_ABSENT);
    assert_int_equal(fixture->world->sent_count, sent);
}

/* --- SSO --- */

static void make_directory(const char *directory, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
}

/* The fake clock stands at 2015-08-30T12:36:00Z. */
static void an_sso_token_is_valid_until_the_second_it_expires(void **state)
{
    (void)state;

    static const struct {
        const char *expires_at;
        bool is_sent;
    } ROWS[] = {
        { "2015-08-30T12:35:59Z", false },
        { "2015-08-30T12:36:00Z", false },
        { "2015-08-30T12:36:01Z", true },
    };
    static const struct fake_reply replies[] = { { .status = 401, .body = "{}" } };
    char directory[] = "/tmp/test_credentials.XXXXXX";
    char home[64];
    char config[64];
    assert_non_null(mkdtemp(directory));
    (void)snprintf(home, sizeof(home), "HOME=%s", directory);
    (void)snprintf(config, sizeof(config), "AWS_CONFIG_FILE=%s/config", directory);
    put_file(directory, "config",
            "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
            "[sso-session corp]\nsso_start_url = https://x/\nsso_region = us-east-1\n");
    make_directory(directory, ".aws");
    make_directory(directory, ".aws/sso");
    make_directory(directory, ".aws/sso/cache");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        void *one = NULL;
        char token[128];
        assert_int_equal(set_up(&one), 0);
        struct fixture *fixture = one;
        (void)snprintf(token, sizeof(token), "{\"accessToken\":\"t\",\"expiresAt\":\"%s\"}",
                ROWS[i].expires_at);
        put_file(directory, ".aws/sso/cache/" SESSION_SHA1 ".json", token);
        fixture->world->replies = replies;
        fixture->world->reply_count = 1;
        fixture->entries[0] = config;
        assert_false(find(fixture, (const char *const[]){ home, NULL }));
        if ((fixture->world->sent_count > 0) != ROWS[i].is_sent) {
            fail_msg("%s: %s", ROWS[i].expires_at, fixture->err.why);
        }
        assert_int_equal(tear_down(&one), 0);
    }
    remove_files(directory);
}

/* --- STS --- */

static const struct option_value ROLE = {
    "arn:aws:iam::123456789012:role/reader",
    "--role-arn",
};

static void sts_asks_at_the_regions_host(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply replies[] = {
        { .body = "<AssumeRoleResponse><AssumeRoleResult><Credentials><Expiration>2015-08-30T13:36:00Z"
                  "</Expiration><SessionToken>t&amp;&#x2F;t</SessionToken><SecretAccessKey>s</SecretAccessKey>"
                  "<AccessKeyId>ASIAROLE</AccessKeyId></Credentials></AssumeRoleResult>"
                  "</AssumeRoleResponse>" }
    };
    fixture->world->replies = replies;
    fixture->world->reply_count = 1;
    /* The role is set after the search: the context is put together by find(). */
    assert_true(find(fixture,
            (const char *const[]){ "AWS_ACCESS_KEY_ID=AKIDEXAMPLE",
                    "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI", NULL }));
    credentials_clear(&fixture->credentials);
    fixture->settings.options.role_arn = ROLE;
    assert_true(provider_chain_find(&fixture->context, &fixture->credentials, &fixture->err));
    assert_string_equal(fixture->world->sent[0].url, "https://sts.us-east-1.amazonaws.com/");
    assert_string_equal(fixture->world->sent[0].body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%"
            "2Freader&RoleSessionName=ssm-exec-1440938160");
    assert_string_equal(secret_expose(&fixture->credentials.access_key_id), "ASIAROLE");
    assert_string_equal(secret_expose(&fixture->credentials.session_token), "t&/t");
    assert_int_equal(fixture->credentials.expires_s, 1440938160 + 3600);
}

static void sts_may_answer_in_json(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply replies[] = {
        { .body = "\n {\"AssumeRoleResponse\":{\"AssumeRoleResult\":{\"Credentials\":{\"AccessKeyId\":"
                  "\"ASIAROLE\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\",\"Expiration\":"
                  "1.44094176E9}}}}" }
    };
    fixture->world->replies = replies;
    fixture->world->reply_count = 1;
    assert_true(find(fixture,
            (const char *const[]){ "AWS_ACCESS_KEY_ID=AKIDEXAMPLE",
                    "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI", NULL }));
    credentials_clear(&fixture->credentials);
    fixture->settings.options.role_arn = ROLE;
    assert_true(provider_chain_find(&fixture->context, &fixture->credentials, &fixture->err));
    assert_string_equal(secret_expose(&fixture->credentials.access_key_id), "ASIAROLE");
    assert_int_equal(fixture->credentials.expires_s, 1440938160 + 3600);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_settings_tell_what_the_program_will_wait_for),
        cmocka_unit_test(container_uris),
        cmocka_unit_test(metadata_endpoints),
        TEST(metadata_is_given_up_within_two_seconds),
        TEST(metadata_that_refuses_connections_is_not_silent),
        TEST(metadata_shares_one_budget),
        TEST(metadata_refusals_are_retried_within_the_budget),
        TEST(the_configured_timeout_and_attempts_are_used),
        TEST(the_run_may_end_before_the_configured_timeout),
        TEST(an_absent_service_is_not_asked_again),
        cmocka_unit_test(an_sso_token_is_valid_until_the_second_it_expires),
        TEST(sts_asks_at_the_regions_host),
        TEST(sts_may_answer_in_json),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
