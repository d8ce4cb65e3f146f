/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void file_close(int *fd)
{
    if (*fd >= 0) {
        int kept_errno = errno;
        (void)close(*fd);
        errno = kept_errno;
    }
    *fd = -1;
}

/* Waits until fd is readable or at its end; regular files always are. */
static bool wait_readable(
        int fd, const char *path, const struct file_limits *limits, struct err *reterr)
{
    for (;;) {
        int64_t left_ms = limits->deadline_ms - clock_monotonic_ms(limits->clock);
        if (left_ms <= 0) {
            return err_set(
                    reterr, ERR_TIMEOUT, path, "was not ready to be read within the timeout");
        }
        struct pollfd waited = { .fd = fd, .events = POLLIN };
        int ready = poll(&waited, 1, left_ms > 60000 ? 60000 : (int)left_ms);
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return err_set_errno(
                    reterr, ERR_INPUT, errno, path, "cannot wait until it is readable");
        }
    }
}

static bool read_all(int fd,
        const char *path,
        const struct file_limits *limits,
        struct secret *contents,
        struct err *reterr)
{
    for (;;) {
        char chunk[4096];
        ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got == 0) {
            return true;
        }
        if (got > 0) {
            secret_append(contents, chunk, (size_t)got);
            explicit_bzero(chunk, (size_t)got);
            if (!secret_check(contents, path, reterr)) {
                reterr->kind = ERR_INPUT;
                return false;
            }
            continue;
        }
        if (errno == EAGAIN) {
            if (!wait_readable(fd, path, limits, reterr)) {
                return false;
            }
        } else if (errno != EINTR) {
            return err_set_errno(reterr, ERR_INPUT, errno, path, "cannot be read");
        }
    }
}

bool file_read(const char *path,
        const struct file_limits *limits,
        struct secret *ret_contents,
        enum file_presence *ret_presence,
        struct err *reterr)
{
    /* O_NONBLOCK: opening or reading a pipe must not outlast the timeout. */
    CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        *ret_presence = FILE_ABSENT;
        return true;
    }
    struct stat status = { 0 };
    if (fd < 0 || fstat(fd, &status) != 0) {
        return err_set_errno(reterr, ERR_INPUT, errno, path, "cannot be read");
    }
    if (S_ISDIR(status.st_mode)) {
        return err_set(reterr, ERR_INPUT, path, "is a directory, not a file");
    }
    /* A named pipe reads as empty until a writer opens it. */
    if (S_ISFIFO(status.st_mode) && !wait_readable(fd, path, limits, reterr)) {
        return false;
    }
    if (!read_all(fd, path, limits, ret_contents, reterr)) {
        return false;
    }
    *ret_presence = FILE_PRESENT;
    return true;
}

int file_read_text(const char *path, struct text *text)
{
    CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char chunk[16 * 1024];
    struct stat status = { 0 };
    ssize_t got = fd < 0 || fstat(fd, &status) != 0 ? -1 : 1;
    text_reserve(text, (size_t)status.st_size);
    while (got > 0 && text->state == TEXT_OK) {
        got = read(fd, chunk, sizeof(chunk));
        text_append(text, chunk, got > 0 ? (size_t)got : 0);
    }
    return got < 0                          ? errno
            : text->state == TEXT_TOO_LONG  ? EFBIG
            : text->state == TEXT_NO_MEMORY ? ENOMEM
                                            : 0;
}
