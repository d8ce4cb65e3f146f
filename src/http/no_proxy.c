/* SPDX-License-Identifier: MIT */
#include "http/no_proxy.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum {
    ENTRY_MAX_BYTES = 256, /* longer than any host name */
    ADDRESS_MAX_BYTES = sizeof(struct in6_addr),
};

struct address {
    unsigned char bytes[ADDRESS_MAX_BYTES];
    unsigned int bits; /* 0: not an address */
};

/* Parses an address; IPv6 with or without brackets. */
static struct address to_address(const char *text)
{
    struct address address = { .bits = 32 };
    char inner[ENTRY_MAX_BYTES];
    size_t len = strlen(text);
    if (inet_pton(AF_INET, text, address.bytes) == 1) {
        return address;
    }
    if (len > 2 && len < sizeof(inner) && text[0] == '[' && text[len - 1] == ']') {
        memcpy(inner, text + 1, len - 2);
        inner[len - 2] = '\0';
        text = inner;
    }
    address.bits = inet_pton(AF_INET6, text, address.bytes) == 1 ? 128 : 0;
    return address;
}

static bool is_same(const struct address *a, const struct address *b, unsigned int bits)
{
    unsigned int bytes = bits / 8;
    unsigned int rest = bits % 8;
    unsigned int mask = 0xffU << (8 - rest) & 0xffU;
    return memcmp(a->bytes, b->bytes, bytes) == 0
            && (rest == 0 || ((a->bytes[bytes] ^ b->bytes[bytes]) & mask) == 0);
}

/* Cuts the mark and the number after it off the end; false, and no change, if there is none. */
static bool cut_number(char *entry, char mark, unsigned long *ret_number)
{
    char *at = strrchr(entry, mark);
    size_t digits = at == NULL ? 0 : strspn(at + 1, "0123456789");
    if (digits == 0 || digits > 5 || at[1 + digits] != '\0') {
        return false;
    }
    *ret_number = strtoul(at + 1, NULL, 10);
    *at = '\0';
    return true;
}

static bool has_address(char *entry, const struct address *host)
{
    unsigned long bits = host->bits;
    (void)cut_number(entry, '/', &bits);
    struct address address = to_address(entry);
    return address.bits == host->bits && bits <= host->bits
            && is_same(&address, host, (unsigned int)bits);
}

/* Whether host is the entry or a subdomain of it. Leading and trailing dots are ignored. */
static bool has_name(char *entry, const char *host)
{
    size_t host_len = strlen(host);
    entry += strspn(entry, ".");
    size_t len = strlen(entry);
    len -= len > 0 && entry[len - 1] == '.' ? 1 : 0;
    host_len -= host_len > 0 && host[host_len - 1] == '.' ? 1 : 0;
    return len > 0 && len <= host_len && strncasecmp(host + host_len - len, entry, len) == 0
            && (len == host_len || host[host_len - len - 1] == '.');
}

static bool has_host(char *entry, const char *host, unsigned int port)
{
    struct address address = to_address(host);
    unsigned long entry_port = port;
    /* "::1" ends in a colon and a number, too. */
    if (to_address(entry).bits == 0 && strchr(entry, '/') == NULL) {
        (void)cut_number(entry, ':', &entry_port);
    }
    if (entry_port != port) {
        return false;
    }
    return address.bits != 0 ? has_address(entry, &address) : has_name(entry, host);
}

bool no_proxy_has(const char *list, const char *host, unsigned int port)
{
    static const char SEPARATORS[] = ", \t\r\n";
    char entry[ENTRY_MAX_BYTES];
    const char *at = list + strspn(list, SEPARATORS);
    size_t first_len = strcspn(at, SEPARATORS);
    bool is_alone = at[first_len + strspn(at + first_len, SEPARATORS)] == '\0';
    if (first_len == 1 && at[0] == '*' && is_alone) {
        return true;
    }
    while (*at != '\0') {
        size_t len = strcspn(at, SEPARATORS);
        if (len < sizeof(entry)) {
            memcpy(entry, at, len);
            entry[len] = '\0';
            if (has_host(entry, host, port)) {
                return true;
            }
        }
        at += len;
        at += strspn(at, SEPARATORS);
    }
    return false;
}
