/* SPDX-License-Identifier: MIT */
#include "options_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

static void format_variable(const struct options_table *table,
        const struct option *option,
        char out[static OPTION_WHERE_BYTES])
{
    size_t prefix_len = strlen(table->variable_prefix);
    (void)snprintf(out, OPTION_WHERE_BYTES, "%s%s", table->variable_prefix, option->name);
    for (char *c = out + prefix_len; *c != '\0'; c++) {
        *c = *c == '-' ? '_' : ascii_upper(*c);
    }
}

static bool is_in(const struct option *const options[], const struct option *option)
{
    while (*options != NULL && *options != option) {
        options++;
    }
    return *options != NULL;
}

void options_env_init(struct options_env *env,
        const struct options_table *table,
        const struct environment *environment,
        const bool is_given[static OPTIONS_MAX])
{
    size_t count = 0;
    *env = (struct options_env){ .table = table, .environment = environment, .is_given = is_given };
    for (const char *const *name = table->variables_first; *name != NULL; name++) {
        bool is_words = strcmp(*name, table->words->name) == 0;
        env->order[count++] = is_words ? table->words : options_find(table, *name, strlen(*name));
    }
    for (size_t i = 0; i < table->count; i++) {
        if (!is_in(env->order, &table->rows[i])) {
            env->order[count++] = &table->rows[i];
        }
    }
}

/* Options that only print have no variable: images set SSM_EXEC_VERSION for other purposes. */
static bool is_overridden(const struct options_env *env, const struct option *option)
{
    return option->kind == KIND_HELP || option->kind == KIND_VERSION
            || (!option_is_repeatable(option) && env->is_given[option - env->table->rows]);
}

/* Begins to read the variable; false if it is unset, or the option overrides it. */
static bool begin(struct options_env *env, const struct option *option)
{
    env->part = (struct option_given){
        .kind = option == env->table->words ? GIVEN_WORD : GIVEN_OPTION,
        .table = env->table,
        .option = option,
        .is_variable = true,
    };
    format_variable(env->table, option, env->part.where);
    env->part.value = environment_get(env->environment, env->part.where);
    return env->part.value != NULL && !is_overridden(env, option);
}

/* Moves to the next part of the list that is not empty. */
static bool next_part(struct options_env *env)
{
    while (env->rest != NULL) {
        bool is_file = env->part.option->completion == COMPLETE_FILE;
        char *part = env->rest;
        size_t start = 0;
        size_t len = strcspn(part, is_file ? "," : ", \t\n");
        env->rest = part[len] == '\0' ? NULL : part + len + 1;
        len = ascii_trim(part, len, &start);
        part[start + len] = '\0';
        if (len > 0) {
            env->part.value = part + start;
            env->part.position++;
            return true;
        }
    }
    return false;
}

bool options_env_next(struct options_env *env, struct option_given *ret_given)
{
    bool has_part = next_part(env);
    while (!has_part && env->order[env->next] != NULL) {
        const struct option *option = env->order[env->next++];
        has_part = begin(env, option);
        if (has_part && option->takes == TAKES_VALUES) {
            free(env->list);
            env->list = strdup(env->part.value);
            env->rest = env->list;
            env->part.kind = env->list == NULL ? GIVEN_NO_MEMORY : env->part.kind;
            has_part = env->list == NULL || next_part(env);
        }
    }
    *ret_given = env->part;
    return has_part;
}

void options_env_clear(struct options_env *env)
{
    free(env->list);
    env->list = NULL;
}

/*
 * Whether Kubernetes sets a variable of this name for a service (enableServiceLinks):
 * X_SERVICE_HOST, X_SERVICE_PORT, X_SERVICE_PORT_HTTP, X_PORT, X_PORT_80_TCP, X_PORT_80_TCP_ADDR, ...
 */
static bool is_service_link(const char *variable)
{
    static const char HOST[] = "_SERVICE_HOST";
    static const char PORT[] = "_PORT";
    size_t len = strlen(variable);
    const char *end = variable + len;
    const char *numbered = strstr(variable, "_PORT_");
    return (len > strlen(HOST) && strcmp(end - strlen(HOST), HOST) == 0)
            || (len > strlen(PORT) && strcmp(end - strlen(PORT), PORT) == 0)
            || strstr(variable, "_SERVICE_PORT_") != NULL
            || (numbered != NULL && ascii_is_digit(numbered[strlen("_PORT_")]));
}

static void add_unknown(const struct option_given *given, struct err_list *problems)
{
    char name[OPTION_WHERE_BYTES];
    char hint[2 * OPTION_WHERE_BYTES];
    const char *prefix = given->table->variable_prefix;
    if (is_service_link(given->where)) {
        option_given_add_error(given, problems,
                "Kubernetes sets such variables in each pod of the namespace for a service of this "
                "name: rename the service, or set enableServiceLinks: false in the pod",
                "there is no such setting");
        return;
    }
    (void)snprintf(name, sizeof(name), "%s", given->where + strlen(prefix));
    for (char *c = name; *c != '\0'; c++) {
        *c = *c == '_' ? '-' : ascii_lower(*c);
    }
    const struct option *similar = options_find_similar(given->table, name, /* with_words= */ true);
    if (similar == NULL) {
        option_given_add_error(
                given, problems, given->table->variables_hint, "there is no such setting");
        return;
    }
    format_variable(given->table, similar, name);
    (void)snprintf(hint, sizeof(hint), "did you mean %s?", name);
    option_given_add_error(given, problems, hint, "there is no such setting");
}

static bool is_known(const struct options_table *table, const char *variable)
{
    char known[OPTION_WHERE_BYTES];
    for (size_t i = 0; i <= table->count; i++) {
        format_variable(table, i < table->count ? &table->rows[i] : table->words, known);
        if (strcmp(known, variable) == 0) {
            return true;
        }
    }
    return false;
}

void options_env_check_names(const struct options_table *table,
        const struct environment *environment,
        struct err_list *problems)
{
    size_t prefix_len = strlen(table->variable_prefix);
    for (char *const *entry = environment->entries; *entry != NULL; entry++) {
        struct option_given given = { .table = table, .is_variable = true };
        size_t len = environment_name_len(*entry);
        if (strncmp(*entry, table->variable_prefix, prefix_len) != 0 || (*entry)[len] != '=') {
            continue;
        }
        (void)snprintf(given.where, sizeof(given.where), "%.*s", (int)len, *entry);
        if (!is_known(table, given.where)) {
            add_unknown(&given, problems);
        }
    }
}
