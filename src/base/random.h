/* Random numbers that spread retries; not for keys. */
/* SPDX-License-Identifier: MIT */
#pragma once

/* Uniform in [0, 1). */
double random_fraction(void);
