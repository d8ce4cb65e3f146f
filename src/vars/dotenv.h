/*
 * Env files: NAME=VALUE lines in dotenv syntax. Common loaders disagree about the syntax and skip
 * lines that they do not understand. Here every case is defined (man page, ENV FILES), and anything
 * else is an error.
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
    DOTENV_MAX_BYTES = 4 * 1024 * 1024 /* for callers that read the file */
};

struct dotenv_entry {
    char *name;
    struct secret value; /* valid UTF-8 without NUL; lines inside it are joined by LF */
    size_t line;         /* of the name, from 1 on */
    bool has_inner_hash; /* unquoted, with a '#' that other loaders read as a comment */
    bool is_repeated;    /* an earlier line sets it too */
};

/* Owns its entries, sorted by name (strcmp), each name once. Release with dotenv_clear. */
struct dotenv {
    struct dotenv_entry *entries;
    size_t len;
    size_t cap;
};

#define DOTENV_INIT ((struct dotenv){ 0 })

/*
 * Parses the text of a whole file; `file` is its name for messages. If a name is set twice, the
 * later line counts. Nothing is expanded or executed. If anything is wrong, *ret_dotenv is
 * untouched and the problems are added to *problems: ERR_INPUT, with "file:line" as `where`, or
 * ERR_SYSTEM. Of lines with the same problem the first three are named and the others counted. No
 * message quotes the file.
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
