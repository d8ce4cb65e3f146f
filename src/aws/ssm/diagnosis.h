/* What replies of Parameter Store mean to the user, and what to do about them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/service/client.h"
#include "aws/ssm/parameter.h"
#include "aws/ssm/reply.h"
#include "aws/ssm/ssm.h"
#include "base/attrs.h"
#include "base/error.h"
#include "http/http.h"

/* ssm_reply_read with the settings of `ssm`; an error also has host and request id. */
MUST_CHECK bool ssm_diagnosis_read(const struct ssm *ssm,
        const struct client_attempt *attempt,
        const char *subject,
        const struct http_reply *reply,
        struct ssm_reply *ret_reply,
        struct err *reterr);

/* Adds a hint to a refusal of `action` ("GetParameters") on a path, name or ARN. */
void ssm_diagnosis_add_hint(
        const struct ssm *ssm, const char *action, const char *resource, struct err *err);

/* Whether a refusal means that a SecureString could not be decrypted. */
bool ssm_diagnosis_is_decryption(const struct err *err);

/* Adds the names of the SecureStrings of a page that could not be decrypted. */
void ssm_diagnosis_name_secrets(const struct parameter_list *page, struct err *err);

/* Reports that there is no parameter below the path; is_parameter: the path itself is one. */
void ssm_diagnosis_empty_path(const struct client *client,
        const struct ssm_path_query *query,
        bool is_parameter,
        struct err *reterr);

/* Reports that there is no parameter of that name. */
void ssm_diagnosis_missing_name(
        const struct client *client, const struct ssm_name_query *query, struct err *reterr);
