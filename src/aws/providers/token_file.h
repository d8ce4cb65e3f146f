/* Files that hold one token, as Kubernetes mounts them; read anew each time, since it rotates them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"

enum token_form {
    TOKEN_WORD, /* no blank inside */
    TOKEN_LINE, /* blanks are part of it: an Authorization header such as "Basic dXNlcjpw" */
};

struct token_file {
    const char *path;
    const char *shown_path; /* what messages call it */
    const char *setting;    /* who named it */
    enum token_form form;
};

/*
 * Appends the file's content without white space at its end. ERR_CREDENTIALS for a file that is
 * missing, empty, longer than ret_token's maximum, or holds inside what the form does not allow, or
 * control characters; what file_read gives otherwise.
 */
MUST_CHECK bool token_file_read(const struct token_file *file,
        const struct file_limits *limits,
        struct secret *ret_token,
        struct err *reterr);
