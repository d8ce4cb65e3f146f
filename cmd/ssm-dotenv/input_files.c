/* SPDX-License-Identifier: MIT */
#include "input_files.h"

#include <stdlib.h>
#include <string.h>

#include "input.h"

struct input_file {
    char shown[SHOWN_BYTES];
    struct dotenv dotenv;
};

void input_files_clear(struct input_files *files)
{
    for (size_t i = 0; i < files->len; i++) {
        dotenv_clear(&files->read[i].dotenv);
    }
    free(files->items);
    free(files->read);
    *files = (struct input_files){ 0 };
}

bool input_files_read(const struct command_run *run,
        const struct string_list *paths,
        struct input_files *ret_files,
        struct err_list *problems)
{
    bool ok = true;
    struct err err;
    ret_files->items = calloc(paths->len + 1, sizeof(*ret_files->items));
    ret_files->read = calloc(paths->len + 1, sizeof(*ret_files->read));
    if (ret_files->items == NULL || ret_files->read == NULL) {
        (void)err_set_no_memory(&err);
        return err_list_add(problems, &err);
    }
    for (size_t i = 0; i < paths->len; i++) {
        struct input_file *file = &ret_files->read[i];
        char word[SHOWN_BYTES];
        const char *shown = input_shown(paths->items[i], word);
        memcpy(file->shown, shown, strlen(shown) + 1);
        ret_files->items[ret_files->len++] = (struct env_file){ file->shown, &file->dotenv };
        ok = input_read_env_file(run, paths->items[i], &file->dotenv, problems) && ok;
    }
    return ok;
}
