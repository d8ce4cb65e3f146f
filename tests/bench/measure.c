/*
 * Runs COMMAND, its output thrown away, and prints what that took: microseconds of time, microseconds
 * of CPU, KiB of memory at most, exit status. Small, because the memory of whoever starts a program
 * counts as the program's own until it runs. Without COMMAND it does nothing at all, and is that
 * small a COMMAND itself.
 */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static long long to_us(struct timeval time)
{
    return (long long)time.tv_sec * 1000000 + time.tv_usec;
}

int main(int argc, char *argv[])
{
    if (argc < 2) {
        return 0;
    }
    posix_spawn_file_actions_t actions;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    long long began_us = now_us();
    int error = posix_spawn(&child, argv[1], &actions, NULL, argv + 1, environ);
    int status = 0;
    struct rusage usage = { 0 };
    if (error != 0 || wait4(child, &status, 0, &usage) != child) {
        return 1;
    }
    long long took_us = now_us() - began_us;
    (void)printf("%lld %lld %ld %d\n", took_us, to_us(usage.ru_utime) + to_us(usage.ru_stime),
            usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
