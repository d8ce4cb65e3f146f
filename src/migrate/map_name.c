/* SPDX-License-Identifier: MIT */
#include "migrate/map_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "vars/var_name.h"

enum {
    /* 1011 bytes together with the beginning of the ARN, which has 45 in most accounts. */
    PARAMETER_MAX_BYTES = 1011 - 45,
    LEVELS_MAX = 15
};

static bool is_reserved(const char *name)
{
    static const char *const words[] = { "aws", "ssm" };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t at = 0;
        while (words[i][at] != '\0' && ascii_lower(name[at]) == words[i][at]) {
            at++;
        }
        if (words[i][at] == '\0') {
            return true;
        }
    }
    return false;
}

static size_t count_levels(const char *name)
{
    size_t count = 0;
    for (const char *c = name; *c != '\0'; c++) {
        count += *c == '/' ? 1 : 0;
    }
    return count;
}

const char *map_name_fault(const char *text)
{
    size_t len = strlen(text);
    if (text[0] != '/') {
        return "it does not begin with '/'";
    }
    if (text[strspn(text, ASCII_ALNUM "_.-/")] != '\0') {
        return "only letters, digits, '_', '.', '-' and '/' can be in it";
    }
    if (strstr(text, "//") != NULL || text[len - 1] == '/') {
        return "a level is empty";
    }
    if (is_reserved(text + 1)) {
        return "names that begin with aws or ssm are reserved";
    }
    if (len > PARAMETER_MAX_BYTES) {
        return "it is too long";
    }
    return count_levels(text) > LEVELS_MAX ? "it has more than 15 levels" : NULL;
}

static char separator_of(enum map_style style)
{
    switch (style) {
    case MAP_DASHES:
        return '-';
    case MAP_LEVELS:
        return '/';
    case MAP_WORDS:
        break;
    }
    return '_';
}

/* A '_' at an end or beside another one would make an empty level. */
static bool is_between_words(const char *variable, size_t at)
{
    return at > 0 && variable[at - 1] != '_' && variable[at + 1] != '_' && variable[at + 1] != '\0';
}

static void append_name(struct text *out, const char *variable, enum map_style style)
{
    char separator = separator_of(style);
    for (size_t i = 0; variable[i] != '\0'; i++) {
        bool is_separator = variable[i] == '_'
                && (style != MAP_LEVELS || is_between_words(variable, i));
        text_append_char(out, is_separator ? separator : ascii_lower(variable[i]));
    }
}

static bool check_way_back(
        const char *variable, const char *path, const char *parameter, struct err *reterr)
{
    const struct var_name_rules rules = { 0 };
    char *back = NULL;
    if (!var_name_make(parameter, path, "", &rules, &back, reterr)) {
        err_set_where(reterr, variable);
        return false;
    }
    bool is_same = strcmp(back, variable) == 0;
    if (!is_same) {
        (void)err_set(reterr, ERR_MAPPING, variable,
                "of %s ssm-exec would make the variable %s: it changes letters to upper case",
                parameter, back);
        err_set_hint(reterr,
                "rename the variable, leave it out with --retire, or keep it as it is with --keep");
    }
    free(back);
    return is_same;
}

bool map_name_make(const char *variable,
        const char *path,
        enum map_style style,
        char **ret_parameter,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text name = TEXT_INIT(16 * 1024);
    text_append_string(&name, path);
    text_append_char(&name, '/');
    append_name(&name, variable, style);
    if (!text_check(&name, variable, reterr)) {
        return false;
    }
    const char *fault = map_name_fault(text_string(&name));
    if (fault != NULL) {
        (void)err_set(reterr, ERR_MAPPING, variable, "%s cannot be the name of a parameter: %s",
                text_string(&name), fault);
        err_set_hint(reterr, "choose a shorter path, or another --style");
        return false;
    }
    if (!check_way_back(variable, path, text_string(&name), reterr)) {
        return false;
    }
    *ret_parameter = text_detach(&name);
    return *ret_parameter != NULL ? true : err_set_no_memory(reterr);
}
