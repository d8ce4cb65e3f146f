/*
 * Reads files of PEM certificates (RFC 7468) the way OpenSSL does, whatever library makes the TLS
 * connections, and finds a certificate by its subject without decoding the others: a system's bundle has
 * some 140, of which one is needed. Knows of X.509 (RFC 5280) only where in a certificate the subject
 * stands; what is found is for a TLS library to read and to judge.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"

enum {
    PEM_SUBJECT_MAX_BYTES = 8 * 1024,      /* within which a subject ends, or is not looked for */
    PEM_FILE_MAX_BYTES = 16 * 1024 * 1024, /* more of a file is not read */
};

/* One certificate of an index; borrowed from it. */
struct pem_entry;

/*
 * The certificates of a text and what tells their subjects apart; release with pem_index_clear.
 *
 * Blocks begin and end on lines of their own, behind which blanks may stand. Other text between them is
 * skipped, and so are blocks that are not certificates. The digits may be broken into lines in any way. A
 * TRUSTED CERTIFICATE ("openssl x509 -trustout") whose trust settings exclude TLS servers is left out.
 *
 * OpenSSL refuses a whole text for one broken block: the index ends there and says where and why.
 */
struct pem_index {
    struct pem_entry *entries;
    size_t count;
    size_t certificates; /* seen, with those that are left out */
    size_t fault_line;   /* from 1 on */
    const char *fault;   /* what is wrong there; static storage. NULL: nothing */
};

/* Borrows the text. Without memory the index is empty and the fault says so. */
struct pem_index pem_index_make(const char *text, size_t len);

void pem_index_clear(struct pem_index *index);

/*
 * The next certificate from *cursor on (0 at first) whose subject is, byte for byte, the name (a DER
 * SEQUENCE with its header); NULL where there is none.
 */
const struct pem_entry *pem_find_subject(
        const struct pem_index *index, const unsigned char *name, size_t name_len, size_t *cursor);

/* The certificate at that place, below index->count. */
const struct pem_entry *pem_at(const struct pem_index *index, size_t place);

/* The certificate in DER, without what may follow it: its length, and a copy of that length. */
size_t pem_der_len(const struct pem_entry *entry);
void pem_der_copy(const struct pem_entry *entry, unsigned char *ret_der);

/* A file that is read when it is asked for first. Set path and zero the rest; release with _clear. */
struct pem_file {
    const char *path; /* borrowed; NULL: there is none */
    struct text text;
    struct pem_index index;
    int read_errno; /* why it could not be read; 0: it was */
    bool is_too_large;
    bool was_read;
};

/* What the file holds; empty where there is none or it cannot be read. */
const struct pem_index *pem_file_index(struct pem_file *file);

/*
 * Reads it. ERR_INPUT at `where` unless all of it is sound and it has a certificate at all. shown_path: what
 * the message calls the file.
 */
MUST_CHECK bool pem_file_check(
        struct pem_file *file, const char *shown_path, const char *where, struct err *reterr);

void pem_file_clear(struct pem_file *file);
