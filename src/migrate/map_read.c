/* SPDX-License-Identifier: MIT */
#include "migrate/map_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/span.h"
#include "migrate/map_name.h"
#include "vars/var_name.h"

static const char REFERENCE[] = "ssm://";
static const char RETIRED[] = "retired:";

/* Attributes that wait for their variable. */
struct attributes {
    size_t line; /* of the comment that has the first of them; 0: there are none */
    bool has_type;
    bool is_plain;
    bool is_shared;
    enum map_type type;
    enum map_tier tier;
    char *key_id;
};

struct reader {
    const char *file;
    struct span rest; /* the lines that are not read yet */
    size_t line;      /* number of the line read last */
    struct attributes attributes;
    struct map *map;
    struct err_list *problems;
    bool has_problem;
};

static void add_problem(
        struct reader *reader, size_t line, struct span name, const char *why, const char *hint)
{
    char where[MAP_WHERE_BYTES];
    char shown[128] = "";
    if (name.len > 0 && name.len < sizeof(shown)) {
        memcpy(shown, name.bytes, name.len);
        shown[name.len] = '\0';
    }
    map_format_where(reader->file, line, shown[0] == '\0' ? NULL : shown, where);
    reader->has_problem = true;
    (void)err_list_add_new(reader->problems, ERR_INPUT, where, hint, "%s", why);
}

static void add_no_memory(struct reader *reader)
{
    struct err err;
    (void)err_set_no_memory(&err);
    (void)err_list_add(reader->problems, &err);
    reader->has_problem = true;
}

static const struct span NO_NAME = { "", 0 };

/* --- comments --- */

/* The next word of *text; empty at the end. */
static struct span next_word(struct span *text)
{
    struct span word = span_skip_blanks(*text);
    size_t len = 0;
    while (len < word.len && !ascii_is_blank(word.bytes[len])) {
        len++;
    }
    *text = span_skip(word, len);
    return (struct span){ word.bytes, len };
}

static bool read_type(struct attributes *attributes, struct span word)
{
    for (int type = MAP_SECURE_STRING; type <= MAP_STRING_LIST; type++) {
        if (span_is(word, map_type_word((enum map_type)type))) {
            attributes->has_type = true;
            attributes->type = (enum map_type)type;
            return true;
        }
    }
    return false;
}

static bool read_key(struct reader *reader, struct span word)
{
    struct span id = span_skip(word, strlen("key="));
    char *key_id = strndup(id.bytes, id.len);
    if (key_id == NULL) {
        add_no_memory(reader);
        return true;
    }
    free(reader->attributes.key_id);
    reader->attributes.key_id = key_id;
    return strlen(key_id) == id.len && map_is_key_id(key_id);
}

/* Whether the word is an attribute; a repeated one replaces the first. */
static bool read_attribute(struct reader *reader, struct span word)
{
    struct attributes *attributes = &reader->attributes;
    if (span_starts_with(word, "key=")) {
        return read_key(reader, word);
    }
    if (span_is(word, "tier=advanced") || span_is(word, "tier=standard")) {
        attributes->tier = span_is(word, "tier=advanced") ? MAP_TIER_ADVANCED : MAP_TIER_STANDARD;
        return true;
    }
    attributes->is_shared = attributes->is_shared || span_is(word, "shared");
    attributes->is_plain = attributes->is_plain || span_is(word, "plain");
    return span_is(word, "shared") || span_is(word, "plain") || read_type(attributes, word);
}

/* Whether a comment that begins with this word belongs to the next variable. */
static bool begins_attributes(struct span word)
{
    struct attributes ignored = { 0 };
    return span_starts_with(word, "key=") || span_starts_with(word, "tier=")
            || span_is(word, "shared") || span_is(word, "plain") || read_type(&ignored, word);
}

static void read_attributes(struct reader *reader, struct span text)
{
    if (reader->attributes.line == 0) {
        reader->attributes.line = reader->line;
    }
    for (struct span word = next_word(&text); word.len > 0; word = next_word(&text)) {
        bool is_type = reader->attributes.has_type;
        enum map_type type = reader->attributes.type;
        if (!read_attribute(reader, word)) {
            add_problem(reader, reader->line, NO_NAME,
                    "a word of the comment is not an attribute of a variable",
                    "attributes are SecureString, String, StringList, key=KEY, tier=standard, "
                    "tier=advanced, shared and plain; any other comment begins with another word");
            return;
        }
        if (is_type && reader->attributes.type != type) {
            add_problem(reader, reader->line, NO_NAME, "there are two types for one variable",
                    "keep one of them");
        }
    }
}

static void add_line(struct reader *reader, struct map_line *line)
{
    struct err err;
    line->line = reader->line;
    if (!map_add_owned(reader->map, line, &err)) {
        add_no_memory(reader);
    }
}

/* "retired: NAME", or several names with commas or blanks between them. */
static void read_retired(struct reader *reader, struct span text)
{
    size_t count = 0;
    while (text.len > 0) {
        size_t len = 0;
        while (len < text.len && text.bytes[len] != ',' && !ascii_is_blank(text.bytes[len])) {
            len++;
        }
        struct span name = { text.bytes, len };
        text = span_skip(text, len < text.len ? len + 1 : len);
        if (len == 0) {
            continue;
        }
        CLEANUP(map_line_clear)
        struct map_line line = { .kind = MAP_RETIRED, .name = strndup(name.bytes, name.len) };
        if (line.name == NULL) {
            add_no_memory(reader);
        } else if (!var_name_is_valid(name.bytes, name.len)) {
            add_problem(reader, reader->line, NO_NAME, "what is retired is not a variable name",
                    "a name is made of letters, digits and '_', and does not begin with a digit");
        } else {
            add_line(reader, &line);
        }
        count++;
    }
    if (count == 0) {
        add_problem(reader, reader->line, NO_NAME, "there is no name behind \"retired:\"",
                "write # retired: NAME");
    }
}

static void keep_comment(struct reader *reader, struct span line)
{
    CLEANUP(map_line_clear)
    struct map_line kept = { .kind = MAP_COMMENT, .comment = strndup(line.bytes, line.len) };
    if (kept.comment == NULL) {
        add_no_memory(reader);
    } else {
        add_line(reader, &kept);
    }
}

static void read_comment(struct reader *reader, struct span line)
{
    struct span text = span_skip_blanks(span_skip(line, 1));
    struct span rest = text;
    struct span word = next_word(&rest);
    if (span_is(word, RETIRED)) {
        read_retired(reader, rest);
    } else if (begins_attributes(word)) {
        read_attributes(reader, text);
    } else {
        keep_comment(reader, line);
    }
}

/* --- variables --- */

static bool check_name(struct reader *reader, struct span name)
{
    if (!var_name_is_valid(name.bytes, name.len)) {
        add_problem(reader, reader->line, NO_NAME, "expected NAME=VALUE, a comment or nothing",
                "a map has no \"export\", and no blanks around the name");
        return false;
    }
    if (var_name_is_own(name.bytes, name.len)) {
        add_problem(reader, reader->line, name, "is a setting of ssm-exec itself",
                "set it in the environment that ssm-exec is started with");
        return false;
    }
    return true;
}

/* What the value, and the attributes above it, make of the line. */
static const char *find_fault(
        const struct attributes *attributes, struct span value, bool is_reference)
{
    if (attributes->is_plain && is_reference) {
        return "is a reference, but the comment above it says that it is plain";
    }
    if (!attributes->is_plain && !is_reference) {
        return "is not a reference to a parameter, and no comment above it says that it is plain";
    }
    if (!is_reference && !map_is_plain_value(value.bytes, value.len)) {
        return "has a value that some readers of env files take for something else";
    }
    if (!is_reference
            && (attributes->has_type || attributes->is_shared || attributes->key_id != NULL
                    || attributes->tier != MAP_TIER_UNSAID)) {
        return "is plain, but the comment above it has attributes of a parameter too";
    }
    bool is_secure = !attributes->has_type || attributes->type == MAP_SECURE_STRING;
    return attributes->key_id != NULL && !is_secure ? "has a key, but its type is not SecureString"
                                                    : NULL;
}

static void add_value(struct reader *reader, struct span name, struct span value, bool is_reference)
{
    struct attributes *attributes = &reader->attributes;
    CLEANUP(map_line_clear)
    struct map_line line = {
        .kind = is_reference ? MAP_PARAMETER : MAP_PLAIN,
        .name = strndup(name.bytes, name.len),
        .type = attributes->type,
        .tier = attributes->tier,
        .key_id = attributes->key_id,
        .is_shared = attributes->is_shared,
    };
    char *text = strndup(value.bytes, value.len);
    attributes->key_id = NULL;
    line.parameter = is_reference ? text : NULL;
    line.value = is_reference ? NULL : text;
    if (line.name == NULL || text == NULL) {
        add_no_memory(reader);
        return;
    }
    const char *fault = is_reference ? map_name_fault(text) : NULL;
    if (fault == NULL && strlen(text) == value.len) {
        add_line(reader, &line);
        return;
    }
    add_problem(reader, reader->line, name, "is not a reference to a parameter by its name alone",
            "write ssm:///path/name: letters, digits, '_', '.', '-', at most 15 levels, not below "
            "/aws or /ssm, without version, label or member");
}

static void clear_attributes(struct attributes *attributes)
{
    free(attributes->key_id);
    *attributes = (struct attributes){ 0 };
}

static void read_variable(struct reader *reader, struct span line)
{
    const char *equals = memchr(line.bytes, '=', line.len);
    struct span name = { line.bytes, equals == NULL ? 0 : (size_t)(equals - line.bytes) };
    if (check_name(reader, name)) {
        struct span value = span_skip(line, name.len + 1);
        bool is_reference = span_starts_with(value, REFERENCE);
        const char *fault = find_fault(&reader->attributes, value, is_reference);
        if (fault == NULL) {
            add_value(reader, name, is_reference ? span_skip(value, strlen(REFERENCE)) : value,
                    is_reference);
        } else {
            add_problem(reader, reader->line, name, fault,
                    "the comment line above a value that may stand in the map is \"# plain\"; a value "
                    "has letters, digits and _-./:,+@%=");
        }
    }
    clear_attributes(&reader->attributes);
}

/* --- lines --- */

/* The next line without its LF or CRLF; false if there is none. */
static bool next_line(struct reader *reader, struct span *ret_line)
{
    if (reader->rest.len == 0) {
        return false;
    }
    const char *newline = memchr(reader->rest.bytes, '\n', reader->rest.len);
    struct span line = reader->rest;
    if (newline != NULL) {
        line.len = (size_t)(newline - line.bytes);
    }
    reader->rest = span_skip(reader->rest, newline == NULL ? line.len : line.len + 1);
    if (line.len > 0 && line.bytes[line.len - 1] == '\r') {
        line.len--;
    }
    reader->line++;
    *ret_line = line;
    return true;
}

static bool check_first_line(struct reader *reader)
{
    struct span line = NO_NAME;
    bool has_line = next_line(reader, &line);
    if (has_line && span_is(line, MAP_FIRST_LINE)) {
        return true;
    }
    bool is_other_version = span_starts_with(line, "# ssm-dotenv map ");
    add_problem(reader, 1, NO_NAME,
            is_other_version ? "the map is of another version than this ssm-dotenv reads"
                             : "the file is not a map: its first line is not \"" MAP_FIRST_LINE
                               "\"",
            is_other_version ? "use the ssm-dotenv that wrote it, or write it again"
                             : "ssm-dotenv map makes one from an env file");
    return false;
}

static void read_lines(struct reader *reader)
{
    struct span line = NO_NAME;
    while (next_line(reader, &line)) {
        if (memchr(line.bytes, '\0', line.len) != NULL
                || memchr(line.bytes, '\r', line.len) != NULL) {
            add_problem(reader, reader->line, NO_NAME,
                    "there is a NUL byte or a carriage return inside the line",
                    "is this a text file?");
        } else if (line.len == 0) {
            keep_comment(reader, line);
        } else if (line.bytes[0] == '#') {
            read_comment(reader, line);
        } else {
            read_variable(reader, line);
        }
    }
    if (reader->attributes.line != 0) {
        add_problem(reader, reader->attributes.line, NO_NAME,
                "the comment has attributes, but no variable follows it",
                "begin it with another word, or write the variable below it");
    }
}

bool map_read(
        const struct secret *text, const char *file, struct map *ret_map, struct err_list *problems)
{
    CLEANUP(map_clear) struct map map = { 0 };
    const struct span contents = { secret_expose(text), secret_len(text) };
    struct reader reader = {
        .file = file,
        .rest = span_skip_byte_order_mark(contents),
        .map = &map,
        .problems = problems,
    };
    if (!check_first_line(&reader)) {
        return false;
    }
    read_lines(&reader);
    clear_attributes(&reader.attributes);
    if (!map_check_one_to_one(&map, file, problems) || reader.has_problem) {
        return false;
    }
    *ret_map = map;
    map = (struct map){ 0 };
    return true;
}
