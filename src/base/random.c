/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include <stdint.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

double random_fraction(void)
{
    uint64_t bits = 0;
    /* Early in a boot, without entropy, time and process id still differ between machines. */
    if (getrandom(&bits, sizeof(bits), GRND_NONBLOCK) != (ssize_t)sizeof(bits)) {
        struct timespec now = { 0 };
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        bits = ((uint64_t)now.tv_nsec * 0x9E3779B97F4A7C15u) ^ ((uint64_t)getpid() << 40);
    }
    return (double)(bits >> 11) / 9007199254740992.0; /* 53 bits over 2^53 */
}
