/* How programs read variables: the idioms of languages around one word of a text. Knows no names. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum {
    READS_MAX = 32 /* names that one read has, as const { A, B } = process.env */
};

struct reads {
    struct span names[READS_MAX]; /* pieces of the text */
    size_t len;
    bool is_dynamic;     /* the name is only known when the program runs */
    bool may_be_dynamic; /* the same, if what is read is the environment: env[key] */
    bool is_sure;        /* sure enough to tell a name that nobody sets */
};

/* The characters of names and of the words of programming languages. */
bool reads_is_word_character(char c);

/*
 * What the word text[start..end), which has "env" in it in any case, reads: process.env.X, getenv("X"),
 * ENV.fetch("X"), env!("X"), $env:X, { X, Y } = process.env ...
 */
void reads_by_word(struct span text, size_t start, size_t end, struct reads *ret_reads);

/* How far $X and ${X} read variables of the environment in a file of this name. */
enum reads_dollar {
    READS_NO_DOLLAR,
    READS_BRACES, /* ${X} only: Spring */
    READS_DOLLAR, /* shell, Dockerfile, Compose, CI */
};

enum reads_dollar reads_dollar_of(const char *file);

/* Whether the word text[start..end) is read as $X or ${X}; dynamic for ${!X}. */
void reads_by_dollar(
        struct span text, size_t start, size_t end, enum reads_dollar how, struct reads *ret_reads);

/* Whether the text itself sets the variable, as a script does: X=..., read X, ARG X. */
bool reads_is_set_in(struct span text, struct span name);
