/* What the fuzz targets have in common: their entry point, and input as the library takes it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"

/* libFuzzer's entry point, which each target defines. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The bytes as a secret in a heap block of their size: unlike locked memory, AddressSanitizer
 * watches its ends. Release with fuzz_secret_free.
 */
struct secret fuzz_secret_new(const uint8_t *data, size_t size);

void fuzz_secret_free(struct secret *secret);

/* The bytes up to the first NUL as a string; release with free. */
char *fuzz_string_new(const uint8_t *data, size_t size);

/* An empty list, in the same storage each time: to allocate it takes longer than most inputs. */
struct err_list *fuzz_problems(void);
