/* Credentials of the role that an EC2 instance has, from its metadata service. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/credentials.h"

extern const struct credentials_provider creds_imds;
