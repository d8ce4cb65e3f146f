/* SPDX-License-Identifier: MIT */
#include "migrate/push_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "migrate/classify.h"
#include "migrate/compare.h"
#include "migrate/map_name.h"
#include "vars/guard.h"

/* A reason is a sentence without its subject, which is the variable; the hint says what to do. */
static bool add_reason(struct err *err, const char *hint, const char *format, ...)
        PRINTF_LIKE(3, 4);

static bool add_reason(struct err *err, const char *hint, const char *format, ...)
{
    char buffer[sizeof(err->why)];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(buffer, sizeof(buffer), format, arguments);
    va_end(arguments);
    (void)err_set(err, ERR_MAPPING, NULL, "%s", buffer);
    if (hint != NULL) {
        err_set_hint(err, "%s", hint);
    }
    return false;
}

/* --- the map and the file fit together --- */

static bool check_both(
        const struct push_item *item, const struct push_rules *rules, struct err *err)
{
    if (item->line == NULL) {
        return add_reason(err, "name it there as a parameter, as plain, or as retired",
                "is not in %s, which has to name each variable of the file", rules->map);
    }
    if (item->entry == NULL) {
        return add_reason(err, "remove its line from the map, or write there: # retired: NAME",
                "is not set in %s", rules->file.shown);
    }
    const char *fault = map_name_fault(item->line->parameter);
    return fault == NULL || add_reason(err, NULL, "cannot be %s: %s", item->line->parameter, fault);
}

/* --- what AWS refuses --- */

static bool check_size(const struct push_item *item, struct err *err)
{
    size_t len = secret_len(&item->entry->value);
    bool is_advanced = item->line->tier == MAP_TIER_ADVANCED;
    if (len == 0) {
        return add_reason(err, "put it into the map as plain: # plain and NAME= below it",
                "is empty, which Parameter Store refuses");
    }
    if (len > MAP_ADVANCED_MAX_BYTES) {
        return add_reason(err, "make several variables of it",
                "has a value of more than the %d bytes that a parameter can hold",
                MAP_ADVANCED_MAX_BYTES);
    }
    return is_advanced || len <= MAP_STANDARD_MAX_BYTES
            || add_reason(err, "write tier=advanced above its line in the map; AWS charges for it",
                    "has a value of more than the %d bytes that the standard tier holds",
                    MAP_STANDARD_MAX_BYTES);
}

/* --- what is not meant to be stored --- */

/* With ${NAME}, or with $NAME of another variable of the file, somebody counts on a loader that expands. */
static bool counts_on_expansion(const struct push_item *item, const struct dotenv *dotenv)
{
    const char *bytes = secret_expose(&item->entry->value);
    for (const char *at = strstr(bytes, "${"); at != NULL; at = strstr(at + 1, "${")) {
        if ((at == bytes || at[-1] != '\\') && (ascii_is_letter(at[2]) || at[2] == '_')) {
            return true;
        }
    }
    for (size_t i = 0; strchr(bytes, '$') != NULL && i < dotenv->len; i++) {
        if (classify_refers_to(&item->entry->value, dotenv->entries[i].name)) {
            return true;
        }
    }
    return false;
}

static bool is_secret(const struct classification *class)
{
    return class->kind == CLASSIFY_SECRET || class->kind == CLASSIFY_LIKELY;
}

static bool check_meaning(const struct push_item *item,
        const struct push_rules *rules,
        const struct classification *class,
        struct err *err)
{
    bool is_allowed = string_list_contains(rules->allow_placeholder, item->variable);
    if ((class->notes & CLASSIFY_REFERENCE) != 0) {
        return add_reason(
                err, "copy its line to the map by hand", "is a reference to a parameter already");
    }
    if ((class->notes & CLASSIFY_CREDENTIALS) != 0
            || name_patterns_match(rules->needed, item->variable, strlen(item->variable))) {
        return add_reason(err,
                "give the machine or the task a role, and write in the map: # retired: NAME",
                "belongs to AWS credentials or settings, which are needed to read Parameter Store");
    }
    if ((class->notes & CLASSIFY_GUARDED) != 0) {
        return add_reason(err, "put it into the map as plain, or as retired",
                "is a guarded variable, which ssm-exec lets no parameter set");
    }
    if ((class->notes & CLASSIFY_CURLY) != 0) {
        return add_reason(err, "Parameter Store takes that for a reference to another parameter",
                "holds {{ }}, which Parameter Store refuses");
    }
    if (!is_allowed && counts_on_expansion(item, rules->file.dotenv)) {
        return add_reason(err,
                "write the whole value into the file; if it is meant as it is, use "
                "--allow-placeholder NAME",
                "refers to another variable with $, which some loaders expand and ssm-exec never "
                "does");
    }
    bool may_be_secret = class->kind != CLASSIFY_CONFIG && class->kind != CLASSIFY_PUBLIC;
    return is_allowed || !may_be_secret || (class->notes & CLASSIFY_PLACEHOLDER) == 0
            || add_reason(err,
                    "put the value in; if it is meant as it is, use --allow-placeholder NAME",
                    "has a placeholder in place of a value");
}

static bool check_reuse(const struct push_item *item,
        const struct push_rules *rules,
        const struct classification *class,
        struct err *err)
{
    if (!is_secret(class) || string_list_contains(rules->allow_reuse, item->variable)) {
        return true;
    }
    for (size_t i = 0; i < rules->against_count; i++) {
        const struct dotenv *other = rules->against[i].dotenv;
        for (size_t at = 0; at < other->len; at++) {
            if (compare_same_bytes(&item->entry->value, &other->entries[at].value)) {
                return add_reason(err,
                        "each environment needs a secret of its own: make a new one, or use "
                        "--allow-reuse NAME",
                        "is the same secret as %s in %s:%zu", other->entries[at].name,
                        rules->against[i].shown, other->entries[at].line);
            }
        }
    }
    return true;
}

/* --- environments --- */

/* An environment other than `own` that a word of the name tells; NULL if there is none. */
static const char *find_in_name(const char *name, const char *own, bool *ret_tells_any)
{
    *ret_tells_any = false;
    for (const char *at = name; *at != '\0'; at += *at == '\0' ? 0 : 1) {
        size_t len = strcspn(at, ".-_");
        const char *environment = guard_find_environment(at, len);
        *ret_tells_any = *ret_tells_any || environment != NULL;
        if (environment != NULL && strcmp(environment, own) != 0) {
            return environment;
        }
        at += len;
    }
    return NULL;
}

/*
 * The environment of a file, if it is another one than `own`: that of its name (.env.staging), or, if the name tells
 * none, of its folder (staging/.env). Folders further up may be called so for other reasons. *ret_part is which of the
 * two it is, for messages.
 */
static const char *find_other_environment(const char *path, const char *own, const char **ret_part)
{
    const char *slash = strrchr(path, '/');
    bool name_tells_any = false;
    const char *found = find_in_name(slash == NULL ? path : slash + 1, own, &name_tells_any);
    *ret_part = "name";
    if (name_tells_any || slash == NULL) {
        return found;
    }
    const char *folder = slash;
    while (folder > path && folder[-1] != '/') {
        folder--;
    }
    found = guard_find_environment(folder, (size_t)(slash - folder));
    *ret_part = "folder";
    return found == NULL || strcmp(found, own) == 0 ? NULL : found;
}

/* The first parameter of the map that belongs to an environment; NULL: none does. */
static const char *find_first_of_environment(const struct push_plan *plan)
{
    for (size_t i = 0; i < plan->len; i++) {
        const struct map_line *line = plan->items[i].line;
        if (line != NULL && guard_find_parameter_environment(line->parameter) != NULL) {
            return line->parameter;
        }
    }
    return NULL;
}

/* first: what find_first_of_environment gives. */
static bool check_environment(const struct push_item *item,
        const struct push_rules *rules,
        const char *first,
        struct err *err)
{
    const char *parameter = item->line->parameter;
    const char *own = guard_find_parameter_environment(parameter);
    const char *part = NULL;
    if (rules->allow_mixed || own == NULL) {
        return true;
    }
    const char *other = find_other_environment(rules->path, own, &part);
    if (other != NULL) {
        return add_reason(err, "push the file of that environment, or use --allow-mixed",
                "is from %s, a file of %s by its %s, and would become %s", rules->file.shown, other,
                part, parameter);
    }
    return strcmp(guard_find_parameter_environment(first), own) == 0
            || add_reason(err, "keep a map for each environment, or use --allow-mixed",
                    "would become %s, of another environment than %s", parameter, first);
}

/* --- all of it --- */

static bool check_item(const struct push_item *item,
        const struct push_rules *rules,
        const char *first,
        struct err *err)
{
    if (!check_both(item, rules, err)) {
        return false;
    }
    const struct classify_variable variable = {
        .name = item->variable,
        .value = &item->entry->value,
        .has_inner_hash = item->entry->has_inner_hash,
    };
    const struct classification class = classify(&variable);
    return check_size(item, err) && check_meaning(item, rules, &class, err)
            && check_reuse(item, rules, &class, err) && check_environment(item, rules, first, err);
}

static void add_finding(const struct push_item *item,
        const struct push_rules *rules,
        struct err *err,
        struct err_list *findings)
{
    char where[MAP_WHERE_BYTES];
    bool is_of_map = item->entry == NULL;
    map_format_where(is_of_map ? rules->map : rules->file.shown,
            is_of_map ? item->line->line : item->entry->line, item->variable, where);
    err_set_where(err, where);
    (void)err_list_add(findings, err);
}

bool push_check(struct push_plan *plan,
        const struct push_rules *rules,
        struct err_list *findings,
        struct err *reterr)
{
    const char *first = find_first_of_environment(plan);
    for (size_t i = 0; i < plan->len; i++) {
        struct push_item *item = &plan->items[i];
        struct err finding;
        if (!check_item(item, rules, first, &finding)) {
            if (!push_block(item, finding.why, reterr)) {
                return false;
            }
            add_finding(item, rules, &finding, findings);
        }
    }
    return true;
}
