/* What the words of a variable's name say about its value. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

enum name_says {
    NAME_SAYS_NOTHING,
    NAME_SAYS_SECRET,         /* PASSWORD, CLIENT_SECRET: a secret wherever it is */
    NAME_SAYS_SERVICE_SECRET, /* TOKEN, DSN, API_KEY: may be published behind NEXT_PUBLIC_ */
    NAME_SAYS_URL,            /* DATABASE_URL: often holds a password */
    NAME_SAYS_KEY,            /* KEY, AUTH, SID */
    NAME_SAYS_CONFIG,
    NAME_SAYS_REVISION, /* GIT_SHA, COMMIT: looks random, and is public */
    NAME_SAYS_PUBLIC,   /* PUBLISHABLE_KEY, SITE_KEY, ANON_KEY */
};

/*
 * The last words decide, whatever their case: API_KEY_URL is configuration. Words behind them that only say
 * which one it is do not count: DB_PASSWORD_PROD, TOKEN_2.
 */
enum name_says name_words_say(const char *name);

/* Whether bundlers publish the variable: NEXT_PUBLIC_, VITE_, REACT_APP_ ... */
bool name_words_are_published(const char *name);

/* The keys that AWS's SDKs read from the environment. */
bool name_words_are_aws_credentials(const char *name);
