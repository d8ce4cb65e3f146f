/* SPDX-License-Identifier: MIT */
#include "http/hold.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

enum {
    STACK_BYTES = 1024 * 1024, /* reserved, not used: a TLS handshake takes some ten KiB of it */
};

static bool is_ended(struct hold *hold)
{
    (void)pthread_mutex_lock(&hold->mutex);
    bool ended = hold->is_ended;
    (void)pthread_mutex_unlock(&hold->mutex);
    return ended;
}

static void *run(void *context)
{
    struct hold *hold = context;
    while (!is_ended(hold) && hold->work.step(hold->work.context)) {
    }
    return NULL;
}

/* Signals are for the calling thread, whose mask and handlers know what to do with them. */
static bool start_thread(struct hold *hold)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t mask;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &mask);
    int error = pthread_create(&hold->thread, &attributes, run, hold);
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
    (void)pthread_attr_destroy(&attributes);
    return error == 0;
}

static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

static void destroy_locks(struct hold *hold)
{
    (void)pthread_cond_destroy(&hold->decided);
    (void)pthread_mutex_destroy(&hold->mutex);
}

bool hold_begin(struct hold *hold, const struct hold_work *work)
{
    *hold = (struct hold){ .work = *work, .mutex = PTHREAD_MUTEX_INITIALIZER };
    init_condition(&hold->decided);
    if (!start_thread(hold)) {
        destroy_locks(hold);
        return false;
    }
    return true;
}

static struct timespec end_of_limit(const struct hold *hold)
{
    struct timespec end;
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    int64_t nanoseconds = end.tv_nsec + hold->work.limit_ms % 1000 * 1000000;
    end.tv_sec += (time_t)(hold->work.limit_ms / 1000 + nanoseconds / 1000000000);
    end.tv_nsec = (long)(nanoseconds % 1000000000);
    return end;
}

bool hold_wait(struct hold *hold)
{
    const struct timespec end = end_of_limit(hold);
    (void)pthread_mutex_lock(&hold->mutex);
    while (hold->decision == HOLD_UNDECIDED) {
        if (pthread_cond_timedwait(&hold->decided, &hold->mutex, &end) == ETIMEDOUT
                && hold->decision == HOLD_UNDECIDED) {
            hold->decision = HOLD_GIVEN_UP;
        }
    }
    bool may_go = hold->decision == HOLD_LET_GO;
    (void)pthread_mutex_unlock(&hold->mutex);
    return may_go;
}

bool hold_end(struct hold *hold, bool let_go)
{
    (void)pthread_mutex_lock(&hold->mutex);
    if (hold->decision == HOLD_UNDECIDED) {
        hold->decision = let_go ? HOLD_LET_GO : HOLD_GIVEN_UP;
    }
    bool was_let_go = hold->decision == HOLD_LET_GO;
    hold->is_ended = true;
    (void)pthread_cond_signal(&hold->decided);
    (void)pthread_mutex_unlock(&hold->mutex);
    hold->work.wake(hold->work.context);
    (void)pthread_join(hold->thread, NULL);
    return was_let_go;
}
