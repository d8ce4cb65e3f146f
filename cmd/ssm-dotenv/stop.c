/* SPDX-License-Identifier: MIT */
#include "stop.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>

enum {
    SLICE_MS = 100 /* a signal that comes just before a wait is noticed after this */
};

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
static volatile sig_atomic_t noted; /* NOLINT(*-non-const-global-variables): 0 for none */

/* The next signal finds the default disposition, for whoever does not want to wait. */
static void note(int signal_number)
{
    noted = signal_number;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction action = { .sa_handler = SIG_DFL };
        struct sigaction present;
        if (sigaction(signals[i], NULL, &present) == 0 && present.sa_handler == note) {
            (void)sigaction(signals[i], &action, NULL);
        }
    }
}

void stop_watch(void)
{
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction action = { .sa_handler = note };
        struct sigaction present;
        if (sigaction(signals[i], NULL, &present) == 0 && present.sa_handler != SIG_IGN) {
            (void)sigaction(signals[i], &action, NULL);
        }
    }
}

int stop_signal(void)
{
    return noted;
}

void stop_wait_until(const struct clock *clock, int64_t until_ms)
{
    int64_t left_ms = until_ms - clock_monotonic_ms(clock);
    while (left_ms > 0 && noted == 0) {
        (void)poll(NULL, 0, (int)(left_ms < SLICE_MS ? left_ms : SLICE_MS));
        left_ms = until_ms - clock_monotonic_ms(clock);
    }
}

void stop_end(int signal_number)
{
    struct sigaction action = { .sa_handler = SIG_DFL };
    (void)sigaction(signal_number, &action, NULL);
    (void)raise(signal_number);
}
