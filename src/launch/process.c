/* SPDX-License-Identifier: MIT */
#include "launch/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/*
 * With O_PATH any user can open the root directory in any mount namespace, even an empty one. Reading and
 * writing fail with EBADF, as on a closed stream.
 */
static bool occupy_closed_streams(struct err *reterr)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) {
            continue;
        }
        int opened = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (opened != fd) {
            return err_set_errno(reterr, ERR_SYSTEM, errno, NULL,
                    "standard stream %d is closed and no placeholder can be opened for it", fd);
        }
    }
    return true;
}

/* New descriptors get the lowest free numbers, so one that a library left open has one of these. */
static void record_free_fds(struct process_state *state)
{
    int fd = STDERR_FILENO + 1;
    for (size_t i = 0; i < PROCESS_FREE_FDS; i++, fd++) {
        while (fcntl(fd, F_GETFD) >= 0) {
            fd++;
        }
        state->free_fds[i] = fd;
    }
}

static void close_new_fds_on_exec(const struct process_state *state)
{
    for (size_t i = 0; i < PROCESS_FREE_FDS; i++) {
        if (fcntl(state->free_fds[i], F_GETFD) == 0) {
            (void)fcntl(state->free_fds[i], F_SETFD, FD_CLOEXEC);
        }
    }
}

/* Async-signal-safe. The kernel discards the signal for process 1, so the handler does its default. */
static void end_as_process_1(int signal_number)
{
    _exit(128 + signal_number);
}

static void catch_as_process_1(void)
{
    for (size_t i = 0; i < PROCESS_FATAL_SIGNALS; i++) {
        struct sigaction inherited = { 0 };
        struct sigaction ending = { .sa_handler = end_as_process_1 };
        int signal_number = process_fatal_signal(i);
        (void)sigemptyset(&ending.sa_mask);
        if (sigaction(signal_number, NULL, &inherited) == 0 && inherited.sa_handler == SIG_DFL) {
            (void)sigaction(signal_number, &ending, NULL);
        }
    }
}

/* The signals that a write can cause: to a closed pipe, or beyond the limit on the size of files. */
static const int caused_by_writes[] = { SIGPIPE, SIGXFSZ };

enum {
    CAUSED_COUNT = sizeof(caused_by_writes) / sizeof(caused_by_writes[0])
};

/*
 * With these signals blocked, the write fails with an error instead. SIGCHLD is blocked in the threads that
 * a library starts too: there it would be lost to the thread that waits for a helper.
 */
static void block_signals(sigset_t *ret_mask)
{
    sigset_t blocked;
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGCHLD);
    for (size_t i = 0; i < CAUSED_COUNT; i++) {
        (void)sigaddset(&blocked, caused_by_writes[i]);
    }
    (void)pthread_sigmask(SIG_BLOCK, &blocked, ret_mask);
}

/* Discards only signals that our writes caused; those that were pending before are for COMMAND. */
static void discard_signals(const sigset_t *pending_before)
{
    for (size_t i = 0; i < CAUSED_COUNT; i++) {
        sigset_t one;
        const struct timespec no_wait = { 0 };
        (void)sigemptyset(&one);
        (void)sigaddset(&one, caused_by_writes[i]);
        if (sigismember(pending_before, caused_by_writes[i]) == 0) {
            (void)sigtimedwait(&one, NULL, &no_wait);
        }
    }
}

/*
 * The signals that images set as STOPSIGNAL and service managers send. Container runtimes count
 * SIGRTMIN+3 (systemd) from 34, which is SIGRTMIN for the kernel and glibc; for musl it is 35. SIGWINCH
 * (httpd) is not among them: its default is to be ignored, and "docker run" without a terminal in the
 * container forwards it whenever the size of its own window changes.
 */
int process_fatal_signal(size_t i)
{
    static const int signals[PROCESS_FATAL_SIGNALS] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1,
        SIGUSR2, SIGPWR, 34 + 3 };
    return signals[i];
}

bool process_prepare(struct process_state *ret_state, struct err *reterr)
{
    struct process_state state = { 0 };
    if (!occupy_closed_streams(reterr)) {
        return false;
    }
    record_free_fds(&state);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)sigpending(&state.pending);
    block_signals(&state.mask);
    if (getpid() == 1) {
        catch_as_process_1();
    }
    *ret_state = state;
    return true;
}

void process_restore(const struct process_state *state, const int kept_fds[], size_t kept_count)
{
    close_new_fds_on_exec(state);
    for (size_t i = 0; i < kept_count; i++) {
        (void)fcntl(kept_fds[i], F_SETFD, 0);
    }
    discard_signals(&state->pending);
    (void)pthread_sigmask(SIG_SETMASK, &state->mask, NULL);
}

void process_block_signals(void)
{
    block_signals(NULL);
}

void process_unblock(sigset_t *mask)
{
    (void)sigdelset(mask, SIGCHLD);
    for (size_t i = 0; i < CAUSED_COUNT; i++) {
        (void)sigdelset(mask, caused_by_writes[i]);
    }
}

void process_die_with(pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) {
        _exit(128 + SIGKILL); /* it died before prctl took effect */
    }
}
