/* SPDX-License-Identifier: MIT */
#include "policy/check.h"

#include <string.h>
#include <strings.h>

#include "aws/region.h"
#include "base/ascii.h"
#include "base/shown.h"

enum {
    ACCOUNT_DIGITS = 12,
    LEVELS_MAX = 15,
    PATH_MAX_BYTES = 1011 /* what Parameter Store takes with the ARN; the most that can be right */
};

bool check_fail(
        const char *option, const char *word, const char *expected, struct err_list *problems)
{
    char shown[SHOWN_BYTES];
    return err_list_add_new(problems, ERR_USAGE, option, NULL, "expected %s, not \"%s\"", expected,
            shown_word(word, strlen(word), shown));
}

static bool is_given(const char *word)
{
    return word != NULL && word[0] != '\0';
}

static bool check_given(
        const char *option, const char *word, const char *expected, struct err_list *problems)
{
    return is_given(word)
            || err_list_add_new(problems, ERR_USAGE, option, NULL, "is missing: %s", expected);
}

bool check_word(const char *option,
        const char *word,
        const struct check_rule *rule,
        struct err_list *problems)
{
    if (!check_given(option, word, rule->expected, problems)) {
        return false;
    }
    size_t len = strlen(word);
    bool fits = len <= rule->max_bytes && strspn(word, rule->characters) == len;
    return fits || check_fail(option, word, rule->expected, problems);
}

bool check_absent(const char *option, const char *word, const char *why, struct err_list *problems)
{
    return !is_given(word) || err_list_add_new(problems, ERR_USAGE, option, NULL, "%s", why);
}

bool check_account(const char *account, struct err_list *problems)
{
    static const struct check_rule RULE = { ASCII_DIGITS, ACCOUNT_DIGITS,
        "the 12 digits of an account" };
    return check_word("--account", account, &RULE, problems)
            && (strlen(account) == ACCOUNT_DIGITS
                    || check_fail("--account", account, RULE.expected, problems));
}

bool check_region(const char *region, struct err_list *problems)
{
    struct err err;
    if (!check_given("--region", region, "the region of the parameters", problems)) {
        return false;
    }
    if (region_check(region, "--region", &err)) {
        return true;
    }
    err.kind = ERR_USAGE;
    return err_list_add(problems, &err);
}

size_t check_path_len(const char *path)
{
    size_t len = strlen(path);
    while (len > 0 && path[len - 1] == '/') {
        len--;
    }
    return len;
}

/* Parameter Store refuses first levels that begin with these words, whatever their case. */
static bool is_reserved(const char *path)
{
    return strncasecmp(path, "/aws", 4) == 0 || strncasecmp(path, "/ssm", 4) == 0;
}

static const char *find_path_fault(const char *path)
{
    static const char CHARACTERS[] = ASCII_ALNUM "_.-/";
    size_t len = strlen(path);
    size_t levels = 0;
    if (path[0] != '/' || len > PATH_MAX_BYTES || strspn(path, CHARACTERS) != len
            || strstr(path, "//") != NULL) {
        return "a path such as /prod/api: letters, digits, '.', '-', '_' between single slashes";
    }
    for (size_t i = 0; i < check_path_len(path); i++) {
        levels += path[i] == '/' ? 1 : 0;
    }
    if (levels > LEVELS_MAX) {
        return "a path of at most 15 levels";
    }
    return is_reserved(path) ? "a path of your own: AWS reserves those that begin with aws or ssm"
                             : NULL;
}

bool check_path(const char *option, const char *path, struct err_list *problems)
{
    if (!check_given(option, path, "a path such as /prod/api", problems)) {
        return false;
    }
    const char *fault = find_path_fault(path);
    return fault == NULL || check_fail(option, path, fault, problems);
}

static bool check_items(
        const char *option, const struct string_list *list, struct err_list *problems)
{
    return list->len <= CHECK_ITEMS_MAX
            || err_list_add_new(problems, ERR_USAGE, option, NULL,
                    "is given %zu times; the limit is %d", list->len, CHECK_ITEMS_MAX);
}

bool check_paths(const char *option,
        const struct string_list *paths,
        bool is_needed,
        struct err_list *problems)
{
    if (is_needed && paths->len == 0) {
        return err_list_add_new(
                problems, ERR_USAGE, option, NULL, "is missing: a path such as /prod/api");
    }
    if (!check_items(option, paths, problems)) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < paths->len; i++) {
        ok = check_path(option, paths->items[i], problems) && ok;
    }
    return ok;
}

bool check_not_whole(const char *option, const struct string_list *paths, struct err_list *problems)
{
    bool ok = true;
    for (size_t i = 0; i < paths->len; i++) {
        ok = (strcmp(paths->items[i], "/") != 0
                     || err_list_add_new(problems, ERR_USAGE, option, NULL,
                             "\"/\" is the whole store, of all applications and environments"))
                && ok;
    }
    return ok;
}

bool check_list(const char *option,
        const struct string_list *list,
        const struct check_rule *rule,
        struct err_list *problems)
{
    if (!check_items(option, list, problems)) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < list->len; i++) {
        ok = check_word(option, list->items[i], rule, problems) && ok;
    }
    return ok;
}

bool check_role(const char *option, const char *role, struct err_list *problems)
{
    static const struct check_rule RULE = { ASCII_ALNUM "+=,.@_-/", 512,
        "the name of a role, without ARN: letters, digits and any of +=,.@_-" };
    return check_word(option, role, &RULE, problems)
            && ((role[0] != '/' && role[strlen(role) - 1] != '/')
                    || check_fail(option, role, RULE.expected, problems));
}

bool check_roles(const char *option, const struct string_list *roles, struct err_list *problems)
{
    if (!check_items(option, roles, problems)) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < roles->len; i++) {
        ok = check_role(option, roles->items[i], problems) && ok;
    }
    return ok;
}

bool check_id(const char *option, const char *id, struct err_list *problems)
{
    static const struct check_rule RULE = { ASCII_DIGITS, 20, "an id: digits" };
    return check_word(option, id, &RULE, problems);
}

bool check_github_owner(const char *option, const char *owner, struct err_list *problems)
{
    static const struct check_rule RULE = { ASCII_ALNUM "-_", 64,
        "a user or an organisation on GitHub: letters, digits, '-' and '_'" };
    return check_word(option, owner, &RULE, problems);
}
