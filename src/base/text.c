/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAPACITY = 64
};

/* Makes room for `wanted` bytes and a NUL. */
static bool reserve(struct text *text, size_t wanted)
{
    if (text->state != TEXT_OK) {
        return false;
    }
    if (wanted > text->max_bytes) {
        text->state = TEXT_TOO_LONG;
        return false;
    }
    if (text->bytes != NULL && wanted <= text->cap) {
        return true;
    }
    size_t doubled = text->cap > SIZE_MAX / 2 ? wanted : text->cap * 2;
    size_t cap = doubled > wanted ? doubled : wanted;
    cap = cap < FIRST_CAPACITY ? FIRST_CAPACITY : cap;
    char *moved = realloc(text->bytes, cap + 1);
    if (moved == NULL) {
        err_note_no_memory();
        text->state = TEXT_NO_MEMORY;
        return false;
    }
    text->bytes = moved;
    text->cap = cap;
    return true;
}

void text_reserve(struct text *text, size_t bytes)
{
    if (text->bytes == NULL && text->state == TEXT_OK && bytes <= text->max_bytes) {
        text->bytes = malloc(bytes + 1);
        if (text->bytes == NULL) {
            err_note_no_memory();
            text->state = TEXT_NO_MEMORY;
            return;
        }
        text->cap = bytes;
        text->bytes[0] = '\0';
    }
}

void text_append(struct text *text, const char *bytes, size_t len)
{
    if (len > SIZE_MAX / 2 || !reserve(text, text->len + len)) {
        return;
    }
    if (len > 0) {
        memcpy(text->bytes + text->len, bytes, len);
    }
    text->len += len;
    text->bytes[text->len] = '\0';
}

void text_append_string(struct text *text, const char *string)
{
    text_append(text, string, strlen(string));
}

void text_append_text(struct text *text, const struct text *other)
{
    if (text->state == TEXT_OK && other->state != TEXT_OK) {
        text->state = other->state;
    }
    text_append(text, text_string(other), other->len);
}

void text_append_char(struct text *text, char c)
{
    text_append(text, &c, 1);
}

void text_append_format(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (wanted < 0 || !reserve(text, text->len + (size_t)wanted)) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(text->bytes + text->len, (size_t)wanted + 1, format, args);
    va_end(args);
    text->len += (size_t)wanted;
}

bool text_check(const struct text *text, const char *where, struct err *reterr)
{
    switch (text->state) {
    case TEXT_OK:
        return true;
    case TEXT_NO_MEMORY:
        return err_set_no_memory(reterr);
    case TEXT_TOO_LONG:
        break;
    }
    return err_set(reterr, ERR_INPUT, where, "longer than the limit of %zu bytes", text->max_bytes);
}

const char *text_string(const struct text *text)
{
    return text->bytes == NULL ? "" : text->bytes;
}

void text_reset(struct text *text)
{
    text->len = 0;
    text->state = TEXT_OK;
    if (text->bytes != NULL) {
        text->bytes[0] = '\0';
    }
}

char *text_detach(struct text *text)
{
    text_reserve(text, 0);
    char *string = text->state == TEXT_OK ? text->bytes : NULL;
    if (string != NULL) {
        /* The caller keeps it: return the memory that is not used. */
        char *fitted = text->cap > text->len ? realloc(string, text->len + 1) : string;
        string = fitted != NULL ? fitted : string;
        text->bytes = NULL;
    }
    text_clear(text);
    return string;
}

void text_clear(struct text *text)
{
    free(text->bytes);
    *text = TEXT_INIT(text->max_bytes);
}
