/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "migrate/inventory.h"
#include "migrate/inventory_note.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    FILES_MAX = 4,
    TEXT_MAX_BYTES = 1 << 16
};

struct fixture {
    struct dotenv dotenvs[FILES_MAX];
    struct env_file files[FILES_MAX];
    struct inventory inventory;
};

static void clear(struct fixture *fixture)
{
    inventory_clear(&fixture->inventory);
    for (size_t i = 0; i < FILES_MAX; i++) {
        dotenv_clear(&fixture->dotenvs[i]);
    }
}

/* texts: of the files a, b, c and d; NULL at the end. */
static void make(struct fixture *fixture, const char *const texts[])
{
    static const char *const names[FILES_MAX] = { "a", "b", "c", "d" };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    struct err err;
    size_t count = 0;
    for (; count < FILES_MAX && texts[count] != NULL; count++) {
        CLEANUP(secret_clear) struct secret text = SECRET_INIT(TEXT_MAX_BYTES);
        secret_append_string(&text, texts[count]);
        assert_true(dotenv_parse(&text, names[count], &fixture->dotenvs[count], &problems));
        fixture->files[count] = (struct env_file){ names[count], &fixture->dotenvs[count] };
    }
    assert_true(inventory_make(fixture->files, count, &fixture->inventory, &err));
}

/* "NAME kind spread set_count: note; note" for each row, one a line. */
static void render(const struct inventory *inventory, struct text *out)
{
    for (size_t i = 0; i < inventory->len; i++) {
        const struct inventory_row *row = &inventory->rows[i];
        text_append_format(out, "%s %s %s %zu", row->name, classify_kind_word(row->kind),
                inventory_spread_word(row->spread), row->set_count);
        for (unsigned note = 0; note < INVENTORY_NOTE_COUNT; note++) {
            if ((row->notes & (1U << note)) != 0) {
                text_append_string(out, "; ");
                inventory_note_write(inventory, row, 1U << note, out);
            }
        }
        text_append_string(out, "\n");
    }
}

static void files_are_put_side_by_side(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *texts[FILES_MAX];
        const char *want;
    } ROWS[] = {
        { "no file has anything", { "" }, "" },
        { "one file", { "B=1\nA=x\n" }, "A unknown - 1\nB config - 1\n" },
        { "sorted", { "B=1\nD=1\n", "A=1\nC=1\n" },
                "A config - 1; not in a\nB config - 1; not in b\nC config - 1; not in a\n"
                "D config - 1; not in b\n" },
        { "shared and specific", { "A=1\nB=1\n", "A=1\nB=2\n" },
                "A config shared 2\nB config specific 2\n" },
        { "a beginning is another value", { "A=12\n", "A=1\n" }, "A config specific 2\n" },
        { "only in one of three", { "A=1\n", "", "" }, "A config - 1; only in a\n" },
        { "not in two of four", { "A=1\n", "", "A=1\n", "" },
                "A config shared 2; not in b and d\n" },
        { "the same secret", { "T_TOKEN=hunter2\n", "T_TOKEN=hunter2\n" },
                "T_TOKEN secret SAME 2; the same secret in a and b\n" },
        { "some of them", { "T_TOKEN=x1\n", "T_TOKEN=x2\n", "T_TOKEN=x3\n", "T_TOKEN=x2\n" },
                "T_TOKEN secret SAME 4; the same secret in b and d\n" },
        { "three of them", { "T_TOKEN=x1\n", "T_TOKEN=x1\n", "T_TOKEN=x1\n", "T_TOKEN=x2\n" },
                "T_TOKEN secret SAME 4; the same secret in a, b and c\n" },
        { "two pairs", { "T_TOKEN=x1\n", "T_TOKEN=x2\n", "T_TOKEN=x2\n", "T_TOKEN=x1\n" },
                "T_TOKEN secret SAME 4; the same secret in a and d, and in b and c\n" },
        { "no secret is there yet", { "T_TOKEN=\n", "T_TOKEN=\n" },
                "T_TOKEN secret shared 2; empty\n" },
        { "placeholders", { "T_TOKEN=changeme\n", "T_TOKEN=changeme\n" },
                "T_TOKEN likely shared 2; placeholder\n" },
        { "references", { "T_TOKEN=ssm:///t\n", "T_TOKEN=ssm:///t\n" },
                "T_TOKEN secret shared 2; reference to a parameter already\n" },
        { "the most careful kind", { "A=1\n", "A=postgres://u:hunter2@h/d\n", "A=h.example.org\n" },
                "A secret specific 3\n" },
        { "where a note holds", { "A=1\n", "A=\n", "A=\n" },
                "A config specific 3; empty in b and c\n" },
        { "twice", { "A=1\nA=2\n", "A=2\n" },
                "A config shared 2; set twice, the last line counts in a\n" },
        { "expands what is known", { "A=x$B\nB=1\n", "A='${C} ${B}'\nC=1\n" },
                "A unknown specific 2; expands ${B}, ${C}\nB config - 1; not in b\nC config - 1; not in a\n" },
        { "as a whole", { "A=x${B:-1}\\\\$C$CC\nB=1\nC=1\nCCC=1\n" },
                "A unknown - 1; expands ${B}\nB config - 1\nC config - 1\nCCC config - 1\n" },
        { "itself", { "A=x$A\n" }, "A unknown - 1; expands ${A}\n" },
        { "expands what is not known", { "A=x$hunter2\n" },
                "A unknown - 1; has a $ that other loaders expand\n" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear) struct fixture fixture = { 0 };
        CLEANUP(text_clear) struct text got = TEXT_INIT(TEXT_MAX_BYTES);
        const char *texts[FILES_MAX + 1] = { ROWS[i].texts[0], ROWS[i].texts[1], ROWS[i].texts[2],
            ROWS[i].texts[3], NULL };
        make(&fixture, texts);
        render(&fixture.inventory, &got);
        if (strcmp(text_string(&got), ROWS[i].want) != 0) {
            fail_msg("%s:\n%s", ROWS[i].name, text_string(&got));
        }
        assert_null(strstr(text_string(&got), "hunter2"));
    }
}

static void a_note_knows_the_files_that_it_is_about(void **state)
{
    (void)state;
    CLEANUP(clear) struct fixture fixture = { 0 };
    const char *const texts[] = { "A_TOKEN=x1\nA_TOKEN=x1\n", "A_TOKEN=x2\n", "", "A_TOKEN=x1\n",
        NULL };
    make(&fixture, texts);
    const struct inventory_row *row = &fixture.inventory.rows[0];
    assert_int_equal(row->notes, INVENTORY_TWICE | INVENTORY_REUSED | INVENTORY_MISSING);

    static const struct {
        unsigned note;
        bool is_about[FILES_MAX];
    } ROWS[] = {
        { INVENTORY_TWICE, { true, false, false, false } },
        { INVENTORY_REUSED, { true, false, false, true } },
        { INVENTORY_MISSING, { false, false, true, false } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        for (size_t file = 0; file < FILES_MAX; file++) {
            assert_int_equal(inventory_note_is_about(&fixture.inventory, row, ROWS[i].note, file),
                    ROWS[i].is_about[file]);
        }
    }
}

static void every_note_has_a_word_and_a_sentence(void **state)
{
    (void)state;
    CLEANUP(clear) struct fixture fixture = { 0 };
    const char *const texts[] = { "A=1\n", NULL };
    make(&fixture, texts);
    for (unsigned i = 0; i < INVENTORY_NOTE_COUNT; i++) {
        CLEANUP(text_clear) struct text sentence = TEXT_INIT(TEXT_MAX_BYTES);
        inventory_note_write(&fixture.inventory, &fixture.inventory.rows[0], 1U << i, &sentence);
        assert_true(sentence.len > 4);
        assert_true(strlen(inventory_note_word(1U << i)) > 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_put_side_by_side),
        cmocka_unit_test(a_note_knows_the_files_that_it_is_about),
        cmocka_unit_test(every_note_has_a_word_and_a_sentence),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
