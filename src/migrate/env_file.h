/* An env file, and what messages call it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vars/dotenv.h"

/* Borrows both. */
struct env_file {
    const char *shown;
    const struct dotenv *dotenv;
};
