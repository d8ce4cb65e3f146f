/* SPDX-License-Identifier: MIT */
#include "options_value.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/duration.h"
#include "base/shown.h"
#include "report.h"
#include "vars/var_name.h"

int option_read_bool(const char *word)
{
    static const char *const words[] = { "0", "1", "false", "true", "no", "yes", "off", "on" };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (ascii_equals_ignoring_case(word, words[i])) {
            return (int)(i % 2);
        }
    }
    return -1;
}

static void add_unexpected(
        const struct option_given *given, struct err_list *problems, const char *expected)
{
    char shown[SHOWN_BYTES];
    option_given_add_error(given, problems, NULL, "expected %s, not \"%s\"", expected,
            shown_word(given->value, strlen(given->value), shown));
}

static void store_flag(const struct option_given *given, bool *flag, struct err_list *problems)
{
    int value = given->value == NULL ? 1 : option_read_bool(given->value);
    if (value < 0) {
        add_unexpected(given, problems, "1, true, yes, on or 0, false, no, off");
    } else {
        *flag = value == 1;
    }
}

static void store_text(const struct option_given *given, struct option_text *text)
{
    text->value = given->value;
    memcpy(text->where, given->where, sizeof(text->where));
}

static void store_duration(
        const struct option_given *given, int64_t *duration_ms, struct err_list *problems)
{
    if (!duration_parse(given->value, duration_ms)) {
        add_unexpected(given, problems,
                "a duration such as 500ms, 30s, 2m or 1h (a whole number above 0, at most 24h)");
    }
}

static void store_log_format(
        const struct option_given *given, enum report_format *format, struct err_list *problems)
{
    if (strcmp(given->value, "json") == 0) {
        *format = REPORT_JSON;
    } else if (strcmp(given->value, "text") == 0) {
        *format = REPORT_TEXT;
    } else {
        add_unexpected(given, problems, "text or json");
    }
}

/* Inherited variables may have any name, so any name may be kept or removed. */
static bool is_pattern(const char *text, size_t len)
{
    const char *star = memchr(text, '*', len);
    return len > 0 && memchr(text, '=', len) == NULL && (star == NULL || star == text + len - 1);
}

void option_store_names(const struct option_given *given,
        option_is_name *is_name,
        struct string_list *list,
        struct err_list *problems)
{
    const char *separators = given->is_variable ? ", \t\n" : ",";
    const char *name = given->value + strspn(given->value, separators);
    if (*name == '\0' && !given->is_variable) {
        option_given_add_error(given, problems, NULL, "expected a variable name");
    }
    while (*name != '\0') {
        char shown[SHOWN_BYTES];
        struct err err;
        size_t len = strcspn(name, separators);
        if (!is_name(name, len)) {
            bool has_star = is_name == is_pattern && memchr(name, '*', len) != NULL;
            option_given_add_error(given, problems,
                    has_star ? "a '*' can only be the last character" : NULL,
                    "\"%s\" is not a variable name", shown_name(name, len, shown));
        } else if (!string_list_add(list, name, len, &err)) {
            (void)err_list_add(problems, &err);
        }
        name += len + strspn(name + len, separators);
    }
}

void option_store(const struct option_given *given, void *options, struct err_list *problems)
{
    void *member = (char *)options + given->option->member;
    switch (given->option->kind) {
    case KIND_FLAG:
        store_flag(given, member, problems);
        break;
    case KIND_TEXT:
        store_text(given, member);
        break;
    case KIND_NAMES:
        option_store_names(given, var_name_is_valid, member, problems);
        break;
    case KIND_PATTERNS:
        option_store_names(given, is_pattern, member, problems);
        break;
    case KIND_DURATION:
        store_duration(given, member, problems);
        break;
    case KIND_LOG_FORMAT:
        store_log_format(given, member, problems);
        break;
    case KIND_HELP:
        *(enum options_action *)member = OPTIONS_HELP;
        break;
    case KIND_VERSION:
        *(enum options_action *)member = OPTIONS_VERSION;
        break;
    default:
        break; /* the program's own */
    }
}
