/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "base/stream.h"
#include "migrate/map_read.h"

static const char STANDARD_INPUT[] = "standard input";

bool input_is_standard(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

const char *input_shown(const char *path, char out[static SHOWN_BYTES])
{
    return input_is_standard(path) ? STANDARD_INPUT : shown_word(path, strlen(path), out);
}

/* What is typed would be seen, by others and in the terminal's memory. */
static bool read_standard_input(
        const struct file_limits *limits, struct secret *contents, struct err *reterr)
{
    if (isatty(STDIN_FILENO) == 1) {
        (void)err_set(reterr, ERR_INPUT, STANDARD_INPUT, "is a terminal");
        err_set_hint(reterr, "pass a file or a pipe: sops -d .env.enc | ssm-dotenv ... -");
        return false;
    }
    return stream_read(STDIN_FILENO, STANDARD_INPUT, limits, contents, reterr);
}

/* In a folder that others can write to, somebody may have put a link in the place of the file. */
static bool check_link(const char *path, struct err *reterr)
{
    struct stat status;
    char shown[SHOWN_BYTES];
    if (lstat(path, &status) != 0 || !S_ISLNK(status.st_mode) || status.st_uid == 0
            || status.st_uid == geteuid()) {
        return true;
    }
    (void)err_set(reterr, ERR_INPUT, input_shown(path, shown),
            "is a symbolic link that belongs to user %u", (unsigned)status.st_uid);
    err_set_hint(reterr, "name the file that it points to, if that is the one to read");
    return false;
}

/* The maximum of *ret_contents bounds the size. */
static bool read_contents(const struct command_run *run,
        const char *path,
        struct secret *ret_contents,
        struct err *reterr)
{
    const struct file_limits limits = { .clock = run->clock, .deadline_ms = run->deadline_ms };
    char shown[SHOWN_BYTES];
    enum file_presence presence = FILE_ABSENT;
    if (input_is_standard(path)) {
        return read_standard_input(&limits, ret_contents, reterr);
    }
    if (!check_link(path, reterr)) {
        return false;
    }
    if (!file_read(path, &limits, ret_contents, &presence, reterr)) {
        err_set_where(reterr, input_shown(path, shown));
        return false;
    }
    return presence == FILE_PRESENT
            || err_set(reterr, ERR_INPUT, input_shown(path, shown), "there is no such file");
}

bool input_read_env_file(const struct command_run *run,
        const char *path,
        struct dotenv *ret_dotenv,
        struct err_list *problems)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(DOTENV_MAX_BYTES);
    char shown[SHOWN_BYTES];
    struct err err;
    return read_contents(run, path, &contents, &err)
            ? dotenv_parse(&contents, input_shown(path, shown), ret_dotenv, problems)
            : err_list_add(problems, &err);
}

bool input_read_map(const struct command_run *run,
        const char *path,
        struct map *ret_map,
        struct err_list *problems)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(DOTENV_MAX_BYTES);
    char shown[SHOWN_BYTES];
    struct err err;
    return read_contents(run, path, &contents, &err)
            ? map_read(&contents, input_shown(path, shown), ret_map, problems)
            : err_list_add(problems, &err);
}
