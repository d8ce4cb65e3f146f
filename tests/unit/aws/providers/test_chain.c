/* The chain against a scripted world: what cannot be asked for on loopback, and how long things take. */
/* SPDX-License-Identifier: MIT */
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

#define ROLE_ARN  "arn:aws:iam::123456789012:role/reader"
#define ROLE_LINE "role_arn = " ROLE_ARN "\n"

#define KEYS_IN_ENVIRONMENT                                  \
    {                                                        \
        "AWS_ACCESS_KEY_ID=AKIAX", "AWS_SECRET_ACCESS_KEY=x" \
    }
#define WEB_IDENTITY                                                        \
    {                                                                       \
        "AWS_WEB_IDENTITY_TOKEN_FILE=$TOKEN_FILE", "AWS_ROLE_ARN=" ROLE_ARN \
    }

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

static size_t helper_runs;

static bool run_helper(
        const struct runner_request *request, struct secret *ret_output, struct err *reterr)
{
    (void)request;
    (void)reterr;
    helper_runs++;
    secret_append_string(
            ret_output, "{\"Version\":1,\"AccessKeyId\":\"AKIAHELPER\",\"SecretAccessKey\":\"s\"}");
    return true;
}

static void open_context(struct fixture *fixture,
        const struct settings_options *options,
        const char *const variables[])
{
    static const struct runner runner = { run_helper };
    struct fake_world *world = fixture->world;
    load(fixture, options, variables);
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
        .runner = &runner,
        .imds = &fixture->imds,
    };
}

static bool find(struct fixture *fixture, const char *const variables[])
{
    static const struct settings_options options = { .program = "ssm-exec" };
    open_context(fixture, &options, variables);
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

static void make_directory(const char *directory, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void put_sso_token(const char *directory, const char *expires_at)
{
    char token[128];
    (void)snprintf(
            token, sizeof(token), "{\"accessToken\":\"t\",\"expiresAt\":\"%s\"}", expires_at);
    put_file(directory, ".aws/sso/cache/" SESSION_SHA1 ".json", token);
}

static void make_home(char *directory)
{
    assert_non_null(mkdtemp(directory));
    make_directory(directory, ".aws");
    make_directory(directory, ".aws/sso");
    make_directory(directory, ".aws/sso/cache");
}

static void remove_home(const char *directory)
{
    static const char *const names[] = { ".aws/sso/cache/" SESSION_SHA1 ".json", ".aws/sso/cache",
        ".aws/sso", ".aws", "config", "credentials", "token", "" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[512];
        (void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
        (void)remove(path);
    }
}

/* --- what the search waits for --- */

static void set_files(struct fixture *fixture, const char *directory)
{
    static char config[64];
    static char credentials[64];
    (void)snprintf(config, sizeof(config), "AWS_CONFIG_FILE=%s/config", directory);
    (void)snprintf(credentials, sizeof(credentials), "AWS_SHARED_CREDENTIALS_FILE=%s/credentials",
            directory);
    fixture->entries[0] = config;
    fixture->entries[1] = credentials;
}

/* A world in which everybody who is asked gives credentials. */
static void give_credentials(
        struct fake_world *world, const struct fake_sent *sent, struct fake_reply *ret_reply)
{
    static const char STS_KEYS[] =
            "<Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            "<SessionToken>t</SessionToken><Expiration>2015-08-30T13:36:00Z</Expiration>"
            "</Credentials>";
    static const char SSO_KEYS[] =
            "{\"roleCredentials\":{\"accessKeyId\":\"ASIAX\",\"secretAccessKey\":\"s\","
            "\"sessionToken\":\"t\",\"expiration\":1440943200000}}";
    static char text[1024];
    (void)world;
    const char *body = CONTAINER_KEYS;
    if (strstr(sent->url, "portal.sso") != NULL) {
        body = SSO_KEYS;
    } else if (strstr(sent->url, "sts.") != NULL) {
        const char *action = strstr(sent->body, "WebIdentityToken=") == NULL
                ? "AssumeRole"
                : "AssumeRoleWithWebIdentity";
        (void)snprintf(text, sizeof(text), "<%sResponse><%sResult>%s</%sResult></%sResponse>",
                action, action, STS_KEYS, action, action);
        body = text;
    } else if (strstr(sent->url, "api/token") != NULL) {
        body = "the-token";
    } else if (strstr(sent->url, "security-credentials/role-1") != NULL) {
        body = METADATA_KEYS;
    } else if (strstr(sent->url, "security-credentials/") != NULL) {
        body = "role-1\n";
    }
    ret_reply->body = body;
}

/* Who was asked. */
static enum provider_wait waited_for(const struct fake_world *world)
{
    enum provider_wait wait = helper_runs > 0 ? PROVIDER_WAIT_PROCESS : PROVIDER_WAIT_NONE;
    for (size_t i = 0; i < world->sent_count; i++) {
        const char *url = world->sent[i].url;
        if (strncmp(url, "https:", strlen("https:")) == 0) {
            return PROVIDER_WAIT_TLS;
        }
        wait = strstr(url, "169.254.169.254") != NULL ? PROVIDER_WAIT_METADATA
                                                      : PROVIDER_WAIT_PLAIN;
    }
    return wait;
}

struct wait_row {
    const char *variables[3];
    const char *profile;  /* --profile */
    const char *role_arn; /* --role-arn */
    enum provider_wait wait;
};

/* Looks at the settings, and compares with whom a search asks. */
static void check_wait(const struct wait_row *row, const char *directory)
{
    char home[64];
    char token[96];
    void *at = NULL;
    assert_int_equal(set_up(&at), 0);
    struct fixture *fixture = at;
    const struct settings_options options = {
        .program = "ssm-exec",
        .profile = { row->profile, "--profile" },
        .role_arn = { row->role_arn, "--role-arn" },
    };
    (void)snprintf(home, sizeof(home), "HOME=%s", directory);
    (void)snprintf(token, sizeof(token), "TOKEN_FILE=%s/token", directory);
    set_files(fixture, directory);
    open_context(fixture, &options,
            (const char *const[]){
                    home, token, row->variables[0], row->variables[1], row->variables[2], NULL });
    fixture->world->answer = give_credentials;
    helper_runs = 0;
    enum provider_wait told = provider_chain_wait(&fixture->context);
    assert_int_equal(fixture->world->sent_count + helper_runs, 0);
    bool is_found = provider_chain_find(&fixture->context, &fixture->credentials, &fixture->err);
    enum provider_wait real = waited_for(fixture->world);
    if (told != row->wait || real != row->wait) {
        fail_msg("%s, --profile %s, --role-arn %s: told %d, waited for %d (%s)", row->variables[0],
                row->profile, row->role_arn, (int)told, (int)real,
                is_found ? "found" : fixture->err.why);
    }
    (void)tear_down(&at);
}

static void the_settings_tell_what_the_search_waits_for(void **state)
{
    (void)state;
    static const char config[] =
            "[profile keys]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n"
            "[profile half]\naws_access_key_id = AKIAX\n"
            "[profile typo]\naws_acces_key_id = AKIAX\naws_secret_access_key = x\n"
            "[profile login]\nlogin_session = arn\ncredential_process = /bin/helper\n"
            "[profile helper]\ncredential_process = /bin/helper\n"
            "[profile helper-keys]\ncredential_process = /bin/helper\n"
            "aws_access_key_id = AKIAX\naws_secret_access_key = x\n"
            "[profile helper-other-keys]\ncredential_process = /bin/helper\n"
            "[profile role]\n" ROLE_LINE "source_profile = keys\n"
            "[profile role-of-role]\n" ROLE_LINE "source_profile = role\n"
            "[profile role-and-keys]\n" ROLE_LINE "source_profile = role-and-keys\n"
            "aws_access_key_id = AKIAX\naws_secret_access_key = x\n"
            "[profile role-without-source]\n" ROLE_LINE "[profile role-in-circle]\n" ROLE_LINE
            "source_profile = role-in-circle\n"
            "[profile role-of-none]\n" ROLE_LINE "source_profile = region\n"
            "[profile role-mfa]\n" ROLE_LINE "source_profile = keys\nmfa_serial = x\n"
            "[profile role-container]\n" ROLE_LINE "credential_source = EcsContainer\n"
            "[profile role-metadata]\n" ROLE_LINE "credential_source = Ec2InstanceMetadata\n"
            "[profile web]\n" ROLE_LINE "web_identity_token_file = $TOKEN_FILE\n"
            "[profile web-no-role]\nweb_identity_token_file = $TOKEN_FILE\n"
            "[profile sso]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
            "[sso-session corp]\nsso_start_url = https://x/\nsso_region = us-east-1\n"
            "[profile sso-half]\nsso_account_id = 1\nsso_role_name = r\n"
            "[profile region]\nregion = eu-west-1\n";
    static const char credentials[] =
            "[helper-other-keys]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n";

    static const struct wait_row ROWS[] = {
        { .wait = PROVIDER_WAIT_METADATA },
        { KEYS_IN_ENVIRONMENT, NULL, NULL, PROVIDER_WAIT_NONE },
        { { "AWS_ACCESS_KEY_ID=AKIAX" }, NULL, NULL, PROVIDER_WAIT_NONE },
        { KEYS_IN_ENVIRONMENT, "helper", NULL, PROVIDER_WAIT_PROCESS },
        { KEYS_IN_ENVIRONMENT, "", NULL, PROVIDER_WAIT_NONE },
        { KEYS_IN_ENVIRONMENT, NULL, ROLE_ARN, PROVIDER_WAIT_TLS },
        { KEYS_IN_ENVIRONMENT, NULL, "arn", PROVIDER_WAIT_NONE },
        { KEYS_IN_ENVIRONMENT, NULL, "", PROVIDER_WAIT_NONE },
        { WEB_IDENTITY, NULL, NULL, PROVIDER_WAIT_TLS },
        { WEB_IDENTITY, "keys", NULL, PROVIDER_WAIT_NONE },
        { { "AWS_WEB_IDENTITY_TOKEN_FILE=/t" }, NULL, NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "keys", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "keys", ROLE_ARN, PROVIDER_WAIT_TLS },
        { { NULL }, "half", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "typo", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "login", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "helper", NULL, PROVIDER_WAIT_PROCESS },
        { { NULL }, "helper-keys", NULL, PROVIDER_WAIT_PROCESS },
        { { NULL }, "helper-other-keys", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "role", NULL, PROVIDER_WAIT_TLS },
        { { NULL }, "role-of-role", NULL, PROVIDER_WAIT_TLS },
        { { NULL }, "role-and-keys", NULL, PROVIDER_WAIT_TLS },
        { { NULL }, "role-without-source", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "role-in-circle", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "role-of-none", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "role-mfa", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "role-container", NULL, PROVIDER_WAIT_NONE },
        { { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/c" }, "role-container", NULL,
                PROVIDER_WAIT_TLS },
        { { NULL }, "role-metadata", NULL, PROVIDER_WAIT_TLS },
        { { NULL }, "web", NULL, PROVIDER_WAIT_TLS },
        { { NULL }, "web-no-role", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "sso", NULL, PROVIDER_WAIT_TLS },
        { { NULL }, "sso-half", NULL, PROVIDER_WAIT_NONE },
        { { NULL }, "region", NULL, PROVIDER_WAIT_METADATA },
        { { "AWS_PROFILE=region", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/c" }, NULL, NULL,
                PROVIDER_WAIT_PLAIN },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/c" }, NULL, NULL,
                PROVIDER_WAIT_PLAIN },
        { { "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://h/c" }, NULL, NULL, PROVIDER_WAIT_TLS },
    };

    char directory[] = "/tmp/test_chain.XXXXXX";
    make_home(directory);
    put_file(directory, "config", config);
    put_file(directory, "credentials", credentials);
    put_file(directory, "token", "eyJ.web.token\n");
    put_sso_token(directory, "2015-08-30T18:36:00Z");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        check_wait(&ROWS[i], directory);
    }
    remove_home(directory);
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
    assert_true(took_ms(fixture) <= IMDS_TRIES * IMDS_TRY_MS);
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
    assert_true(took_ms(fixture) <= IMDS_TRIES * IMDS_TRY_MS);
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
    assert_true(took_ms(fixture) <= IMDS_TRIES * IMDS_TRY_MS);
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
    make_home(directory);
    (void)snprintf(home, sizeof(home), "HOME=%s", directory);
    put_file(directory, "config",
            "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
            "[sso-session corp]\nsso_start_url = https://x/\nsso_region = us-east-1\n");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        void *one = NULL;
        assert_int_equal(set_up(&one), 0);
        struct fixture *fixture = one;
        put_sso_token(directory, ROWS[i].expires_at);
        fixture->world->replies = replies;
        fixture->world->reply_count = 1;
        set_files(fixture, directory);
        assert_false(find(fixture, (const char *const[]){ home, NULL }));
        if ((fixture->world->sent_count > 0) != ROWS[i].is_sent) {
            fail_msg("%s: %s", ROWS[i].expires_at, fixture->err.why);
        }
        assert_int_equal(tear_down(&one), 0);
    }
    remove_home(directory);
}

/* --- STS --- */

static const struct option_value ROLE = { ROLE_ARN, "--role-arn" };

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
        cmocka_unit_test(the_settings_tell_what_the_search_waits_for),
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
