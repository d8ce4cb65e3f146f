/* A parameter as Parameter Store gives it (API reference, data type Parameter). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"

/*
 * AWS's limits are 8 KB, and 64 KiB for secrets. This one is larger than a variable can be, so that
 * with another service the kernel's limit is what is reported.
 */
enum {
    PARAMETER_VALUE_MAX_BYTES = 256 * 1024
};

#define PARAMETER_STRING        "String"
#define PARAMETER_STRING_LIST   "StringList"
#define PARAMETER_SECURE_STRING "SecureString"

/* Names below this are secrets of Secrets Manager. AWS does not give them without decryption. */
#define PARAMETER_SECRETS_MANAGER "/aws/reference/secretsmanager/"

/* How Parameter Store was asked for SecureStrings. */
enum parameter_decryption {
    PARAMETER_DECRYPTED,
    PARAMETER_UNDECRYPTED, /* their values are ciphertext, which is not kept */
};

/* Owns its texts. Initialise with PARAMETER_INIT, release with parameter_clear. */
struct parameter {
    char *name;          /* complete */
    char *type;          /* "String", "StringList" or PARAMETER_SECURE_STRING */
    char *arn;           /* "" where the reply had none */
    char *selector;      /* ":3" or ":label" where one was asked for; "" otherwise */
    struct secret value; /* empty for what is not decrypted */
    int64_t version;     /* from 1 on; 0 for Secrets Manager values */
    int64_t modified_s;  /* since the epoch; 0 where the reply had none */
};

#define PARAMETER_INIT ((struct parameter){ .value = SECRET_INIT(PARAMETER_VALUE_MAX_BYTES) })

void parameter_clear(struct parameter *parameter);

/* Zero-initialise; release with parameter_list_clear. */
struct parameter_list {
    struct parameter *items;
    size_t len;
    size_t cap;
};

/* The list takes over what *parameter owns, and leaves it empty. ERR_SYSTEM without memory. */
MUST_CHECK bool parameter_list_add_take(
        struct parameter_list *list, struct parameter *parameter, struct err *reterr);

void parameter_list_clear(struct parameter_list *list);
