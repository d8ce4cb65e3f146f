/* Environment variables of the AWS SDKs that contain credentials, say where they are, or set the region. */
/* SPDX-License-Identifier: MIT */
#pragma once

/* To initialise an array of names. */
#define AWS_CREDENTIALS_VARIABLES                                                                 \
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",      \
            "AWS_CREDENTIAL_EXPIRATION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", \
            "AWS_SHARED_CREDENTIALS_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",               \
            "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",              \
            "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",            \
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

#define AWS_REGION_VARIABLES "AWS_REGION", "AWS_DEFAULT_REGION"

/* "true" keeps the SDKs from using the instance metadata service, for credentials and otherwise. */
#define AWS_METADATA_DISABLED_VARIABLE "AWS_EC2_METADATA_DISABLED"
