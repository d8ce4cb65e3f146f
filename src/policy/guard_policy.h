/* Guards around the other policies: what no role may do, whatever is attached to it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "policy/output.h"

/*
 * A service control policy: only some roles change the parameters below path, and only some read path as a
 * whole or what is above it. Borrowed.
 */
struct scp_policy {
    const char *region;          /* tells the partition; NULL: aws */
    const char *path;            /* NULL: /prod */
    struct string_list changers; /* roles; empty: prod-config-release */
    struct string_list readers;  /* roles; empty: prod-config-view, prod-incident */
    const char
            *administrators; /* the permission set of IAM Identity Center; NULL: ProdConfigAdmin */
};

/* ERR_USAGE for a parameter that is malformed; ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool scp_policy_write(const struct scp_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems);

/*
 * A resource control policy: only repositories of one GitHub organisation get in through GitHub's OIDC
 * provider, and keys serve principals of one AWS organisation. Borrowed.
 */
struct rcp_policy {
    const char *organization; /* "o-..." */
    const char *owner;        /* on GitHub */
    const char *owner_id;     /* NULL: the old form of the subject only, and a remark */
};

/* As above; also for a parameter that is missing. */
MUST_CHECK bool rcp_policy_write(const struct rcp_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems);

/* For the two below. Borrowed. */
struct path_guard {
    const char *region; /* tells the partition; NULL: aws */
    const char *path;
};

/* The permissions boundary of roles of pipelines: at most write and read back, and never at path. */
MUST_CHECK bool boundary_policy_write(const struct path_guard *guard,
        struct policy_output *ret_output,
        struct err_list *problems);

/* Keeps readers of a path from a part of it: denies path, and recursive reads of all above it. */
MUST_CHECK bool subtree_policy_write(const struct path_guard *guard,
        struct policy_output *ret_output,
        struct err_list *problems);
