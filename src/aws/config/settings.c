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
#include "base/ascii.h"
#include "base/home.h"
#include "base/shown.h"
#include "http/proxy.h"

enum {
    URL_MAX_BYTES = 4096,
    PATH_MAX_BYTES = 4096
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
    const char *config = profile_files_path(&settings->files, PROFILE_FILE_CONFIG);
    const char *credentials = profile_files_path(&settings->files, PROFILE_FILE_CREDENTIALS);
    char shown[SHOWN_BYTES];
    (void)shown_word(name.value, strlen(name.value), shown);
    (void)err_set(reterr, ERR_CREDENTIALS, name.where, "there is no profile \"%s\"", shown);
    struct err dropped;
    if (!profile_mistakes_check(&settings->files, name.value, /* events= */ NULL, &dropped)) {
        err_set_hint(reterr, "%s: %s", dropped.where, dropped.why);
        return false;
    }
    char shown_config[SHOWN_BYTES];
    char shown_credentials[SHOWN_BYTES];
    config = config == NULL ? "~/.aws/config" : config;
    credentials = credentials == NULL ? "~/.aws/credentials" : credentials;
    err_set_hint(reterr, "looked for [profile %s] in %s and [%s] in %s", shown,
            shown_word(config, strlen(config), shown_config), shown,
            shown_word(credentials, strlen(credentials), shown_credentials));
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
    return settings->region != NULL ? true : err_set_no_memory(reterr);
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

static bool find_uri(const struct settings *settings,
        enum endpoint_service service,
        const char *region,
        struct uri *ret_endpoint,
        struct err *reterr)
{
    const struct endpoint_request request = {
        .environment = settings->environment,
        .files = &settings->files,
        .profile = settings->profile,
        .command_line_url = service == ENDPOINT_SSM ? &settings->options.endpoint_url : NULL,
        .allow_http = settings->options.allow_http,
    };
    return endpoint_find(&request, service, region, ret_endpoint, reterr);
}

/* A proxy that cannot be used is found out before anything is asked for. */
static bool check_proxy(
        const struct settings *settings, const struct uri *endpoint, struct err *reterr)
{
    CLEANUP(proxy_clear) struct proxy proxy = PROXY_INIT;
    CLEANUP(text_clear) struct text url = TEXT_INIT(URL_MAX_BYTES);
    text_append_format(
            &url, "%s://%s/", endpoint->is_https ? "https" : "http", endpoint->authority);
    return endpoint->is_loopback
            || proxy_find(settings->environment, text_string(&url), &proxy, reterr);
}

bool settings_find_endpoint(const struct settings *settings,
        enum endpoint_service service,
        const char *region,
        struct uri *ret_endpoint,
        struct err *reterr)
{
    if (!find_uri(settings, service, region, ret_endpoint, reterr)) {
        return false;
    }
    if (!check_proxy(settings, ret_endpoint, reterr)) {
        uri_clear(ret_endpoint);
        return false;
    }
    return true;
}

static bool find_endpoint(struct settings *settings, struct err *reterr)
{
    /* Without a region a configured endpoint can still be checked: report all at once. */
    return settings->region != NULL
            ? settings_find_endpoint(
                    settings, ENDPOINT_SSM, settings->region, &settings->ssm_endpoint, reterr)
            : find_uri(settings, ENDPOINT_SSM, "us-east-1", &settings->ssm_endpoint, reterr);
}

bool settings_set_region(
        struct settings *settings, const char *region, const char *where, struct err *reterr)
{
    struct uri endpoint = { 0 };
    if (!region_check(region, where, reterr)
            || !settings_find_endpoint(settings, ENDPOINT_SSM, region, &endpoint, reterr)) {
        return false;
    }
    if (!use_region(settings, region, where, reterr)) {
        uri_clear(&endpoint);
        return false;
    }
    uri_clear(&settings->ssm_endpoint);
    settings->ssm_endpoint = endpoint;
    return true;
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
        return err_set(reterr, ERR_INPUT, where, "%s is %s; a file of PEM certificates is wanted",
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
    settings->ca_path = text_take(&path);
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
    struct setting attempts = { 0 };
    if (!setting_from_variable(settings->environment, "AWS_MAX_ATTEMPTS", &attempts)
            && !setting_from_key(settings->profile, "max_attempts", &attempts)) {
        return true;
    }
    char *end = NULL;
    errno = 0;
    long number = ascii_is_digit(attempts.value[0]) ? strtol(attempts.value, &end, 10) : 0;
    if (number < 1 || number > 1000000 || errno != 0 || *end != '\0') {
        char shown[SHOWN_BYTES];
        return err_set(reterr, ERR_INPUT, attempts.where,
                "\"%s\" is not a number of tries: a whole number from 1 on is wanted",
                shown_word(attempts.value, strlen(attempts.value), shown));
    }
    settings->attempts_max = (int)number;
    return true;
}

static bool find_user_agent(struct settings *settings, struct err *reterr)
{
    struct setting app = { 0 };
    if (!setting_from_variable(settings->environment, "AWS_SDK_UA_APP_ID", &app)) {
        (void)setting_from_key(settings->profile, "sdk_ua_app_id", &app);
    }
    settings->user_agent = user_agent_make(
            environment_get(settings->environment, "AWS_EXECUTION_ENV"), app.value);
    return settings->user_agent != NULL ? true : err_set_no_memory(reterr);
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
        find_endpoint, find_ca_file, find_attempts, find_user_agent };
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
