/*
 * Which environment COMMAND must get by the replies of Parameter Store: a second reading of them, which
 * shares nothing with the program's. The run is "ssm-exec /p N=/n:1".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fuzz_model;

/* Inherited entries with NULL at the end; borrowed. Release with fuzz_model_free. */
struct fuzz_model *fuzz_model_new(char *const inherited[]);

/* One reply, to a call for the path /p or for the name /n:1. False if it is not JSON, or not in the shape. */
bool fuzz_model_read(struct fuzz_model *model, const char *reply, size_t len, bool is_path);

/* Ends the process where the environment is any other than the one that the replies make. */
void fuzz_model_check(struct fuzz_model *model, char *const envp[]);

void fuzz_model_free(struct fuzz_model *model);
