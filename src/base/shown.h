/* Decides how much of an untrusted word a message shows: it may be a secret in the wrong place. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

enum {
    SHOWN_BYTES = 256
};

/*
 * Writes word[0..len) to out as a message may show it, and returns out. "..." replaces what follows the
 * first '=' (DB_PASS=password), and "://" or the first ':' before an '@' (URLs contain passwords). A word
 * whose only '=' are at its end may be a secret in base64 and is shown as "...". A word that does not
 * fit is truncated.
 */
const char *shown_word(const char *word, size_t len, char out[static SHOWN_BYTES]);

/*
 * The same for a word that should be a name: "..." unless what comes before the '=' consists of
 * letters, digits, '_', '-', '.' and '*'.
 */
const char *shown_name(const char *word, size_t len, char out[static SHOWN_BYTES]);
