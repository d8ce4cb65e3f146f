/*
 * The services that give credentials, with any answer: STS, the SSO portal, the metadata service, a container's
 * agent, a helper's output. One program for each, called fuzz_creds_NAME; the input is its replies.
 */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/providers/chain.h"
#include "aws/service/imds.h"
#include "aws/sign/digest.h"
#include "base/ascii.h"
#include "fuzz_input.h"
#include "fuzz_world.h"

enum {
    ENTRIES_MAX = 6,
    ENTRY_BYTES = 256,
    DEADLINE_MS = 60 * 1000,
};

static const char CONFIG[] =
        "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base/secret\n"
        "[profile sts]\nrole_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = base\n"
        "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n"
        "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\n"
        "sso_region = us-east-1\n"
        "[profile process]\ncredential_process = /helper\n";

static const struct {
    const char *name;
    const char *entries[3]; /* "%s" is the folder */
    const char *urls;       /* what every URL that is asked begins with */
} providers[] = {
    { "sts", { "AWS_PROFILE=sts", "AWS_REGION=us-east-1" },
            "https://sts.us-east-1.amazonaws.com/" },
    { "web_identity",
            { "AWS_ROLE_ARN=arn:aws:iam::123456789012:role/web", "AWS_REGION=us-east-1",
                    "AWS_WEB_IDENTITY_TOKEN_FILE=%s/token" },
            "https://sts.us-east-1.amazonaws.com/" },
    { "sso", { "AWS_PROFILE=sso", "AWS_REGION=us-east-1" },
            "https://portal.sso.us-east-1.amazonaws.com/federation/credentials?" },
    /* The region is asked for as well. */
    { "imds", { NULL }, "http://169.254.169.254/latest/" },
    { "container",
            { "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1/creds",
                    "AWS_REGION=us-east-1" },
            "http://127.0.0.1:1/creds" },
    { "process", { "AWS_PROFILE=process", "AWS_REGION=us-east-1" }, "nothing is asked" },
};

static char folder[64];
static char texts[ENTRIES_MAX][ENTRY_BYTES];
static char *entries[ENTRIES_MAX + 1];
static const char *urls;
static const char *helper_output;
static size_t helper_output_len;

static void write_file(const char *name, const char *text)
{
    char path[ENTRY_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void make_folder(const char *name)
{
    char path[ENTRY_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert(mkdir(path, 0700) == 0);
}

static void add_entry(const char *format)
{
    size_t i = 0;
    while (entries[i] != NULL) {
        i++;
    }
    assert(i < ENTRIES_MAX);
    const char *percent = strstr(format, "%s");
    (void)snprintf(texts[i], sizeof(texts[i]), "%.*s%s%s",
            (int)(percent == NULL ? strlen(format) : (size_t)(percent - format)), format,
            percent == NULL ? "" : folder, percent == NULL ? "" : percent + 2);
    entries[i] = texts[i];
}

/* The files of a home directory, whose place the environment names. */
static void make_home(void)
{
    char hash[DIGEST_SHA1_HEX_BYTES];
    char name[ENTRY_BYTES];
    struct err err;
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(
            folder, sizeof(folder), "%s/fuzz-creds-XXXXXX", temporary == NULL ? "/tmp" : temporary);
    assert(mkdtemp(folder) != NULL);
    make_folder(".aws");
    make_folder(".aws/sso");
    make_folder(".aws/sso/cache");
    write_file(".aws/config", CONFIG);
    write_file("token", "eyJ.web.token\n");
    assert(digest_sha1_hex("corp", hash, &err));
    (void)snprintf(name, sizeof(name), ".aws/sso/cache/%s.json", hash);
    write_file(name, "{\"accessToken\": \"sso-token\", \"expiresAt\": \"2099-01-01T00:00:00Z\"}");
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char prefix[] = "fuzz_creds_";
    const char *name = strstr((*argv)[0], prefix);
    (void)argc;
    assert(name != NULL);
    make_home();
    add_entry("HOME=%s");
    for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
        if (strcmp(name + sizeof(prefix) - 1, providers[i].name) == 0) {
            urls = providers[i].urls;
            for (size_t j = 0; j < 3 && providers[i].entries[j] != NULL; j++) {
                add_entry(providers[i].entries[j]);
            }
        }
    }
    assert(urls != NULL);
    return 0;
}

static bool run_helper(
        const struct runner_request *request, struct secret *ret_output, struct err *reterr)
{
    secret_append(ret_output, helper_output, helper_output_len);
    return secret_check(ret_output, request->where, reterr);
}

static void check_field(const struct secret *field)
{
    const char *bytes = secret_expose(field);
    for (size_t i = 0; i < secret_len(field); i++) {
        assert(!ascii_is_control(bytes[i]));
    }
}

static void check_found(const struct credentials *credentials)
{
    assert(!secret_is_empty(&credentials->access_key_id));
    assert(!secret_is_empty(&credentials->secret_access_key));
    check_field(&credentials->access_key_id);
    check_field(&credentials->secret_access_key);
    check_field(&credentials->session_token);
    assert(credentials->expires_s == 0 || credentials->may_be_past_expiry
            || credentials->expires_s > FUZZ_START_MS / 1000);
}

/* A reply must not make the program ask another host. */
static void check_urls(const struct fuzz_world *world)
{
    for (size_t i = 0; i < world->sent_count; i++) {
        const char *url = world->sent[i].url;
        assert(strncmp(url, urls, strlen(urls)) == 0);
        for (; *url != '\0'; url++) {
            assert(*url > ' ' && *url < 0x7f);
        }
    }
}

static void find(struct fuzz_world *world, struct settings *settings)
{
    static const struct runner runner = { .run = run_helper };
    CLEANUP(credentials_clear) struct credentials credentials = CREDENTIALS_INIT;
    CLEANUP(imds_clear) struct imds imds;
    const struct call_settings calls = {
        .transport = &world->transport,
        .clock = &world->clock,
        .events = &world->events,
        .deadline_ms = world->now_ms + DEADLINE_MS,
        .connect_timeout_ms = CALLS_CONNECT_TIMEOUT_MS,
        .try_timeout_ms = CALLS_TRY_TIMEOUT_MS,
    };
    imds_init(&imds, settings, &calls);
    struct provider_context context = {
        .settings = settings,
        .clock = &world->clock,
        .calls = &calls,
        .runner = &runner,
        .imds = &imds,
    };
    struct err err = { 0 };
    if (provider_chain_find(&context, &credentials, &err) && provider_need_region(&context, &err)) {
        check_found(&credentials);
        assert(settings->region != NULL && settings->region[0] != '\0');
    } else {
        assert(err.kind != ERR_NONE && err.kind != ERR_USAGE);
        assert(err.why[0] != '\0' || err.code[0] != '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct settings_options options = { .program = "ssm-exec" };
    const struct environment environment = { .entries = entries };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(settings_clear) struct settings settings = { 0 };
    struct fuzz_world world;
    helper_output = (const char *)data;
    helper_output_len = size;
    fuzz_world_init(&world, (const char *)data, size);
    const struct file_limits limits = { &world.clock, world.now_ms + DEADLINE_MS };
    assert(settings_load(&options, &environment, &limits, &world.events, &settings, &problems));
    find(&world, &settings);
    check_urls(&world);
    fuzz_world_clear(&world);
    return 0;
}
