/* SPDX-License-Identifier: MIT */
#include "migrate/map_make.h"

#include <stdlib.h>
#include <string.h>

#include "base/similar.h"
#include "migrate/classify.h"
#include "vars/guard.h"
#include "vars/source.h"

/* What every step works with. */
struct making {
    const struct dotenv *dotenv;
    const char *file;
    const struct map_rules *rules;
    struct map *map;
    struct err_list *problems;
};

/* --- the names in the rules --- */

static const struct dotenv_entry *find_entry(const struct dotenv *dotenv, const char *name)
{
    for (size_t i = 0; i < dotenv->len; i++) {
        if (strcmp(dotenv->entries[i].name, name) == 0) {
            return &dotenv->entries[i];
        }
    }
    return NULL;
}

/* The variable that may have been meant; NULL if none is that similar. */
static const char *find_similar(const struct dotenv *dotenv, const char *name)
{
    const char *similar = NULL;
    size_t least = strlen(name) / 3 + 1;
    for (size_t i = 0; i < dotenv->len; i++) {
        size_t distance = similar_distance(name, dotenv->entries[i].name);
        if (distance < least) {
            least = distance;
            similar = dotenv->entries[i].name;
        }
    }
    return similar;
}

static bool add_missing(const struct making *making, const char *option, const char *name)
{
    const char *similar = find_similar(making->dotenv, name);
    struct err err;
    (void)err_set(&err, ERR_USAGE, option, "there is no variable %s in %s", name, making->file);
    if (similar != NULL) {
        err_set_hint(&err, "did you mean %s?", similar);
    }
    return err_list_add(making->problems, &err);
}

static bool check_present(
        const struct making *making, const char *option, const struct string_list *names)
{
    bool ok = true;
    for (size_t i = 0; i < names->len; i++) {
        ok = (find_entry(making->dotenv, names->items[i]) != NULL
                     || add_missing(making, option, names->items[i]))
                && ok;
    }
    return ok;
}

/* No name may be in both lists. */
static bool check_apart(const struct making *making,
        const char *option,
        const struct string_list *names,
        const char *other_option,
        const struct string_list *others)
{
    bool ok = true;
    for (size_t i = 0; i < names->len; i++) {
        if (string_list_contains(others, names->items[i])) {
            ok = err_list_add_new(making->problems, ERR_USAGE, option, NULL,
                    "%s cannot be named by %s as well", names->items[i], other_option);
        }
    }
    return ok;
}

static bool check_shared(const struct making *making, size_t at)
{
    static const char option[] = "--shared";
    const struct map_rules *rules = making->rules;
    const struct string_list *names = &rules->shared[at].names;
    bool ok = check_present(making, option, names);
    ok = check_apart(making, option, names, "--keep", rules->kept) && ok;
    ok = check_apart(making, option, names, "--retire", rules->retired) && ok;
    for (size_t other = 0; other < at; other++) {
        ok = check_apart(making, option, names, "another --shared", &rules->shared[other].names)
                && ok;
    }
    return ok;
}

static bool check_names(const struct making *making)
{
    const struct map_rules *rules = making->rules;
    bool ok = check_present(making, "--string", rules->strings);
    ok = check_present(making, "--keep", rules->kept) && ok;
    ok = check_present(making, "--retire", rules->retired) && ok;
    ok = check_apart(making, "--keep", rules->kept, "--retire", rules->retired) && ok;
    ok = check_apart(making, "--string", rules->strings, "--keep", rules->kept) && ok;
    ok = check_apart(making, "--string", rules->strings, "--retire", rules->retired) && ok;
    for (size_t i = 0; i < rules->shared_count; i++) {
        ok = check_shared(making, i) && ok;
    }
    return ok;
}

/* --- the lines --- */

static bool add_problem(
        const struct making *making, const struct dotenv_entry *entry, struct err *err)
{
    char where[MAP_WHERE_BYTES];
    map_format_where(making->file, entry->line, entry->name, where);
    err_set_where(err, where);
    return err_list_add(making->problems, err);
}

static bool add_line(
        const struct making *making, const struct dotenv_entry *entry, struct map_line *line)
{
    struct err err;
    line->line = entry->line;
    line->name = strdup(entry->name);
    if (line->name == NULL) {
        (void)err_set_no_memory(&err);
        return err_list_add(making->problems, &err);
    }
    return map_add_owned(making->map, line, &err) || err_list_add(making->problems, &err);
}

/* Whether everybody who sees the map would see a secret. */
static bool is_secret(const struct dotenv_entry *entry)
{
    const struct classify_variable variable = { .name = entry->name, .value = &entry->value };
    return !secret_is_empty(&entry->value) && classify(&variable).kind == CLASSIFY_SECRET;
}

static bool add_plain(const struct making *making, const struct dotenv_entry *entry)
{
    CLEANUP(map_line_clear) struct map_line line = { .kind = MAP_PLAIN };
    struct err err;
    if (source_is_secret_reference(&entry->value)
            || !map_is_plain_value(secret_expose(&entry->value), secret_len(&entry->value))) {
        (void)err_set(&err, ERR_MAPPING, NULL,
                "cannot be kept: without quotes, which a map does not have, some readers of env "
                "files take its value for something else");
        err_set_hint(&err,
                "remove --keep, so that it becomes a parameter; with --string one that is not "
                "encrypted");
        return add_problem(making, entry, &err);
    }
    if (is_secret(entry)) {
        (void)err_set(&err, ERR_MAPPING, NULL,
                "cannot be kept: its name or the shape of its value says that it is a secret");
        err_set_hint(&err,
                "remove --keep, so that it becomes a SecureString; 'ssm-dotenv inventory' says "
                "what makes it a secret");
        return add_problem(making, entry, &err);
    }
    line.value = strdup(secret_expose(&entry->value));
    if (line.value == NULL) {
        (void)err_set_no_memory(&err);
        return err_list_add(making->problems, &err);
    }
    return add_line(making, entry, &line);
}

/* Whether the variable can be a parameter's, as far as its name and its value are concerned. */
static bool check_entry(
        const struct making *making, const struct dotenv_entry *entry, struct err *err)
{
    if (source_is_secret_reference(&entry->value)) {
        (void)err_set(err, ERR_MAPPING, NULL, "is a reference to a parameter already");
        err_set_hint(err, "copy its line to the map by hand, and name it by --retire here");
    } else if (guard_is_guarded(entry->name)) {
        (void)err_set(err, ERR_MAPPING, NULL,
                "is a guarded variable, which ssm-exec lets no parameter set");
        err_set_hint(err, "keep it as it is with --keep, or leave it out with --retire");
    } else if (name_patterns_match(making->rules->needed, entry->name, strlen(entry->name))) {
        (void)err_set(err, ERR_MAPPING, NULL,
                "is needed to read Parameter Store, so that it cannot come from there");
        err_set_hint(err,
                "leave it out with --retire: the role of the machine or the task gives credentials; "
                "a region can stay with --keep");
    } else if (secret_len(&entry->value) > MAP_ADVANCED_MAX_BYTES) {
        (void)err_set(err, ERR_MAPPING, NULL,
                "has a value of more than the %d bytes that a parameter can hold",
                MAP_ADVANCED_MAX_BYTES);
        err_set_hint(err, "make several variables of it, or leave it out with --retire");
    } else {
        return true;
    }
    return false;
}

static const struct map_shared *find_shared(const struct map_rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->shared_count; i++) {
        if (string_list_contains(&rules->shared[i].names, name)) {
            return &rules->shared[i];
        }
    }
    return NULL;
}

static bool add_parameter(const struct making *making, const struct dotenv_entry *entry)
{
    const struct map_rules *rules = making->rules;
    const struct map_shared *shared = find_shared(rules, entry->name);
    CLEANUP(map_line_clear)
    struct map_line line = {
        .kind = MAP_PARAMETER,
        .type = string_list_contains(rules->strings, entry->name) ? MAP_STRING : MAP_SECURE_STRING,
        .tier = secret_len(&entry->value) > MAP_STANDARD_MAX_BYTES ? MAP_TIER_ADVANCED
                                                                   : MAP_TIER_UNSAID,
        .is_shared = shared != NULL,
    };
    struct err err;
    if (!check_entry(making, entry, &err)
            || !map_name_make(entry->name, shared != NULL ? shared->path : rules->path,
                    rules->style, &line.parameter, &err)) {
        return add_problem(making, entry, &err);
    }
    if (line.type == MAP_SECURE_STRING && rules->key_id != NULL) {
        line.key_id = strdup(rules->key_id);
        if (line.key_id == NULL) {
            (void)err_set_no_memory(&err);
            return err_list_add(making->problems, &err);
        }
    }
    return add_line(making, entry, &line);
}

static bool add_entry(const struct making *making, const struct dotenv_entry *entry)
{
    bool is_plain = secret_is_empty(&entry->value)
            || string_list_contains(making->rules->kept, entry->name);
    return is_plain ? add_plain(making, entry) : add_parameter(making, entry);
}

static bool add_retired(const struct making *making, const struct dotenv_entry *entry)
{
    CLEANUP(map_line_clear) struct map_line line = { .kind = MAP_RETIRED };
    return add_line(making, entry, &line);
}

bool map_make(const struct dotenv *dotenv,
        const char *file,
        const struct map_rules *rules,
        struct map *ret_map,
        struct err_list *problems)
{
    CLEANUP(map_clear) struct map map = { 0 };
    const struct making making = {
        .dotenv = dotenv, .file = file, .rules = rules, .map = &map, .problems = problems
    };
    bool ok = check_names(&making);
    for (int retired = 0; retired <= 1; retired++) {
        for (size_t i = 0; i < dotenv->len; i++) {
            const struct dotenv_entry *entry = &dotenv->entries[i];
            bool is_retired = string_list_contains(rules->retired, entry->name);
            if (is_retired == (retired == 1)) {
                ok = (is_retired ? add_retired(&making, entry) : add_entry(&making, entry)) && ok;
            }
        }
    }
    if (!map_check_one_to_one(&map, file, problems) || !ok) {
        return false;
    }
    *ret_map = map;
    map = (struct map){ 0 };
    return true;
}
