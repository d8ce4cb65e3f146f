/* Env files: what is read has valid, sorted names and values a variable can hold. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "fuzz_input.h"
#include "vars/dotenv.h"
#include "vars/var_name.h"

static void check_entries(const struct dotenv *dotenv)
{
    for (size_t i = 0; i < dotenv->len; i++) {
        const struct dotenv_entry *entry = &dotenv->entries[i];
        const char *value = secret_expose(&entry->value);
        size_t len = secret_len(&entry->value);
        assert(var_name_is_valid(entry->name, strlen(entry->name)));
        assert(i == 0 || strcmp(dotenv->entries[i - 1].name, entry->name) < 0);
        assert(strlen(value) == len);
        assert(!entry->has_inner_hash || strchr(value, '#') != NULL);
        assert(entry->line > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(fuzz_secret_free) struct secret text = fuzz_secret_new(data, size);
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    struct err_list *problems = fuzz_problems();
    bool is_read = dotenv_parse(&text, "file", &dotenv, problems);
    assert(is_read == err_list_is_empty(problems));
    check_entries(&dotenv);
    return 0;
}
