/* What --version prints. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"

/* The program's name and version, and the libraries it runs on, as one line. */
void version_write(struct text *out);
