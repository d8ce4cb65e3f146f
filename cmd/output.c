/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* A stream that is written to without being blocked by it. */
struct stream {
    int fd;
    bool is_own; /* opened here */
    bool is_socket;
    size_t piece_max; /* at most so many bytes may be written at once after poll(2) */
};

static void close_stream(struct stream *stream)
{
    if (stream->is_own) {
        (void)close(stream->fd);
    }
}

/*
 * The same pipe or terminal as an open file of our own, which is non-blocking without the others that
 * hold the stream noticing. Fails without /proc, and on a pipe that another user has made.
 */
static int open_again(int fd)
{
    char path[sizeof("/proc/self/fd/-2147483648")];
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static struct stream find_stream(int fd)
{
    struct stream stream = { .fd = fd, .piece_max = SIZE_MAX };
    struct stat status = { 0 };
    if (fstat(fd, &status) != 0) {
        return stream;
    }
    stream.is_socket = S_ISSOCK(status.st_mode);
    int flags = fcntl(fd, F_GETFL);
    bool may_block = (flags & O_NONBLOCK) == 0
            && (S_ISFIFO(status.st_mode) || (S_ISCHR(status.st_mode) && isatty(fd) == 1));
    if (!may_block) {
        return stream;
    }
    int again = open_again(fd);
    if (again >= 0) {
        stream.fd = again;
        stream.is_own = true;
        return stream;
    }
    /* A pipe that is writable has room for so much, unless another writer is faster. */
    stream.piece_max = PIPE_BUF;
    return stream;
}

/* -1 with EAGAIN where the reader takes nothing now. */
static ssize_t write_some(const struct stream *stream, const char *bytes, size_t len)
{
    if (stream->is_socket) {
        return send(stream->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    if (stream->piece_max == SIZE_MAX) {
        return write(stream->fd, bytes, len);
    }
    struct pollfd writable = { .fd = stream->fd, .events = POLLOUT };
    if (poll(&writable, 1, 0) <= 0) {
        errno = EAGAIN;
        return -1;
    }
    return write(stream->fd, bytes, len < stream->piece_max ? len : stream->piece_max);
}

/* False at until_ms. */
static bool wait_for_reader(int fd, const struct clock *clock, int64_t until_ms)
{
    int64_t left_ms = until_ms - clock_monotonic_ms(clock);
    if (left_ms <= 0) {
        return false;
    }
    struct pollfd writable = { .fd = fd, .events = POLLOUT };
    (void)poll(&writable, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms);
    return true;
}

size_t output_write_until(
        int fd, const char *bytes, size_t len, const struct clock *clock, int64_t until_ms)
{
    CLEANUP(close_stream) struct stream stream = find_stream(fd);
    size_t written = 0;
    while (written < len) {
        ssize_t got = write_some(&stream, bytes + written, len - written);
        bool is_full = got < 0 && errno == EAGAIN;
        bool is_broken = got < 0 && errno != EAGAIN && errno != EINTR;
        if (is_broken || (is_full && !wait_for_reader(stream.fd, clock, until_ms))) {
            break;
        }
        written += got > 0 ? (size_t)got : 0;
    }
    return written;
}

bool output_write(int fd, const char *bytes, size_t len)
{
    size_t written = 0;
    while (written < len) {
        ssize_t got = write(fd, bytes + written, len - written);
        if (got < 0 && errno == EAGAIN) {
            struct pollfd writable = { .fd = fd, .events = POLLOUT };
            (void)poll(&writable, 1, -1);
        } else if (got < 0 && errno != EINTR) {
            return false;
        }
        written += got > 0 ? (size_t)got : 0;
    }
    return true;
}
