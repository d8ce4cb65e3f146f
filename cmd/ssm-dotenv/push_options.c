/* SPDX-License-Identifier: MIT */
#include "push_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "migrate/pace.h"
#include "push_kinds.h"

enum {
    DEFAULT_TIMEOUT_MS = 10 * 60 * 1000,
    TAG_KEY_MAX_CHARACTERS = 128,
    TAG_VALUE_MAX_CHARACTERS = 256,
};

void *push_options_new(void)
{
    struct push_options *options = command_options_new(sizeof(*options), DEFAULT_TIMEOUT_MS);
    if (options != NULL) {
        options->rate = PACE_DEFAULT_RATE;
    }
    return options;
}

void push_options_free(void *stored)
{
    struct push_options *options = stored;
    if (options == NULL) {
        return;
    }
    for (size_t i = 0; i < options->tags.count; i++) {
        free(options->tags.keys[i]);
    }
    string_list_clear(&options->against);
    string_list_clear(&options->overwrite);
    string_list_clear(&options->allow_reuse);
    string_list_clear(&options->allow_placeholder);
    free(options);
}

static void store_rate(const struct option_given *given, int *rate, struct err_list *problems)
{
    const char *digits = given->value;
    size_t len = strlen(digits);
    long value = len > 0 && len <= 2 && digits[strspn(digits, "0123456789")] == '\0'
            ? strtol(digits, NULL, 10)
            : 0;
    if (value < 1 || value > PACE_MAX_RATE) {
        option_given_add_error(given, problems, NULL,
                "expected a whole number of writes a second, from 1 to %d", PACE_MAX_RATE);
        return;
    }
    *rate = (int)value;
}

/* --- tags --- */

/* AWS's pattern: letters, digits and blanks of any script, and these signs. Other scripts are left to AWS. */
static bool is_tag_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool is_other_script = (unsigned char)text[i] >= 0x80;
        if (!is_other_script && !ascii_is_alnum(text[i])
                && (text[i] == '\0' || strchr(" _.:/=+-@", text[i]) == NULL)) {
            return false;
        }
    }
    return true;
}

static const char *tag_fault(const char *text, size_t key_len)
{
    const char *value = text + key_len + 1;
    if (key_len == 0 || text[key_len] == '\0') {
        return "expected KEY=VALUE";
    }
    if (key_len > TAG_KEY_MAX_CHARACTERS || strlen(value) > TAG_VALUE_MAX_CHARACTERS) {
        return "a key has at most 128 characters and a value 256";
    }
    if (key_len >= 4 && strncasecmp(text, "aws:", 4) == 0) {
        return "keys that begin with aws: are AWS's own";
    }
    return is_tag_text(text, key_len) && is_tag_text(value, strlen(value))
            ? NULL
            : "only letters, digits, blanks and _.:/=+-@ can be in a tag";
}

static void store_tag(
        const struct option_given *given, struct push_tags *tags, struct err_list *problems)
{
    size_t key_len = strcspn(given->value, "=");
    const char *fault = tag_fault(given->value, key_len);
    if (fault == NULL && tags->count == SSM_TAGS_MAX) {
        fault = "a parameter has at most 50 tags";
    }
    for (size_t i = 0; fault == NULL && i < tags->count; i++) {
        const char *key = tags->items[i].key;
        fault = strlen(key) == key_len && strncmp(key, given->value, key_len) == 0
                ? "this key was given before"
                : NULL;
    }
    if (fault != NULL) {
        option_given_add_error(given, problems, NULL, "%s", fault);
        return;
    }
    char *key = strndup(given->value, key_len);
    if (key == NULL) {
        struct err err;
        (void)err_set_no_memory(&err);
        (void)err_list_add(problems, &err);
        return;
    }
    tags->keys[tags->count] = key;
    tags->items[tags->count++] = (struct ssm_tag){ key, given->value + key_len + 1 };
}

void push_options_store(const struct option_given *given, void *stored, struct err_list *problems)
{
    struct push_options *options = stored;
    switch (given->option->kind) {
    case KIND_PUSH_TAG:
        store_tag(given, &options->tags, problems);
        break;
    case KIND_PUSH_RATE:
        store_rate(given, &options->rate, problems);
        break;
    default:
        command_options_store(given, options, problems);
        break;
    }
}

void push_options_check(const void *stored, struct err_list *problems)
{
    const struct push_options *options = stored;
    const struct option_given nothing = { .table = push_table.options };
    const struct command_needed needed[] = {
        { options->env_file, "--env-file", "ssm-dotenv push --env-file .env.production prod.map" },
        { options->map, "MAP",
                "write it last: ssm-dotenv push --env-file .env.production prod.map" },
    };
    command_options_check_needed(push_table.options, needed, 2, problems);
    command_options_check_inputs(
            push_table.options, options->map, options->env_file, &options->against, problems);
    if (options->blind && options->overwrite.len > 0) {
        option_given_add_error(&nothing, problems,
                "without reading nothing can be compared: remove one of them",
                "--blind and --overwrite exclude each other");
    }
}
