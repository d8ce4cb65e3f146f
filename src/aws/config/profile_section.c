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

/* The property that holds for the key, even if its value is empty. */
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

const struct secret *profile_section_get_secret(
        const struct profile_section *section, const char *key)
{
    const struct profile_property *property = profile_section_find(section, key);
    return property == NULL ? NULL : &property->value;
}

const char *profile_section_get(const struct profile_section *section, const char *key)
{
    const struct profile_property *property = profile_section_find(section, key);
    return property == NULL ? NULL : profile_property_text(property);
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

/* A key that is longer than any of AWS's is cut, so that the end of the path and the line are not. */
static void format_where_key(
        const char *path, size_t line, const char *key, char ret_where[static PROFILE_WHERE_BYTES])
{
    static const char CUT_MARK[] = "...";
    static const size_t KEPT_MAX = PROFILE_WHERE_BYTES - KEY_SHOWN_MAX_BYTES
            - sizeof("...:18446744073709551615: ");
    size_t len = strlen(path);
    const char *kept = len > KEPT_MAX ? path + len - KEPT_MAX : path;
    (void)snprintf(ret_where, PROFILE_WHERE_BYTES, "%s%s:%zu%s%.*s", kept == path ? "" : CUT_MARK,
            kept, line, key[0] == '\0' ? "" : ": ", KEY_SHOWN_MAX_BYTES, key);
}

void profile_line_where(const char *path, size_t line, char ret_where[static PROFILE_WHERE_BYTES])
{
    format_where_key(path, line, "", ret_where);
}

void profile_section_where(
        const struct profile_section *section, char ret_where[static PROFILE_WHERE_BYTES])
{
    profile_line_where(section->path, section->line, ret_where);
}

void profile_property_where(
        const struct profile_property *property, char ret_where[static PROFILE_WHERE_BYTES])
{
    profile_line_where(property->path, property->line, ret_where);
}

void profile_property_where_key(
        const struct profile_property *property, char ret_where[static PROFILE_WHERE_BYTES])
{
    format_where_key(property->path, property->line, property->key, ret_where);
}
