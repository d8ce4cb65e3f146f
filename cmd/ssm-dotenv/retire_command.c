/* SPDX-License-Identifier: MIT */
#include "retire_command.h"

#include <errno.h>
#include <unistd.h>

#include "output.h"
#include "retire_git.h"
#include "retire_list.h"
#include "retire_look.h"
#include "retire_output.h"
#include "verify.h"
#include "verify_options.h"
#include "verify_output.h"

enum {
    OUTPUT_MAX_BYTES = 256 * 1024 * 1024
};

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The time of the last change, which no program can set: cp -p and rsync set that of the last write. */
static bool is_unchanged(const struct stat *a, const struct stat *b)
{
    return is_same_file(a, b) && a->st_size == b->st_size && a->st_ctim.tv_sec == b->st_ctim.tv_sec
            && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* A map of plain values says the same as itself. */
static bool check_not_map(const struct retire_file *file, const char *map, struct err *reterr)
{
    struct stat status = { 0 };
    if (stat(map, &status) != 0 || !is_same_file(&status, &file->target)) {
        return true;
    }
    (void)err_set(reterr, ERR_INPUT, file->path, "is the map itself, which ssm-exec still needs");
    err_set_hint(reterr, "use --env-file with the file that the map was made from");
    return false;
}

/* Comments alone prove nothing: what they hold is nowhere else, or the file is not an env file. */
static bool check_was_compared(const struct retire_file *file, struct err *reterr)
{
    if (file->dotenv->len > 0) {
        return true;
    }
    (void)err_set(reterr, ERR_INPUT, file->path,
            "sets no variable, so nothing was compared: it was not deleted");
    err_set_hint(reterr, "check that it is the right file, and delete it by hand");
    return false;
}

/* What is deleted has to be what was compared. */
static bool delete_file(const struct retire_file *file, struct err *reterr)
{
    struct retire_file now = { .path = file->path };
    if (!check_was_compared(file, reterr) || !retire_file_look(&now, reterr)) {
        return false;
    }
    if (!is_unchanged(&now.itself, &file->itself) || !is_unchanged(&now.target, &file->target)) {
        (void)err_set(reterr, ERR_INPUT, file->path,
                "has changed since it was compared: it was not deleted");
        err_set_hint(reterr, "run ssm-dotenv retire again");
        return false;
    }
    return unlink(file->path) == 0
            || err_set_errno(reterr, ERR_SYSTEM, errno, file->path, "cannot be deleted");
}

/* --- what is printed --- */

static void write_same(const struct command_run *run,
        const struct verify_options *options,
        const struct retire_list *list,
        bool is_deleted,
        struct text *out)
{
    if (options->json) {
        text_append_string(out, "{\"verified\": true, \"checks\": ");
        retire_write_json(list, out);
        text_append_format(out, ", \"deleted\": %s}\n", is_deleted ? "true" : "false");
        return;
    }
    const struct columns_terminal terminal = columns_terminal_of(run->environment);
    retire_write_table(list, &terminal, out);
    if (is_deleted) {
        text_append_string(out,
                "The file is deleted. The disk, backups and git's history may still have it: "
                "rotate the secrets.\n");
    }
}

static bool print(const struct text *out, struct err_list *problems)
{
    struct err err;
    return output_print(out, &err) || err_list_add(problems, &err);
}

/* Retirement ends here: the rows say why. */
static int stop_at_difference(const struct command_run *run,
        const struct verify_options *options,
        const struct verified *verified,
        struct err_list *problems)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    if (options->json) {
        text_append_string(&out, "{\"verified\": false, ");
        verify_write_json_rows(&verified->rows, &out);
        text_append_string(&out, "}\n");
    } else {
        const struct columns_terminal terminal = columns_terminal_of(run->environment);
        verify_write_table(&verified->rows, &terminal, &out);
        text_append_string(&out, "The file stays: not all rows are the same.\n");
    }
    (void)print(&out, problems);
    return COMMAND_FOUND;
}

/* --- the run --- */

static bool look(const struct command_run *run,
        const struct verify_options *options,
        const struct retire_file *file,
        struct retire_list *list,
        struct err *reterr)
{
    size_t unread = 0;
    if (!retire_look_at_file(file, list, reterr)
            || !retire_look_at_git(run, file->path, list, reterr)
            || !retire_look_at_sources(file, &options->sources, list, &unread, reterr)
            || !retire_look_at_secrets(file, list, reterr)) {
        return false;
    }
    if (unread > 0) {
        event_emit(&run->report->sink, EVENT_PROGRESS, NULL,
                "%zu files or folders could not be read, or were left out", unread);
    }
    retire_list_sort(list);
    return true;
}

static int finish(const struct command_run *run,
        const struct verify_options *options,
        const struct retire_file *file,
        const struct retire_list *list,
        struct err_list *problems)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    struct err err;
    /* First, since it takes memory: a file is not deleted that nobody could be told of. */
    write_same(run, options, list, options->may_delete, &out);
    if (!text_check(&out, "standard output", &err)) {
        (void)err_list_add(problems, &err);
        return COMMAND_FOUND;
    }
    bool is_deleted = options->may_delete && delete_file(file, &err);
    bool has_failed = options->may_delete && !is_deleted;
    if (has_failed) {
        text_reset(&out);
        write_same(run, options, list, false, &out);
    }
    bool is_printed = print(&out, problems);
    if (!is_printed && is_deleted && problems->len > 0) {
        err_add_why(&problems->items[problems->len - 1], "; %s is deleted", file->path);
    }
    if (has_failed) {
        (void)err_list_add(problems, &err);
    }
    /* Secrets are to be rotated whatever was found. */
    bool is_clean = list->len == retire_list_count(list, RETIRE_ROTATE);
    return is_printed && is_clean ? COMMAND_IN_ORDER : COMMAND_FOUND;
}

static int run_retire(const struct command_run *run, const void *given, struct err_list *problems)
{
    const struct verify_options *options = given;
    CLEANUP(verified_clear) struct verified verified = { 0 };
    CLEANUP(retire_list_clear) struct retire_list list = { 0 };
    struct retire_file file = { .path = options->env_file, .dotenv = &verified.dotenv };
    struct err err;
    if (!retire_file_look(&file, &err) || !check_not_map(&file, options->map, &err)) {
        (void)err_list_add(problems, &err);
        return COMMAND_FOUND;
    }
    if (!verify(run, options, &verified, problems)) {
        return COMMAND_FOUND;
    }
    if (!verified_is_same(&verified)) {
        return stop_at_difference(run, options, &verified, problems);
    }
    if (!look(run, options, &file, &list, &err)) {
        (void)err_list_add(problems, &err);
        return COMMAND_FOUND;
    }
    return finish(run, options, &file, &list, problems);
}

const struct command retire_command = {
    .table = &retire_table,
    .new_options = verify_options_new,
    .free_options = verify_options_free,
    .store = command_options_store,
    .check = retire_options_check,
    .run = run_retire,
};
