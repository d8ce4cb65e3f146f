/* SPDX-License-Identifier: MIT */
#include "aws/config/profile_mistakes.h"

#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/similar.h"

/* Keys that give none without another one. */
static const struct {
    const char *key;
    const char *lacks;
    bool is_warning; /* it has a use of its own, or no AWS tool minds it */
} HALVES[] = {
    { "aws_secret_access_key", "aws_access_key_id", false },
    { "aws_session_token", "aws_access_key_id", false },
    { "source_profile", "role_arn", false },
    { "sso_start_url", "sso_account_id and sso_role_name", false },
    { "sso_session", "sso_account_id and sso_role_name", true },
    { "credential_source", "role_arn", true },
};

/* What other tools call them. */
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

enum {
    WORD_BYTES = SIMILAR_MAX_BYTES,
    LONG_WORD_BYTES = 10, /* from here on two slips are more likely than another word */
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The letters and digits alone, in lower case: "" where there are more than fit. */
static void reduce(const char *text, char ret_word[static WORD_BYTES])
{
    size_t len = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (ascii_is_alnum(text[i]) && len + 1 == WORD_BYTES) {
            len = 0;
            break;
        }
        if (ascii_is_alnum(text[i])) {
            ret_word[len] = ascii_lower(text[i]);
            len++;
        }
    }
    ret_word[len] = '\0';
}

/* --- keys --- */

static bool is_slip(const char *key, const char *meant)
{
    char written[WORD_BYTES];
    char wanted[WORD_BYTES];
    reduce(key, written);
    reduce(meant, wanted);
    bool is_long = strlen(wanted) >= LONG_WORD_BYTES;
    return similar_distance(written, wanted) <= (is_long ? 2 : 1)
            || (is_long && strstr(written, wanted) != NULL);
}

static bool is_known(const char *key)
{
    bool is_found = profile_key_gives_credentials(key);
    for (size_t i = 0; i < COUNT_OF(HALVES); i++) {
        is_found = is_found || ascii_equals_ignoring_case(key, HALVES[i].key);
    }
    return is_found;
}

/* The key that was meant; NULL if it is known, or like none. */
static const char *find_meant(const char *key)
{
    if (is_known(key)) {
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(ALIASES); i++) {
        if (ascii_equals_ignoring_case(key, ALIASES[i].key)) {
            return ALIASES[i].meant;
        }
    }
    for (size_t i = 0; profile_credentials_keys[i] != NULL; i++) {
        if (is_slip(key, profile_credentials_keys[i])) {
            return profile_credentials_keys[i];
        }
    }
    for (size_t i = 0; i < COUNT_OF(HALVES); i++) {
        if (!HALVES[i].is_warning && is_slip(key, HALVES[i].key)) {
            return HALVES[i].key;
        }
    }
    return NULL;
}

static bool has_value(const struct profile_property *property)
{
    return !secret_is_empty(&property->value);
}

/* Whether the section was meant to give credentials. */
static bool holds_credentials(const struct profile_section *section)
{
    for (const struct profile_property *property = section->newest_property; property != NULL;
            property = property->older) {
        const char *key = property->key;
        if (has_value(property)
                && (profile_key_gives_credentials(key) || find_meant(key) != NULL)) {
            return true;
        }
    }
    return false;
}

/* --- the profile's own sections --- */

/* A key that is misspelt, or one that an empty one hides. */
static bool check_key(
        const struct profile_property *property, const char *profile_name, struct err *reterr)
{
    const char *key = property->key;
    const char *meant = find_meant(key);
    char where[PROFILE_WHERE_BYTES];
    profile_property_where(property, where);
    if (profile_key_gives_credentials(key)) {
        /* It has a value and gave nothing: the one that holds is another, and empty. */
        return err_set(reterr, ERR_CREDENTIALS, where,
                "%s is not used: the same key stands empty behind it, in this file or in the "
                "credentials file",
                key);
    }
    return meant == NULL
            || err_set(reterr, ERR_CREDENTIALS, where,
                    "profile \"%s\" has an unknown key: is %s meant?", profile_name, meant);
}

/* Half of what it takes, the other half missing. */
static bool check_half(const struct profile_property *property,
        const char *profile_name,
        struct event_sink *events,
        struct err *reterr)
{
    size_t i = 0;
    const char *key = property->key;
    while (i < COUNT_OF(HALVES) && !ascii_equals_ignoring_case(key, HALVES[i].key)) {
        i++;
    }
    if (i == COUNT_OF(HALVES)) {
        return true;
    }
    char where[PROFILE_WHERE_BYTES];
    profile_property_where(property, where);
    if (!HALVES[i].is_warning) {
        return err_set(reterr, ERR_CREDENTIALS, where, "profile \"%s\" has %s and no %s",
                profile_name, HALVES[i].key, HALVES[i].lacks);
    }
    if (events != NULL) {
        event_emit(events, EVENT_WARNING, where, "%s gives no credentials without %s",
                HALVES[i].key, HALVES[i].lacks);
    }
    return true;
}

/* Slips first: a missing half may be there under a wrong name. */
static bool check_own(const struct profile_section *section,
        const char *profile_name,
        struct event_sink *events,
        struct err *reterr)
{
    const struct profile_property *newest = section->newest_property;
    for (const struct profile_property *property = newest; property != NULL;
            property = property->older) {
        if (has_value(property) && !check_key(property, profile_name, reterr)) {
            return false;
        }
    }
    for (const struct profile_property *property = newest; property != NULL;
            property = property->older) {
        if (has_value(property) && !check_half(property, profile_name, events, reterr)) {
            return false;
        }
    }
    return true;
}

/* --- other sections --- */

/* "[profile x]", "[Profile x]", "[profilex]", "[x]": what an ignored header says, bare of its form. */
static bool is_header_of(const char *header, const char *profile_name)
{
    char written[WORD_BYTES];
    char wanted[WORD_BYTES];
    reduce(header, written);
    reduce(profile_name, wanted);
    size_t written_len = strlen(written);
    size_t wanted_len = strlen(wanted);
    if (wanted_len == 0 || written_len < wanted_len
            || strcmp(written + written_len - wanted_len, wanted) != 0) {
        return false;
    }
    written[written_len - wanted_len] = '\0';
    return written[0] == '\0' || similar_distance(written, "profile") <= 2;
}

/* "[Default]", "[defualt]"; not "[default2]", which is a name that people give. */
static bool is_slip_of_default(const char *name)
{
    static const char DEFAULT[] = "default";
    char written[WORD_BYTES];
    reduce(name, written);
    return strcmp(name, DEFAULT) != 0 && strlen(written) <= strlen(DEFAULT)
            && similar_distance(written, DEFAULT) <= 1;
}

static bool check_other(
        const struct profile_section *section, const char *profile_name, struct err *reterr)
{
    const char *why = section->ignored_because;
    const char *name = section->name;
    bool is_meant = why != NULL ? is_header_of(name, profile_name)
                                : strcmp(profile_name, "default") == 0 && is_slip_of_default(name);
    if (!is_meant || !holds_credentials(section)) {
        return true;
    }
    char where[PROFILE_WHERE_BYTES];
    profile_section_where(section, where);
    if (why != NULL) {
        return err_set(reterr, ERR_CREDENTIALS, where,
                "credentials that look like those of profile \"%s\" are not used: %s", profile_name,
                why);
    }
    return err_set(reterr, ERR_CREDENTIALS, where,
            "credentials are not used: the name of this section is not \"default\", which is the "
            "profile that is looked for");
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
