/* A session of a command with Parameter Store, and what it fetches. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/ssm/fetch.h"
#include "aws/ssm/ssm.h"
#include "base/attrs.h"
#include "base/budget.h"
#include "base/error.h"
#include "command.h"
#include "options_shared.h"
#include "session.h"
#include "vars/name_pattern.h"

/* Zero-initialise; must not move until aws_session_close. */
struct aws_session {
    struct session session;
    struct ssm ssm;       /* decrypts, unless its decryption is changed */
    struct budget budget; /* of all that is fetched, until aws_session_release */
};

/* The variables that sessions take credentials and the region from. */
struct name_patterns aws_session_variables(void);

/* Opens the session and finds the credentials; Parameter Store is not asked. False with what is wrong in problems. */
MUST_CHECK bool aws_session_open(struct aws_session *session,
        const struct command_run *run,
        const struct aws_options *options,
        struct err_list *problems);

/* Fetches what the queries name, all at once (ssm_fetch_run). False with what is wrong added to problems. */
MUST_CHECK bool aws_session_fetch(
        struct aws_session *session, const struct ssm_queries *queries, struct err_list *problems);

/* What was fetched before is not kept any more, and does not count for the budget. */
void aws_session_release(struct aws_session *session);

void aws_session_close(struct aws_session *session);
