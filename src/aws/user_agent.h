/* The User-Agent header, in the form of the AWS SDKs. Never contains paths or parameter names. */
/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * "PROGRAM/1.2.3 ua/2.1 os/linux#6.1.0 md/arch#x86_64 lang/c#17 exec-env/... app/...".
 * execution_env (AWS_EXECUTION_ENV) and app_id may be NULL; characters that are not allowed become
 * '-'. The caller frees it; NULL if memory runs out.
 */
char *user_agent_make(const char *program, const char *execution_env, const char *app_id);
