/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/ssm/fetch.h"
#include "fakes/fake_ssm.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define REPLIES(fixture, rows) \
    ((fixture)->world->replies = (rows), (fixture)->world->reply_count = COUNT_OF(rows))

/* One parameter of a reply, and the error replies of Parameter Store. */
#define PARAMETER(name, type, value) \
    "{\"Name\":\"" name "\",\"Type\":\"" type "\",\"Value\":\"" value "\",\"Version\":1}"
#define REFUSAL(code, message) "{\"__type\":\"" code "\",\"message\":\"" message "\"}"
#define KMS_REFUSAL                                                                        \
    REFUSAL("AccessDeniedException",                                                       \
            "The ciphertext refers to a customer master key that does not exist, does not" \
            " exist in this region, or you are not allowed to access.")

#define HUSH "hush+hush+hush"

enum {
    NAMES_MOST = 30
};

struct fixture {
    struct fake_ssm aws;
    struct fake_world *world; /* of aws */
    struct err_list problems;
    struct ssm_path_query path;
    struct ssm_name_query names[NAMES_MOST];
    char name_texts[NAMES_MOST][16];
    struct text body; /* of a reply that a test puts together */
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fake_ssm_init(&fixture->aws);
    fixture->world = fixture->aws.world;
    fixture->path = (struct ssm_path_query){
        .subject = "/prod/api/", .path = "/prod/api", .recursive = true
    };
    for (size_t i = 0; i < NAMES_MOST; i++) {
        (void)snprintf(fixture->name_texts[i], sizeof(fixture->name_texts[i]), "/n/%02zu", i);
        fixture->names[i] = (struct ssm_name_query){ .subject = fixture->name_texts[i],
            .name = fixture->name_texts[i] };
    }
    fixture->body = TEXT_INIT(1024 * 1024);
    *state = fixture;
    return 0;
}

static void clear_found(struct fixture *fixture)
{
    parameter_list_clear(&fixture->path.found);
    for (size_t i = 0; i < NAMES_MOST; i++) {
        parameter_clear(&fixture->names[i].found);
        fixture->names[i].is_found = false;
        fixture->names[i].was_answered = false;
    }
    err_list_clear(&fixture->problems);
    fake_world_forget(fixture->world);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    clear_found(fixture);
    text_clear(&fixture->body);
    fake_ssm_clear(&fixture->aws);
    free(fixture);
    return 0;
}

static bool fetch_all(struct fixture *fixture, const struct ssm_queries *queries)
{
    CLEANUP(ssm_fetch_clear) struct ssm_fetch fetch = { 0 };
    struct err err;
    assert_true(ssm_fetch_plan(&fixture->aws.ssm, queries, &fetch, &err));
    assert_int_equal(fixture->world->sent_count, 0);
    return ssm_fetch_run(&fetch, &fixture->aws.calls, &fixture->problems);
}

static bool fetch_path(struct fixture *fixture)
{
    const struct ssm_queries queries = { .paths = &fixture->path, .path_count = 1 };
    clear_found(fixture);
    return fetch_all(fixture, &queries);
}

static bool fetch_names(struct fixture *fixture, size_t count)
{
    const struct ssm_queries queries = { .names = fixture->names, .name_count = count };
    clear_found(fixture);
    return fetch_all(fixture, &queries);
}

static void assert_contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", text, part);
    }
}

static const struct err *only_problem(const struct fixture *fixture)
{
    assert_int_equal(fixture->problems.len, 1);
    return &fixture->problems.items[0];
}

/* No message, event or hint contains a value. */
static void assert_hushed(const struct fixture *fixture)
{
    for (size_t i = 0; i < fixture->problems.len; i++) {
        const struct err *err = &fixture->problems.items[i];
        assert_null(strstr(err->why, "hush"));
        assert_null(strstr(err->hint, "hush"));
        assert_null(strstr(err->where, "hush"));
    }
    assert_null(strstr(text_string(&fixture->world->heard), "hush"));
}

/* Paths. */

static void one_page_is_one_request(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[" PARAMETER("/prod/api/a", "String", "1") "," PARAMETER(
                  "/prod/api/b/c", "SecureString", "2") "]}" },
    };
    REPLIES(fixture, ROWS);
    assert_true(fetch_path(fixture));
    assert_int_equal(fixture->path.found.len, 2);
    assert_string_equal(fixture->path.found.items[0].name, "/prod/api/a");
    assert_string_equal(secret_expose(&fixture->path.found.items[0].value), "1");
    assert_string_equal(fixture->path.found.items[1].type, "SecureString");
    assert_int_equal(fixture->world->sent_count, 1);
    const struct fake_sent *sent = &fixture->world->sent[0];
    assert_string_equal(sent->body,
            "{\"Path\":\"/prod/api\",\"Recursive\":true,\"WithDecryption\":true,\"MaxResults\":10}");
    assert_string_equal(sent->url, "https://ssm.eu-west-1.amazonaws.com/");
    assert_contains(sent->headers, "x-amz-target: AmazonSSM.GetParametersByPath\n");
    assert_int_equal(sent->reply_max_bytes, SSM_PATH_REPLY_MAX_BYTES);
    assert_false(sent->never_proxied);
}

static void pages_follow_their_tokens_with_the_same_members(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[" PARAMETER(
                  "/prod/api/a", "String", "1") "],\"NextToken\":\"t\\\"1\"}" },
        { .body = "{\"Parameters\":[],\"NextToken\":\"t2\"}" },
        { .body = "{\"NextToken\":\"t3\"}" },
        { .body = "{\"Parameters\":[" PARAMETER(
                  "/prod/api/b", "String", "2") "],\"NextToken\":\"\"}" },
    };
    REPLIES(fixture, ROWS);
    fixture->path.recursive = false;
    fixture->path.label = "live";
    assert_true(fetch_path(fixture));
    assert_int_equal(fixture->path.found.len, 2);
    assert_int_equal(fixture->world->sent_count, 4);
    static const char REST[] =
            "{\"Path\":\"/prod/api\",\"Recursive\":false,\"WithDecryption\":true,\"MaxResults\":10,"
            "\"ParameterFilters\":[{\"Key\":\"Label\",\"Option\":\"Equals\",\"Values\":[\"live\"]}]";
    static const char *const ENDS[] = { "}", ",\"NextToken\":\"t\\\"1\"}", ",\"NextToken\":\"t2\"}",
        ",\"NextToken\":\"t3\"}" };
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        char want[512];
        (void)snprintf(want, sizeof(want), "%s%s", REST, ENDS[i]);
        assert_string_equal(fixture->world->sent[i].body, want);
    }
}

static void a_token_that_is_null_is_the_end(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[" PARAMETER(
                  "/prod/api/a", "String", "1") "],\"NextToken\":null}" },
    };
    REPLIES(fixture, ROWS);
    assert_true(fetch_path(fixture));
    assert_int_equal(fixture->world->sent_count, 1);
}

static void the_same_token_twice_ends_the_listing(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[" PARAMETER(
                  "/prod/api/a", "String", HUSH) "],\"NextToken\":\"t\"}" },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_path(fixture));
    assert_int_equal(fixture->world->sent_count, 2);
    assert_int_equal(only_problem(fixture)->kind, ERR_PROTOCOL);
    assert_contains(only_problem(fixture)->why, "the same NextToken came back twice");
    assert_hushed(fixture);
}

static void answer_with_another_token(
        struct fake_world *world, const struct fake_sent *sent, struct fake_reply *ret_reply)
{
    static char body[64];
    (void)sent;
    (void)snprintf(
            body, sizeof(body), "{\"Parameters\":[],\"NextToken\":\"%zu\"}", world->sent_count);
    ret_reply->body = body;
}

static void a_listing_without_an_end_stops_at_the_page_cap(void **state)
{
    struct fixture *fixture = *state;
    fixture->world->answer = answer_with_another_token;
    assert_false(fetch_path(fixture));
    assert_int_equal(fixture->world->sent_count, SSM_PAGES_MAX);
    assert_int_equal(only_problem(fixture)->kind, ERR_PROTOCOL);
    assert_contains(only_problem(fixture)->why, "more than 2000 pages");
}

/* One value of the greatest length on each page. */
static void answer_with_a_large_value(
        struct fake_world *world, const struct fake_sent *sent, struct fake_reply *ret_reply)
{
    static char body[PARAMETER_VALUE_MAX_BYTES + 256];
    (void)sent;
    int before = snprintf(body, sizeof(body),
            "{\"NextToken\":\"%zu\",\"Parameters\":[{\"Name\":\"/prod/api/a\",\"Value\":\"",
            world->sent_count);
    memset(body + before, 'x', PARAMETER_VALUE_MAX_BYTES);
    (void)snprintf(body + before + PARAMETER_VALUE_MAX_BYTES,
            sizeof(body) - (size_t)before - PARAMETER_VALUE_MAX_BYTES, "\"}]}");
    ret_reply->body = body;
}

static void what_is_kept_of_all_replies_has_one_limit(void **state)
{
    struct fixture *fixture = *state;
    fixture->world->answer = answer_with_a_large_value;
    assert_false(fetch_path(fixture));
    /* A quarter more: what the allocator may round up to. */
    size_t each = PARAMETER_VALUE_MAX_BYTES / 4 * 5;
    size_t pages = SSM_BUDGET_BYTES / each;
    assert_in_range(fixture->world->sent_count, pages - pages / 50, pages + 1);
    assert_int_equal(only_problem(fixture)->kind, ERR_PROTOCOL);
    assert_contains(only_problem(fixture)->why, "more memory than the limit of 56 MiB");
}

static void names_are_below_the_path_at_the_depth_asked_for(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *path;
        bool recursive;
        const char *name;
        bool want;
    } ROWS[] = {
        { "/a", true, "/a/b", true },
        { "/a", true, "/a/b/c", true },
        { "/a", false, "/a/b", true },
        { "/a", false, "/a/b/c", false },
        { "/a", true, "/a", false },
        { "/a", true, "/a/", false },
        { "/a", true, "/ab/c", false },
        { "/a", true, "/A/b", false },
        { "/a", true, "/b", false },
        { "/a", true, "a/b", false },
        { "/a/b", true, "/a/c", false },
        { "/", true, "/a", true },
        { "/", true, "/a/b", true },
        { "/", false, "/a", true },
        { "/", false, "/a/b", false },
        { "/", false, "a", true },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        text_reset(&fixture->body);
        text_append_format(&fixture->body,
                "{\"Parameters\":[{\"Name\":\"%s\",\"Type\":\"String\",\"Value\":\"" HUSH "\"}]}",
                ROWS[i].name);
        const struct fake_reply replies[] = { { .body = text_string(&fixture->body) } };
        REPLIES(fixture, replies);
        fixture->path.path = ROWS[i].path;
        fixture->path.recursive = ROWS[i].recursive;
        if (fetch_path(fixture) != ROWS[i].want) {
            fail_msg("%s of %s", ROWS[i].name, ROWS[i].path);
        }
        if (!ROWS[i].want) {
            assert_int_equal(only_problem(fixture)->kind, ERR_PROTOCOL);
            assert_contains(only_problem(fixture)->why, "which was not requested");
        }
        assert_hushed(fixture);
    }
}

static void an_empty_path_is_an_error_unless_optional(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[]}" },
        { .body = "{\"InvalidParameters\":[\"/prod/api\"]}" },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_path(fixture));
    assert_int_equal(fixture->world->sent_count, 2);
    assert_string_equal(
            fixture->world->sent[1].body, "{\"Names\":[\"/prod/api\"],\"WithDecryption\":false}");
    assert_int_equal(only_problem(fixture)->kind, ERR_SERVICE);
    assert_string_equal(only_problem(fixture)->where, "/prod/api/");
    assert_string_equal(
            only_problem(fixture)->why, "there is no parameter below this path in eu-west-1");
    assert_contains(only_problem(fixture)->hint, "--optional /prod/api/");

    fixture->path.optional = true;
    assert_true(fetch_path(fixture));
    assert_int_equal(fixture->world->sent_count, 1);
    assert_int_equal(fixture->path.found.len, 0);
}

static void a_path_that_is_itself_a_parameter_is_told(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[]}" },
        { .body = "{\"Parameters\":[" PARAMETER("/prod/api", "SecureString", HUSH) "]}" },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_path(fixture));
    assert_contains(only_problem(fixture)->hint, "/prod/api is itself a parameter");
    assert_hushed(fixture);
}

static void looking_at_the_path_itself_may_be_forbidden(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[]}" },
        { .status = 400, .body = REFUSAL("AccessDeniedException", "no") },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_path(fixture));
    assert_string_equal(
            only_problem(fixture)->why, "there is no parameter below this path in eu-west-1");
}

static void a_refused_path_tells_the_action_and_the_resource(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .status = 400,
                .headers = "x-amzn-RequestId: 1d-7\r\n",
                .body = REFUSAL("AccessDeniedException",
                        "User: u is not authorized to perform: ssm:GetParametersByPath") },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_path(fixture));
    const struct err *err = only_problem(fixture);
    assert_int_equal(err->kind, ERR_SERVICE);
    assert_string_equal(err->where, "/prod/api/");
    assert_string_equal(err->code, "AccessDeniedException");
    assert_string_equal(err->request_id, "1d-7");
    assert_contains(err->hint,
            "the role needs ssm:GetParametersByPath on "
            "arn:aws:ssm:eu-west-1:*:parameter/prod/api ");
    assert_contains(err->hint, ".../* below it is not enough");
}

static void throttling_is_waited_out(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .status = 400, .body = REFUSAL("ThrottlingException", "Rate exceeded") },
        { .status = 503 },
        { .body = "{\"Parameters\":[" PARAMETER("/prod/api/a", "String", "1") "]}" },
    };
    REPLIES(fixture, ROWS);
    assert_true(fetch_path(fixture));
    assert_int_equal(fixture->world->sent_count, 3);
    assert_int_equal(fixture->path.found.len, 1);
}

static void a_page_that_cannot_be_decrypted_names_its_secure_strings(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[" PARAMETER(
                  "/prod/api/first", "SecureString", HUSH) "],\"NextToken\":\"t1\"}" },
        { .status = 400, .body = KMS_REFUSAL },
        { .body = "{\"Parameters\":[" PARAMETER(
                  "/prod/api/first", "SecureString", HUSH) "],\"NextToken\":\"u1\"}" },
        { .body = "{\"Parameters\":[" PARAMETER("/prod/api/x", "SecureString", HUSH) "," PARAMETER(
                  "/prod/api/y", "String", HUSH) "," PARAMETER("/prod/api/z", "SecureString",
                  HUSH) "],\"NextToken\":\"u2\"}" },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_path(fixture));
    assert_int_equal(fixture->world->sent_count, 4);
    assert_contains(fixture->world->sent[2].body, "\"WithDecryption\":false");
    assert_null(strstr(fixture->world->sent[2].body, "NextToken"));
    assert_contains(fixture->world->sent[3].body, "\"NextToken\":\"u1\"");
    const struct err *err = only_problem(fixture);
    assert_string_equal(err->code, "AccessDeniedException");
    assert_contains(err->why,
            "; one or more of these SecureStrings could not be decrypted: "
            "/prod/api/x, /prod/api/z");
    assert_null(strstr(err->why, "/prod/api/first"));
    assert_null(strstr(err->why, "/prod/api/y"));
    assert_contains(err->hint, "kms:Decrypt");
    assert_hushed(fixture);
}

static void a_decryption_failure_survives_a_failed_look_for_names(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .status = 400, .body = REFUSAL("InvalidKeyId", "key is disabled") },
        { .status = 400, .body = REFUSAL("ThrottlingException", "Rate exceeded") },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_path(fixture));
    assert_int_equal(fixture->world->sent_count, 2);
    assert_string_equal(only_problem(fixture)->code, "InvalidKeyId");
    assert_string_equal(only_problem(fixture)->why, "key is disabled");
}

static void a_path_is_listed_without_decryption_and_ciphertext_is_not_kept(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[" PARAMETER(
                  "/prod/api/a", "String", "1") "],\"NextToken\":\"t1\"}" },
        { .body = "{\"Parameters\":[" PARAMETER("/prod/api/b", "SecureString", HUSH) "]}" },
    };
    REPLIES(fixture, ROWS);
    fixture->aws.ssm.decryption = PARAMETER_UNDECRYPTED;
    assert_true(fetch_path(fixture));
    assert_contains(fixture->world->sent[0].body, "\"WithDecryption\":false");
    assert_contains(fixture->world->sent[1].body, "\"WithDecryption\":false");
    assert_int_equal(fixture->path.found.len, 2);
    assert_string_equal(secret_expose(&fixture->path.found.items[0].value), "1");
    assert_true(secret_is_empty(&fixture->path.found.items[1].value));
}

/* Should AWS ever say so: asking without decryption once more could not explain it. */
static void a_decryption_failure_without_decryption_is_final(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = { { .status = 400, .body = KMS_REFUSAL } };
    REPLIES(fixture, ROWS);
    fixture->aws.ssm.decryption = PARAMETER_UNDECRYPTED;
    assert_false(fetch_path(fixture));
    assert_int_equal(fixture->world->sent_count, 1);
    assert_string_equal(only_problem(fixture)->code, "AccessDeniedException");
    assert_false(fetch_names(fixture, 2));
    assert_int_equal(fixture->world->sent_count, 1);
}

static void a_decryption_failure_tells_how_to_do_without(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = { { .status = 400, .body = KMS_REFUSAL },
        { .body = "{\"Parameters\":[]}" } };
    REPLIES(fixture, ROWS);
    fixture->aws.ssm.undecrypted_hint = "try otherwise";
    assert_false(fetch_path(fixture));
    assert_contains(only_problem(fixture)->hint, "kms:Decrypt");
    assert_contains(only_problem(fixture)->hint, "must be enabled; try otherwise");
    REPLIES(fixture, ROWS);
    assert_false(fetch_names(fixture, 2));
    assert_contains(only_problem(fixture)->hint, "must be enabled; try otherwise");
}

static void a_reply_that_is_not_a_listing_is_a_protocol_error(void **state)
{
    struct fixture *fixture = *state;
    static const char *const BODIES[] = { "", "<html>" HUSH, "[]", "{\"Parameters\":\"" HUSH "\"}",
        "{\"Parameters\":[" PARAMETER("/prod/api/a", "String", HUSH) };
    for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
        const struct fake_reply replies[] = { { .body = BODIES[i] } };
        REPLIES(fixture, replies);
        if (fetch_path(fixture)) {
            fail_msg("accepted: %s", BODIES[i]);
        }
        assert_int_equal(only_problem(fixture)->kind, ERR_PROTOCOL);
        assert_string_equal(only_problem(fixture)->replier, "ssm.eu-west-1.amazonaws.com");
        assert_hushed(fixture);
    }
}

/* Names. */

/* Answers GetParameters: every requested name exists except those with a 7. */
static void answer_names(
        struct fake_world *world, const struct fake_sent *sent, struct fake_reply *ret_reply)
{
    struct text *body = world->answer_data;
    CLEANUP(text_clear) struct text missing = TEXT_INIT(1024);
    text_reset(body);
    text_append_string(body, "{\"Parameters\":[");
    bool is_first = true;
    for (const char *at = strstr(sent->body, "\"/n/"); at != NULL; at = strstr(at + 1, "\"/n/")) {
        if (at[5] == '7') {
            text_append_format(&missing, "%s\"%.5s\"", missing.len == 0 ? "" : ",", at + 1);
        } else {
            text_append_format(body,
                    "%s{\"Name\":\"%.5s\",\"Type\":\"String\",\"Value\":\"value of %.5s\"}",
                    is_first ? "" : ",", at + 1, at + 1);
            is_first = false;
        }
    }
    text_append_format(body, "],\"InvalidParameters\":[%s]}", text_string(&missing));
    ret_reply->body = text_string(body);
}

static void names_are_asked_for_in_tens(void **state)
{
    struct fixture *fixture = *state;
    fixture->world->answer = answer_names;
    fixture->world->answer_data = &fixture->body;

    static const struct {
        size_t names;
        size_t want_requests;
    } ROWS[] = { { 1, 1 }, { 7, 1 } };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        assert_true(fetch_names(fixture, ROWS[i].names));
        assert_int_equal(fixture->world->sent_count, ROWS[i].want_requests);
    }
    assert_string_equal(secret_expose(&fixture->names[6].found.value), "value of /n/06");
    assert_contains(fixture->world->sent[0].headers, "x-amz-target: AmazonSSM.GetParameters\n");
    assert_int_equal(fixture->world->sent[0].reply_max_bytes, SSM_NAMES_REPLY_MAX_BYTES);
}

static void answer_names_from_a_buffer_each(
        struct fake_world *world, const struct fake_sent *sent, struct fake_reply *ret_reply)
{
    struct text *bodies = world->answer_data;
    void *kept = world->answer_data;
    world->answer_data = &bodies[world->sent_count - 1];
    answer_names(world, sent, ret_reply);
    world->answer_data = kept;
}

static void twenty_three_names_are_three_requests_and_the_missing_are_named(void **state)
{
    struct fixture *fixture = *state;
    struct text bodies[] = { TEXT_INIT(8192), TEXT_INIT(8192), TEXT_INIT(8192) };
    fixture->world->answer = answer_names_from_a_buffer_each;
    fixture->world->answer_data = bodies;
    assert_false(fetch_names(fixture, 23));
    assert_int_equal(fixture->world->sent_count, 3);
    assert_int_equal(fixture->world->under_way_most, 3);
    assert_string_equal(fixture->world->sent[2].body,
            "{\"Names\":[\"/n/20\",\"/n/21\",\"/n/22\"],\"WithDecryption\":true}");
    assert_int_equal(fixture->problems.len, 2);
    assert_string_equal(fixture->problems.items[0].where, "/n/07");
    assert_string_equal(fixture->problems.items[0].why, "there is no /n/07 in eu-west-1");
    assert_string_equal(fixture->problems.items[0].code, "ParameterNotFound");
    assert_string_equal(fixture->problems.items[1].where, "/n/17");
    for (size_t i = 0; i < 23; i++) {
        assert_int_equal(fixture->names[i].is_found, i != 7 && i != 17);
    }

    fixture->names[7].optional = true;
    fixture->names[17].optional = true;
    fixture->world->answer_data = bodies;
    assert_true(fetch_names(fixture, 23));
    assert_true(err_list_is_empty(&fixture->problems));
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        text_clear(&bodies[i]);
    }
}

static void answers_are_matched_to_names_in_every_form(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *asked;
        const char *members; /* of the parameter in the reply */
        bool want;
    } ROWS[] = {
        { "/a", "\"Name\":\"/a\"", true },
        { "/a:3", "\"Name\":\"/a\",\"Selector\":\":3\"", true },
        { "/a:live", "\"Name\":\"/a\",\"Selector\":\":live\"", true },
        { "/a:3", "\"Name\":\"/a\",\"Selector\":\":4\"", false },
        { "/a:3", "\"Name\":\"/a\"", false },
        { "/a:3", "\"Name\":\"/a:3\"", true },
        { "/a", "\"Name\":\"a\"", true },
        { "a", "\"Name\":\"a\"", true },
        { "/a/b", "\"Name\":\"a/b\"", false },
        { "/a", "\"Name\":\"/A\"", false },
        { "/a", "\"Name\":\"/ab\"", false },
        { "/ab", "\"Name\":\"/a\"", false },
        { "arn:aws:ssm:r:1:parameter/a", "\"Name\":\"/a\",\"ARN\":\"arn:aws:ssm:r:1:parameter/a\"",
                true },
        { "arn:aws:ssm:r:1:parameter/a:3",
                "\"Name\":\"/a\",\"Selector\":\":3\",\"ARN\":\"arn:aws:ssm:r:1:parameter/a\"",
                true },
        { "arn:aws:ssm:r:1:parameter/a", "\"Name\":\"/a\",\"ARN\":\"arn:aws:ssm:r:2:parameter/a\"",
                false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        text_reset(&fixture->body);
        text_append_format(&fixture->body,
                "{\"Parameters\":[{%s,\"Type\":\"String\",\"Value\":\"" HUSH "\"}]}",
                ROWS[i].members);
        const struct fake_reply replies[] = { { .body = text_string(&fixture->body) } };
        REPLIES(fixture, replies);
        fixture->names[0].name = ROWS[i].asked;
        if (fetch_names(fixture, 1) != ROWS[i].want) {
            fail_msg("%s answered by %s", ROWS[i].asked, ROWS[i].members);
        }
        assert_int_equal(fixture->names[0].is_found, ROWS[i].want);
        assert_hushed(fixture);
    }
}

static void a_reply_that_says_nothing_about_a_name_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[" PARAMETER("/n/00", "String", "1") "]}" },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_names(fixture, 2));
    assert_int_equal(only_problem(fixture)->kind, ERR_PROTOCOL);
    assert_string_equal(only_problem(fixture)->where, "/n/01");
    assert_string_equal(only_problem(fixture)->why, "the reply does not mention /n/01");
}

static void a_parameter_that_comes_twice_was_not_asked_for_twice(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[" PARAMETER("/n/00", "String", HUSH) "," PARAMETER(
                  "/n/00", "String", HUSH) "]}" },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_names(fixture, 1));
    assert_int_equal(only_problem(fixture)->kind, ERR_PROTOCOL);
    assert_hushed(fixture);
}

static void a_refusal_of_ten_names_is_reported_for_the_one_it_is_about(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .status = 400,
                .body = REFUSAL("AccessDeniedException",
                        "not authorized to perform: ssm:GetParameters on resource: "
                        "arn:aws:ssm:eu-west-1:1:parameter/n/02") },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_names(fixture, 5));
    assert_string_equal(only_problem(fixture)->where, "/n/02");
    assert_contains(only_problem(fixture)->hint,
            "the role needs ssm:GetParameters on arn:aws:ssm:eu-west-1:*:parameter/n/02");
}

static void names_that_cannot_be_decrypted_are_asked_for_undecrypted(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .status = 400, .body = KMS_REFUSAL },
        { .body = "{\"Parameters\":[" PARAMETER("/n/00", "String", HUSH) "," PARAMETER(
                  "/n/01", "SecureString", HUSH) "]}" },
    };
    REPLIES(fixture, ROWS);
    assert_false(fetch_names(fixture, 2));
    assert_string_equal(fixture->world->sent[1].body,
            "{\"Names\":[\"/n/00\",\"/n/01\"],\"WithDecryption\":false}");
    assert_contains(
            only_problem(fixture)->why, "; the SecureString that could not be decrypted: /n/01");
    assert_hushed(fixture);
}

static void names_are_asked_for_without_decryption_and_ciphertext_is_not_kept(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .body = "{\"Parameters\":[" PARAMETER("/n/00", "String", "1") "," PARAMETER(
                  "/n/01", "SecureString", HUSH) "]}" },
    };
    REPLIES(fixture, ROWS);
    fixture->aws.ssm.decryption = PARAMETER_UNDECRYPTED;
    assert_true(fetch_names(fixture, 2));
    assert_string_equal(fixture->world->sent[0].body,
            "{\"Names\":[\"/n/00\",\"/n/01\"],\"WithDecryption\":false}");
    assert_string_equal(secret_expose(&fixture->names[0].found.value), "1");
    assert_true(secret_is_empty(&fixture->names[1].found.value));
}

static void answer_path_or_names(
        struct fake_world *world, const struct fake_sent *sent, struct fake_reply *ret_reply)
{
    if (strstr(sent->headers, "GetParametersByPath") != NULL) {
        ret_reply->body = "{\"Parameters\":[" PARAMETER("/prod/api/a", "String", "1") "]}";
        ret_reply->after_ms = 100;
    } else {
        answer_names(world, sent, ret_reply);
        ret_reply->after_ms = 100;
    }
}

static void paths_and_names_are_asked_for_at_the_same_time(void **state)
{
    struct fixture *fixture = *state;
    fixture->world->answer = answer_path_or_names;
    fixture->world->answer_data = &fixture->body;
    const struct ssm_queries queries = {
        .paths = &fixture->path, .path_count = 1, .names = fixture->names, .name_count = 3
    };
    assert_true(fetch_all(fixture, &queries));
    assert_int_equal(fixture->world->under_way_most, 2);
    assert_int_equal(fixture->world->monotonic_ms, 100);
    assert_int_equal(fixture->path.found.len, 1);
    assert_true(fixture->names[2].is_found);
}

static void nothing_to_fetch_is_a_success(void **state)
{
    struct fixture *fixture = *state;
    const struct ssm_queries queries = { 0 };
    assert_true(fetch_all(fixture, &queries));
    assert_int_equal(fixture->world->sent_count, 0);
}

static void a_wrong_clock_is_corrected_and_the_page_asked_for_again(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply ROWS[] = {
        { .status = 400,
                .headers = "Date: Sun, 30 Aug 2015 13:36:00 GMT\r\n",
                .body = REFUSAL("InvalidSignatureException", "Signature expired") },
        { .body = "{\"Parameters\":[" PARAMETER("/prod/api/a", "String", "1") "]}" },
    };
    REPLIES(fixture, ROWS);
    assert_true(fetch_path(fixture));
    assert_contains(fixture->world->sent[0].headers, "x-amz-date: 20150830T123600Z\n");
    assert_contains(fixture->world->sent[1].headers, "x-amz-date: 20150830T133600Z\n");
    assert_contains(text_string(&fixture->world->heard), "clock is off by -3600 s");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_page_is_one_request),
        TEST(pages_follow_their_tokens_with_the_same_members),
        TEST(a_token_that_is_null_is_the_end),
        TEST(the_same_token_twice_ends_the_listing),
        TEST(a_listing_without_an_end_stops_at_the_page_cap),
        TEST(what_is_kept_of_all_replies_has_one_limit),
        TEST(names_are_below_the_path_at_the_depth_asked_for),
        TEST(an_empty_path_is_an_error_unless_optional),
        TEST(a_path_that_is_itself_a_parameter_is_told),
        TEST(looking_at_the_path_itself_may_be_forbidden),
        TEST(a_refused_path_tells_the_action_and_the_resource),
        TEST(throttling_is_waited_out),
        TEST(a_page_that_cannot_be_decrypted_names_its_secure_strings),
        TEST(a_decryption_failure_survives_a_failed_look_for_names),
        TEST(a_path_is_listed_without_decryption_and_ciphertext_is_not_kept),
        TEST(a_decryption_failure_without_decryption_is_final),
        TEST(a_decryption_failure_tells_how_to_do_without),
        TEST(a_reply_that_is_not_a_listing_is_a_protocol_error),
        TEST(names_are_asked_for_in_tens),
        TEST(twenty_three_names_are_three_requests_and_the_missing_are_named),
        TEST(answers_are_matched_to_names_in_every_form),
        TEST(a_reply_that_says_nothing_about_a_name_is_an_error),
        TEST(a_parameter_that_comes_twice_was_not_asked_for_twice),
        TEST(a_refusal_of_ten_names_is_reported_for_the_one_it_is_about),
        TEST(names_that_cannot_be_decrypted_are_asked_for_undecrypted),
        TEST(names_are_asked_for_without_decryption_and_ciphertext_is_not_kept),
        TEST(paths_and_names_are_asked_for_at_the_same_time),
        TEST(nothing_to_fetch_is_a_success),
        TEST(a_wrong_clock_is_corrected_and_the_page_asked_for_again),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
