/* Files that contain one token, such as those that Kubernetes mounts and renews. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/providers/provider.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

enum token_form {
    TOKEN_WORD, /* without blanks */
    TOKEN_LINE, /* blanks are part of it, as in the header value "Basic dXNlcjpw" */
};

/*
 * Appends the contents of the file that the setting names, without white space at the end, and the
 * file's path. ERR_CREDENTIALS for a file that is missing, empty, longer than ret_token's maximum,
 * or has a character that the form does not allow; otherwise the errors of setting_expand_path
 * and file_read.
 */
MUST_CHECK bool token_file_read(const struct provider_context *context,
        const struct setting *setting,
        enum token_form form,
        struct secret *ret_token,
        struct text *ret_path,
        struct err *reterr);
