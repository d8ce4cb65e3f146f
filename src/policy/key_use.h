/* The statement that lets a role use keys through one service, for its own parameters or secrets only. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/parameter_arn.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "base/text.h"
#include "policy/document.h"
#include "policy/output.h"

/* Which keys the values are encrypted with. Borrowed. */
struct key_choice {
    struct string_list ids; /* ids or ARNs */
    bool has_default;       /* also with the account's default key, which takes no grant */
};

/* Appends the ARNs of the keys. ERR_USAGE if there are neither keys nor the default key. */
MUST_CHECK bool key_use_add(struct text *resources,
        const struct parameter_scope *scope,
        const struct key_choice *keys,
        struct err_list *problems);

struct key_use {
    const char *sid;
    const char *actions;
    const char *service; /* "ssm" */
    const char *context; /* the member of the encryption context that names the parameter */
};

/* Writes nothing if there are no keys. */
void key_use_write(struct document *document,
        const struct parameter_scope *scope,
        const struct key_use *use,
        const struct text *keys,
        const struct text *names);

/*
 * Whether the value of kms:ViaService is known: outside the partition aws nothing says what the services
 * send, so that the condition is left out there.
 */
bool key_use_has_service(const struct parameter_scope *scope);

/* What to know about the default key, and about a partition without kms:ViaService. ERR_SYSTEM. */
MUST_CHECK bool key_use_remark(struct policy_output *output,
        const struct parameter_scope *scope,
        const struct key_choice *keys,
        struct err_list *problems);
MUST_CHECK bool key_use_remark_service(struct policy_output *output,
        const struct parameter_scope *scope,
        struct err_list *problems);
