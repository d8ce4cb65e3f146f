/* SPDX-License-Identifier: MIT */
#include "base/environment.h"

#include <string.h>

size_t environment_name_len(const char *entry)
{
    return strcspn(entry, "=");
}

const char *environment_get_raw(const struct environment *environment, const char *name)
{
    size_t len = strlen(name);
    for (char *const *entry = environment->entries; *entry != NULL; entry++) {
        if (strncmp(*entry, name, len) == 0 && (*entry)[len] == '=') {
            return *entry + len + 1;
        }
    }
    return NULL;
}

const char *environment_get(const struct environment *environment, const char *name)
{
    const char *value = environment_get_raw(environment, name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}
