/*
 * The part of XML 1.0 that replies of AWS's query protocol use: elements, character references. A
 * document type is an error; attributes, comments and processing instructions are skipped.
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
 * Appends the text of the first element at a path of names that begins with the root's, such as
 * "ErrorResponse/Error/Code". False, with *ret_text unchanged, if there is no such element, if its text
 * does not fit into *ret_text, or if what comes before it is not well-formed. Reads the text once and
 * needs no memory except for the result.
 */
MUST_CHECK bool xml_find(const struct secret *document, const char *path, struct secret *ret_text);
