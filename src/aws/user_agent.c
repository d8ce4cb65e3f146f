/* SPDX-License-Identifier: MIT */
#include "aws/user_agent.h"

#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/ascii.h"
#include "base/text.h"

enum {
    USER_AGENT_MAX_BYTES = 2048,
    VALUE_MAX_BYTES = 256
};

static void append_value(struct text *out, const char *value, const char *also_allowed)
{
    size_t len = strlen(value);
    for (size_t i = 0; i < len && i < VALUE_MAX_BYTES; i++) {
        bool allowed = ascii_is_alnum(value[i]) || strchr("!$%&'*+-.^_`|~,", value[i]) != NULL
                || strchr(also_allowed, value[i]) != NULL;
        text_append_char(out, allowed ? value[i] : '-');
    }
}

static void append_part(
        struct text *out, const char *prefix, const char *value, const char *also_allowed)
{
    if (value != NULL && value[0] != '\0') {
        text_append_string(out, prefix);
        append_value(out, value, also_allowed);
    }
}

char *user_agent_make(const char *program, const char *execution_env, const char *app_id)
{
    struct text out = TEXT_INIT(USER_AGENT_MAX_BYTES);
    struct utsname system = { 0 };
    text_append_format(&out, "%s/" SSM_EXEC_VERSION " ua/2.1", program);
    if (uname(&system) == 0) {
        for (char *c = system.sysname; *c != '\0'; c++) {
            *c = ascii_lower(*c);
        }
        append_part(&out, " os/", system.sysname, "");
        append_part(&out, "#", system.release, "");
        append_part(&out, " md/arch#", system.machine, "");
    }
    text_append_string(&out, " lang/c#17");
    append_part(&out, " exec-env/", execution_env, "");
    append_part(&out, " app/", app_id, "#");
    return text_detach(&out);
}
