/* Certificates to trust if no file of them is configured. */
/* SPDX-License-Identifier: MIT */
#pragma once

/* The compiled-in roots (-Dbuiltin_roots), as PEM; NULL if there are none. */
extern const char *const trust_builtin_roots;

/* The path of the system's bundle: the first usual one that exists; NULL if none does. */
const char *trust_system_bundle(void);
