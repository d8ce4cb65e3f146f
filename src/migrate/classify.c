/* SPDX-License-Identifier: MIT */
#include "migrate/classify.h"

#include <assert.h>
#include <string.h>

#include "base/ascii.h"
#include "base/span.h"
#include "migrate/map.h"
#include "migrate/name_words.h"
#include "migrate/value_shape.h"
#include "vars/guard.h"
#include "vars/source.h"

struct subject {
    enum name_says says;
    bool is_published; /* by the prefix of its name */
    bool has_value;    /* and it is not empty */
    struct span value;
    bool is_placeholder;
};

static struct span value_of(const struct secret *value)
{
    return value == NULL ? (struct span){ "", 0 }
                         : (struct span){ secret_expose(value), secret_len(value) };
}

static struct classification found(enum classify_kind kind, enum classify_why why)
{
    return (struct classification){ .kind = kind, .why = why };
}

/* The reason why the value is a secret whatever its name, or CLASSIFY_NO_REASON. */
static enum classify_why secret_shape(struct span value)
{
    if (value_shape_is_private_key(value)) {
        return CLASSIFY_PRIVATE_KEY;
    }
    if (value_shape_is_token(value)) {
        return CLASSIFY_TOKEN_SHAPE;
    }
    if (value_shape_is_jwt(value)) {
        return CLASSIFY_JWT;
    }
    return value_shape_has_password(value) ? CLASSIFY_URL_PASSWORD : CLASSIFY_NO_REASON;
}

/* Services publish some keys that have the shape of secrets: behind such a name it is intended. */
static bool is_meant_to_be_published(const struct subject *subject, enum classify_why why)
{
    bool is_google_key = why == CLASSIFY_TOKEN_SHAPE && span_starts_with(subject->value, "AIza");
    return (subject->is_published && is_google_key)
            || (why == CLASSIFY_JWT && subject->says == NAME_SAYS_PUBLIC);
}

static bool is_secret_by_name(const struct subject *subject)
{
    bool says_secret = subject->says == NAME_SAYS_SECRET
            || (subject->says == NAME_SAYS_SERVICE_SECRET && !subject->is_published);
    return says_secret && !value_shape_is_boolean(subject->value)
            && !value_shape_is_small_number(subject->value);
}

static bool is_likely_by_name(const struct subject *subject)
{
    if (subject->says == NAME_SAYS_URL) {
        return !subject->has_value;
    }
    return subject->says == NAME_SAYS_KEY && !value_shape_is_boolean(subject->value)
            && !value_shape_is_small_number(subject->value)
            && !(value_shape_is_plain_word(subject->value) && !subject->is_placeholder);
}

/* Whether what the value looks like is the whole answer: a name such as API_URL says nothing more. */
static struct classification config_by_value(struct span value)
{
    if (value_shape_is_boolean(value)) {
        return found(CLASSIFY_CONFIG, CLASSIFY_BOOLEAN);
    }
    if (value_shape_is_number(value)) {
        return found(CLASSIFY_CONFIG, CLASSIFY_NUMBER);
    }
    if (value_shape_is_host(value)) {
        return found(CLASSIFY_CONFIG, CLASSIFY_HOSTNAME);
    }
    return value_shape_is_path(value) ? found(CLASSIFY_CONFIG, CLASSIFY_PATH)
                                      : found(CLASSIFY_UNKNOWN, CLASSIFY_NO_REASON);
}

static struct classification decide(const struct subject *subject)
{
    enum classify_why shape = secret_shape(subject->value);
    if (shape != CLASSIFY_NO_REASON && !is_meant_to_be_published(subject, shape)) {
        return found(CLASSIFY_SECRET, shape);
    }
    bool is_by_name = is_secret_by_name(subject);
    if (is_by_name && !subject->is_placeholder) {
        return found(CLASSIFY_SECRET, CLASSIFY_NAME);
    }
    if (subject->is_published && !is_by_name) {
        return found(CLASSIFY_PUBLIC, CLASSIFY_PREFIX);
    }
    if (value_shape_is_published_token(subject->value)) {
        return found(CLASSIFY_PUBLIC, CLASSIFY_TOKEN_SHAPE);
    }
    if (subject->says == NAME_SAYS_PUBLIC) {
        return found(CLASSIFY_PUBLIC, CLASSIFY_NAME);
    }
    if (is_by_name) {
        return found(CLASSIFY_LIKELY, CLASSIFY_NAME);
    }
    if (subject->says == NAME_SAYS_REVISION) {
        return found(CLASSIFY_CONFIG, CLASSIFY_NAME);
    }
    if (value_shape_is_random(subject->value) && !subject->is_placeholder) {
        return found(CLASSIFY_LIKELY, CLASSIFY_ENTROPY);
    }
    if (is_likely_by_name(subject)) {
        return subject->says == NAME_SAYS_URL ? found(CLASSIFY_LIKELY, CLASSIFY_NAME)
                                              : found(CLASSIFY_LIKELY, CLASSIFY_NAME_KEY);
    }
    if (subject->says == NAME_SAYS_CONFIG || subject->says == NAME_SAYS_URL) {
        return found(CLASSIFY_CONFIG, CLASSIFY_NAME);
    }
    return config_by_value(subject->value);
}

/* Whether the value has $NAME or ${ and a name, as dotenv-expand, Compose and shells expand them. */
static bool has_expansion(struct span value)
{
    for (size_t i = 0; i + 1 < value.len; i++) {
        bool is_escaped = i > 0 && value.bytes[i - 1] == '\\';
        size_t name = i + 1 + (value.bytes[i + 1] == '{');
        if (value.bytes[i] == '$' && !is_escaped && name < value.len
                && (ascii_is_letter(value.bytes[name]) || value.bytes[name] == '_')) {
            return true;
        }
    }
    return false;
}

static unsigned notes_of(const struct classify_variable *variable, const struct subject *subject)
{
    struct span value = subject->value;
    size_t len = value.len;
    unsigned notes = 0;
    notes |= variable->value != NULL && len == 0 ? CLASSIFY_EMPTY : 0;
    notes |= len > MAP_ADVANCED_MAX_BYTES  ? CLASSIFY_IMPOSSIBLE
            : len > MAP_STANDARD_MAX_BYTES ? CLASSIFY_BIG
                                           : 0;
    notes |= memmem(value.bytes, len, "{{", 2) != NULL ? CLASSIFY_CURLY : 0;
    notes |= has_expansion(value) ? CLASSIFY_EXPANDS : 0;
    notes |= variable->has_inner_hash ? CLASSIFY_HASH : 0;
    notes |= memchr(value.bytes, '\n', len) != NULL ? CLASSIFY_MULTILINE : 0;
    notes |= subject->is_placeholder ? CLASSIFY_PLACEHOLDER : 0;
    notes |= guard_is_guarded(variable->name) ? CLASSIFY_GUARDED : 0;
    notes |= name_words_are_aws_credentials(variable->name) || value_shape_is_aws_key_id(value)
            ? CLASSIFY_CREDENTIALS
            : 0;
    return notes;
}

struct classification classify(const struct classify_variable *variable)
{
    struct span value = value_of(variable->value);
    struct subject subject = {
        .says = name_words_say(variable->name),
        .is_published = name_words_are_published(variable->name),
        .has_value = value.len > 0,
        .value = value,
        .is_placeholder = value_shape_is_placeholder(value),
    };
    /* A reference is a name, which says nothing about the value that it stands for. */
    bool is_reference = variable->value != NULL && source_is_secret_reference(variable->value);
    if (is_reference) {
        subject.value = (struct span){ "", 0 };
        subject.has_value = false;
        subject.is_placeholder = false;
    }
    struct classification result = decide(&subject);
    result.notes = notes_of(variable, &subject);
    if (is_reference) {
        result.notes = (result.notes & ~(unsigned)CLASSIFY_EMPTY) | CLASSIFY_REFERENCE;
    }
    if (result.kind == CLASSIFY_SECRET && subject.is_published) {
        result.notes |= CLASSIFY_PUBLISHED;
    }
    return result;
}

bool classify_refers_to(const struct secret *value, const char *name)
{
    struct span text = value_of(value);
    size_t len = strlen(name);
    for (size_t i = 0; i < text.len; i++) {
        struct span rest = span_skip(text, i + 1);
        if (text.bytes[i] != '$' || (i > 0 && text.bytes[i - 1] == '\\')) {
            continue;
        }
        if (span_starts_with(rest, "{")) {
            rest = span_skip(rest, 1);
        }
        if (span_starts_with(rest, name)
                && (rest.len == len
                        || !(ascii_is_alnum(rest.bytes[len]) || rest.bytes[len] == '_'))) {
            return true;
        }
    }
    return false;
}

const char *classify_kind_word(enum classify_kind kind)
{
    static const char *const words[CLASSIFY_KINDS] = {
        [CLASSIFY_UNKNOWN] = "unknown",
        [CLASSIFY_SECRET] = "secret",
        [CLASSIFY_LIKELY] = "likely",
        [CLASSIFY_CONFIG] = "config",
        [CLASSIFY_PUBLIC] = "public",
    };
    return words[kind];
}

const char *classify_why_word(enum classify_why why)
{
    static const char *const words[CLASSIFY_WHYS] = {
        [CLASSIFY_NO_REASON] = "-",
        [CLASSIFY_PRIVATE_KEY] = "private-key",
        [CLASSIFY_TOKEN_SHAPE] = "token-shape",
        [CLASSIFY_JWT] = "jwt",
        [CLASSIFY_URL_PASSWORD] = "url-password",
        [CLASSIFY_NAME] = "name",
        [CLASSIFY_ENTROPY] = "entropy",
        [CLASSIFY_NAME_KEY] = "name-key",
        [CLASSIFY_BOOLEAN] = "boolean",
        [CLASSIFY_NUMBER] = "number",
        [CLASSIFY_HOSTNAME] = "hostname",
        [CLASSIFY_PATH] = "path",
        [CLASSIFY_PREFIX] = "prefix",
    };
    return words[why];
}

const char *classify_note_word(enum classify_note note)
{
    static const char *const words[CLASSIFY_NOTE_COUNT] = { "empty", "big", "impossible", "curly",
        "expands", "hash", "multiline", "placeholder", "reference", "guarded", "credentials",
        "published" };
    unsigned at = 0;
    while (at < CLASSIFY_NOTE_COUNT && note != (enum classify_note)(1U << at)) {
        at++;
    }
    assert(at < CLASSIFY_NOTE_COUNT);
    return words[at];
}
