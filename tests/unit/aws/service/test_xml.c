/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/service/xml.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool find(const char *document, const char *path, struct secret *ret_text)
{
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(1024 * 1024);
    secret_append_string(&text, document);
    return xml_find(&text, path, ret_text);
}

static void finds_the_text_at_a_path(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *document;
        const char *path;
        const char *want;
    } ROWS[] = {
        { "plain", "<a><b>x</b></a>", "a/b", "x" },
        { "the root", "<a>x</a>", "a", "x" },
        { "a declaration before it", "<?xml version=\"1.0\"?>\n<a><b>x</b></a>", "a/b", "x" },
        { "attributes", "<a xmlns=\"https://x/>y\" q='<\"'><b c=\"/\">x</b></a>", "a/b", "x" },
        { "white space stays", "<a>\n <b> x\n</b></a>", "a/b", " x\n" },
        { "white space in tags", "<a\n><b\t>x</b ></a\n>", "a/b", "x" },
        { "the first of several", "<a><b>x</b><b>y</b></a>", "a/b", "x" },
        { "not one that lies deeper", "<a><c><b>x</b></c><b>y</b></a>", "a/b", "y" },
        { "not one beside the path", "<a><c><d>x</d></c><b><d>y</d></b></a>", "a/b/d", "y" },
        { "its own text alone", "<a><b>x<c>y</c>z</b></a>", "a/b", "xz" },
        { "empty", "<a><b></b></a>", "a/b", "" },
        { "an empty tag", "<a><b/></a>", "a/b", "" },
        { "an empty tag with a blank", "<a><c/><b /></a>", "a/b", "" },
        { "entities", "<a>&lt;&gt;&amp;&quot;&apos;</a>", "a", "<>&\"'" },
        { "the last of Unicode", "<a>&#x10ffff;</a>", "a", "\xF4\x8F\xBF\xBF" },
        { "references", "<a>&#65;&#x42;&#xe9;&#128273;</a>", "a", "AB\xC3\xA9\xF0\x9F\x94\x91" },
        { "comments", "<a><!-- <b>no</b> --><b>x<!-- - -->y</b></a>", "a/b", "xy" },
        { "a name that begins like it", "<a><bb>x</bb><b>y</b></a>", "a/b", "y" },
        { "a token", "<a>FwoGZXIvYXdzEB==/+</a>", "a", "FwoGZXIvYXdzEB==/+" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(secret_clear) struct secret text = SECRET_INIT(1024);
        if (!find(ROWS[i].document, ROWS[i].path, &text)
                || strcmp(secret_expose(&text), ROWS[i].want) != 0) {
            fail_msg("%s: \"%s\"", ROWS[i].name, secret_expose(&text));
        }
    }
}

static void gives_nothing_for_what_is_missing_or_malformed(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *document;
    } ROWS[] = {
        { "nothing", "" },
        { "text alone", "hello" },
        { "another element", "<a><c>x</c></a>" },
        { "another root", "<z><b>x</b></z>" },
        { "a document type", "<!DOCTYPE a [<!ENTITY b \"x\">]><a><b>x</b></a>" },
        { "CDATA", "<a><b><![CDATA[x]]></b></a>" },
        { "an unknown entity", "<a><b>&xxe;</b></a>" },
        { "an entity without end", "<a><b>x&amp</b></a>" },
        { "a bare ampersand", "<a><b>x & y</b></a>" },
        { "reference to NUL", "<a><b>&#0;</b></a>" },
        { "reference to a surrogate", "<a><b>&#xd800;</b></a>" },
        { "reference past Unicode", "<a><b>&#x110000;</b></a>" },
        { "an overlong reference", "<a><b>&#99999999999999999999;</b></a>" },
        { "a reference without digits", "<a><b>&#;</b></a>" },
        { "hexadecimal digits in decimal", "<a><b>&#1f;</b></a>" },
        { "cut in the text", "<a><b>x" },
        { "cut in a tag", "<a><b" },
        { "cut in the end tag", "<a><b>x</b" },
        { "cut in an attribute", "<a q=\"><b>x</b></a>" },
        { "a wrong end tag", "<a><b>x</c></a>" },
        { "an end tag alone", "</a><a><b>x</b></a>" },
        { "a tag in a tag", "<a <b>x</b></a>" },
        { "text in front of the root", "x<a><b>x</b></a>" },
        { "a line of text in front of the root", "HTTP/1.1 200 OK\r\n\r\n<a><b>x</b></a>" },
        { "text behind another root", "<z/>x<a><b>x</b></a>" },
        { "no name", "<a><>x</><b>x</b></a>" },
        { "too deep",
                "<a><c><c><c><c><c><c><c><c><c><c><c><c><c><c><c><c></c></c></c></c></c></c>"
                "</c></c></c></c></c></c></c></c></c></c><b>x</b></a>" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(secret_clear) struct secret text = SECRET_INIT(1024);
        if (find(ROWS[i].document, "a/b", &text) || !secret_is_empty(&text)) {
            fail_msg("%s: \"%s\"", ROWS[i].name, secret_expose(&text));
        }
    }
}

static void a_text_that_does_not_fit_is_not_begun(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret document = SECRET_INIT(1024);
    secret_append_string(&document, "<a><b>12345</b></a>");
    for (size_t room = 4; room <= 5; room++) {
        CLEANUP(secret_clear) struct secret text = SECRET_INIT(room);
        struct err err;
        assert_int_equal(xml_find(&document, "a/b", &text), room == 5);
        assert_int_equal(secret_len(&text), room == 5 ? 5 : 0);
        assert_true(secret_check(&text, NULL, &err));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_text_at_a_path),
        cmocka_unit_test(a_text_that_does_not_fit_is_not_begun),
        cmocka_unit_test(gives_nothing_for_what_is_missing_or_malformed),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
