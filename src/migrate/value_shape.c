/* SPDX-License-Identifier: MIT */
#include "migrate/value_shape.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/ascii.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define HEX      ASCII_DIGITS "abcdefABCDEF"
#define WORD     ASCII_ALNUM "_-"
#define BASE64   ASCII_ALNUM "+/=_-"
#define DOTTED   WORD "."
#define LOWER    "abcdefghijklmnopqrstuvwxyz"
#define UPPER    ASCII_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SEGMENTS WORD "/"

enum {
    RANDOM_MIN_LEN = 20,
    HEX_MIN_LEN = 32, /* 16 bytes: shorter ones are commits, colours, ids */
};

/* ---- searching ---- */

static bool contains(struct span value, const char *text)
{
    return memmem(value.bytes, value.len, text, strlen(text)) != NULL;
}

static bool starts_with_ignoring_case(struct span value, const char *beginning)
{
    size_t at = 0;
    while (beginning[at] != '\0' && at < value.len
            && ascii_lower(value.bytes[at]) == beginning[at]) {
        at++;
    }
    return beginning[at] == '\0';
}

/* text is in lower case. */
static bool contains_ignoring_case(struct span value, const char *text)
{
    for (; value.len > 0; value = span_skip(value, 1)) {
        if (starts_with_ignoring_case(value, text)) {
            return true;
        }
    }
    return false;
}

static bool is_ignoring_case(struct span value, const char *text)
{
    return value.len == strlen(text) && starts_with_ignoring_case(value, text);
}

/* How many bytes from the beginning on are in alphabet. */
static size_t length_of(struct span value, const char *alphabet)
{
    size_t len = 0;
    while (len < value.len && value.bytes[len] != '\0'
            && strchr(alphabet, value.bytes[len]) != NULL) {
        len++;
    }
    return len;
}

/* Cuts what comes before the first separator off *rest; the separator goes. */
static struct span next_part(struct span *rest, const char *separators)
{
    size_t len = 0;
    while (len < rest->len && strchr(separators, rest->bytes[len]) == NULL) {
        len++;
    }
    struct span part = { rest->bytes, len };
    *rest = span_skip(*rest, len < rest->len ? len + 1 : len);
    return part;
}

/* ---- keys and tokens ---- */

bool value_shape_is_private_key(struct span value)
{
    static const char *const marks[] = {
        "PRIVATE KEY-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK",
        "PuTTY-User-Key-File-",
        "AGE-SECRET-KEY-1",
        /* "-----BEGIN" and PRIVATE, RSA, EC, OPENSSH, ENCRYPTED or DSA, in base64 */
        "LS0tLS1CRUdJTiBQUklWQVRF",
        "LS0tLS1CRUdJTiBSU0EgUFJJ",
        "LS0tLS1CRUdJTiBFQyBQUklW",
        "LS0tLS1CRUdJTiBPUEVOU1NI",
        "LS0tLS1CRUdJTiBFTkNSWVBU",
        "LS0tLS1CRUdJTiBEU0EgUFJJ",
    };
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (contains(value, marks[i])) {
            return true;
        }
    }
    return false;
}

struct token_row {
    const char *prefix;
    const char *alphabet; /* of what follows the prefix */
    size_t min;           /* and its length */
    size_t max;
};

static const struct token_row tokens[] = {
    { "AKIA", UPPER, 16, 16 },        /* AWS, long-term */
    { "ASIA", UPPER, 16, 16 },        /* AWS, temporary */
    { "ABSK", BASE64, 100, 300 },     /* AWS Bedrock */
    { "ghp_", ASCII_ALNUM, 36, 255 }, /* GitHub */
    { "gho_", ASCII_ALNUM, 36, 255 }, { "ghu_", ASCII_ALNUM, 36, 255 },
    { "ghs_", WORD ".", 36, 1000 }, { "ghr_", ASCII_ALNUM, 36, 255 },
    { "github_pat_", WORD, 60, 255 }, { "glpat-", DOTTED, 20, 300 }, /* GitLab */
    { "gldt-", WORD, 20, 64 }, { "glrt-", DOTTED, 20, 300 }, { "glptt-", WORD, 20, 64 },
    { "glcbt-", WORD, 20, 64 }, { "xoxb-", WORD, 20, 255 }, /* Slack */
    { "xoxp-", WORD, 20, 255 }, { "xoxa-", WORD, 20, 255 }, { "xoxr-", WORD, 20, 255 },
    { "xoxs-", WORD, 20, 255 }, { "xapp-", WORD, 20, 255 },
    { "https://hooks.slack.com/services/", SEGMENTS, 30, 120 },
    { "https://discord.com/api/webhooks/", SEGMENTS, 60, 140 },
    { "https://discordapp.com/api/webhooks/", SEGMENTS, 60, 140 },
    { "sk_live_", ASCII_ALNUM, 16, 250 }, /* Stripe */
    { "sk_test_", ASCII_ALNUM, 16, 250 }, { "rk_live_", ASCII_ALNUM, 16, 250 },
    { "rk_test_", ASCII_ALNUM, 16, 250 }, { "whsec_", ASCII_ALNUM "+/=", 16, 250 },
    { "SG.", DOTTED, 60, 70 },                 /* SendGrid */
    { "key-", ASCII_DIGITS "abcdef", 32, 32 }, /* Mailgun */
    { "re_", ASCII_ALNUM "_", 28, 40 },        /* Resend */
    { "xkeysib-", ASCII_ALNUM "-", 60, 90 },   /* Brevo */
    { "npm_", ASCII_ALNUM, 36, 36 }, { "pypi-AgEI", WORD, 50, 300 },
    { "rubygems_", ASCII_DIGITS "abcdef", 48, 48 }, { "AIza", WORD, 35, 35 }, /* Google */
    { "ya29.", WORD ".", 20, 2000 }, { "GOCSPX-", WORD, 24, 32 }, { "1//0", WORD, 40, 200 },
    { "dop_v1_", ASCII_DIGITS "abcdef", 64, 64 }, /* DigitalOcean */
    { "doo_v1_", ASCII_DIGITS "abcdef", 64, 64 }, { "dor_v1_", ASCII_DIGITS "abcdef", 64, 64 },
    { "hvs.", WORD, 24, 300 },                                      /* HashiCorp */
    { "hvb.", WORD, 24, 300 }, { "sk-ant-", WORD, 30, 200 },        /* Anthropic */
    { "sk-proj-", WORD, 20, 250 },                                  /* OpenAI */
    { "sk-svcacct-", WORD, 20, 250 }, { "sk-or-v1-", HEX, 64, 64 }, /* OpenRouter */
    { "sk-lf-", ASCII_DIGITS "abcdef-", 36, 36 },                   /* Langfuse */
    { "sk-", ASCII_ALNUM, 32, 64 },  /* OpenAI and those who copy its form */
    { "gsk_", ASCII_ALNUM, 40, 64 }, /* Groq */
    { "hf_", ASCII_ALNUM, 30, 40 },  /* Hugging Face */
    { "r8_", ASCII_ALNUM, 30, 45 },  /* Replicate */
    { "xai-", ASCII_ALNUM, 60, 100 }, { "pplx-", ASCII_ALNUM, 40, 60 }, /* Perplexity */
    { "tvly-", WORD, 28, 60 },                                          /* Tavily */
    { "lin_api_", ASCII_ALNUM, 32, 48 },                                /* Linear */
    { "secret_", ASCII_ALNUM, 43, 43 },                                 /* Notion */
    { "ntn_", ASCII_ALNUM, 40, 60 }, { "shpat_", HEX, 32, 32 },         /* Shopify */
    { "shpss_", HEX, 32, 32 }, { "shpca_", HEX, 32, 32 }, { "shppa_", HEX, 32, 32 },
    { "sq0atp-", WORD, 22, 30 }, /* Square */
    { "sq0csp-", WORD, 43, 50 }, { "EAAA", WORD, 60, 70 },
    { "NRAK-", UPPER, 27, 27 },                                             /* New Relic */
    { "glsa_", ASCII_ALNUM "_", 41, 41 },                                   /* Grafana */
    { "glc_", ASCII_ALNUM "+/=", 32, 400 }, { "sntrys_", BASE64, 60, 400 }, /* Sentry */
    { "sntryu_", HEX, 64, 64 }, { "phx_", ASCII_ALNUM, 32, 64 },            /* PostHog, personal */
    { "figd_", WORD, 36, 60 },                                              /* Figma */
    { "sbp_", HEX, 40, 40 },                                                /* Supabase */
    { "sb_secret_", WORD, 20, 60 }, { "pscale_pw_", DOTTED, 30, 64 },       /* PlanetScale */
    { "pscale_tkn_", DOTTED, 30, 64 }, { "dapi", ASCII_DIGITS "abcdef-", 32, 36 }, /* Databricks */
    { "dp.st.", DOTTED, 40, 70 },                                                  /* Doppler */
    { "dp.pt.", ASCII_ALNUM, 40, 48 }, { "PMAK-", HEX "-", 59, 59 },               /* Postman */
    { "dckr_pat_", WORD, 27, 27 },                                                 /* Docker */
    { "tfp_", ASCII_ALNUM, 40, 60 }, { "fo1_", WORD, 43, 43 },                     /* Fly.io */
    { "ATATT3", BASE64, 150, 250 },                                                /* Atlassian */
    { "EZAK", ASCII_ALNUM, 54, 54 },                                               /* EasyPost */
    { "duffel_live_", WORD, 40, 50 },
    { "FLWSECK_TEST-", ASCII_ALNUM "-", 14, 60 }, /* Flutterwave */
    { "FLWSECK-", ASCII_ALNUM "-", 30, 60 }, { "shippo_live_", HEX, 40, 40 },
    { "pul-", HEX, 40, 40 },          /* Pulumi */
    { "pat-na1-", HEX "-", 36, 36 },  /* HubSpot */
    { "cfut_", ASCII_ALNUM, 40, 60 }, /* Cloudflare */
};

static const struct token_row published_tokens[] = {
    { "pk_live_", ASCII_ALNUM "=", 16, 250 }, /* Stripe, Clerk */
    { "pk_test_", ASCII_ALNUM "=", 16, 250 },
    { "pk.eyJ", DOTTED, 40, 300 }, /* Mapbox */
    { "sb_publishable_", WORD, 20, 60 },
    { "phc_", ASCII_ALNUM, 32, 64 }, /* PostHog, project */
    { "FLWPUBK-", ASCII_ALNUM "-", 30, 60 },
};

static bool matches(const struct token_row *row, struct span value)
{
    if (!span_starts_with(value, row->prefix)) {
        return false;
    }
    struct span rest = span_skip(value, strlen(row->prefix));
    return rest.len >= row->min && rest.len <= row->max
            && length_of(rest, row->alphabet) == rest.len;
}

static struct span without_scheme(struct span value)
{
    static const char *const schemes[] = { "Bearer ", "bearer ", "token ", "Token ", "Basic " };
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        if (span_starts_with(value, schemes[i])) {
            return span_trim(span_skip(value, strlen(schemes[i])));
        }
    }
    return span_trim(value);
}

/* 123456789:AA..., of Telegram's bots */
static bool is_telegram_token(struct span value)
{
    size_t digits = length_of(value, ASCII_DIGITS);
    if (digits < 8 || digits > 10 || !span_starts_with(span_skip(value, digits), ":AA")) {
        return false;
    }
    struct span rest = span_skip(value, digits + 1);
    return rest.len == 35 && length_of(rest, WORD) == rest.len;
}

bool value_shape_is_token(struct span value)
{
    struct span token = without_scheme(value);
    if (value_shape_is_placeholder(token)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        if (matches(&tokens[i], token)) {
            return true;
        }
    }
    return is_telegram_token(token);
}

bool value_shape_is_aws_key_id(struct span value)
{
    return (matches(&tokens[0], value) || matches(&tokens[1], value))
            && !value_shape_is_placeholder(value);
}

bool value_shape_is_published_token(struct span value)
{
    for (size_t i = 0; i < COUNT_OF(published_tokens); i++) {
        if (matches(&published_tokens[i], value)) {
            return true;
        }
    }
    return false;
}

bool value_shape_is_jwt(struct span value)
{
    struct span rest = without_scheme(value);
    if (length_of(rest, DOTTED) != rest.len) {
        return false;
    }
    struct span header = next_part(&rest, ".");
    struct span claims = next_part(&rest, ".");
    struct span signature = next_part(&rest, ".");
    /* "{" and a quote, in base64 */
    return rest.len == 0 && header.len >= 10 && span_starts_with(header, "eyJ") && claims.len >= 6
            && span_starts_with(claims, "eyJ") && signature.len >= 16;
}

/* ---- passwords inside ---- */

/* Whether what follows one of the names, a "name=", is not empty. */
static bool has_setting(struct span value, const char *separators, const char *const names[])
{
    while (value.len > 0) {
        struct span part = span_trim(next_part(&value, separators));
        for (size_t i = 0; names[i] != NULL; i++) {
            if (starts_with_ignoring_case(part, names[i]) && part.len > strlen(names[i])) {
                return true;
            }
        }
    }
    return false;
}

/* The value after "scheme://"; false if it is not a URL. */
static bool skip_scheme(struct span value, struct span *ret_rest)
{
    size_t scheme = length_of(value, ASCII_ALNUM "+-.:");
    if (scheme < 2 || value.bytes[scheme - 1] != ':'
            || !span_starts_with(span_skip(value, scheme), "//")) {
        return false;
    }
    *ret_rest = span_skip(value, scheme + 2);
    return true;
}

bool value_shape_has_password(struct span value)
{
    static const char *const parameters[] = { "password=", "pwd=", "passwd=", "secret=", "token=",
        "access_token=", "api_key=", "apikey=", "sig=", "sslpassword=", "authtoken=", NULL };
    static const char *const connection[] = {
        "password=", "pwd=", "accountkey=", "sharedaccesskey=", "sharedaccesssignature=", NULL
    };

    struct span rest = { 0 };
    if (!skip_scheme(value, &rest)) {
        return memchr(value.bytes, '=', value.len) != NULL
                && (memchr(value.bytes, ';', value.len) != NULL
                        || contains_ignoring_case(value, "host="))
                && has_setting(value, "; ", connection);
    }
    struct span parameters_left = rest;
    struct span authority = next_part(&rest, "/?#");
    const char *at = memrchr(authority.bytes, '@', authority.len);
    /* A password may hold any of these characters unencoded: then the '@' comes later. */
    if (at == NULL && memchr(authority.bytes, ':', authority.len) != NULL) {
        at = memchr(parameters_left.bytes, '@', parameters_left.len);
        const char *colon = memchr(authority.bytes, ':', authority.len);
        bool is_port = ascii_is_digit(colon[1]);
        at = is_port ? NULL : at;
    }
    const char *colon = memchr(parameters_left.bytes, ':', parameters_left.len);
    if (at != NULL && colon != NULL && colon + 1 < at) {
        return true;
    }
    (void)next_part(&parameters_left, "?");
    return has_setting(parameters_left, "&#", parameters);
}

/* ---- placeholders ---- */

static bool is_repeated(struct span value, size_t least)
{
    size_t run = 0;
    for (size_t i = 0; i < value.len; i++) {
        run = i > 0 && value.bytes[i] == value.bytes[i - 1] ? run + 1 : 1;
        if (run >= least && strchr("xX*.#0?", value.bytes[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static bool is_placeholder_word(struct span value)
{
    static const char *const whole[] = { "todo", "tbd", "fixme", "secret", "password", "passwd",
        "pass", "example", "sample", "dummy", "placeholder", "foo", "bar", "foobar", "null", "none",
        "undefined", "nil", "n/a", "...", "***", "xxx", "xx", "key", "token", "mysecret",
        "mypassword", "my-secret", "my_secret", "my-password", "supersecret", "super-secret",
        "topsecret", "-", "test", "apikey", "api_key", "api-key", "hidden", "redacted", "empty",
        "value", "string", "secretkey", "secret_key", "secret-key", "my-secret-key", "s3cr3t",
        "notset", "user_provided", "unset", "unknown" };
    for (size_t i = 0; i < COUNT_OF(whole); i++) {
        if (is_ignoring_case(value, whole[i])) {
            return true;
        }
    }
    return false;
}

static bool has_placeholder_words(struct span value)
{
    static const char *const inside[] = { "changeme", "change_me", "change-me", "change me",
        "changeit", "change_this", "change-this", "change this", "changethis", "replaceme",
        "replace_me", "replace-me", "replace_with", "replace-with", "replace with", "replacewith",
        "placeholder", "insert_your", "insert-your", "enter_your", "enter-your", "put_your",
        "put-your", "add_your", "fill_me", "fill-me", "fillme", "_here", "-here", "your_", "your-",
        "<your", "yourkey", "yourpassword", "yourtoken", "yoursecret", "_goes_here", "notarealkey",
        "not-a-real", "not_a_real", "to-be-replaced", "change_in_prod", "change-in-prod", "dummy_",
        "dummy-", "_dashboard", "__unset__", "* replace *", "sk-..." };
    for (size_t i = 0; i < COUNT_OF(inside); i++) {
        if (contains_ignoring_case(value, inside[i])) {
            return true;
        }
    }
    return false;
}

static bool is_in_brackets(struct span value)
{
    static const char pairs[][3] = { "<>", "[]", "{}" };
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        size_t words = value.len < 3 ? 0 : length_of(span_skip(value, 1), WORD " .'");
        if (words > 0 && words == value.len - 2 && value.bytes[0] == pairs[i][0]
                && value.bytes[value.len - 1] == pairs[i][1]) {
            return true;
        }
    }
    return false;
}

/*
 * At least three lower-case words, of which one says what should be here: get_the_secret_of_above_key. A
 * passphrase has other words.
 */
static bool is_description(struct span value)
{
    static const char *const kinds[] = { "secret", "key", "token", "password", "passwd",
        "credentials" };
    size_t words = 0;
    bool says_kind = false;
    while (value.len > 0) {
        struct span word = next_part(&value, "_- ");
        if (word.len == 0 || length_of(word, LOWER) != word.len) {
            return false;
        }
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
            says_kind = says_kind || span_is(word, kinds[i]);
        }
        words++;
    }
    return words >= 3 && says_kind;
}

bool value_shape_is_placeholder(struct span value)
{
    /* A key that spells something by chance, and a long text, are not placeholders. */
    if (value.len == 0 || value.len > 200) {
        return false;
    }
    struct span word = span_trim(value);
    bool is_example = contains(value, "EXAMPLE") || starts_with_ignoring_case(value, "example_")
            || starts_with_ignoring_case(value, "example-");
    return is_placeholder_word(word) || is_in_brackets(value) || is_example
            || has_placeholder_words(word) || is_description(word)
            || (is_repeated(word, 4) && length_of(word, DOTTED "*#? ") == word.len
                    && !value_shape_is_number(word)
                    && (is_repeated(word, 8) || !value_shape_is_host(word)));
}

/* ---- random ---- */

static double bits_per_character(struct span value)
{
    size_t counts[256] = { 0 };
    for (size_t i = 0; i < value.len; i++) {
        counts[(unsigned char)value.bytes[i]]++;
    }
    double bits = 0;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        if (counts[i] > 0) {
            double share = (double)counts[i] / (double)value.len;
            bits -= share * log2(share);
        }
    }
    return bits;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The length of the word at the beginning, as "word", "Word" or "WORD": letters with a vowel; else 0. */
static size_t word_length(struct span text)
{
    size_t len = 0;
    size_t vowels = 0;
    bool is_upper_word = text.len > 1 && is_upper(text.bytes[0]) && is_upper(text.bytes[1]);
    while (len < text.len && ascii_is_letter(text.bytes[len])
            && (len == 0 || is_upper(text.bytes[len]) == is_upper_word)) {
        vowels += strchr("aeiouyAEIOUY", text.bytes[len]) != NULL;
        len++;
    }
    return len >= 4 && vowels * 5 >= len && vowels * 3 <= len * 2 ? len : 0;
}

/* Whether at least half of the text is words. */
static bool is_words(struct span text)
{
    size_t in_words = 0;
    for (size_t at = 0; at < text.len;) {
        size_t len = word_length(span_skip(text, at));
        in_words += len;
        at += len > 0 ? len : 1;
        while (len == 0 && at < text.len && ascii_is_letter(text.bytes[at - 1])
                && ascii_is_letter(text.bytes[at])
                && (is_upper(text.bytes[at]) == is_upper(text.bytes[at - 1])
                        || is_upper(text.bytes[at - 1]))) {
            at++;
        }
    }
    return in_words * 2 >= text.len;
}

static bool is_uuid(struct span value)
{
    static const size_t lengths[] = { 8, 4, 4, 4, 12 };
    if (value.len != 36) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct span part = next_part(&value, "-");
        if (part.len != lengths[i] || length_of(part, HEX) != part.len) {
            return false;
        }
    }
    return true;
}

/* Whether one piece without separators looks random. */
static bool is_random_piece(struct span piece)
{
    if (piece.len < RANDOM_MIN_LEN || length_of(piece, BASE64) != piece.len || is_uuid(piece)
            || length_of(piece, ASCII_DIGITS "-_") == piece.len || is_words(piece)) {
        return false;
    }
    if (length_of(piece, HEX) == piece.len) {
        return piece.len >= HEX_MIN_LEN && bits_per_character(piece) >= 3.0;
    }
    bool has_digit = false;
    bool has_upper = false;
    bool has_lower = false;
    for (size_t i = 0; i < piece.len; i++) {
        has_digit = has_digit || ascii_is_digit(piece.bytes[i]);
        has_upper = has_upper || is_upper(piece.bytes[i]);
        has_lower = has_lower || (ascii_is_letter(piece.bytes[i]) && !is_upper(piece.bytes[i]));
    }
    return has_digit + has_upper + has_lower >= 2 && bits_per_character(piece) >= 3.5;
}

/* Whether a part of a path or URL does. */
static bool has_random_segment(struct span value)
{
    while (value.len > 0) {
        struct span segment = next_part(&value, "/?&=:.@#");
        if (is_random_piece(segment)) {
            return true;
        }
    }
    return false;
}

bool value_shape_is_random(struct span value)
{
    struct span rest = { 0 };
    if (skip_scheme(value, &rest) || value_shape_is_path(value)
            || memchr(value.bytes, '.', value.len) != NULL) {
        return skip_scheme(value, &rest) && has_random_segment(rest);
    }
    return is_random_piece(value);
}

/* ---- configuration ---- */

bool value_shape_is_boolean(struct span value)
{
    static const char *const words[] = { "true", "false", "yes", "no", "on", "off", "enabled",
        "disabled" };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (is_ignoring_case(value, words[i])) {
            return true;
        }
    }
    return false;
}

bool value_shape_is_number(struct span value)
{
    static const char *const units[] = { "", "s", "m", "h", "d", "w", "y", "ms", "us", "ns", "k",
        "kb", "mb", "gb", "b", "g", "ki", "mi", "gi", "%", "px", "min", "sec", "hr", "day", "days",
        "hours", "minutes", "seconds" };
    if (value.len > 0 && strchr("+-", value.bytes[0]) != NULL) {
        value = span_skip(value, 1);
    }
    size_t digits = length_of(value, ASCII_DIGITS ".,_");
    if (digits == 0 || !ascii_is_digit(value.bytes[0])) {
        return false;
    }
    /* 10.0.0.1 and 1.2.3 are not numbers. */
    const char *dot = memchr(value.bytes, '.', digits);
    bool has_comma = memchr(value.bytes, ',', digits) != NULL;
    if (!has_comma && dot != NULL && dot != memrchr(value.bytes, '.', digits)) {
        return false;
    }
    struct span unit = span_trim(span_skip(value, digits));
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (is_ignoring_case(unit, units[i])) {
            return true;
        }
    }
    return false;
}

bool value_shape_is_small_number(struct span value)
{
    return value.len > 0 && value.len <= 5 && length_of(value, ASCII_DIGITS) == value.len;
}

static size_t count_of(struct span text, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.bytes[i] == c;
    }
    return count;
}

/* name.tld, localhost, 10.0.0.1, [::1], service:6379 */
static bool is_one_host(struct span host)
{
    if (span_starts_with(host, "[") || span_is(host, "::") || span_is(host, "::1")) {
        return length_of(host, HEX ":[]") >= 2;
    }
    struct span rest = host;
    struct span name = next_part(&rest, ":");
    bool has_port = name.len < host.len;
    bool ends_well = name.len > 0 && ascii_is_alnum(name.bytes[name.len - 1]);
    if (!ends_well || length_of(name, ASCII_ALNUM "-._*") != name.len
            || (has_port
                    && (rest.len == 0 || rest.len > 5
                            || length_of(rest, ASCII_DIGITS) != rest.len))) {
        return false;
    }
    const char *dot = memrchr(name.bytes, '.', name.len);
    bool is_address = length_of(name, ASCII_DIGITS ".") == name.len && count_of(name, '.') == 3;
    bool is_dotted = dot != NULL && ascii_is_letter(dot[1]);
    return has_port || is_dotted || is_address || span_is(name, "localhost");
}

bool value_shape_is_host(struct span value)
{
    struct span rest = { 0 };
    if (skip_scheme(value, &rest)) {
        return rest.len > 0 && memchr(value.bytes, '\n', value.len) == NULL;
    }
    if (value.len == 0) {
        return false;
    }
    while (value.len > 0) {
        struct span host = span_trim(next_part(&value, ","));
        bool has_scheme = skip_scheme(host, &rest);
        if (!has_scheme && !is_one_host(host)) {
            return false;
        }
    }
    return true;
}

bool value_shape_is_path(struct span value)
{
    static const char *const beginnings[] = { "/", "./", "../", "~/", "C:\\", "D:\\", "\\\\" };
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        if (span_starts_with(value, beginnings[i])) {
            return memchr(value.bytes, '\n', value.len) == NULL && !has_random_segment(value);
        }
    }
    return false;
}

bool value_shape_is_plain_word(struct span value)
{
    return value.len > 0 && value.len <= 12 && length_of(value, LOWER) == value.len;
}
