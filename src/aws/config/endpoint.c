/* SPDX-License-Identifier: MIT */
#include "aws/config/endpoint.h"

#include <string.h>

#include "aws/config/settings.h"
#include "aws/region.h"
#include "base/shown.h"
#include "http/proxy.h"

enum {
    URL_MAX_BYTES = 4096,
};

struct service {
    const char *host; /* first label or labels */
    const char *fips_host;
    const char *url_variable;
    const char *section_key; /* in a services section */
};

static const struct service services[] = {
    [ENDPOINT_SSM] = { "ssm", "ssm-fips", "AWS_ENDPOINT_URL_SSM", "ssm" },
    [ENDPOINT_STS] = { "sts", "sts-fips", "AWS_ENDPOINT_URL_STS", "sts" },
    [ENDPOINT_SSO] = { "portal.sso", "portal.sso-fips", "AWS_ENDPOINT_URL_SSO", "sso" },
};

/* The services section that the profile names, which must exist; NULL if it names none. */
static bool find_services_section(const struct settings *settings,
        const struct profile_section **ret_section,
        struct err *reterr)
{
    struct setting name = { 0 };
    *ret_section = NULL;
    if (!setting_from_key(settings->profile, "services", &name)) {
        return true;
    }
    *ret_section = profile_files_find(&settings->files, PROFILE_SECTION_SERVICES, name.value);
    char shown[SHOWN_BYTES];
    return *ret_section != NULL
            || err_set(reterr, ERR_INPUT, name.where, "there is no section [services %s]",
                    shown_word(name.value, strlen(name.value), shown));
}

/* The URL that is set for the service; ret_url->value stays NULL if there is none. */
static bool find_url(const struct settings *settings,
        enum endpoint_service service,
        struct setting *ret_url,
        struct err *reterr)
{
    const struct profile_section *section = NULL;
    bool is_ignored = false;
    if (service == ENDPOINT_SSM && setting_from_option(&settings->options.endpoint_url, ret_url)) {
        return true;
    }
    if (!setting_read_switch(settings, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                "ignore_configured_endpoint_urls", &is_ignored, reterr)) {
        return false;
    }
    if (is_ignored
            || setting_from_variable(settings->environment, services[service].url_variable, ret_url)
            || setting_from_variable(settings->environment, "AWS_ENDPOINT_URL", ret_url)) {
        return true;
    }
    if (!find_services_section(settings, &section, reterr)) {
        return false;
    }
    if (!setting_from_property(
                profile_section_find_nested(section, services[service].section_key, "endpoint_url"),
                ret_url)) {
        (void)setting_from_key(settings->profile, "endpoint_url", ret_url);
    }
    return true;
}

static bool use_url(const struct settings *settings,
        const struct setting *url,
        struct uri *ret_endpoint,
        struct err *reterr)
{
    if (!uri_parse(url->value, url->where, ret_endpoint, reterr)) {
        return false;
    }
    if (!ret_endpoint->is_https && !ret_endpoint->is_loopback && !settings->options.allow_http) {
        (void)err_set(reterr, ERR_INPUT, url->where,
                "http:// to %s would send parameter values unencrypted", ret_endpoint->host);
        err_set_hint(reterr, "use https://, or --allow-http if that network may see them");
        return false;
    }
    return true;
}

static bool use_own_host(const struct service *service,
        const char *region,
        bool fips,
        bool dual_stack,
        struct uri *ret_endpoint,
        struct err *reterr)
{
    const struct partition *partition = region_partition(region);
    /* The usual endpoints of GovCloud are FIPS endpoints, except those of dual-stack. */
    bool fips_name = fips && (dual_stack || strcmp(partition->name, "aws-us-gov") != 0);
    CLEANUP(text_clear) struct text url = TEXT_INIT(512);
    text_append_format(&url, "https://%s.%s.%s", fips_name ? service->fips_host : service->host,
            region, dual_stack ? partition->dual_stack_dns_suffix : partition->dns_suffix);
    return text_check(&url, region, reterr)
            && uri_parse(text_string(&url), region, ret_endpoint, reterr);
}

/* Reports an unusable proxy before anything is sent. */
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

bool endpoint_find(const struct settings *settings,
        enum endpoint_service service,
        const char *region,
        struct uri *ret_endpoint,
        struct err *reterr)
{
    bool fips = false;
    bool dual_stack = false;
    struct setting url = { 0 };
    if (!setting_read_switch(settings, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &fips, reterr)
            || !setting_read_switch(settings, "AWS_USE_DUALSTACK_ENDPOINT",
                    "use_dualstack_endpoint", &dual_stack, reterr)
            || !find_url(settings, service, &url, reterr)) {
        return false;
    }
    if (url.value != NULL && (fips || dual_stack)) {
        return err_set(reterr, ERR_INPUT, url.where, "a custom endpoint cannot be combined with %s",
                fips ? "FIPS (AWS_USE_FIPS_ENDPOINT, use_fips_endpoint)"
                     : "dual-stack (AWS_USE_DUALSTACK_ENDPOINT, use_dualstack_endpoint)");
    }
    struct uri endpoint = { 0 };
    bool is_found = url.value != NULL
            ? use_url(settings, &url, &endpoint, reterr)
            : use_own_host(&services[service], region == NULL ? "us-east-1" : region, fips,
                    dual_stack, &endpoint, reterr);
    /* Which proxy it is may depend on the region. */
    if (!is_found || (region != NULL && !check_proxy(settings, &endpoint, reterr))) {
        uri_clear(&endpoint);
        return false;
    }
    *ret_endpoint = endpoint;
    return true;
}

const char *endpoint_unresolved_hint(const char *host)
{
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        size_t len = strlen(services[i].fips_host);
        if (strncmp(host, services[i].fips_host, len) == 0 && host[len] == '.'
                && region_is_aws_host(host)) {
            return "this is a FIPS endpoint (AWS_USE_FIPS_ENDPOINT, or use_fips_endpoint of the "
                   "profile), and most regions have none for this service";
        }
    }
    return NULL;
}
