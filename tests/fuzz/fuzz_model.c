/* SPDX-License-Identifier: MIT */
#include "fuzz_model.h"

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MAX = 200,
    PARAMETERS_MAX = 4096,
    ENTRY_BYTES = 1024 * 1024,
};

struct parameter {
    char *name;
    char *value;
    double version;
    bool is_path;
};

struct fuzz_model {
    char *const *inherited;
    struct parameter parameters[PARAMETERS_MAX];
    size_t count;
};

/* --- JSON (RFC 8259), by recursive descent --- */

enum kind {
    OBJECT,
    ARRAY,
    STRING,
    NUMBER,
    WORD
};

struct node {
    enum kind kind;
    char *name; /* in an object */
    char *text; /* STRING: decoded; NULL where it contains a NUL or half a character */
    double number;
    bool is_null;
    struct node *first_child;
    struct node *next;
};

struct parser {
    const char *at;
    const char *end;
    int depth;
};

static void free_nodes(struct node *node)
{
    while (node != NULL) {
        struct node *next = node->next;
        free_nodes(node->first_child);
        free(node->name);
        free(node->text);
        free(node);
        node = next;
    }
}

static void skip_blanks(struct parser *parser)
{
    while (parser->at < parser->end && *parser->at != '\0'
            && strchr(" \t\r\n", *parser->at) != NULL) {
        parser->at++;
    }
}

static bool read_char(struct parser *parser, char c)
{
    skip_blanks(parser);
    if (parser->at == parser->end || *parser->at != c) {
        return false;
    }
    parser->at++;
    return true;
}

static bool read_hex4(struct parser *parser, unsigned int *ret_unit)
{
    char digits[5] = "";
    if (parser->end - parser->at < 4) {
        return false;
    }
    memcpy(digits, parser->at, 4);
    parser->at += 4;
    *ret_unit = (unsigned int)strtoul(digits, NULL, 16);
    return strspn(digits, "0123456789abcdefABCDEF") == 4;
}

static size_t put_utf8(char *to, unsigned int c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Behind "\u": *ret_is_odd for a NUL and for half a character. */
static bool read_unicode(struct parser *parser, char *to, size_t *ret_len, bool *ret_is_odd)
{
    unsigned int unit = 0;
    unsigned int low = 0;
    if (!read_hex4(parser, &unit)) {
        return false;
    }
    if (unit >= 0xd800 && unit < 0xdc00 && parser->end - parser->at >= 6 && parser->at[0] == '\\'
            && parser->at[1] == 'u') {
        struct parser second = { .at = parser->at + 2, .end = parser->end };
        if (read_hex4(&second, &low) && low >= 0xdc00 && low < 0xe000) {
            unit = 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
            parser->at = second.at;
        }
    }
    *ret_is_odd = *ret_is_odd || unit == 0 || (unit >= 0xd800 && unit < 0xe000);
    *ret_len = put_utf8(to, unit);
    return true;
}

/* Behind the opening quote. NULL: not a string. */
static char *read_string(struct parser *parser, bool *ret_is_odd)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char *text = malloc((size_t)(parser->end - parser->at) + 8);
    size_t len = 0;
    assert(text != NULL);
    while (parser->at < parser->end && *parser->at != '"') {
        char c = *parser->at++;
        const char *found = NULL;
        size_t more = 1;
        if (c != '\\') {
            *ret_is_odd = *ret_is_odd || c == '\0';
            text[len] = c;
        } else if (parser->at < parser->end && *parser->at == 'u') {
            parser->at++;
            if (!read_unicode(parser, text + len, &more, ret_is_odd)) {
                break;
            }
        } else if (parser->at < parser->end && *parser->at != '\0'
                && (found = strchr(letters, *parser->at)) != NULL) {
            parser->at++;
            text[len] = meanings[found - letters];
        } else {
            break;
        }
        len += more;
    }
    text[len] = '\0';
    if (parser->at < parser->end && *parser->at == '"') {
        parser->at++;
        return text;
    }
    free(text);
    return NULL;
}

static struct node *read_value(struct parser *parser);

/* Behind the opening bracket. */
static bool read_children(struct parser *parser, struct node *node)
{
    char close = node->kind == OBJECT ? '}' : ']';
    struct node **link = &node->first_child;
    if (read_char(parser, close)) {
        return true;
    }
    do {
        char *name = NULL;
        bool is_odd = false;
        if (node->kind == OBJECT) {
            name = read_char(parser, '"') ? read_string(parser, &is_odd) : NULL;
            if (name == NULL || !read_char(parser, ':')) {
                free(name);
                return false;
            }
        }
        *link = read_value(parser);
        if (*link == NULL) {
            free(name);
            return false;
        }
        /* No name that is asked for contains a NUL or half a character. */
        if (is_odd) {
            name[0] = '\0';
        }
        (*link)->name = name;
        link = &(*link)->next;
    } while (read_char(parser, ','));
    return read_char(parser, close);
}

static bool read_plain(struct parser *parser, struct node *node)
{
    char text[400];
    size_t len = 0;
    while (parser->at + len < parser->end && len < sizeof(text) - 1 && parser->at[len] != '\0'
            && strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", parser->at[len]) != NULL) {
        text[len] = parser->at[len];
        len++;
    }
    text[len] = '\0';
    parser->at += len;
    node->is_null = strcmp(text, "null") == 0;
    if (node->is_null || strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        return true;
    }
    char *end = NULL;
    node->kind = NUMBER;
    node->number = strtod(text, &end);
    return len > 0 && *end == '\0';
}

static struct node *read_value(struct parser *parser)
{
    struct node *node = calloc(1, sizeof(*node));
    bool ok = false;
    bool is_odd = false;
    assert(node != NULL);
    node->kind = WORD;
    if (parser->depth++ == DEPTH_MAX) {
        ok = false;
    } else if (read_char(parser, '{')) {
        node->kind = OBJECT;
        ok = read_children(parser, node);
    } else if (read_char(parser, '[')) {
        node->kind = ARRAY;
        ok = read_children(parser, node);
    } else if (read_char(parser, '"')) {
        node->kind = STRING;
        node->text = read_string(parser, &is_odd);
        ok = node->text != NULL;
        if (is_odd) {
            free(node->text);
            node->text = NULL;
        }
    } else {
        ok = read_plain(parser, node);
    }
    parser->depth--;
    if (!ok) {
        free_nodes(node);
        return NULL;
    }
    return node;
}

/* The last member of that name; NULL where there is none, or null. */
static const struct node *find(const struct node *object, const char *name)
{
    const struct node *found = NULL;
    for (const struct node *child = object->first_child; child != NULL; child = child->next) {
        found = object->kind == OBJECT && strcmp(child->name, name) == 0 ? child : found;
    }
    return found == NULL || found->is_null ? NULL : found;
}

/* --- parameters --- */

static bool add_parameter(struct fuzz_model *model, const struct node *item, bool is_path)
{
    const struct node *name = find(item, "Name");
    const struct node *value = find(item, "Value");
    const struct node *version = find(item, "Version");
    assert(model->count < PARAMETERS_MAX);
    if (name == NULL || name->text == NULL || value == NULL || value->text == NULL
            || (version != NULL && version->kind != NUMBER)) {
        return false;
    }
    struct parameter *added = &model->parameters[model->count++];
    *added = (struct parameter){
        .name = strdup(name->text),
        .value = strdup(value->text),
        .version = version == NULL ? 0 : version->number,
        .is_path = is_path,
    };
    assert(added->name != NULL && added->value != NULL);
    return true;
}

bool fuzz_model_read(struct fuzz_model *model, const char *reply, size_t len, bool is_path)
{
    struct parser parser = { .at = reply, .end = reply + len };
    struct node *root = read_value(&parser);
    bool ok = root != NULL && root->kind == OBJECT;
    skip_blanks(&parser);
    ok = ok && parser.at == parser.end;
    const struct node *list = ok ? find(root, "Parameters") : NULL;
    for (const struct node *item = list == NULL ? NULL : list->first_child; item != NULL && ok;
            item = item->next) {
        ok = add_parameter(model, item, is_path);
    }
    free_nodes(root);
    return ok;
}

static bool is_newest(const struct fuzz_model *model, const struct parameter *parameter)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct parameter *other = &model->parameters[i];
        if (other->is_path == parameter->is_path && strcmp(other->name, parameter->name) == 0
                && other->version > parameter->version) {
            return false;
        }
    }
    return true;
}

/* The variable of a parameter below /p. */
static void make_variable(const char *parameter, char *to)
{
    static const char path[] = "/p/";
    assert(strncmp(parameter, path, sizeof(path) - 1) == 0);
    for (const char *at = parameter + sizeof(path) - 1; *at != '\0'; at++) {
        assert(isalnum((unsigned char)*at) || strchr("/-._", *at) != NULL);
        *to++ = strchr("/-.", *at) != NULL ? '_' : (char)toupper((unsigned char)*at);
    }
    *to = '\0';
}

/* Whether the replies make that entry. */
static bool is_made(const struct fuzz_model *model, const char *entry, bool *ret_sets_name)
{
    static char made[ENTRY_BYTES];
    bool found = false;
    for (size_t i = 0; i < model->count; i++) {
        const struct parameter *parameter = &model->parameters[i];
        char variable[8192] = "N";
        assert(strlen(parameter->name) < sizeof(variable));
        if (parameter->is_path) {
            make_variable(parameter->name, variable);
        }
        int len = snprintf(made, sizeof(made), "%s=%s", variable, parameter->value);
        assert(len >= 0 && (size_t)len < sizeof(made));
        size_t name_len = strlen(variable) + 1;
        *ret_sets_name = *ret_sets_name || strncmp(entry, made, name_len) == 0;
        /* The source N=... stands behind the path. */
        bool loses = parameter->is_path && strcmp(variable, "N") == 0;
        found = found || (!loses && is_newest(model, parameter) && strcmp(entry, made) == 0);
    }
    return found;
}

static bool holds_name(char *const envp[], const char *name)
{
    size_t count = 0;
    for (size_t i = 0; envp[i] != NULL; i++) {
        count += strncmp(envp[i], name, strlen(name)) == 0 && envp[i][strlen(name)] == '=';
    }
    return count == 1;
}

void fuzz_model_check(struct fuzz_model *model, char *const envp[])
{
    for (size_t i = 0; envp[i] != NULL; i++) {
        bool sets_name = false;
        bool made = is_made(model, envp[i], &sets_name);
        bool is_inherited = false;
        for (size_t j = 0; model->inherited[j] != NULL; j++) {
            is_inherited = is_inherited || strcmp(envp[i], model->inherited[j]) == 0;
        }
        assert(made || (is_inherited && !sets_name));
    }
    for (size_t i = 0; i < model->count; i++) {
        char variable[8192] = "N";
        if (model->parameters[i].is_path) {
            make_variable(model->parameters[i].name, variable);
        } else {
            assert(strcmp(model->parameters[i].name, "/n") == 0);
        }
        assert(holds_name(envp, variable));
    }
    for (size_t i = 0; model->inherited[i] != NULL; i++) {
        const char *equals = strchr(model->inherited[i], '=');
        char name[256] = "";
        if (equals != NULL) {
            memcpy(name, model->inherited[i], (size_t)(equals - model->inherited[i]));
            assert(holds_name(envp, name));
        }
    }
    assert(holds_name(envp, "N"));
}

struct fuzz_model *fuzz_model_new(char *const inherited[])
{
    struct fuzz_model *model = calloc(1, sizeof(*model));
    assert(model != NULL);
    model->inherited = inherited;
    return model;
}

void fuzz_model_free(struct fuzz_model *model)
{
    for (size_t i = 0; i < model->count; i++) {
        free(model->parameters[i].name);
        free(model->parameters[i].value);
    }
    free(model);
}
