/*
 * Credentials of a container's role: Amazon ECS, EKS Pod Identity, and whatever else speaks their
 * protocol. Source: AWS SDKs reference guide, "Container credential provider".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/providers/provider.h"

extern const struct provider provider_container;
