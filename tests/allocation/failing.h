/* Which allocation fails: the common part of the two ways to replace the allocator. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * Counts one allocation that `caller` (a return address) makes. True, with errno set to ENOMEM, if it
 * is to fail: the one whose number is in ALLOCATION_FAILS_AT, and with ALLOCATION_FAILS_FOR_GOOD each one
 * after it. The first that fails makes the file that ALLOCATION_FAILED names. Those of OpenSSL's libcrypto
 * neither count nor fail: it crashes where its own initialisation finds no memory. Nor do those that
 * libraries make before main. May be called from several threads.
 */
bool allocation_fails(const void *caller);
