/* SPDX-License-Identifier: MIT */
#include "migrate/push_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "migrate/compare.h"

enum {
    WHY_MAX_BYTES = 512
};

static bool add_item(struct push_plan *plan, const struct push_item *item, struct err *reterr)
{
    struct push_item *items = array_grow(plan->items, plan->len, &plan->cap, sizeof(*items));
    if (items == NULL) {
        return err_set_no_memory(reterr);
    }
    plan->items = items;
    plan->items[plan->len++] = *item;
    return true;
}

static const struct dotenv_entry *find_entry(const struct dotenv *dotenv, const char *name)
{
    for (size_t i = 0; i < dotenv->len; i++) {
        if (strcmp(dotenv->entries[i].name, name) == 0) {
            return &dotenv->entries[i];
        }
    }
    return NULL;
}

static bool has_line(const struct map *map, const char *name)
{
    for (size_t i = 0; i < map->len; i++) {
        if (map->lines[i].name != NULL && strcmp(map->lines[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int compare_items(const void *a, const void *b)
{
    const struct push_item *first = a;
    const struct push_item *second = b;
    int difference = strcmp(push_parameter(first), push_parameter(second));
    return difference != 0 ? difference : strcmp(first->variable, second->variable);
}

bool push_plan_make(const struct dotenv *dotenv,
        const struct map *map,
        struct push_plan *ret_plan,
        struct err *reterr)
{
    CLEANUP(push_plan_clear) struct push_plan plan = { 0 };
    for (size_t i = 0; i < map->len; i++) {
        const struct map_line *line = &map->lines[i];
        const struct push_item item = {
            .variable = line->name,
            .line = line,
            .entry = line->kind == MAP_PARAMETER ? find_entry(dotenv, line->name) : NULL,
        };
        if (line->kind == MAP_PARAMETER && !add_item(&plan, &item, reterr)) {
            return false;
        }
    }
    for (size_t i = 0; i < dotenv->len; i++) {
        const struct dotenv_entry *entry = &dotenv->entries[i];
        const struct push_item item = { .variable = entry->name, .entry = entry };
        if (!has_line(map, entry->name) && !add_item(&plan, &item, reterr)) {
            return false;
        }
    }
    if (plan.len > 0) {
        qsort(plan.items, plan.len, sizeof(*plan.items), compare_items);
    }
    *ret_plan = plan;
    plan = (struct push_plan){ 0 };
    return true;
}

bool push_block(struct push_item *item, const char *why, struct err *reterr)
{
    char *copy = strdup(why);
    if (copy == NULL) {
        return err_set_no_memory(reterr);
    }
    free(item->why);
    item->why = copy;
    item->action = PUSH_BLOCKED;
    return true;
}

bool push_decide(struct push_item *item,
        const struct push_stored *stored,
        bool may_overwrite,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text why = TEXT_INIT(WHY_MAX_BYTES);
    const char *type = map_type_word(item->line->type);
    item->version = stored->is_found ? stored->version : 0;
    if (!stored->is_found) {
        item->action = PUSH_CREATE;
    } else if (strcmp(stored->type, type) != 0) {
        text_append_format(&why, "is a %s, the map says %s, and the type is never changed",
                stored->type, type);
        return text_check(&why, item->variable, reterr)
                && push_block(item, text_string(&why), reterr);
    } else if (compare_same_bytes(&item->entry->value, stored->value)) {
        item->action = PUSH_SAME;
    } else {
        item->action = may_overwrite ? PUSH_OVERWRITE : PUSH_DIFFERS;
    }
    return true;
}

const char *push_parameter(const struct push_item *item)
{
    return item->line == NULL ? "-" : item->line->parameter;
}

size_t push_count_action(const struct push_plan *plan, enum push_action action)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->len; i++) {
        count += plan->items[i].action == action ? 1 : 0;
    }
    return count;
}

size_t push_count_result(const struct push_plan *plan, enum push_result result)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->len; i++) {
        count += plan->items[i].result == result ? 1 : 0;
    }
    return count;
}

size_t push_count_untagged(const struct push_plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->len; i++) {
        const struct push_item *item = &plan->items[i];
        bool is_written = item->result == PUSH_WRITTEN || item->result == PUSH_NOT_VISIBLE;
        count += is_written && item->needs_tags ? 1 : 0;
    }
    return count;
}

const char *push_action_word(enum push_action action)
{
    static const char *const words[PUSH_ACTIONS] = {
        [PUSH_UNDECIDED] = "undecided",
        [PUSH_CREATE] = "create",
        [PUSH_SAME] = "same",
        [PUSH_DIFFERS] = "differs",
        [PUSH_OVERWRITE] = "overwrite",
        [PUSH_BLOCKED] = "blocked",
    };
    return words[action];
}

const char *push_result_word(enum push_result result)
{
    static const char *const words[PUSH_RESULTS] = {
        [PUSH_NOTHING] = "-",
        [PUSH_WRITTEN] = "written",
        [PUSH_NOT_VISIBLE] = "not-yet-visible",
        [PUSH_TAGGED] = "tagged",
        [PUSH_THERE] = "already-there",
        [PUSH_EXISTS] = "exists",
        [PUSH_CHANGED] = "changed",
        [PUSH_MAYBE] = "unknown",
        [PUSH_FAILED] = "failed",
        [PUSH_LEFT] = "left",
    };
    return words[result];
}

void push_plan_clear(struct push_plan *plan)
{
    for (size_t i = 0; i < plan->len; i++) {
        free(plan->items[i].why);
    }
    free(plan->items);
    *plan = (struct push_plan){ 0 };
}
