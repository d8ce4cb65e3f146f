/* Credentials from the selected profile of the shared files. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/credentials.h"

/* Decides where the selected profile has aws_access_key_id. */
extern const struct credentials_provider creds_profile;
