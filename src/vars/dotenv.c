/* SPDX-License-Identifier: MIT */
#include "vars/dotenv.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/span.h"
#include "base/utf8.h"
#include "vars/var_name.h"

enum {
    NAMED_MAX = 3, /* lines named for one problem; further ones are counted */
    WHERE_BYTES = 512,
};

static const char EXPORT[] = "export";

enum problem {
    NOT_AN_ASSIGNMENT,
    NO_NAME,
    BAD_NAME,
    OWN_SETTING,
    UNCLOSED_QUOTE,
    TEXT_AFTER_QUOTE,
    NUL_BYTE,
    NOT_UTF8,
    NOT_UTF8_BUT_UTF16,
    CARRIAGE_RETURN,
    PROBLEM_COUNT
};

/* None of these texts quotes the file. */
static const struct {
    const char *why;
    const char *hint;
} problem_texts[PROBLEM_COUNT] = {
    [NOT_AN_ASSIGNMENT] = { "expected NAME=VALUE or a comment, but there is no '='",
            "write NAME=VALUE, also for an empty value; comments begin with '#'" },
    [NO_NAME] = { "there is no name before the '='", "write NAME=VALUE" },
    [BAD_NAME] = { "the text before the '=' is not a variable name",
            "a name is made of letters, digits and '_', and does not begin with a digit" },
    [OWN_SETTING] = { "the variable is a setting of ssm-exec itself, which no env file can set",
            "set it in the environment that ssm-exec is started with, or on the command line" },
    [UNCLOSED_QUOTE] = { "the quote that begins the value is never closed",
            "close it, or put the value between quotes of another kind" },
    [TEXT_AFTER_QUOTE] = { "there is text after the closing quote of the value",
            "only a comment may follow, with a blank before its '#'; a quote inside the value needs "
            "quotes of another kind around it, or \\\" between double quotes" },
    [NUL_BYTE] = { "there is a NUL byte, which no variable can hold",
            "is this a text file, saved as UTF-8?" },
    [NOT_UTF8] = { "the text is not valid UTF-8", "save the file as UTF-8" },
    [NOT_UTF8_BUT_UTF16] = { "the text is UTF-16", "save the file as UTF-8" },
    [CARRIAGE_RETURN] = { "there is a carriage return inside the line",
            "lines end in LF or CRLF; between double quotes it is written \\r" },
};

struct dotenv_parser {
    const char *file;
    struct span rest; /* the lines that are not read yet */
    size_t line;      /* number of the line read last */
    struct dotenv *dotenv;
    struct err_list *problems;
    size_t counts[PROBLEM_COUNT];
    bool has_problem;
    bool has_no_memory;
};

/* "file:line"; a path that is too long is cut at its beginning. */
static void put_problem(
        struct dotenv_parser *parser, enum problem kind, const char *line, const char *why)
{
    char where[WHERE_BYTES];
    size_t len = strlen(parser->file);
    size_t kept_max = sizeof(where) - sizeof("...") - strlen(line);
    size_t cut = len > kept_max ? len - kept_max : 0;
    (void)snprintf(where, sizeof(where), "%s%s%s", cut > 0 ? "..." : "", parser->file + cut, line);
    err_list_add_new(parser->problems, ERR_INPUT, where, problem_texts[kind].hint, "%s", why);
}

/* line: where the value ends. first_line: where a value of several lines begins; otherwise 0. */
static void add_problem_of_value(
        struct dotenv_parser *parser, size_t line, size_t first_line, enum problem kind)
{
    char place[32];
    char began_at[48] = "";
    char why[128];
    parser->has_problem = true;
    parser->counts[kind]++;
    if (parser->counts[kind] > NAMED_MAX) {
        return;
    }
    if (first_line != 0) {
        (void)snprintf(began_at, sizeof(began_at), ", which began on line %zu", first_line);
    }
    (void)snprintf(why, sizeof(why), "%s%s", problem_texts[kind].why, began_at);
    (void)snprintf(place, sizeof(place), ":%zu", line);
    put_problem(parser, kind, place, why);
}

static void add_problem_at(struct dotenv_parser *parser, size_t line, enum problem kind)
{
    add_problem_of_value(parser, line, 0, kind);
}

/* The lines past NAMED_MAX: a file that is not an env file has the same problem on each line. */
static void add_counted_problems(struct dotenv_parser *parser)
{
    for (int kind = 0; kind < PROBLEM_COUNT; kind++) {
        char why[128];
        size_t count = parser->counts[kind];
        if (count > NAMED_MAX) {
            (void)snprintf(why, sizeof(why), "%zu more %s: %s", count - NAMED_MAX,
                    count == NAMED_MAX + 1 ? "line" : "lines", problem_texts[kind].why);
            put_problem(parser, (enum problem)kind, "", why);
        }
    }
}

static bool is_utf8(struct span text)
{
    size_t at = 0;
    while (at < text.len) {
        uint32_t code_point = 0;
        size_t len = utf8_decode(text.bytes + at, text.len - at, &code_point);
        if (len == 0) {
            return false;
        }
        at += len;
    }
    return true;
}

/* Reports bytes that no line may contain. The line is still parsed, to report its other problems. */
static void check_bytes(struct dotenv_parser *parser, struct span line)
{
    if (memchr(line.bytes, '\0', line.len) != NULL) {
        add_problem_at(parser, parser->line, NUL_BYTE);
    } else if (!is_utf8(line)) {
        add_problem_at(parser, parser->line, NOT_UTF8);
    } else if (memchr(line.bytes, '\r', line.len) != NULL) {
        add_problem_at(parser, parser->line, CARRIAGE_RETURN);
    }
}

/* The next line without its LF or CRLF, or a CR at the end of the file; false if there is none. */
static bool next_line(struct dotenv_parser *parser, struct span *ret_line)
{
    if (parser->rest.len == 0) {
        return false;
    }
    const char *newline = memchr(parser->rest.bytes, '\n', parser->rest.len);
    struct span line = parser->rest;
    if (newline != NULL) {
        line.len = (size_t)(newline - line.bytes);
    }
    parser->rest = span_skip(parser->rest, newline == NULL ? line.len : line.len + 1);
    if (line.len > 0 && line.bytes[line.len - 1] == '\r') {
        line.len--;
    }
    parser->line++;
    check_bytes(parser, line);
    *ret_line = line;
    return true;
}

/* Only before a name: "export = x" sets a variable called export. */
static struct span skip_export(struct span line)
{
    size_t len = sizeof(EXPORT) - 1;
    if (line.len <= len || !span_starts_with(line, EXPORT) || !ascii_is_blank(line.bytes[len])) {
        return line;
    }
    struct span after = span_skip_blanks(span_skip(line, len));
    return after.len > 0 && after.bytes[0] == '=' ? line : after;
}

/* Text that is not a name may be part of a secret, so it is not quoted. */
static bool check_name(struct dotenv_parser *parser, struct span name)
{
    if (name.len == 0) {
        add_problem_at(parser, parser->line, NO_NAME);
        return false;
    }
    if (!var_name_is_valid(name.bytes, name.len)) {
        add_problem_at(parser, parser->line, BAD_NAME);
        return false;
    }
    if (var_name_is_own(name.bytes, name.len)) {
        add_problem_at(parser, parser->line, OWN_SETTING);
        return false;
    }
    return true;
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

/* The character that a backslash and c mean between double quotes; '\0' if they are not an escape. */
static char unescape(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case '"':
    case '\\':
    case '$':
        return c;
    default:
        return '\0';
    }
}

/* Appends the text up to the closing quote; false if this line has none. */
static bool append_quoted(struct span text, char quote, struct secret *value, size_t *ret_len)
{
    size_t at = 0;
    while (at < text.len && text.bytes[at] != quote) {
        char escaped = '\0';
        if (quote == '"' && text.bytes[at] == '\\' && at + 1 < text.len) {
            escaped = unescape(text.bytes[at + 1]);
        }
        secret_append_char(value, escaped == '\0' ? text.bytes[at] : escaped);
        at += escaped == '\0' ? 1 : 2;
    }
    *ret_len = at;
    return at < text.len;
}

/* Reads a quoted value, which may extend over several lines. */
static bool read_quoted(struct dotenv_parser *parser, struct span text, struct secret *value)
{
    char quote = text.bytes[0];
    size_t first_line = parser->line;
    size_t len = 0;
    text = span_skip(text, 1);
    while (!append_quoted(text, quote, value, &len)) {
        if (!next_line(parser, &text)) {
            add_problem_at(parser, first_line, UNCLOSED_QUOTE);
            return false;
        }
        secret_append_char(value, '\n');
    }
    struct span after = span_skip(text, len + 1);
    struct span rest = span_skip_blanks(after);
    if (rest.len == 0 || (rest.bytes[0] == '#' && rest.len < after.len)) {
        return true;
    }
    add_problem_of_value(
            parser, parser->line, first_line != parser->line ? first_line : 0, TEXT_AFTER_QUOTE);
    return false;
}

/* In an unquoted value a comment needs a blank before it: ab#cd is a value. */
static struct span cut_comment(struct span text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.bytes[i] == '#' && ascii_is_blank(text.bytes[i - 1])) {
            return (struct span){ text.bytes, i };
        }
    }
    return text;
}

static void read_unquoted(struct span text, struct secret *value, bool *ret_has_inner_hash)
{
    struct span kept = span_trim(cut_comment(text));
    secret_append(value, kept.bytes, kept.len);
    *ret_has_inner_hash = memchr(kept.bytes, '#', kept.len) != NULL;
}

/* Sets the name of *entry and moves it to the list. ERR_SYSTEM if memory runs out. */
static bool add_entry(
        struct dotenv *dotenv, struct span name, struct dotenv_entry *entry, struct err *reterr)
{
    struct dotenv_entry *entries = array_grow(
            dotenv->entries, dotenv->len, &dotenv->cap, sizeof(*entries));
    if (entries == NULL) {
        return err_set_no_memory(reterr);
    }
    dotenv->entries = entries;
    entry->name = strndup(name.bytes, name.len);
    if (entry->name == NULL) {
        return err_set_no_memory(reterr);
    }
    dotenv->entries[dotenv->len] = *entry;
    dotenv->len++;
    *entry = (struct dotenv_entry){ 0 };
    return true;
}

static void clear_entry(struct dotenv_entry *entry)
{
    free(entry->name);
    secret_clear(&entry->value);
    *entry = (struct dotenv_entry){ 0 };
}

/* Reads the value even if the name is not valid: its further lines are not assignments. */
static void parse_assignment(struct dotenv_parser *parser, struct span name, struct span text)
{
    CLEANUP(clear_entry)
    struct dotenv_entry entry = { .value = SECRET_INIT(DOTENV_MAX_BYTES), .line = parser->line };
    bool is_sound = check_name(parser, name);
    struct span begin = span_skip_blanks(text);
    if (begin.len > 0 && is_quote(begin.bytes[0])) {
        is_sound = read_quoted(parser, begin, &entry.value) && is_sound;
    } else {
        read_unquoted(text, &entry.value, &entry.has_inner_hash);
    }
    struct err problem = { 0 };
    if (is_sound
            && (!secret_check(&entry.value, parser->file, &problem)
                    || !add_entry(parser->dotenv, name, &entry, &problem))) {
        err_list_add(parser->problems, &problem);
        parser->has_problem = true;
        parser->has_no_memory = problem.kind == ERR_SYSTEM;
    }
}

static void parse_line(struct dotenv_parser *parser, struct span line)
{
    line = span_skip_blanks(line);
    if (line.len == 0 || line.bytes[0] == '#') {
        return;
    }
    line = skip_export(line);
    const char *equals = memchr(line.bytes, '=', line.len);
    if (equals == NULL) {
        add_problem_at(parser, parser->line, NOT_AN_ASSIGNMENT);
        return;
    }
    size_t name_len = (size_t)(equals - line.bytes);
    parse_assignment(parser, span_trim((struct span){ line.bytes, name_len }),
            span_skip(line, name_len + 1));
}

/* Windows editors call it "Unicode". Without this check every line would be reported. */
static bool is_utf16(struct span text)
{
    return span_starts_with(text, "\xff\xfe") || span_starts_with(text, "\xfe\xff");
}

/* By name, then by line. */
static int compare_entries(const void *a, const void *b)
{
    const struct dotenv_entry *first = a;
    const struct dotenv_entry *second = b;
    int difference = strcmp(first->name, second->name);
    if (difference != 0) {
        return difference;
    }
    return first->line < second->line ? -1 : 1;
}

/* Sorts the entries and keeps the last one of each name. */
static void sort_entries(struct dotenv *dotenv)
{
    if (dotenv->len == 0) {
        return;
    }
    qsort(dotenv->entries, dotenv->len, sizeof(*dotenv->entries), compare_entries);
    size_t last = 0;
    for (size_t i = 1; i < dotenv->len; i++) {
        if (strcmp(dotenv->entries[last].name, dotenv->entries[i].name) == 0) {
            clear_entry(&dotenv->entries[last]);
            dotenv->entries[i].is_repeated = true;
        } else {
            last++;
        }
        if (last != i) {
            dotenv->entries[last] = dotenv->entries[i];
            dotenv->entries[i] = (struct dotenv_entry){ 0 };
        }
    }
    dotenv->len = last + 1;
}

bool dotenv_parse(const struct secret *text,
        const char *file,
        struct dotenv *ret_dotenv,
        struct err_list *problems)
{
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    struct span contents = { secret_expose(text), secret_len(text) };
    struct dotenv_parser parser = {
        .file = file,
        .rest = span_skip_byte_order_mark(contents),
        .dotenv = &dotenv,
        .problems = problems,
    };
    if (is_utf16(contents)) {
        add_problem_at(&parser, 1, NOT_UTF8_BUT_UTF16);
        return false;
    }
    struct span line = { 0 };
    while (!parser.has_no_memory && next_line(&parser, &line)) {
        parse_line(&parser, line);
    }
    add_counted_problems(&parser);
    if (parser.has_problem) {
        return false;
    }
    sort_entries(&dotenv);
    *ret_dotenv = dotenv;
    dotenv = DOTENV_INIT;
    return true;
}

void dotenv_clear(struct dotenv *dotenv)
{
    for (size_t i = 0; i < dotenv->len; i++) {
        clear_entry(&dotenv->entries[i]);
    }
    free(dotenv->entries);
    *dotenv = DOTENV_INIT;
}

bool dotenv_parse_names(const struct secret *text,
        const char *file,
        struct string_list *names,
        struct err_list *problems)
{
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    struct err problem;
    if (!dotenv_parse(text, file, &dotenv, problems)) {
        return false;
    }
    for (size_t i = 0; i < dotenv.len; i++) {
        const char *name = dotenv.entries[i].name;
        if (!string_list_add(names, name, strlen(name), &problem)) {
            return err_list_add(problems, &problem);
        }
    }
    return true;
}
