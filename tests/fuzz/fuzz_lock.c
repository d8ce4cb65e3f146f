/* Lock files: what is read names a version of a parameter for a variable, each once. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "fuzz_input.h"
#include "vars/lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(fuzz_secret_free) struct secret text = fuzz_secret_new(data, size);
    CLEANUP(source_list_clear) struct source_list sources = { 0 };
    struct err_list *problems = fuzz_problems();
    bool is_read = lock_parse(&text, "x.lock", &sources, problems);
    assert(is_read == err_list_is_empty(problems));
    for (size_t i = 0; i < problems->len; i++) {
        assert(problems->items[i].kind == ERR_INPUT);
        assert(strcmp(problems->items[i].where, "x.lock") == 0);
    }
    for (size_t i = 0; i < sources.len; i++) {
        const struct source *source = &sources.items[i];
        size_t len = 0;
        const char *name = source_parameter_name(source, &len);
        assert(source->kind == SOURCE_NAME && source->is_locked);
        assert(source->variable[0] != '\0' && strchr(source->variable, '=') == NULL);
        assert(len > 0 && name[0] == '/' && memchr(name, '\0', len) == NULL);
        for (size_t j = 0; j < i && is_read; j++) {
            assert(strcmp(source->variable, sources.items[j].variable) != 0);
        }
    }
    return 0;
}
