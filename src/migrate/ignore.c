/* SPDX-License-Identifier: MIT */
#include "migrate/ignore.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum {
    PATTERN_MAX_BYTES = 1024,
    PATH_MAX_BYTES = 4096,
    STARS_MAX = 6, /* in a pattern: fnmatch(3) takes time that is exponential in them */
};

/* Whether the pattern matches the path itself, or with from_any_level what follows one of its slashes. */
static bool matches_one(const char *pattern, const char *path, bool from_any_level)
{
    if (fnmatch(pattern, path, FNM_PATHNAME) == 0) {
        return true;
    }
    for (const char *slash = strchr(path, '/'); from_any_level && slash != NULL;
            slash = strchr(slash + 1, '/')) {
        if (fnmatch(pattern, slash + 1, FNM_PATHNAME) == 0) {
            return true;
        }
    }
    return false;
}

/* The path, and each folder that it is in. */
static bool matches(const char *pattern, const char *path, bool from_any_level, bool is_folder)
{
    char part[PATH_MAX_BYTES];
    if (strlen(path) >= sizeof(part)) {
        return false;
    }
    (void)snprintf(part, sizeof(part), "%s", path);
    if (!is_folder && matches_one(pattern, part, from_any_level)) {
        return true;
    }
    for (char *slash = strrchr(part, '/'); slash != NULL; slash = strrchr(part, '/')) {
        *slash = '\0';
        if (matches_one(pattern, part, from_any_level)) {
            return true;
        }
    }
    return false;
}

static bool has_many_stars(struct span line)
{
    size_t stars = 0;
    for (size_t i = 0; i < line.len; i++) {
        stars += line.bytes[i] == '*' ? 1 : 0;
    }
    return stars > STARS_MAX;
}

static bool line_matches(struct span line, const char *path, bool is_anchored)
{
    char copy[PATTERN_MAX_BYTES];
    if (line.len == 0 || line.len >= sizeof(copy) || has_many_stars(line)
            || memchr(line.bytes, '\0', line.len) != NULL) {
        return false;
    }
    memcpy(copy, line.bytes, line.len);
    copy[line.len] = '\0';
    char *pattern = copy;
    bool is_folder = copy[line.len - 1] == '/';
    copy[line.len - (is_folder ? 1 : 0)] = '\0';
    bool from_any_level = !is_anchored && strchr(pattern, '/') == NULL;
    while (strncmp(pattern, "./", 2) == 0 || strncmp(pattern, "**/", 3) == 0 || *pattern == '/') {
        from_any_level = from_any_level || *pattern == '*';
        pattern += strcspn(pattern, "/") + 1;
    }
    return *pattern != '\0' && matches(pattern, path, from_any_level, is_folder);
}

bool ignore_has(struct span text, const char *path, bool is_anchored)
{
    bool is_ignored = false;
    struct span rest = text;
    while (rest.len > 0) {
        const char *end = memchr(rest.bytes, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.bytes);
        struct span line = { rest.bytes, len };
        rest = span_skip(rest, end == NULL ? len : len + 1);
        while (line.len > 0 && strchr(" \t\r", line.bytes[line.len - 1]) != NULL) {
            line.len--;
        }
        bool takes_in = line.len > 0 && line.bytes[0] == '!';
        if (line.len > 0 && line.bytes[0] != '#'
                && line_matches(takes_in ? span_skip(line, 1) : line, path, is_anchored)) {
            is_ignored = !takes_in;
        }
    }
    return is_ignored;
}
