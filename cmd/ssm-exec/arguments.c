/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <string.h>

#include "base/ascii.h"

static const char END_OF_OPTIONS[] = "--";

/* "--" and what looks like a name; the rest of a word that is not an option may be anything. */
static void set_long_name(struct argument *argument, const char *word, size_t len)
{
    static const char REST[] = "...";
    size_t kept = strlen("--");
    while (word[kept] == '-') {
        kept++;
    }
    while (kept < len && (ascii_is_alnum(word[kept]) || word[kept] == '_' || word[kept] == '-')) {
        kept++;
    }
    bool is_cut = kept < len;
    if (kept > sizeof(argument->name) - sizeof(REST)) {
        kept = sizeof(argument->name) - sizeof(REST);
        is_cut = true;
    }
    memcpy(argument->name, word, kept);
    memcpy(argument->name + kept, is_cut ? REST : "", is_cut ? sizeof(REST) : 1);
}

static void set_letter_name(struct argument *argument, char letter)
{
    argument->name[0] = '-';
    argument->name[1] = letter;
    argument->name[2] = '\0';
}

/* The value in a word of its own, which "--" cannot be. */
static void take_next_word(struct arguments *arguments, struct argument *argument)
{
    const char *word = arguments->next < arguments->argc ? arguments->argv[arguments->next] : NULL;
    if (word != NULL && strcmp(word, END_OF_OPTIONS) != 0) {
        argument->value = word;
        arguments->next++;
    }
}

static void judge_value(struct argument *argument)
{
    bool may_have_value = option_takes_value(argument->option)
            || argument->option->kind == KIND_OPTIONAL_LIST;
    argument->kind = ARGUMENT_OPTION;
    if (argument->value == NULL && option_takes_value(argument->option)) {
        argument->kind = ARGUMENT_NO_VALUE;
    } else if (argument->value != NULL && !may_have_value) {
        argument->kind = ARGUMENT_EXTRA_VALUE;
    } else if (argument->value != NULL && argument->value[0] == '\0') {
        argument->kind = ARGUMENT_EMPTY_VALUE;
    }
}

static void read_long(struct arguments *arguments, const char *word, struct argument *argument)
{
    size_t len = strcspn(word, "=");
    argument->value = word[len] == '=' ? word + len + 1 : NULL;
    argument->option = option_find(word + 2, len - 2);
    set_long_name(argument, word, len);
    if (argument->option == NULL) {
        argument->kind = ARGUMENT_UNKNOWN;
        return;
    }
    if (argument->value == NULL && option_takes_value(argument->option)) {
        take_next_word(arguments, argument);
    }
    judge_value(argument);
}

/* "-nv": letters without a value may stand together; the last one's may follow or stand apart. */
static void read_letter(struct arguments *arguments, struct argument *argument)
{
    const char *letter = arguments->letters;
    const char *rest = letter + 1;
    bool ends_word = true;
    argument->option = option_find_letter(*letter);
    set_letter_name(argument, *letter);
    if (argument->option == NULL) {
        argument->kind = ARGUMENT_UNKNOWN;
        argument->value = *rest == '\0' ? NULL : rest;
    } else if (option_takes_value(argument->option)) {
        argument->value = *rest == '\0' ? NULL : rest;
        if (argument->value == NULL) {
            take_next_word(arguments, argument);
        }
        judge_value(argument);
    } else {
        argument->value = *rest == '=' ? rest + 1 : NULL;
        ends_word = *rest == '\0' || *rest == '=';
        judge_value(argument);
    }
    arguments->letters = ends_word ? NULL : rest;
}

bool arguments_next(struct arguments *arguments, struct argument *ret_argument)
{
    *ret_argument = (struct argument){ .position = arguments->next - 1 };
    if (arguments->letters != NULL) {
        read_letter(arguments, ret_argument);
        return true;
    }
    if (arguments->next >= arguments->argc
            || strcmp(arguments->argv[arguments->next], END_OF_OPTIONS) == 0) {
        return false;
    }
    const char *word = arguments->argv[arguments->next++];
    ret_argument->position = arguments->next - 1;
    if (strncmp(word, "--", 2) == 0) {
        read_long(arguments, word, ret_argument);
    } else if (word[0] == '-' && word[1] != '\0') {
        arguments->letters = word + 1;
        read_letter(arguments, ret_argument);
    } else {
        ret_argument->kind = ARGUMENT_SOURCE;
        ret_argument->value = word;
    }
    return true;
}

char *const *arguments_command(const struct arguments *arguments)
{
    return arguments->next < arguments->argc ? &arguments->argv[arguments->next + 1] : NULL;
}
