/* What may be done while something else is waited for. */
/* SPDX-License-Identifier: MIT */
#pragma once

struct meanwhile {
    /* Begins it; of no effect where it has begun already. Failing is silent: it is no more than a gain. */
    void (*begin)(struct meanwhile *meanwhile);
};
