/* SPDX-License-Identifier: MIT */
#include "options_table.h"

#include <string.h>

const struct option *options_find(const struct options_table *table, const char *name, size_t len)
{
    for (size_t i = 0; i < table->count; i++) {
        const char *candidate = table->rows[i].name;
        if (strncmp(candidate, name, len) == 0 && candidate[len] == '\0') {
            return &table->rows[i];
        }
    }
    return NULL;
}

const struct option *options_find_letter(const struct options_table *table, char letter)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->rows[i].letter == letter) {
            return &table->rows[i];
        }
    }
    return NULL;
}

bool option_needs_value(const struct option *option)
{
    return option->takes == TAKES_VALUE || option->takes == TAKES_VALUES;
}

bool option_is_repeatable(const struct option *option)
{
    return option->takes == TAKES_VALUES || option->takes == MAY_TAKE_VALUES;
}
