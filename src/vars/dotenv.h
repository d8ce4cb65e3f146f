/*
 * Env files: NAME=VALUE lines in dotenv syntax. The common loaders disagree on it and skip what they
 * do not understand; here each case is decided (man page, ENV FILES), and the rest is an error.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/string_list.h"

enum {
    DOTENV_MAX_BYTES = 4 * 1024 * 1024 /* for whoever reads the file */
};

struct dotenv_entry {
    char *name;
    struct secret value; /* valid UTF-8 without NUL; lines inside it are joined by LF */
    size_t line;         /* where the name stands, from 1 on */
    bool has_inner_hash; /* unquoted, with a '#' that other loaders take for a comment */
};

/* Owns its entries, sorted by name (strcmp), each name once. Release with dotenv_clear. */
struct dotenv {
    struct dotenv_entry *entries;
    size_t len;
    size_t cap;
};

#define DOTENV_INIT ((struct dotenv){ 0 })

/*
 * Reads a whole file's text; `file` is its name for messages. Of a name that is set twice the later
 * line counts. Nothing is expanded or executed. Where anything is wrong, false: *ret_dotenv is
 * untouched, and the problems are added to *problems: ERR_INPUT, `where` being "file:line", or
 * ERR_SYSTEM. Of lines with the same problem the first three are named, and how many more there are.
 * None of them ever quotes the file.
 */
MUST_CHECK bool dotenv_parse(const struct secret *text,
        const char *file,
        struct dotenv *ret_dotenv,
        struct err_list *problems);

void dotenv_clear(struct dotenv *dotenv);

/*
 * The same for a file such as .env.example, of which only the names matter: appends each name once to
 * *names.
 */
MUST_CHECK bool dotenv_parse_names(const struct secret *text,
        const char *file,
        struct string_list *names,
        struct err_list *problems);
