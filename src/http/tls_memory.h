/* Replaces the allocator of libcurl's TLS library, if that allows it: replies are decrypted into its memory. */
/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Makes OpenSSL wipe the memory that it releases, and lock its large blocks, which are record buffers, and
 * exclude them from dumps. Call it before curl_global_init. It has no effect if OpenSSL was used before, or
 * if libcurl uses another library (the static program's mbedTLS has its allocator built in).
 */
void tls_memory_protect(void);
