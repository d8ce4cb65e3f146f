/*
 * A thread that works while the calling one waits for something else, and in it a gate: what the work
 * has made ready is held until the calling thread decides. Knows nothing of the work.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attrs.h"

/* Borrowed from hold_begin to hold_end. */
struct hold_work {
    /* In the thread: does what there is to do, and sleeps until there is more or it is woken. */
    bool (*step)(void *context); /* false: there is nothing left to be done */
    void (*wake)(
            void *context); /* ends a sleep of step, or the next one; from the calling thread */
    void *context;
    int64_t limit_ms; /* how long something ready is held before it is given up */
};

enum hold_decision {
    HOLD_UNDECIDED,
    HOLD_LET_GO,
    HOLD_GIVEN_UP,
};

/* Zero-initialise; may begin again after it has ended. */
struct hold {
    struct hold_work work;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t decided;
    enum hold_decision decision;
    bool is_ended; /* hold_end wants the thread back */
};

/*
 * Until hold_end what the work looks at belongs to the thread, which takes no signals. False where the
 * system gives no thread.
 */
MUST_CHECK bool hold_begin(struct hold *hold, const struct hold_work *work);

/*
 * Called by the work, for something that is ready: blocks until hold_end decides, or the limit has
 * passed, which gives up this and whatever becomes ready later. True if it may go on.
 */
bool hold_wait(struct hold *hold);

/* Lets go what is held, or gives it up, and ends the thread. True if what was held was let go. */
bool hold_end(struct hold *hold, bool let_go);
