/*
 * Finds a certificate by its subject in a text of many PEM certificates (RFC 7468) without reading the
 * others: a system's bundle has some 140, of which one is needed. Knows of X.509 (RFC 5280) only where
 * in a certificate the subject stands; what is found is for a TLS library to read and to judge.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum {
    PEM_SUBJECT_MAX_BYTES = 8 * 1024,      /* within which a subject ends, or is passed over */
    PEM_FILE_MAX_BYTES = 16 * 1024 * 1024, /* more of a file is not read */
};

/* One certificate, from its BEGIN line to the end of its END line; borrowed from the text. */
struct pem_block {
    const char *text;
    size_t len;
};

/*
 * The certificates of a text and what tells their subjects apart; release with pem_index_clear. The
 * index ends at whatever a reader of the whole may take for something else: a block that does not end,
 * a line that is none. Other text between certificates is passed over.
 */
struct pem_index {
    struct pem_entry *entries;
    size_t count;
};

/* Borrows the text. Empty without memory. */
struct pem_index pem_index_make(const char *text, size_t len);

void pem_index_clear(struct pem_index *index);

/*
 * The next certificate from *cursor on (0 at first) whose subject is, byte for byte, the name (a DER
 * SEQUENCE with its header); false where there is none.
 */
bool pem_find_subject(const struct pem_index *index,
        const unsigned char *name,
        size_t name_len,
        size_t *cursor,
        struct pem_block *ret_block);

/* A file that is read when it is asked for first. Set path and zero the rest; release with _clear. */
struct pem_file {
    const char *path; /* borrowed; NULL: there is none */
    struct text text;
    struct pem_index index;
    bool was_read;
};

/* What the file holds; empty where there is none, it cannot be read or holds a NUL. */
const struct pem_index *pem_file_index(struct pem_file *file);

void pem_file_clear(struct pem_file *file);
