/* Checks the parameters of policies, before they become part of one. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"

enum {
    CHECK_ITEMS_MAX = 1000 /* in one list */
};

/*
 * What passes holds no quote, no blank or control character, and none of '*', '?' and '$', which are
 * patterns and variables to IAM. Each adds ERR_USAGE at `option`, the option of the command line that
 * sets the parameter, to problems. A parameter that is NULL or empty is reported as missing. Lists report
 * each wrong item.
 */
struct check_rule {
    const char *characters;
    size_t max_bytes;
    const char *expected; /* "a name of ..." */
};

MUST_CHECK bool check_word(const char *option,
        const char *word,
        const struct check_rule *rule,
        struct err_list *problems);

/* Adds the error of a word that is not what is expected. Returns false. */
bool check_fail(
        const char *option, const char *word, const char *expected, struct err_list *problems);

/* For a parameter that this policy has no use for; why completes the sentence. */
MUST_CHECK bool check_absent(
        const char *option, const char *word, const char *why, struct err_list *problems);

/* 12 digits, and a region of any partition. */
MUST_CHECK bool check_account(const char *account, struct err_list *problems);
MUST_CHECK bool check_region(const char *region, struct err_list *problems);

/*
 * Paths as ssm-exec takes them, "/" included, at most 15 levels, none that AWS reserves. A '/' at the end
 * is ignored, here and in resources.h. A list that must not be empty is reported as missing.
 */
MUST_CHECK bool check_path(const char *option, const char *path, struct err_list *problems);
MUST_CHECK bool check_paths(const char *option,
        const struct string_list *paths,
        bool is_needed,
        struct err_list *problems);

/* That none of the checked paths is "/": it is all environments together, and easily the rest of an empty variable. */
MUST_CHECK bool check_not_whole(
        const char *option, const struct string_list *paths, struct err_list *problems);

/* Each item by the rule. */
MUST_CHECK bool check_list(const char *option,
        const struct string_list *list,
        const struct check_rule *rule,
        struct err_list *problems);

/* Names of roles, which may have a path: "on-call", "teams/api/on-call". */
MUST_CHECK bool check_role(const char *option, const char *role, struct err_list *problems);
MUST_CHECK bool check_roles(
        const char *option, const struct string_list *roles, struct err_list *problems);

/* Of a repository, its owner or a project: digits, which never change. */
MUST_CHECK bool check_id(const char *option, const char *id, struct err_list *problems);

/* A user or an organisation on GitHub. */
MUST_CHECK bool check_github_owner(
        const char *option, const char *owner, struct err_list *problems);

/* The length of a path without slashes at its end: 0 for "/". */
size_t check_path_len(const char *path);
