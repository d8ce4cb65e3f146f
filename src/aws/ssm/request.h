/* Request bodies of Parameter Store's read operations (API reference, version 2014-11-06). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"

enum {
    SSM_REQUEST_MAX_BYTES = 64 * 1024
};

/* X-Amz-Target */
#define SSM_GET_PARAMETERS_BY_PATH "AmazonSSM.GetParametersByPath"
#define SSM_GET_PARAMETERS         "AmazonSSM.GetParameters"

struct ssm_path_request {
    const char *path;
    const char *label;      /* NULL: none */
    const char *next_token; /* NULL: the first page */
    bool recursive;
    bool with_decryption;
    int page_items;
};

/* Append the body; secret_check reports if it did not fit. */
void ssm_request_path(const struct ssm_path_request *request, struct secret *ret_body);
void ssm_request_names(
        const char *const names[], size_t count, bool with_decryption, struct secret *ret_body);
