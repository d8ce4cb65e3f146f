/* SPDX-License-Identifier: MIT */
#include "launch/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/shown.h"
#include "base/text.h"

enum {
    FILE_MAX_BYTES = 64 * 1024
};

/*
 * 0 if the file may be executed, else errno: ENOENT and ENOTDIR if there is none, EPERM if a
 * directory on the way may not be searched, so that nobody knows.
 */
static int check_executable(const char *file)
{
    struct stat status = { 0 };
    if (stat(file, &status) != 0) {
        return errno == EACCES ? EPERM : errno;
    }
    if (S_ISDIR(status.st_mode)) {
        return EISDIR;
    }
    return faccessat(AT_FDCWD, file, X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

static bool is_missing(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

static bool fail_unusable(const char *file, int error, struct err *reterr)
{
    if (error == EISDIR) {
        return err_set(reterr, ERR_COMMAND_UNUSABLE, file, "is a directory");
    }
    if (error == EPERM) {
        return err_set(reterr, ERR_COMMAND_UNUSABLE, file,
                "cannot be reached: a directory on the way may not be searched");
    }
    (void)err_set_errno(reterr, ERR_COMMAND_UNUSABLE, error, file, "cannot be executed");
    if (error == EACCES) {
        err_set_hint(reterr, "is it marked executable (chmod +x), for the user that runs this?");
    }
    return false;
}

/* Completes the error: the command may be an assignment as env(1) takes it, with a secret in it. */
static bool fail_to_find(const char *command, struct err *reterr)
{
    char shown[SHOWN_BYTES];
    err_set_where(reterr, shown_word(command, strlen(command), shown));
    if (strchr(command, '=') != NULL) {
        err_set_hint(reterr, "to set a variable, let env(1) do it: -- env NAME=VALUE COMMAND");
    }
    return false;
}

static bool use_as_written(const char *command, char **ret_file, struct err *reterr)
{
    int error = check_executable(command);
    if (is_missing(error)) {
        (void)err_set_errno(reterr, ERR_COMMAND_MISSING, error, NULL, "not found");
        return fail_to_find(command, reterr);
    }
    if (error == ENAMETOOLONG) {
        (void)fail_unusable(command, error, reterr);
        return fail_to_find(command, reterr);
    }
    if (error != 0) {
        return fail_unusable(command, error, reterr);
    }
    *ret_file = strdup(command);
    return *ret_file != NULL ? true : err_set_no_memory(reterr);
}

bool resolve_command(
        const char *command, const char *search_path, char **ret_file, struct err *reterr)
{
    if (command[0] == '\0') {
        return err_set(reterr, ERR_COMMAND_MISSING, NULL, "the command is an empty word");
    }
    if (strchr(command, '/') != NULL) {
        return use_as_written(command, ret_file, reterr);
    }
    const char *path = search_path == NULL ? RESOLVE_DEFAULT_PATH : search_path;
    CLEANUP(text_clear) struct text file = TEXT_INIT(FILE_MAX_BYTES);
    struct err unusable = { .kind = ERR_NONE };
    const char *unsearchable = NULL; /* the first such directory */
    size_t unsearchable_len = 0;
    for (const char *at = path;; at++) {
        size_t len = strcspn(at, ":");
        text_reset(&file);
        text_append(&file, len == 0 ? "." : at, len == 0 ? 1 : len);
        text_append_string(&file, "/");
        text_append_string(&file, command);
        int error = file.state == TEXT_SOUND ? check_executable(text_string(&file)) : ENAMETOOLONG;
        if (error == 0) {
            *ret_file = text_take(&file);
            return *ret_file != NULL ? true : err_set_no_memory(reterr);
        }
        if (error == EPERM) {
            unsearchable_len = unsearchable == NULL ? len : unsearchable_len;
            unsearchable = unsearchable == NULL ? at : unsearchable;
        } else if (!is_missing(error) && error != ENAMETOOLONG && unusable.kind == ERR_NONE) {
            (void)fail_unusable(text_string(&file), error, &unusable);
        }
        at += len;
        if (*at == '\0') {
            break;
        }
    }
    if (unusable.kind != ERR_NONE) {
        *reterr = unusable;
        return false;
    }
    (void)err_set(reterr, ERR_COMMAND_MISSING, NULL, "not found in PATH (%s)", path);
    if (unsearchable != NULL && unsearchable_len == 0) {
        err_add_why(reterr, "; the working directory may not be searched");
    } else if (unsearchable != NULL) {
        err_add_why(reterr, "; %.*s may not be searched", (int)unsearchable_len, unsearchable);
    }
    return fail_to_find(command, reterr);
}
