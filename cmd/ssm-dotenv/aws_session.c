/* SPDX-License-Identifier: MIT */
#include "aws_session.h"

#include "aws/variables.h"

struct name_patterns aws_session_variables(void)
{
    static const char *const variables[] = { AWS_CREDENTIALS_VARIABLES, AWS_REGION_VARIABLES };
    return NAME_PATTERNS(variables);
}

bool aws_session_open(struct aws_session *session,
        const struct command_run *run,
        const struct aws_options *options,
        struct err_list *problems)
{
    const struct session_options session_options = {
        .settings = aws_options_settings(options),
        .environment = run->environment,
        .clock = run->clock,
        .events = &run->report->sink,
        .deadline_ms = run->deadline_ms,
    };
    session->ssm = (struct ssm){
        .client = &session->session.client,
        .budget = &session->budget,
        .decryption = PARAMETER_DECRYPTED,
    };
    aws_session_release(session);
    return session_open(&session->session, &session_options, problems)
            && session_find_credentials(&session->session, problems);
}

bool aws_session_fetch(
        struct aws_session *session, const struct ssm_queries *queries, struct err_list *problems)
{
    CLEANUP(ssm_fetch_clear) struct ssm_fetch fetch = { 0 };
    struct err err;
    if (!ssm_fetch_plan(&session->ssm, queries, &fetch, &err)) {
        return err_list_add(problems, &err);
    }
    return ssm_fetch_run(&fetch, &session->session.calls, problems);
}

void aws_session_release(struct aws_session *session)
{
    session->budget = (struct budget){ .max_bytes = SSM_BUDGET_BYTES };
}

void aws_session_close(struct aws_session *session)
{
    session_close(&session->session);
}
