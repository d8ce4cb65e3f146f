/* SPDX-License-Identifier: MIT */
#include "options_rows.h"

#include "options.h"
#include "options_shared.h"
#include "vars/var_name.h"

#define MEMBER(name) offsetof(struct options, name)

/* The groups of the help. */
static const char SOURCES[] = "Sources:";
static const char NAMES[] = "Variable names:";
static const char ENVIRONMENT[] = "Environment of COMMAND:";
static const char CHECKS[] = "Checks:";
static const char AWS[] = "AWS:";
static const char OUTPUT[] = "Output:";

/* clang-format off */
static const struct option rows[] = {
    { "optional", 0, TAKES_VALUES, KIND_OPTIONAL_SOURCE, MEMBER(sources), "SOURCE", COMPLETE_NOTHING,
        SOURCES, "a source that may be missing or empty" },
    { "file", 0, TAKES_VALUES, KIND_FILE_SOURCE, MEMBER(sources), "NAME=REF", COMPLETE_NOTHING,
        SOURCES, "a value as a file in memory; NAME is its path" },
    { "lock", 0, TAKES_VALUES, KIND_LOCK, MEMBER(sources), "FILE", COMPLETE_FILE,
        SOURCES, "the versions that --dry-run --json recorded" },
    { "env-file", 0, TAKES_VALUES, KIND_ENV_FILE, MEMBER(env_files), "FILE", COMPLETE_FILE,
        SOURCES, "NAME=VALUE lines, also with ssm:// references" },
    { "env-file-if-exists", 0, TAKES_VALUES, KIND_ENV_FILE_IF_EXISTS, MEMBER(env_files), "FILE", COMPLETE_FILE,
        SOURCES, "like --env-file, but FILE may be missing" },
    { "label", 0, TAKES_VALUE, KIND_LABEL, MEMBER(label), "LABEL", COMPLETE_NOTHING,
        SOURCES, "below paths: the versions that have LABEL" },
    { "no-recursive", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(no_recursive), NULL, COMPLETE_NOTHING,
        SOURCES, "only the first level below a path" },
    { "no-refs", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(no_refs), NULL, COMPLETE_NOTHING,
        SOURCES, "do not resolve values that begin with ssm://" },
    { "flat", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(flat), NULL, COMPLETE_NOTHING,
        NAMES, "name variables after the last level only" },
    { "preserve-case", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(preserve_case), NULL, COMPLETE_NOTHING,
        NAMES, "do not change letters to upper case" },
    { "preserve-env", 0, MAY_TAKE_VALUES, KIND_PRESERVED, MEMBER(preserved), "[=NAME,...]", COMPLETE_VARIABLE,
        ENVIRONMENT, "inherited variables keep their values" },
    { "pristine", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(pristine), NULL, COMPLETE_NOTHING,
        ENVIRONMENT, "inherit only ssm:// references" },
    { "keep", 0, TAKES_VALUES, KIND_PATTERNS, MEMBER(kept), "NAME", COMPLETE_VARIABLE,
        ENVIRONMENT, "with --pristine: inherit NAME, or all of NAME*" },
    { "unset", 'u', TAKES_VALUES, KIND_PATTERNS, MEMBER(unset), "NAME", COMPLETE_VARIABLE,
        ENVIRONMENT, "do not pass on NAME, or all of NAME*" },
    { "drop-credentials", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(drop_credentials), NULL, COMPLETE_NOTHING,
        ENVIRONMENT, "do not pass on AWS credentials" },
    { "require", 0, TAKES_VALUES, KIND_REQUIREMENTS, MEMBER(required), "NAME", COMPLETE_REQUIREMENT,
        CHECKS, "fail unless NAME is set; @FILE: all its names" },
    { "secure-only", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(secure_only), NULL, COMPLETE_NOTHING,
        CHECKS, "fail unless all parameters are SecureStrings" },
    { "allow-var", 0, TAKES_VALUES, KIND_NAMES, MEMBER(allowed_variables), "NAME", COMPLETE_VARIABLE,
        CHECKS, "allow a guarded variable (PATH, LD_*, ...)" },
    { "allow-mixed", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(allow_mixed), NULL, COMPLETE_NOTHING,
        CHECKS, "allow sources of two environments (prod, dev)" },
    OPTIONS_AWS_ROWS(MEMBER(aws), AWS),
    { "timeout", 0, TAKES_VALUE, KIND_DURATION, MEMBER(timeout_ms), "DURATION", COMPLETE_NOTHING,
        AWS, "until COMMAND starts: 500ms, 2m (default 60s)" },
    { "dry-run", 'n', TAKES_NOTHING, KIND_FLAG, MEMBER(dry_run), NULL, COMPLETE_NOTHING,
        OUTPUT, "show what would be set; start nothing" },
    { "no-decrypt", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(no_decrypt), NULL, COMPLETE_NOTHING,
        OUTPUT, "with --dry-run: kms:Decrypt is not needed" },
    { "json", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(json), NULL, COMPLETE_NOTHING,
        OUTPUT, "with --dry-run: print JSON" },
    OPTIONS_REPORT_ROWS(MEMBER(report), OUTPUT, "report requests, progress and warnings"),
};
/* clang-format on */

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTIONS_MAX, "OPTIONS_MAX");

static const struct option words = {
    .name = "sources",
    .takes = TAKES_VALUES,
    .kind = KIND_SOURCE,
    .member = MEMBER(sources),
};

/* In this order, because a later source overrides an earlier one. */
static const char *const variables_first[] = { "lock", "sources", "optional", "file", NULL };

const struct options_table options_rows = {
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .words = &words,
    .variable_prefix = VAR_NAME_OWN_PREFIX,
    .variables_first = variables_first,
    .help_hint = "try 'ssm-exec --help'",
    .variables_hint = "variables that begin with SSM_EXEC_ are settings of ssm-exec: see --help",
    .help_head =
            "Usage: ssm-exec [OPTION...] SOURCE... -- COMMAND [ARG...], or --dry-run [--json]\n"
            "Run COMMAND with parameters of AWS Parameter Store in its environment.\n"
            "SOURCE: /prod/api (all below), /prod/db=DB_ (with a prefix), NAME=/one/parameter\n",
    .help_tail =
            "A --long-option can be set as SSM_EXEC_LONG_OPTION, sources as SSM_EXEC_SOURCES.\n"
            "Exit: COMMAND's own; 127 not found, 126 cannot be started, 125 ssm-exec failed.\n",
};
