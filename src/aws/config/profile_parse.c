/* SPDX-License-Identifier: MIT */
#include "aws/config/profile_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/span.h"
#include "base/text.h"

enum {
    KEY_MAX_BYTES = 64,        /* longer than any key that is looked up */
    PROBLEMS_PER_FILE_MAX = 8, /* with more, it is probably another kind of file */
};

/* The characters of keys and of names that are not quoted. */
static const char NAME_CHARACTERS[] = ASCII_ALNUM "_-/.%@:+\\";

/* What an indented line belongs to. */
enum continued {
    CONTINUES_NOTHING,
    CONTINUES_VALUE,
    CONTINUES_NESTED,
    CONTINUES_IGNORED, /* a property that is not kept */
};

/* The state of the parser between two lines of a file. */
struct parser {
    struct profile_place place;
    struct event_sink *events;
    struct profile_section **newest; /* the list that sections are added to */
    bool has_seen_section;
    struct profile_section *section;   /* NULL: its header is wrong */
    struct profile_property *property; /* of the line above; NULL: none, or a wrong one */
    enum continued continued;
};

static bool fail(const struct parser *parser, const char *why, struct err *reterr)
{
    return err_set(reterr, ERR_INPUT, profile_where(&parser->place).text, "%s", why);
}

static void warn(const struct parser *parser, const char *message)
{
    event_emit(parser->events, EVENT_WARNING, profile_where(&parser->place).text, "%s", message);
}

static bool is_comment_start(char c)
{
    return c == '#' || c == ';';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

/* The file ends with a NUL and contains no other, so that strspn(3) stops there. */
static bool is_identifier(struct span text)
{
    return text.len > 0 && strspn(text.bytes, NAME_CHARACTERS) >= text.len;
}

static bool has_control_character(struct span text, char allowed)
{
    for (size_t i = 0; i < text.len; i++) {
        if (ascii_is_control(text.bytes[i]) && text.bytes[i] != allowed) {
            return true;
        }
    }
    return false;
}

/* In a property a comment needs a blank before it. */
static struct span cut_inline_comment(struct span line)
{
    for (size_t i = 1; i < line.len; i++) {
        if (is_comment_start(line.bytes[i]) && ascii_is_blank(line.bytes[i - 1])) {
            return (struct span){ line.bytes, i };
        }
    }
    return line;
}

/* Splits at the first '='. False if there is none. */
static bool split_assignment(struct span line, struct span *ret_key, struct span *ret_value)
{
    const char *equals = memchr(line.bytes, '=', line.len);
    if (equals == NULL) {
        return false;
    }
    size_t key_len = (size_t)(equals - line.bytes);
    *ret_key = span_trim((struct span){ line.bytes, key_len });
    *ret_value = span_trim(span_skip(line, key_len + 1));
    return true;
}

/* --- sections --- */

/* The length of the quoted text at the start, with its quotes; 0 if it is not closed. */
static size_t measure_quoted(struct span text)
{
    char quote = text.bytes[0];
    for (size_t i = 1; i < text.len; i++) {
        if (text.bytes[i] == quote) {
            return i + 1;
        }
        if (text.bytes[i] == '\\' && quote == '"') {
            i++;
        }
    }
    return 0;
}

/* As a POSIX shell: between double quotes, a backslash escapes a double quote or a backslash. */
static void append_unquoted(struct text *name, struct span quoted)
{
    bool has_escapes = quoted.bytes[0] == '"';
    for (size_t i = 1; i + 1 < quoted.len; i++) {
        char next = quoted.bytes[i + 1];
        if (has_escapes && quoted.bytes[i] == '\\' && (next == '"' || next == '\\')) {
            i++;
        }
        text_append_char(name, quoted.bytes[i]);
    }
}

/* The index of the ']' of a section line, before any comment; 0 if there is none. */
static size_t find_bracket(struct span line, bool with_quotes)
{
    for (size_t i = 1; i < line.len && !is_comment_start(line.bytes[i]); i++) {
        if (line.bytes[i] == ']') {
            return i;
        }
        if (with_quotes && is_quote(line.bytes[i])) {
            size_t quoted_len = measure_quoted(span_skip(line, i));
            if (quoted_len == 0) {
                return 0;
            }
            i += quoted_len - 1;
        }
    }
    return 0;
}

/* Removes "profile ", "sso-session " or "services " from *header. False if it has none of them. */
static bool skip_type(struct span *header, enum profile_section_kind *ret_kind)
{
    static const char *const WORDS[] = {
        [PROFILE_SECTION_PROFILE] = "profile",
        [PROFILE_SECTION_SSO_SESSION] = "sso-session",
        [PROFILE_SECTION_SERVICES] = "services",
    };

    for (size_t kind = 0; kind < sizeof(WORDS) / sizeof(WORDS[0]); kind++) {
        size_t len = strlen(WORDS[kind]);
        if (span_starts_with(*header, WORDS[kind]) && header->len > len
                && ascii_is_blank(header->bytes[len])) {
            *header = span_skip_blanks(span_skip(*header, len));
            *ret_kind = (enum profile_section_kind)kind;
            return true;
        }
    }
    return false;
}

/*
 * Appends the name that a header means. False if it cannot be one. A name with blanks is quoted in
 * the config file and bare in the credentials file, as "aws configure" writes and botocore reads it.
 */
static bool read_name(struct span rest, enum profile_file file, struct text *name)
{
    bool is_quoting = file == PROFILE_FILE_CONFIG;
    while (rest.len > 0) {
        size_t len = is_quoting && is_quote(rest.bytes[0]) ? measure_quoted(rest) : 0;
        if (len > 0) {
            append_unquoted(name, (struct span){ rest.bytes, len });
        } else if (strchr(NAME_CHARACTERS, rest.bytes[0]) != NULL
                || (!is_quoting && rest.bytes[0] == ' ')) {
            text_append_char(name, rest.bytes[0]);
            len = 1;
        } else {
            return false;
        }
        rest = span_skip(rest, len);
    }
    return !has_control_character((struct span){ name->bytes, name->len }, /* allowed= */ '\0')
            && (name->len > 0 || name->state != TEXT_OK);
}

/* Only a comment may follow the ] of a section: anything else would be lost. */
static bool check_after_bracket(const struct parser *parser, struct span after, struct err *reterr)
{
    if (after.len == 0 || is_comment_start(after.bytes[0])) {
        return true;
    }
    if (memchr(after.bytes, '=', after.len) != NULL
            || memchr(after.bytes, '[', after.len) != NULL) {
        return fail(parser, "text after the ] of the section: put it on a line of its own", reterr);
    }
    warn(parser, "text after the ] of the section is ignored");
    return true;
}

static struct profile_section *add_section(struct parser *parser, struct span name)
{
    struct profile_section *section = calloc(1, sizeof(*section) + name.len + 1);
    if (section != NULL) {
        memcpy(section->name, name.bytes, name.len);
        section->place = parser->place;
        section->older = *parser->newest;
        section->ordinal = section->older == NULL ? 0 : section->older->ordinal + 1;
        *parser->newest = section;
    }
    return section;
}

/* An ignored section is kept as well: profile_mistakes.h looks for the profiles in them. */
static bool parse_header(struct parser *parser, struct span header, struct err *reterr)
{
    CLEANUP(text_clear) struct text name = TEXT_INIT(PROFILE_FILE_MAX_BYTES);
    enum profile_section_kind kind = PROFILE_SECTION_PROFILE;
    struct span rest = header;
    bool has_type = skip_type(&rest, &kind);
    const char *ignored_because = NULL;
    if (parser->place.file == PROFILE_FILE_CREDENTIALS && has_type) {
        ignored_because = "in the credentials file it is [NAME], without a type";
    } else if (parser->place.file == PROFILE_FILE_CONFIG && !has_type
            && !span_is(rest, "default")) {
        ignored_because = "in the config file a profile is [profile NAME]";
    } else if (!read_name(rest, parser->place.file, &name)) {
        ignored_because = "its name is empty or has a character that names cannot have";
    } else if (!text_check(&name, parser->place.path, reterr)) {
        return false;
    }
    /* These two belong to the AWS CLI and are not a mistake. */
    if (ignored_because != NULL && !span_is(header, "plugins") && !span_is(header, "preview")) {
        event_emit(parser->events, EVENT_WARNING, profile_where(&parser->place).text,
                "section ignored: %s", ignored_because);
    }
    parser->section = add_section(
            parser, ignored_because != NULL ? header : (struct span){ name.bytes, name.len });
    if (parser->section == NULL) {
        return err_set_no_memory(reterr);
    }
    parser->section->kind = kind;
    parser->section->has_type = has_type;
    parser->section->ignored_because = ignored_because;
    return true;
}

static bool parse_section(struct parser *parser, struct span line, struct err *reterr)
{
    parser->has_seen_section = true;
    parser->section = NULL;
    parser->property = NULL;
    parser->continued = CONTINUES_NOTHING;

    /* Unpaired quotes are ordinary characters, which a name cannot contain. */
    size_t bracket = find_bracket(line, /* with_quotes= */ true);
    if (bracket == 0) {
        bracket = find_bracket(line, /* with_quotes= */ false);
    }
    if (bracket == 0) {
        return fail(parser, "section without a closing ]", reterr);
    }
    return check_after_bracket(parser, span_trim(span_skip(line, bracket + 1)), reterr)
            && parse_header(
                    parser, span_trim((struct span){ line.bytes + 1, bracket - 1 }), reterr);
}

/* --- properties --- */

/* Adds to the list at *newest, which owns the property, also after a failure. */
static bool add_property(struct parser *parser,
        struct profile_property **newest,
        struct span key,
        struct span value,
        struct err *reterr)
{
    struct profile_property *property = calloc(1, sizeof(*property) + key.len + 1);
    if (property == NULL) {
        return err_set_no_memory(reterr);
    }
    memcpy(property->key, key.bytes, key.len);
    property->place = parser->place;
    property->value = SECRET_INIT(PROFILE_FILE_MAX_BYTES);
    property->older = *newest;
    *newest = property;
    if (value.len > 0) {
        secret_reserve(&property->value, value.len);
        secret_append(&property->value, value.bytes, value.len);
    }
    return secret_check(&property->value, parser->place.path, reterr);
}

/* Warns about a key that cannot be looked up. */
static bool check_key(const struct parser *parser, struct span key)
{
    if (!is_identifier(key)) {
        warn(parser, "property ignored: its key has a character that keys cannot have");
        return false;
    }
    return true;
}

static bool read_property(const struct parser *parser,
        struct span line,
        const char *without_equals,
        struct span *ret_key,
        struct span *ret_value,
        struct err *reterr)
{
    if (!split_assignment(line, ret_key, ret_value)) {
        return fail(parser, without_equals, reterr);
    }
    if (ret_key->len == 0) {
        return fail(parser, "no key before the =", reterr);
    }
    /* Tabs are harmless in a value; credentials and host names are checked where they are used. */
    if (has_control_character(*ret_value, /* allowed= */ '\t')) {
        return fail(parser, "control character in a value", reterr);
    }
    return true;
}

static bool parse_property(struct parser *parser, struct span line, struct err *reterr)
{
    struct span key = { 0 };
    struct span value = { 0 };
    parser->property = NULL;
    parser->continued = CONTINUES_IGNORED;
    if (!parser->has_seen_section) {
        parser->has_seen_section = true; /* one message is enough */
        return fail(parser, "property before any [section]", reterr);
    }
    if (!read_property(parser, cut_inline_comment(line), "neither a [section] nor key = value",
                &key, &value, reterr)) {
        return false;
    }
    if (parser->section == NULL) {
        return true; /* its header is wrong, which has been reported */
    }
    if (!add_property(parser, &parser->section->newest_property, key, value, reterr)) {
        return false;
    }
    parser->property = parser->section->newest_property;
    if (check_key(parser, key) && parser->section->ignored_because == NULL) {
        parser->continued = value.len > 0 ? CONTINUES_VALUE : CONTINUES_NESTED;
    }
    return true;
}

static bool parse_nested(struct parser *parser, struct span line, struct err *reterr)
{
    struct span key = { 0 };
    struct span value = { 0 };
    return read_property(parser, line, "indented line below an empty value that is not key = value",
                   &key, &value, reterr)
            && (!check_key(parser, key)
                    || add_property(parser, &parser->property->newest_nested, key, value, reterr));
}

/* Whether the line would give credentials if it were not indented: it must not become part of a value. */
static bool is_credentials_line(struct span line)
{
    struct span key = { 0 };
    struct span value = { 0 };
    char word[KEY_MAX_BYTES];
    if (!split_assignment(line, &key, &value) || key.len >= sizeof(word)) {
        return false;
    }
    (void)snprintf(word, sizeof(word), "%.*s", (int)key.len, key.bytes);
    return profile_key_gives_credentials(word)
            || ascii_equals_ignoring_case(word, "aws_secret_access_key")
            || ascii_equals_ignoring_case(word, "aws_session_token");
}

static bool parse_indented(struct parser *parser, struct span line, struct err *reterr)
{
    struct span text = span_trim(line);
    if (parser->continued == CONTINUES_NOTHING) {
        /* One message is enough: the lines below an indented section are not wrong themselves. */
        parser->continued = CONTINUES_IGNORED;
        parser->has_seen_section = true;
        return fail(parser, "indented line that continues no property", reterr);
    }
    bool has_one_line = parser->continued == CONTINUES_VALUE
            && profile_key_is_public(parser->property->key);
    if (has_one_line || (parser->property != NULL && is_credentials_line(text))) {
        (void)fail(parser, "indented line, which continues the value above it: ", reterr);
        err_add_why(reterr, "%s %s", has_one_line ? parser->property->key : "it",
                has_one_line ? "has one line only" : "looks like a property of its own");
        err_set_hint(reterr, "remove the white space at the start of the line");
        return false;
    }
    if (parser->continued == CONTINUES_IGNORED) {
        return true;
    }
    if (has_control_character(text, /* allowed= */ '\t')) {
        return fail(parser, "control character in a value", reterr);
    }
    if (cut_inline_comment(line).len < line.len) {
        warn(parser,
                "# and ; do not start a comment on an indented line: they are part of the value");
    }
    if (parser->continued == CONTINUES_NESTED) {
        return parse_nested(parser, text, reterr);
    }
    secret_append_char(&parser->property->value, '\n');
    secret_append(&parser->property->value, text.bytes, text.len);
    return secret_check(&parser->property->value, parser->place.path, reterr);
}

/* --- lines --- */

static bool parse_line(struct parser *parser, struct span line, struct err *reterr)
{
    if (span_trim(line).len == 0 || is_comment_start(line.bytes[0])) {
        return true;
    }
    if (line.bytes[0] == '[') {
        return parse_section(parser, line, reterr);
    }
    return ascii_is_blank(line.bytes[0]) ? parse_indented(parser, line, reterr)
                                         : parse_property(parser, line, reterr);
}

/* Skips the next line and returns it without its end: LF, CRs and LF, or one CR. */
static struct span next_line(const char **rest)
{
    const char *line = *rest;
    size_t len = strcspn(line, "\r\n");
    const char *end = line + len;
    const char *lf = end + strspn(end, "\r");
    *rest = *lf == '\n' ? lf + 1 : *end == '\r' ? end + 1 : end;
    return (struct span){ line, len };
}

/* Files in UTF-16 and UTF-32 contain NULs. */
static bool check_no_nul(struct parser *parser, struct span contents, struct err *reterr)
{
    const char *nul = memchr(contents.bytes, '\0', contents.len);
    if (nul == NULL) {
        return true;
    }
    parser->place.line = 1;
    for (const char *at = contents.bytes; at < nul; at++) {
        parser->place.line += *at == '\n' ? 1 : 0;
    }
    (void)fail(parser, "a NUL byte: the file is not UTF-8 text", reterr);
    err_set_hint(reterr, "is it UTF-16, as some editors and shells write it? Save it as UTF-8");
    return false;
}

bool profile_parse(const struct profile_place *file,
        const struct secret *contents,
        struct event_sink *events,
        struct profile_section **newest,
        struct err_list *problems)
{
    struct parser parser = { .place = *file, .events = events, .newest = newest };
    struct span text = span_skip_byte_order_mark(
            (struct span){ secret_expose(contents), secret_len(contents) });
    struct err problem = { 0 };
    if (!check_no_nul(&parser, text, &problem)) {
        return err_list_add(problems, &problem);
    }
    size_t problem_count = 0;
    const char *rest = text.bytes;
    while (*rest != '\0' && problem_count < PROBLEMS_PER_FILE_MAX) {
        parser.place.line++;
        if (!parse_line(&parser, next_line(&rest), &problem)) {
            problem_count++;
            (void)err_list_add(problems, &problem);
            if (problem.kind == ERR_SYSTEM) {
                return false;
            }
        }
    }
    return problem_count == 0;
}
