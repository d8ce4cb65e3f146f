/* SPDX-License-Identifier: MIT */
#include "aws/config/profile_mistakes.h"

#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/similar.h"

enum {
    WORD_BYTES = SIMILAR_MAX_BYTES,
    LONG_WORD_BYTES = 10, /* in such a word, two wrong letters are more likely than another word */
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Keys that give no credentials without another key. */
struct half {
    const char *key;
    const char *missing;
    bool is_warning; /* the key has another use too, or every AWS tool accepts it */
};

static const struct half HALVES[] = {
    { "aws_secret_access_key", "aws_access_key_id", false },
    { "aws_session_token", "aws_access_key_id", false },
    { "source_profile", "role_arn", false },
    { "sso_start_url", "sso_account_id and sso_role_name", false },
    { "sso_session", "sso_account_id and sso_role_name", true },
    { "credential_source", "role_arn", true },
};

/* Names that other tools use. */
static const struct {
    const char *key;
    const char *meant;
} ALIASES[] = {
    { "aws_secret_key", "aws_secret_access_key" },
    { "access_key_id", "aws_access_key_id" },
    { "access_key", "aws_access_key_id" },
    { "secret_access_key", "aws_secret_access_key" },
    { "secret_key", "aws_secret_access_key" },
    { "session_token", "aws_session_token" },
};

/* --- words --- */

/* Only the letters and digits, in lower case; "" if there are more than fit. */
static void normalize(const char *text, char ret_word[static WORD_BYTES])
{
    size_t len = 0;
    for (; *text != '\0' && len < WORD_BYTES; text++) {
        if (ascii_is_alnum(*text)) {
            ret_word[len++] = ascii_lower(*text);
        }
    }
    ret_word[len < WORD_BYTES ? len : 0] = '\0';
}

static bool is_misspelling(const char *key, const char *meant)
{
    char written[WORD_BYTES];
    char wanted[WORD_BYTES];
    normalize(key, written);
    normalize(meant, wanted);
    bool is_long = strlen(wanted) >= LONG_WORD_BYTES;
    return similar_distance(written, wanted) <= (is_long ? 2 : 1)
            || (is_long && strstr(written, wanted) != NULL);
}

/* Whether an ignored header may mean the profile: "profile x", "Profile x", "profilex", "x". */
static bool is_header_of(const char *header, const char *profile_name)
{
    char written[WORD_BYTES];
    char wanted[WORD_BYTES];
    normalize(header, written);
    normalize(profile_name, wanted);
    size_t written_len = strlen(written);
    size_t wanted_len = strlen(wanted);
    if (wanted_len == 0 || written_len < wanted_len
            || strcmp(written + written_len - wanted_len, wanted) != 0) {
        return false;
    }
    written[written_len - wanted_len] = '\0';
    return written[0] == '\0' || similar_distance(written, "profile") <= 2;
}

/* "Default", "defualt"; not "default2", which is likely another profile. */
static bool is_misspelt_default(const char *name)
{
    static const char DEFAULT[] = "default";
    char written[WORD_BYTES];
    normalize(name, written);
    return strcmp(name, DEFAULT) != 0 && strlen(written) <= strlen(DEFAULT)
            && similar_distance(written, DEFAULT) <= 1;
}

/* --- keys --- */

static const struct half *find_half(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(HALVES); i++) {
        if (ascii_equals_ignoring_case(key, HALVES[i].key)) {
            return &HALVES[i];
        }
    }
    return NULL;
}

/* The key that an unknown key was probably meant to be; NULL for a known one, or if none is similar. */
static const char *find_intended(const char *key)
{
    if (profile_key_gives_credentials(key) || find_half(key) != NULL) {
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(ALIASES); i++) {
        if (ascii_equals_ignoring_case(key, ALIASES[i].key)) {
            return ALIASES[i].meant;
        }
    }
    for (size_t i = 0; profile_credentials_keys[i] != NULL; i++) {
        if (is_misspelling(key, profile_credentials_keys[i])) {
            return profile_credentials_keys[i];
        }
    }
    for (size_t i = 0; i < COUNT_OF(HALVES); i++) {
        if (!HALVES[i].is_warning && is_misspelling(key, HALVES[i].key)) {
            return HALVES[i].key;
        }
    }
    return NULL;
}

static bool has_value(const struct profile_property *property)
{
    return !secret_is_empty(&property->value);
}

/* Rejects a misspelt key, and one with credentials that a later empty value hides. */
static bool check_key(
        const struct profile_property *property, const char *profile_name, struct err *reterr)
{
    const char *meant = find_intended(property->key);
    if (profile_key_gives_credentials(property->key)) {
        return err_set(reterr, ERR_CREDENTIALS, profile_where(&property->place).text,
                "%s is not used: a later line sets the same key to an empty value, in this file or in "
                "the credentials file",
                property->key);
    }
    return meant == NULL
            || err_set(reterr, ERR_CREDENTIALS, profile_where(&property->place).text,
                    "profile \"%s\" has an unknown key: did you mean %s?", profile_name, meant);
}

static bool check_half(const struct profile_property *property,
        const char *profile_name,
        struct event_sink *events,
        struct err *reterr)
{
    const struct half *half = find_half(property->key);
    if (half != NULL && !half->is_warning) {
        return err_set(reterr, ERR_CREDENTIALS, profile_where(&property->place).text,
                "profile \"%s\" has %s but no %s", profile_name, half->key, half->missing);
    }
    if (half != NULL && events != NULL) {
        event_emit(events, EVENT_WARNING, profile_where(&property->place).text,
                "%s gives no credentials without %s", half->key, half->missing);
    }
    return true;
}

/* --- sections --- */

/* Misspelt keys first: the missing half may be present under a wrong name. */
static bool check_own(const struct profile_section *section,
        const char *profile_name,
        struct event_sink *events,
        struct err *reterr)
{
    const struct profile_property *newest = section->newest_property;
    for (const struct profile_property *at = newest; at != NULL; at = at->older) {
        if (has_value(at) && !check_key(at, profile_name, reterr)) {
            return false;
        }
    }
    for (const struct profile_property *at = newest; at != NULL; at = at->older) {
        if (has_value(at) && !check_half(at, profile_name, events, reterr)) {
            return false;
        }
    }
    return true;
}

static bool is_meant_to_give_credentials(const struct profile_section *section)
{
    const struct profile_property *at = section->newest_property;
    while (at != NULL
            && !(has_value(at)
                    && (profile_key_gives_credentials(at->key)
                            || find_intended(at->key) != NULL))) {
        at = at->older;
    }
    return at != NULL;
}

static bool check_other(
        const struct profile_section *section, const char *profile_name, struct err *reterr)
{
    const char *why = section->ignored_because;
    bool is_meant = why != NULL
            ? is_header_of(section->name, profile_name)
            : strcmp(profile_name, "default") == 0 && is_misspelt_default(section->name);
    if (!is_meant || !is_meant_to_give_credentials(section)) {
        return true;
    }
    const struct profile_where where = profile_where(&section->place);
    if (why != NULL) {
        return err_set(reterr, ERR_CREDENTIALS, where.text,
                "credentials that look like those of profile \"%s\" are not used: %s", profile_name,
                why);
    }
    return err_set(reterr, ERR_CREDENTIALS, where.text,
            "credentials are not used: this section is not named \"default\", the profile in use");
}

bool profile_mistakes_check(const struct profile_files *files,
        const char *profile_name,
        struct event_sink *events,
        struct err *reterr)
{
    for (const struct profile_section *section = files->newest_section; section != NULL;
            section = section->older) {
        bool is_own = section->ignored_because == NULL && section->kind == PROFILE_SECTION_PROFILE
                && strcmp(section->name, profile_name) == 0;
        bool is_sound = is_own ? check_own(section, profile_name, events, reterr)
                               : check_other(section, profile_name, reterr);
        if (!is_sound) {
            return false;
        }
    }
    return true;
}
