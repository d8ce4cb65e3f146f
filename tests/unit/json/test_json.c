/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"

enum {
    TEXT_MAX_BYTES = 8 * 1024 * 1024
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A row's text with its length, so that it may contain a NUL. */
#define BYTES(literal) literal, sizeof(literal) - 1

#define HUSH "hush+hush"

struct parsed {
    struct secret text;
    struct json_document document;
};

static void clear_parsed(struct parsed *parsed)
{
    json_document_clear(&parsed->document);
    secret_clear(&parsed->text);
}

#define PARSED_INIT ((struct parsed){ .text = SECRET_INIT(TEXT_MAX_BYTES) })

static bool parse_bytes(struct parsed *parsed, const char *bytes, size_t len, struct err *reterr)
{
    secret_append(&parsed->text, bytes, len);
    return json_parse(&parsed->text, JSON_TOKENS_FILE, "here", &parsed->document, reterr);
}

static struct json_value parse_good(struct parsed *parsed, const char *text)
{
    struct err err;
    if (!parse_bytes(parsed, text, strlen(text), &err)) {
        fail_msg("%s: %s", text, err.why);
    }
    return json_root(&parsed->document);
}

static void accepts_what_rfc_8259_allows(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *text;
        size_t len;
        enum json_type want;
    } ROWS[] = {
        { "empty object", BYTES("{}"), JSON_OBJECT },
        { "empty array", BYTES("[]"), JSON_ARRAY },
        { "blanks inside empty ones", BYTES("{ \t\r\n}"), JSON_OBJECT },
        { "all kinds of white space around", BYTES(" \t\r\n[ 1 , 2 ]\n\r\t "), JSON_ARRAY },
        { "no white space", BYTES("{\"a\":[1,{\"b\":null}],\"c\":true}"), JSON_OBJECT },
        { "a lone string", BYTES("\"a\""), JSON_STRING },
        { "a lone empty string", BYTES("\"\""), JSON_STRING },
        { "a lone digit", BYTES("7"), JSON_NUMBER },
        { "a lone number", BYTES("-12.5e+3"), JSON_NUMBER },
        { "a lone number and a newline", BYTES("42\n"), JSON_NUMBER },
        { "a lone true", BYTES("true"), JSON_TRUE },
        { "a lone false", BYTES(" false"), JSON_FALSE },
        { "a lone null", BYTES("null "), JSON_NULL },
        { "zero", BYTES("[0]"), JSON_ARRAY },
        { "minus zero", BYTES("[-0]"), JSON_ARRAY },
        { "zero with a fraction", BYTES("[0.0]"), JSON_ARRAY },
        { "zero with an exponent", BYTES("[0e1,0E-1,0e+1]"), JSON_ARRAY },
        { "a very long number", BYTES("[123456789012345678901234567890]"), JSON_ARRAY },
        { "a huge exponent", BYTES("[1e999999]"), JSON_ARRAY },
        { "every escape", BYTES("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uAbCd\"]"), JSON_ARRAY },
        { "an escaped NUL", BYTES("[\"\\u0000\"]"), JSON_ARRAY },
        { "an empty member name", BYTES("{\"\":0}"), JSON_OBJECT },
        { "one name twice", BYTES("{\"a\":1,\"a\":2}"), JSON_OBJECT },
        { "UTF-8 of two bytes", BYTES("[\"\xC3\xA9\"]"), JSON_ARRAY },
        { "UTF-8 of three bytes", BYTES("[\"\xE2\x82\xAC\"]"), JSON_ARRAY },
        { "UTF-8 of four bytes", BYTES("[\"\xF0\x9F\x94\x91\"]"), JSON_ARRAY },
        { "DEL is an ordinary character", BYTES("[\"\x7F\"]"), JSON_ARRAY },
        { "brackets in a string", BYTES("[\"]}{[,:\"]"), JSON_ARRAY },
        { "a lone surrogate escape is grammatical", BYTES("[\"\\ud800\"]"), JSON_ARRAY },
        { "an array in arrays", BYTES("[[],[[]],[[],[]]]"), JSON_ARRAY },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        struct err err;
        if (!parse_bytes(&parsed, ROWS[i].text, ROWS[i].len, &err)) {
            fail_msg("%s: refused: %s", ROWS[i].name, err.why);
        }
        if (json_type_of(json_root(&parsed.document)) != ROWS[i].want) {
            fail_msg("%s: of another type", ROWS[i].name);
        }
    }
}

static void refuses_what_rfc_8259_does_not_allow(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *text;
        size_t len;
    } ROWS[] = {
        { "nothing", BYTES("") },
        { "white space", BYTES(" \n") },
        { "items without a comma", BYTES("[1 2]") },
        { "strings without a comma", BYTES("[\"a\" \"b\"]") },
        { "a lone comma in an object", BYTES("{,}") },
        { "a lone comma in an array", BYTES("[,]") },
        { "a comma at the start", BYTES("[,1]") },
        { "two commas", BYTES("[1,,2]") },
        { "a trailing comma in an array", BYTES("[1,]") },
        { "a trailing comma in an object", BYTES("{\"a\":1,}") },
        { "a member without a value", BYTES("{\"a\"}") },
        { "a colon without a value", BYTES("{\"a\":}") },
        { "a member without a colon", BYTES("{\"a\" 1}") },
        { "two colons", BYTES("{\"a\"::1}") },
        { "a comma for a colon", BYTES("{\"a\",1}") },
        { "a name that is a number", BYTES("{1:2}") },
        { "a name without quotes", BYTES("{a:1}") },
        { "a name that is an object", BYTES("{{}:1}") },
        { "a colon in an array", BYTES("[\"a\":1]") },
        { "an array that ends as an object", BYTES("[1}") },
        { "an object that ends as an array", BYTES("{\"a\":1]") },
        { "an empty one that ends as the other", BYTES("[}") },
        { "an open array", BYTES("[") },
        { "an open array with an item", BYTES("[1") },
        { "an open object", BYTES("{\"a\":1") },
        { "an open object behind a comma", BYTES("{\"a\":1,") },
        { "an open string", BYTES("\"a") },
        { "an open string behind a backslash", BYTES("\"a\\") },
        { "a quote that is escaped", BYTES("\"a\\\"") },
        { "a closing bracket", BYTES("]") },
        { "two values", BYTES("{}{}") },
        { "two numbers", BYTES("1 2") },
        { "a comma behind the value", BYTES("{},") },
        { "a bracket too many", BYTES("[]]") },
        { "a word cut off", BYTES("[tru]") },
        { "a word too long", BYTES("[trues]") },
        { "a word in capitals", BYTES("[True]") },
        { "NaN", BYTES("[NaN]") },
        { "Infinity", BYTES("[-Infinity]") },
        { "a plus sign", BYTES("[+1]") },
        { "a leading zero", BYTES("[01]") },
        { "a leading zero behind minus", BYTES("[-01]") },
        { "two zeros", BYTES("[00]") },
        { "only a minus", BYTES("[-]") },
        { "no digit before the point", BYTES("[.5]") },
        { "no digit behind the point", BYTES("[1.]") },
        { "no digit before the exponent", BYTES("[1.e5]") },
        { "no digit in the exponent", BYTES("[1e]") },
        { "only a sign in the exponent", BYTES("[1e+]") },
        { "a hexadecimal number", BYTES("[0x1]") },
        { "single quotes", BYTES("['a']") },
        { "a comment", BYTES("[1/**/]") },
        { "a line comment", BYTES("//\n1") },
        { "a byte order mark", BYTES("\xEF\xBB\xBF{}") },
        { "a no-break space",
                BYTES("[1,\xC2\xA0"
                      "2]") },
        { "a form feed", BYTES("[1,\f2]") },
        { "an unknown escape", BYTES("[\"\\x41\"]") },
        { "an escape in octal", BYTES("[\"\\0\"]") },
        { "an escaped apostrophe", BYTES("[\"\\'\"]") },
        { "an escaped NUL byte", BYTES("[\"\\\0\"]") },
        { "\\U in upper case", BYTES("[\"\\U0041\"]") },
        { "\\u with three digits", BYTES("[\"\\u004\"]") },
        { "\\u with a letter past f", BYTES("[\"\\u00g1\"]") },
        { "\\u at the end", BYTES("\"\\u00") },
        { "a raw newline in a string", BYTES("[\"a\nb\"]") },
        { "a raw tab in a string", BYTES("[\"a\tb\"]") },
        { "a raw 0x1f in a string", BYTES("[\"\x1F\"]") },
        { "a raw newline in a name", BYTES("{\"a\n\":1}") },
        { "a NUL in a string", BYTES("[\"a\0b\"]") },
        { "a NUL between values",
                BYTES("[1,\0"
                      "2]") },
        { "a NUL behind the value", BYTES("{}\0") },
        { "a NUL in the middle of an object", BYTES("{\"a\":1\0}") },
        { "a lone continuation byte", BYTES("[\"\x80\"]") },
        { "an overlong slash", BYTES("[\"\xC0\xAF\"]") },
        { "an overlong euro sign", BYTES("[\"\xF0\x82\x82\xAC\"]") },
        { "a surrogate in UTF-8", BYTES("[\"\xED\xA0\x80\"]") },
        { "past U+10FFFF", BYTES("[\"\xF4\x90\x80\x80\"]") },
        { "a character cut off by the quote", BYTES("[\"\xE2\x82\"]") },
        { "a character cut off by the end", BYTES("\"\xE2\x82") },
        { "0xff", BYTES("[\"\xFF\"]") },
        { "no UTF-8 in a name", BYTES("{\"\xFF\":1}") },
        { "UTF-16", BYTES("{\0}\0") },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        struct err err = { 0 };
        if (parse_bytes(&parsed, ROWS[i].text, ROWS[i].len, &err)) {
            fail_msg("%s: accepted", ROWS[i].name);
        }
        if (err.kind != ERR_PROTOCOL || strcmp(err.where, "here") != 0
                || strncmp(err.why, "not valid JSON: ", 16) != 0
                || parsed.document.tokens != NULL) {
            fail_msg("%s: told as %d at %s: %s", ROWS[i].name, (int)err.kind, err.where, err.why);
        }
    }
}

static void no_prefix_of_a_document_is_accepted(void **state)
{
    (void)state;
    static const char WHOLE[] =
            "{\"a\\u00e9\":[-1.5e+3,true,false,null,\"\xE2\x82\xAC\\n\"],\"b\":{}}";
    for (size_t len = 0; len < strlen(WHOLE); len++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        struct err err;
        if (parse_bytes(&parsed, WHOLE, len, &err)) {
            fail_msg("the first %zu bytes are accepted", len);
        }
    }
}

static void append_nested(
        struct secret *text, size_t depth, const char *open, const char *inner, const char *close)
{
    for (size_t i = 0; i < depth; i++) {
        secret_append_string(text, open);
    }
    secret_append_string(text, inner);
    for (size_t i = 0; i < depth; i++) {
        secret_append_string(text, close);
    }
}

static void nests_thirty_two_levels_and_no_more(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *open;
        const char *inner;
        const char *close;
    } ROWS[] = {
        { "arrays", "[", "", "]" },
        { "arrays around a number", "[", "1", "]" },
        { "objects", "{\"a\":", "1", "}" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
            CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
            struct err err = { 0 };
            append_nested(&parsed.text, depth, ROWS[i].open, ROWS[i].inner, ROWS[i].close);
            bool is_accepted = json_parse(
                    &parsed.text, JSON_TOKENS_FILE, "here", &parsed.document, &err);
            if (is_accepted != (depth == JSON_DEPTH_MAX)) {
                fail_msg("%s, %zu deep: %s", ROWS[i].name, depth, err.why);
            }
            if (!is_accepted) {
                assert_string_equal(err.why, "not valid JSON: nested too deeply");
            }
        }
    }
}

static void closing_half_a_million_brackets_takes_no_time(void **state)
{
    (void)state;
    CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
    struct err err = { 0 };
    append_nested(&parsed.text, 500000, "[", "", "]");
    assert_false(json_parse(&parsed.text, JSON_TOKENS_FILE, "here", &parsed.document, &err));
    assert_string_equal(err.why, "not valid JSON: nested too deeply");
}

static void holds_as_many_values_and_names_as_allowed_and_no_more(void **state)
{
    (void)state;
    static const size_t LIMITS[] = { 3, 63, 65, 127, 129, 1001 };
    for (size_t i = 0; i < COUNT_OF(LIMITS); i++) {
        for (size_t surplus = 0; surplus <= 1; surplus++) {
            CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
            struct err err = { 0 };
            secret_append_string(&parsed.text, "{\"a\":0");
            for (size_t count = 3; count < LIMITS[i]; count += 2) {
                secret_append_string(&parsed.text, ",\"a\":0");
            }
            secret_append_string(&parsed.text, "}");
            bool is_accepted = json_parse(
                    &parsed.text, LIMITS[i] - surplus, "here", &parsed.document, &err);
            assert_int_equal(is_accepted, surplus == 0);
            assert_string_equal(
                    err.why, is_accepted ? "" : "not valid JSON: too many values and member names");
        }
    }
}

static void says_what_is_wrong_and_in_which_line(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *want;
    } ROWS[] = {
        { "", "a value was expected" },
        { "[,", "a value was expected" },
        { "[1,]", "a value was expected" },
        { "[1,?]", "a value was expected" },
        { "[1,tru]", "a value was expected" },
        { "[1,\x01]", "a value was expected" },
        { "{1:2}", "a member name was expected" },
        { "{\"a\":1,}", "a member name was expected" },
        { "{[]}", "a member name was expected" },
        { "{\"a\" 1}", "a colon was expected" },
        { "{\"a\"}", "a colon was expected" },
        { "{\"a", "ends inside a string" },
        { "{\"a\" \"b", "a colon was expected" },
        { "[1 2]", "a comma or a closing bracket was expected" },
        { "[1}", "a comma or a closing bracket was expected" },
        { "[1 \"", "a comma or a closing bracket was expected" },
        { "[1", "a comma or a closing bracket was expected" },
        { "1]", "unexpected text after the value" },
        { "1,2", "unexpected text after the value" },
        { "{} \"", "unexpected text after the value" },
        { "[01]", "malformed number" },
        { "[1x]", "malformed number" },
        { "\"\\x\"", "malformed escape in a string" },
        { "\"\\u12", "ends inside a string" },
        { "\"\x1f\"", "unescaped control character in a string" },
        { "\"\xff\"", "a string is not valid UTF-8" },
        { "\n", "a value was expected (line 2)" },
        { "[\n1,\n2\n3\n]", "a comma or a closing bracket was expected (line 4)" },
        { "[\n\"\\x\"\n]", "malformed escape in a string (line 2)" },
        { "[\"\n\"]", "unescaped control character in a string (line 1)" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        CLEANUP(text_clear) struct text want = TEXT_INIT(128);
        struct err err = { 0 };
        text_append_format(&want, "not valid JSON: %s", ROWS[i].want);
        assert_false(parse_bytes(&parsed, ROWS[i].text, strlen(ROWS[i].text), &err));
        assert_string_equal(err.why, text_string(&want));
    }
}

/* A parser that recurses, or whose time is quadratic in the depth, does not survive these. */
static void megabytes_of_opening_brackets_are_refused_at_once(void **state)
{
    (void)state;
    static const char *const PIECES[] = { "[", "{\"a\":", "[[]," };
    for (size_t i = 0; i < COUNT_OF(PIECES); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        struct err err = { 0 };
        while (secret_len(&parsed.text) < (size_t)4 * 1024 * 1024) {
            secret_append_string(&parsed.text, PIECES[i]);
        }
        assert_false(json_parse(&parsed.text, JSON_TOKENS_FILE, "here", &parsed.document, &err));
        assert_string_equal(err.why, "not valid JSON: nested too deeply");
    }
}

static void many_items_and_members_are_read(void **state)
{
    (void)state;

    enum {
        MANY = 100000
    };
    CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
    struct err err;
    secret_append_string(&parsed.text, "{\"items\":[");
    for (size_t i = 0; i < MANY; i++) {
        secret_append_string(&parsed.text, i == 0 ? "[1]" : ",[1]");
    }
    secret_append_string(&parsed.text, "]");
    for (size_t i = 0; i < MANY; i++) {
        char member[32];
        (void)snprintf(member, sizeof(member), ",\"m%zu\":%zu", i, i);
        secret_append_string(&parsed.text, member);
    }
    secret_append_string(&parsed.text, "}");
    assert_true(json_parse(&parsed.text, JSON_TOKENS_FILE, "here", &parsed.document, &err));
    struct json_value root = json_root(&parsed.document);
    struct json_value items;
    struct json_value item;
    struct json_value last;
    int64_t number = 0;
    assert_true(json_find(root, "items", &items));
    assert_int_equal(json_count(items), MANY);
    assert_int_equal(json_count(root), MANY + 1);
    size_t count = 0;
    for (size_t cursor = 0; json_next_item(items, &cursor, &item);) {
        count++;
    }
    assert_int_equal(count, MANY);
    assert_true(json_find(root, "m99999", &last));
    assert_true(json_int64(last, &number));
    assert_int_equal(number, 99999);
}

static void messages_never_quote_the_text(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "{\"a\":\"" HUSH,
        "{\"a\":\"" HUSH "\" x}",
        "[" HUSH "]",
        "{\"" HUSH "\" 1}",
        "\"" HUSH "\\x\"",
        "\"" HUSH "\xFF\"",
        "\"" HUSH "\n\"",
        "\"a\" \"" HUSH "\"",
    };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        struct err err = { 0 };
        assert_false(parse_bytes(&parsed, TEXTS[i], strlen(TEXTS[i]), &err));
        if (strstr(err.why, "hush") != NULL || strstr(err.hint, "hush") != NULL) {
            fail_msg("row %zu quotes: %s", i, err.why);
        }
    }
}

/* Members. */

static void finds_an_objects_own_members_only(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *text;
        const char *member;
        int64_t want; /* -1: none */
    } ROWS[] = {
        { "first", "{\"a\":1,\"b\":2}", "a", 1 },
        { "last", "{\"a\":1,\"b\":2}", "b", 2 },
        { "none", "{\"a\":1}", "c", -1 },
        { "none in an empty object", "{}", "a", -1 },
        { "names have their case", "{\"A\":1}", "a", -1 },
        { "a longer name is another", "{\"ab\":1}", "a", -1 },
        { "a shorter name is another", "{\"a\":1}", "ab", -1 },
        { "of a name twice the last", "{\"a\":1,\"b\":3,\"a\":2}", "a", 2 },
        { "the last, though it is null", "{\"a\":1,\"a\":null}", "a", -1 },
        { "null is none", "{\"a\":null}", "a", -1 },
        { "nested before it", "{\"x\":{\"a\":9},\"a\":1}", "a", 1 },
        { "nested behind it", "{\"a\":1,\"x\":{\"a\":9}}", "a", 1 },
        { "only nested", "{\"x\":{\"a\":9}}", "a", -1 },
        { "only nested in an array", "{\"x\":[{\"a\":9}]}", "a", -1 },
        { "a value that looks like the name", "{\"x\":\"a\",\"y\":1}", "a", -1 },
        { "an escaped name", "{\"\\u0061\":1}", "a", 1 },
        { "a partly escaped name", "{\"a\\u0062c\":1}", "abc", 1 },
        { "an escaped slash", "{\"a\\/b\":1}", "a/b", 1 },
        { "escaped beside plain: the last", "{\"a\":1,\"\\u0061\":2}", "a", 2 },
        { "an escape is not what it looks like", "{\"a\\b\":1}", "a\\b", -1 },
        { "an escaped NUL ends no name", "{\"a\\u0000b\":1}", "a", -1 },
        { "an escaped name that goes on", "{\"\\u0061bc\":1}", "ab", -1 },
        { "an escaped name that ends before", "{\"\\u0061\":1}", "ab", -1 },
        { "an escaped name that differs at its start", "{\"x\\u0062\":1}", "ab", -1 },
        { "an escaped name that differs at its end", "{\"\\u0061x\":1}", "ab", -1 },
        { "half a character is not a name", "{\"a\\ud800\":1}", "a", -1 },
        { "the empty name", "{\"\":1}", "", 1 },
        { "an array has no members", "[\"a\",1]", "a", -1 },
        { "a string has no members", "\"a\"", "a", -1 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        struct json_value root = parse_good(&parsed, ROWS[i].text);
        struct json_value member = { 0 };
        int64_t number = -1;
        bool is_found = json_find(root, ROWS[i].member, &member);
        if (is_found && !json_int64(member, &number)) {
            fail_msg("%s: found something that is not a number", ROWS[i].name);
        }
        if (is_found != (ROWS[i].want >= 0) || number != ROWS[i].want) {
            fail_msg("%s: got %lld", ROWS[i].name, (long long)number);
        }
    }
}

static void a_typed_member_is_of_that_type(void **state)
{
    (void)state;

    static const enum json_type TYPES[] = { JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER,
        JSON_TRUE, JSON_FALSE };
    CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
    struct json_value root = parse_good(
            &parsed, "{\"0\":{},\"1\":[],\"2\":\"\",\"3\":0,\"4\":true,\"5\":false,\"6\":null}");
    for (size_t i = 0; i < COUNT_OF(TYPES); i++) {
        for (size_t at = 0; at < 7; at++) {
            const char name[] = { (char)('0' + at), '\0' };
            struct json_value member;
            if (json_find_typed(root, name, TYPES[i], &member) != (i == at)) {
                fail_msg("member %s as type %zu", name, i);
            }
        }
    }
}

static void finds_a_text_that_fits(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *want; /* NULL: none */
    } ROWS[] = { { "text", "a\n" }, { "empty", "" }, { "full", "123456" }, { "long", NULL },
        { "half", NULL }, { "number", NULL }, { "null", NULL }, { "missing", NULL } };

    CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
    struct json_value root = parse_good(&parsed,
            "{\"text\":\"a\\n\",\"empty\":\"\",\"full\":\"123456\",\"long\":\"1234567\","
            "\"half\":\"\\ud800\",\"number\":1,\"null\":null}");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(text_clear) struct text text = TEXT_INIT(6);
        bool is_found = json_find_text(root, ROWS[i].name, &text);
        if (is_found != (ROWS[i].want != NULL)
                || (is_found && strcmp(text_string(&text), ROWS[i].want) != 0)) {
            fail_msg("%s: \"%s\"", ROWS[i].name, text_string(&text));
        }
    }
}

static void walks_and_counts_items(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *text;
        size_t want_items;
        size_t want_count;
    } ROWS[] = {
        { "empty", "[]", 0, 0 },
        { "one", "[1]", 1, 1 },
        { "nested ones count once", "[[1,2],{\"a\":[3]},\"x\"]", 3, 3 },
        { "an object has members, no items", "{\"a\":1,\"b\":[1,2]}", 0, 2 },
        { "a string has none", "\"abc\"", 0, 0 },
        { "a number has none", "1", 0, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        struct json_value root = parse_good(&parsed, ROWS[i].text);
        struct json_value item;
        size_t items = 0;
        for (size_t cursor = 0; json_next_item(root, &cursor, &item);) {
            items++;
        }
        if (items != ROWS[i].want_items || json_count(root) != ROWS[i].want_count) {
            fail_msg("%s: %zu items, count %zu", ROWS[i].name, items, json_count(root));
        }
    }
}

static void items_come_in_order(void **state)
{
    (void)state;
    CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
    struct json_value root = parse_good(&parsed, "{\"a\":[[9],1,{\"x\":[2,3]},4],\"b\":5}");
    struct json_value array;
    struct json_value item;
    size_t cursor = 0;
    int64_t number = 0;
    assert_true(json_find(root, "a", &array));
    assert_true(json_next_item(array, &cursor, &item));
    assert_int_equal(json_type_of(item), JSON_ARRAY);
    assert_true(json_next_item(array, &cursor, &item));
    assert_true(json_int64(item, &number));
    assert_int_equal(number, 1);
    assert_true(json_next_item(array, &cursor, &item));
    assert_int_equal(json_type_of(item), JSON_OBJECT);
    assert_true(json_next_item(array, &cursor, &item));
    assert_true(json_int64(item, &number));
    assert_int_equal(number, 4);
    assert_false(json_next_item(array, &cursor, &item));
}

/* Strings. */

static void decodes_every_escape_into_secret_and_text(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *text;
        const char *want;
        size_t want_len;
    } ROWS[] = {
        { "empty", "\"\"", BYTES("") },
        { "plain", "\"abc\"", BYTES("abc") },
        { "short escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", BYTES("\"\\/\b\f\n\r\t") },
        { "between plain pieces", "\"a\\nb\\tc\"", BYTES("a\nb\tc") },
        { "a backslash before n", "\"\\\\n\"", BYTES("\\n") },
        { "ASCII by number", "\"\\u0041\\u007a\"", BYTES("Az") },
        { "digits in both cases", "\"\\u00e9\\u00E9\"", BYTES("\xC3\xA9\xC3\xA9") },
        { "NUL", "\"a\\u0000b\"", BYTES("a\0b") },
        { "the last of one byte", "\"\\u007f\"", BYTES("\x7F") },
        { "the first of two bytes", "\"\\u0080\"", BYTES("\xC2\x80") },
        { "the last of two bytes", "\"\\u07ff\"", BYTES("\xDF\xBF") },
        { "the first of three bytes", "\"\\u0800\"", BYTES("\xE0\xA0\x80") },
        { "the last before the surrogates", "\"\\ud7ff\"", BYTES("\xED\x9F\xBF") },
        { "the first behind the surrogates", "\"\\ue000\"", BYTES("\xEE\x80\x80") },
        { "the last of three bytes", "\"\\uffff\"", BYTES("\xEF\xBF\xBF") },
        { "the first pair", "\"\\ud800\\udc00\"", BYTES("\xF0\x90\x80\x80") },
        { "a pair in the middle", "\"x\\uD83D\\uDD11y\"", BYTES("x\xF0\x9F\x94\x91y") },
        { "the last pair", "\"\\udbff\\udfff\"", BYTES("\xF4\x8F\xBF\xBF") },
        { "raw UTF-8", "\"\xF0\x9F\x94\x91\"", BYTES("\xF0\x9F\x94\x91") },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        CLEANUP(secret_clear) struct secret secret = SECRET_INIT(64);
        CLEANUP(text_clear) struct text text = TEXT_INIT(64);
        struct json_value root = parse_good(&parsed, ROWS[i].text);
        struct err err;
        if (!json_decode_secret(root, "here", &secret, &err)
                || !json_decode_text(root, "here", &text, &err)) {
            fail_msg("%s: %s", ROWS[i].name, err.why);
        }
        if (secret_len(&secret) != ROWS[i].want_len
                || memcmp(secret_expose(&secret), ROWS[i].want, ROWS[i].want_len) != 0) {
            fail_msg("%s: the secret is another", ROWS[i].name);
        }
        if (text.len != ROWS[i].want_len
                || memcmp(text_string(&text), ROWS[i].want, ROWS[i].want_len) != 0) {
            fail_msg("%s: the text is another", ROWS[i].name);
        }
        if (json_encoded_len(root) < ROWS[i].want_len) {
            fail_msg("%s: the encoded length is not an upper bound", ROWS[i].name);
        }
    }
}

static void half_characters_are_refused(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *text;
    } ROWS[] = {
        { "a high one at the end", "\"\\ud800\"" },
        { "a high one before text", "\"\\ud83dabcdefgh\"" },
        { "a high one before another escape", "\"\\ud83d\\n12345\"" },
        { "a high one before a character", "\"\\ud83d\\u0041\"" },
        { "two high ones", "\"\\ud83d\\ud83d\"" },
        { "a high one before the last that is not low", "\"\\ud800\\udbff\"" },
        { "a high one before the first behind the surrogates", "\"\\ud800\\ue000\"" },
        { "a high one before the last of four digits", "\"\\ud800\\uffff\"" },
        { "a low one", "\"\\udc00\"" },
        { "two low ones", "\"\\udc00\\udc00\"" },
        { "the last low one", "\"\\udfff\"" },
        { "the wrong way round", "\"\\udd11\\ud83d\"" },
        { "behind a whole pair", "\"\\ud83d\\udd11\\ud83d\"" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        CLEANUP(secret_clear) struct secret secret = SECRET_INIT(64);
        CLEANUP(text_clear) struct text text = TEXT_INIT(64);
        struct json_value root = parse_good(&parsed, ROWS[i].text);
        struct err err = { 0 };
        if (json_decode_text(root, "here", &text, &err)
                || json_decode_secret(root, "here", &secret, &err)) {
            fail_msg("%s: accepted", ROWS[i].name);
        }
        assert_int_equal(err.kind, ERR_PROTOCOL);
        assert_string_equal(err.where, "here");
    }
}

static void decoding_appends_and_leaves_limits_to_the_target(void **state)
{
    (void)state;
    CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(6);
    struct json_value root = parse_good(&parsed, "\"abc\"");
    struct err err = { 0 };
    assert_true(json_decode_secret(root, "here", &secret, &err));
    assert_true(json_decode_secret(root, "here", &secret, &err));
    assert_string_equal(secret_expose(&secret), "abcabc");
    assert_true(json_decode_secret(root, "here", &secret, &err));
    assert_false(secret_check(&secret, "here", &err));
}

static void decoding_wants_a_string(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "{}", "[\"a\"]", "1", "true", "null" };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        CLEANUP(text_clear) struct text text = TEXT_INIT(64);
        struct json_value root = parse_good(&parsed, TEXTS[i]);
        struct err err = { 0 };
        if (json_decode_text(root, "here", &text, &err)) {
            fail_msg("%s: decoded", TEXTS[i]);
        }
        assert_int_equal(err.kind, ERR_PROTOCOL);
    }
}

/* Numbers. */

static void reads_numbers(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        bool is_number;
        double want;
        bool is_int64;
        int64_t want_int64;
    } ROWS[] = {
        { "0", true, 0, true, 0 },
        { "-0", true, 0, true, 0 },
        { "7", true, 7, true, 7 },
        { "-7", true, -7, true, -7 },
        { "1.0", true, 1, true, 1 },
        { "1.5", true, 1.5, false, 0 },
        { "1e3", true, 1000, true, 1000 },
        { "1E+3", true, 1000, true, 1000 },
        { "1e-1", true, 0.1, false, 0 },
        { "1.607453621072E9", true, 1607453621.072, false, 0 },
        { "1.7E9", true, 1.7e9, true, 1700000000 },
        { "9007199254740992", true, 9007199254740992.0, true, INT64_C(9007199254740992) },
        { "-9007199254740992", true, -9007199254740992.0, true, -INT64_C(9007199254740992) },
        { "9007199254740994", true, 9007199254740994.0, false, 0 },
        { "1e19", true, 1e19, false, 0 },
        { "1e308", true, 1e308, false, 0 },
        { "1e309", false, 0, false, 0 },
        { "-1e309", false, 0, false, 0 },
        { "1e-400", true, 0, true, 0 },
        { "0.1000000000000000000000000000000000000000000000000000000000000000001", true, 0.1, false,
                0 },
        { "\"1\"", false, 0, false, 0 },
        { "true", false, 0, false, 0 },
        { "[1]", false, 0, false, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_parsed) struct parsed parsed = PARSED_INIT;
        CLEANUP(text_clear) struct text text = TEXT_INIT(128);
        text_append_format(&text, "{\"n\":%s}", ROWS[i].text);
        struct json_value root = parse_good(&parsed, text_string(&text));
        struct json_value value;
        double number = -1;
        int64_t whole = -1;
        assert_true(json_find(root, "n", &value));
        if (json_number(value, &number) != ROWS[i].is_number
                || (ROWS[i].is_number && (number < ROWS[i].want || number > ROWS[i].want))) {
            fail_msg("%s: read as %f", ROWS[i].text, number);
        }
        if (json_int64(value, &whole) != ROWS[i].is_int64
                || (ROWS[i].is_int64 && whole != ROWS[i].want_int64)) {
            fail_msg("%s: read as whole %lld", ROWS[i].text, (long long)whole);
        }
    }
}

static void clearing_may_be_repeated(void **state)
{
    (void)state;
    struct parsed parsed = PARSED_INIT;
    (void)parse_good(&parsed, "[1]");
    json_document_clear(&parsed.document);
    json_document_clear(&parsed.document);
    assert_null(parsed.document.tokens);
    secret_clear(&parsed.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_what_rfc_8259_allows),
        cmocka_unit_test(refuses_what_rfc_8259_does_not_allow),
        cmocka_unit_test(no_prefix_of_a_document_is_accepted),
        cmocka_unit_test(nests_thirty_two_levels_and_no_more),
        cmocka_unit_test(closing_half_a_million_brackets_takes_no_time),
        cmocka_unit_test(holds_as_many_values_and_names_as_allowed_and_no_more),
        cmocka_unit_test(says_what_is_wrong_and_in_which_line),
        cmocka_unit_test(megabytes_of_opening_brackets_are_refused_at_once),
        cmocka_unit_test(many_items_and_members_are_read),
        cmocka_unit_test(messages_never_quote_the_text),
        cmocka_unit_test(finds_an_objects_own_members_only),
        cmocka_unit_test(a_typed_member_is_of_that_type),
        cmocka_unit_test(finds_a_text_that_fits),
        cmocka_unit_test(walks_and_counts_items),
        cmocka_unit_test(items_come_in_order),
        cmocka_unit_test(decodes_every_escape_into_secret_and_text),
        cmocka_unit_test(half_characters_are_refused),
        cmocka_unit_test(decoding_appends_and_leaves_limits_to_the_target),
        cmocka_unit_test(decoding_wants_a_string),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(clearing_may_be_repeated),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
