/* SPDX-License-Identifier: MIT */
#include "policy/resources.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "aws/region.h"
#include "base/arn.h"
#include "base/ascii.h"
#include "base/shown.h"
#include "policy/check.h"

enum {
    ARN_MAX_BYTES = 2048
};

static const char SECRET_REFERENCE[] = "/aws/reference/secretsmanager/";

bool resources_scope(const char *account,
        const char *region,
        struct parameter_scope *ret_scope,
        struct err_list *problems)
{
    bool has_account = check_account(account, problems);
    bool has_region = check_region(region, problems);
    *ret_scope = (struct parameter_scope){
        .partition = region_partition(has_region ? region : "")->name,
        .region = has_region ? region : "",
        .account = has_account ? account : "",
    };
    return has_account && has_region;
}

struct parameter_scope resources_anywhere(const char *region)
{
    return (struct parameter_scope){ region_partition(region == NULL ? "" : region)->name, "*",
        "*" };
}

static bool has_word(const struct text *words, const char *word, size_t len)
{
    const char *at = text_string(words);
    while (*at != '\0') {
        size_t at_len = strcspn(at, " ");
        if (at_len == len && memcmp(at, word, len) == 0) {
            return true;
        }
        at += at_len + (at[at_len] == ' ' ? 1 : 0);
    }
    return false;
}

/* Leaves out what is there. */
static void add_word(struct text *words, const struct text *word)
{
    if (word->state == TEXT_OK && has_word(words, word->bytes, word->len)) {
        return;
    }
    if (words->len > 0) {
        text_append_char(words, ' ');
    }
    text_append_text(words, word);
}

void resources_add(struct text *resources, const char *format, ...)
{
    char word[ARN_MAX_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(word, sizeof(word), format, arguments);
    va_end(arguments);
    CLEANUP(text_clear) struct text copy = TEXT_INIT(sizeof(word) - 1);
    text_append(&copy, word, len < 0 ? sizeof(word) : (size_t)len);
    add_word(resources, &copy);
}

static void add_parameter(struct text *resources,
        const struct parameter_scope *scope,
        struct span path,
        const char *end)
{
    CLEANUP(text_clear) struct text arn = TEXT_INIT(ARN_MAX_BYTES);
    parameter_arn_append(&arn, scope, path.bytes, path.len);
    text_append_string(&arn, end);
    add_word(resources, &arn);
}

static struct span trim(const char *path)
{
    return (struct span){ path, check_path_len(path) };
}

void resources_add_path(
        struct text *resources, const struct parameter_scope *scope, const char *path)
{
    struct span trimmed = trim(path);
    add_parameter(resources, scope, trimmed, trimmed.len == 0 ? "/" : "");
}

void resources_add_path_with_slash(
        struct text *resources, const struct parameter_scope *scope, const char *path)
{
    add_parameter(resources, scope, trim(path), "/");
}

void resources_add_below(
        struct text *resources, const struct parameter_scope *scope, const char *path)
{
    add_parameter(resources, scope, trim(path), "/*");
}

void resources_add_tree(
        struct text *resources, const struct parameter_scope *scope, const char *path)
{
    resources_add_path(resources, scope, path);
    resources_add_below(resources, scope, path);
}

void resources_add_ancestors(
        struct text *resources, const struct parameter_scope *scope, const char *path)
{
    struct span trimmed = trim(path);
    for (size_t i = 0; i < trimmed.len; i++) {
        if (path[i] == '/' && i > 0) {
            add_parameter(resources, scope, (struct span){ path, i }, "");
        }
        if (path[i] == '/') {
            add_parameter(resources, scope, (struct span){ path, i }, "/");
        }
    }
}

void resources_add_all_below(struct text *resources,
        const struct parameter_scope *scope,
        const struct string_list *paths)
{
    for (size_t i = 0; i < paths->len; i++) {
        resources_add_below(resources, scope, paths->items[i]);
    }
}

static bool is_account(struct span account)
{
    return account.len == 12 && strspn(account.bytes, ASCII_DIGITS) >= account.len;
}

/* Of the partition and region of the scope, if they are known; the account may be another one, which shares it. */
static bool parse_arn(const struct parameter_scope *scope,
        const char *service,
        const char *text,
        struct arn *ret_arn)
{
    if (!arn_parse(text, ret_arn)) {
        return false;
    }
    bool is_here = scope->region[0] == '\0'
            || (span_is(ret_arn->partition, scope->partition)
                    && span_is(ret_arn->region, scope->region));
    return is_here && span_is(ret_arn->service, service) && is_account(ret_arn->account);
}

bool resources_add_name(struct text *resources,
        const struct parameter_scope *scope,
        const char *option,
        const char *name,
        struct err_list *problems)
{
    struct arn arn = { 0 };
    struct parameter_scope owner = *scope;
    struct err err;
    char shown[SHOWN_BYTES];
    char account[13];
    const char *levels = arn_parameter_name(name);
    if (levels == NULL || (levels != name && !parse_arn(scope, "ssm", name, &arn))) {
        return check_fail(option, name, "the ARN of a parameter in this region", problems);
    }
    if (levels != name) {
        (void)snprintf(account, sizeof(account), "%.*s", (int)arn.account.len, arn.account.bytes);
        owner.account = account;
    }
    /* To policies "/a:3" is the parameter "/a". */
    CLEANUP(text_clear) struct text path = TEXT_INIT(ARN_MAX_BYTES);
    text_append(&path, levels, strcspn(levels, ":"));
    if (strncmp(levels, SECRET_REFERENCE, strlen(SECRET_REFERENCE)) == 0) {
        return err_list_add_new(problems, ERR_USAGE, option,
                "secrets of Secrets Manager are granted by --secret NAME",
                "%s is a secret of Secrets Manager", shown_word(levels, strlen(levels), shown));
    }
    if (!text_check(&path, option, &err)) {
        return err_list_add(problems, &err);
    }
    if (!check_path(option, text_string(&path), problems)) {
        return false;
    }
    if (check_path_len(path.bytes) != path.len) {
        return check_fail(
                option, name, "the name of a parameter, which does not end in '/'", problems);
    }
    add_parameter(resources, &owner, (struct span){ path.bytes, path.len }, "");
    return true;
}

static bool is_key_id(const char *id)
{
    static const char FORM[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    const char *form = strncmp(id, "mrk-", 4) == 0 ? "mrk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" : FORM;
    for (size_t i = 0; form[i] != '\0'; i++) {
        bool fits = form[i] == 'x' ? ascii_hex_value(id[i]) >= 0 : id[i] == form[i];
        if (!fits) {
            return false;
        }
    }
    return id[strlen(form)] == '\0';
}

bool resources_add_key(struct text *resources,
        const struct parameter_scope *scope,
        const char *option,
        const char *key,
        struct err_list *problems)
{
    static const char EXPECTED[] = "the id or the ARN of a key in this region";
    static const char NO_ALIAS[] =
            "IAM compares with the key behind the alias: aws kms describe-key --key-id ALIAS "
            "--query KeyMetadata.KeyId";
    char shown[SHOWN_BYTES];
    struct arn arn;
    if (key == NULL || key[0] == '\0') {
        return err_list_add_new(problems, ERR_USAGE, option, NULL, "is missing: %s", EXPECTED);
    }
    bool is_arn = parse_arn(scope, "kms", key, &arn);
    if (is_arn && span_starts_with(arn.resource, "key/")
            && is_key_id(arn.resource.bytes + strlen("key/"))) {
        resources_add(resources, "%s", key);
        return true;
    }
    if (is_key_id(key)) {
        resources_add(resources, "arn:%s:kms:%s:%s:key/%s", scope->partition, scope->region,
                scope->account, key);
        return true;
    }
    return err_list_add_new(problems, ERR_USAGE, option,
            strstr(key, "alias/") == NULL ? NULL : NO_ALIAS, "expected %s, not \"%s\"", EXPECTED,
            shown_word(key, strlen(key), shown));
}
