/* Parameter Store behind a fake_world: a client and the settings of its calls. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/ssm/ssm.h"
#include "fakes/fake_world.h"

/* Must not move until fake_ssm_clear. */
struct fake_ssm {
    struct fake_world *world;
    struct uri endpoint;
    struct credentials credentials;
    struct client client;
    struct call_settings calls;
    struct budget budget;
    struct ssm ssm;
};

void fake_ssm_init(struct fake_ssm *ret_aws);

void fake_ssm_clear(struct fake_ssm *aws);
