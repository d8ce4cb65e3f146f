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

/*
 * Appends the file's content without white space at its end. ERR_CREDENTIALS for a file that is
 * missing, empty, longer than ret_token's maximum, or holds inside what the form does not allow, or
 * control characters; what file_read gives otherwise. `setting` is who named the file.
 */
MUST_CHECK bool token_file_read(const char *path,
        enum token_form form,
        const char *setting,
        const struct file_limits *limits,
        struct secret *ret_token,
        struct err *reterr);
