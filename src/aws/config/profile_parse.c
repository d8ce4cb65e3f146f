/* SPDX-License-Identifier: MIT */
#include "aws/config/profile_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/span.h"
#include "base/text.h"

enum {
    KEY_MAX_BYTES = 64,        /* longer than any key that is looked for */
    PROBLEMS_PER_FILE_MAX = 8, /* a file that is something else altogether needs no more */
};

/* What an indented line belongs to. */
enum continued {
    CONTINUES_NOTHING,
    CONTINUES_VALUE,
    CONTINUES_NESTED,
    CONTINUES_IGNORED, /* a property that is not kept */
};

/* What is known between two lines of a file. */
struct parser {
    const struct profile_source *source;
    struct event_sink *events;
    struct profile_section **newest; /* the list that sections are added to */
    size_t line;
    bool has_seen_section;
    struct profile_section *section;
    struct profile_property *property; /* the one above; NULL: the line above was none, or wrong */
    enum continued continued;
};

static bool fail(const struct parser *parser, const char *why, struct err *reterr)
{
    char where[PROFILE_WHERE_BYTES];
    profile_line_where(parser->source->path, parser->line, where);
    return err_set(reterr, ERR_INPUT, where, "%s", why);
}

static void warn(const struct parser *parser, const char *message)
{
    char where[PROFILE_WHERE_BYTES];
    profile_line_where(parser->source->path, parser->line, where);
    event_emit(parser->events, EVENT_WARNING, where, "%s", message);
}

static bool is_comment_start(char c)
{
    return c == '#' || c == ';';
}

static bool is_identifier_char(char c)
{
    return ascii_is_alnum(c) || (c != '\0' && strchr("_-/.%@:+\\", c) != NULL);
}

static bool is_identifier(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_identifier_char(text.bytes[i])) {
            return false;
        }
    }
    return text.len > 0;
}

/* Tabs do no harm in a value; who takes it for a credential or a host name is stricter. */
static bool has_control_char(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (ascii_is_control(text.bytes[i]) && text.bytes[i] != '\t') {
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

/* Splits at the first '='. False without one. */
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

/* The length of the quoted piece that text begins with, its quotes included; 0 if never closed. */
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

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
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

/* Where the ']' of a section line stands; 0 without one. A comment ends the search. */
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

/* Takes "profile ", "sso-session " or "services " off *header; false if it begins with none. */
static bool take_type(struct span *header, enum profile_section_kind *ret_kind)
{
    static const struct {
        const char *word;
        enum profile_section_kind kind;
    } TYPES[] = {
        { "profile", PROFILE_SECTION_PROFILE },
        { "sso-session", PROFILE_SECTION_SSO_SESSION },
        { "services", PROFILE_SECTION_SERVICES },
    };

    for (size_t i = 0; i < sizeof(TYPES) / sizeof(TYPES[0]); i++) {
        size_t len = strlen(TYPES[i].word);
        if (header->len > len && memcmp(header->bytes, TYPES[i].word, len) == 0
                && ascii_is_blank(header->bytes[len])) {
            *header = span_trim(span_skip(*header, len));
            *ret_kind = TYPES[i].kind;
            return true;
        }
    }
    return false;
}

/*
 * The name as it stands in the header, to the name that is meant; false if it cannot be one. Names
 * with blanks are quoted in the config file, and bare in the credentials file: so botocore reads
 * them, and so "aws configure" writes them.
 */
static bool read_name(struct span written, enum profile_file file, struct text *name)
{
    bool is_quoting = file == PROFILE_FILE_CONFIG;
    size_t at = 0;
    while (at < written.len) {
        struct span rest = span_skip(written, at);
        size_t quoted_len = is_quoting && is_quote(rest.bytes[0]) ? measure_quoted(rest) : 0;
        if (quoted_len > 0) {
            append_unquoted(name, (struct span){ rest.bytes, quoted_len });
            at += quoted_len;
        } else if (is_identifier_char(rest.bytes[0]) || (!is_quoting && rest.bytes[0] == ' ')) {
            text_append_char(name, rest.bytes[0]);
            at++;
        } else {
            return false;
        }
    }
    for (size_t i = 0; i < name->len; i++) {
        if (ascii_is_control(name->bytes[i])) {
            return false;
        }
    }
    return name->len > 0 || name->state != TEXT_SOUND;
}

/* Sections of the AWS CLI in its config file: no profiles, and nothing to warn of. */
static bool is_cli_section(struct span name)
{
    return span_is(name, "plugins") || span_is(name, "preview");
}

/* What a header says. */
struct header {
    enum profile_section_kind kind;
    bool has_type;
    const char *ignored_because; /* NULL: it counts */
};

static bool add_section(
        struct parser *parser, const struct header *header, const char *name, struct err *reterr)
{
    size_t name_bytes = strlen(name) + 1;
    struct profile_section *section = calloc(1, sizeof(*section) + name_bytes);
    if (section == NULL) {
        return err_set_no_memory(reterr);
    }
    memcpy(section->name, name, name_bytes);
    section->kind = header->kind;
    section->has_type = header->has_type;
    section->ignored_because = header->ignored_because;
    section->path = parser->source->path;
    section->file = parser->source->file;
    section->line = parser->line;
    section->older = *parser->newest;
    section->ordinal = section->older == NULL ? 0 : section->older->ordinal + 1;
    *parser->newest = section;
    parser->section = section;
    return true;
}

/* It is kept all the same, to be found by whoever misses it: see profile_mistakes.h. */
static bool ignore_section(
        struct parser *parser, struct span header, const char *why, struct err *reterr)
{
    const struct header ignored = { .kind = PROFILE_SECTION_PROFILE, .ignored_because = why };
    CLEANUP(text_clear) struct text name = TEXT_INIT(PROFILE_FILE_MAX_BYTES);
    text_append(&name, header.bytes, header.len);
    if (!is_cli_section(header)) {
        char message[256];
        (void)snprintf(message, sizeof(message), "section ignored: %s", why);
        warn(parser, message);
    }
    return text_check(&name, parser->source->path, reterr)
            && add_section(parser, &ignored, text_string(&name), reterr);
}

/* What stands behind the ] of a section is nothing, or it would be lost. */
static bool check_behind(const struct parser *parser, struct span behind, struct err *reterr)
{
    if (behind.len == 0 || is_comment_start(behind.bytes[0])) {
        return true;
    }
    struct span key = { 0 };
    struct span value = { 0 };
    if (split_assignment(behind, &key, &value) || memchr(behind.bytes, '[', behind.len) != NULL) {
        return fail(parser,
                "something stands behind the ] of the section: it needs lines of its own", reterr);
    }
    warn(parser, "what stands behind the ] of the section is ignored");
    return true;
}

static bool parse_section(struct parser *parser, struct span line, struct err *reterr)
{
    parser->has_seen_section = true;
    parser->section = NULL;
    parser->property = NULL;
    parser->continued = CONTINUES_NOTHING;

    /* Where quotes do not pair up they are just characters that a name cannot have. */
    size_t bracket = find_bracket(line, /* with_quotes= */ true);
    if (bracket == 0) {
        bracket = find_bracket(line, /* with_quotes= */ false);
    }
    if (bracket == 0) {
        return fail(parser, "section without a closing ]", reterr);
    }
    struct span behind = span_trim(span_skip(line, bracket + 1));
    if (!check_behind(parser, behind, reterr)) {
        return false;
    }

    struct span written = span_trim((struct span){ line.bytes + 1, bracket - 1 });
    struct span rest = written;
    struct header header = { .kind = PROFILE_SECTION_PROFILE };
    header.has_type = take_type(&rest, &header.kind);
    if (parser->source->file == PROFILE_FILE_CREDENTIALS && header.has_type) {
        return ignore_section(
                parser, written, "in the credentials file it is [NAME], without a type", reterr);
    }
    if (parser->source->file == PROFILE_FILE_CONFIG && !header.has_type
            && !span_is(rest, "default")) {
        return ignore_section(
                parser, written, "in the config file a profile is [profile NAME]", reterr);
    }
    CLEANUP(text_clear) struct text name = TEXT_INIT(PROFILE_FILE_MAX_BYTES);
    if (!read_name(rest, parser->source->file, &name)) {
        return ignore_section(
                parser, written, "its name is empty or has a character names cannot have", reterr);
    }
    return text_check(&name, parser->source->path, reterr)
            && add_section(parser, &header, text_string(&name), reterr);
}

/* Adds to the list at *newest, which owns the property from here on. */
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
    property->path = parser->source->path;
    property->line = parser->line;
    property->file = parser->source->file;
    property->value = SECRET_INIT(PROFILE_FILE_MAX_BYTES);
    property->older = *newest;
    *newest = property;
    if (value.len > 0) {
        secret_reserve(&property->value, value.len);
        secret_append(&property->value, value.bytes, value.len);
    }
    return secret_check(&property->value, parser->source->path, reterr);
}

static bool parse_property(struct parser *parser, struct span line, struct err *reterr)
{
    parser->property = NULL;
    parser->continued = CONTINUES_IGNORED;

    if (!parser->has_seen_section) {
        parser->has_seen_section = true; /* once is enough to say so */
        return fail(parser, "property before any [section]", reterr);
    }
    struct span key = { 0 };
    struct span value = { 0 };
    if (!split_assignment(cut_inline_comment(line), &key, &value)) {
        return fail(parser, "neither a [section] nor key = value", reterr);
    }
    if (key.len == 0) {
        return fail(parser, "no key before the =", reterr);
    }
    if (has_control_char(value)) {
        return fail(parser, "control character in a value", reterr);
    }
    if (parser->section == NULL) {
        return true; /* its header is wrong, which was said */
    }
    if (!add_property(parser, &parser->section->newest_property, key, value, reterr)) {
        return false;
    }
    parser->property = parser->section->newest_property;
    if (!is_identifier(key)) {
        warn(parser, "property ignored: its key has a character keys cannot have");
    } else if (parser->section->ignored_because == NULL) {
        parser->continued = value.len > 0 ? CONTINUES_VALUE : CONTINUES_NESTED;
    }
    return true;
}

static bool parse_nested(struct parser *parser, struct span line, struct err *reterr)
{
    struct span key = { 0 };
    struct span value = { 0 };
    if (!split_assignment(line, &key, &value)) {
        return fail(parser, "indented line below an empty value, and not key = value", reterr);
    }
    if (key.len == 0) {
        return fail(parser, "no key before the =", reterr);
    }
    if (!is_identifier(key)) {
        warn(parser, "property ignored: its key has a character keys cannot have");
        return true;
    }
    return add_property(parser, &parser->property->newest_nested, key, value, reterr);
}

/* Whether its value must not vanish in that of another key, whatever that is. */
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
        /* Once is enough to say so, and an indented section must not make its properties wrong. */
        parser->continued = CONTINUES_IGNORED;
        parser->has_seen_section = true;
        return fail(parser, "indented line that continues no property", reterr);
    }
    if (parser->continued == CONTINUES_VALUE && profile_key_is_public(parser->property->key)) {
        (void)fail(parser, "indented line, which continues the value above it: ", reterr);
        err_add_why(reterr, "%s has one line only", parser->property->key);
        err_set_hint(reterr, "remove the blanks at the line's start");
        return false;
    }
    if (parser->property != NULL && is_credentials_line(text)) {
        (void)fail(parser,
                "indented line, which continues the value above it: it looks like a property of its own",
                reterr);
        err_set_hint(reterr, "remove the blanks at the line's start");
        return false;
    }
    if (parser->continued == CONTINUES_IGNORED) {
        return true;
    }
    if (has_control_char(text)) {
        return fail(parser, "control character in a value", reterr);
    }
    if (cut_inline_comment(line).len < line.len) {
        warn(parser, "# and ; start no comment on an indented line: they are part of the value");
    }
    if (parser->continued == CONTINUES_NESTED) {
        return parse_nested(parser, text, reterr);
    }
    secret_append_char(&parser->property->value, '\n');
    secret_append(&parser->property->value, text.bytes, text.len);
    return secret_check(&parser->property->value, parser->source->path, reterr);
}

static bool parse_line(struct parser *parser, struct span line, struct err *reterr)
{
    if (span_trim(line).len == 0 || is_comment_start(line.bytes[0])) {
        return true;
    }
    if (line.bytes[0] == '[') {
        return parse_section(parser, line, reterr);
    }
    if (ascii_is_blank(line.bytes[0])) {
        return parse_indented(parser, line, reterr);
    }
    return parse_property(parser, line, reterr);
}

/*
 * Takes the next line off *rest, without its end: LF, CRs and LF, or a CR alone. Without the last one all
 * of a file whose lines end so would be the rest of its first line, which botocore reads as it is meant.
 */
static struct span take_line(struct span *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->bytes[len] != '\n' && rest->bytes[len] != '\r') {
        len++;
    }
    size_t crs_end = len;
    while (crs_end < rest->len && rest->bytes[crs_end] == '\r') {
        crs_end++;
    }
    bool has_lf = crs_end < rest->len && rest->bytes[crs_end] == '\n';
    size_t taken = has_lf ? crs_end + 1 : len < rest->len ? len + 1 : len;
    struct span line = { rest->bytes, len };
    *rest = (struct span){ rest->bytes + taken, rest->len - taken };
    return line;
}

/* Text in UTF-16 or UTF-32 has them, and so has no other text. */
static bool check_no_nul(struct parser *parser, struct span contents, struct err *reterr)
{
    const char *nul = memchr(contents.bytes, '\0', contents.len);
    if (nul == NULL) {
        return true;
    }
    parser->line = 1;
    for (const char *at = contents.bytes; at < nul; at++) {
        parser->line += *at == '\n' ? 1 : 0;
    }
    (void)fail(parser, "a NUL byte: the file is not a text in UTF-8", reterr);
    err_set_hint(reterr, "is it UTF-16, as some editors and shells write it? Save it as UTF-8");
    return false;
}

bool profile_parse(const struct profile_source *source,
        const struct secret *contents,
        struct event_sink *events,
        struct profile_section **newest,
        struct err_list *problems)
{
    struct parser parser = { .source = source, .events = events, .newest = newest };
    struct span text = { secret_expose(contents), secret_len(contents) };
    struct span rest = span_skip_byte_order_mark(text);
    struct err problem = { 0 };
    if (!check_no_nul(&parser, rest, &problem)) {
        return err_list_add(problems, &problem);
    }
    size_t problem_count = 0;
    while (rest.len > 0 && problem_count < PROBLEMS_PER_FILE_MAX) {
        parser.line++;
        if (!parse_line(&parser, take_line(&rest), &problem)) {
            problem_count++;
            (void)err_list_add(problems, &problem);
            if (problem.kind == ERR_SYSTEM) {
                return false;
            }
        }
    }
    return problem_count == 0;
}
