/*
 * Runs calls to completion: many at a time, each with the retries that the retry rules and the deadline
 * allow. The caller prepares the requests and judges the replies; the transport carries them.
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
    CALLS_AT_ONCE_MAX = HTTP_AT_ONCE_MAX, /* running at the same time */
    CALLS_CONNECT_TIMEOUT_MS = 3000,      /* of one try: name lookup, TCP and TLS */
    CALLS_TRY_TIMEOUT_MS = 10000,         /* of one whole try */
    CALLS_GRACE_MS = 1000,         /* after a final failure, for the other calls to report theirs */
    CALLS_FIRST_WAITING_MS = 3000, /* until the first EVENT_WAITING */
    CALLS_NEXT_WAITING_MS = 10000, /* between later ones */
    CALLS_EARLY_MAX_MS = 1000,     /* how long an early connection waits for its request */
};

/* What a complete reply means to the call. */
enum call_verdict {
    CALL_DONE,
    CALL_CONTINUES, /* send the next request of this call (next page) */
    CALL_REPEATS,   /* prepare and send the request again at once */
    CALL_RETRIES,   /* the same after the delay for ret_cause */
    CALL_FAILED,    /* final */
};

struct call;

struct call_type {
    /*
     * Initialises, fills and signs the request for the next try. A failure is final. For
     * calls_connect_early, before there are credentials: the same URL and body, not signed.
     */
    bool (*prepare)(struct call *call, struct http_request *ret_request, struct err *reterr);
    /*
     * Judges a complete HTTP reply of any status. Sets *ret_cause with CALL_RETRIES, and *reterr with
     * CALL_RETRIES and CALL_FAILED. May move the reply's body elsewhere (secret_move).
     */
    enum call_verdict (*judge)(struct call *call,
            struct http_reply *reply,
            enum retry_cause *ret_cause,
            struct err *reterr);
};

struct call_progress;

/* Embedded in the structure of a concrete call; must not move while calls_run runs. */
struct call {
    const struct call_type *type;
    const char *subject;   /* what the user named; begins every message about this call */
    const char *host;      /* the server */
    const char *operation; /* for progress messages */
    /* Progress, for the waiting line; set by judge with CALL_CONTINUES, "" at first. */
    char read_so_far[80];
    enum http_outcome outcome;   /* of the last try that has ended */
    const char *unresolved_hint; /* if the host name cannot be resolved; NULL: the default hint */
    /*
     * Set by judge with CALL_CONTINUES: the call has failed for good, and continues only to find out
     * why. Reported if no more is known after CALLS_GRACE_MS. Borrowed.
     */
    const struct err *known_failure;
    struct call_progress *progress; /* private to calls_run */
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
 * Returns when all calls are finished: true if all succeeded. Else adds to problems each final failure,
 * and what else is known CALLS_GRACE_MS after the first one: ERR_NETWORK, ERR_TIMEOUT, ERR_PROTOCOL,
 * ERR_SYSTEM, or the error of prepare or judge. No exchange is running afterwards.
 */
MUST_CHECK bool calls_run(const struct call_settings *settings,
        struct call *const *calls,
        size_t call_count,
        struct err_list *problems);

/* The same for one call; its failure is stored in *reterr. */
MUST_CHECK bool calls_run_one(
        const struct call_settings *settings, struct call *call, struct err *reterr);

/*
 * Starts to connect for the first calls in the background, before there are credentials. calls_run uses the
 * connections if it gets the same settings. False if that is not possible; calls_run connects then.
 */
bool calls_connect_early(
        const struct call_settings *settings, struct call *const *calls, size_t call_count);
