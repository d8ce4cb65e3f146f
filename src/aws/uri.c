/* SPDX-License-Identifier: MIT */
#include "aws/uri.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

enum {
    URI_MAX_BYTES = 2048
};

static bool read_scheme(const char **at, bool *ret_is_https)
{
    static const char https[] = "https://";
    static const char http[] = "http://";
    if (strncmp(*at, https, sizeof(https) - 1) == 0) {
        *at += sizeof(https) - 1;
        *ret_is_https = true;
        return true;
    }
    if (strncmp(*at, http, sizeof(http) - 1) == 0) {
        *at += sizeof(http) - 1;
        *ret_is_https = false;
        return true;
    }
    return false;
}

/* The length of the host at `at`: a name, an IPv4 address or an IPv6 address in brackets; 0 if none. */
static size_t host_len(const char *at)
{
    if (at[0] == '[') {
        size_t len = 1;
        while (ascii_hex_value(at[len]) >= 0 || at[len] == ':' || at[len] == '.') {
            len++;
        }
        return at[len] == ']' && len > 2 ? len + 1 : 0;
    }
    size_t len = strspn(at, ASCII_ALNUM "-._");
    return len > 0 && at[0] != '.' && at[0] != '-' ? len : 0;
}

/* ":1" to ":65535" or nothing; *ret_port is 0 for nothing. */
static bool read_port(const char **at, long *ret_port)
{
    *ret_port = 0;
    if (**at != ':') {
        return true;
    }
    size_t digits = strspn(*at + 1, ASCII_DIGITS);
    long port = digits > 0 && digits <= 5 ? strtol(*at + 1, NULL, 10) : 0;
    *at += digits + 1;
    *ret_port = port;
    return port >= 1 && port <= 65535;
}

static bool is_path(const char *at)
{
    return at[strspn(at, ASCII_ALNUM "/-._~!$&'()*+,;=:@%")] == '\0';
}

/* 127.0.0.0/8 in four decimal parts. Other spellings are names, which the resolver looks up. */
static bool is_loopback_address(const char *host)
{
    const char *at = host;
    for (int part = 0; part < 4; part++) {
        size_t digits = strspn(at, ASCII_DIGITS);
        long number = digits > 0 && digits <= 3 ? strtol(at, NULL, 10) : -1;
        bool is_in_range = part == 0 ? digits == 3 && number == 127 : number >= 0 && number <= 255;
        if (!is_in_range || at[digits] != (part == 3 ? '\0' : '.')) {
            return false;
        }
        at += digits + 1;
    }
    return true;
}

/* "[::1]" in any of its spellings, or a mapped address of 127.0.0.0/8. */
static bool is_loopback_in_brackets(const char *host)
{
    char inside[INET6_ADDRSTRLEN];
    struct in6_addr address = { 0 };
    size_t len = strlen(host);
    if (host[0] != '[' || len < 2 || len - 2 >= sizeof(inside)) {
        return false;
    }
    memcpy(inside, host + 1, len - 2);
    inside[len - 2] = '\0';
    if (inet_pton(AF_INET6, inside, &address) != 1) {
        return false;
    }
    return IN6_IS_ADDR_LOOPBACK(&address)
            || (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
}

static bool is_loopback(const char *host)
{
    return is_loopback_address(host) || is_loopback_in_brackets(host)
            || strcmp(host, "localhost") == 0 || strcmp(host, "localhost.") == 0;
}

/* Copies the parts; those for which memory ran out are NULL. */
static struct uri copy_parts(
        bool is_https, const char *host, size_t len, long port, const char *path)
{
    struct text lower = TEXT_INIT(URI_MAX_BYTES);
    for (size_t i = 0; i < len; i++) {
        text_append_char(&lower, ascii_lower(host[i]));
    }
    struct text authority = TEXT_INIT(URI_MAX_BYTES);
    text_append_text(&authority, &lower);
    if (port != 0 && port != (is_https ? 443 : 80)) {
        text_append_format(&authority, ":%ld", port);
    }
    struct uri uri = { .is_https = is_https, .is_loopback = is_loopback(text_string(&lower)) };
    uri.host = text_detach(&lower);
    uri.authority = text_detach(&authority);
    uri.path = strdup(path[0] == '\0' ? "/" : path);
    return uri;
}

bool uri_parse(const char *url, const char *where, struct uri *ret_uri, struct err *reterr)
{
    const char *at = url;
    bool is_https = false;
    if (strlen(url) > URI_MAX_BYTES || !read_scheme(&at, &is_https)) {
        return err_set(reterr, ERR_INPUT, where, "not a URL that begins with https:// or http://");
    }
    const char *host = at;
    size_t len = host_len(host);
    at += len;
    long port = 0;
    bool port_is_valid = read_port(&at, &port);
    if (strpbrk(host, "@?#") != NULL) {
        return err_set(reterr, ERR_INPUT, where,
                "the URL may have only a scheme, host, port and path: no user, query or fragment");
    }
    if (len == 0 || !port_is_valid || (*at != '\0' && *at != '/')) {
        return err_set(reterr, ERR_INPUT, where, "the URL's host or port is not valid");
    }
    if (!is_path(at)) {
        return err_set(
                reterr, ERR_INPUT, where, "the URL's path has a character that must be escaped");
    }
    struct uri uri = copy_parts(is_https, host, len, port, at);
    if (uri.host == NULL || uri.authority == NULL || uri.path == NULL) {
        uri_clear(&uri);
        return err_set_no_memory(reterr);
    }
    *ret_uri = uri;
    return true;
}

void uri_clear(struct uri *uri)
{
    free(uri->host);
    free(uri->authority);
    free(uri->path);
    *uri = (struct uri){ 0 };
}

void uri_encode(struct text *out, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        if (ascii_is_alnum(c) || (c != '\0' && strchr("-_.~", c) != NULL)) {
            text_append_char(out, c);
        } else {
            text_append_format(out, "%%%02X", (unsigned int)(unsigned char)c);
        }
    }
}
