/* SPDX-License-Identifier: MIT */
#include "base/stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
    WAIT_MAX_MS = 60 * 1000
};

/* Waits before each read, which in blocking mode would outlast the timeout. */
static bool wait_readable(
        int fd, const char *name, const struct file_limits *limits, struct err *reterr)
{
    for (;;) {
        struct pollfd waited = { .fd = fd, .events = POLLIN };
        int64_t left_ms = limits->deadline_ms - clock_monotonic_ms(limits->clock);
        if (left_ms <= 0) {
            return err_set(reterr, ERR_TIMEOUT, name, "did not end within the timeout");
        }
        int ready = poll(&waited, 1, left_ms > WAIT_MAX_MS ? WAIT_MAX_MS : (int)left_ms);
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return err_set_errno(reterr, ERR_INPUT, errno, name, "cannot be waited for");
        }
    }
}

bool stream_read(int fd,
        const char *name,
        const struct file_limits *limits,
        struct secret *ret_contents,
        struct err *reterr)
{
    for (;;) {
        char piece[4096];
        if (!wait_readable(fd, name, limits, reterr)) {
            return false;
        }
        ssize_t got = read(fd, piece, sizeof(piece));
        if (got == 0) {
            return true;
        }
        if (got < 0 && errno != EAGAIN && errno != EINTR) {
            return err_set_errno(reterr, ERR_INPUT, errno, name, "cannot be read");
        }
        if (got > 0) {
            secret_append(ret_contents, piece, (size_t)got);
            explicit_bzero(piece, (size_t)got);
        }
        if (!secret_check(ret_contents, name, reterr)) {
            reterr->kind = reterr->kind == ERR_PROTOCOL ? ERR_INPUT : reterr->kind;
            return false;
        }
    }
}
