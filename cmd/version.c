/* SPDX-License-Identifier: MIT */
#include "version.h"

#include <string.h>

#include "aws/sign/digest.h"
#include "http/http_curl.h"
#include "program.h"

void version_write(struct text *out)
{
    /* libcurl has named the library that hashes if it uses the same one for TLS. */
    const char *libraries = http_curl_versions();
    bool is_named = strstr(libraries, digest_library()) != NULL;
    text_append_format(out, PROGRAM_NAME " %s (%s%s%s)\n", SSM_EXEC_VERSION, libraries,
            is_named ? "" : " ", is_named ? "" : digest_library());
}
