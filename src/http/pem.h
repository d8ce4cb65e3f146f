/*
 * Reads files of PEM certificates (RFC 7468) as strictly as OpenSSL, whichever TLS library libcurl uses: one
 * broken block is an error.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"

/* Set path or text, zero the rest; release with pem_file_clear. */
struct pem_file {
    const char *path; /* borrowed; NULL: the text is given, or there is none */
    struct text text;
    int read_errno;     /* why the file could not be read; 0: it was read */
    unsigned char *der; /* the certificates for TLS servers, one after another, up to a fault */
    size_t der_len;
    bool has_certificate; /* for any purpose */
    const char *fault;    /* about the first broken block; static storage. NULL: none */
    size_t line;          /* of the fault */
};

/* Reads the file, unless it was read before. */
void pem_file_read(struct pem_file *file);

/* Reads the file. ERR_INPUT at `where` if it has a fault or no certificates; shown_path is for the message. */
MUST_CHECK bool pem_file_check(
        struct pem_file *file, const char *shown_path, const char *where, struct err *reterr);

void pem_file_clear(struct pem_file *file);
