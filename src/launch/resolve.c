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
#include "launch/denial.h"

enum {
    FILE_MAX_BYTES = 64 * 1024
};

enum finding {
    USABLE,
    MISSING,
    UNREACHABLE, /* a directory of the path cannot be searched: unknown whether the file exists */
    UNUSABLE,
};

/*
 * Some seccomp profiles refuse faccessat2(2), which faccessat with AT_EACCESS needs. access(2) differs only
 * in a set-user-ID program. If it is refused too, execve(2) decides.
 */
static bool may_be_executed(const char *file)
{
    if (faccessat(AT_FDCWD, file, X_OK, AT_EACCESS) == 0) {
        return true;
    }
    return errno != EACCES && (access(file, X_OK) == 0 || errno == EPERM || errno == ENOSYS);
}

/* Sets errno unless the file is usable or a directory. */
static enum finding examine(const char *file)
{
    struct stat status = { 0 };
    if (stat(file, &status) != 0) {
        return errno == ENOENT || errno == ENOTDIR ? MISSING
                : errno == EACCES                  ? UNREACHABLE
                                                   : UNUSABLE;
    }
    return !S_ISDIR(status.st_mode) && may_be_executed(file) ? USABLE : UNUSABLE;
}

/* Completes the error. A command like NAME=VALUE, as for env(1), may hold a secret. */
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
    enum finding finding = examine(command);
    int error = errno;
    if (finding == MISSING) {
        (void)err_set_errno(reterr, ERR_COMMAND_MISSING, error, NULL, "not found");
        return fail_to_find(command, reterr);
    }
    if (finding == UNUSABLE && error == ENAMETOOLONG) {
        (void)denial_explain(command, DENIAL_NONE, error, reterr);
        return fail_to_find(command, reterr);
    }
    if (finding != USABLE) {
        return denial_explain(command, denial_find(command), error, reterr);
    }
    *ret_file = strdup(command);
    return *ret_file != NULL ? true : err_set_no_memory(reterr);
}

bool resolve_command(
        const char *command, const char *search_path, char **ret_file, struct err *reterr)
{
    if (command[0] == '\0') {
        return err_set(reterr, ERR_COMMAND_MISSING, NULL, "the command is an empty string");
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
        enum finding finding = file.state == TEXT_OK ? examine(text_string(&file)) : MISSING;
        int error = errno;
        if (finding == USABLE) {
            *ret_file = text_detach(&file);
            return *ret_file != NULL ? true : err_set_no_memory(reterr);
        }
        if (finding == UNREACHABLE) {
            unsearchable_len = unsearchable == NULL ? len : unsearchable_len;
            unsearchable = unsearchable == NULL ? at : unsearchable;
        } else if (finding == UNUSABLE && error != ENAMETOOLONG && unusable.kind == ERR_NONE) {
            enum denial denial = denial_find(text_string(&file));
            (void)denial_explain(text_string(&file), denial, error, &unusable);
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
        err_add_why(reterr, "; the working directory cannot be searched");
    } else if (unsearchable != NULL) {
        err_add_why(reterr, "; %.*s cannot be searched", (int)unsearchable_len, unsearchable);
    }
    return fail_to_find(command, reterr);
}
