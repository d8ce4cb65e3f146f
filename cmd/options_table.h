/* A table of a program's options, used for parsing, variables, help and shell completions. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum option_takes {
    TAKES_NOTHING,
    TAKES_VALUE,
    TAKES_VALUES,    /* may be given again: the values add up */
    MAY_TAKE_VALUES, /* the same, after '=' only */
};

/* What the value is, and the type of the option's member, where option_store stores it. */
enum option_kind {
    KIND_FLAG,       /* bool; its variable holds a word such as "yes" or "0" */
    KIND_TEXT,       /* struct option_text */
    KIND_NAMES,      /* struct string_list: names of variables */
    KIND_PATTERNS,   /* struct string_list: names of variables, also with '*' at the end */
    KIND_DURATION,   /* int64_t: milliseconds */
    KIND_LOG_FORMAT, /* enum report_format */
    KIND_HELP,       /* enum options_action; has no variable */
    KIND_VERSION,    /* the same */
    KIND_OWN,        /* the first of the program's own kinds, which it stores itself */
};

/* What a shell completes the value with. */
enum option_completion {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_VARIABLE,
    COMPLETE_REQUIREMENT, /* a variable, or '@' and a file */
    COMPLETE_CHOICE,      /* one of the words of value_name, "text|json" */
};

struct option {
    const char *name; /* without "--"; its variable is the prefix and this in upper case */
    char letter;      /* 0: none */
    enum option_takes takes;
    int kind;               /* enum option_kind, or the program's own */
    size_t member;          /* offset in the program's struct of options */
    const char *value_name; /* NULL: takes no value */
    enum option_completion completion;
    const char *group; /* title in the help; options of a group are next to each other */
    const char *help;  /* one line, for the help and completions */
};

enum {
    OPTIONS_MAX = 64
};

struct options_table {
    const struct option *rows;
    size_t count;                /* at most OPTIONS_MAX */
    const struct option *words;  /* for words that are not options; the name is for its variable */
    const char *variable_prefix; /* "SSM_EXEC_"; NULL: there are no variables */
    const char *const *
            variables_first; /* options whose variables are read before all others; NULL at the end */
    const char *help_hint;   /* how to get help */
    const char *variables_hint; /* explains variables with the prefix */
    const char *help_head;      /* the text before the options, and after them */
    const char *help_tail;
};

/* The option --name, or -letter; NULL if it does not exist. */
const struct option *options_find(const struct options_table *table, const char *name, size_t len);
const struct option *options_find_letter(const struct options_table *table, char letter);

/* Whether a value must follow: --name VALUE or --name=VALUE. */
bool option_needs_value(const struct option *option);

/* Whether it may be given again. */
bool option_is_repeatable(const struct option *option);
