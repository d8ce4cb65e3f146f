/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "aws/variables.h"
#include "base/shown.h"
#include "undecrypted.h"
#include "vars/guard.h"
#include "vars/lock.h"

/* What the functions below share. */
struct planner {
    const struct options *options;
    const struct file_limits *limits;
    struct plan *plan;
    struct err_list *problems;
};

/* Reads a file, which must exist unless if_exists. The path may be a secret given by mistake. */
static bool read_file(const struct planner *planner,
        const char *path,
        const char *setting,
        bool if_exists,
        struct secret *ret_contents,
        enum file_presence *ret_presence)
{
    char shown[SHOWN_BYTES];
    struct err err;
    if (!file_read(path, planner->limits, ret_contents, ret_presence, &err)) {
        err_set_where(&err, shown_word(path, strlen(path), shown));
        return err_list_add(planner->problems, &err);
    }
    if (*ret_presence == FILE_ABSENT && !if_exists) {
        return err_list_add_new(planner->problems, ERR_INPUT, shown_word(path, strlen(path), shown),
                NULL, "there is no such file (%s)", setting);
    }
    return true;
}

/* --- env files --- */

static bool add_references(
        const struct planner *planner, const struct dotenv *env_file, size_t order)
{
    bool ok = true;
    for (size_t i = 0; i < env_file->len && !planner->options->no_refs; i++) {
        const struct dotenv_entry *entry = &env_file->entries[i];
        CLEANUP(source_clear) struct source source = { 0 };
        struct err err;
        if (!source_is_secret_reference(&entry->value)) {
            continue;
        }
        bool parsed = source_parse_secret_reference(entry->name, &entry->value, &source, &err);
        source.layer = LAYER_ENV_FILE;
        source.order = order;
        if (!parsed || !source_list_add_owned(&planner->plan->sources, &source, &err)) {
            ok = err_list_add(planner->problems, &err);
        }
    }
    return ok;
}

static bool read_env_files(const struct planner *planner)
{
    const struct env_file_list *files = &planner->options->env_files;
    struct plan *plan = planner->plan;
    bool ok = true;
    plan->env_files = calloc(files->len + 1, sizeof(*plan->env_files));
    if (plan->env_files == NULL) {
        struct err err;
        (void)err_set_no_memory(&err);
        return err_list_add(planner->problems, &err);
    }
    plan->env_file_names = files->items;
    plan->env_file_count = files->len;
    for (size_t i = 0; i < files->len; i++) {
        CLEANUP(secret_clear) struct secret contents = SECRET_INIT(DOTENV_MAX_BYTES);
        const struct env_file *file = &files->items[i];
        enum file_presence presence = FILE_ABSENT;
        bool is_read = read_file(planner, file->path, "--env-file", file->if_exists, &contents,
                               &presence)
                && dotenv_parse(&contents, file->path, &plan->env_files[i], planner->problems);
        plan->has_env_file = plan->has_env_file || presence == FILE_PRESENT;
        ok = is_read && add_references(planner, &plan->env_files[i], i) && ok;
    }
    return ok;
}

bool plan_assign_env_files(
        const struct plan *plan, struct assignment_list *assignments, struct err *reterr)
{
    for (size_t i = 0; i < plan->env_file_count; i++) {
        for (size_t at = 0; at < plan->env_files[i].len; at++) {
            const struct dotenv_entry *entry = &plan->env_files[i].entries[at];
            if (plan->resolves_references && source_is_secret_reference(&entry->value)) {
                continue; /* add_references has made it a source */
            }
            CLEANUP(assignment_clear)
            struct assignment assignment = {
                .variable = strdup(entry->name),
                .layer = LAYER_ENV_FILE,
                .order = i,
                .origin = plan->env_file_names[i].path,
                .has_inner_hash = entry->has_inner_hash,
                .value = &entry->value,
            };
            if (assignment.variable == NULL) {
                return err_set_no_memory(reterr);
            }
            if (!assignment_list_add_owned(assignments, &assignment, reterr)) {
                return false;
            }
        }
    }
    return true;
}

/* --- sources --- */

static bool read_lock(const struct planner *planner, const char *path)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(LOCK_MAX_BYTES);
    enum file_presence presence = FILE_ABSENT;
    return read_file(planner, path, "--lock", /* if_exists= */ false, &contents, &presence)
            && lock_parse(&contents, path, &planner->plan->sources, planner->problems);
}

/* Adds the sources in their order; replaces each lock file with its entries. */
static bool add_sources(const struct planner *planner, struct source_list *given)
{
    struct source_list *sources = &planner->plan->sources;
    size_t first = sources->len;
    bool ok = true;
    struct err err;
    for (size_t i = 0; i < given->len; i++) {
        if (given->items[i].kind == SOURCE_LOCK) {
            ok = read_lock(planner, given->items[i].text) && ok;
        } else if (!source_list_add_owned(sources, &given->items[i], &err)) {
            return err_list_add(planner->problems, &err);
        }
    }
    for (size_t i = first; i < sources->len; i++) {
        sources->items[i].order = i;
    }
    return ok;
}

static const char *const credentials_variables[] = { AWS_CREDENTIALS_VARIABLES,
    AWS_METADATA_DISABLED_VARIABLE };
static const char *const needed_variables[] = { AWS_CREDENTIALS_VARIABLES, AWS_REGION_VARIABLES };

static bool find_inherited(const struct planner *planner, const struct environment *environment)
{
    const struct options *options = planner->options;
    const struct inherit_rules rules = {
        .pristine = options->pristine,
        .kept = name_patterns_of(&options->kept),
        .unset = name_patterns_of(&options->unset),
        .dropped = options->drop_credentials ? NAME_PATTERNS(credentials_variables)
                                             : NO_NAME_PATTERNS,
        .needed = NAME_PATTERNS(needed_variables),
        .no_refs = options->no_refs,
    };
    return inherit_select(environment, &rules, &planner->plan->inherited, &planner->plan->sources,
            planner->problems);
}

/* --- requirements --- */

static bool read_requirements(const struct planner *planner, const char *path)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(DOTENV_MAX_BYTES);
    enum file_presence presence = FILE_ABSENT;
    return read_file(planner, path, "--require", /* if_exists= */ false, &contents, &presence)
            && dotenv_parse_names(&contents, path, &planner->plan->required, planner->problems);
}

/* Sorts, and keeps each name once. */
static void drop_repeated(struct string_list *list)
{
    size_t kept = 0;
    string_list_sort(list);
    for (size_t i = 0; i < list->len; i++) {
        if (kept > 0 && strcmp(list->items[kept - 1], list->items[i]) == 0) {
            free(list->items[i]);
        } else {
            list->items[kept++] = list->items[i];
        }
    }
    list->len = kept;
}

static bool collect_requirements(const struct planner *planner)
{
    const struct string_list *required = &planner->options->required;
    bool ok = true;
    for (size_t i = 0; i < required->len; i++) {
        const char *item = required->items[i];
        struct err err;
        if (item[0] == '@') {
            ok = read_requirements(planner, item + 1) && ok;
        } else if (!string_list_add(&planner->plan->required, item, strlen(item), &err)) {
            return err_list_add(planner->problems, &err);
        }
    }
    drop_repeated(&planner->plan->required);
    return ok;
}

/* A lock file may have no entries, and an env file may be missing. */
static bool check_not_empty(const struct planner *planner, bool had_sources)
{
    if (had_sources || planner->plan->sources.len > 0 || planner->plan->has_env_file) {
        return true;
    }
    return err_list_add_new(planner->problems, ERR_USAGE, NULL,
            "name a path: ssm-exec /prod/api -- ./server; or set SSM_EXEC_SOURCES; to run the "
            "command without any, use --env-file /dev/null",
            "there is nothing to read: no SOURCE was given");
}

bool plan_make(struct options *options,
        const struct environment *environment,
        const struct file_limits *limits,
        struct plan *ret_plan,
        struct err_list *problems)
{
    const struct planner planner = {
        .options = options, .limits = limits, .plan = ret_plan, .problems = problems
    };
    ret_plan->resolves_references = !options->no_refs;
    bool had_sources = options->sources.len > 0;
    bool has_inherited = find_inherited(&planner, environment);
    bool has_env_files = read_env_files(&planner);
    bool has_sources = add_sources(&planner, &options->sources);
    bool has_requirements = collect_requirements(&planner);
    bool is_one_environment = options->allow_mixed
            || guard_check_environments(&ret_plan->sources, problems);
    bool is_readable = !options->no_decrypt || undecrypted_check(ret_plan, problems);
    return has_inherited && has_env_files && has_sources && has_requirements && is_one_environment
            && is_readable && check_not_empty(&planner, had_sources);
}

void plan_clear(struct plan *plan)
{
    source_list_clear(&plan->sources);
    inherited_clear(&plan->inherited);
    for (size_t i = 0; i < plan->env_file_count; i++) {
        dotenv_clear(&plan->env_files[i]);
    }
    free(plan->env_files);
    string_list_clear(&plan->required);
    *plan = (struct plan){ 0 };
}
