/* SPDX-License-Identifier: MIT */
#include "migrate/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"

bool map_add_owned(struct map *map, struct map_line *line, struct err *reterr)
{
    struct map_line *lines = array_grow(map->lines, map->len, &map->cap, sizeof(*lines));
    if (lines == NULL) {
        return err_set_no_memory(reterr);
    }
    map->lines = lines;
    map->lines[map->len++] = *line;
    *line = (struct map_line){ 0 };
    return true;
}

/* --- one to one --- */

typedef const char *text_of(const struct map_line *line);

static const char *name_of(const struct map_line *line)
{
    return line->name;
}

static const char *parameter_of(const struct map_line *line)
{
    return line->parameter;
}

struct keyed {
    const char *key;
    size_t at; /* in the map */
};

/* By key, then by place. */
static int compare(const void *a, const void *b)
{
    const struct keyed *first = a;
    const struct keyed *second = b;
    int difference = strcmp(first->key, second->key);
    if (difference != 0) {
        return difference;
    }
    return first->at < second->at ? -1 : 1;
}

static void free_keyed(struct keyed **keyed)
{
    free(*keyed);
}

static void add_repeated(const struct map_line *first,
        const struct map_line *line,
        const char *file,
        bool is_name,
        struct err_list *problems)
{
    char where[MAP_WHERE_BYTES];
    char place[32] = "";
    map_format_where(file, line->line, line->name, where);
    if (first->line != 0) {
        (void)snprintf(place, sizeof(place), " on line %zu", first->line);
    }
    if (is_name) {
        (void)err_list_add_new(problems, ERR_MAPPING, where, "keep one of the two lines",
                "the variable is in the map twice: it stands%s too", place);
    } else {
        (void)err_list_add_new(problems, ERR_MAPPING, where,
                "each variable needs a parameter of its own", "%s is the parameter of %s too%s%s",
                line->parameter, first->name, place[0] == '\0' ? "" : ",", place);
    }
}

/* Whether no two lines have the same text. */
static bool check_once(
        const struct map *map, text_of *key_of, const char *file, struct err_list *problems)
{
    CLEANUP(free_keyed) struct keyed *keyed = calloc(map->len + 1, sizeof(*keyed));
    size_t count = 0;
    bool ok = true;
    if (keyed == NULL) {
        struct err err;
        (void)err_set_no_memory(&err);
        return err_list_add(problems, &err);
    }
    for (size_t i = 0; i < map->len; i++) {
        if (key_of(&map->lines[i]) != NULL) {
            keyed[count++] = (struct keyed){ key_of(&map->lines[i]), i };
        }
    }
    qsort(keyed, count, sizeof(*keyed), compare);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(keyed[i - 1].key, keyed[i].key) == 0) {
            add_repeated(&map->lines[keyed[i - 1].at], &map->lines[keyed[i].at], file,
                    key_of == name_of, problems);
            ok = false;
        }
    }
    return ok;
}

bool map_check_one_to_one(const struct map *map, const char *file, struct err_list *problems)
{
    bool has_names_once = check_once(map, name_of, file, problems);
    return check_once(map, parameter_of, file, problems) && has_names_once;
}

/* --- text --- */

const char *map_type_word(enum map_type type)
{
    switch (type) {
    case MAP_STRING:
        return "String";
    case MAP_STRING_LIST:
        return "StringList";
    case MAP_SECURE_STRING:
        break;
    }
    return "SecureString";
}

bool map_is_plain_value(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (value[i] == '\0' || strchr(ASCII_ALNUM "_-./:,+@%=", value[i]) == NULL) {
            return false;
        }
    }
    return true;
}

const char *map_key_id(const struct map_line *line)
{
    if (line->type != MAP_SECURE_STRING) {
        return NULL;
    }
    return line->key_id != NULL ? line->key_id : "alias/aws/ssm";
}

bool map_is_key_id(const char *text)
{
    enum {
        KEY_ID_MAX_BYTES = 2048
    };

    size_t len = strspn(text, ASCII_ALNUM ":/_-");
    return len > 0 && text[len] == '\0' && len <= KEY_ID_MAX_BYTES;
}

static void write_parameter(const struct map_line *line, struct text *out)
{
    text_append_format(out, "# %s", map_type_word(line->type));
    if (line->key_id != NULL) {
        text_append_format(out, " key=%s", line->key_id);
    }
    if (line->tier != MAP_TIER_UNSAID) {
        text_append_format(
                out, " tier=%s", line->tier == MAP_TIER_ADVANCED ? "advanced" : "standard");
    }
    text_append_string(out, line->is_shared ? " shared" : "");
    text_append_format(out, "\n%s=ssm://%s\n", line->name, line->parameter);
}

void map_write(const struct map *map, struct text *out)
{
    text_append_string(out, MAP_FIRST_LINE "\n");
    for (size_t i = 0; i < map->len; i++) {
        const struct map_line *line = &map->lines[i];
        switch (line->kind) {
        case MAP_COMMENT:
            text_append_format(out, "%s\n", line->comment);
            break;
        case MAP_PARAMETER:
            write_parameter(line, out);
            break;
        case MAP_PLAIN:
            text_append_format(out, "# plain\n%s=%s\n", line->name, line->value);
            break;
        case MAP_RETIRED:
            text_append_format(out, "# retired: %s\n", line->name);
            break;
        }
    }
}

void map_format_where(
        const char *file, size_t line, const char *name, char where[static MAP_WHERE_BYTES])
{
    enum {
        FILE_MAX_BYTES = 300
    };

    char number[32] = "";
    size_t len = strlen(file);
    size_t cut = len > FILE_MAX_BYTES ? len - FILE_MAX_BYTES : 0;
    if (line != 0) {
        (void)snprintf(number, sizeof(number), ":%zu", line);
    }
    (void)snprintf(where, MAP_WHERE_BYTES, "%s%s%s%s%s", cut > 0 ? "..." : "", file + cut, number,
            name == NULL ? "" : ": ", name == NULL ? "" : name);
}

void map_line_clear(struct map_line *line)
{
    free(line->comment);
    free(line->name);
    free(line->value);
    free(line->parameter);
    free(line->key_id);
    *line = (struct map_line){ 0 };
}

void map_clear(struct map *map)
{
    for (size_t i = 0; i < map->len; i++) {
        map_line_clear(&map->lines[i]);
    }
    free(map->lines);
    *map = (struct map){ 0 };
}
