/*
 * probe: the command of the containers that tests start. Without arguments it tells what it finds
 * around it, and its environment; the first argument names what else it does.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

static void copy(FILE *from)
{
    char line[4096];
    while (from != NULL && fgets(line, sizeof line, from) != NULL) {
        (void)fputs(line, stdout);
        (void)fflush(stdout);
    }
}

static int tell(void)
{
    struct rlimit memory;
    (void)getrlimit(RLIMIT_MEMLOCK, &memory);
    printf("pid: %d\nlocked memory: %llu\n", (int)getpid(), (unsigned long long)memory.rlim_max);
    int made = open("/made", O_WRONLY | O_CREAT, 0600);
    printf("file in the root: %s\n", made < 0 ? strerror(errno) : "made");
    copy(fopen("/proc/self/status", "r"));
    for (char **entry = environ; *entry != NULL; entry++) {
        puts(*entry);
    }
    return 0;
}

/* The file that a variable names. */
static int read_file(const char *variable)
{
    const char *path = getenv(variable);
    FILE *file = path != NULL ? fopen(path, "r") : NULL;
    copy(file);
    return file != NULL ? 0 : 1;
}

/* Names the signal that it gets, as process 1, too, and ends with a status of its own. */
static int wait_for_signal(void)
{
    sigset_t awaited;
    (void)sigemptyset(&awaited);
    (void)sigaddset(&awaited, SIGTERM);
    (void)sigaddset(&awaited, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &awaited, NULL);
    puts("ready");
    (void)fflush(stdout);
    int got = 0;
    (void)sigwait(&awaited, &got);
    printf("got: %s\n", strsignal(got));
    return 42;
}

static int tell_of_terminal(void)
{
    printf("terminals: %d %d %d\n", isatty(STDIN_FILENO), isatty(STDOUT_FILENO),
            isatty(STDERR_FILENO));
    (void)fflush(stdout);
    copy(stdin);
    return 0;
}

int main(int argc, char **argv)
{
    const char *action = argc > 1 ? argv[1] : "";
    const char *operand = argc > 2 ? argv[2] : "";
    if (strcmp(action, "exit") == 0) {
        return atoi(operand);
    }
    if (strcmp(action, "fault") == 0) {
        *(volatile int *)0 = 0;
    }
    if (strcmp(action, "copy") == 0) {
        copy(stdin);
        return 0;
    }
    if (strcmp(action, "read") == 0) {
        return read_file(operand);
    }
    if (strcmp(action, "wait") == 0) {
        return wait_for_signal();
    }
    if (strcmp(action, "terminal") == 0) {
        return tell_of_terminal();
    }
    return tell();
}
