/* SPDX-License-Identifier: MIT */
#include "vars/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arn.h"
#include "base/array.h"
#include "base/ascii.h"
#include "base/shown.h"
#include "vars/var_name.h"

static const char REFERENCE_PREFIX[] = "ssm://";

/* Messages about a SOURCE or a REF that is malformed. They do not quote it: it may be a secret. */
static const char EXPECTED_SOURCE[] = "expected /path or NAME=/parameter/name";
static const char EXPECTED_FILE[] = "expected NAME=/parameter/name: a file holds one parameter";
static const char EXPECTED_REF[] = "expected /parameter/name or arn:... after '='";
static const char EXPECTED_REFERENCE[] = "expected ssm:///parameter/name or ssm://arn:...";
static const char EXPECTED_LOCKED[] = "its \"parameter\" is not the name of a parameter";

enum {
    PATH_MAX_BYTES = 2048
};

static bool has_name_chars_only(const char *text, size_t len)
{
    return strspn(text, ASCII_ALNUM "_.-/") >= len;
}

/* Which rule of Parameter Store a path or a name violates; NULL if none. */
static const char *find_fault(const char *levels, size_t len)
{
    if (len > PATH_MAX_BYTES) {
        return "a name can have at most 2048 characters";
    }
    if (!has_name_chars_only(levels, len)) {
        return "a name can contain only letters, digits, '.', '-', '_' and '/'";
    }
    for (size_t i = 1; i < len; i++) {
        if (levels[i] == '/' && levels[i - 1] == '/') {
            return "a name cannot have two slashes in a row";
        }
    }
    return NULL;
}

static bool begins_like_ref(const char *text)
{
    return text[0] == '/' || arn_has_prefix(text);
}

/*
 * The path, or the name before '=', as the `where` of an error; "" if it may be part of a secret.
 * The caller then says where the text comes from.
 */
static const char *show(const char *text, char out[static SHOWN_BYTES])
{
    size_t len = strcspn(text, "=");
    bool is_path = text[0] == '/';
    bool is_name = text[len] == '=' && memchr(text, '/', len) == NULL;
    out[0] = '\0';
    if ((is_path || is_name) && has_name_chars_only(text, len)) {
        (void)shown_word(text, strlen(text), out);
    }
    return out[0] == '.' ? "" : out;
}

/* "variable=", unless that is empty, then text[0..len) and the rest. NULL if memory runs out. */
static char *make_text(const char *variable, const char *text, size_t len, const char *rest)
{
    char *made = NULL;
    const char *equals = variable[0] == '\0' ? "" : "=";
    int got = asprintf(&made, "%s%s%.*s%s", variable, equals, (int)len, text, rest);
    return got < 0 ? NULL : made;
}

/* Omits the name of a member: it may be the rest of a password that was mistaken for a REF. */
static char *make_shown(const char *variable, const char *text)
{
    size_t len = strcspn(text, "#");
    return make_text(variable, text, len, text[len] == '\0' ? "" : "#...");
}

static bool fail(const char *text, struct err *reterr, const char *why)
{
    char shown[SHOWN_BYTES];
    return err_set(reterr, ERR_USAGE, show(text, shown), "%s", why);
}

static bool parse_path(const char *text, struct source *source, struct err *reterr)
{
    size_t len = strcspn(text, "=");
    const char *prefix = text[len] == '=' ? text + len + 1 : "";
    if (prefix[strspn(prefix, ASCII_ALNUM "_")] != '\0') {
        (void)fail(text, reterr, "expected a prefix of letters, digits and '_' after '='");
        if (begins_like_ref(prefix)) {
            err_set_hint(
                    reterr, "to set one variable from one parameter, write NAME=/parameter/name");
        }
        return false;
    }
    while (len > 1 && text[len - 1] == '/') {
        len--;
    }
    const char *fault = find_fault(text, len);
    if (fault != NULL) {
        char shown[SHOWN_BYTES];
        return err_set(reterr, ERR_USAGE, show(text, shown), "not a path: %s", fault);
    }
    source->kind = SOURCE_PATH;
    source->path = strndup(text, len);
    source->prefix = strdup(prefix);
    return source->path != NULL && source->prefix != NULL ? true : err_set_no_memory(reterr);
}

/* The version or label after ':'. */
static const char *find_selector_fault(const char *selector)
{
    bool has_name_chars = has_name_chars_only(selector, strlen(selector));
    return selector[0] != '\0' && has_name_chars && strchr(selector, '/') == NULL
            ? NULL
            : "a version (digits) or a label must follow ':'";
}

static const char *find_name_fault(const char *name)
{
    const char *levels = arn_parameter_name(name);
    if (levels == NULL) {
        return "the ARN of a parameter is arn:aws:ssm:REGION:ACCOUNT:parameter/NAME";
    }
    size_t len = strcspn(levels, ":");
    const char *fault = find_fault(levels, len);
    if (fault != NULL) {
        return fault;
    }
    if (len < 2 || levels[len - 1] == '/') {
        return "a name must follow the last '/'";
    }
    return levels[len] == '\0' ? NULL : find_selector_fault(levels + len + 1);
}

/* How to report a REF that is not one. */
struct ref_errors {
    enum err_kind kind;
    const char *where;
    const char *expected;
};

/* "/a/b:3#member": everything but the variable. */
static bool parse_ref(
        const char *ref, const struct ref_errors *errors, struct source *source, struct err *reterr)
{
    size_t name_len = strcspn(ref, "#");
    bool has_member = ref[name_len] == '#';
    source->kind = SOURCE_NAME;
    source->name = strndup(ref, name_len);
    source->member = has_member ? strdup(ref + name_len + 1) : NULL;
    if (source->name == NULL || (has_member && source->member == NULL)) {
        return err_set_no_memory(reterr);
    }
    if (!begins_like_ref(ref)) {
        return err_set(reterr, errors->kind, errors->where, "%s", errors->expected);
    }
    const char *fault = has_member && source->member[0] == '\0'
            ? "the name of a member must follow '#'"
            : find_name_fault(source->name);
    return fault == NULL
            ? true
            : err_set(reterr, errors->kind, errors->where, "%s: %s", errors->expected, fault);
}

/* NAME=REF. What follows '=' is not shown unless it is a REF. */
static bool parse_name(
        const char *text, size_t variable_len, struct source *source, struct err *reterr)
{
    char shown[SHOWN_BYTES];
    const struct ref_errors errors = { ERR_USAGE, show(text, shown), EXPECTED_REF };
    source->variable = strndup(text, variable_len);
    if (source->variable == NULL) {
        return err_set_no_memory(reterr);
    }
    if (!var_name_is_valid(text, variable_len)) {
        return fail(text, reterr,
                "the text before '=' is not a variable name: letters, digits and '_', not beginning "
                "with a digit");
    }
    return parse_ref(text + variable_len + 1, &errors, source, reterr);
}

static void move_source(struct source *source, struct source *ret_source)
{
    *ret_source = *source;
    *source = (struct source){ 0 };
}

bool source_parse(const char *text, bool optional, struct source *ret_source, struct err *reterr)
{
    CLEANUP(source_clear)
    struct source source = { .optional = optional, .layer = LAYER_SOURCES };
    size_t variable_len = strcspn(text, "=");
    source.text = strdup(text);
    source.shown = make_shown("", text);
    if (source.text == NULL || source.shown == NULL) {
        return err_set_no_memory(reterr);
    }
    bool ok = false;
    if (text[0] == '/') {
        ok = parse_path(text, &source, reterr);
    } else if (text[variable_len] == '=') {
        ok = parse_name(text, variable_len, &source, reterr);
    } else {
        ok = fail(text, reterr, EXPECTED_SOURCE);
    }
    if (ok) {
        move_source(&source, ret_source);
    }
    return ok;
}

bool source_parse_file(const char *text, struct source *ret_source, struct err *reterr)
{
    CLEANUP(source_clear) struct source source = { 0 };
    if (text[0] == '/' || strchr(text, '=') == NULL) {
        return fail(text, reterr, EXPECTED_FILE);
    }
    if (!source_parse(text, /* optional= */ false, &source, reterr)) {
        return false;
    }
    source.as_file = true;
    move_source(&source, ret_source);
    return true;
}

bool source_is_reference(const char *value)
{
    return strncmp(value, REFERENCE_PREFIX, sizeof(REFERENCE_PREFIX) - 1) == 0;
}

bool source_parse_reference(
        const char *variable, const char *value, struct source *ret_source, struct err *reterr)
{
    CLEANUP(source_clear) struct source source = { 0 };
    const struct ref_errors errors = { ERR_INPUT, variable, EXPECTED_REFERENCE };
    const char *ref = value + sizeof(REFERENCE_PREFIX) - 1;
    source.variable = strdup(variable);
    source.text = make_text(variable, value, strlen(value), "");
    source.shown = make_shown(variable, value);
    if (source.variable == NULL || source.text == NULL || source.shown == NULL) {
        return err_set_no_memory(reterr);
    }
    if (!parse_ref(ref, &errors, &source, reterr)) {
        err_set_hint(reterr, "if the value is not a reference, use --no-refs");
        return false;
    }
    move_source(&source, ret_source);
    return true;
}

bool source_is_secret_reference(const struct secret *value)
{
    return source_is_reference(secret_expose(value));
}

bool source_parse_secret_reference(const char *variable,
        const struct secret *value,
        struct source *ret_source,
        struct err *reterr)
{
    return source_parse_reference(variable, secret_expose(value), ret_source, reterr);
}

bool source_make_lock(const char *path, struct source *ret_source, struct err *reterr)
{
    struct source source = {
        .kind = SOURCE_LOCK,
        .layer = LAYER_SOURCES,
        .text = strdup(path),
        .shown = strdup(path),
    };
    *ret_source = source;
    return source.text != NULL && source.shown != NULL ? true : err_set_no_memory(reterr);
}

bool source_make_locked(const char *lock_path,
        const char *variable,
        const char *ref,
        bool as_file,
        struct source *ret_source,
        struct err *reterr)
{
    CLEANUP(source_clear)
    struct source source = { .layer = LAYER_SOURCES, .is_locked = true, .as_file = as_file };
    const struct ref_errors errors = { ERR_INPUT, lock_path, EXPECTED_LOCKED };
    source.variable = strdup(variable);
    source.text = strdup(lock_path);
    source.shown = strdup(lock_path);
    if (source.variable == NULL || source.text == NULL || source.shown == NULL) {
        return err_set_no_memory(reterr);
    }
    if (!parse_ref(ref, &errors, &source, reterr)) {
        return false;
    }
    move_source(&source, ret_source);
    return true;
}

void source_clear(struct source *source)
{
    free(source->text);
    free(source->shown);
    free(source->path);
    free(source->prefix);
    free(source->variable);
    free(source->name);
    free(source->member);
    *source = (struct source){ 0 };
}

const char *source_parameter_name(const struct source *source, size_t *ret_len)
{
    if (source->kind == SOURCE_PATH) {
        *ret_len = strlen(source->path);
        return source->path;
    }
    const char *name = arn_parameter_name(source->name);
    *ret_len = strcspn(name, ":");
    return name;
}

bool source_list_add_owned(struct source_list *list, struct source *source, struct err *reterr)
{
    struct source *items = array_grow(list->items, list->len, &list->cap, sizeof(*items));
    if (items == NULL) {
        return err_set_no_memory(reterr);
    }
    list->items = items;
    list->items[list->len++] = *source;
    *source = (struct source){ 0 };
    return true;
}

void source_list_clear(struct source_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        source_clear(&list->items[i]);
    }
    free(list->items);
    *list = (struct source_list){ 0 };
}
