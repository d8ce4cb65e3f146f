/* SPDX-License-Identifier: MIT */
#include "launch/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/*
 * The root directory can be opened like this by anybody in any mount namespace, even an empty one;
 * reading from it or writing to it gives EBADF, as on a closed stream.
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
                    "standard stream %d is closed and cannot be kept from becoming a socket", fd);
        }
    }
    return true;
}

/* New descriptors take the lowest free numbers: whatever we leave open will have one of these. */
static void remember_free_fds(struct process_state *state)
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

/* Async-signal-safe: the kernel discards this signal for process 1, so its default is done by hand. */
static void end_as_process_1(int signal_number)
{
    _exit(128 + signal_number);
}

static void make_process_1_mortal(void)
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

/* The signals that a write of ours can cause: on a closed pipe, past the limit of a file's size. */
static const int caused_by_writes[] = { SIGPIPE, SIGXFSZ };

enum {
    CAUSED_COUNT = sizeof(caused_by_writes) / sizeof(caused_by_writes[0])
};

/*
 * Blocked, such a write is an error that is returned. SIGCHLD is blocked for the threads that a library
 * starts, which would take it from whoever waits for a helper.
 */
static void hold_signals(sigset_t *ret_mask)
{
    sigset_t held;
    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGCHLD);
    for (size_t i = 0; i < CAUSED_COUNT; i++) {
        (void)sigaddset(&held, caused_by_writes[i]);
    }
    (void)pthread_sigmask(SIG_BLOCK, &held, ret_mask);
}

/* Those of our own making: what was pending before them is COMMAND's. */
static void forget_signals(const sigset_t *pending_before)
{
    for (size_t i = 0; i < CAUSED_COUNT; i++) {
        sigset_t one;
        const struct timespec at_once = { 0 };
        (void)sigemptyset(&one);
        (void)sigaddset(&one, caused_by_writes[i]);
        if (sigismember(pending_before, caused_by_writes[i]) == 0) {
            (void)sigtimedwait(&one, NULL, &at_once);
        }
    }
}

/*
 * What images name as STOPSIGNAL, or a service manager sends, to ask a process to end. Container
 * runtimes count SIGRTMIN+3 (systemd) from 34, the kernel's and glibc's SIGRTMIN; musl's is 35.
 * SIGWINCH (httpd) is left out: it ends no process by default, and "docker run" without a terminal in
 * the container forwards it at every change of its own window's size.
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
    remember_free_fds(&state);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)sigpending(&state.pending);
    hold_signals(&state.mask);
    if (getpid() == 1) {
        make_process_1_mortal();
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
    forget_signals(&state->pending);
    (void)pthread_sigmask(SIG_SETMASK, &state->mask, NULL);
}

void process_take_back(void)
{
    hold_signals(NULL);
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
        _exit(128 + SIGKILL); /* it died before it could be watched */
    }
}
