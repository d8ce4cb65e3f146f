/* Credentials from the selected profile of the shared files. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/providers/provider.h"

/* Decides where the selected profile gives credentials, or was meant to (profile_mistakes.h). */
extern const struct provider provider_profile;
