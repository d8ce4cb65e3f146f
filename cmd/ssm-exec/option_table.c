/* SPDX-License-Identifier: MIT */
#include "option_table.h"

#include <string.h>

#include "options.h"

#define MEMBER(name) offsetof(struct options, name)

/* clang-format off */
const struct option option_table[] = {
    { "optional", 0, KIND_SOURCE, GROUP_READ, 0, "SOURCE", COMPLETE_NOTHING,
        "a source that may be missing or empty" },
    { "file", 0, KIND_FILE_SOURCE, GROUP_READ, 0, "NAME=REF", COMPLETE_NOTHING,
        "a value as a file in memory, its path in NAME" },
    { "lock", 0, KIND_LOCK, GROUP_READ, 0, "FILE", COMPLETE_FILE,
        "the versions that --dry-run --json recorded" },
    { "env-file", 0, KIND_ENV_FILE, GROUP_READ, 0, "FILE", COMPLETE_FILE,
        "NAME=VALUE lines, also with ssm:// references" },
    { "env-file-if-exists", 0, KIND_ENV_FILE_IF_EXISTS, GROUP_READ, 0, "FILE", COMPLETE_FILE,
        "the same as --env-file, if FILE exists" },
    { "label", 0, KIND_LABEL, GROUP_READ, MEMBER(label), "LABEL", COMPLETE_NOTHING,
        "below paths: the versions that carry LABEL" },
    { "no-recursive", 0, KIND_FLAG, GROUP_READ, MEMBER(no_recursive), NULL, COMPLETE_NOTHING,
        "the first level below a path only" },
    { "no-refs", 0, KIND_FLAG, GROUP_READ, MEMBER(no_refs), NULL, COMPLETE_NOTHING,
        "do not resolve variables that hold ssm://..." },
    { "flat", 0, KIND_FLAG, GROUP_NAME, MEMBER(flat), NULL, COMPLETE_NOTHING,
        "name variables after the last level only" },
    { "preserve-case", 0, KIND_FLAG, GROUP_NAME, MEMBER(preserve_case), NULL, COMPLETE_NOTHING,
        "do not turn letters into upper case" },
    { "preserve-env", 0, KIND_OPTIONAL_LIST, GROUP_PASS, MEMBER(preserved), "[=NAME,...]", COMPLETE_VARIABLE,
        "variables that are set keep their values" },
    { "pristine", 0, KIND_FLAG, GROUP_PASS, MEMBER(pristine), NULL, COMPLETE_NOTHING,
        "inherit nothing but ssm:// references" },
    { "keep", 0, KIND_PATTERNS, GROUP_PASS, MEMBER(kept), "NAME", COMPLETE_VARIABLE,
        "with --pristine: inherit NAME, or all of NAME*" },
    { "unset", 'u', KIND_PATTERNS, GROUP_PASS, MEMBER(unset), "NAME", COMPLETE_VARIABLE,
        "do not pass NAME on, or all of NAME*" },
    { "drop-credentials", 0, KIND_FLAG, GROUP_PASS, MEMBER(drop_credentials), NULL, COMPLETE_NOTHING,
        "do not pass AWS credentials on" },
    { "require", 0, KIND_REQUIREMENTS, GROUP_REFUSE, MEMBER(required), "NAME", COMPLETE_VARIABLE,
        "fail unless NAME is set; @FILE: each of FILE's" },
    { "secure-only", 0, KIND_FLAG, GROUP_REFUSE, MEMBER(secure_only), NULL, COMPLETE_NOTHING,
        "fail unless all parameters are SecureStrings" },
    { "allow-var", 0, KIND_NAMES, GROUP_REFUSE, MEMBER(allowed_variables), "NAME", COMPLETE_VARIABLE,
        "let a guarded variable (PATH, LD_*, ...) be set" },
    { "allow-mixed", 0, KIND_FLAG, GROUP_REFUSE, MEMBER(allow_mixed), NULL, COMPLETE_NOTHING,
        "let one run read two environments (prod, dev)" },
    { "region", 0, KIND_TEXT, GROUP_AWS, MEMBER(region), "REGION", COMPLETE_NOTHING,
        "the AWS region" },
    { "profile", 0, KIND_TEXT, GROUP_AWS, MEMBER(profile), "NAME", COMPLETE_NOTHING,
        "the profile of the shared AWS files" },
    { "role-arn", 0, KIND_TEXT, GROUP_AWS, MEMBER(role_arn), "ARN", COMPLETE_NOTHING,
        "assume this role, with the credentials found" },
    { "endpoint-url", 0, KIND_TEXT, GROUP_AWS, MEMBER(endpoint_url), "URL", COMPLETE_NOTHING,
        "ask this endpoint in place of AWS's own" },
    { "allow-http", 0, KIND_FLAG, GROUP_AWS, MEMBER(allow_http), NULL, COMPLETE_NOTHING,
        "let the endpoint be http:// beyond loopback" },
    { "ca-bundle", 0, KIND_TEXT, GROUP_AWS, MEMBER(ca_bundle), "FILE", COMPLETE_FILE,
        "PEM certificates to trust" },
    { "timeout", 0, KIND_DURATION, GROUP_AWS, MEMBER(timeout_ms), "DURATION", COMPLETE_NOTHING,
        "until COMMAND starts: 500ms, 2m (default 60s)" },
    { "dry-run", 'n', KIND_FLAG, GROUP_SAY, MEMBER(dry_run), NULL, COMPLETE_NOTHING,
        "show what would be set, start nothing" },
    { "json", 0, KIND_FLAG, GROUP_SAY, MEMBER(json), NULL, COMPLETE_NOTHING,
        "with --dry-run: show it as JSON" },
    { "verbose", 'v', KIND_FLAG, GROUP_SAY, MEMBER(verbose), NULL, COMPLETE_NOTHING,
        "say what is asked of whom; warnings" },
    { "quiet", 'q', KIND_FLAG, GROUP_SAY, MEMBER(quiet), NULL, COMPLETE_NOTHING,
        "errors only" },
    { "log-format", 0, KIND_LOG_FORMAT, GROUP_SAY, MEMBER(log_format), "text|json", COMPLETE_LOG_FORMAT,
        "shape of the lines on standard error" },
    { "help", 'h', KIND_ACTION, GROUP_SAY, OPTIONS_HELP, NULL, COMPLETE_NOTHING,
        "print this" },
    { "version", 'V', KIND_ACTION, GROUP_SAY, OPTIONS_VERSION, NULL, COMPLETE_NOTHING,
        "print the version and the libraries it runs on" },
};
/* clang-format on */

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);
_Static_assert(
        sizeof(option_table) / sizeof(option_table[0]) <= OPTION_COUNT_MAX, "OPTION_COUNT_MAX");

bool option_takes_value(const struct option *option)
{
    return option->kind != KIND_FLAG && option->kind != KIND_ACTION
            && option->kind != KIND_OPTIONAL_LIST;
}

bool option_is_repeatable(const struct option *option)
{
    switch (option->kind) {
    case KIND_NAMES:
    case KIND_PATTERNS:
    case KIND_REQUIREMENTS:
    case KIND_OPTIONAL_LIST:
    case KIND_SOURCE:
    case KIND_FILE_SOURCE:
    case KIND_LOCK:
    case KIND_ENV_FILE:
    case KIND_ENV_FILE_IF_EXISTS:
        return true;
    case KIND_FLAG:
    case KIND_TEXT:
    case KIND_LABEL:
    case KIND_DURATION:
    case KIND_LOG_FORMAT:
    case KIND_ACTION:
        break;
    }
    return false;
}

const struct option *option_find(const char *name, size_t len)
{
    for (size_t i = 0; i < option_count; i++) {
        const char *candidate = option_table[i].name;
        if (strncmp(candidate, name, len) == 0 && candidate[len] == '\0') {
            return &option_table[i];
        }
    }
    return NULL;
}

const struct option *option_find_letter(char letter)
{
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].letter == letter) {
            return &option_table[i];
        }
    }
    return NULL;
}
