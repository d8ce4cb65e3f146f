/* SPDX-License-Identifier: MIT */
#include "base/duration.h"

#include <stddef.h>
#include <string.h>

#include "base/ascii.h"

static bool find_unit(const char *unit, int64_t *ret_ms)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {
        { "ms", 1 },
        { "s", 1000 },
        { "", 1000 },
        { "m", 60 * 1000 },
        { "h", 60 * 60 * 1000 },
    };

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(unit, units[i].name) == 0) {
            *ret_ms = units[i].ms;
            return true;
        }
    }
    return false;
}

bool duration_parse(const char *text, int64_t *ret_ms)
{
    int64_t number = 0;
    const char *at = text;
    while (ascii_is_digit(*at) && number <= DURATION_MAX_MS) {
        number = number * 10 + (*at - '0');
        at++;
    }
    int64_t unit_ms = 0;
    if (at == text || number == 0 || !find_unit(at, &unit_ms)
            || number > DURATION_MAX_MS / unit_ms) {
        return false;
    }
    *ret_ms = number * unit_ms;
    return true;
}
