/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdlib.h>

void options_clear(struct options *options)
{
    source_list_clear(&options->sources);
    string_list_clear(&options->preserved);
    string_list_clear(&options->kept);
    string_list_clear(&options->unset);
    string_list_clear(&options->required);
    string_list_clear(&options->allowed_variables);
    for (size_t i = 0; i < options->env_files.len; i++) {
        free(options->env_files.items[i].path);
    }
    free(options->env_files.items);
    options->env_files = (struct env_file_list){ 0 };
}
