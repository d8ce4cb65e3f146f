/*
 * Runs calls to completion: many at once, each as often as the retry rules and the deadline allow.
 * What a call says and how its reply is read is the caller's; the wire is the transport's.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/event.h"
#include "http/http.h"
#include "http/retry.h"

enum {
    CALLS_AT_ONCE_MAX = HTTP_AT_ONCE_MAX, /* under way at the same time */
    CALLS_CONNECT_TIMEOUT_MS = 3000,      /* one try: name look-up, TCP and TLS */
    CALLS_TRY_TIMEOUT_MS = 10000,         /* one try: everything */
    CALLS_GRACE_MS = 1000,                /* after a final failure: what others still have to say */
    CALLS_FIRST_WAITING_MS = 3000, /* when the first EVENT_WAITING comes, and how often after it */
    CALLS_NEXT_WAITING_MS = 10000,
    CALLS_EARLY_MAX_MS =
            1000, /* how long an early connection that is ready waits for its request */
};

/* What a whole reply means to the call. */
enum call_verdict {
    CALL_DONE,
    CALL_CONTINUES, /* done, and the next request of the same call follows at once (next page) */
    CALL_REPEATS,   /* once more at once, prepared anew */
    CALL_RETRIES,   /* once more after a delay that ret_cause decides */
    CALL_FAILED,    /* final */
};

struct call;

struct call_type {
    /*
     * Fills and signs the request for the next try (http_request_init first). Failing is final. For
     * calls_connect_early, before there are credentials: the same URL and body, not signed.
     */
    bool (*prepare)(struct call *call, struct http_request *ret_request, struct err *reterr);
    /*
     * Judges a whole HTTP reply of any status. With CALL_RETRIES it gives the cause and, as with
     * CALL_FAILED, the error. The reply's body may be taken over (secret_move).
     */
    enum call_verdict (*judge)(struct call *call,
            struct http_reply *reply,
            enum retry_cause *ret_cause,
            struct err *reterr);
};

struct call_progress;

/* To be embedded in what the caller keeps of a call; must stay in place while calls_run runs. */
struct call {
    const struct call_type *type;
    const char *subject;   /* what the user named: stands before every message about this call */
    const char *host;      /* who is asked */
    const char *operation; /* what is asked, for progress messages */
    /* Set by judge with CALL_CONTINUES: how far the call is, for the waiting line; "" at first. */
    char read_so_far[80];
    enum http_outcome outcome;   /* of the last try that has ended */
    const char *unresolved_hint; /* where the host's name cannot be resolved; NULL: the usual one */
    /*
     * Set by judge with CALL_CONTINUES: the call has failed for good, and goes on only to say more
     * about it. This is what is told if nothing more comes within CALLS_GRACE_MS. Borrowed.
     */
    const struct err *known_failure;
    struct call_progress *progress; /* calls_run's own */
};

struct call_settings {
    struct http_transport *transport;
    const struct clock *clock;
    struct event_sink *events;
    int64_t deadline_ms;        /* monotonic */
    int64_t connect_timeout_ms; /* of one try */
    int64_t try_timeout_ms;     /* of one try */
    int attempts_max;           /* tries of one request; 0: no limit but the deadline */
};

/*
 * True when every call is done. Otherwise every failure that was final, or known within
 * CALLS_GRACE_MS after the first final one, is added to problems: ERR_NETWORK, ERR_TIMEOUT,
 * ERR_PROTOCOL, ERR_SYSTEM, or what judge and prepare gave. Nothing is under way afterwards.
 */
MUST_CHECK bool calls_run(const struct call_settings *settings,
        struct call *const *calls,
        size_t call_count,
        struct err_list *problems);

/* The same for one call, whose failure is *reterr. */
MUST_CHECK bool calls_run_one(
        const struct call_settings *settings, struct call *call, struct err *reterr);

/*
 * Opens the connections of the first calls in the background, before there are credentials; calls_run, with
 * the same settings, uses them. False where that is not possible, which makes calls_run only slower.
 */
bool calls_connect_early(
        const struct call_settings *settings, struct call *const *calls, size_t call_count);
