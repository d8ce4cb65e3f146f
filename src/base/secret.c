/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/locked.h"

enum {
    FIRST_CAPACITY = 64
};

/* Makes room for `wanted` bytes and a NUL. */
static void grow_to(struct secret *secret, size_t wanted)
{
    char *moved = locked_alloc(wanted + 1);
    if (moved == NULL) {
        err_note_no_memory();
        secret->state_ = SECRET_NO_MEMORY;
        return;
    }
    if (secret->bytes_ != NULL) {
        memcpy(moved, secret->bytes_, secret->len_);
    }
    moved[secret->len_] = '\0';
    locked_free(secret->bytes_);
    secret->bytes_ = moved;
    secret->cap_ = wanted;
}

void secret_append(struct secret *secret, const void *bytes, size_t len)
{
    if (secret->state_ != SECRET_OK) {
        return;
    }
    if (len > secret->max_bytes_ - secret->len_) {
        secret->state_ = SECRET_TOO_LONG;
        return;
    }
    size_t wanted = secret->len_ + len;
    if (wanted > secret->cap_ || secret->bytes_ == NULL) {
        size_t doubled = secret->cap_ > SIZE_MAX / 2 ? wanted : secret->cap_ * 2;
        size_t cap = doubled > wanted ? doubled : wanted;
        cap = cap < FIRST_CAPACITY ? FIRST_CAPACITY : cap;
        cap = cap > secret->max_bytes_ ? secret->max_bytes_ : cap;
        grow_to(secret, cap);
    }
    if (secret->state_ != SECRET_OK) {
        return;
    }
    if (len > 0) {
        memcpy(secret->bytes_ + secret->len_, bytes, len);
    }
    secret->len_ = wanted;
    secret->bytes_[secret->len_] = '\0';
}

void secret_append_string(struct secret *secret, const char *text)
{
    secret_append(secret, text, strlen(text));
}

void secret_append_secret(struct secret *secret, const struct secret *other)
{
    if (secret->state_ == SECRET_OK) {
        secret->state_ = other->state_;
    }
    secret_append(secret, secret_expose(other), other->len_);
}

void secret_append_text(struct secret *secret, const struct text *text)
{
    if (secret->state_ == SECRET_OK && text->state != TEXT_OK) {
        secret->state_ = text->state == TEXT_TOO_LONG ? SECRET_TOO_LONG : SECRET_NO_MEMORY;
    }
    secret_append(secret, text_string(text), text->len);
}

void secret_append_char(struct secret *secret, char c)
{
    secret_append(secret, &c, 1);
}

bool secret_check(const struct secret *secret, const char *where, struct err *reterr)
{
    switch (secret->state_) {
    case SECRET_OK:
        return true;
    case SECRET_NO_MEMORY:
        return err_set_no_memory(reterr);
    case SECRET_TOO_LONG:
        break;
    }
    return err_set(
            reterr, ERR_PROTOCOL, where, "longer than the limit of %zu bytes", secret->max_bytes_);
}

void secret_reserve(struct secret *secret, size_t bytes)
{
    if (secret->state_ == SECRET_OK && bytes > secret->max_bytes_) {
        secret->state_ = SECRET_TOO_LONG;
    }
    if (secret->state_ != SECRET_OK) {
        return;
    }
    if (bytes > secret->cap_ || secret->bytes_ == NULL) {
        grow_to(secret, bytes);
    }
}

size_t secret_len(const struct secret *secret)
{
    return secret->len_;
}

size_t secret_room(const struct secret *secret)
{
    return secret->max_bytes_ - secret->len_;
}

bool secret_is_empty(const struct secret *secret)
{
    return secret->len_ == 0;
}

const char *secret_expose(const struct secret *secret)
{
    return secret->bytes_ == NULL ? "" : secret->bytes_;
}

char *secret_expose_writable(struct secret *secret)
{
    return secret->bytes_;
}

void secret_shorten(struct secret *secret, size_t len)
{
    if (len < secret->len_) {
        explicit_bzero(secret->bytes_ + len, secret->len_ - len);
        secret->len_ = len;
    }
}

void secret_trim_end(struct secret *secret)
{
    size_t len = secret->len_;
    while (len > 0 && ascii_is_space(secret->bytes_[len - 1])) {
        len--;
    }
    secret_shorten(secret, len);
}

void secret_move(struct secret *to, struct secret *from)
{
    size_t max_bytes = from->max_bytes_;
    locked_free(to->bytes_);
    *to = *from;
    *from = SECRET_INIT(max_bytes);
}

void secret_clear(struct secret *secret)
{
    locked_free(secret->bytes_);
    *secret = SECRET_INIT(secret->max_bytes_);
}
