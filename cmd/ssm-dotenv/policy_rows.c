/* SPDX-License-Identifier: MIT */
#include "options_shared.h"
#include "policy_options.h"
#include "tables.h"

#define MEMBER(name)    offsetof(struct policy_options, name)
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char WHERE[] = "Where:";
static const char WHAT[] = "What it is for:";
static const char OUTPUT[] = "Output:";

/* clang-format off */
#define WORD(name, member, value, group, help) \
    { name, 0, TAKES_VALUE, KIND_STRING, MEMBER(member), value, COMPLETE_NOTHING, group, help }
#define WORDS(name, member, value, group, help) \
    { name, 0, TAKES_VALUES, KIND_STRINGS, MEMBER(member), value, COMPLETE_NOTHING, group, help }
#define FLAG(name, member, group, help) \
    { name, 0, TAKES_NOTHING, KIND_FLAG, MEMBER(member), NULL, COMPLETE_NOTHING, group, help }

#define ACCOUNT(policy) \
    WORD("account", policy.account, "ID", WHERE, "the account: 12 digits")
#define REGION(policy) \
    WORD("region", policy.region, "REGION", WHERE, "the region: eu-west-1")
#define PARTITION(policy) \
    WORD("region", policy.region, "REGION", WHERE, "a region of the partition, if that is not aws")
#define KEY_ID(policy) \
    WORDS("key-id", policy.keys.ids, "KEY", WHAT, "the key of the values: its id or ARN")
#define DEFAULT_KEY(policy) \
    FLAG("default-key", policy.keys.has_default, WHAT, "values are encrypted with alias/aws/ssm")
#define REPORT \
    OPTIONS_REPORT_ROWS(MEMBER(common.report), OUTPUT, "report the size, and IAM's limit")

static const struct option application_rows[] = {
    ACCOUNT(application),
    REGION(application),
    WORDS("path", application.paths, "PATH", WHAT, "it reads this path: /prod/api; repeatable"),
    KEY_ID(application),
    DEFAULT_KEY(application),
    WORDS("secret", application.secrets, "NAME", WHAT, "it reads this secret of Secrets Manager; repeatable"),
    WORD("secret-key-id", application.secret_key_id, "KEY", WHAT, "the key of the secrets: its id or ARN"),
    { "timeout", 0, TAKES_VALUE, KIND_DURATION, MEMBER(common.timeout_ms), "DURATION", COMPLETE_NOTHING,
        OUTPUT, "until MAP is read: 500ms, 2m (default 60s)" },
    REPORT,
};

static const struct option human_rows[] = {
    ACCOUNT(human),
    REGION(human),
    WORD("path", human.path, "PATH", WHAT, "what the level is about: /prod"),
    KEY_ID(human),
    DEFAULT_KEY(human),
    REPORT,
};

static const struct option ci_rows[] = {
    ACCOUNT(ci),
    REGION(ci),
    WORDS("write", ci.written, "PATH", WHAT, "it writes below this path; repeatable"),
    WORDS("never", ci.denied, "PATH", WHAT, "it never does here, whatever is attached; repeatable"),
    KEY_ID(ci),
    DEFAULT_KEY(ci),
    WORD("never-key", ci.denied_key_id, "KEY", WHAT, "the key that it never uses: its id or ARN"),
    FLAG("create-only", ci.create_only, WHAT, "it creates, labels and tags; no overwriting, no reading"),
    REPORT,
};

static const struct option key_rows[] = {
    ACCOUNT(key),
    REGION(key),
    WORDS("path", key.paths, "PATH", WHAT, "the key serves parameters below this path; repeatable"),
    REPORT,
};

static const char PODS[] = "Pods (pod-identity, irsa):";
static const char JOBS[] = "Jobs (github, gitlab):";
static const char GITHUB[] = "Jobs of GitHub (github):";
static const char GITLAB[] = "Jobs of GitLab (gitlab):";
static const char PEOPLE[] = "People (incident):";

static const struct option trust_rows[] = {
    ACCOUNT(trust),
    WORD("region", trust.region, "REGION", WHERE, "for ecs and pod-identity; else for another partition"),
    WORD("cluster", trust.cluster, "NAME", PODS, "pod-identity: the cluster's name or ARN"),
    WORD("namespace", trust.namespace, "NAME", PODS, "the namespace"),
    WORD("service-account", trust.service_account, "NAME", PODS, "the service account"),
    WORD("issuer", trust.issuer, "URL", PODS, "irsa: the OIDC provider; gitlab: your own GitLab"),
    WORD("repository", trust.repository, "OWNER/NAME", GITHUB, "the repository"),
    WORD("repository-id", trust.repository_id, "N", GITHUB, "its id, which never changes"),
    WORD("owner-id", trust.owner_id, "N", GITHUB, "the id of its owner"),
    WORD("environment", trust.environment, "NAME", GITHUB, "the environment of the job"),
    WORD("workflow", trust.workflow, "FILE", GITHUB, "the file in .github/workflows; needs --ref"),
    FLAG("old-subject", trust.old_subject, GITHUB, "also the subject without ids"),
    WORD("ref", trust.ref, "REF", JOBS, "a branch, or refs/tags/TAG; gitlab needs it"),
    WORD("project", trust.project, "GROUP/NAME", GITLAB, "the project"),
    WORD("project-id", trust.project_id, "N", GITLAB, "gitlab.com: its id, which never changes"),
    WORD("role", trust.role, "ROLE", PEOPLE, "the role that people have before"),
    REPORT,
};

static const struct option scp_rows[] = {
    PARTITION(scp),
    WORD("path", scp.path, "PATH", WHAT, "what is guarded (default /prod)"),
    WORDS("change-role", scp.changers, "ROLE", WHAT, "it changes parameters (prod-config-release)"),
    WORDS("read-role", scp.readers, "ROLE", WHAT, "it reads all (prod-config-view, prod-incident)"),
    WORD("permission-set", scp.administrators, "NAME", WHAT, "it does both (ProdConfigAdmin)"),
    REPORT,
};

static const struct option rcp_rows[] = {
    WORD("organization", rcp.organization, "ID", WHERE, "the organisation in AWS: o-..."),
    WORD("owner", rcp.owner, "NAME", WHAT, "the organisation on GitHub whose jobs get in"),
    WORD("owner-id", rcp.owner_id, "N", WHAT, "its id, which never changes"),
    REPORT,
};

static const struct option boundary_rows[] = {
    PARTITION(guard),
    WORD("path", guard.path, "PATH", WHAT, "what pipelines never touch: /prod"),
    REPORT,
};

static const struct option subtree_rows[] = {
    PARTITION(guard),
    WORD("path", guard.path, "PATH", WHAT, "the part that is not read: /prod/restricted"),
    REPORT,
};

static const struct option group_rows[] = {
    OPTIONS_HELP_ROWS(offsetof(struct program_options, report), OUTPUT),
};
/* clang-format on */

static const struct option map_word = {
    .name = "map",
    .takes = TAKES_VALUE,
    .kind = KIND_ARGUMENT,
    .member = MEMBER(word),
    .value_name = "MAP",
};

static const struct option level_word = {
    .name = "level",
    .takes = TAKES_VALUE,
    .kind = KIND_LEVEL,
    .member = MEMBER(word),
    .value_name = "names|config|incident",
    .completion = COMPLETE_CHOICE,
};

static const struct option trust_word = {
    .name = "kind",
    .takes = TAKES_VALUE,
    .kind = KIND_TRUST,
    .member = MEMBER(word),
    .value_name = "ecs|pod-identity|irsa|github|gitlab|incident",
    .completion = COMPLETE_CHOICE,
};

static const struct option no_word = {
    .name = "word",
    .takes = TAKES_VALUE,
    .kind = KIND_NOTHING,
    .member = MEMBER(word),
};

/* Options of a command, and the command's own table. */
#define COMMAND(name_, word_, head_, summary_)                            \
    _Static_assert(COUNT_OF(name_##_rows) <= OPTIONS_MAX, "OPTIONS_MAX"); \
    static const struct options_table name_##_options = {                 \
        .rows = name_##_rows,                                             \
        .count = COUNT_OF(name_##_rows),                                  \
        .words = &(word_),                                                \
        .help_hint = "try 'ssm-dotenv policy " #name_ " --help'",         \
        .help_head = "Usage: ssm-dotenv policy " #name_ " " head_,        \
        .help_tail = HELP_EXIT,                                           \
    };                                                                    \
    const struct command_table policy_##name_##_table = {                 \
        .name = #name_,                                                   \
        .summary = summary_,                                              \
        .options = &name_##_options,                                      \
    }

COMMAND(application,
        map_word,
        "--account ID --region REGION OPTION... [MAP]\n"
        "Print the policy of an application, which reads its own parameters and nothing else.\n"
        "MAP: a file of ssm-dotenv map, of which the names of parameters are taken, or - for\n"
        "standard input. There has to be a MAP, a --path or a --secret.\n",
        "an application: it reads its own parameters");
COMMAND(human,
        level_word,
        "names|config|incident OPTION...\n"
        "Print the policy of people, who change nothing.\n"
        "names: names and tags. config: values too, but no secrets. incident: secrets too; it\n"
        "needs --key-id or --default-key.\n",
        "people: names, config, or secrets in an incident");
COMMAND(ci,
        no_word,
        "--write PATH --never PATH OPTION...\n"
        "Print the policy of a pipeline, which writes some paths and never others.\n",
        "a pipeline: it writes, and never in production");
COMMAND(key,
        no_word,
        "--path PATH --account ID --region REGION\n"
        "Print the policy of a KMS key that encrypts parameters of some paths only.\n",
        "a KMS key: for parameters of some paths");
COMMAND(trust,
        trust_word,
        "ecs|pod-identity|irsa|github|gitlab|incident OPTION...\n"
        "Print a trust policy: who may assume the role.\n"
        "ecs: tasks. pod-identity, irsa: pods of EKS. github, gitlab: jobs. incident: people with\n"
        "MFA. Each needs --account and the options of its kind.\n",
        "who may assume a role");
COMMAND(scp,
        no_word,
        "[OPTION...]\n"
        "Print a service control policy: only named roles change what is below a path, or read\n"
        "it as a whole. --change-role and --read-role are repeatable; (the default).\n",
        "a guard of the organisation: who changes production");
COMMAND(rcp,
        no_word,
        "--organization ID --owner NAME [--owner-id N]\n"
        "Print a resource control policy: only your repositories get in through GitHub's OIDC\n"
        "provider, and keys serve principals of your organisation only.\n",
        "a guard of the organisation: whose jobs get in");
COMMAND(boundary,
        no_word,
        "--path PATH\n"
        "Print a permissions boundary for roles of pipelines: at most they write and read back,\n"
        "and never at PATH.\n",
        "a permissions boundary for pipelines");
COMMAND(subtree,
        no_word,
        "--path PATH\n"
        "Print a policy that keeps those who read a tree from a part of it.\n",
        "a part of a tree that its readers do not read");

static const struct command_table *const tables[] = { &policy_application_table,
    &policy_human_table, &policy_ci_table, &policy_key_table, &policy_trust_table,
    &policy_scp_table, &policy_rcp_table, &policy_boundary_table, &policy_subtree_table, NULL };

static const struct option group_word = { .name = "policy", .takes = TAKES_VALUE };

static const struct options_table group_options = {
    .rows = group_rows,
    .count = COUNT_OF(group_rows),
    .words = &group_word,
    .help_hint = "the kind of policy comes first, its options behind it; try 'ssm-dotenv policy "
                 "--help'",
    .help_head = "",
    .help_tail = "Options of a policy: ssm-dotenv policy POLICY --help\n" HELP_EXIT,
};

static const struct command_group group = {
    .part = "kind of policy",
    .help_hint = "try 'ssm-dotenv policy --help'",
    .usage = "Usage: ssm-dotenv policy POLICY [OPTION...] [ARG...]\n"
             "Print an IAM policy as JSON. Remarks go to standard error, and nothing is sent.\n"
             "Policies:\n",
    .options = &group_options,
    .tables = tables,
};

const struct command_table policy_table = {
    .name = "policy",
    .summary = "print IAM policies: who may do what",
    .options = &group_options,
    .group = &group,
};
