/* Trust policies: who may assume a role. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "policy/output.h"

enum trust_kind {
    TRUST_ECS,          /* tasks of ECS */
    TRUST_POD_IDENTITY, /* pods of EKS, by its agent */
    TRUST_IRSA,         /* pods of EKS, by the cluster's OIDC provider */
    TRUST_GITHUB,       /* jobs of GitHub Actions */
    TRUST_GITLAB,       /* jobs of GitLab */
    TRUST_INCIDENT,     /* people in an incident, with MFA */
};

/* Borrowed. What a kind has no use for must be NULL or false. */
struct trust_policy {
    enum trust_kind kind;
    const char *account;
    const char *region; /* ecs, pod-identity; for the others it tells the partition, NULL: aws */

    const char *cluster;         /* pod-identity: name or ARN */
    const char *namespace;       /* pod-identity, irsa */
    const char *service_account; /* pod-identity, irsa */

    /* irsa, gitlab: with or without https://. For gitlab NULL is gitlab.com. */
    const char *issuer;

    const char *repository;    /* github: OWNER/NAME */
    const char *repository_id; /* github: with owner_id; both NULL: the old form of the subject */
    const char *owner_id;
    const char *environment; /* github */
    const char *workflow;    /* github: the file in .github/workflows, or NULL; needs ref */
    bool old_subject;        /* github: also the form without ids, pinned by repository_id */

    const char *project;    /* gitlab: GROUP/NAME */
    const char *project_id; /* gitlab.com; may be NULL, with a remark */

    /* github: a branch, or refs/...; may be NULL. gitlab: the same, needed. */
    const char *ref;

    const char *role; /* incident: the role that people have before */
};

/* ERR_USAGE for a parameter that is missing, malformed or of another kind; ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool trust_policy_write(const struct trust_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems);
