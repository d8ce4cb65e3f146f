/* SPDX-License-Identifier: MIT */
#include "http/search_list.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/attrs.h"
#include "base/file.h"
#include "base/text.h"

enum {
    FILE_MAX_BYTES = 64 * 1024,
    NDOTS_DEFAULT = 1
};

/* The last occurrence counts, as in the resolver. */
static long find_ndots(const char *configuration)
{
    long ndots = NDOTS_DEFAULT;
    for (const char *at = strstr(configuration, "ndots:"); at != NULL; at = strstr(at, "ndots:")) {
        at += strlen("ndots:");
        ndots = strtol(at, NULL, 10);
    }
    return ndots;
}

/* Whether one of the words of the text is the host. */
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

/* Without a resolv.conf nothing is gained: the resolver's default ndots is 1. */
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

/* NULL if it cannot be read. Only the beginning of a large file, such as a list of blocked hosts. */
static const char *read_text(const char *path, struct text *ret_text)
{
    int error = file_read_text(path, ret_text);
    return error == 0 || error == EFBIG ? text_string(ret_text) : NULL;
}

bool search_list_comes_first(const char *host)
{
    CLEANUP(text_clear) struct text resolv_conf = TEXT_INIT(FILE_MAX_BYTES);
    CLEANUP(text_clear) struct text hosts = TEXT_INIT(FILE_MAX_BYTES);
    const char *configuration = read_text("/etc/resolv.conf", &resolv_conf);
    return is_searched_first(configuration, host)
            && search_list_comes_first_in(configuration, read_text("/etc/hosts", &hosts), host);
}
