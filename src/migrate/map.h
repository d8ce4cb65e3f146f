/*
 * Maps: which parameter each variable of an env file becomes. A map is an env file itself, of ssm:// references,
 * with the attributes of a variable on the comment line above it; it holds no secret (man page of
 * ssm-dotenv, MAPS).
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"

/* The first line of each map. */
#define MAP_FIRST_LINE "# ssm-dotenv map 1"

enum map_line_kind {
    MAP_COMMENT,   /* a comment of people's, or an empty line: kept as it is */
    MAP_PARAMETER, /* a variable whose value is a parameter */
    MAP_PLAIN,     /* a variable whose value stands in the map */
    MAP_RETIRED,   /* a variable that is not needed any more */
};

enum map_type {
    MAP_SECURE_STRING,
    MAP_STRING,
    MAP_STRING_LIST,
};

enum map_tier {
    MAP_TIER_UNSAID, /* standard, unless AWS's account says otherwise */
    MAP_TIER_STANDARD,
    MAP_TIER_ADVANCED,
};

enum {
    MAP_STANDARD_MAX_BYTES = 4096, /* of a value in the standard tier, and in the advanced one */
    MAP_ADVANCED_MAX_BYTES = 8192,
};

/* Owns its texts. */
struct map_line {
    enum map_line_kind kind;
    size_t line;   /* where it stands in the file, from 1 on; 0: it was not read from one */
    char *comment; /* MAP_COMMENT: the whole line */
    char *name;    /* of the variable; NULL for MAP_COMMENT */
    char *value;   /* MAP_PLAIN: public, as somebody decided; may be "" */
    char *parameter;
    enum map_type type; /* these four for MAP_PARAMETER only */
    enum map_tier tier;
    char *key_id; /* NULL: AWS's own key for the account */
    bool is_shared;
};

/* In the order of the file, without its first line. Zero-initialise; release with map_clear. */
struct map {
    struct map_line *lines;
    size_t len;
    size_t cap;
};

/* Takes over *line. ERR_SYSTEM. */
MUST_CHECK bool map_add_owned(struct map *map, struct map_line *line, struct err *reterr);

/*
 * Whether each variable stands in the map once, and each parameter. What is wrong is added to problems:
 * ERR_MAPPING, with file, line and variable as `where`.
 */
MUST_CHECK bool map_check_one_to_one(
        const struct map *map, const char *file, struct err_list *problems);

/* The name of the type in AWS's API, which is the word for it in a map as well. */
const char *map_type_word(enum map_type type);

/*
 * Whether a plain value can stand in a map: without quotes each reader of env files has to understand it alike,
 * a shell included.
 */
bool map_is_plain_value(const char *value, size_t len);

/* The key of a MAP_PARAMETER, "alias/aws/ssm" where the map names none; NULL if it is not a SecureString. */
const char *map_key_id(const struct map_line *line);

/* What a key can be made of: the id, the ARN or the alias of a key. */
bool map_is_key_id(const char *text);

/* The text of the whole file. */
void map_write(const struct map *map, struct text *out);

/* "file:line: name" in where; line 0: "file: name". A long file name is cut at its beginning. */
enum {
    MAP_WHERE_BYTES = 512
};

void map_format_where(
        const char *file, size_t line, const char *name, char where[static MAP_WHERE_BYTES]);

void map_line_clear(struct map_line *line);
void map_clear(struct map *map);
