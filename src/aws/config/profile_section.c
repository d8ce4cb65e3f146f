/* SPDX-License-Identifier: MIT */
#include "aws/config/profile_section.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

enum {
    KEY_SHOWN_MAX_BYTES = 64,
};

static void free_properties(struct profile_property *newest)
{
    while (newest != NULL) {
        struct profile_property *property = newest;
        newest = property->older;
        free_properties(property->newest_nested);
        secret_clear(&property->value);
        free(property);
    }
}

void profile_section_free(struct profile_section *newest)
{
    while (newest != NULL) {
        struct profile_section *section = newest;
        newest = section->older;
        free_properties(section->newest_property);
        free(section);
    }
}

/* --- look-ups --- */

static const struct profile_property *find_key(
        const struct profile_property *newest, const char *key)
{
    while (newest != NULL && !ascii_equals_ignoring_case(newest->key, key)) {
        newest = newest->older;
    }
    return newest;
}

/* The last property with the key, even if its value is empty. */
static const struct profile_property *find_in_section(
        const struct profile_section *section, const char *key)
{
    const struct profile_property *found = NULL;
    while (section != NULL && found == NULL) {
        found = find_key(section->newest_property, key);
        section = section->older_namesake;
    }
    return found;
}

static const struct profile_property *unless_empty(const struct profile_property *property)
{
    return property == NULL || secret_is_empty(&property->value) ? NULL : property;
}

const struct profile_property *profile_section_find(
        const struct profile_section *section, const char *key)
{
    return unless_empty(find_in_section(section, key));
}

const struct profile_property *profile_section_find_nested(
        const struct profile_section *section, const char *key, const char *nested_key)
{
    const struct profile_property *property = find_in_section(section, key);
    return property == NULL ? NULL : unless_empty(find_key(property->newest_nested, nested_key));
}

/* --- keys --- */

const char *const profile_credentials_keys[] = { "aws_access_key_id", "role_arn",
    "web_identity_token_file", "credential_process", "login_session", "sso_account_id",
    "sso_role_name", NULL };

static bool is_one_of(const char *key, const char *const keys[])
{
    while (*keys != NULL && !ascii_equals_ignoring_case(key, *keys)) {
        keys++;
    }
    return *keys != NULL;
}

bool profile_key_is_public(const char *key)
{
    static const char *const PUBLIC_KEYS[] = { "ca_bundle", "credential_source", "duration_seconds",
        "ec2_metadata_service_endpoint", "ec2_metadata_service_endpoint_mode", "endpoint_url",
        "external_id", "ignore_configured_endpoint_urls", "login_session", "max_attempts",
        "metadata_service_num_attempts", "metadata_service_timeout", "mfa_serial", "region",
        "retry_mode", "role_arn", "role_session_name", "sdk_ua_app_id", "services",
        "source_profile", "sso_account_id", "sso_region", "sso_role_name", "sso_session",
        "sso_start_url", "use_dualstack_endpoint", "use_fips_endpoint", "web_identity_token_file",
        NULL };
    return is_one_of(key, PUBLIC_KEYS);
}

bool profile_key_gives_credentials(const char *key)
{
    return is_one_of(key, profile_credentials_keys);
}

const char *profile_property_text(const struct profile_property *property)
{
    assert(profile_key_is_public(property->key));
    return secret_expose(&property->value);
}

/* --- places --- */

/* Truncates a long key, which cannot be one of AWS's, to keep the line number. */
static struct profile_where format_where(const struct profile_place *place, const char *key)
{
    static const size_t PATH_MAX_BYTES = PROFILE_WHERE_BYTES - KEY_SHOWN_MAX_BYTES
            - sizeof("...:18446744073709551615: ");
    struct profile_where where;
    size_t len = strlen(place->path);
    bool is_cut = len > PATH_MAX_BYTES;
    (void)snprintf(where.text, sizeof(where.text), "%s%s:%zu%s%.*s", is_cut ? "..." : "",
            is_cut ? place->path + len - PATH_MAX_BYTES : place->path, place->line,
            key[0] == '\0' ? "" : ": ", KEY_SHOWN_MAX_BYTES, key);
    return where;
}

struct profile_where profile_where(const struct profile_place *place)
{
    return format_where(place, "");
}

struct profile_where profile_where_key(const struct profile_property *property)
{
    return format_where(&property->place, property->key);
}
