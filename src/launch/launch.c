/* SPDX-License-Identifier: MIT */
#include "launch/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/file.h"
#include "launch/denial.h"

enum {
    HEAD_BYTES = 256,
    STRING_MAX_BYTES = 128 * 1024, /* MAX_ARG_STRLEN: one argument or variable, its NUL included */
    TOTAL_MIN_BYTES = 128 * 1024,  /* the kernel grants at least this, and at most 6 MiB */
};

/* Reads the first bytes of the file, to find out what it is; returns their number. */
static size_t read_head(const char *file, char head[static HEAD_BYTES])
{
    CLEANUP(file_close) int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t len = fd < 0 ? 0 : read(fd, head, HEAD_BYTES - 1);
    head[len > 0 ? len : 0] = '\0';
    return len > 0 ? (size_t)len : 0;
}

/* The path after "#!", which may be empty; NULL: not a script. */
static const char *find_interpreter(char head[static HEAD_BYTES], size_t len)
{
    if (len <= 2 || head[0] != '#' || head[1] != '!') {
        return NULL;
    }
    char *interpreter = head + 2 + strspn(head + 2, " \t");
    interpreter[strcspn(interpreter, " \t\r\n")] = '\0';
    return interpreter;
}

/* ENOENT for a file that exists: its interpreter or its loader is missing. */
static bool explain_missing(const char *file, struct err *reterr)
{
    char head[HEAD_BYTES];
    size_t len = read_head(file, head);
    if (access(file, F_OK) != 0) {
        return err_set_errno(reterr, ERR_COMMAND_MISSING, ENOENT, file, "not found");
    }
    bool ends_in_crlf = memchr(head, '\r', len) != NULL;
    const char *interpreter = find_interpreter(head, len);
    if (interpreter != NULL) {
        (void)err_set(reterr, ERR_COMMAND_UNUSABLE, file,
                "is a script whose interpreter %s does not exist", interpreter);
        if (ends_in_crlf) {
            err_set_hint(reterr, "its first line ends in CR LF: save it with Unix line ends");
        }
        return false;
    }
    (void)err_set(
            reterr, ERR_COMMAND_UNUSABLE, file, "the loader that it needs does not exist here");
    err_set_hint(reterr, "is it built for another C library or distribution?");
    return false;
}

/* EACCES and EPERM may be about the file, or about the interpreter that a script names. */
static bool explain_denied(const char *file, int error, struct err *reterr)
{
    char head[HEAD_BYTES];
    enum denial denial = denial_find(file);
    const char *interpreter = find_interpreter(head, read_head(file, head));
    enum denial inner_denial = interpreter == NULL ? DENIAL_NONE : denial_find(interpreter);
    if (denial != DENIAL_NONE || inner_denial == DENIAL_NONE) {
        return denial_explain(file, denial, error, reterr);
    }
    struct err inner;
    (void)denial_explain(interpreter, inner_denial, error, &inner);
    (void)err_set(reterr, ERR_COMMAND_UNUSABLE, file, "is a script whose interpreter %s %s",
            interpreter, inner.why);
    err_set_hint(reterr, "%s", inner.hint);
    return false;
}

static bool explain_format(const char *file, struct err *reterr)
{
    char head[HEAD_BYTES];
    size_t len = read_head(file, head);
    if (len >= 4 && memcmp(head, "\177ELF", 4) == 0) {
        return err_set(reterr, ERR_COMMAND_UNUSABLE, file, "is a program for another architecture");
    }
    (void)err_set(reterr, ERR_COMMAND_UNUSABLE, file,
            "is neither a program nor a script that begins with \"#!\"");
    err_set_hint(reterr,
            "begin it with a line such as #!/bin/sh, or give its interpreter as the command");
    return false;
}

/* A quarter of the stack limit, within the kernel's bounds (execve(2), "Limits on size"). */
static size_t total_limit(void)
{
    struct rlimit stack = { 0 };
    if (getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur == RLIM_INFINITY
            || stack.rlim_cur / 4 > LAUNCH_TOTAL_MAX_BYTES) {
        return LAUNCH_TOTAL_MAX_BYTES;
    }
    size_t limit = (size_t)stack.rlim_cur / 4;
    return limit < TOTAL_MIN_BYTES ? TOTAL_MIN_BYTES : limit;
}

void launch_size_add(struct launch_size *size, const char *name, size_t name_len, size_t bytes)
{
    size_t at = LAUNCH_LARGEST_SHOWN;
    size->total_bytes += bytes + 1 + sizeof(char *);
    while (name != NULL && at > 0 && bytes > size->largest[at - 1].bytes) {
        at--;
        if (at + 1 < LAUNCH_LARGEST_SHOWN) {
            size->largest[at + 1] = size->largest[at];
        }
        size->largest[at] = (struct launch_string){ name, name_len, bytes };
    }
}

void launch_size_add_entries(struct launch_size *size, char *const entries[])
{
    for (; *entries != NULL; entries++) {
        launch_size_add(size, *entries, environment_name_len(*entries), strlen(*entries));
    }
}

void launch_size_add_arguments(struct launch_size *size, char *const argv[])
{
    for (; *argv != NULL; argv++) {
        launch_size_add(size, NULL, 0, strlen(*argv));
    }
}

bool launch_fail_size(const char *file, const struct launch_size *size, struct err *reterr)
{
    (void)err_set(reterr, ERR_COMMAND_UNUSABLE, file,
            "arguments and environment are too large: %zu bytes in total, at most %zu are allowed, "
            "and %d for one string; the largest variables:",
            size->total_bytes, total_limit(), STRING_MAX_BYTES);
    for (size_t i = 0; i < LAUNCH_LARGEST_SHOWN && size->largest[i].name != NULL; i++) {
        const struct launch_string *shown = &size->largest[i];
        err_add_why(reterr, "%s %.*s (%zu bytes)", i == 0 ? "" : ",", (int)shown->name_len,
                shown->name, shown->bytes);
    }
    err_set_hint(reterr,
            "read narrower paths, or raise the stack limit (ulimit -s; the kernel allows a quarter of "
            "it, at most 6 MiB)");
    return false;
}

static bool explain_size(
        const char *file, char *const argv[], char *const envp[], struct err *reterr)
{
    struct launch_size size = { 0 };
    launch_size_add_arguments(&size, argv);
    launch_size_add_entries(&size, envp);
    return launch_fail_size(file, &size, reterr);
}

bool launch(const char *file, char *const argv[], char *const envp[], struct err *reterr)
{
    (void)execve(file, argv, envp);
    int error = errno;
    switch (error) {
    case ENOENT:
        return explain_missing(file, reterr);
    case ENOEXEC:
        return explain_format(file, reterr);
    case E2BIG:
        return explain_size(file, argv, envp, reterr);
    case EACCES:
    case EPERM:
        return explain_denied(file, error, reterr);
    default:
        return err_set_errno(reterr, ERR_COMMAND_UNUSABLE, error, file, "cannot be started");
    }
}
