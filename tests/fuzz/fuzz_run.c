/*
 * A whole run whose server is the input: either COMMAND gets exactly the environment that the replies
 * make, by a second reading of them in fuzz_model.c, or there is an error and it is not started.
 */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "fuzz_input.h"
#include "fuzz_model.h"
#include "fuzz_world.h"
#include "http/http_curl.h"
#include "launch/launch.h"

/* Like argv and environ: writable. */
#define WRITABLE(text) ((char[]){ text })

static char *const inherited[] = { WRITABLE("AWS_ACCESS_KEY_ID=AKIAFUZZ"),
    WRITABLE("AWS_SECRET_ACCESS_KEY=fuzz/secret"), WRITABLE("AWS_REGION=eu-west-1"),
    WRITABLE("AWS_CONFIG_FILE=/dev/null"), WRITABLE("AWS_SHARED_CREDENTIALS_FILE=/dev/null"),
    WRITABLE("A=inherited"), WRITABLE("N=inherited"), WRITABLE("odd"), NULL };

static char *const arguments[] = { WRITABLE("ssm-exec"), WRITABLE("/p"), WRITABLE("N=/n:1"),
    WRITABLE("--"), WRITABLE("/bin/true"), NULL };

struct http_curl {
    struct fuzz_world world; /* first, for its transport */
    bool is_started;
};

static struct http_curl curl;

/* --- in place of libcurl --- */

bool http_curl_new(
        const struct http_curl_settings *settings, struct http_curl **ret_curl, struct err *reterr)
{
    assert(settings->user_agent != NULL);
    (void)reterr;
    *ret_curl = &curl;
    return true;
}

struct http_transport *http_curl_transport(struct http_curl *of)
{
    return &of->world.transport;
}

void http_curl_free(struct http_curl *of)
{
    (void)of;
}

bool http_curl_shares_trust(const struct http_curl *of)
{
    (void)of;
    return true;
}

const char *http_curl_versions(void)
{
    return "fuzz";
}

/* --- in place of execve --- */

/* The last reply to each request is the one that counts: those before it were tried again. */
static void read_replies(struct fuzz_model *model)
{
    const struct fuzz_world *world = &curl.world;
    for (size_t i = 0; i < world->sent_count; i++) {
        bool was_repeated = false;
        for (size_t j = i + 1; j < world->sent_count; j++) {
            was_repeated = was_repeated || strcmp(world->sent[i].body, world->sent[j].body) == 0;
        }
        if (was_repeated) {
            continue;
        }
        assert(world->sent[i].outcome == HTTP_REPLIED && world->sent[i].status == 200);
        bool is_path = strstr(world->sent[i].body, "\"Path\":") != NULL;
        assert(fuzz_model_read(model, world->sent[i].reply, world->sent[i].reply_len, is_path));
    }
}

/* The linker's name for it (--wrap). */
bool __wrap_launch(const char *file, char *const argv[], char *const envp[], struct err *reterr);

bool __wrap_launch(const char *file, char *const argv[], char *const envp[], struct err *reterr)
{
    struct fuzz_model *model = fuzz_model_new(inherited);
    (void)reterr;
    assert(strcmp(file, "/bin/true") == 0 && strcmp(argv[0], "/bin/true") == 0);
    curl.is_started = true;
    read_replies(model);
    fuzz_model_check(model, envp);
    fuzz_model_free(model);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct process_state state = { 0 };
    for (int i = 0; i < PROCESS_FREE_FDS; i++) {
        state.free_fds[i] = 1000 + i; /* none of ours */
    }
    const struct environment environment = { .entries = inherited };
    curl = (struct http_curl){ 0 };
    fuzz_world_init(&curl.world, (const char *)data, size);
    int status = app_run(5, arguments, &environment, &curl.world.clock, &state);
    assert(curl.is_started ? status == 0 : status == 125);
    fuzz_world_clear(&curl.world);
    return 0;
}
