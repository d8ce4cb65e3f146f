/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char TRUNCATION_MARK[] = "...";

/* Process-wide: an allocation that failed in one thread may explain an error in another. */
static atomic_bool memory_ran_out; /* NOLINT(*-non-const-global-variables) */

void err_note_no_memory(void)
{
    atomic_store_explicit(&memory_ran_out, true, memory_order_relaxed);
}

/* Marks the end of a text that did not fit. */
static void mark_if_truncated(char *buffer, size_t size, size_t wanted_len)
{
    if (wanted_len >= size) {
        memcpy(buffer + size - sizeof(TRUNCATION_MARK), TRUNCATION_MARK, sizeof(TRUNCATION_MARK));
    }
}

PRINTF_LIKE(3, 0)

static void put_formatted(char *buffer, size_t size, const char *format, va_list args)
{
    int wanted = vsnprintf(buffer, size, format, args);
    if (wanted < 0) {
        buffer[0] = '\0';
        return;
    }
    mark_if_truncated(buffer, size, (size_t)wanted);
}

static void put_text(char *buffer, size_t size, const char *text)
{
    size_t len = text == NULL ? 0 : strlen(text);
    size_t kept = len < size ? len : size - 1;
    if (kept > 0) {
        memcpy(buffer, text, kept);
    }
    buffer[kept] = '\0';
    mark_if_truncated(buffer, size, len);
}

PRINTF_LIKE(4, 0)

static void set_formatted(
        struct err *reterr, enum err_kind kind, const char *where, const char *format, va_list args)
{
    *reterr = (struct err){ .kind = kind };
    put_text(reterr->where, sizeof(reterr->where), where);
    put_formatted(reterr->why, sizeof(reterr->why), format, args);
}

/* Says so if an allocation has failed: the error may be its consequence. */
static void add_no_memory(struct err *reterr)
{
    if (atomic_load_explicit(&memory_ran_out, memory_order_relaxed)) {
        reterr->kind = ERR_SYSTEM;
        err_add_why(reterr, "%smemory ran out", reterr->why[0] == '\0' ? "" : "; before that, ");
    }
}

bool err_set(struct err *reterr, enum err_kind kind, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_formatted(reterr, kind, where, format, args);
    va_end(args);
    add_no_memory(reterr);
    return false;
}

bool err_set_errno(struct err *reterr,
        enum err_kind kind,
        int errno_value,
        const char *where,
        const char *format,
        ...)
{
    va_list args;
    va_start(args, format);
    set_formatted(reterr, kind, where, format, args);
    va_end(args);
    reterr->os_error = errno_value;
    err_add_why(reterr, "%s%s", reterr->why[0] == '\0' ? "" : ": ", strerror(errno_value));
    add_no_memory(reterr);
    return false;
}

bool err_set_no_memory(struct err *reterr)
{
    err_note_no_memory();
    *reterr = (struct err){ .kind = ERR_SYSTEM };
    put_text(reterr->why, sizeof(reterr->why), "out of memory");
    return false;
}

void err_set_where(struct err *err, const char *where)
{
    put_text(err->where, sizeof(err->where), where);
}

void err_set_code(struct err *err, const char *code)
{
    put_text(err->code, sizeof(err->code), code);
}

void err_set_request_id(struct err *err, const char *request_id)
{
    put_text(err->request_id, sizeof(err->request_id), request_id);
}

void err_set_replier(struct err *err, const char *host_and_port)
{
    put_text(err->replier, sizeof(err->replier), host_and_port);
}

void err_set_hint(struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_formatted(err->hint, sizeof(err->hint), format, args);
    va_end(args);
}

void err_add_why(struct err *err, const char *format, ...)
{
    size_t used = strlen(err->why);
    va_list args;
    va_start(args, format);
    put_formatted(err->why + used, sizeof(err->why) - used, format, args);
    va_end(args);
}

bool err_list_add(struct err_list *list, const struct err *err)
{
    if (list->items == NULL) {
        list->items = calloc(ERR_LIST_MAX, sizeof(*list->items));
    }
    if (list->items == NULL || list->len == ERR_LIST_MAX) {
        list->unlisted++;
        return false;
    }
    list->items[list->len] = *err;
    list->len++;
    return false;
}

bool err_list_add_new(struct err_list *list,
        enum err_kind kind,
        const char *where,
        const char *hint,
        const char *format,
        ...)
{
    struct err err;
    va_list args;
    va_start(args, format);
    set_formatted(&err, kind, where, format, args);
    va_end(args);
    add_no_memory(&err);
    put_text(err.hint, sizeof(err.hint), hint);
    return err_list_add(list, &err);
}

bool err_list_is_empty(const struct err_list *list)
{
    return list->len == 0 && list->unlisted == 0;
}

void err_list_clear(struct err_list *list)
{
    free(list->items);
    *list = (struct err_list){ 0 };
}
