/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "json/json.h"
#include "json/json_write.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void quotes_and_escapes_for_a_terminal(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *string;
        const char *want;
    } ROWS[] = {
        { "empty", "", "\"\"" },
        { "plain", "/a/b.c-d_e", "\"/a/b.c-d_e\"" },
        { "quote and backslash", "\"\\", "\"\\\"\\\\\"" },
        { "short escapes", "\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"" },
        { "other controls", "\x01\x1B\x1F", "\"\\u0001\\u001b\\u001f\"" },
        { "DEL", "\x7F", "\"\\u007f\"" },
        { "C1", "\xC2\x80\xC2\x9B\xC2\x9F", "\"\\u0080\\u009b\\u009f\"" },
        { "behind C1", "\xC2\xA0\xC3\xA9", "\"\xC2\xA0\xC3\xA9\"" },
        { "three and four bytes", "\xE2\x82\xAC\xF0\x9F\x94\x91",
                "\"\xE2\x82\xAC\xF0\x9F\x94\x91\"" },
        { "no UTF-8",
                "a\xFF"
                "b",
                "\"a\\ufffdb\"" },
        { "each bad byte by itself", "\xED\xA0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
        { "cut off", "a\xE2\x82", "\"a\\ufffd\\ufffd\"" },
        { "a slash stays", "</script>", "\"</script>\"" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(text_clear) struct text out = TEXT_INIT(256);
        json_write_string(&out, ROWS[i].string);
        if (strcmp(text_string(&out), ROWS[i].want) != 0) {
            fail_msg("%s: got %s", ROWS[i].name, text_string(&out));
        }
    }
}

static void every_character_comes_back_from_the_reader(void **state)
{
    (void)state;
    for (uint32_t code_point = 1; code_point <= 0x10ffff; code_point++) {
        if ((code_point >= 0xd800 && code_point <= 0xdfff)
                || (code_point > 0x1000 && code_point % 31 != 0 && code_point < 0x10fff0)) {
            continue;
        }
        char string[UTF8_MAX_BYTES + 1] = "";
        string[utf8_encode(code_point, string)] = '\0';
        CLEANUP(text_clear) struct text out = TEXT_INIT(64);
        json_write_string(&out, string);
        CLEANUP(secret_clear) struct secret written = SECRET_INIT(64);
        CLEANUP(json_document_clear) struct json_document document = { 0 };
        CLEANUP(text_clear) struct text read = TEXT_INIT(64);
        struct err err;
        secret_append(&written, out.bytes, out.len);
        if (!json_parse(&written, JSON_TOKENS_FILE, NULL, &document, &err)
                || !json_decode_text(json_root(&document), NULL, &read, &err)
                || strcmp(text_string(&read), string) != 0) {
            fail_msg("U+%04X came back as %s", (unsigned int)code_point, text_string(&read));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_and_escapes_for_a_terminal),
        cmocka_unit_test(every_character_comes_back_from_the_reader),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
