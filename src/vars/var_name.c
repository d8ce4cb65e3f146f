/* SPDX-License-Identifier: MIT */
#include "vars/var_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/span.h"
#include "base/text.h"

enum {
    NAME_MAX_BYTES = 8 * 1024
};

bool var_name_is_valid(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!ascii_is_alnum(name[i]) && name[i] != '_') {
            return false;
        }
    }
    return len > 0 && !ascii_is_digit(name[0]);
}

bool var_name_is_own(const char *name, size_t len)
{
    return span_starts_with((struct span){ name, len }, VAR_NAME_OWN_PREFIX);
}

/* The name without the path. Below "/" AWS may return names without a leading slash. */
static const char *relative_name(const char *parameter, const char *path)
{
    size_t path_len = strcmp(path, "/") == 0 ? 0 : strlen(path);
    const char *rest = parameter + path_len;
    return rest[0] == '/' ? rest + 1 : rest;
}

bool var_name_make(const char *parameter,
        const char *path,
        const char *prefix,
        const struct var_name_rules *rules,
        char **ret_name,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text name = TEXT_INIT(NAME_MAX_BYTES);
    const char *rest = relative_name(parameter, path);
    const char *last_slash = strrchr(rest, '/');
    if (rules->flat && last_slash != NULL) {
        rest = last_slash + 1;
    }
    text_append_string(&name, prefix);
    for (const char *c = rest; *c != '\0'; c++) {
        bool is_separator = *c == '/' || *c == '-' || *c == '.';
        char kept = rules->preserve_case ? *c : ascii_upper(*c);
        text_append_char(&name, is_separator ? '_' : kept);
    }
    if (!text_check(&name, parameter, reterr)) {
        return false;
    }
    if (!var_name_is_valid(text_string(&name), name.len)) {
        (void)err_set(reterr, ERR_MAPPING, parameter,
                "would become the variable \"%s\", which is not a valid name", text_string(&name));
        err_set_hint(reterr,
                "give the path a prefix that begins with a letter (%s=PREFIX_), or rename the "
                "parameter",
                path);
        return false;
    }
    *ret_name = text_detach(&name);
    return *ret_name != NULL ? true : err_set_no_memory(reterr);
}
