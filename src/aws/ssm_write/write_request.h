/* Request bodies of the operations that write, and of those that only a writer needs (version 2014-11-06). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"

/* X-Amz-Target */
#define SSM_PUT_PARAMETER          "AmazonSSM.PutParameter"
#define SSM_ADD_TAGS_TO_RESOURCE   "AmazonSSM.AddTagsToResource"
#define SSM_LIST_TAGS_FOR_RESOURCE "AmazonSSM.ListTagsForResource"

enum {
    SSM_TAGS_MAX = 50, /* of one parameter */
};

struct ssm_tag {
    const char *key;
    const char *value;
};

struct ssm_tags {
    const struct ssm_tag *items;
    size_t count;
};

/* Borrows everything. */
struct ssm_put {
    const char *name;
    const struct secret *value; /* UTF-8 without NUL */
    const char *type;
    const char *tier;   /* "Standard", "Advanced" */
    const char *key_id; /* NULL: the type is not SecureString */
    bool overwrite;
    struct ssm_tags tags; /* none with overwrite: AWS refuses both together */
};

/* Append the body; secret_check tells if it did not fit. */
void ssm_request_put(const struct ssm_put *put, struct secret *ret_body);
void ssm_request_add_tags(const char *name, const struct ssm_tags *tags, struct secret *ret_body);
void ssm_request_list_tags(const char *name, struct secret *ret_body);
