/* SPDX-License-Identifier: MIT */
#include "options_argv.h"

#include <string.h>

#include "base/ascii.h"

static const char END_OF_OPTIONS[] = "--";

/* Keeps only the part that looks like an option: the rest of the word may be a secret. */
static void set_long_name(struct option_given *given, const char *word, size_t len)
{
    static const char REST[] = "...";
    size_t kept = strspn(word, "-");
    kept += strspn(word + kept, ASCII_ALNUM "_-");
    bool is_cut = kept < len;
    if (kept > sizeof(given->where) - sizeof(REST)) {
        kept = sizeof(given->where) - sizeof(REST);
        is_cut = true;
    }
    memcpy(given->where, word, kept);
    memcpy(given->where + kept, REST, is_cut ? sizeof(REST) : 0);
}

/* Returns the next word and moves on; NULL at the end and at "--". */
static const char *next_word(struct options_argv *argv)
{
    const char *word = argv->next < argv->argc ? argv->argv[argv->next] : NULL;
    if (word == NULL || strcmp(word, END_OF_OPTIONS) == 0) {
        return NULL;
    }
    argv->next++;
    return word;
}

static enum option_given_kind find_kind(const struct option_given *given)
{
    if (given->option == NULL) {
        return GIVEN_UNKNOWN;
    }
    if (given->value == NULL) {
        return option_needs_value(given->option) ? GIVEN_NO_VALUE : GIVEN_OPTION;
    }
    if (given->option->takes == TAKES_NOTHING) {
        return GIVEN_EXTRA_VALUE;
    }
    return given->value[0] == '\0' ? GIVEN_EMPTY_VALUE : GIVEN_OPTION;
}

static void read_long(struct options_argv *argv, const char *word, struct option_given *given)
{
    size_t len = strcspn(word, "=");
    given->value = word[len] == '=' ? word + len + 1 : NULL;
    given->option = options_find(argv->table, word + 2, len - 2);
    set_long_name(given, word, len);
    if (given->option != NULL && given->value == NULL && option_needs_value(given->option)) {
        given->value = next_word(argv);
    }
    given->kind = find_kind(given);
}

/*
 * "-nv": letters without a value may share a word. The value of the last one follows it directly or in the
 * next word.
 */
static void read_letter(struct options_argv *argv, struct option_given *given)
{
    const char *rest = argv->letters + 1;
    memcpy(given->where, (const char[]){ '-', *argv->letters, '\0' }, 3);
    given->option = options_find_letter(argv->table, *argv->letters);
    bool is_last = given->option == NULL || option_needs_value(given->option);
    if (is_last) {
        given->value = *rest == '\0' ? NULL : rest;
    } else if (*rest == '=') {
        given->value = rest + 1;
    }
    argv->letters = is_last || *rest == '\0' || *rest == '=' ? NULL : rest;
    if (given->option != NULL && is_last && given->value == NULL) {
        given->value = next_word(argv);
    }
    given->kind = find_kind(given);
}

bool options_argv_next(struct options_argv *argv, struct option_given *ret_given)
{
    *ret_given = (struct option_given){ .table = argv->table };
    if (argv->letters != NULL) {
        ret_given->position = argv->next - 1;
        read_letter(argv, ret_given);
        return true;
    }
    const char *word = next_word(argv);
    if (word == NULL) {
        return false;
    }
    ret_given->position = argv->next - 1;
    if (strncmp(word, "--", 2) == 0) {
        read_long(argv, word, ret_given);
    } else if (word[0] == '-' && word[1] != '\0') {
        argv->letters = word + 1;
        read_letter(argv, ret_given);
    } else {
        ret_given->kind = GIVEN_WORD;
        ret_given->option = argv->table->words;
        ret_given->value = word;
    }
    return true;
}

char *const *options_argv_scan(
        const struct options_argv *argv, bool ret_is_given[static OPTIONS_MAX])
{
    struct options_argv at = *argv;
    struct option_given given;
    memset(ret_is_given, 0, OPTIONS_MAX * sizeof(bool));
    while (options_argv_next(&at, &given)) {
        if (given.kind != GIVEN_WORD && given.option != NULL) {
            ret_is_given[given.option - argv->table->rows] = true;
        }
    }
    return at.next < at.argc ? &at.argv[at.next + 1] : NULL;
}
