/* SPDX-License-Identifier: MIT */
#include "base/home.h"

#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

enum {
    PASSWD_ENTRY_MAX_BYTES = 4096
};

/* False where the user database knows no home directory either. */
static bool append_passwd_home(struct text *path)
{
    char buffer[PASSWD_ENTRY_MAX_BYTES];
    struct passwd entry = { 0 };
    struct passwd *found = NULL;
    if (getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found) != 0 || found == NULL
            || found->pw_dir == NULL || found->pw_dir[0] == '\0') {
        return false;
    }
    text_append_string(path, found->pw_dir);
    return true;
}

bool home_expand(const struct environment *environment, const char *path, struct text *ret_expanded)
{
    bool is_in_home = path[0] == '~' && (path[1] == '/' || path[1] == '\0');
    if (is_in_home) {
        const char *home = environment_get(environment, "HOME");
        if (home != NULL) {
            text_append_string(ret_expanded, home);
        } else if (!append_passwd_home(ret_expanded)) {
            return false;
        }
    }
    text_append_string(ret_expanded, is_in_home ? path + 1 : path);
    return true;
}
