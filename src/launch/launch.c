/* SPDX-License-Identifier: MIT */
#include "launch/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/environment.h"

enum {
    HEAD_BYTES = 256,
    LARGEST_SHOWN = 3,
    STRING_MAX_BYTES = 128 * 1024, /* MAX_ARG_STRLEN: one argument or variable, its NUL included */
    TOTAL_MIN_BYTES = 128 * 1024,  /* the kernel grants at least this, and at most 6 MiB */
    TOTAL_MAX_BYTES = 6 * 1024 * 1024,
};

/* The first bytes of the file, to tell what it is; gives how many. */
static size_t read_head(const char *file, char head[static HEAD_BYTES])
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t len = fd < 0 ? 0 : read(fd, head, HEAD_BYTES - 1);
    if (fd >= 0) {
        (void)close(fd);
    }
    head[len > 0 ? len : 0] = '\0';
    return len > 0 ? (size_t)len : 0;
}

/* ENOENT for a file that exists: what is missing is whoever runs it. */
static bool explain_missing(const char *file, struct err *reterr)
{
    char head[HEAD_BYTES];
    size_t len = read_head(file, head);
    if (access(file, F_OK) != 0) {
        return err_set_errno(reterr, ERR_COMMAND_MISSING, ENOENT, file, "not found");
    }
    if (len > 2 && head[0] == '#' && head[1] == '!') {
        char *interpreter = head + 2 + strspn(head + 2, " \t");
        interpreter[strcspn(interpreter, " \t\r\n")] = '\0';
        (void)err_set(reterr, ERR_COMMAND_UNUSABLE, file,
                "is a script whose interpreter %s does not exist", interpreter);
        if (memchr(head, '\r', len) != NULL) {
            err_set_hint(reterr, "its first line ends in CR LF: save it with Unix line ends");
        }
        return false;
    }
    (void)err_set(reterr, ERR_COMMAND_UNUSABLE, file, "the loader it needs does not exist here");
    err_set_hint(reterr, "is it linked for another C library or distribution than this one?");
    return false;
}

static bool explain_format(const char *file, struct err *reterr)
{
    char head[HEAD_BYTES];
    size_t len = read_head(file, head);
    if (len >= 4 && memcmp(head, "\177ELF", 4) == 0) {
        return err_set(reterr, ERR_COMMAND_UNUSABLE, file,
                "is a program for another architecture than this machine's");
    }
    (void)err_set(reterr, ERR_COMMAND_UNUSABLE, file,
            "is neither a program nor a script that begins with \"#!\"");
    err_set_hint(
            reterr, "begin it with a line such as #!/bin/sh, or name its interpreter as command");
    return false;
}

/* What the kernel counts: strings with their NULs, and their pointers. */
static size_t count_bytes(char *const strings[])
{
    size_t bytes = 0;
    for (; *strings != NULL; strings++) {
        bytes += strlen(*strings) + 1 + sizeof(char *);
    }
    return bytes;
}

/* A quarter of the stack limit, within the kernel's bounds (execve(2), "Limits on size"). */
static size_t total_limit(void)
{
    struct rlimit stack = { 0 };
    if (getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur == RLIM_INFINITY
            || stack.rlim_cur / 4 > TOTAL_MAX_BYTES) {
        return TOTAL_MAX_BYTES;
    }
    size_t limit = (size_t)stack.rlim_cur / 4;
    return limit < TOTAL_MIN_BYTES ? TOTAL_MIN_BYTES : limit;
}

/* The largest entry that is smaller than `below`, or equal and further on than `behind`. */
static const char *next_largest(char *const envp[], size_t below, const char *behind)
{
    const char *largest = NULL;
    size_t largest_len = 0;
    bool is_behind = behind == NULL;
    for (; *envp != NULL; envp++) {
        size_t len = strlen(*envp);
        bool eligible = len < below || (len == below && is_behind);
        if (eligible && (largest == NULL || len > largest_len)) {
            largest = *envp;
            largest_len = len;
        }
        is_behind = is_behind || *envp == behind;
    }
    return largest;
}

static bool explain_size(
        const char *file, char *const argv[], char *const envp[], struct err *reterr)
{
    size_t total = count_bytes(argv) + count_bytes(envp);
    (void)err_set(reterr, ERR_COMMAND_UNUSABLE, file,
            "arguments and environment are too large: %zu bytes in all of at most %zu, and one "
            "string at most %d; the largest variables:",
            total, total_limit(), STRING_MAX_BYTES);
    const char *shown = next_largest(envp, SIZE_MAX, NULL);
    for (int i = 0; i < LARGEST_SHOWN && shown != NULL; i++) {
        size_t len = strlen(shown);
        err_add_why(reterr, "%s %.*s (%zu bytes)", i == 0 ? "" : ",",
                (int)environment_name_len(shown), shown, len);
        shown = next_largest(envp, len, shown);
    }
    err_set_hint(reterr,
            "read narrower paths, or raise the stack limit (ulimit -s; the kernel gives a quarter of "
            "it, at most 6 MiB)");
    return false;
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
    default:
        return err_set_errno(reterr, ERR_COMMAND_UNUSABLE, error, file, "cannot be started");
    }
}
