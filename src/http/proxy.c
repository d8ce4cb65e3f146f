/* SPDX-License-Identifier: MIT */
#include "http/proxy.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "http/no_proxy.h"

struct scheme {
    const char *name;
    unsigned int port;
    bool is_tls;
};

/* The first one is the default. */
static const struct scheme schemes[] = {
    { "http", 80, false },
    { "https", 443, true },
    { "socks4", 1080, false },
    { "socks4a", 1080, false },
    { "socks5", 1080, false },
    { "socks5h", 1080, false },
};

/* Words that people write to say that there is no proxy. */
static const char *const words_for_none[] = { "none", "no", "off", "false", "null", "nil",
    "undefined", "disabled", "disable", "direct", "0", "-" };

/* A part of a text. */
struct part {
    const char *start;
    size_t len;
};

struct parsed {
    const struct scheme *scheme;
    struct part user; /* start is NULL if there is none */
    struct part password;
    struct part host;
    unsigned int port;
};

static bool refuse(const char *variable, const char *why, struct err *reterr)
{
    return err_set(reterr, ERR_INPUT, variable,
            "not the URL of a proxy such as http://proxy.example:3128: %s", why);
}

/* --- values that are not URLs --- */

static bool check_quotes_and_blanks(const char *value, const char *variable, struct err *reterr)
{
    size_t len = strlen(value);
    if (value[0] == '"' || value[0] == '\'' || value[len - 1] == '"' || value[len - 1] == '\'') {
        (void)refuse(variable, "it begins or ends with a quotation mark", reterr);
        err_set_hint(reterr,
                "remove the quotation marks: only a shell strips them (docker --env-file and "
                "compose files keep them)");
        return false;
    }
    if (ascii_is_space(value[0]) || ascii_is_space(value[len - 1])) {
        return refuse(variable, "it begins or ends with a blank", reterr);
    }
    for (size_t i = 0; i < len; i++) {
        if (ascii_is_space(value[i]) || ascii_is_control(value[i])) {
            return refuse(variable, "it holds a blank or a control character", reterr);
        }
    }
    return true;
}

static bool check_words(const char *value, const char *variable, struct err *reterr)
{
    for (size_t i = 0; i < sizeof(words_for_none) / sizeof(words_for_none[0]); i++) {
        if (strcasecmp(value, words_for_none[i]) == 0) {
            (void)err_set(reterr, ERR_INPUT, variable,
                    "\"%s\" is not the URL of a proxy such as http://proxy.example:3128", value);
            err_set_hint(reterr, "to use no proxy, unset it; to exclude some hosts, set NO_PROXY");
            return false;
        }
    }
    return true;
}

/* --- the parts of a URL --- */

static bool read_scheme(
        const char **at, const struct scheme **ret_scheme, const char *variable, struct err *reterr)
{
    size_t len = strspn(*at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");
    *ret_scheme = &schemes[0];
    if (strncmp(*at, "//", 2) == 0) {
        *at += 2;
        return true;
    }
    if (strncmp(*at + len, "://", 3) != 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strlen(schemes[i].name) == len && strncasecmp(*at, schemes[i].name, len) == 0) {
            *ret_scheme = &schemes[i];
            *at += len + 3;
            return true;
        }
    }
    return refuse(variable,
            "its scheme is not one of http, https, socks4, socks4a, socks5, socks5h", reterr);
}

/* Cuts user:password@ off the authority. It ends at the last '@'; the first ':' separates the two. */
static void cut_user(struct part *authority, struct parsed *parsed)
{
    const char *at = memrchr(authority->start, '@', authority->len);
    if (at == NULL) {
        return;
    }
    size_t len = (size_t)(at - authority->start);
    const char *colon = memchr(authority->start, ':', len);
    size_t user_len = colon == NULL ? len : (size_t)(colon - authority->start);
    if (len > 0) {
        parsed->user = (struct part){ authority->start, user_len };
        parsed->password = (struct part){ colon == NULL ? at : colon + 1,
            colon == NULL ? 0 : len - user_len - 1 };
    }
    authority->start = at + 1;
    authority->len -= len + 1;
}

static bool cut_port(
        struct part *authority, struct parsed *parsed, const char *variable, struct err *reterr)
{
    const char *end = authority->start + authority->len;
    const char *bracket = memrchr(authority->start, ']', authority->len);
    const char *from = bracket == NULL ? authority->start : bracket;
    const char *colon = memrchr(from, ':', (size_t)(end - from));
    parsed->port = parsed->scheme->port;
    if (colon == NULL) {
        return true;
    }
    size_t digits = (size_t)(end - colon - 1);
    authority->len = (size_t)(colon - authority->start);
    if (digits == 0) {
        return true;
    }
    bool is_number = digits <= 5 && strspn(colon + 1, "0123456789") >= digits;
    unsigned long port = is_number ? strtoul(colon + 1, NULL, 10) : 0;
    if (port < 1 || port > 65535) {
        return refuse(variable, "the port is not a number from 1 to 65535", reterr);
    }
    parsed->port = (unsigned int)port;
    return true;
}

static bool is_ipv6_address(struct part host)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char ignored[sizeof(struct in6_addr)];
    if (host.len < 3 || host.len - 2 >= sizeof(text) || host.start[host.len - 1] != ']') {
        return false;
    }
    memcpy(text, host.start + 1, host.len - 2);
    text[host.len - 2] = '\0';
    return inet_pton(AF_INET6, text, ignored) == 1;
}

/* Accepts names that are not ASCII: libcurl or the resolver judges those. */
static bool is_host(struct part host)
{
    if (host.len > 0 && host.start[0] == '[') {
        return is_ipv6_address(host);
    }
    for (size_t i = 0; i < host.len; i++) {
        char c = host.start[i];
        bool is_ascii = (unsigned char)c < 0x80;
        if (is_ascii && !ascii_is_alnum(c) && c != '.' && c != '-' && c != '_') {
            return false;
        }
    }
    return host.len > 0;
}

/* Whether a control character is percent-encoded in it. A NUL would truncate what libcurl sends. */
static bool has_encoded_control(struct part part)
{
    for (size_t i = 0; i + 2 < part.len; i++) {
        int high = ascii_hex_value(part.start[i + 1]);
        int low = ascii_hex_value(part.start[i + 2]);
        if (part.start[i] == '%' && high >= 0 && low >= 0
                && ascii_is_control((char)(high * 16 + low))) {
            return true;
        }
    }
    return false;
}

static bool parse(
        const char *value, const char *variable, struct parsed *ret_parsed, struct err *reterr)
{
    struct parsed parsed = { 0 };
    const char *at = value;
    if (!check_quotes_and_blanks(value, variable, reterr) || !check_words(value, variable, reterr)
            || !read_scheme(&at, &parsed.scheme, variable, reterr)) {
        return false;
    }
    struct part authority = { at, strcspn(at, "/?#") };
    bool has_later_at = strchr(at + authority.len, '@') != NULL;
    cut_user(&authority, &parsed);
    bool is_good = cut_port(&authority, &parsed, variable, reterr);
    parsed.host = authority;
    if (is_good && !is_host(parsed.host)) {
        is_good = refuse(variable, "the host name is missing or not valid", reterr);
    }
    if (is_good && (has_encoded_control(parsed.user) || has_encoded_control(parsed.password))) {
        is_good = refuse(
                variable, "the user name or the password holds a control character", reterr);
    }
    if (!is_good && has_later_at) {
        err_set_hint(reterr, "write '/', '?' and '#' in a password as %%2F, %%3F and %%23");
    }
    *ret_parsed = parsed;
    return is_good;
}

/* --- the URL that libcurl gets --- */

/* Keeps what is percent-encoded; encodes any other '%', and characters that a URL may not have. */
static void append_encoded(struct secret *url, struct part part)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    for (size_t i = 0; i < part.len; i++) {
        char c = part.start[i];
        bool is_encoded = c == '%' && i + 2 < part.len && ascii_hex_value(part.start[i + 1]) >= 0
                && ascii_hex_value(part.start[i + 2]) >= 0;
        if (is_encoded || ascii_is_alnum(c) || (c != '\0' && strchr("-._~", c) != NULL)) {
            secret_append_char(url, c);
            continue;
        }
        unsigned char byte = (unsigned char)c;
        secret_append_char(url, '%');
        secret_append_char(url, DIGITS[byte >> 4]);
        secret_append_char(url, DIGITS[byte & 15]);
    }
}

static bool write_urls(const struct parsed *parsed, struct proxy *proxy, struct err *reterr)
{
    CLEANUP(text_clear) struct text host = TEXT_INIT(PROXY_URL_MAX_BYTES);
    text_append(&host, parsed->host.start, parsed->host.len);
    text_append_format(&host, ":%u", parsed->port);
    text_append_format(&proxy->address, "%s://%s", parsed->scheme->name, text_string(&host));
    secret_append_string(&proxy->url, parsed->scheme->name);
    secret_append_string(&proxy->url, "://");
    if (parsed->user.start != NULL) {
        append_encoded(&proxy->url, parsed->user);
        secret_append_char(&proxy->url, ':');
        append_encoded(&proxy->url, parsed->password);
        secret_append_char(&proxy->url, '@');
    }
    secret_append_string(&proxy->url, text_string(&host));
    return text_check(&host, proxy->variable, reterr)
            && text_check(&proxy->address, proxy->variable, reterr)
            && secret_check(&proxy->url, proxy->variable, reterr);
}

/* --- the variables --- */

static const char *find_value(
        const struct environment *environment, bool is_https, const char **ret_variable)
{
    static const char *const names[2][4] = {
        { "http_proxy", "all_proxy", "ALL_PROXY" },
        { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" },
    };
    for (size_t i = 0; i < 4 && names[is_https][i] != NULL; i++) {
        const char *value = environment_get(environment, names[is_https][i]);
        if (value != NULL) {
            *ret_variable = names[is_https][i];
            return value;
        }
    }
    return NULL;
}

static bool is_excepted(const struct environment *environment, const char *url, bool is_https)
{
    const char *list = environment_get(environment, "no_proxy");
    list = list == NULL ? environment_get(environment, "NO_PROXY") : list;
    const char *authority = strstr(url, "://");
    if (list == NULL || authority == NULL) {
        return false;
    }
    authority += strlen("://");
    size_t host_len = authority[0] == '[' ? strcspn(authority, "]") + 1
                                          : strcspn(authority, ":/?#");
    const char *rest = authority + host_len;
    unsigned long port = rest[0] == ':' ? strtoul(rest + 1, NULL, 10) : is_https ? 443 : 80;
    CLEANUP(text_clear) struct text host = TEXT_INIT(PROXY_URL_MAX_BYTES);
    text_append(&host, authority, host_len);
    return no_proxy_has(list, text_string(&host), (unsigned int)port);
}

bool proxy_find(const struct environment *environment,
        const char *url,
        struct proxy *ret_proxy,
        struct err *reterr)
{
    CLEANUP(proxy_clear) struct proxy proxy = PROXY_INIT;
    struct parsed parsed;
    bool is_https = strncmp(url, "https:", strlen("https:")) == 0;
    const char *value = find_value(environment, is_https, &proxy.variable);
    if (value == NULL || is_excepted(environment, url, is_https)) {
        return true;
    }
    if (!parse(value, proxy.variable, &parsed, reterr) || !write_urls(&parsed, &proxy, reterr)) {
        return false;
    }
    proxy.is_tls = parsed.scheme->is_tls;
    proxy.has_user = parsed.user.start != NULL;
    *ret_proxy = proxy;
    proxy = PROXY_INIT;
    return true;
}

void proxy_clear(struct proxy *proxy)
{
    text_clear(&proxy->address);
    secret_clear(&proxy->url);
    *proxy = PROXY_INIT;
}

bool proxy_may_be_tls(const struct environment *environment)
{
    static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
        "ALL_PROXY" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = environment_get(environment, names[i]);
        if (value != NULL && strncasecmp(value, "https:", strlen("https:")) == 0) {
            return true;
        }
    }
    return false;
}
