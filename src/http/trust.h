/* Certificates to trust where no file of them was configured. */
/* SPDX-License-Identifier: MIT */
#pragma once

/* The roots that were compiled in (-Dbuiltin_roots), as PEM; NULL: none were. */
extern const char *const trust_builtin_roots;

/* The first bundle of certificates that exists where systems keep theirs; NULL: there is none. */
const char *trust_system_bundle(void);
