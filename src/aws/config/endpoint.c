/* SPDX-License-Identifier: MIT */
#include "aws/config/endpoint.h"

#include <string.h>

#include "aws/config/switch.h"
#include "aws/region.h"
#include "base/shown.h"

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

static bool read_switch(const struct endpoint_request *request,
        const char *variable,
        const char *key,
        bool *ret_is_on,
        struct err *reterr)
{
    return switch_read(request->environment, request->profile, variable, key, ret_is_on, reterr);
}

/* The services section that the profile names; naming one that is missing is an error. */
static bool find_services_section(const struct endpoint_request *request,
        const struct profile_section **ret_section,
        struct err *reterr)
{
    const struct profile_property *naming = profile_section_find(request->profile, "services");
    *ret_section = NULL;
    if (naming == NULL) {
        return true;
    }
    const char *name = profile_property_text(naming);
    *ret_section = profile_files_find(request->files, PROFILE_SECTION_SERVICES, name);
    if (*ret_section == NULL) {
        char where[PROFILE_WHERE_BYTES];
        profile_property_where_key(naming, where);
        char shown[SHOWN_BYTES];
        return err_set(reterr, ERR_INPUT, where, "there is no section [services %s]",
                shown_word(name, strlen(name), shown));
    }
    return true;
}

static bool find_configured(const struct endpoint_request *request,
        const struct service *service,
        struct setting *ret_found,
        struct err *reterr)
{
    bool is_ignored = false;
    if (request->command_line_url != NULL
            && setting_from_option(request->command_line_url, ret_found)) {
        return true;
    }
    if (!read_switch(request, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                "ignore_configured_endpoint_urls", &is_ignored, reterr)) {
        return false;
    }
    if (is_ignored || setting_from_variable(request->environment, service->url_variable, ret_found)
            || setting_from_variable(request->environment, "AWS_ENDPOINT_URL", ret_found)) {
        return true;
    }
    const struct profile_section *section = NULL;
    if (!find_services_section(request, &section, reterr)) {
        return false;
    }
    if (!setting_from_property(
                profile_section_find_nested(section, service->section_key, "endpoint_url"),
                ret_found)) {
        (void)setting_from_key(request->profile, "endpoint_url", ret_found);
    }
    return true;
}

static bool use_configured(const struct endpoint_request *request,
        const struct setting *configured,
        struct uri *ret_endpoint,
        struct err *reterr)
{
    if (!uri_parse(configured->value, configured->where, ret_endpoint, reterr)) {
        return false;
    }
    if (!ret_endpoint->is_https && !ret_endpoint->is_loopback && !request->allow_http) {
        (void)err_set(reterr, ERR_INPUT, configured->where,
                "http:// to %s would send parameter values unencrypted", ret_endpoint->host);
        err_set_hint(reterr, "use https://, or --allow-http where that network may see them");
        uri_clear(ret_endpoint);
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
    /* GovCloud's normal endpoints are the FIPS ones, but for dual stack. */
    bool in_gov = strcmp(partition->name, "aws-us-gov") == 0;
    bool fips_name = fips && !(in_gov && !dual_stack);
    CLEANUP(text_clear) struct text url = TEXT_INIT(512);
    text_append_format(&url, "https://%s.%s.%s", fips_name ? service->fips_host : service->host,
            region, dual_stack ? partition->dual_stack_dns_suffix : partition->dns_suffix);
    return text_check(&url, region, reterr)
            && uri_parse(text_string(&url), region, ret_endpoint, reterr);
}

bool endpoint_find(const struct endpoint_request *request,
        enum endpoint_service service,
        const char *region,
        struct uri *ret_endpoint,
        struct err *reterr)
{
    bool fips = false;
    bool dual_stack = false;
    struct setting configured = { 0 };
    if (!read_switch(request, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &fips, reterr)
            || !read_switch(request, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint",
                    &dual_stack, reterr)
            || !find_configured(request, &services[service], &configured, reterr)) {
        return false;
    }
    if (configured.value == NULL) {
        return use_own_host(&services[service], region, fips, dual_stack, ret_endpoint, reterr);
    }
    if (fips || dual_stack) {
        return err_set(reterr, ERR_INPUT, configured.where,
                "a custom endpoint cannot be combined with %s",
                fips ? "FIPS (AWS_USE_FIPS_ENDPOINT, use_fips_endpoint)"
                     : "dual-stack (AWS_USE_DUALSTACK_ENDPOINT, use_dualstack_endpoint)");
    }
    return use_configured(request, &configured, ret_endpoint, reterr);
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
