/*
 * Files of PEM certificates (RFC 7468), read as strictly as OpenSSL reads them, whatever library makes
 * the TLS connections: one broken block is an error.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"

/* Set the path or the text, zero the rest; release with pem_file_clear. */
struct pem_file {
    const char *path; /* borrowed; NULL: the text is given, or there is none */
    struct text text;
    int read_errno; /* why it could not be read; 0: it was */
    unsigned char
            *der; /* certificates before the first fault that TLS servers may have, back to back */
    size_t der_len;
    bool has_certificate; /* of whatever use */
    const char *fault;    /* the first broken block; static storage. NULL: there is none */
    size_t line;          /* of the fault */
};

/* Reads the file unless it has been read. */
void pem_file_read(struct pem_file *file);

/* The same. ERR_INPUT at `where` unless it has certificates and no fault; shown_path is for the message. */
MUST_CHECK bool pem_file_check(
        struct pem_file *file, const char *shown_path, const char *where, struct err *reterr);

void pem_file_clear(struct pem_file *file);
