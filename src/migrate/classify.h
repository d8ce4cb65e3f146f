/*
 * What kind of variable this is: decided from its name and the shape of its value. The kind guides
 * people who review an inventory. Nothing of a value is returned: only the enumerations below.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"

enum classify_kind {
    CLASSIFY_UNKNOWN,
    CLASSIFY_SECRET,
    CLASSIFY_LIKELY, /* may be a secret: a person should look */
    CLASSIFY_CONFIG,
    CLASSIFY_PUBLIC, /* published on purpose, for example in a bundle for browsers */
    CLASSIFY_KINDS
};

enum classify_why {
    CLASSIFY_NO_REASON,
    CLASSIFY_PRIVATE_KEY,
    CLASSIFY_TOKEN_SHAPE,
    CLASSIFY_JWT,
    CLASSIFY_URL_PASSWORD, /* a URL or a connection string with a password in it */
    CLASSIFY_NAME,
    CLASSIFY_ENTROPY,
    CLASSIFY_NAME_KEY,
    CLASSIFY_BOOLEAN,
    CLASSIFY_NUMBER,
    CLASSIFY_HOSTNAME, /* also a URL without a password, and a list of hosts */
    CLASSIFY_PATH,
    CLASSIFY_PREFIX, /* NEXT_PUBLIC_ and the like */
    CLASSIFY_WHYS
};

/* What one value alone tells, each a bit of the set in struct classification. */
enum classify_note {
    CLASSIFY_EMPTY = 1 << 0,
    CLASSIFY_BIG = 1 << 1,         /* above 4,096 bytes: takes a parameter of the advanced tier */
    CLASSIFY_IMPOSSIBLE = 1 << 2,  /* above 8,192 bytes: no parameter holds it */
    CLASSIFY_CURLY = 1 << 3,       /* has "{{", which Parameter Store refuses */
    CLASSIFY_EXPANDS = 1 << 4,     /* has $NAME or ${NAME}, which other loaders expand */
    CLASSIFY_HASH = 1 << 5,        /* other loaders take a '#' in it for a comment */
    CLASSIFY_MULTILINE = 1 << 6,   /* has line ends */
    CLASSIFY_PLACEHOLDER = 1 << 7, /* says that a value has yet to be put in */
    CLASSIFY_REFERENCE = 1 << 8,   /* is a reference (ssm://...) already */
    CLASSIFY_GUARDED = 1 << 9,     /* a variable that ssm-exec sets only if it is named (guard.h) */
    CLASSIFY_CREDENTIALS = 1 << 10, /* AWS keys: use a role */
    CLASSIFY_PUBLISHED = 1 << 11, /* looks like a secret, but its name says that it is published */
};

enum {
    CLASSIFY_NOTE_COUNT = 12
};

struct classify_variable {
    const char *name;
    const struct secret *value; /* NULL: only the name is known, as from a .env.example */
    bool has_inner_hash;        /* as struct dotenv_entry */
};

struct classification {
    enum classify_kind kind;
    enum classify_why why;
    unsigned notes; /* enum classify_note, or-ed */
};

/*
 * The first of these that holds decides:
 * secret: the value is a private key, a token of a known shape, a JSON web token or a URL with a password;
 *         or the last words of the name say so, and the value is not a boolean or a small number.
 *         With a placeholder as its value such a name is only likely.
 * public: the prefix of the name or of the value says so (NEXT_PUBLIC_, pk_live_), or its last words
 *         (SITE_KEY). Behind such a prefix the words token, dsn and api_key do not make a secret.
 * likely: the value looks random, unless the name says that it is a revision (GIT_SHA); or the name ends in
 *         KEY, AUTH or SID, and the value is not one plain word.
 * config: by name; or the value is a boolean, a number, a host or URL, or a path.
 */
struct classification classify(const struct classify_variable *variable);

/*
 * Whether the value refers to the variable `name` as $NAME or ${NAME}. What follows a '$' may be part of
 * a secret: so a caller asks for the names that it knows, and never learns what the value has.
 */
bool classify_refers_to(const struct secret *value, const char *name);

/* The words of tables and JSON: "secret", "url-password", "placeholder"; "-" for CLASSIFY_NO_REASON. */
const char *classify_kind_word(enum classify_kind kind);
const char *classify_why_word(enum classify_why why);
const char *classify_note_word(enum classify_note note);
