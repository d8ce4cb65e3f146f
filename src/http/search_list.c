/* SPDX-License-Identifier: MIT */
#include "http/search_list.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    FILE_MAX_BYTES = 64 * 1024,
    NDOTS_DEFAULT = 1
};

/* The whole file with a NUL behind it, cut to FILE_MAX_BYTES; NULL if it cannot be read. */
static char *read_text(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = fd < 0 ? NULL : malloc(FILE_MAX_BYTES + 1);
    size_t len = 0;
    ssize_t got = text == NULL ? 0 : 1;
    while (got > 0 && len < FILE_MAX_BYTES) {
        got = read(fd, text + len, FILE_MAX_BYTES - len);
        len += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    if (text != NULL) {
        text[len] = '\0';
    }
    return text;
}

/* The last of them counts, as it does to the resolver. */
static long find_ndots(const char *configuration)
{
    long ndots = NDOTS_DEFAULT;
    for (const char *at = strstr(configuration, "ndots:"); at != NULL; at = strstr(at, "ndots:")) {
        at += strlen("ndots:");
        ndots = strtol(at, NULL, 10);
    }
    return ndots;
}

/* Whether the host is a word of its own in some line. */
static bool has_word(const char *text, const char *host)
{
    static const char BLANKS[] = " \t\r\n";
    size_t host_len = strlen(host);
    for (const char *at = text + strspn(text, BLANKS); *at != '\0'; at += strspn(at, BLANKS)) {
        size_t len = strcspn(at, BLANKS);
        if (len == host_len && strncasecmp(at, host, len) == 0) {
            return true;
        }
        at += len;
    }
    return false;
}

/* A file that is not there says nothing: the resolver's own default then holds. */
static bool is_searched_first(const char *resolv_conf, const char *host)
{
    long dots = 0;
    for (const char *at = host; *at != '\0'; at++) {
        dots += *at == '.' ? 1 : 0;
    }
    return resolv_conf != NULL && find_ndots(resolv_conf) > dots;
}

bool search_list_comes_first_in(const char *resolv_conf, const char *hosts, const char *host)
{
    return is_searched_first(resolv_conf, host) && (hosts == NULL || !has_word(hosts, host));
}

bool search_list_comes_first(const char *host)
{
    char *resolv_conf = read_text("/etc/resolv.conf");
    /* The second file may be a large list of what is blocked. */
    char *hosts = is_searched_first(resolv_conf, host) ? read_text("/etc/hosts") : NULL;
    bool comes_first = search_list_comes_first_in(resolv_conf, hosts, host);
    free(resolv_conf);
    free(hosts);
    return comes_first;
}
