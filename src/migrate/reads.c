/* SPDX-License-Identifier: MIT */
#include "migrate/reads.h"

#include <string.h>

#include "base/ascii.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    WORD_MAX_BYTES = 64,    /* of a word that reads: longer ones are none */
    BRACES_MAX_BYTES = 4096 /* of { A, B } before = process.env */
};

/* The text and how far it was read. Past the end there are NULs. */
struct cursor {
    struct span text;
    size_t at;
};

bool reads_is_word_character(char c)
{
    return ascii_is_alnum(c) || c == '_';
}

static char peek(const struct cursor *cursor)
{
    return cursor->at < cursor->text.len ? cursor->text.bytes[cursor->at] : '\0';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static bool skip_char(struct cursor *cursor, char c)
{
    bool is_there = peek(cursor) == c && cursor->at < cursor->text.len;
    cursor->at += is_there;
    return is_there;
}

static bool skip_text(struct cursor *cursor, const char *text)
{
    bool is_there = span_starts_with(span_skip(cursor->text, cursor->at), text);
    cursor->at += is_there ? strlen(text) : 0;
    return is_there;
}

static void skip_space(struct cursor *cursor)
{
    while (cursor->at < cursor->text.len && ascii_is_space(peek(cursor))) {
        cursor->at++;
    }
}

static struct span take_word(struct cursor *cursor)
{
    size_t start = cursor->at;
    while (cursor->at < cursor->text.len && reads_is_word_character(peek(cursor))) {
        cursor->at++;
    }
    return (struct span){ cursor->text.bytes + start, cursor->at - start };
}

/* The character before text[at), or NUL. */
static char before(struct span text, size_t at)
{
    return at > 0 ? text.bytes[at - 1] : '\0';
}

static bool is_one_of(struct span word, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (span_is(word, words[i])) {
            return true;
        }
    }
    return false;
}

static void add(struct reads *reads, struct span name)
{
    bool is_name = name.len > 0 && !ascii_is_digit(name.bytes[0]);
    if (is_name && reads->len < READS_MAX) {
        reads->names[reads->len++] = name;
    }
}

/* An argument: a literal name, or what makes the read dynamic. */
static void read_argument(struct cursor *cursor, bool may_be_dynamic, struct reads *reads)
{
    skip_space(cursor);
    struct cursor start = *cursor;
    struct span prefix = take_word(cursor);
    bool is_string_prefix = prefix.len == 1 && strchr("rbuL", prefix.bytes[0]) != NULL;
    char quote = peek(cursor);
    if (!is_quote(quote) || (prefix.len > 0 && !is_string_prefix)) {
        bool begins_expression = prefix.len > 0 || strchr("$(@&*:`[", peek(&start)) != NULL;
        bool is_declaration = span_is(prefix, "const") || span_is(prefix, "char");
        reads->may_be_dynamic = begins_expression && !is_declaration && start.at < start.text.len
                && peek(&start) != '\0';
        bool is_manual = prefix.len > 0 && ascii_is_digit(prefix.bytes[0]); /* as env(1) does */
        reads->is_dynamic = may_be_dynamic && reads->may_be_dynamic && !is_manual;
        return;
    }
    cursor->at++;
    struct span name = take_word(cursor);
    bool is_whole = skip_char(cursor, quote);
    skip_space(cursor);
    bool is_continued = peek(cursor) == '+' || (peek(cursor) == '.' && quote != '`')
            || (peek(cursor) == '~' || peek(cursor) == '%');
    if (is_whole && !is_continued) {
        add(reads, name);
    } else if (!is_whole && quote != '\0' && cursor->at < cursor->text.len
            && strchr(":.-/ ", peek(cursor)) != NULL) {
        return; /* a text that is not the name of a variable */
    } else {
        reads->may_be_dynamic = true;
        reads->is_dynamic = may_be_dynamic;
    }
}

static size_t lower_word(struct span word, char ret_lower[static WORD_MAX_BYTES])
{
    size_t len = word.len < WORD_MAX_BYTES - 1 ? word.len : 0;
    for (size_t i = 0; i < len; i++) {
        ret_lower[i] = ascii_lower(word.bytes[i]);
    }
    ret_lower[len] = '\0';
    return len;
}

/* The environment as an object: process.env, os.environ, ENV, $_ENV */
static bool is_environment(struct span word)
{
    static const char *const words[] = { "env", "ENV", "_ENV", "environ", "Env", "envs", "envVars",
        "env_vars", "environment", "environb" };
    return is_one_of(word, words, COUNT_OF(words));
}

/* A function that reads one variable: getenv, LookupEnv, GetEnvironmentVariable, requireEnv */
static bool is_reader(const char *lower)
{
    static const char *const others[] = { "setenv", "set_env", "putenv", "put_env", "delenv",
        "envelope", "envoy", "clearenv", "setenvironment", "withenv", "set_environment" };
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (strstr(lower, others[i]) != NULL) {
            return false;
        }
    }
    return strstr(lower, "env") != NULL;
}

/* A function of which everybody knows that it reads the environment. */
static bool is_known_reader(const char *lower)
{
    static const char *const words[] = { "getenv", "secure_getenv", "lookupenv", "env", "get_env",
        "fetch_env", "getenvironmentvariable", "option_env", "getenvvar", "get_env_var" };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(lower, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a definition begins before the word: "def getenv(" does not read. */
static bool is_defined_here(struct span text, size_t start)
{
    static const char *const words[] = { "def ", "func ", "function ", "fn ", "fun ", "sub " };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t len = strlen(words[i]);
        if (start >= len && memcmp(text.bytes + start - len, words[i], len) == 0) {
            return true;
        }
    }
    return false;
}

/* Behind the environment as an object: .X, ["X"], .get("X"), ::var("X"), {X}, :X */
static bool read_member(struct cursor *cursor, struct span word, bool is_sure, struct reads *reads)
{
    (void)skip_char(cursor, '!');
    bool is_optional = skip_text(cursor, "?.");
    if (skip_char(cursor, '[')) {
        read_argument(cursor, is_sure, reads);
        return true;
    }
    if (span_is(word, "ENV") && skip_char(cursor, '{')) { /* Perl */
        if (is_quote(peek(cursor))) {
            read_argument(cursor, true, reads);
        } else {
            add(reads, take_word(cursor));
        }
        return true;
    }
    bool is_path = skip_text(cursor, "::");
    if (!is_path && !is_optional && !skip_char(cursor, '.')) {
        return false;
    }
    struct span member = take_word(cursor);
    (void)skip_char(cursor, '!');
    if (skip_char(cursor, '(')) {
        static const char *const getters[] = { "get", "fetch", "var", "var_os", "getenv", "key" };
        read_argument(cursor, is_sure && is_one_of(member, getters, COUNT_OF(getters)), reads);
    } else if (!is_path) {
        add(reads, member);
    }
    return true;
}

/* The beginning of "{ A, B: c, D = e }" that ends before text[end), with " = " between; end if none. */
static size_t find_braces(struct span text, size_t end)
{
    size_t at = end;
    while (at > 0 && (ascii_is_space(text.bytes[at - 1]) || text.bytes[at - 1] == '=')) {
        at--;
    }
    bool has_equals = memchr(text.bytes + at, '=', end - at) != NULL;
    if (!has_equals || before(text, at) != '}') {
        return end;
    }
    size_t least = at > BRACES_MAX_BYTES ? at - BRACES_MAX_BYTES : 0;
    while (at > least && text.bytes[at - 1] != '{') {
        at--;
    }
    return at > least ? at : end;
}

/* The names of { A, B: c, D = e } before = process.env */
static void read_braces(struct span text, size_t object, struct reads *reads)
{
    struct cursor cursor = { .text = text, .at = find_braces(text, object) };
    while (cursor.at < object && peek(&cursor) != '}') {
        skip_space(&cursor);
        struct span name = take_word(&cursor);
        add(reads, name);
        while (cursor.at < object && peek(&cursor) != ',' && peek(&cursor) != '}') {
            cursor.at++;
        }
        (void)skip_char(&cursor, ',');
        skip_space(&cursor);
    }
}

/* env:"X" of Go's tags, env = "X" and envvar="X" of command lines */
static void read_attribute(struct cursor *cursor, struct span word, struct reads *reads)
{
    static const char *const words[] = { "env", "envconfig", "envvar", "envVar", "env_var" };
    skip_space(cursor);
    if (is_one_of(word, words, COUNT_OF(words))
            && (skip_char(cursor, ':') || skip_char(cursor, '='))) {
        skip_space(cursor);
        (void)skip_char(cursor, '[');
        if (is_quote(peek(cursor))) {
            struct reads found = { 0 };
            read_argument(cursor, false, &found);
            if (found.len > 0) {
                add(reads, found.names[0]);
            }
        }
    }
}

/* Whether text[..end) ends with the words. */
static bool ends_with(struct span text, size_t end, const char *words)
{
    size_t len = strlen(words);
    return end >= len && memcmp(text.bytes + end - len, words, len) == 0;
}

/* Where "process" of process.env begins. */
static size_t object_of(struct span text, size_t start)
{
    while (start > 0
            && (reads_is_word_character(text.bytes[start - 1]) || text.bytes[start - 1] == '.')) {
        start--;
    }
    return start;
}

/* Whether what comes before the environment, whose object begins here, goes through all variables. */
static bool is_gone_through(struct span text, size_t object)
{
    static const char *const beginnings[] = { "Object.keys(", "Object.entries(", "Object.values(",
        "Reflect.ownKeys(", "sorted(", "list(" };
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        if (ends_with(text, object, beginnings[i])) {
            return true;
        }
    }
    /*
     * for (const key in process.env), but not: "X" in process.env, "X" not in os.environ, and what is in .env
     * files
     */
    size_t len = ends_with(text, object, " not in ") ? strlen(" not in ") : strlen(" in ");
    return text.bytes[object] != '.' && ends_with(text, object, " in ") && object > len
            && !is_quote(before(text, object - len));
}

/* Reads of all variables: for (key in process.env), os.environ.items(), os.Environ(), env::vars() */
static bool reads_all(struct span text, size_t start, size_t end, const char *lower)
{
    static const char *const members[] = { ".items(", ".keys(", ".values(", ".each", ".select",
        ".filter", ".to_h", ".map", ".find", ".reject", "::vars", ".entries(", ".toObject(" };
    struct span word = { text.bytes + start, end - start };
    struct span rest = span_skip(text, end);
    if (strcmp(lower, "getenvironmentvariables") == 0) {
        return true;
    }
    if ((strcmp(lower, "environ") == 0 || strcmp(lower, "getenv") == 0)
            && span_starts_with(rest, "()")) {
        return !span_starts_with(rest, "().get(");
    }
    if (strcmp(lower, "printenv") == 0 || strcmp(lower, "env") == 0) {
        if (span_starts_with(span_skip_blanks(rest), "|") && !span_starts_with(rest, " ||")) {
            return true; /* env | grep ^X_ */
        }
    }
    if (!is_environment(word)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        bool is_known = before(text, start) == '.' || word.bytes[0] != 'e'
                || strcmp(lower, "environ") == 0 || members[i][0] == ':';
        if (is_known && span_starts_with(rest, members[i])) {
            return true;
        }
    }
    return span_starts_with(rest, " as ") || ends_with(text, start, "**")
            || is_gone_through(text, object_of(text, start));
}

/* Whether it is a name of a file (.env), a table or a sentence that only looks like reads of all. */
static bool only_looks_so(struct span text, size_t start, size_t end)
{
    static const char *const filters[] = { "awk", "cat", "cut", "egrep", "fgrep", "grep", "head",
        "jq", "less", "perl", "python", "python3", "sed", "sort", "tee", "tr", "while", "xargs" };
    char last = before(text, start);
    if (last == '.' && object_of(text, start) + 1 == start) {
        return true;
    }
    struct span rest = span_skip(text, end);
    struct span next = span_skip_blanks(rest);
    if (span_starts_with(next, "|")) {
        struct cursor cursor = { .text = span_skip_blanks(span_skip(next, 1)) };
        return !is_one_of(take_word(&cursor), filters, COUNT_OF(filters));
    }
    if (last == '.' || text.bytes[start] != 'e' || ends_with(text, end, "environ")) {
        return false;
    }
    bool is_sentence = next.len > 0 && next.len < rest.len && ascii_is_letter(next.bytes[0]);
    return is_sentence || last == '*';
}

void reads_by_word(struct span text, size_t start, size_t end, struct reads *ret_reads)
{
    *ret_reads = (struct reads){ 0 };
    struct span word = { text.bytes + start, end - start };
    struct cursor cursor = { .text = text, .at = end };
    char lower[WORD_MAX_BYTES];
    if (lower_word(word, lower) == 0 || !is_reader(lower) || is_defined_here(text, start)) {
        return;
    }
    if (before(text, start) == '$' && strcmp(lower, "env") == 0 && skip_char(&cursor, ':')) {
        ret_reads->is_sure = true; /* PowerShell */
        add(ret_reads, take_word(&cursor));
        return;
    }
    if (reads_all(text, start, end, lower)) {
        ret_reads->is_dynamic = !only_looks_so(text, start, end);
        ret_reads->may_be_dynamic = true;
        return;
    }
    bool is_qualified = before(text, start) == '.' || word.bytes[0] == 'E' || word.bytes[0] == '_'
            || strcmp(lower, "environ") == 0 || peek(&cursor) == ':';
    if (is_environment(word) && read_member(&cursor, word, is_qualified, ret_reads)) {
        bool is_quoted = ret_reads->len > 0
                && is_quote(before(text, (size_t)(ret_reads->names[0].bytes - text.bytes)));
        ret_reads->is_sure = is_qualified || is_quoted;
        return;
    }
    cursor.at = end;
    (void)skip_char(&cursor, '!');
    if (skip_char(&cursor, '(')) {
        ret_reads->is_sure = true;
        if (skip_text(&cursor, ").")) { /* System.getenv().get("X") */
            (void)take_word(&cursor);
            (void)skip_char(&cursor, '(');
        }
        read_argument(&cursor, is_known_reader(lower), ret_reads);
        return;
    }
    if (is_environment(word) && before(text, start) == '.') {
        ret_reads->is_sure = true;
        read_braces(text, object_of(text, start), ret_reads);
        return;
    }
    cursor.at = end;
    read_attribute(&cursor, word, ret_reads);
    ret_reads->is_sure = ret_reads->len > 0;
}

enum reads_dollar reads_dollar_of(const char *file)
{
    static const char *const dollar[] = { "sh", "bash", "zsh", "ksh", "fish", "yml", "yaml", "mk",
        "conf", "cfg", "envrc", "service", "tmpl", "tpl", "template", "toml", "ini", "dockerfile",
        "Dockerfile", "dist", "prod", "dev", "hcl", "bats" };
    static const char *const braces[] = { "java", "xml", "properties", "json" };
    const char *slash = strrchr(file, '/');
    const char *base = slash == NULL ? file : slash + 1;
    const char *dot = strrchr(base, '.');
    if (dot == NULL || strncmp(base, "Dockerfile", strlen("Dockerfile")) == 0) {
        return READS_DOLLAR;
    }
    struct span ending = { dot + 1, strlen(dot + 1) };
    return is_one_of(ending, dollar, COUNT_OF(dollar))    ? READS_DOLLAR
            : is_one_of(ending, braces, COUNT_OF(braces)) ? READS_BRACES
                                                          : READS_NO_DOLLAR;
}

void reads_by_dollar(
        struct span text, size_t start, size_t end, enum reads_dollar how, struct reads *ret_reads)
{
    *ret_reads = (struct reads){ .is_sure = true };
    char last = before(text, start);
    bool has_operator = start >= 3 && text.bytes[start - 2] == '{' && text.bytes[start - 3] == '$';
    bool is_indirect = last == '!' && has_operator;
    bool is_length = last == '#' && has_operator;
    bool is_braced = last == '{' && start >= 2 && text.bytes[start - 2] == '$';
    bool is_make = last == '(' && start >= 2 && text.bytes[start - 2] == '$' && end < text.len
            && text.bytes[end] == ')';
    if (how == READS_DOLLAR && is_indirect) {
        ret_reads->is_dynamic = true;
    } else if (is_braced || (how == READS_DOLLAR && (last == '$' || is_make || is_length))) {
        add(ret_reads, (struct span){ text.bytes + start, end - start });
    }
}

/* Whether the whole word text[start..end) is set where it is. */
static bool is_set_at(struct span text, size_t start, size_t end)
{
    static const char *const words[] = { "ARG ", "read ", "for ", "local ", "read -r ",
        "declare " };
    char next = end < text.len ? text.bytes[end] : '\0';
    char last = before(text, start);
    bool is_used = last == '{' || last == '$';
    if (!is_used && (next == '=' || next == ':' || next == '?' || next == '+')) {
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t len = strlen(words[i]);
        if (start >= len && memcmp(text.bytes + start - len, words[i], len) == 0) {
            return true;
        }
    }
    return false;
}

bool reads_is_set_in(struct span text, struct span name)
{
    size_t at = 0;
    while (text.len - at >= name.len) {
        const char *found = memmem(text.bytes + at, text.len - at, name.bytes, name.len);
        if (found == NULL) {
            return false;
        }
        size_t start = (size_t)(found - text.bytes);
        size_t end = start + name.len;
        bool is_word = !reads_is_word_character(before(text, start))
                && !(end < text.len && reads_is_word_character(text.bytes[end]));
        if (is_word && is_set_at(text, start, end)) {
            return true;
        }
        at = start + 1;
    }
    return false;
}
