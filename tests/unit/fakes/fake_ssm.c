/* SPDX-License-Identifier: MIT */
#include "fakes/fake_ssm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void fake_ssm_init(struct fake_ssm *ret_aws)
{
    struct fake_ssm *aws = ret_aws;
    struct err err;
    *aws = (struct fake_ssm){ .world = fake_world_new(), .credentials = CREDENTIALS_INIT };
    assert_true(uri_parse("https://ssm.eu-west-1.amazonaws.com", NULL, &aws->endpoint, &err));
    secret_append_string(&aws->credentials.access_key_id, "AKIDEXAMPLE");
    secret_append_string(&aws->credentials.secret_access_key, "secretkeysecretkey");
    aws->client = (struct client){
        .service = "ssm",
        .region = "eu-west-1",
        .endpoint = &aws->endpoint,
        .credentials = &aws->credentials,
        .clock = &aws->world->clock,
        .events = &aws->world->events,
    };
    aws->calls = (struct call_settings){
        .transport = &aws->world->transport,
        .clock = &aws->world->clock,
        .events = &aws->world->events,
        .deadline_ms = 60000,
        .connect_timeout_ms = CALLS_CONNECT_TIMEOUT_MS,
        .try_timeout_ms = CALLS_TRY_TIMEOUT_MS,
    };
    aws->budget = (struct budget){ .max_bytes = SSM_BUDGET_BYTES };
    aws->ssm = (struct ssm){ .client = &aws->client, .budget = &aws->budget };
}

void fake_ssm_clear(struct fake_ssm *aws)
{
    credentials_clear(&aws->credentials);
    uri_clear(&aws->endpoint);
    fake_world_free(aws->world);
}
