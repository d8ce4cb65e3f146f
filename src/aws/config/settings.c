/* SPDX-License-Identifier: MIT */
#include "aws/config/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/config/profile_mistakes.h"
#include "aws/region.h"
#include "aws/user_agent.h"
#include "base/home.h"
#include "base/shown.h"

enum {
    PATH_MAX_BYTES = 4096,
    ATTEMPTS_MAX = 1000000,
};

static bool find_profile(struct settings *settings, struct err *reterr)
{
    struct setting name = { 0 };
    if (!setting_from_option(&settings->options.profile, &name)
            && !setting_from_variable(settings->environment, "AWS_PROFILE", &name)) {
        (void)setting_from_variable(settings->environment, "AWS_DEFAULT_PROFILE", &name);
    }
    settings->profile_name = name.value == NULL ? "default" : name.value;
    settings->profile = profile_files_find(
            &settings->files, PROFILE_SECTION_PROFILE, settings->profile_name);
    if (settings->profile != NULL || name.value == NULL) {
        return true;
    }
    char shown[SHOWN_BYTES];
    char shown_paths[PROFILE_FILE_COUNT][SHOWN_BYTES];
    struct err mistake;
    (void)shown_word(name.value, strlen(name.value), shown);
    (void)err_set(reterr, ERR_CREDENTIALS, name.where, "there is no profile \"%s\"", shown);
    if (!profile_mistakes_check(&settings->files, name.value, /* events= */ NULL, &mistake)) {
        err_set_hint(reterr, "%s: %s", mistake.where, mistake.why);
        return false;
    }
    for (size_t i = 0; i < PROFILE_FILE_COUNT; i++) {
        const char *path = settings->files.paths[i];
        (void)shown_word(path, strlen(path), shown_paths[i]);
    }
    err_set_hint(reterr, "looked for [profile %s] in %s and [%s] in %s", shown,
            shown_paths[PROFILE_FILE_CONFIG], shown, shown_paths[PROFILE_FILE_CREDENTIALS]);
    return false;
}

static bool use_region(
        struct settings *settings, const char *region, const char *where, struct err *reterr)
{
    if (!region_check(region, where, reterr)) {
        return false;
    }
    (void)snprintf(settings->region_where, sizeof(settings->region_where), "%s", where);
    settings->region = strdup(region);
    return settings->region != NULL || err_set_no_memory(reterr);
}

static bool find_region(struct settings *settings, struct err *reterr)
{
    struct setting region = { 0 };
    if (!setting_from_option(&settings->options.region, &region)
            && !setting_from_variable(settings->environment, "AWS_REGION", &region)
            && !setting_from_variable(settings->environment, "AWS_DEFAULT_REGION", &region)
            && !setting_from_key(settings->profile, "region", &region)) {
        return true;
    }
    return use_region(settings, region.value, region.where, reterr);
}

static bool find_endpoint(struct settings *settings, struct err *reterr)
{
    return endpoint_find(settings, ENDPOINT_SSM, settings->region, &settings->ssm_endpoint, reterr);
}

bool settings_set_region(
        struct settings *settings, const char *region, const char *where, struct err *reterr)
{
    struct uri endpoint = { 0 };
    if (!region_check(region, where, reterr)
            || !endpoint_find(settings, ENDPOINT_SSM, region, &endpoint, reterr)) {
        return false;
    }
    uri_clear(&settings->ssm_endpoint);
    settings->ssm_endpoint = endpoint;
    return use_region(settings, region, where, reterr);
}

static bool check_ca_file(
        const char *path, const char *shown_path, const char *where, struct err *reterr)
{
    struct stat status = { 0 };
    char shown[SHOWN_BYTES];
    if (stat(path, &status) != 0 || access(path, R_OK) != 0) {
        return err_set_errno(reterr, ERR_INPUT, errno, where,
                "the file of trusted certificates, %s, cannot be read",
                shown_word(shown_path, strlen(shown_path), shown));
    }
    if (!S_ISREG(status.st_mode)) {
        return err_set(reterr, ERR_INPUT, where, "%s is %s; a file of PEM certificates is needed",
                shown_path, S_ISDIR(status.st_mode) ? "a directory" : "not a regular file");
    }
    return true;
}

/* SSL_CERT_FILE is OpenSSL's variable, and OpenSSL expands nothing. */
static bool find_ca_file(struct settings *settings, struct err *reterr)
{
    struct setting file = { 0 };
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    if (setting_from_option(&settings->options.ca_bundle, &file)
            || setting_from_variable(settings->environment, "AWS_CA_BUNDLE", &file)
            || setting_from_key(settings->profile, "ca_bundle", &file)) {
        if (!setting_expand_path(&file, settings->environment, &path, reterr)) {
            return false;
        }
    } else if (setting_from_variable(settings->environment, "SSL_CERT_FILE", &file)) {
        text_append_string(&path, file.value);
    } else {
        return true;
    }
    if (!text_check(&path, file.where, reterr)) {
        return false;
    }
    settings->ca_path = text_detach(&path);
    settings->ca_file.path = settings->ca_path;
    if (settings->ca_path == NULL) {
        return err_set_no_memory(reterr);
    }
    const char *shown_path = home_shown(file.value, settings->ca_path);
    return check_ca_file(settings->ca_path, shown_path, file.where, reterr)
            && pem_file_check(&settings->ca_file, shown_path, file.where, reterr);
}

static bool find_attempts(struct settings *settings, struct err *reterr)
{
    return setting_read_number(settings, "AWS_MAX_ATTEMPTS", "max_attempts", ATTEMPTS_MAX,
            &settings->attempts_max, reterr);
}

static bool make_user_agent(struct settings *settings, struct err *reterr)
{
    struct setting app = { 0 };
    (void)setting_from_variable_or_key(settings, "AWS_SDK_UA_APP_ID", "sdk_ua_app_id", &app);
    settings->user_agent = user_agent_make(settings->options.program,
            environment_get(settings->environment, "AWS_EXECUTION_ENV"), app.value);
    return settings->user_agent != NULL || err_set_no_memory(reterr);
}

bool settings_load(const struct settings_options *options,
        const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct settings *ret_settings,
        struct err_list *problems)
{
    CLEANUP(settings_clear)
    struct settings settings = { .options = *options, .environment = environment };
    if (!profile_files_load(environment, limits, events, &settings.files, problems)) {
        return false;
    }
    static bool (*const steps[])(struct settings *, struct err *) = { find_profile, find_region,
        find_endpoint, find_ca_file, find_attempts, make_user_agent };
    bool ok = true;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct err err;
        if (!steps[i](&settings, &err)) {
            err_list_add(problems, &err);
            ok = false;
        }
    }
    if (ok) {
        *ret_settings = settings;
        settings = (struct settings){ 0 };
    }
    return ok;
}

void settings_clear(struct settings *settings)
{
    profile_files_clear(&settings->files);
    uri_clear(&settings->ssm_endpoint);
    pem_file_clear(&settings->ca_file);
    free(settings->region);
    free(settings->ca_path);
    free(settings->user_agent);
    *settings = (struct settings){ 0 };
}
