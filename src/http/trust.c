/* SPDX-License-Identifier: MIT */
#include "http/trust.h"

#include <stddef.h>
#include <unistd.h>

const char *trust_system_bundle(void)
{
    static const char *const files[] = {
        "/etc/ssl/certs/ca-certificates.crt", /* Debian, Ubuntu, Alpine, Arch */
        "/etc/pki/tls/certs/ca-bundle.crt",   /* Amazon Linux, Fedora, Red Hat */
        "/etc/ssl/cert.pem",                  /* Alpine without the ca-certificates package */
    };

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (access(files[i], R_OK) == 0) {
            return files[i];
        }
    }
    return NULL;
}
