/* Maps: what is read has each variable and parameter once, and is the same when it is written and read again. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "fuzz_input.h"
#include "migrate/map_name.h"
#include "migrate/map_read.h"
#include "vars/var_name.h"

static void check_line(const struct map_line *line)
{
    assert((line->kind == MAP_COMMENT) == (line->comment != NULL));
    assert((line->kind == MAP_PARAMETER) == (line->parameter != NULL));
    assert((line->kind == MAP_PLAIN) == (line->value != NULL));
    assert(line->name == NULL || var_name_is_valid(line->name, strlen(line->name)));
    assert(line->parameter == NULL || map_name_fault(line->parameter) == NULL);
    assert(line->value == NULL || map_is_plain_value(line->value, strlen(line->value)));
    assert(line->key_id == NULL || map_is_key_id(line->key_id));
}

static void check_written(const struct map *map)
{
    CLEANUP(text_clear) struct text written = TEXT_INIT(1 << 24);
    CLEANUP(text_clear) struct text again = TEXT_INIT(1 << 24);
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(1 << 24);
    CLEANUP(map_clear) struct map read = { 0 };
    map_write(map, &written);
    secret_append_text(&text, &written);
    assert(map_read(&text, "x.map", &read, fuzz_problems()));
    map_write(&read, &again);
    assert(strcmp(text_string(&written), text_string(&again)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(fuzz_secret_free) struct secret text = fuzz_secret_new(data, size);
    CLEANUP(map_clear) struct map map = { 0 };
    struct err_list *problems = fuzz_problems();
    bool is_read = map_read(&text, "x.map", &map, problems);
    assert(is_read == err_list_is_empty(problems));
    assert(is_read || map.len == 0);
    for (size_t i = 0; i < problems->len; i++) {
        assert(problems->items[i].kind == ERR_INPUT || problems->items[i].kind == ERR_MAPPING);
        assert(strncmp(problems->items[i].where, "x.map:", strlen("x.map:")) == 0);
    }
    for (size_t i = 0; i < map.len; i++) {
        check_line(&map.lines[i]);
    }
    if (is_read) {
        check_written(&map);
    }
    return 0;
}
