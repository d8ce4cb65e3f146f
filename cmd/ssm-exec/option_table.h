/* The one table of options: what is read, its SSM_EXEC_ twins, the help and the completions follow it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What an option's value is, which also says what its variable may hold. */
enum option_kind {
    KIND_FLAG,          /* no value */
    KIND_TEXT,          /* a text, kept as it is */
    KIND_LABEL,         /* a label of Parameter Store */
    KIND_NAMES,         /* repeatable: names of variables */
    KIND_PATTERNS,      /* repeatable: names of variables, '*' at the end matches the rest */
    KIND_REQUIREMENTS,  /* repeatable: names of variables, or @FILE with such names */
    KIND_OPTIONAL_LIST, /* --preserve-env: all, or =NAME,... */
    KIND_SOURCE,        /* repeatable: a source that may be missing */
    KIND_FILE_SOURCE,   /* repeatable: NAME=REF, into a file */
    KIND_LOCK,          /* repeatable: a lock file */
    KIND_ENV_FILE,      /* repeatable: an env file */
    KIND_ENV_FILE_IF_EXISTS,
    KIND_DURATION,
    KIND_LOG_FORMAT,
    KIND_ACTION, /* --help, --version: no variable */
};

/* What a value is to a shell that completes it. */
enum option_completion {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_VARIABLE,
    COMPLETE_LOG_FORMAT,
};

/* What a person wants to do. */
enum option_group {
    GROUP_READ,
    GROUP_NAME,
    GROUP_PASS,
    GROUP_REFUSE,
    GROUP_AWS,
    GROUP_SAY,
    GROUP_COUNT
};

struct option {
    const char *name; /* without "--"; its variable is SSM_EXEC_ and this in upper case */
    char letter;      /* 0: none */
    enum option_kind kind;
    enum option_group group;
    size_t member;     /* where in struct options; an enum options_action for KIND_ACTION */
    const char *value; /* what the value is called; NULL: none */
    enum option_completion completion;
    const char *help; /* one line, for --help and completions */
};

extern const struct option option_table[];
extern const size_t option_count;

/* The option --name, or -letter; NULL if it does not exist. */
const struct option *option_find(const char *name, size_t len);
const struct option *option_find_letter(char letter);

/* Whether a value has to follow: --name VALUE or --name=VALUE. --preserve-env takes one after '=' only. */
bool option_takes_value(const struct option *option);

/* Whether it adds up when it is given again. */
bool option_is_repeatable(const struct option *option);

enum {
    OPTION_COUNT_MAX = 64
};
