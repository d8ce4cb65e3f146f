/* Writes a policy as JSON, statement by statement. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define DOCUMENT_ALLOW "Allow"
#define DOCUMENT_DENY  "Deny"

/* Failed appends leave their mark in the text. */
struct document {
    struct text *json;
    size_t depth;
    bool is_empty; /* the innermost object or array, so far */
};

/* Everything up to the first statement, and everything behind the last one. */
struct document document_open(struct text *json);
void document_close(struct document *document);

/* For statements with a principal. sid may be NULL. */
void document_begin_statement(struct document *document, const char *sid, const char *effect);
void document_end_statement(struct document *document);

void document_begin_object(struct document *document, const char *name);
void document_end_object(struct document *document);

/* A member: a string for one word, an array for several. They are separated by one blank each. */
void document_words(struct document *document, const char *name, const char *words);

/* The same; a failed append to words is one to the document, too, which never holds half a name. */
void document_text(struct document *document, const char *name, const struct text *words);

/* For statements without one. */
struct statement {
    const char *sid;
    const char *effect;
    const char *actions;
    const struct text *resources; /* NULL: all */
};

/* ssm:DescribeParameters, which has no resource: it shows the names of the whole region. */
extern const struct statement DOCUMENT_SEE_NAMES;

/* The statement as it is, and the same up to its conditions. */
void document_write(struct document *document, const struct statement *statement);
void document_begin(struct document *document, const struct statement *statement);

/* An object of one member. */
void document_only(
        struct document *document, const char *object, const char *name, const char *words);
void document_only_text(
        struct document *document, const char *object, const char *name, const struct text *words);

/* For a text that became part of the document in another way: a failed append to it counts. */
void document_note_failure(struct document *document, const struct text *text);
