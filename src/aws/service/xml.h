/*
 * The part of XML 1.0 that answers of AWS's query protocol use: elements, character references. A
 * document type is refused; attributes, comments and processing instructions are passed over.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/secret.h"

enum {
    XML_DEPTH_MAX = 16
};

/*
 * Appends the text of the first element at that path of names from the root on, "Error/Code" being
 * written "ErrorResponse/Error/Code". False, and *ret_text untouched, where there is none, where it is
 * longer than *ret_text has room for, or where what stands before it is not well-formed. One pass over
 * the text, no memory but the result's.
 */
MUST_CHECK bool xml_find(const struct secret *document, const char *path, struct secret *ret_text);
