/* SPDX-License-Identifier: MIT */
#include "options_given.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/similar.h"

void option_given_add_error(const struct option_given *given,
        struct err_list *problems,
        const char *hint,
        const char *format,
        ...)
{
    char why[512];
    struct err err;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    (void)err_set(&err, ERR_USAGE, given->where, "%s", why);
    err_set_hint(&err, "%s", hint == NULL ? given->table->help_hint : hint);
    (void)err_list_add(problems, &err);
}

const struct option *options_find_similar(
        const struct options_table *table, const char *name, bool with_words)
{
    const struct option *similar = NULL;
    size_t least = strlen(name) / 3 + 1;
    for (size_t i = 0; i < table->count + (with_words ? 1 : 0); i++) {
        const struct option *candidate = i < table->count ? &table->rows[i] : table->words;
        size_t distance = similar_distance(name, candidate->name);
        if (distance < least) {
            least = distance;
            similar = candidate;
        }
    }
    return similar;
}

static void add_unknown(const struct option_given *given, struct err_list *problems)
{
    char hint[128];
    bool is_long = given->where[1] == '-';
    const struct option *similar = is_long
            ? options_find_similar(given->table, given->where + 2, /* with_words= */ false)
            : NULL;
    if (similar == NULL) {
        option_given_add_error(given, problems, NULL, "unknown option");
        return;
    }
    (void)snprintf(
            hint, sizeof(hint), "did you mean --%s? %s", similar->name, given->table->help_hint);
    option_given_add_error(given, problems, hint, "unknown option");
}

bool option_given_check(const struct option_given *given, struct err_list *problems)
{
    struct err err;
    switch (given->kind) {
    case GIVEN_OPTION:
    case GIVEN_WORD:
        return true;
    case GIVEN_UNKNOWN:
        add_unknown(given, problems);
        break;
    case GIVEN_NO_VALUE:
        option_given_add_error(given, problems, NULL, "needs a value");
        break;
    case GIVEN_EMPTY_VALUE:
        option_given_add_error(given, problems, NULL, "its value is empty");
        break;
    case GIVEN_EXTRA_VALUE:
        option_given_add_error(given, problems, NULL, "takes no value");
        break;
    case GIVEN_NO_MEMORY:
        (void)err_set_no_memory(&err);
        (void)err_list_add(problems, &err);
        break;
    }
    return false;
}
