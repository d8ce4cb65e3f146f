/* What a value looks like. The functions borrow the value and answer yes or no. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/span.h"

/* A private key in PEM (also base64 of one), or of PGP, PuTTY or age. */
bool value_shape_is_private_key(struct span value);

/* A token of a service, by its prefix, alphabet and length, alone or after "Bearer ". */
bool value_shape_is_token(struct span value);

/* The same for AWS access key ids, and for what a service publishes (pk_live_). */
bool value_shape_is_aws_key_id(struct span value);
bool value_shape_is_published_token(struct span value);

/* Three parts of base64url, of which the first two are JSON. */
bool value_shape_is_jwt(struct span value);

/*
 * A URL with a password before its host or a secret among its parameters, or a connection string
 * with a password.
 */
bool value_shape_has_password(struct span value);

/* A text that says that a value has yet to be put in: changeme, xxxx, <key>, your-key-here. */
bool value_shape_is_placeholder(struct span value);

/* At least 20 characters of base64 that look random: not words, a path, a URL, a UUID, an e-mail address. */
bool value_shape_is_random(struct span value);

bool value_shape_is_boolean(struct span value);

/* Digits with a sign, a fraction, a unit (10s, 50mb) or commas between several. */
bool value_shape_is_number(struct span value);

/* At most five digits. */
bool value_shape_is_small_number(struct span value);

/* Hosts, with or without ports, or a URL without anything that looks like a secret. */
bool value_shape_is_host(struct span value);

bool value_shape_is_path(struct span value);

/* One word of at most 12 lower-case letters. */
bool value_shape_is_plain_word(struct span value);
