/* SPDX-License-Identifier: MIT */
#include "json/json.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JSMN_STATIC
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include "base/ascii.h"
#include "base/locked.h"
#include "base/utf8.h"

struct json_token {
    jsmntok_t found;
};

/* One token at a time would take 5 % more instructions, and 38 % more for a value of 8 KB. */
enum {
    TOKENS_FIRST = 256, /* a page of ten parameters has about 170 */
    TOKENS_STEP = 64
};

enum expected {
    VALUE,
    NAME,
    COLON,
    COMMA /* or a closing bracket */
};

/*
 * jsmn finds the tokens, but it accepts more than JSON ("[1 2]", "{,}", "[truth]"), and its time is
 * quadratic in the depth of nesting. So each call reads only a few tokens, and each token is checked
 * together with the text between the previous one and itself.
 */
struct check {
    const char *text; /* a NUL follows it */
    size_t at;        /* how much of the text has been checked */
    enum expected expected;
    bool is_empty; /* nothing follows the last opening bracket yet */
    size_t depth;
    bool in_object[JSON_DEPTH_MAX + 1]; /* by depth */
    const char *fault;
};

static bool fault(struct check *check, const char *what)
{
    check->fault = what;
    return false;
}

static bool is_at_end(const struct check *check)
{
    return check->expected == COMMA && check->depth == 0;
}

static bool fault_expected(struct check *check)
{
    static const char *const faults[] = { "a value was expected", "a member name was expected",
        "a colon was expected", "a comma or a closing bracket was expected" };
    return fault(
            check, is_at_end(check) ? "unexpected text after the value" : faults[check->expected]);
}

/* A character that is neither white space nor part of a token. */
static bool check_punctuation(struct check *check, char c)
{
    bool in_object = check->in_object[check->depth];
    bool is_after_item = check->expected == COMMA && check->depth > 0;
    if (c == ':' && check->expected == COLON) {
        check->expected = VALUE;
    } else if (c == ',' && is_after_item) {
        check->expected = in_object ? NAME : VALUE;
    } else if (c == (in_object ? '}' : ']') && (is_after_item || check->is_empty)) {
        check->depth--;
        check->is_empty = false;
        check->expected = COMMA;
    } else {
        return fault_expected(check);
    }
    return true;
}

/* The text between two tokens. */
static bool check_gap(struct check *check, size_t end)
{
    for (; check->at < end; check->at++) {
        char c = check->text[check->at];
        bool is_space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!is_space && !check_punctuation(check, c)) {
            return false;
        }
    }
    return true;
}

/* The characters of a string. jsmn has checked the escapes. */
static bool check_string(struct check *check, size_t end)
{
    const char *text = check->text;
    for (size_t at = check->at; at < end;) {
        uint32_t code_point = 0;
        /* Without this, a value of 8 KB takes 53 % more instructions in all. */
        if (text[at] >= ' ' && text[at] <= '~') {
            at++;
            continue;
        }
        size_t bytes = utf8_decode(text + at, end - at, &code_point);
        if (bytes == 0) {
            return fault(check, "a string is not valid UTF-8");
        }
        if (code_point < ' ') {
            return fault(check, "unescaped control character in a string");
        }
        at += bytes;
    }
    check->at = end + 1; /* after the closing quote */
    return true;
}

static bool skip_digits(const char **at)
{
    const char *start = *at;
    while (ascii_is_digit(**at)) {
        (*at)++;
    }
    return *at > start;
}

static bool is_number(const char *at, const char *end)
{
    at += *at == '-' ? 1 : 0;
    bool is_zero = *at == '0';
    at += is_zero ? 1 : 0;
    bool is_sound = is_zero || skip_digits(&at);
    if (is_sound && *at == '.') {
        at++;
        is_sound = skip_digits(&at);
    }
    if (is_sound && (*at == 'e' || *at == 'E')) {
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        is_sound = skip_digits(&at);
    }
    return is_sound && at == end;
}

static bool check_primitive(struct check *check, size_t end)
{
    const char *start = check->text + check->at;
    size_t len = end - check->at;
    check->at = end;
    if (*start == '-' || ascii_is_digit(*start)) {
        return is_number(start, start + len) || fault(check, "malformed number");
    }
    const char *word = *start == 't' ? "true" : *start == 'f' ? "false" : "null";
    return (len == strlen(word) && memcmp(start, word, len) == 0)
            || fault(check, "a value was expected");
}

static bool check_token(struct check *check, const jsmntok_t *token)
{
    bool is_string = token->type == JSMN_STRING;
    if (!check_gap(check, (size_t)token->start - (is_string ? 1 : 0))) {
        return false;
    }
    bool is_name = check->expected == NAME && is_string;
    if (!is_name && check->expected != VALUE) {
        return fault_expected(check);
    }
    check->expected = is_name ? COLON : COMMA;
    check->is_empty = false;
    if (token->type == JSMN_PRIMITIVE) {
        return check_primitive(check, (size_t)token->end);
    }
    check->at++; /* the quote or the bracket */
    if (is_string) {
        return check_string(check, (size_t)token->end);
    }
    if (check->depth == JSON_DEPTH_MAX) {
        return fault(check, "nested too deeply");
    }
    bool is_object = token->type == JSMN_OBJECT;
    check->in_object[++check->depth] = is_object;
    check->expected = is_object ? NAME : VALUE;
    check->is_empty = true;
    return true;
}

/* jsmn stopped at this character. */
static bool fault_at_stop(struct check *check, size_t stop, int result)
{
    if (!check_gap(check, stop)) {
        return false;
    }
    if (check->expected == COLON || check->expected == COMMA) {
        return fault_expected(check);
    }
    if (result == JSMN_ERROR_NOMEM) {
        return fault(check, "too many values and member names");
    }
    if (check->text[stop] != '"') {
        return fault_expected(check);
    }
    return fault(check,
            result == JSMN_ERROR_INVAL ? "malformed escape in a string" : "ends inside a string");
}

/*
 * Makes room for TOKENS_STEP more tokens, or for the maximum. They come from the locked allocator, which
 * keeps released blocks: musl's malloc would map and unmap memory for each reply.
 */
static bool grow(struct json_document *document, size_t tokens_max, size_t *cap)
{
    size_t wanted = *cap == 0 ? TOKENS_FIRST : *cap;
    while (wanted < document->token_count + TOKENS_STEP) {
        wanted *= 2;
    }
    wanted = wanted < tokens_max ? wanted : tokens_max;
    struct json_token *tokens = wanted == *cap
            ? document->tokens
            : locked_realloc(document->tokens, wanted * sizeof(*tokens));
    if (tokens == NULL) {
        return false;
    }
    document->tokens = tokens;
    *cap = wanted;
    return true;
}

/* False with check->fault, or with NULL there if memory runs out. */
static bool find_tokens(
        struct check *check, size_t len, size_t tokens_max, struct json_document *document)
{
    jsmn_parser parser;
    int result = JSMN_ERROR_NOMEM;
    size_t cap = 0;
    jsmn_init(&parser);
    while (result == JSMN_ERROR_NOMEM && document->token_count < tokens_max) {
        if (!grow(document, tokens_max, &cap)) {
            return false;
        }
        size_t limit = document->token_count + TOKENS_STEP;
        result = jsmn_parse(&parser, check->text, len, &document->tokens->found,
                (unsigned int)(limit < cap ? limit : cap));
        for (; document->token_count < parser.toknext; document->token_count++) {
            if (!check_token(check, &document->tokens[document->token_count].found)) {
                return false;
            }
        }
    }
    return result < 0 ? fault_at_stop(check, parser.pos, result)
                      : check_gap(check, len) && (is_at_end(check) || fault_expected(check));
}

/* Names the line if there are several: files that people edit have them, replies do not. */
static bool fail_at_line(
        const struct check *check, size_t len, const char *where, struct err *reterr)
{
    size_t line = 1;
    for (size_t i = 0; i < check->at && i < len; i++) {
        line += check->text[i] == '\n' ? 1 : 0;
    }
    (void)err_set(reterr, ERR_PROTOCOL, where, "not valid JSON: %s", check->fault);
    if (memchr(check->text, '\n', len) != NULL) {
        err_add_why(reterr, " (line %zu)", line);
    }
    return false;
}

bool json_parse(const struct secret *text,
        size_t tokens_max,
        const char *where,
        struct json_document *ret_document,
        struct err *reterr)
{
    struct check check = { .text = secret_expose(text) };
    size_t len = secret_len(text);
    CLEANUP(json_document_clear) struct json_document document = { .text = check.text };
    if (len >= INT_MAX) {
        return err_set(reterr, ERR_PROTOCOL, where, "not valid JSON: too long");
    }
    if (!find_tokens(&check, len, tokens_max, &document)) {
        return check.fault == NULL ? err_set_no_memory(reterr)
                                   : fail_at_line(&check, len, where, reterr);
    }
    *ret_document = document;
    document = (struct json_document){ 0 };
    return true;
}

void json_document_clear(struct json_document *document)
{
    locked_free(document->tokens);
    *document = (struct json_document){ 0 };
}

struct json_value json_root(const struct json_document *document)
{
    return (struct json_value){ .document = document };
}

static const jsmntok_t *token_of(struct json_value value)
{
    return &value.document->tokens[value.token].found;
}

static const char *bytes_of(struct json_value value)
{
    return value.document->text + token_of(value)->start;
}

static size_t len_of(struct json_value value)
{
    return (size_t)(token_of(value)->end - token_of(value)->start);
}

enum json_type json_type_of(struct json_value value)
{
    if (token_of(value)->type == JSMN_STRING) {
        return JSON_STRING;
    }
    switch (*bytes_of(value)) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
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

static bool is_within(struct json_value value, struct json_value container)
{
    return value.token < value.document->token_count
            && token_of(value)->start < token_of(container)->end;
}

/* The first token after a value and everything inside it. */
static size_t skip(struct json_value value)
{
    struct json_value next = value;
    do {
        next.token++;
    } while (is_within(next, value));
    return next.token;
}

static uint32_t hex4(const char *digits)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        unit = unit * 16 + (uint32_t)ascii_hex_value(digits[i]);
    }
    return unit;
}

/* Returns the length of the character that an escape encodes; 0 for a lone surrogate. */
static size_t decode_escape(
        const char *escape, char ret_bytes[static UTF8_MAX_BYTES], size_t *ret_used)
{
    static const char letters[] = "bfnrt";
    *ret_used = 2;
    if (escape[1] != 'u') {
        const char *letter = strchr(letters, escape[1]);
        ret_bytes[0] = letter == NULL ? escape[1] : "\b\f\n\r\t"[letter - letters];
        return 1;
    }
    uint32_t code_point = hex4(escape + 2);
    *ret_used = 6;
    if ((code_point & 0xf800) == 0xd800) {
        bool has_low = code_point < 0xdc00 && escape[6] == '\\' && escape[7] == 'u';
        uint32_t low = has_low ? hex4(escape + 8) : 0;
        if ((low & 0xfc00) != 0xdc00) {
            return 0;
        }
        code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
        *ret_used = 12;
    }
    return utf8_encode(code_point, ret_bytes);
}

typedef void append_function(void *target, const char *bytes, size_t len);

static bool decode(struct json_value string,
        append_function *append,
        void *target,
        const char *where,
        struct err *reterr)
{
    if (json_type_of(string) != JSON_STRING) {
        return err_set(reterr, ERR_PROTOCOL, where, "a JSON string was expected");
    }
    const char *at = bytes_of(string);
    const char *end = at + len_of(string);
    const char *backslash = memchr(at, '\\', len_of(string));
    for (; backslash != NULL; backslash = memchr(at, '\\', (size_t)(end - at))) {
        char bytes[UTF8_MAX_BYTES];
        size_t used = 0;
        size_t len = decode_escape(backslash, bytes, &used);
        if (len == 0) {
            return err_set(reterr, ERR_PROTOCOL, where,
                    "holds half a character (an unpaired UTF-16 surrogate)");
        }
        append(target, at, (size_t)(backslash - at));
        append(target, bytes, len);
        explicit_bzero(bytes, sizeof(bytes));
        at = backslash + used;
    }
    append(target, at, (size_t)(end - at));
    return true;
}

static void append_to_secret(void *target, const char *bytes, size_t len)
{
    secret_append(target, bytes, len);
}

bool json_decode_secret(
        struct json_value string, const char *where, struct secret *ret_secret, struct err *reterr)
{
    return decode(string, append_to_secret, ret_secret, where, reterr);
}

static void append_to_text(void *target, const char *bytes, size_t len)
{
    text_append(target, bytes, len);
}

bool json_decode_text(
        struct json_value string, const char *where, struct text *ret_text, struct err *reterr)
{
    return decode(string, append_to_text, ret_text, where, reterr);
}

size_t json_encoded_len(struct json_value string)
{
    return len_of(string);
}

/* Compares without a copy, which would have to be wiped and could run out of memory. */
static bool decodes_to(struct json_value key, const char *name, size_t name_len)
{
    const char *at = bytes_of(key);
    const char *end = at + len_of(key);
    while (at < end) {
        char bytes[UTF8_MAX_BYTES] = { *at };
        size_t used = 1;
        size_t len = *at == '\\' ? decode_escape(at, bytes, &used) : 1;
        bool is_equal = len > 0 && len <= name_len && memcmp(bytes, name, len) == 0;
        explicit_bzero(bytes, sizeof(bytes));
        if (!is_equal) {
            return false;
        }
        at += used;
        name += len;
        name_len -= len;
    }
    return name_len == 0;
}

/* Escapes make a name longer in the text than it is when decoded. */
static bool name_equals(struct json_value key, const char *name, size_t name_len)
{
    size_t len = len_of(key);
    if (len > name_len) {
        return memchr(bytes_of(key), '\\', len) != NULL && decodes_to(key, name, name_len);
    }
    return len == name_len && memcmp(bytes_of(key), name, len) == 0
            && memchr(name, '\\', len) == NULL;
}

bool json_find(struct json_value value, const char *name, struct json_value *ret_member)
{
    size_t name_len = strlen(name);
    size_t members = json_type_of(value) == JSON_OBJECT ? json_count(value) : 0;
    struct json_value key = { value.document, value.token + 1 };
    struct json_value found = { 0 };
    for (size_t i = 0; i < members; i++) {
        struct json_value member = { value.document, key.token + 1 };
        if (name_equals(key, name, name_len)) {
            found = member;
        }
        key.token = skip(member);
    }
    if (found.document == NULL || json_type_of(found) == JSON_NULL) {
        return false;
    }
    *ret_member = found;
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
            && json_decode_text(member, NULL, ret_text, &ignored) && ret_text->state == TEXT_OK;
}

bool json_next_item(struct json_value array, size_t *cursor, struct json_value *ret_item)
{
    struct json_value item = { array.document, *cursor == 0 ? array.token + 1 : *cursor };
    if (json_type_of(array) != JSON_ARRAY || !is_within(item, array)) {
        return false;
    }
    *ret_item = item;
    *cursor = skip(item);
    return true;
}

void json_append_raw(struct json_value value, struct secret *ret_text)
{
    secret_append(ret_text, bytes_of(value), len_of(value));
}

size_t json_count(struct json_value value)
{
    enum json_type type = json_type_of(value);
    return type == JSON_ARRAY || type == JSON_OBJECT ? (size_t)token_of(value)->size : 0;
}

/*
 * A plain number of at most 15 digits: the digits and the power of ten are exact, so that their quotient is
 * what strtod would return. musl's strtod takes 2.2 us for a time such as 1700000000.123, a quarter of all
 * that a parameter takes in the static program.
 */
static bool read_short_number(const char *bytes, size_t len, double *ret_number)
{
    int64_t digits = 0;
    double scale = 1;
    bool has_point = false;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '.') {
            has_point = true;
            continue;
        }
        if (!ascii_is_digit(bytes[i])) {
            return false;
        }
        digits = digits * 10 + (bytes[i] - '0');
        scale *= has_point ? 10 : 1;
    }
    *ret_number = (double)digits / scale;
    return true;
}

bool json_number(struct json_value value, double *ret_number)
{
    if (json_type_of(value) != JSON_NUMBER) {
        return false;
    }
    if (len_of(value) <= 15 && read_short_number(bytes_of(value), len_of(value), ret_number)) {
        return true;
    }
    /* The program never calls setlocale, so the decimal point is a point. */
    double number = strtod(bytes_of(value), NULL);
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
