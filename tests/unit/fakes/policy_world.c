/* SPDX-License-Identifier: MIT */
#include "fakes/policy_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const char *const POLICY_HOSTILE[] = {
    "",
    " ",
    "a\"b",
    "/a\"b",
    "/a\\b",
    "/a b",
    "/a\tb",
    "/a\nb",
    "/a\x1b[2Jb",
    "/a\x7f",
    "/a*",
    "*",
    "/a?",
    "/${aws:username}",
    "/a$",
    "/a\xc3\xa9",
    "/a\xff",
    "/a,/b",
    "/a'",
    "/a#b",
    NULL,
};

struct string_list policy_words(const char *words)
{
    struct string_list list = { 0 };
    for (const char *at = words; at != NULL && *at != '\0';) {
        struct err err;
        size_t len = strcspn(at, " ");
        assert_true(string_list_add(&list, at, len, &err));
        at += len + (at[len] == ' ' ? 1 : 0);
    }
    return list;
}

static struct err_list problems;

struct err_list *policy_problems(void)
{
    err_list_clear(&problems);
    return &problems;
}

bool policy_first(bool ok, struct err *err)
{
    assert_int_equal(ok, err_list_is_empty(&problems));
    if (!ok) {
        *err = problems.items[0];
    }
    err_list_clear(&problems);
    return ok;
}

void policy_expect_vector(
        bool ok, const struct policy_output *output, const struct err *err, const char *name)
{
    static char want[64 * 1024];
    char path[512];
    if (!ok) {
        fail_msg("%s: %s: %s", name, err->where, err->why);
    }
    (void)snprintf(path, sizeof(path), "%s/policies/%s.json", TEST_VECTORS, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    want[fread(want, 1, sizeof(want) - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    if (strcmp(text_string(&output->json), want) != 0) {
        fail_msg("%s: got %s", name, text_string(&output->json));
    }
}

void policy_expect_refusal(bool ok, const struct err *err, const char *option, const char *row)
{
    if (ok) {
        fail_msg("%s: taken", row);
    }
    if (err->kind != ERR_USAGE || strcmp(err->where, option) != 0 || err->why[0] == '\0') {
        fail_msg("%s: got %s: %s", row, err->where, err->why);
    }
}

void policy_expect_row_refusal(bool ok, const struct err *err, const char *option, size_t row)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "row %zu", row);
    policy_expect_refusal(ok, err, option, name);
}

bool policy_has_remark(const struct policy_output *output, const char *text)
{
    for (size_t i = 0; i < output->remarks.len; i++) {
        if (strstr(output->remarks.items[i], text) != NULL) {
            return true;
        }
    }
    return false;
}

bool policy_has(const struct policy_output *output, const char *text)
{
    return strstr(text_string(&output->json), text) != NULL;
}
