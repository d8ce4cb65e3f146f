/* Credentials of the role that an EC2 instance has, from its metadata service. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/providers/provider.h"

extern const struct provider provider_instance_role;
