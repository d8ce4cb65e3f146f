/* SPDX-License-Identifier: MIT */
#include "http/hold.h"

#include <signal.h>

enum {
    STACK_BYTES = 1024 * 1024, /* reserved, not used: a TLS handshake takes some ten KiB of it */
};

static enum hold_decision read_decision(struct hold *hold)
{
    (void)pthread_mutex_lock(&hold->mutex);
    enum hold_decision decision = hold->decision;
    (void)pthread_mutex_unlock(&hold->mutex);
    return decision;
}

static void *run(void *context)
{
    struct hold *hold = context;
    while (read_decision(hold) == HOLD_UNDECIDED && hold->work.step(hold->work.context)) {
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

bool hold_begin(struct hold *hold, const struct hold_work *work)
{
    *hold = (struct hold){
        .work = *work, .mutex = PTHREAD_MUTEX_INITIALIZER, .decided = PTHREAD_COND_INITIALIZER
    };
    return start_thread(hold);
}

bool hold_wait(struct hold *hold)
{
    (void)pthread_mutex_lock(&hold->mutex);
    while (hold->decision == HOLD_UNDECIDED) {
        (void)pthread_cond_wait(&hold->decided, &hold->mutex);
    }
    bool may_go = hold->decision == HOLD_LET_GO;
    (void)pthread_mutex_unlock(&hold->mutex);
    return may_go;
}

void hold_end(struct hold *hold, bool let_go)
{
    (void)pthread_mutex_lock(&hold->mutex);
    hold->decision = let_go ? HOLD_LET_GO : HOLD_GIVEN_UP;
    (void)pthread_cond_signal(&hold->decided);
    (void)pthread_mutex_unlock(&hold->mutex);
    hold->work.wake(hold->work.context);
    (void)pthread_join(hold->thread, NULL);
}
