/* SPDX-License-Identifier: MIT */
#include "base/home.h"

#include <pwd.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"

enum {
    PASSWD_ENTRY_MAX_BYTES = 4096,
    NAME_MAX_BYTES = 256,
    PATH_MAX_BYTES = 64 * 1024
};

/* Copies a name that is not NUL-terminated. False if it is too long. */
static bool copy_name(const char *start, size_t len, char ret_name[static NAME_MAX_BYTES])
{
    if (len >= NAME_MAX_BYTES) {
        return false;
    }
    memcpy(ret_name, start, len);
    ret_name[len] = '\0';
    return true;
}

/* --- variables --- */

/*
 * Appends the value of the variable that is named at `at`, which is a '$'. Returns the length of $NAME or
 * ${NAME}; 0 if it is neither, or not set.
 */
static size_t append_variable(
        const struct environment *environment, const char *at, struct text *expanded)
{
    char name[NAME_MAX_BYTES];
    bool is_braced = at[1] == '{';
    const char *start = at + (is_braced ? 2 : 1);
    size_t len = is_braced ? strcspn(start, "}") : strspn(start, ASCII_ALNUM "_");
    if (len == 0 || (is_braced && start[len] != '}') || !copy_name(start, len, name)) {
        return 0;
    }
    const char *value = environment_get_raw(environment, name);
    if (value == NULL) {
        return 0;
    }
    text_append_string(expanded, value);
    return (size_t)(start - at) + len + (is_braced ? 1 : 0);
}

static void append_with_variables(
        const struct environment *environment, const char *path, struct text *expanded)
{
    while (*path != '\0') {
        size_t used = *path == '$' ? append_variable(environment, path, expanded) : 0;
        if (used == 0) {
            text_append_char(expanded, *path);
            used = 1;
        }
        path += used;
    }
}

/* --- home directories --- */

/* Appends a user's home directory from the user database; name "" is the current user. */
static bool append_passwd_home(const char *name, struct text *path)
{
    char buffer[PASSWD_ENTRY_MAX_BYTES];
    struct passwd entry = { 0 };
    struct passwd *found = NULL;
    int error = name[0] == '\0' ? getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found)
                                : getpwnam_r(name, &entry, buffer, sizeof(buffer), &found);
    if (error != 0 || found == NULL || found->pw_dir == NULL || found->pw_dir[0] == '\0') {
        return false;
    }
    text_append_string(path, found->pw_dir);
    return true;
}

bool home_expand(const struct environment *environment, const char *path, struct text *ret_expanded)
{
    CLEANUP(text_clear) struct text with_variables = TEXT_INIT(PATH_MAX_BYTES);
    append_with_variables(environment, path, &with_variables);
    if (with_variables.state != TEXT_OK) {
        text_append_string(ret_expanded, path); /* too long for a path: opening it reports that */
        return true;
    }
    const char *rest = text_string(&with_variables);
    char user[NAME_MAX_BYTES];
    size_t user_len = rest[0] == '~' ? strcspn(rest + 1, "/") : 0;
    if (rest[0] != '~' || !copy_name(rest + 1, user_len, user)) {
        text_append_string(ret_expanded, rest);
        return true;
    }
    const char *home = user_len == 0 ? environment_get(environment, "HOME") : NULL;
    if (home != NULL) {
        text_append_string(ret_expanded, home);
    } else if (!append_passwd_home(user, ret_expanded)) {
        if (user_len == 0) {
            return false;
        }
        text_append_string(ret_expanded, rest);
        return true;
    }
    text_append_string(ret_expanded, rest + 1 + user_len);
    return true;
}

const char *home_shown(const char *written, const char *expanded)
{
    return strchr(written, '$') != NULL ? written : expanded;
}
