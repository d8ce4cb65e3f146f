/* How much of a word from outside a message may show: it may be a secret in the wrong place. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

enum {
    SHOWN_BYTES = 256
};

/*
 * word[0..len) for a message, in out: what follows its first '=' is shown as "...", so that nobody's
 * password is printed for DB_PASS=password, and so is what follows "://" or the first ':' before a '@':
 * URLs hold passwords. What ends in '=' alone may be a secret in base64
 * and is shown as "...", and a word that does not fit is cut. Returns out.
 */
const char *shown_word(const char *word, size_t len, char out[static SHOWN_BYTES]);

/*
 * The same for a word that should be a name: "..." unless what comes before the '=' consists of
 * letters, digits, '_', '-', '.' and '*'.
 */
const char *shown_name(const char *word, size_t len, char out[static SHOWN_BYTES]);
