/* Lists of ARNs, as words for policy/document.h, of parameters that passed policy/check.h. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/parameter_arn.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "base/text.h"

#define RESOURCES_INIT TEXT_INIT(1024 * 1024)

/*
 * The parameters of the account and region, which are checked. ERR_USAGE: then *ret_scope serves to check the
 * rest only.
 */
MUST_CHECK bool resources_scope(const char *account,
        const char *region,
        struct parameter_scope *ret_scope,
        struct err_list *problems);

/* The same name in every account and region of the partition. region may be NULL: that of aws. */
struct parameter_scope resources_anywhere(const char *region);

void resources_add(struct text *resources, const char *format, ...) PRINTF_LIKE(2, 3);

/* Of GetParametersByPath: what it asks for is the path itself, and may be a path below it. */
void resources_add_path(
        struct text *resources, const struct parameter_scope *scope, const char *path);
void resources_add_path_with_slash(
        struct text *resources, const struct parameter_scope *scope, const char *path);
void resources_add_below(
        struct text *resources, const struct parameter_scope *scope, const char *path);
void resources_add_tree(
        struct text *resources, const struct parameter_scope *scope, const char *path);

/* The paths above, with and without '/' at the end, each once: who may read them has what is below. */
void resources_add_ancestors(
        struct text *resources, const struct parameter_scope *scope, const char *path);

/* resources_add_below for each. */
void resources_add_all_below(struct text *resources,
        const struct parameter_scope *scope,
        const struct string_list *paths);

/* "/a/b", "/a/b:3" or the ARN of a parameter in the same region, maybe of another account. ERR_USAGE. */
MUST_CHECK bool resources_add_name(struct text *resources,
        const struct parameter_scope *scope,
        const char *option,
        const char *name,
        struct err_list *problems);

/* The id or the ARN of a key; an alias is an error. ERR_USAGE. */
MUST_CHECK bool resources_add_key(struct text *resources,
        const struct parameter_scope *scope,
        const char *option,
        const char *key,
        struct err_list *problems);
