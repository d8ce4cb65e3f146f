/* SPDX-License-Identifier: MIT */
#include "json/json.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include "base/ascii.h"
#include "base/utf8.h"

/*
 * jsmn's token as it is; but once all are found, parent holds the span: the number of tokens of the value
 * including itself, so that siblings are one step apart.
 */
struct json_token {
    jsmntok_t found;
};

/*
 * jsmn finds tokens but accepts more than JSON ("[1 2]", "{,}"), and its time is quadratic in the
 * depth of nesting. So the text passes this check of the whole grammar first, in one pass and with
 * a bounded depth; jsmn then sees nothing but valid JSON.
 */
struct grammar {
    const char *text;
    size_t len;
    size_t at;
    size_t depth;
    size_t token_count; /* values and names so far: what jsmn will find */
    size_t tokens_max;
    bool has_escapes;
    bool in_object[JSON_DEPTH_MAX];
    const char *fault;
};

enum expected {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END,
    EXPECT_NAME,
    EXPECT_NAME_OR_END,
    EXPECT_SEPARATOR
};

static bool fault(struct grammar *grammar, const char *what)
{
    grammar->fault = what;
    return false;
}

static bool count_token(struct grammar *grammar)
{
    grammar->token_count++;
    return grammar->token_count <= grammar->tokens_max
            || fault(grammar, "it holds more values than belong here");
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(struct grammar *grammar)
{
    while (grammar->at < grammar->len && is_space(grammar->text[grammar->at])) {
        grammar->at++;
    }
}

static bool peek(const struct grammar *grammar, char c)
{
    return grammar->at < grammar->len && grammar->text[grammar->at] == c;
}

static bool check_escape(struct grammar *grammar)
{
    if (grammar->at >= grammar->len) {
        return fault(grammar, "ends inside a string");
    }
    char kind = grammar->text[grammar->at++];
    grammar->has_escapes = true;
    if (kind != 'u') {
        return kind != '\0' && strchr("\"\\/bfnrt", kind) != NULL
                ? true
                : fault(grammar, "unknown escape in a string");
    }
    for (int i = 0; i < 4; i++, grammar->at++) {
        if (grammar->at >= grammar->len || ascii_hex_value(grammar->text[grammar->at]) < 0) {
            return fault(grammar, "\\u without four hexadecimal digits");
        }
    }
    return true;
}

/* What most strings are made of needs no second look. */
static void skip_plain(struct grammar *grammar)
{
    while (grammar->at < grammar->len) {
        char c = grammar->text[grammar->at];
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
            return;
        }
        grammar->at++;
    }
}

/* At the opening quote; ends behind the closing one. */
static bool check_string(struct grammar *grammar)
{
    grammar->at++;
    for (skip_plain(grammar); grammar->at < grammar->len; skip_plain(grammar)) {
        char c = grammar->text[grammar->at];
        uint32_t code_point = 0;
        size_t bytes = utf8_decode(
                grammar->text + grammar->at, grammar->len - grammar->at, &code_point);
        if (bytes == 0) {
            return fault(grammar, "a string is not valid UTF-8");
        }
        if (code_point < 0x20) {
            return fault(grammar, "raw control character in a string");
        }
        grammar->at += bytes;
        if (c == '"') {
            return true;
        }
        if (c == '\\' && !check_escape(grammar)) {
            return false;
        }
    }
    return fault(grammar, "ends inside a string");
}

static size_t skip_digits(struct grammar *grammar)
{
    size_t start = grammar->at;
    while (grammar->at < grammar->len && ascii_is_digit(grammar->text[grammar->at])) {
        grammar->at++;
    }
    return grammar->at - start;
}

static bool check_number(struct grammar *grammar)
{
    static const char what[] = "malformed number";
    grammar->at += peek(grammar, '-') ? 1 : 0;
    bool leading_zero = peek(grammar, '0');
    size_t digits = skip_digits(grammar);
    if (digits == 0 || (leading_zero && digits > 1)) {
        return fault(grammar, what);
    }
    if (peek(grammar, '.')) {
        grammar->at++;
        if (skip_digits(grammar) == 0) {
            return fault(grammar, what);
        }
    }
    if (peek(grammar, 'e') || peek(grammar, 'E')) {
        grammar->at++;
        grammar->at += peek(grammar, '+') || peek(grammar, '-') ? 1 : 0;
        if (skip_digits(grammar) == 0) {
            return fault(grammar, what);
        }
    }
    return true;
}

static bool check_word(struct grammar *grammar)
{
    static const char *const words[] = { "true", "false", "null" };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t len = strlen(words[i]);
        if (grammar->len - grammar->at >= len
                && memcmp(grammar->text + grammar->at, words[i], len) == 0) {
            grammar->at += len;
            return true;
        }
    }
    return fault(grammar, "a value was expected");
}

/* At the first character of a value; containers are entered, not finished. */
static bool check_value_start(struct grammar *grammar, enum expected *ret_next)
{
    char c = grammar->at < grammar->len ? grammar->text[grammar->at] : '\0';
    *ret_next = EXPECT_SEPARATOR;
    if (!count_token(grammar)) {
        return false;
    }
    if (c == '{' || c == '[') {
        if (grammar->depth == JSON_DEPTH_MAX) {
            return fault(grammar, "nested too deeply");
        }
        grammar->in_object[grammar->depth++] = c == '{';
        grammar->at++;
        *ret_next = c == '{' ? EXPECT_NAME_OR_END : EXPECT_VALUE_OR_END;
        return true;
    }
    if (c == '"') {
        return check_string(grammar);
    }
    return c == '-' || ascii_is_digit(c) ? check_number(grammar) : check_word(grammar);
}

static bool check_name(struct grammar *grammar, enum expected *ret_next)
{
    if (!peek(grammar, '"')) {
        return fault(grammar, "a member name was expected");
    }
    if (!count_token(grammar) || !check_string(grammar)) {
        return false;
    }
    skip_space(grammar);
    if (!peek(grammar, ':')) {
        return fault(grammar, "a colon was expected");
    }
    grammar->at++;
    *ret_next = EXPECT_VALUE;
    return true;
}

/* Behind a value inside a container. */
static bool check_separator(struct grammar *grammar, enum expected *ret_next)
{
    bool in_object = grammar->in_object[grammar->depth - 1];
    if (peek(grammar, in_object ? '}' : ']')) {
        grammar->at++;
        grammar->depth--;
        *ret_next = EXPECT_SEPARATOR;
        return true;
    }
    if (!peek(grammar, ',')) {
        return fault(grammar, "a comma or the end of the list was expected");
    }
    grammar->at++;
    *ret_next = in_object ? EXPECT_NAME : EXPECT_VALUE;
    return true;
}

static bool check_step(struct grammar *grammar, enum expected *expected)
{
    bool may_end = *expected == EXPECT_VALUE_OR_END || *expected == EXPECT_NAME_OR_END;
    if (*expected == EXPECT_SEPARATOR || (may_end && (peek(grammar, '}') || peek(grammar, ']')))) {
        return check_separator(grammar, expected);
    }
    if (*expected == EXPECT_NAME || *expected == EXPECT_NAME_OR_END) {
        return check_name(grammar, expected);
    }
    return check_value_start(grammar, expected);
}

static bool check_grammar(struct grammar *grammar)
{
    enum expected expected = EXPECT_VALUE;
    do {
        skip_space(grammar);
        if (!check_step(grammar, &expected)) {
            return false;
        }
    } while (grammar->depth > 0);
    skip_space(grammar);
    return grammar->at == grammar->len ? true : fault(grammar, "something follows its end");
}

static enum json_type primitive_type(char first)
{
    switch (first) {
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

static enum json_type to_type(const jsmntok_t *token, const char *text)
{
    if (token->type == JSMN_OBJECT) {
        return JSON_OBJECT;
    }
    if (token->type == JSMN_ARRAY) {
        return JSON_ARRAY;
    }
    if (token->type == JSMN_STRING) {
        return JSON_STRING;
    }
    return primitive_type(text[token->start]);
}

static bool fail_to_parse(const char *where, struct err *reterr, const char *fault_text)
{
    return err_set(reterr, ERR_PROTOCOL, where, "not valid JSON: %s", fault_text);
}

/* Files that people edit have lines; replies have one. */
static bool fail_at_line(const char *where, struct err *reterr, const struct grammar *grammar)
{
    size_t line = 1;
    bool has_lines = memchr(grammar->text, '\n', grammar->len) != NULL;
    for (size_t i = 0; i < grammar->at && i < grammar->len; i++) {
        line += grammar->text[i] == '\n' ? 1 : 0;
    }
    (void)fail_to_parse(where, reterr, grammar->fault);
    if (has_lines) {
        err_add_why(reterr, " (line %zu)", line);
    }
    return false;
}

/* Children stand behind their parent: from the last token on, each one's are done before it. */
static void turn_parents_into_spans(struct json_token *tokens, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        int span = 1;
        for (int child = 0; child < tokens[i].found.size; child++) {
            span += tokens[i + (size_t)span].found.parent;
        }
        tokens[i].found.parent = span;
    }
}

/* jsmn in its strict form does not take a number or a word that stands alone. */
static bool make_lone_token(const char *bytes,
        size_t start,
        size_t len,
        struct json_document *ret_document,
        struct err *reterr)
{
    struct json_token *token = calloc(1, sizeof(*token));
    if (token == NULL) {
        return err_set_no_memory(reterr);
    }
    token->found = (jsmntok_t){
        .type = JSMN_PRIMITIVE, .start = (int)start, .end = (int)(start + len), .parent = 1
    };
    *ret_document = (struct json_document){ .text = bytes, .tokens = token, .token_count = 1 };
    return true;
}

bool json_parse(const struct secret *text,
        size_t tokens_max,
        const char *where,
        struct json_document *ret_document,
        struct err *reterr)
{
    const char *bytes = secret_expose(text);
    size_t len = secret_len(text);
    struct grammar grammar = { .text = bytes, .len = len, .tokens_max = tokens_max };
    if (len >= INT_MAX) {
        return fail_to_parse(where, reterr, "too long");
    }
    if (!check_grammar(&grammar)) {
        return fail_at_line(where, reterr, &grammar);
    }
    size_t start = 0;
    size_t value_len = ascii_trim(bytes, len, &start);
    if (strchr("{[\"", bytes[start]) == NULL) {
        return make_lone_token(bytes, start, value_len, ret_document, reterr);
    }
    size_t count = grammar.token_count;
    struct json_token *tokens = calloc(count, sizeof(*tokens));
    if (tokens == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        tokens[i].found.parent = -1; /* jsmn leaves the root container's as it is */
    }
    jsmn_parser parser;
    jsmn_init(&parser);
    if (jsmn_parse(&parser, bytes, len, &tokens->found, (unsigned int)count) != (int)count) {
        free(tokens);
        return fail_to_parse(where, reterr, "not one value");
    }
    turn_parents_into_spans(tokens, count);
    *ret_document = (struct json_document){
        .text = bytes, .tokens = tokens, .token_count = count, .has_escapes = grammar.has_escapes
    };
    return true;
}

void json_document_clear(struct json_document *document)
{
    free(document->tokens);
    *document = (struct json_document){ 0 };
}

struct json_value json_root(const struct json_document *document)
{
    return (struct json_value){ .document = document };
}

static const struct json_token *token_of(struct json_value value)
{
    return &value.document->tokens[value.token];
}

static const char *bytes_of(struct json_value value)
{
    return value.document->text + token_of(value)->found.start;
}

static size_t len_of(struct json_value value)
{
    return (size_t)(token_of(value)->found.end - token_of(value)->found.start);
}

static size_t span_of(const struct json_token *token)
{
    return (size_t)token->found.parent;
}

enum json_type json_type_of(struct json_value value)
{
    return to_type(&token_of(value)->found, value.document->text);
}

/* What a string is compared with while it is decoded. */
struct expected_text {
    const char *bytes; /* what is left of it */
    size_t len;
    bool differs;
};

/* Where decoded pieces go: a secret, a text, or nowhere, once they are compared. */
struct sink {
    struct secret *secret;
    struct text *text;
    struct expected_text *expected;
};

static void compare(struct expected_text *expected, const char *bytes, size_t len)
{
    if (expected->differs || len > expected->len || memcmp(expected->bytes, bytes, len) != 0) {
        expected->differs = true;
        return;
    }
    expected->bytes += len;
    expected->len -= len;
}

static void put(const struct sink *sink, const char *bytes, size_t len)
{
    if (sink->secret != NULL) {
        secret_append(sink->secret, bytes, len);
    } else if (sink->text != NULL) {
        text_append(sink->text, bytes, len);
    } else {
        compare(sink->expected, bytes, len);
    }
}

/* The four digits behind "\u"; the grammar check has seen them. */
static uint32_t hex4(const char *digits)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        unit = unit * 16 + (uint32_t)ascii_hex_value(digits[i]);
    }
    return unit;
}

/* At "\uXXXX"; gives the bytes of text used, 0 for a lone surrogate. */
static size_t put_unicode_escape(const char *at, const char *end, const struct sink *sink)
{
    uint32_t code_point = hex4(at + 2);
    size_t used = 6;
    if (code_point >= 0xd800 && code_point <= 0xdfff) {
        bool has_low = code_point < 0xdc00 && end - at >= 12 && at[6] == '\\' && at[7] == 'u';
        uint32_t low = has_low ? hex4(at + 8) : 0;
        if (low < 0xdc00 || low > 0xdfff) {
            return 0;
        }
        code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
        used = 12;
    }
    char bytes[UTF8_MAX_BYTES];
    put(sink, bytes, utf8_encode(code_point, bytes));
    explicit_bzero(bytes, sizeof(bytes));
    return used;
}

static char simple_escape(char kind)
{
    switch (kind) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return kind; /* the quote, the backslash and the slash stand for themselves */
    }
}

static bool decode(
        struct json_value string, const char *where, const struct sink *sink, struct err *reterr)
{
    if (json_type_of(string) != JSON_STRING) {
        return err_set(reterr, ERR_PROTOCOL, where, "a JSON string was expected");
    }
    const char *at = bytes_of(string);
    const char *end = at + len_of(string);
    while (at < end) {
        const char *backslash = string.document->has_escapes ? memchr(at, '\\', (size_t)(end - at))
                                                             : NULL;
        const char *plain_end = backslash == NULL ? end : backslash;
        put(sink, at, (size_t)(plain_end - at));
        at = plain_end;
        if (at == end) {
            break;
        }
        if (at[1] != 'u') {
            char c = simple_escape(at[1]);
            put(sink, &c, 1);
            at += 2;
            continue;
        }
        size_t used = put_unicode_escape(at, end, sink);
        if (used == 0) {
            return err_set(reterr, ERR_PROTOCOL, where,
                    "holds half a character (an unpaired UTF-16 surrogate)");
        }
        at += used;
    }
    return true;
}

bool json_decode_secret(
        struct json_value string, const char *where, struct secret *ret_secret, struct err *reterr)
{
    return decode(string, where, &(struct sink){ .secret = ret_secret }, reterr);
}

bool json_decode_text(
        struct json_value string, const char *where, struct text *ret_text, struct err *reterr)
{
    return decode(string, where, &(struct sink){ .text = ret_text }, reterr);
}

size_t json_encoded_len(struct json_value string)
{
    return len_of(string);
}

/*
 * An escaped name is longer in the text than it is. It may be as secret as a value, and a look-up must not
 * fail for lack of memory, as if the member were missing: hence no copy.
 */
static bool name_equals(struct json_value key, const char *name, size_t name_len)
{
    const char *bytes = bytes_of(key);
    size_t len = len_of(key);
    if (len < name_len) {
        return false;
    }
    if (!key.document->has_escapes || memchr(bytes, '\\', len) == NULL) {
        return len == name_len && memcmp(bytes, name, len) == 0;
    }
    struct expected_text expected = { .bytes = name, .len = name_len };
    struct err ignored;
    return decode(key, NULL, &(struct sink){ .expected = &expected }, &ignored) && !expected.differs
            && expected.len == 0;
}

bool json_find(struct json_value value, const char *name, struct json_value *ret_member)
{
    const struct json_token *tokens = value.document->tokens;
    if (json_type_of(value) != JSON_OBJECT) {
        return false;
    }
    size_t end = value.token + span_of(&tokens[value.token]);
    size_t name_len = strlen(name);
    size_t found = 0;
    for (size_t key = value.token + 1; key < end; key += span_of(&tokens[key])) {
        if (name_equals((struct json_value){ value.document, key }, name, name_len)) {
            found = key + 1;
        }
    }
    struct json_value member = { value.document, found };
    if (found == 0 || json_type_of(member) == JSON_NULL) {
        return false;
    }
    *ret_member = member;
    return true;
}

bool json_find_typed(struct json_value value,
        const char *name,
        enum json_type type,
        struct json_value *ret_member)
{
    struct json_value member;
    if (!json_find(value, name, &member) || json_type_of(member) != type) {
        return false;
    }
    *ret_member = member;
    return true;
}

bool json_find_text(struct json_value value, const char *name, struct text *ret_text)
{
    struct json_value member;
    struct err ignored;
    return json_find_typed(value, name, JSON_STRING, &member)
            && json_decode_text(member, NULL, ret_text, &ignored) && ret_text->state == TEXT_SOUND;
}

bool json_next_item(struct json_value array, size_t *cursor, struct json_value *ret_item)
{
    const struct json_token *tokens = array.document->tokens;
    size_t next = *cursor == 0 ? array.token + 1 : *cursor;
    if (json_type_of(array) != JSON_ARRAY || next >= array.token + span_of(&tokens[array.token])) {
        return false;
    }
    *ret_item = (struct json_value){ array.document, next };
    *cursor = next + span_of(&tokens[next]);
    return true;
}

void json_append_raw(struct json_value value, struct secret *ret_text)
{
    secret_append(ret_text, bytes_of(value), len_of(value));
}

size_t json_count(struct json_value value)
{
    enum json_type type = json_type_of(value);
    return type == JSON_ARRAY || type == JSON_OBJECT ? (size_t)token_of(value)->found.size : 0;
}

enum {
    SHORT_NUMBER_DIGITS = 15
};

/*
 * A plain number of at most 15 digits: they and the power of ten are both exact, so that their quotient
 * is the nearest double there is, as strtod's would be.
 */
static bool read_short_number(const char *bytes, size_t len, double *ret_number)
{
    static const double powers[SHORT_NUMBER_DIGITS + 1] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
        1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
    int64_t digits = 0;
    size_t digit_count = 0;
    size_t point = 0; /* how many digits stand before it */
    bool has_point = false;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '.') {
            has_point = true;
            point = digit_count;
        } else if (ascii_is_digit(bytes[i]) && digit_count < SHORT_NUMBER_DIGITS) {
            digits = digits * 10 + (bytes[i] - '0');
            digit_count++;
        } else {
            return false;
        }
    }
    *ret_number = (double)digits / powers[has_point ? digit_count - point : 0];
    return true;
}

bool json_number(struct json_value value, double *ret_number)
{
    char digits[64];
    size_t len = len_of(value);
    if (json_type_of(value) != JSON_NUMBER || len >= sizeof(digits)) {
        return false;
    }
    if (read_short_number(bytes_of(value), len, ret_number)) {
        return true;
    }
    memcpy(digits, bytes_of(value), len);
    digits[len] = '\0';
    /* The program never calls setlocale, so the decimal point is a point. */
    double number = strtod(digits, NULL);
    if (!isfinite(number)) {
        return false;
    }
    *ret_number = number;
    return true;
}

bool json_int64(struct json_value value, int64_t *ret_number)
{
    double number = 0;
    static const double LIMIT = 9007199254740992.0; /* 2^53: whole numbers are exact below */
    if (!json_number(value, &number) || number != trunc(number) || fabs(number) > LIMIT) {
        return false;
    }
    *ret_number = (int64_t)number;
    return true;
}
