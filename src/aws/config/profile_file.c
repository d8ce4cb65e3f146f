/* SPDX-License-Identifier: MIT */
#include "aws/config/profile_file.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/home.h"
#include "base/shown.h"
#include "base/text.h"

enum {
    FILE_MAX_BYTES = 1024 * 1024,
    PATH_MAX_BYTES = 4096,
    KEY_SHOWN_MAX_BYTES = 64,
    PROBLEMS_PER_FILE_MAX = 8, /* a file that is something else altogether needs no more */
};

/* A "key = value" as it was read; those that a later one overrides stay, and are never found. */
struct profile_property {
    struct profile_property *older;         /* the one above it in the same section */
    struct profile_property *newest_nested; /* only below an empty value */
    struct secret value;
    const char *path; /* the files' own */
    size_t line;
    enum profile_file file;
    char key[];
};

/* A "[section]" as it was read; sections of one name are merged by looking through all of them. */
struct profile_section {
    struct profile_section *older;          /* the one read before it, whatever its name */
    struct profile_section *older_namesake; /* the one to go on with where a key is absent */
    struct profile_property *newest_property;
    const char *path; /* the files' own */
    size_t ordinal;   /* in reading order: config file first, so that the credentials file wins */
    size_t line;
    enum profile_file file;
    enum profile_section_kind kind;
    bool has_type;               /* "[profile default]" and not "[default]" */
    const char *ignored_because; /* NULL: it counts */
    char name[];
};

/* A piece of the file: borrowed, and as secret as the file. */
struct span {
    const char *bytes;
    size_t len;
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
    struct profile_files *files;
    struct event_sink *events;
    const char *path;
    enum profile_file file;
    size_t line;
    bool has_seen_section;
    struct profile_section *section;
    struct profile_property *property; /* the one above; NULL: the line above was none, or wrong */
    enum continued continued;
};

/* A key that is longer than any of AWS's is cut, so that the end of the path and the line are not. */
static void format_where_key(
        const char *path, size_t line, const char *key, char ret_where[static PROFILE_WHERE_BYTES])
{
    static const char CUT_MARK[] = "...";
    static const size_t KEPT_MAX = PROFILE_WHERE_BYTES - KEY_SHOWN_MAX_BYTES
            - sizeof("...:18446744073709551615: ");
    size_t len = strlen(path);
    const char *kept = len > KEPT_MAX ? path + len - KEPT_MAX : path;
    (void)snprintf(ret_where, PROFILE_WHERE_BYTES, "%s%s:%zu%s%.*s", kept == path ? "" : CUT_MARK,
            kept, line, key[0] == '\0' ? "" : ": ", KEY_SHOWN_MAX_BYTES, key);
}

static void format_where(const char *path, size_t line, char ret_where[static PROFILE_WHERE_BYTES])
{
    format_where_key(path, line, "", ret_where);
}

static bool fail(const struct parser *parser, const char *why, struct err *reterr)
{
    char where[PROFILE_WHERE_BYTES];
    format_where(parser->path, parser->line, where);
    return err_set(reterr, ERR_INPUT, where, "%s", why);
}

static void warn_at(struct event_sink *events, const char *path, size_t line, const char *message)
{
    char where[PROFILE_WHERE_BYTES];
    format_where(path, line, where);
    event_emit(events, EVENT_WARNING, where, "%s", message);
}

static void warn(const struct parser *parser, const char *message)
{
    warn_at(parser->events, parser->path, parser->line, message);
}

/* ascii_trim would also take control characters, which are to be noticed. */
static struct span trim(struct span text)
{
    while (text.len > 0 && ascii_is_blank(text.bytes[0])) {
        text = (struct span){ text.bytes + 1, text.len - 1 };
    }
    while (text.len > 0 && ascii_is_blank(text.bytes[text.len - 1])) {
        text.len--;
    }
    return text;
}

static bool span_equals(struct span text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.bytes, word, text.len) == 0;
}

static bool span_equals_ignoring_case(struct span text, const char *word)
{
    for (size_t i = 0; i < text.len; i++) {
        if (word[i] == '\0' || ascii_lower(text.bytes[i]) != word[i]) {
            return false;
        }
    }
    return word[text.len] == '\0';
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
    *ret_key = trim((struct span){ line.bytes, key_len });
    *ret_value = trim((struct span){ equals + 1, line.len - key_len - 1 });
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
            size_t quoted_len = measure_quoted((struct span){ line.bytes + i, line.len - i });
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
            *header = trim((struct span){ header->bytes + len, header->len - len });
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
        struct span rest = { written.bytes + at, written.len - at };
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
    return span_equals(name, "plugins") || span_equals(name, "preview");
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
    section->path = parser->path;
    section->file = parser->file;
    section->line = parser->line;
    section->ordinal = parser->files->section_count_;
    section->older = parser->files->newest_section_;
    parser->files->newest_section_ = section;
    parser->files->section_count_++;
    parser->section = section;
    return true;
}

/* It is kept all the same, to be found by whoever misses it: see profile_dropped.h. */
static bool ignore_section(
        struct parser *parser, struct span header, const char *why, struct err *reterr)
{
    const struct header ignored = { .kind = PROFILE_SECTION_PROFILE, .ignored_because = why };
    CLEANUP(text_clear) struct text name = TEXT_INIT(FILE_MAX_BYTES);
    text_append(&name, header.bytes, header.len);
    if (!is_cli_section(header)) {
        char message[256];
        (void)snprintf(message, sizeof(message), "section ignored: %s", why);
        warn(parser, message);
    }
    return text_check(&name, parser->path, reterr)
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
    struct span behind = trim((struct span){ line.bytes + bracket + 1, line.len - bracket - 1 });
    if (!check_behind(parser, behind, reterr)) {
        return false;
    }

    struct span written = trim((struct span){ line.bytes + 1, bracket - 1 });
    struct span rest = written;
    struct header header = { .kind = PROFILE_SECTION_PROFILE };
    header.has_type = take_type(&rest, &header.kind);
    if (parser->file == PROFILE_FILE_CREDENTIALS && header.has_type) {
        return ignore_section(
                parser, written, "in the credentials file it is [NAME], without a type", reterr);
    }
    if (parser->file == PROFILE_FILE_CONFIG && !header.has_type && !span_equals(rest, "default")) {
        return ignore_section(
                parser, written, "in the config file a profile is [profile NAME]", reterr);
    }
    CLEANUP(text_clear) struct text name = TEXT_INIT(FILE_MAX_BYTES);
    if (!read_name(rest, parser->file, &name)) {
        return ignore_section(
                parser, written, "its name is empty or has a character names cannot have", reterr);
    }
    return text_check(&name, parser->path, reterr)
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
    property->path = parser->path;
    property->line = parser->line;
    property->file = parser->file;
    property->value = SECRET_INIT(FILE_MAX_BYTES);
    property->older = *newest;
    *newest = property;
    if (value.len > 0) {
        secret_reserve(&property->value, value.len);
        secret_append(&property->value, value.bytes, value.len);
    }
    return secret_check(&property->value, parser->path, reterr);
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

/*
 * Keys whose values are one word or line, and may stand in a message. An indented line below one of
 * them is a mistake, and what it holds (a secret key, as often as not) must not become part of it.
 */
static bool is_one_line_key(const char *key)
{
    static const char *const keys[] = { "region", "role_arn", "source_profile", "credential_source",
        "external_id", "role_session_name", "duration_seconds", "mfa_serial",
        "web_identity_token_file", "sso_session", "sso_start_url", "sso_region", "sso_account_id",
        "sso_role_name", "login_session", "ca_bundle", "endpoint_url", "services",
        "ignore_configured_endpoint_urls", "use_fips_endpoint", "use_dualstack_endpoint",
        "max_attempts", "retry_mode", "sdk_ua_app_id", "ec2_metadata_service_endpoint",
        "ec2_metadata_service_endpoint_mode", "metadata_service_timeout",
        "metadata_service_num_attempts" };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (ascii_equals_ignoring_case(key, keys[i])) {
            return true;
        }
    }
    return false;
}

/* Keys of which a value must not vanish in that of another key, whatever that is. */
static bool is_credentials_line(struct span line)
{
    static const char *const keys[] = { "aws_access_key_id", "aws_secret_access_key",
        "aws_session_token", "role_arn", "credential_process", "web_identity_token_file",
        "sso_account_id", "sso_role_name", "login_session" };
    struct span key = { 0 };
    struct span value = { 0 };
    if (!split_assignment(line, &key, &value)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (span_equals_ignoring_case(key, keys[i])) {
            return true;
        }
    }
    return false;
}

static bool parse_indented(struct parser *parser, struct span line, struct err *reterr)
{
    struct span text = trim(line);
    if (parser->continued == CONTINUES_NOTHING) {
        /* Once is enough to say so, and an indented section must not make its properties wrong. */
        parser->continued = CONTINUES_IGNORED;
        parser->has_seen_section = true;
        return fail(parser, "indented line that continues no property", reterr);
    }
    if (parser->continued == CONTINUES_VALUE && is_one_line_key(parser->property->key)) {
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
    return secret_check(&parser->property->value, parser->path, reterr);
}

static bool parse_line(struct parser *parser, struct span line, struct err *reterr)
{
    if (trim(line).len == 0 || is_comment_start(line.bytes[0])) {
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

/* Goes on behind a line that is wrong: all of them are worth knowing before the file is edited. */
static bool parse_contents(
        struct parser *parser, const struct secret *contents, struct err_list *problems)
{
    static const char BYTE_ORDER_MARK[] = "\xEF\xBB\xBF";
    struct span rest = { secret_expose(contents), secret_len(contents) };
    size_t mark_len = strlen(BYTE_ORDER_MARK);
    if (rest.len >= mark_len && memcmp(rest.bytes, BYTE_ORDER_MARK, mark_len) == 0) {
        rest = (struct span){ rest.bytes + mark_len, rest.len - mark_len };
    }
    struct err not_text = { 0 };
    if (!check_no_nul(parser, rest, &not_text)) {
        err_list_add(problems, &not_text);
        return false;
    }
    size_t problem_count = 0;
    while (rest.len > 0 && problem_count < PROBLEMS_PER_FILE_MAX) {
        struct err problem = { 0 };
        parser->line++;
        if (parse_line(parser, take_line(&rest), &problem)) {
            continue;
        }
        err_list_add(problems, &problem);
        problem_count++;
        if (problem.kind == ERR_SYSTEM) {
            return false;
        }
    }
    return problem_count == 0;
}

static const struct {
    const char *variable;
    const char *default_path;
} SOURCES[PROFILE_FILE_COUNT] = {
    [PROFILE_FILE_CONFIG] = { "AWS_CONFIG_FILE", "~/.aws/config" },
    [PROFILE_FILE_CREDENTIALS] = { "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials" },
};

/*
 * A user without a home directory has no files there; naming one there is a mistake. *ret_shown: what
 * messages call the file; NULL where there is none.
 */
static bool locate(const struct environment *environment,
        enum profile_file file,
        struct text *ret_path,
        char **ret_shown,
        struct err *reterr)
{
    const char *variable = SOURCES[file].variable;
    const char *configured = environment_get(environment, variable);
    const char *path = configured != NULL ? configured : SOURCES[file].default_path;
    if (!home_expand(environment, path, ret_path)) {
        if (configured == NULL) {
            *ret_shown = NULL;
            return true;
        }
        return err_set(reterr, ERR_INPUT, variable, HOME_UNKNOWN);
    }
    if (!text_check(ret_path, variable, reterr)) {
        return false;
    }
    *ret_shown = strdup(home_shown(path, text_string(ret_path)));
    return *ret_shown != NULL || err_set_no_memory(reterr);
}

/* Whether permissions keep us from seeing if there is such a file at all. */
static bool is_out_of_sight(const char *path)
{
    struct stat status = { 0 };
    return stat(path, &status) != 0 && errno == EACCES;
}

struct origin {
    const char *path;
    const char *shown_path;
    const char *variable; /* that names the file; NULL: it is the default one */
};

/*
 * A container's HOME is often another user's, such as /root, and botocore takes what it cannot see there as
 * missing. A file that was asked for, or can be seen, must be readable. One that cannot be read may be
 * something else than a path, such as a URL with a password.
 */
static bool read_contents(const struct origin *origin,
        const struct file_limits *limits,
        struct event_sink *events,
        struct secret *contents,
        struct err *reterr)
{
    enum file_presence presence = FILE_ABSENT;
    struct err refusal = { 0 };
    char shown[SHOWN_BYTES];
    (void)shown_word(origin->shown_path, strlen(origin->shown_path), shown);
    if (file_read(origin->path, limits, contents, &presence, &refusal)) {
        if (presence == FILE_ABSENT && origin->variable != NULL) {
            event_emit(events, EVENT_WARNING, shown, "%s names it, and there is no such file",
                    origin->variable);
        }
        return true;
    }
    if (origin->variable == NULL && refusal.os_error == EACCES && is_out_of_sight(origin->path)) {
        event_emit(events, EVENT_WARNING, shown, "taken as missing: %s", strerror(EACCES));
        return true;
    }
    *reterr = refusal;
    err_set_where(reterr, shown);
    if (origin->variable != NULL) {
        err_add_why(reterr, " (named by %s)", origin->variable);
    }
    return false;
}

static bool load_file(struct profile_files *files,
        enum profile_file file,
        const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct err_list *problems)
{
    struct err problem = { 0 };
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    if (!locate(environment, file, &path, &files->paths_[file], &problem)) {
        err_list_add(problems, &problem);
        return false;
    }
    const char *shown_path = files->paths_[file];
    if (shown_path == NULL) {
        return true;
    }
    const char *variable = SOURCES[file].variable;
    const struct origin origin = { text_string(&path), shown_path,
        environment_get(environment, variable) != NULL ? variable : NULL };
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(FILE_MAX_BYTES);
    if (!read_contents(&origin, limits, events, &contents, &problem)) {
        err_list_add(problems, &problem);
        return false;
    }
    struct parser parser = { .files = files, .events = events, .path = shown_path, .file = file };
    return parse_contents(&parser, &contents, problems);
}

static int compare_ids(
        enum profile_section_kind kind, const char *name, const struct profile_section *section)
{
    if (kind != section->kind) {
        return kind < section->kind ? -1 : 1;
    }
    return strcmp(name, section->name);
}

/* By kind and name, then in reading order. */
static int compare_sections(const void *a, const void *b)
{
    const struct profile_section *first = *(const struct profile_section *const *)a;
    const struct profile_section *second = *(const struct profile_section *const *)b;
    int difference = compare_ids(first->kind, first->name, second);
    if (difference != 0) {
        return difference;
    }
    return first->ordinal < second->ordinal ? -1 : 1;
}

static bool is_default(const struct profile_section *section, bool has_type)
{
    return section->ignored_because == NULL && section->kind == PROFILE_SECTION_PROFILE
            && section->file == PROFILE_FILE_CONFIG && section->has_type == has_type
            && strcmp(section->name, "default") == 0;
}

/* In the config file "[profile default]", wherever it stands, leaves nothing of "[default]". */
static bool has_profile_default(const struct profile_files *files)
{
    const struct profile_section *section = files->newest_section_;
    while (section != NULL && !is_default(section, /* has_type= */ true)) {
        section = section->older;
    }
    return section != NULL;
}

/* Sorts the sections, chains those of one name, and keeps the newest of each chain. */
static bool index_sections(
        struct profile_files *files, struct event_sink *events, struct err *reterr)
{
    if (files->section_count_ == 0) {
        return true;
    }
    files->index_ = calloc(files->section_count_, sizeof(struct profile_section *));
    if (files->index_ == NULL) {
        return err_set_no_memory(reterr);
    }
    bool is_default_replaced = has_profile_default(files);
    size_t count = 0;
    for (struct profile_section *section = files->newest_section_; section != NULL;
            section = section->older) {
        if (is_default_replaced && is_default(section, /* has_type= */ false)) {
            section->ignored_because = "[profile default] replaces [default]";
            warn_at(events, section->path, section->line,
                    "section ignored: [profile default] replaces [default]");
        }
        if (section->ignored_because == NULL) {
            files->index_[count] = section;
            count++;
        }
    }
    qsort(files->index_, count, sizeof(struct profile_section *), compare_sections);
    for (size_t i = 0; i < count; i++) {
        struct profile_section *section = files->index_[i];
        struct profile_section *last = files->index_len_ == 0
                ? NULL
                : files->index_[files->index_len_ - 1];
        if (last != NULL && compare_ids(section->kind, section->name, last) == 0) {
            section->older_namesake = last;
            files->index_len_--;
        }
        files->index_[files->index_len_] = section;
        files->index_len_++;
    }
    return true;
}

bool profile_files_load(const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct profile_files *ret_files,
        struct err_list *problems)
{
    CLEANUP(profile_files_clear) struct profile_files files = PROFILE_FILES_INIT;
    bool is_config_sound = load_file(
            &files, PROFILE_FILE_CONFIG, environment, limits, events, problems);
    bool is_credentials_sound = load_file(
            &files, PROFILE_FILE_CREDENTIALS, environment, limits, events, problems);
    if (!is_config_sound || !is_credentials_sound) {
        return false;
    }
    struct err problem = { 0 };
    if (!index_sections(&files, events, &problem)) {
        err_list_add(problems, &problem);
        return false;
    }
    *ret_files = files;
    files = PROFILE_FILES_INIT;
    return true;
}

static void free_properties(struct profile_property *newest)
{
    while (newest != NULL) {
        struct profile_property *property = newest;
        newest = property->older;
        secret_clear(&property->value);
        free(property);
    }
}

static void free_section(struct profile_section *section)
{
    for (struct profile_property *property = section->newest_property; property != NULL;
            property = property->older) {
        free_properties(property->newest_nested);
    }
    free_properties(section->newest_property);
    free(section);
}

void profile_files_clear(struct profile_files *files)
{
    struct profile_section *section = files->newest_section_;
    while (section != NULL) {
        struct profile_section *older = section->older;
        free_section(section);
        section = older;
    }
    free(files->index_);
    for (size_t i = 0; i < PROFILE_FILE_COUNT; i++) {
        free(files->paths_[i]);
    }
    *files = PROFILE_FILES_INIT;
}

const char *profile_files_path(const struct profile_files *files, enum profile_file file)
{
    return files->paths_[file];
}

const struct profile_section *profile_files_find(
        const struct profile_files *files, enum profile_section_kind kind, const char *name)
{
    size_t low = 0;
    size_t high = files->index_len_;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int difference = compare_ids(kind, name, files->index_[middle]);
        if (difference == 0) {
            return files->index_[middle];
        }
        if (difference < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

static const struct profile_property *find_key(
        const struct profile_property *newest, const char *key)
{
    while (newest != NULL && !ascii_equals_ignoring_case(newest->key, key)) {
        newest = newest->older;
    }
    return newest;
}

/* The property that holds for the key, even if its value is empty. */
static const struct profile_property *find_in_section(
        const struct profile_section *section, const char *key)
{
    const struct profile_property *found = NULL;
    while (section != NULL && found == NULL) {
        found = find_key(section->newest_property, key);
        section = section->older_namesake;
    }
    return found;
}

static const struct profile_property *unless_empty(const struct profile_property *property)
{
    return property == NULL || secret_is_empty(&property->value) ? NULL : property;
}

const struct profile_property *profile_section_find(
        const struct profile_section *section, const char *key)
{
    return unless_empty(find_in_section(section, key));
}

const struct profile_property *profile_section_find_nested(
        const struct profile_section *section, const char *key, const char *nested_key)
{
    const struct profile_property *property = find_in_section(section, key);
    return property == NULL ? NULL : unless_empty(find_key(property->newest_nested, nested_key));
}

const struct secret *profile_property_secret(const struct profile_property *property)
{
    return &property->value;
}

/* Keys whose values may be shown; credentials and what may hold some, such as a command line, are not here. */
static const char *const PUBLIC_KEYS[] = {
    "ca_bundle",
    "credential_source",
    "duration_seconds",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "endpoint_url",
    "external_id",
    "ignore_configured_endpoint_urls",
    "login_session",
    "max_attempts",
    "metadata_service_num_attempts",
    "metadata_service_timeout",
    "region",
    "role_arn",
    "role_session_name",
    "sdk_ua_app_id",
    "services",
    "source_profile",
    "sso_account_id",
    "sso_region",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
};

static bool is_public(const char *key)
{
    size_t i = 0;
    while (i < sizeof(PUBLIC_KEYS) / sizeof(PUBLIC_KEYS[0])
            && !ascii_equals_ignoring_case(key, PUBLIC_KEYS[i])) {
        i++;
    }
    return i < sizeof(PUBLIC_KEYS) / sizeof(PUBLIC_KEYS[0]);
}

const char *profile_property_text(const struct profile_property *property)
{
    assert(is_public(property->key));
    return secret_expose(&property->value);
}

enum profile_file profile_property_file(const struct profile_property *property)
{
    return property->file;
}

void profile_property_where(
        const struct profile_property *property, char ret_where[static PROFILE_WHERE_BYTES])
{
    format_where(property->path, property->line, ret_where);
}

void profile_property_where_key(
        const struct profile_property *property, char ret_where[static PROFILE_WHERE_BYTES])
{
    format_where_key(property->path, property->line, property->key, ret_where);
}

const struct profile_section *profile_files_newest_section(const struct profile_files *files)
{
    return files->newest_section_;
}

const struct profile_section *profile_section_older(const struct profile_section *section)
{
    return section->older;
}

const struct profile_property *profile_section_newest_property(
        const struct profile_section *section)
{
    return section->newest_property;
}

const struct profile_property *profile_property_older(const struct profile_property *property)
{
    return property->older;
}

const char *profile_section_ignored(const struct profile_section *section)
{
    return section->ignored_because;
}

const char *profile_section_name(const struct profile_section *section)
{
    return section->name;
}

bool profile_section_is_profile(const struct profile_section *section)
{
    return section->kind == PROFILE_SECTION_PROFILE;
}

void profile_section_where(
        const struct profile_section *section, char ret_where[static PROFILE_WHERE_BYTES])
{
    format_where(section->path, section->line, ret_where);
}

const char *profile_property_key(const struct profile_property *property)
{
    return property->key;
}

const struct secret *profile_section_get_secret(
        const struct profile_section *section, const char *key)
{
    const struct profile_property *property = profile_section_find(section, key);
    return property == NULL ? NULL : profile_property_secret(property);
}

const char *profile_section_get(const struct profile_section *section, const char *key)
{
    const struct profile_property *property = profile_section_find(section, key);
    return property == NULL ? NULL : profile_property_text(property);
}
