/* A parameter of Parameter Store (API reference, data type Parameter). */
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
 * with other services, which allow more, the kernel's limit is the one that is reported.
 */
enum {
    PARAMETER_VALUE_MAX_BYTES = 256 * 1024
};

#define PARAMETER_STRING        "String"
#define PARAMETER_STRING_LIST   "StringList"
#define PARAMETER_SECURE_STRING "SecureString"

/* Names below this are secrets of Secrets Manager, which AWS only returns decrypted. */
#define PARAMETER_SECRETS_MANAGER "/aws/reference/secretsmanager/"

/* How SecureStrings are requested. */
enum parameter_decryption {
    PARAMETER_DECRYPTED,
    PARAMETER_UNDECRYPTED, /* their values are ciphertext, which is not kept */
};

/* Owns its texts. Initialise with PARAMETER_INIT, release with parameter_clear. */
struct parameter {
    char *name;          /* with its path */
    char *type;          /* "String", "StringList" or PARAMETER_SECURE_STRING */
    char *arn;           /* "" if the reply had none */
    char *selector;      /* ":3" or ":label" if one was requested, else "" */
    struct secret value; /* empty for what is not decrypted */
    int64_t version;     /* from 1 on; 0 for Secrets Manager values */
    int64_t modified_s;  /* since the epoch; 0 if the reply had none */
};

#define PARAMETER_INIT ((struct parameter){ .value = SECRET_INIT(PARAMETER_VALUE_MAX_BYTES) })

void parameter_clear(struct parameter *parameter);

/* Zero-initialise; release with parameter_list_clear. */
struct parameter_list {
    struct parameter *items;
    size_t len;
    size_t cap;
};

/* Moves *parameter to the list; it becomes empty. ERR_SYSTEM if memory runs out. */
MUST_CHECK bool parameter_list_add_owned(
        struct parameter_list *list, struct parameter *parameter, struct err *reterr);

void parameter_list_clear(struct parameter_list *list);
