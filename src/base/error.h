/* Errors as values, for the user to read: what failed, why, and what to do about it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"

enum err_kind {
    ERR_NONE = 0,
    ERR_USAGE,            /* the command line or an SSM_EXEC_ variable */
    ERR_INPUT,            /* a file or a variable has unusable contents */
    ERR_CREDENTIALS,      /* none found, or those found cannot be used */
    ERR_NETWORK,          /* no usable reply arrived */
    ERR_PROTOCOL,         /* a reply does not follow the protocol */
    ERR_SERVICE,          /* AWS refused the request */
    ERR_TIMEOUT,          /* the time limit of the run */
    ERR_MAPPING,          /* parameters cannot become variables as requested */
    ERR_SYSTEM,           /* memory or another resource of this machine */
    ERR_COMMAND_MISSING,  /* COMMAND was not found */
    ERR_COMMAND_UNUSABLE, /* COMMAND was found and cannot be started */
};

/*
 * Of fixed size, so that "out of memory" can be reported too. Texts that do not fit are truncated and
 * end in "...". They may contain untrusted bytes: the code that prints them escapes them. They never
 * contain a parameter's value or a credential.
 */
struct err {
    enum err_kind kind;
    int os_error;        /* errno, or 0 */
    char where[512];     /* source, file:line, variable or host; may be empty */
    char code[96];       /* AWS's error code; may be empty */
    char why[1536];      /* one sentence; may be empty if code says enough */
    char hint[1024];     /* what to do about it; may be empty */
    char request_id[80]; /* AWS's request id; may be empty */
    char replier[272]; /* host and port that sent the reply, unless why names them; may be empty */
};

/* Sets all of *reterr; where may be NULL. Always returns false: `return err_set(...)`. */
bool err_set(struct err *reterr, enum err_kind kind, const char *where, const char *format, ...)
        PRINTF_LIKE(4, 5);

/* The same with the text of strerror(3) appended after a colon; errno_value is kept in os_error. */
bool err_set_errno(struct err *reterr,
        enum err_kind kind,
        int errno_value,
        const char *where,
        const char *format,
        ...) PRINTF_LIKE(5, 6);

bool err_set_no_memory(struct err *reterr);

/*
 * Records that an allocation failed. The code that notices cannot always report it, and later errors
 * may be its consequence: from then on every error of the process is an ERR_SYSTEM that mentions it.
 * Thread-safe.
 */
void err_note_no_memory(void);

/* Set one text of an error, replacing what was there. */
void err_set_where(struct err *err, const char *where);
void err_set_code(struct err *err, const char *code);
void err_set_request_id(struct err *err, const char *request_id);
void err_set_replier(struct err *err, const char *host_and_port);
void err_set_hint(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Appends to err->why. */
void err_add_why(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Errors that are reported together. Zero-initialise; release with _clear. */
struct err_list {
    struct err *items;
    size_t len;
    size_t unlisted; /* beyond ERR_LIST_MAX: counted, but not kept */
};

enum {
    ERR_LIST_MAX = 64
};

/*
 * Copies *err into the list; beyond ERR_LIST_MAX, or if memory runs out, only counts it. Always returns
 * false, as err_set does.
 */
bool err_list_add(struct err_list *list, const struct err *err);

/* The same for a new error, made as by err_set. hint may be NULL. */
bool err_list_add_new(struct err_list *list,
        enum err_kind kind,
        const char *where,
        const char *hint,
        const char *format,
        ...) PRINTF_LIKE(5, 6);

bool err_list_is_empty(const struct err_list *list);

void err_list_clear(struct err_list *list);
