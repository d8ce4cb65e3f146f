/* What the units of the tests start. Tells systemd that it is ready (sd_notify(3)), answers each connection to a socket
 * that systemd passed (sd_listen_fds(3)) with the parameter DB_HOST, and says which signals it gets: SIGHUP and SIGTERM,
 * with which it ends. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_PASSED_DESCRIPTOR 3

static void say_that_it_is_ready(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    if (path == NULL) {
        return;
    }
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    strncpy(to.sun_path, path, sizeof(to.sun_path) - 1);
    int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sender < 0 || sendto(sender, "READY=1", 7, 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("NOTIFY_SOCKET");
        exit(1);
    }
    close(sender);
}

/* The listening socket, or -1, with which poll(2) does nothing: LISTEN_PID has to be this process. */
static int passed_socket(void)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    bool passed = pid != NULL && atoi(pid) == getpid() && count != NULL && atoi(count) == 1;
    return passed ? FIRST_PASSED_DESCRIPTOR : -1;
}

static void answer(int listener)
{
    int connection = accept(listener, NULL, NULL);
    const char *host = getenv("DB_HOST");
    if (connection < 0 || host == NULL || write(connection, host, strlen(host)) < 0) {
        perror("answer");
        exit(1);
    }
    close(connection);
}

int main(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("server: started");
    struct pollfd waits[] = {
        { .fd = signalfd(-1, &signals, SFD_CLOEXEC), .events = POLLIN },
        { .fd = passed_socket(), .events = POLLIN },
    };
    say_that_it_is_ready();
    while (poll(waits, 2, -1) > 0) {
        if (waits[1].revents != 0) {
            answer(waits[1].fd);
        }
        struct signalfd_siginfo got;
        if (waits[0].revents != 0 && read(waits[0].fd, &got, sizeof(got)) == sizeof(got)) {
            printf("server: %s\n", sigabbrev_np((int)got.ssi_signo));
            if (got.ssi_signo == SIGTERM) {
                return 0;
            }
        }
    }
    return 1;
}
