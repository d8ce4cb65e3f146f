/*
 * Replies of Parameter Store to ssm-dotenv: a write is sent once, counts as done only if a reply says so, as not
 * done only if none may have been, and no message has the value.
 */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "aws/ssm_describe/describe.h"
#include "aws/ssm_write/write.h"
#include "fuzz_input.h"
#include "fuzz_world.h"

enum {
    DEADLINE_MS = 60 * 1000,
    NAMES = 2
};

static const char VALUE[] = "hush-9f2c41d7/not+to=be-seen";
static const char NAME[] = "/prod/api/key";
static const struct ssm_tag tag_items[] = { { "team", "red" }, { "cost", "a=b" } };
static const struct ssm_tags tags = { tag_items, sizeof(tag_items) / sizeof(tag_items[0]) };

static void check_text(const char *text)
{
    assert(strstr(text, VALUE) == NULL && strstr(text, "9f2c41d7/not+to=be") == NULL);
}

static void check_err(const struct err *err)
{
    assert(err->kind != ERR_NONE && err->kind != ERR_USAGE);
    assert(err->why[0] != '\0' || err->code[0] != '\0');
}

/* Only an answer to the request that sent the value can repeat it. */
static void check_texts(const struct err *err)
{
    check_text(err->where);
    check_text(err->code);
    check_text(err->why);
    check_text(err->hint);
    check_text(err->request_id);
    check_text(err->replier);
}

static void check_result(const struct fuzz_world *world, const struct write_result *result)
{
    assert(world->sent_count == 1);
    const struct fuzz_sent *sent = &world->sent[0];
    bool is_accepted = sent->outcome == HTTP_REPLIED && sent->status == 200;
    bool is_lost = sent->outcome == HTTP_DROPPED || sent->outcome == HTTP_TIMED_OUT
            || sent->outcome == HTTP_MALFORMED || sent->outcome == HTTP_TOO_LARGE;
    if (result->outcome == WRITE_DONE) {
        assert(is_accepted);
        return;
    }
    check_err(&result->err);
    assert(!(is_accepted || is_lost) || result->outcome == WRITE_UNSETTLED);
    assert((result->cause == RETRY_NEVER) == (result->outcome == WRITE_REFUSED)
            || result->outcome == WRITE_UNSETTLED);
}

static void put(const struct ssm_writer *writer, const struct fuzz_world *world)
{
    CLEANUP(secret_clear) struct secret value = SECRET_INIT(sizeof(VALUE));
    secret_append_string(&value, VALUE);
    const struct ssm_put request = {
        .name = NAME,
        .value = &value,
        .type = "SecureString",
        .tier = "Standard",
        .key_id = "alias/prod",
        .tags = tags,
    };
    struct write_result result;
    ssm_put(writer, &request, &result);
    check_result(world, &result);
    assert(result.outcome != WRITE_DONE || result.version > 0);
    if (result.outcome != WRITE_DONE) {
        check_texts(&result.err);
    }
}

static void add_tags(const struct ssm_writer *writer, const struct fuzz_world *world)
{
    struct write_result result;
    ssm_add_tags(writer, NAME, &tags, &result);
    check_result(world, &result);
}

static void has_tags(const struct ssm_writer *writer)
{
    bool has = false;
    struct err err = { 0 };
    if (!ssm_has_tags(writer, NAME, &tags, &has, &err)) {
        check_err(&err);
    }
}

static void describe(const struct ssm_writer *writer)
{
    const struct ssm_name_query queries[NAMES] = { { .name = NAME }, { .name = "/prod/api/port" } };
    struct ssm_description descriptions[NAMES] = { { 0 } };
    const struct ssm_described described = { queries, descriptions, NAMES };
    struct err err = { 0 };
    bool ok = ssm_describe(writer->ssm, writer->calls, &described, &err);
    if (!ok) {
        check_err(&err);
    }
    for (size_t i = 0; i < NAMES; i++) {
        assert(!ok || !descriptions[i].is_found
                || (descriptions[i].tier != NULL && descriptions[i].key_id != NULL));
        ssm_description_clear(&descriptions[i]);
    }
}

static void ask(char operation, const struct ssm_writer *writer, const struct fuzz_world *world)
{
    switch (operation) {
    case 't':
        add_tags(writer, world);
        break;
    case 'l':
        has_tags(writer);
        break;
    case 'd':
        describe(writer);
        break;
    default:
        put(writer, world);
        break;
    }
}

/* The first byte says what is asked; the rest is the replies (fuzz_world.h). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    CLEANUP(credentials_clear) struct credentials credentials = CREDENTIALS_INIT;
    struct uri endpoint;
    struct err err = { 0 };
    struct fuzz_world world;
    fuzz_world_init(&world, (const char *)data + 1, size - 1);
    assert(uri_parse("https://ssm.eu-west-1.amazonaws.com", NULL, &endpoint, &err));
    secret_append_string(&credentials.access_key_id, "AKIDEXAMPLE");
    secret_append_string(&credentials.secret_access_key, "secretkeysecretkey");
    struct client client = {
        .service = "ssm",
        .region = "eu-west-1",
        .endpoint = &endpoint,
        .credentials = &credentials,
        .clock = &world.clock,
        .events = &world.events,
    };
    const struct call_settings calls = {
        .transport = &world.transport,
        .clock = &world.clock,
        .events = &world.events,
        .deadline_ms = world.now_ms + DEADLINE_MS,
        .connect_timeout_ms = CALLS_CONNECT_TIMEOUT_MS,
        .try_timeout_ms = CALLS_TRY_TIMEOUT_MS,
    };
    const struct ssm ssm = { .client = &client };
    const struct ssm_writer writer = { &ssm, &calls };
    ask((char)data[0], &writer, &world);
    uri_clear(&endpoint);
    fuzz_world_clear(&world);
    return 0;
}
