/* SPDX-License-Identifier: MIT */
#include "policy_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/shown.h"

/* The words for an enum, in its order. */
struct choice {
    const char *const *words;
    size_t count;
    const char *expected;
};

static const char *const LEVELS[] = {
    [HUMAN_NAMES] = "names",
    [HUMAN_CONFIG] = "config",
    [HUMAN_INCIDENT] = "incident",
};

static const char *const TRUSTS[] = {
    [TRUST_ECS] = "ecs",
    [TRUST_POD_IDENTITY] = "pod-identity",
    [TRUST_IRSA] = "irsa",
    [TRUST_GITHUB] = "github",
    [TRUST_GITLAB] = "gitlab",
    [TRUST_INCIDENT] = "incident",
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct choice LEVEL = { LEVELS, COUNT_OF(LEVELS), "names, config or incident" };
static const struct choice TRUST = { TRUSTS, COUNT_OF(TRUSTS),
    "ecs, pod-identity, irsa, github, gitlab or incident" };

void *policy_options_new(void)
{
    return command_options_new(sizeof(struct policy_options), COMMAND_TIMEOUT_MS);
}

void policy_options_free(void *stored)
{
    struct policy_options *options = stored;
    if (options == NULL) {
        return;
    }
    string_list_clear(&options->application.paths);
    string_list_clear(&options->application.keys.ids);
    string_list_clear(&options->application.secrets);
    string_list_clear(&options->ci.written);
    string_list_clear(&options->ci.denied);
    string_list_clear(&options->ci.keys.ids);
    string_list_clear(&options->human.keys.ids);
    string_list_clear(&options->key.paths);
    string_list_clear(&options->scp.changers);
    string_list_clear(&options->scp.readers);
    free(options);
}

static size_t find_choice(const struct choice *choice, const char *word)
{
    size_t i = 0;
    while (i < choice->count && strcmp(choice->words[i], word) != 0) {
        i++;
    }
    return i;
}

/* Returns the place of the word, 0 if there is a problem. */
static size_t store_choice(const struct option_given *given,
        const struct choice *choice,
        const char **word,
        struct err_list *problems)
{
    char shown[SHOWN_BYTES];
    size_t found = find_choice(choice, given->value);
    if (*word != NULL) {
        option_given_add_error(given, problems, NULL, "argument %d: there is one of %s already",
                given->position, choice->expected);
        return 0;
    }
    *word = given->value;
    if (found == choice->count) {
        option_given_add_error(given, problems, NULL, "argument %d: expected %s, not \"%s\"",
                given->position, choice->expected,
                shown_word(given->value, strlen(given->value), shown));
        return 0;
    }
    return found;
}

void policy_options_store(const struct option_given *given, void *stored, struct err_list *problems)
{
    struct policy_options *options = stored;
    switch (given->option->kind) {
    case KIND_LEVEL:
        options->human.level = (enum human_level)store_choice(
                given, &LEVEL, &options->word, problems);
        break;
    case KIND_TRUST:
        options->trust.kind = (enum trust_kind)store_choice(
                given, &TRUST, &options->word, problems);
        break;
    case KIND_NOTHING:
        option_given_add_error(given, problems, NULL,
                "argument %d: is not the value of an option; this command has nothing but options",
                given->position);
        break;
    default:
        command_options_store(given, stored, problems);
        break;
    }
}

void policy_options_check(const void *stored, struct err_list *problems)
{
    (void)stored; /* the policy is checked where it is written */
    (void)problems;
}

static void check_choice(const struct policy_options *options,
        const struct options_table *table,
        const struct choice *choice,
        struct err_list *problems)
{
    const struct option_given nothing = { .table = table };
    /* A wrong option may have had it for its value. */
    if (options->word == NULL && err_list_is_empty(problems)) {
        option_given_add_error(&nothing, problems, NULL, "one of %s is missing", choice->expected);
    }
}

void policy_options_check_human(const void *stored, struct err_list *problems)
{
    check_choice(stored, policy_human_table.options, &LEVEL, problems);
}

void policy_options_check_trust(const void *stored, struct err_list *problems)
{
    check_choice(stored, policy_trust_table.options, &TRUST, problems);
}
