/* The checklist of retire: what was found. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

/* In the order of the list. */
enum retire_check {
    RETIRE_LOADS,   /* a place that loads the file */
    RETIRE_TRACKED, /* git has it in its index */
    RETIRE_COMMIT,  /* a commit that added it */
    RETIRE_HISTORY, /* the line to run where git could not be asked */
    RETIRE_GIT,     /* .gitignore does not have it */
    RETIRE_DOCKER,  /* .dockerignore does not have it */
    RETIRE_MODE,    /* others can read it */
    RETIRE_LINK,    /* it has other names */
    RETIRE_COPY,
    RETIRE_VALUE,  /* another file holds the value of a secret */
    RETIRE_ROTATE, /* a secret to rotate */
    RETIRE_CHECKS
};

/* A row to be. Borrows its texts. */
struct retire_finding {
    enum retire_check check;
    int order;            /* within the check: lower ones come first */
    const char *file;     /* NULL: it is about a variable alone */
    size_t line;          /* 0: about the whole file */
    const char *variable; /* NULL: it is about the file alone */
    const char *note;
};

/* The same with copies, which it owns. */
struct retire_row {
    enum retire_check check;
    int order;
    char *file;
    size_t line;
    char *variable;
    char *note;
};

/* Zero-initialise; release with retire_list_clear. */
struct retire_list {
    struct retire_row *rows;
    size_t len;
    size_t cap;
};

/* ERR_SYSTEM. */
MUST_CHECK bool retire_list_add(
        struct retire_list *list, const struct retire_finding *finding, struct err *reterr);

void retire_list_sort(struct retire_list *list);

size_t retire_list_count(const struct retire_list *list, enum retire_check check);

void retire_list_clear(struct retire_list *list);
