/* SPDX-License-Identifier: MIT */
#include "vars/guard.h"

#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "vars/name_pattern.h"

bool guard_is_guarded(const char *variable)
{
    static const char *const names[] = { "LD_*", "GCONV_PATH", "GLIBC_TUNABLES", "PATH", "IFS",
        "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "BASH_FUNC_*" };
    return name_patterns_match(NAME_PATTERNS(names), variable, strlen(variable));
}

static const struct {
    const char *word;
    const char *environment;
} known_environments[] = {
    { "prod", "production" },
    { "production", "production" },
    { "staging", "staging" },
    { "stage", "staging" },
    { "dev", "development" },
    { "development", "development" },
    { "test", "test" },
    { "qa", "qa" },
    { "uat", "uat" },
    { "preprod", "preprod" },
    { "sandbox", "sandbox" },
};

const char *guard_find_environment(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof(known_environments) / sizeof(known_environments[0]); i++) {
        const char *known = known_environments[i].word;
        size_t at = 0;
        while (at < len && ascii_lower(word[at]) == known[at]) {
            at++;
        }
        if (at == len && known[at] == '\0' && len > 0) {
            return known_environments[i].environment;
        }
    }
    return NULL;
}

const char *guard_find_parameter_environment(const char *name)
{
    const char *level = name[0] == '/' ? name + 1 : name;
    return guard_find_environment(level, strcspn(level, "/:"));
}

static const char *environment_of(const struct source *source)
{
    size_t len = 0;
    return guard_find_parameter_environment(source_parameter_name(source, &len));
}

/* For messages: the source, with its parameter if it comes from a lock file. */
static void append_source(struct text *text, const struct source *source)
{
    size_t len = 0;
    const char *name = source_parameter_name(source, &len);
    text_append_string(text, source->shown);
    if (source->is_locked) {
        text_append_string(text, ": ");
        text_append(text, name, len);
    }
}

static void add_mixture(
        const struct source *first, const struct source *other, struct err_list *problems)
{
    CLEANUP(text_clear) struct text here = TEXT_INIT(512);
    CLEANUP(text_clear) struct text there = TEXT_INIT(512);
    append_source(&here, other);
    append_source(&there, first);
    err_list_add_new(problems, ERR_USAGE, text_string(&here),
            "to read from both in one run, use --allow-mixed",
            "belongs to the environment %s, but %s to %s", environment_of(other),
            text_string(&there), environment_of(first));
}

/* A lock file is reported once for each environment, not for each parameter. */
static bool is_same_mixture(const struct source *reported, const struct source *source)
{
    return reported != NULL && strcmp(reported->text, source->text) == 0
            && strcmp(environment_of(reported), environment_of(source)) == 0;
}

bool guard_check_environments(const struct source_list *sources, struct err_list *problems)
{
    const struct source *first = NULL;
    const struct source *reported = NULL;
    bool ok = true;
    for (size_t i = 0; i < sources->len; i++) {
        const struct source *source = &sources->items[i];
        if (source->kind == SOURCE_PATH && strcmp(source->path, "/") == 0) {
            ok = err_list_add_new(problems, ERR_USAGE, source->shown,
                    "name the paths to read, or use --allow-mixed",
                    "the path / is the whole store, with all environments");
            continue;
        }
        const char *environment = environment_of(source);
        if (environment == NULL) {
            continue;
        }
        if (first == NULL) {
            first = source;
        } else if (strcmp(environment, environment_of(first)) != 0) {
            ok = false;
            if (!is_same_mixture(reported, source)) {
                add_mixture(first, source, problems);
            }
            reported = source;
        }
    }
    return ok;
}
