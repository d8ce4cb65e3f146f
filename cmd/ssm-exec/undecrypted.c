/* SPDX-License-Identifier: MIT */
#include "undecrypted.h"

#include <string.h>

#include "aws/ssm/parameter.h"
#include "base/text.h"
#include "vars/var_name.h"

enum {
    PLACE_MAX_BYTES = 4096 + 32
};

/* Why the source cannot be read without decryption; NULL: it can. */
static const char *find_reason(const struct source *source)
{
    size_t len = 0;
    const char *name = source_parameter_name(source, &len);
    if (source->kind == SOURCE_PATH) {
        return NULL;
    }
    if (source->member != NULL) {
        return "a member (#...) cannot be read with --no-decrypt";
    }
    if (source->as_file) {
        return "a file cannot be made with --no-decrypt";
    }
    if (strncmp(name, PARAMETER_SECRETS_MANAGER, sizeof(PARAMETER_SECRETS_MANAGER) - 1) == 0) {
        return "a Secrets Manager secret cannot be read with --no-decrypt: AWS returns it only decrypted";
    }
    return NULL;
}

/* "file:line" of a reference in an env file. */
static void append_line(const struct plan *plan, const struct source *source, struct text *place)
{
    const struct dotenv *env_file = &plan->env_files[source->order];
    text_append_string(place, plan->env_file_names[source->order].path);
    for (size_t i = 0; i < env_file->len; i++) {
        if (strcmp(env_file->entries[i].name, source->variable) == 0) {
            text_append_format(place, ":%zu", env_file->entries[i].line);
        }
    }
}

static void add_problem(const struct plan *plan,
        const struct source *source,
        const char *reason,
        struct err_list *problems)
{
    CLEANUP(text_clear) struct text place = TEXT_INIT(PLACE_MAX_BYTES);
    bool is_given = source->layer == LAYER_SOURCES && !source->is_locked;
    const char *name = source->variable;
    bool is_named = !is_given && var_name_is_valid(name, strlen(name));
    if (source->layer == LAYER_INHERITED) {
        text_append_string(&place, "the environment");
    } else if (source->layer == LAYER_ENV_FILE) {
        append_line(plan, source, &place);
    } else {
        text_append_string(&place, source->shown);
    }
    err_list_add_new(problems, ERR_USAGE, text_string(&place),
            "omit --no-decrypt, or what needs a value", "%s%s%s", is_named ? name : "",
            is_named ? ": " : "", reason);
}

bool undecrypted_check(const struct plan *plan, struct err_list *problems)
{
    bool ok = true;
    for (size_t i = 0; i < plan->sources.len; i++) {
        const struct source *source = &plan->sources.items[i];
        const char *reason = find_reason(source);
        if (reason != NULL) {
            add_problem(plan, source, reason, problems);
            ok = false;
        }
    }
    return ok;
}

bool undecrypted_is_possible(const struct plan *plan, const struct options *options)
{
    bool is_possible = options->required.len == 0;
    for (size_t i = 0; i < plan->sources.len; i++) {
        is_possible = is_possible && find_reason(&plan->sources.items[i]) == NULL;
    }
    return is_possible;
}
