/* Describes the failure of a call that got no HTTP reply, and what the user can do about it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/error.h"
#include "http/calls.h"
#include "http/http.h"

/* Sets ERR_NETWORK, or ERR_PROTOCOL if the reply is not HTTP or too large, with a hint. */
void call_failure_describe(
        const struct call *call, const struct http_reply *reply, struct err *reterr);
