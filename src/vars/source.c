/* SPDX-License-Identifier: MIT */
#include "vars/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "vars/var_name.h"

static const char REFERENCE_PREFIX[] = "ssm://";

enum {
    PATH_MAX_BYTES = 2048
};

static bool is_name_char(char c)
{
    return ascii_is_alnum(c) || (c != '\0' && strchr("_.-/", c) != NULL);
}

/* A path or a name: slashes single, characters those that Parameter Store allows. */
static bool check_levels(
        const char *levels, size_t len, const char *text, const char *what, struct err *reterr)
{
    if (len > PATH_MAX_BYTES) {
        return err_set(reterr, ERR_USAGE, text, "the %s is longer than %d characters", what,
                PATH_MAX_BYTES);
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_name_char(levels[i])) {
            (void)err_set(reterr, ERR_USAGE, text,
                    "'%.*s' cannot be in a %s: letters, digits, '.', '-', '_' and '/' can", 1,
                    &levels[i], what);
            return false;
        }
        if (levels[i] == '/' && i + 1 < len && levels[i + 1] == '/') {
            return err_set(reterr, ERR_USAGE, text, "the %s has two slashes in a row", what);
        }
    }
    return true;
}

static bool begins_like_ref(const char *text)
{
    return text[0] == '/' || strncmp(text, "arn:", 4) == 0;
}

/* A value that was taken for a SOURCE may be a secret: nothing behind '=' is repeated. */
static bool fail_behind_equals(
        const char *text, const char *equals, struct err *reterr, const char *why)
{
    char where[256];
    size_t len = (size_t)(equals - text) + 1;
    (void)snprintf(where, sizeof(where), "%.*s...", len > 200 ? 200 : (int)len, text);
    return err_set(reterr, ERR_USAGE, where, "%s", why);
}

static bool parse_path(const char *text, struct source *source, struct err *reterr)
{
    size_t len = strcspn(text, "=");
    const char *prefix = text[len] == '=' ? text + len + 1 : "";
    for (const char *c = prefix; *c != '\0'; c++) {
        if (!ascii_is_alnum(*c) && *c != '_') {
            (void)fail_behind_equals(text, text + len, reterr,
                    "the prefix behind '=' is not made of letters, digits and '_'");
            if (begins_like_ref(prefix)) {
                err_set_hint(reterr, "one parameter for one variable is written NAME=/path/of/it");
            }
            return false;
        }
    }
    while (len > 1 && text[len - 1] == '/') {
        len--;
    }
    if (!check_levels(text, len, text, "path", reterr)) {
        return false;
    }
    source->kind = SOURCE_PATH;
    source->path = strndup(text, len);
    source->prefix = strdup(prefix);
    return source->path != NULL && source->prefix != NULL ? true : err_set_no_memory(reterr);
}

/* Behind "parameter" in arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME; NULL if that is not it. */
static const char *arn_resource(const char *name)
{
    enum {
        SERVICE = 2,
        PARTS = 5
    };

    const char *at = name;
    for (int part = 0; part < PARTS; part++) {
        size_t len = strcspn(at, ":");
        bool is_wrong = part == SERVICE && (len != 3 || strncmp(at, "ssm", 3) != 0);
        if (at[len] == '\0' || is_wrong) {
            return NULL;
        }
        at += len + 1;
    }
    static const char resource[] = "parameter/";
    bool is_parameter = strncmp(at, resource, sizeof(resource) - 1) == 0;
    return is_parameter ? at + sizeof(resource) - 2 : NULL;
}

static bool check_selector(const char *selector, const char *text, struct err *reterr)
{
    for (const char *c = selector; *c != '\0'; c++) {
        if (!is_name_char(*c) || *c == '/') {
            return err_set(reterr, ERR_USAGE, text,
                    "\"%s\" is neither a version (digits) nor a label", selector);
        }
    }
    return selector[0] != '\0'
            ? true
            : err_set(reterr, ERR_USAGE, text, "a version or label is missing after ':'");
}

/* "/a/b:3#member": everything but the variable. */
static bool parse_ref(const char *ref, const char *text, struct source *source, struct err *reterr)
{
    size_t name_len = strcspn(ref, "#");
    source->kind = SOURCE_NAME;
    source->name = strndup(ref, name_len);
    source->member = ref[name_len] == '#' ? strdup(ref + name_len + 1) : NULL;
    if (source->name == NULL || (ref[name_len] == '#' && source->member == NULL)) {
        return err_set_no_memory(reterr);
    }
    const char *name = source->name;
    const char *levels = name;
    if (source->member != NULL && source->member[0] == '\0') {
        return err_set(reterr, ERR_USAGE, text, "the member's name is missing behind '#'");
    }
    if (strncmp(name, "arn:", 4) == 0) {
        levels = arn_resource(name);
        if (levels == NULL) {
            return err_set(reterr, ERR_USAGE, text,
                    "not the ARN of a parameter: arn:aws:ssm:REGION:ACCOUNT:parameter/NAME");
        }
    }
    size_t len = strcspn(levels, ":");
    if (len < 2 || levels[len - 1] == '/') {
        return err_set(reterr, ERR_USAGE, text, "the name of a parameter is missing");
    }
    if (!check_levels(levels, len, text, "parameter name", reterr)) {
        return false;
    }
    return levels[len] == '\0' || check_selector(levels + len + 1, text, reterr);
}

static bool parse_name(
        const char *text, size_t variable_len, struct source *source, struct err *reterr)
{
    source->variable = strndup(text, variable_len);
    if (source->variable == NULL) {
        return err_set_no_memory(reterr);
    }
    return parse_ref(text + variable_len + 1, text, source, reterr);
}

/* What is neither a path nor NAME=REF, told by what it probably was meant to be. */
static bool fail_to_read(const char *text, struct err *reterr)
{
    const char *equals = strchr(text, '=');
    if (text[0] == '\0') {
        return err_set(reterr, ERR_USAGE, NULL, "an empty SOURCE");
    }
    if (equals == NULL) {
        (void)err_set(reterr, ERR_USAGE, text, "neither a path (/prod/api) nor NAME=/path/of/one");
        err_set_hint(reterr, "is \"--\" missing before the command, or the slash before the path?");
        return false;
    }
    if (begins_like_ref(equals + 1)) {
        return err_set(reterr, ERR_USAGE, text,
                "\"%.*s\" is no variable name: letters, digits and '_', no digit first",
                (int)(equals - text), text);
    }
    if (!var_name_is_valid(text, (size_t)(equals - text))) {
        return fail_behind_equals(text, equals, reterr,
                "what stands before '=' is no variable name: letters, digits and '_', no digit "
                "first");
    }
    return fail_behind_equals(text, equals, reterr,
            "what stands behind '=' begins neither with '/' nor with \"arn:\"");
}

static void hand_over(struct source *source, struct source *ret_source)
{
    *ret_source = *source;
    *source = (struct source){ 0 };
}

bool source_parse(const char *text, bool optional, struct source *ret_source, struct err *reterr)
{
    CLEANUP(source_clear)
    struct source source = { .optional = optional, .layer = LAYER_SOURCES };
    size_t variable_len = strcspn(text, "=");
    const char *reference = text[variable_len] == '=' ? text + variable_len + 1 : "";
    bool is_reference = begins_like_ref(reference);
    source.text = strdup(text);
    if (source.text == NULL) {
        return err_set_no_memory(reterr);
    }
    bool ok = false;
    if (text[0] == '/') {
        ok = parse_path(text, &source, reterr);
    } else if (is_reference && var_name_is_valid(text, variable_len)) {
        ok = parse_name(text, variable_len, &source, reterr);
    } else {
        ok = fail_to_read(text, reterr);
    }
    if (ok) {
        hand_over(&source, ret_source);
    }
    return ok;
}

bool source_parse_file(const char *text, struct source *ret_source, struct err *reterr)
{
    CLEANUP(source_clear) struct source source = { 0 };
    if (!source_parse(text, /* optional= */ false, &source, reterr)) {
        return false;
    }
    if (source.kind != SOURCE_NAME) {
        return err_set(reterr, ERR_USAGE, text, "a file is for one parameter: NAME=/path/of/it");
    }
    source.as_file = true;
    hand_over(&source, ret_source);
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
    const char *ref = value + sizeof(REFERENCE_PREFIX) - 1;
    size_t text_bytes = strlen(variable) + strlen(value) + 2;
    source.variable = strdup(variable);
    source.text = calloc(text_bytes, 1);
    if (source.variable == NULL || source.text == NULL) {
        return err_set_no_memory(reterr);
    }
    (void)snprintf(source.text, text_bytes, "%s=%s", variable, value);
    if (!begins_like_ref(ref)) {
        (void)err_set(reterr, ERR_INPUT, variable,
                "its value begins with ssm:// and goes on neither with '/' nor with \"arn:\"");
        err_set_hint(reterr,
                "a reference is ssm:// and a name: ssm:///path/of/one; if it is none, say --no-refs");
        return false;
    }
    if (!parse_ref(ref, variable, &source, reterr)) {
        reterr->kind = reterr->kind == ERR_USAGE ? ERR_INPUT : reterr->kind;
        return false;
    }
    hand_over(&source, ret_source);
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
    struct source source = { .kind = SOURCE_LOCK, .layer = LAYER_SOURCES, .text = strdup(path) };
    *ret_source = source;
    return source.text != NULL ? true : err_set_no_memory(reterr);
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
    source.variable = strdup(variable);
    source.text = strdup(lock_path);
    if (source.variable == NULL || source.text == NULL) {
        return err_set_no_memory(reterr);
    }
    if (!parse_ref(ref, lock_path, &source, reterr)) {
        reterr->kind = reterr->kind == ERR_USAGE ? ERR_INPUT : reterr->kind;
        return false;
    }
    hand_over(&source, ret_source);
    return true;
}

void source_clear(struct source *source)
{
    free(source->text);
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
    bool is_arn = strncmp(source->name, "arn:", 4) == 0;
    const char *name = is_arn ? arn_resource(source->name) : source->name;
    *ret_len = strcspn(name, ":");
    return name;
}

bool source_list_add_take(struct source_list *list, struct source *source, struct err *reterr)
{
    if (list->len == list->cap) {
        size_t cap = list->cap == 0 ? 8 : list->cap * 2;
        struct source *items = calloc(cap, sizeof(*items));
        if (items == NULL) {
            return err_set_no_memory(reterr);
        }
        if (list->len > 0) {
            memcpy(items, list->items, list->len * sizeof(*items));
        }
        free(list->items);
        list->items = items;
        list->cap = cap;
    }
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
