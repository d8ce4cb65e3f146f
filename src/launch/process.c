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
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction inherited = { 0 };
        struct sigaction ending = { .sa_handler = end_as_process_1 };
        (void)sigemptyset(&ending.sa_mask);
        if (sigaction(signals[i], NULL, &inherited) == 0 && inherited.sa_handler == SIG_DFL) {
            (void)sigaction(signals[i], &ending, NULL);
        }
    }
}

static void block_pipe_signal(struct process_state *state)
{
    sigset_t pending;
    sigset_t pipe_only;
    (void)sigemptyset(&pending);
    (void)sigemptyset(&pipe_only);
    (void)sigaddset(&pipe_only, SIGPIPE);
    (void)sigpending(&pending);
    state->pipe_was_pending = sigismember(&pending, SIGPIPE) == 1;
    (void)pthread_sigmask(SIG_BLOCK, &pipe_only, &state->mask);
}

bool process_prepare(struct process_state *ret_state, struct err *reterr)
{
    struct process_state state = { 0 };
    if (!occupy_closed_streams(reterr)) {
        return false;
    }
    remember_free_fds(&state);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    block_pipe_signal(&state);
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
    sigset_t pipe_only;
    (void)sigemptyset(&pipe_only);
    (void)sigaddset(&pipe_only, SIGPIPE);
    if (!state->pipe_was_pending) {
        const struct timespec at_once = { 0 };
        (void)sigtimedwait(&pipe_only, NULL, &at_once);
    }
    (void)pthread_sigmask(SIG_SETMASK, &state->mask, NULL);
}

void process_die_with(pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) {
        _exit(128 + SIGKILL); /* it died before it could be watched */
    }
}
