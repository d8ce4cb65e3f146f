/* SPDX-License-Identifier: MIT */
#include "vars/lock.h"

#include <inttypes.h>
#include <string.h>

#include "base/arn.h"
#include "base/string_list.h"
#include "base/text.h"
#include "json/json.h"
#include "vars/var_name.h"

enum {
    TEXT_MAX_BYTES = 4096
};

/* One entry while it is read; number counts from 1. */
struct entry {
    const char *file;
    size_t number;
    struct text name;
    struct text parameter;
    int64_t version;
    bool as_file;
};

static void clear_entry(struct entry *entry)
{
    text_clear(&entry->name);
    text_clear(&entry->parameter);
}

/* Shows the name only if it is valid: in a file that is not a lock file it may be a secret. */
static bool fail(const struct entry *entry, struct err *reterr, const char *why)
{
    const char *name = text_string(&entry->name);
    bool is_shown = var_name_is_valid(name, strlen(name));
    (void)err_set(reterr, ERR_INPUT, entry->file, "variable %zu%s%s%s: %s", entry->number,
            is_shown ? " (" : "", is_shown ? name : "", is_shown ? ")" : "", why);
    err_set_hint(
            reterr, "write the file again: ssm-exec SOURCE... --dry-run --json > %s", entry->file);
    return false;
}

static bool read_text(struct json_value object, const char *member, struct text *ret_text)
{
    return json_find_text(object, member, ret_text) && ret_text->len > 0
            && strlen(text_string(ret_text)) == ret_text->len;
}

static bool read_entry(struct json_value object, struct entry *entry, struct err *reterr)
{
    struct json_value value;
    if (json_type_of(object) != JSON_OBJECT) {
        return fail(entry, reterr, "is not an object");
    }
    if (!read_text(object, "name", &entry->name)) {
        text_reset(&entry->name);
        return fail(entry, reterr, "has no \"name\"");
    }
    /* Accepts unusual names too: an inherited reference may have one. */
    if (strchr(text_string(&entry->name), '=') != NULL) {
        text_reset(&entry->name);
        return fail(entry, reterr, "its \"name\" is not a variable name");
    }
    if (!read_text(object, "parameter", &entry->parameter)) {
        return fail(entry, reterr, "has no \"parameter\"");
    }
    if (!json_find(object, "version", &value) || !json_int64(value, &entry->version)
            || entry->version < 0) {
        return fail(entry, reterr, "its \"version\" is missing or not a whole number");
    }
    if (json_find(object, "file", &value)) {
        enum json_type type = json_type_of(value);
        if (type != JSON_TRUE && type != JSON_FALSE) {
            return fail(entry, reterr, "its \"file\" is not true or false");
        }
        entry->as_file = type == JSON_TRUE;
    }
    return true;
}

/* "/a/b#member" with version 3 is "/a/b:3#member". A name without a slash gets one in front. */
static bool make_ref(const struct entry *entry, struct text *ref, struct err *reterr)
{
    const char *parameter = text_string(&entry->parameter);
    size_t name_len = strcspn(parameter, "#");
    bool is_plain = parameter[0] != '/' && !arn_has_prefix(parameter);
    text_append_string(ref, is_plain ? "/" : "");
    text_append(ref, parameter, name_len);
    if (entry->version > 0) {
        text_append_format(ref, ":%" PRId64, entry->version);
    }
    text_append_string(ref, parameter + name_len);
    return text_check(ref, entry->file, reterr);
}

static bool add_entry(const struct entry *entry, struct source_list *sources, struct err *reterr)
{
    CLEANUP(text_clear) struct text ref = TEXT_INIT(2 * TEXT_MAX_BYTES);
    CLEANUP(source_clear) struct source source = { 0 };
    if (!make_ref(entry, &ref, reterr)) {
        return false;
    }
    if (!source_make_locked(entry->file, text_string(&entry->name), text_string(&ref),
                entry->as_file, &source, reterr)) {
        const struct err cause = *reterr;
        return cause.kind == ERR_SYSTEM ? false : fail(entry, reterr, cause.why);
    }
    return source_list_add_owned(sources, &source, reterr);
}

/* ssm-exec writes each variable once: a repeated one was added by hand. */
static bool check_unique(const struct source_list *sources,
        size_t first,
        const char *file,
        struct err_list *problems)
{
    CLEANUP(string_list_clear) struct string_list names = { 0 };
    bool ok = true;
    struct err err;
    for (size_t i = first; i < sources->len; i++) {
        const char *name = sources->items[i].variable;
        if (!string_list_add(&names, name, strlen(name), &err)) {
            return err_list_add(problems, &err);
        }
    }
    string_list_sort(&names);
    for (size_t i = 1; i < names.len; i++) {
        const char *name = names.items[i];
        if (strcmp(names.items[i - 1], name) == 0) {
            bool is_shown = var_name_is_valid(name, strlen(name));
            ok = err_list_add_new(problems, ERR_INPUT, file, NULL, "%s%s occurs twice",
                    is_shown ? "the variable " : "a variable", is_shown ? name : "");
        }
    }
    return ok;
}

bool lock_parse(const struct secret *text,
        const char *file,
        struct source_list *sources,
        struct err_list *problems)
{
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct json_value variables;
    struct json_value item;
    struct err err;
    size_t cursor = 0;
    size_t number = 0;
    size_t first = sources->len;
    bool ok = true;
    if (!json_parse(text, JSON_TOKENS_FILE, file, &document, &err)) {
        err.kind = err.kind == ERR_PROTOCOL ? ERR_INPUT : err.kind;
        return err_list_add(problems, &err);
    }
    if (!json_find_typed(json_root(&document), "variables", JSON_ARRAY, &variables)) {
        return err_list_add_new(problems, ERR_INPUT, file, NULL,
                "not a lock file: expected {\"variables\": [...]}, as --dry-run --json prints it");
    }
    while (json_next_item(variables, &cursor, &item)) {
        CLEANUP(clear_entry)
        struct entry entry = { .file = file,
            .number = ++number,
            .name = TEXT_INIT(TEXT_MAX_BYTES),
            .parameter = TEXT_INIT(TEXT_MAX_BYTES) };
        if (!read_entry(item, &entry, &err) || !add_entry(&entry, sources, &err)) {
            ok = err_list_add(problems, &err);
        }
    }
    return check_unique(sources, first, file, problems) && ok;
}
