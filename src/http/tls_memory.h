/* The memory that libcurl's TLS library decrypts replies into, where that library lets itself be told. */
/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Call before the TLS library is first used, that is before curl_global_init. OpenSSL then wipes what it
 * releases, and its large blocks, which are its buffers for records, are locked and left out of dumps.
 * Without effect where OpenSSL is not libcurl's library (mbedTLS of the static program is told when it is
 * built), or has been used already.
 */
void tls_memory_take_over(void);
