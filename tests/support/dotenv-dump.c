/*
 * dotenv-dump FILE: prints what the library reads from an env file, NAME NUL VALUE NUL for each
 * variable, for tests that compare it with other loaders. Exit status 1, and each problem in a line
 * on standard error, where the file is refused; 2 where it could not be tried.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "vars/dotenv.h"

enum {
    READ_TIMEOUT_MS = 10000
};

static void tell(const struct err_list *problems)
{
    for (size_t i = 0; i < problems->len; i++) {
        (void)fprintf(stderr, "%s: %s\n", problems->items[i].where, problems->items[i].why);
    }
}

/* The field with a NUL behind it, which stands behind the bytes anyway. */
static bool write_field(const char *bytes, size_t len)
{
    return fwrite(bytes, 1, len + 1, stdout) == len + 1;
}

static bool write_entries(const struct dotenv *dotenv)
{
    for (size_t i = 0; i < dotenv->len; i++) {
        const struct dotenv_entry *entry = &dotenv->entries[i];
        if (!write_field(entry->name, strlen(entry->name))
                || !write_field(secret_expose(&entry->value), secret_len(&entry->value))) {
            return false;
        }
    }
    return fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fputs("usage: dotenv-dump FILE\n", stderr);
        return 2;
    }
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(DOTENV_MAX_BYTES);
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    const struct file_limits limits = {
        .clock = &clock_system,
        .deadline_ms = clock_monotonic_ms(&clock_system) + READ_TIMEOUT_MS,
    };
    enum file_presence presence = FILE_ABSENT;
    struct err problem = { 0 };
    if (!file_read(argv[1], &limits, &text, &presence, &problem) || presence == FILE_ABSENT) {
        (void)fprintf(stderr, "%s: cannot be read: %s\n", argv[1], problem.why);
        return 2;
    }
    if (!dotenv_parse(&text, argv[1], &dotenv, &problems)) {
        tell(&problems);
        return 1;
    }
    return write_entries(&dotenv) ? 0 : 2;
}
