/* SPDX-License-Identifier: MIT */
#include "base/budget.h"

size_t budget_left(const struct budget *budget)
{
    return budget->max_bytes - budget->kept_bytes;
}

bool budget_keep(struct budget *budget, size_t bytes, const char *where, struct err *reterr)
{
    if (bytes > budget_left(budget)) {
        return err_set(reterr, ERR_PROTOCOL, where,
                "the replies need more memory than the limit of %zu MiB for all sources together",
                budget->max_bytes / (1024 * 1024));
    }
    budget->kept_bytes += bytes;
    return true;
}
