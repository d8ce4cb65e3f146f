/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How to write without blocking. The mode of the stream is not changed: other processes share it. */
enum method {
    METHOD_PLAIN,  /* in non-blocking mode, or a file */
    METHOD_SOCKET, /* MSG_DONTWAIT */
    METHOD_TIMED,  /* a pipe or a terminal: a signal interrupts the call */
};

static enum method find_method(int fd)
{
    struct stat status = { 0 };
    if (fstat(fd, &status) != 0 || S_ISREG(status.st_mode)) {
        return METHOD_PLAIN;
    }
    if (S_ISSOCK(status.st_mode)) {
        return METHOD_SOCKET;
    }
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 ? METHOD_PLAIN : METHOD_TIMED;
}

static bool is_writable(int fd, int wait_ms)
{
    struct pollfd writable = { .fd = fd, .events = POLLOUT };
    return poll(&writable, 1, wait_ms) > 0;
}

/* --- a write that does not block for longer than a tick --- */

enum {
    TICK_NS = 10 * 1000 * 1000,
    TICK_SIGNAL = SIGURG /* ignored by default, and rarely used */
};

static void interrupt(int signal_number)
{
    (void)signal_number; /* interrupting the call is enough */
}

struct ticks {
    struct sigaction inherited;
    timer_t timer;
    bool has_timer;
};

/*
 * The ticks repeat, so it does not matter if one arrives before the call. There are none if the signal was
 * inherited blocked: it would stay pending and reach COMMAND.
 */
static void begin_ticks(struct ticks *ticks)
{
    struct sigaction interrupting = { .sa_handler = interrupt };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = TICK_SIGNAL };
    const struct timespec tick = { .tv_nsec = TICK_NS };
    const struct itimerspec times = { .it_interval = tick, .it_value = tick };
    sigset_t blocked;
    (void)sigemptyset(&interrupting.sa_mask);
    (void)pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    (void)sigaction(TICK_SIGNAL, &interrupting, &ticks->inherited);
    ticks->has_timer = sigismember(&blocked, TICK_SIGNAL) == 0
            && timer_create(CLOCK_MONOTONIC, &event, &ticks->timer) == 0;
    if (ticks->has_timer) {
        (void)timer_settime(ticks->timer, 0, &times, NULL);
    }
}

static void end_ticks(struct ticks *ticks)
{
    if (ticks->has_timer) {
        (void)timer_delete(ticks->timer);
    }
    (void)sigaction(TICK_SIGNAL, &ticks->inherited, NULL);
}

/*
 * A writable stream accepts at least one byte. The call blocks if it does not accept all of them, or if
 * another process writes first.
 */
static ssize_t write_timed(int fd, const char *bytes, size_t len)
{
    if (!is_writable(fd, 0)) {
        errno = EAGAIN;
        return -1;
    }
    struct ticks ticks;
    begin_ticks(&ticks);
    ssize_t written = write(fd, bytes, len);
    int write_errno = errno;
    end_ticks(&ticks);
    errno = written < 0 && write_errno == EINTR ? EAGAIN : write_errno;
    return written;
}

/* -1 with EAGAIN if the stream is full. */
static ssize_t write_some(enum method method, int fd, const char *bytes, size_t len)
{
    switch (method) {
    case METHOD_SOCKET:
        return send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    case METHOD_TIMED:
        return write_timed(fd, bytes, len);
    case METHOD_PLAIN:
        break;
    }
    return write(fd, bytes, len);
}

/* False at until_ms. */
static bool wait_for_reader(int fd, const struct clock *clock, int64_t until_ms)
{
    int64_t left_ms = until_ms - clock_monotonic_ms(clock);
    if (left_ms <= 0) {
        return false;
    }
    (void)is_writable(fd, left_ms > INT_MAX ? INT_MAX : (int)left_ms);
    return true;
}

size_t output_write_until(
        int fd, const char *bytes, size_t len, const struct clock *clock, int64_t until_ms)
{
    enum method method = find_method(fd);
    size_t written = 0;
    while (written < len) {
        ssize_t got = write_some(method, fd, bytes + written, len - written);
        bool is_full = got < 0 && errno == EAGAIN;
        bool is_broken = got < 0 && errno != EAGAIN && errno != EINTR;
        if (is_broken || (is_full && !wait_for_reader(fd, clock, until_ms))) {
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
            (void)is_writable(fd, -1);
        } else if (got < 0 && errno != EINTR) {
            return false;
        }
        written += got > 0 ? (size_t)got : 0;
    }
    return true;
}

bool output_print(const struct text *text, struct err *reterr)
{
    return text_check(text, "standard output", reterr)
            && (output_write(STDOUT_FILENO, text->bytes, text->len)
                    || err_set_errno(
                            reterr, ERR_SYSTEM, errno, "standard output", "cannot be written"));
}
