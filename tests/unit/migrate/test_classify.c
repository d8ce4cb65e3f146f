/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "migrate/classify.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    VALUE_MAX_BYTES = 16 * 1024
};

static struct classification classify_pair(const char *name, const char *value)
{
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(VALUE_MAX_BYTES);
    if (value != NULL) {
        secret_append_string(&secret, value);
    }
    struct classify_variable variable = { .name = name, .value = value == NULL ? NULL : &secret };
    return classify(&variable);
}

struct row {
    const char *name;
    const char *value;
    enum classify_kind kind;
    enum classify_why why;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct classification got = classify_pair(rows[i].name, rows[i].value);
        if (got.kind != rows[i].kind || got.why != rows[i].why) {
            fail_msg("%s=%.60s: %s, %s", rows[i].name, rows[i].value == NULL ? "" : rows[i].value,
                    classify_kind_word(got.kind), classify_why_word(got.why));
        }
    }
}

#define SECRET(name, value, why)                     \
    {                                                \
        name, value, CLASSIFY_SECRET, CLASSIFY_##why \
    }
#define LIKELY(name, value, why)                     \
    {                                                \
        name, value, CLASSIFY_LIKELY, CLASSIFY_##why \
    }
#define CONFIG(name, value, why)                     \
    {                                                \
        name, value, CLASSIFY_CONFIG, CLASSIFY_##why \
    }
#define PUBLIC(name, value, why)                     \
    {                                                \
        name, value, CLASSIFY_PUBLIC, CLASSIFY_##why \
    }
#define UNKNOWN(name, value)                              \
    {                                                     \
        name, value, CLASSIFY_UNKNOWN, CLASSIFY_NO_REASON \
    }

/* Put together here, so that no scanner of repositories takes a row for a leak. */
#define HEX32   "3f9c1e77a0d54b2e8c61f0a9d7b35e42"
#define ALNUM36 "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"

static void the_shape_of_a_value_makes_a_secret_whatever_its_name(void **state)
{
    (void)state;
    static const struct row ROWS[] = {
        SECRET("X",
                "-----BEGIN RSA PRIVATE"
                " KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
                PRIVATE_KEY),
        SECRET("X",
                "-----BEGIN PRIVATE"
                " KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n",
                PRIVATE_KEY),
        SECRET("X",
                "{\"type\":\"service_account\",\"private_key\":\"-----BEGIN PRIVATE"
                " KEY-----\"}",
                PRIVATE_KEY),
        SECRET("X", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1J", PRIVATE_KEY),
        SECRET("X",
                "AGE-SECRET-KEY-1"
                "QQPQZ",
                PRIVATE_KEY),
        UNKNOWN("X", "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----"),
        UNKNOWN("X", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"),
        SECRET("X", "ghp_" ALNUM36, TOKEN_SHAPE),
        SECRET("X", "Bearer ghp_" ALNUM36, TOKEN_SHAPE),
        SECRET("X",
                "AKIA"
                "QYLPMN5HFIQR7XYA",
                TOKEN_SHAPE),
        SECRET("X",
                "sk_live_"
                "51HqLyjWDarjtT1zdp7dc",
                TOKEN_SHAPE),
        SECRET("X",
                "xoxb-"
                "123456789012-1234567890123-aBcDeF",
                TOKEN_SHAPE),
        SECRET("X",
                "glpat-"
                "aB3dE5fG7hJ9kL1mN3pQ",
                TOKEN_SHAPE),
        SECRET("X", "npm_" ALNUM36, TOKEN_SHAPE),
        SECRET("X",
                "sk-ant-"
                "api03-" ALNUM36,
                TOKEN_SHAPE),
        SECRET("X",
                "AIza"
                "SyB1dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z",
                TOKEN_SHAPE),
        SECRET("X", "dop_v1_" HEX32 HEX32, TOKEN_SHAPE),
        SECRET("X",
                "hvs."
                "CAESIJ9aB3dE5fG7hJ9kL1mN3pQ",
                TOKEN_SHAPE),
        SECRET("X",
                "123456789:AA"
                "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3",
                TOKEN_SHAPE),
        SECRET("X",
                "https://hooks.slack.com/services/"
                "T01234567/B01234567/aB3dE5fG7hJ9kL1mN3pQ5rS7",
                TOKEN_SHAPE),
        /* look-alikes */
        UNKNOWN("X", "ghp_short"),
        UNKNOWN("X", "sk-learn"),
        CONFIG("X", "SG.local", HOSTNAME),
        UNKNOWN("X", "key-value"),
        UNKNOWN("X", "npm_install"),
        UNKNOWN("X",
                "AKIA"
                "IOSFODNN7EXAMPLE"),
        UNKNOWN("X",
                "ghp_"
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        UNKNOWN("X",
                "sk_test_"
                "your_stripe_secret_key"),
        SECRET("X",
                "eyJhbGciOiJIUzI1NiJ9"
                ".eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
                JWT),
        LIKELY("X", "eyJhbGciOiJIUzI1NiJ9", ENTROPY),
        CONFIG("X", "eyJ.eyJ.x", HOSTNAME),
        SECRET("X",
                "postgres://app:"
                "hunter2@db.internal:5432/app",
                URL_PASSWORD),
        SECRET("DATABASE_URL", "postgres://app:${DB_PASSWORD}@db/app", URL_PASSWORD),
        SECRET("X",
                "redis://:"
                "hunter2@redis:6379/0",
                URL_PASSWORD),
        SECRET("X",
                "postgres://app:"
                "p/w#d@db/app",
                URL_PASSWORD),
        SECRET("X",
                "jdbc:postgresql://db/app?user=a&password="
                "hunter2",
                URL_PASSWORD),
        SECRET("X",
                "Server=db;Database=app;User Id=sa;Password="
                "hunter2;",
                URL_PASSWORD),
        SECRET("X",
                "host=db user=app password="
                "hunter2",
                URL_PASSWORD),
        SECRET("X",
                "https://acc.blob.core.windows.net/c?sv=1&sig="
                "abc",
                URL_PASSWORD),
        CONFIG("DATABASE_URL", "postgres://app@db.internal:5432/app", NAME),
        CONFIG("DATABASE_URL", "postgres://localhost/app", NAME),
        CONFIG("X", "https://example.org:8443/users/@me", HOSTNAME),
        CONFIG("X", "https://example.org/a?page=1", HOSTNAME),
        UNKNOWN("X", "Server=db;Database=app;Integrated Security=true"),
    };
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void the_last_words_of_a_name_make_a_secret_of_a_value_that_can_be_one(void **state)
{
    (void)state;
    static const struct row ROWS[] = {
        SECRET("DB_PASSWORD", "hunter2hunter2", NAME),
        SECRET("DB_PASSWORD", "", NAME),
        SECRET("DB_PASSWORD", "1234567", NAME),
        SECRET("db_password", "hunter2hunter2", NAME),
        SECRET("dbPassword", "hunter2hunter2", NAME),
        SECRET("PGPASSWORD", "hunter2hunter2", NAME),
        SECRET("LDAP_BIND_PW", "hunter2hunter2", NAME),
        SECRET("CONNSTRING", "x y", NAME),
        SECRET("DB_PASSWORD_PROD", "hunter2hunter2", NAME),
        SECRET("API_TOKEN_2", "hunter2hunter2", NAME),
        SECRET("API_TOKEN2", "hunter2hunter2", NAME),
        SECRET("SENTRY_DSN", "https://" HEX32 "@o1.ingest.sentry.io/2", NAME),
        SECRET("ConnectionStrings__ConnectionString", "x y", NAME),
        CONFIG("MAX_TOKEN", "4096", NUMBER),
        CONFIG("RESET_PASSWORD", "true", BOOLEAN),
        LIKELY("DB_PASSWORD", "changeme", NAME),
        LIKELY("DB_PASSWORD", "<password>", NAME),
        LIKELY("API_KEY", "your-api-key-here", NAME),
        LIKELY("API_KEY", "xxxxxxxx", NAME),
        CONFIG("PASSWORD_MIN_LENGTH", "12", NAME),
        CONFIG("TOKEN_URL", "https://login.example.org/token", NAME),
        CONFIG("SECRET_NAME", "prod/api", NAME),
        CONFIG("API_KEY_FILE", "/run/secrets/key", NAME),
        CONFIG("JWT_SECRET_PATH", "/run/secrets/jwt", NAME),
        UNKNOWN("BYPASS", "soon"),
        UNKNOWN("COMPASS", "north"),
        CONFIG("PWD", "/srv", NAME),
        SECRET("CLIENT_SECRET_HEROKU", "hunter2hunter2", NAME),
        SECRET("SERVICE_ACCOUNT_JSON_BASE64", "hunter2hunter2", NAME),
        UNKNOWN("SECRET_SANTA", "soon"),
        CONFIG("FCC_ENABLE_SWAGGER_UI", "x y", NAME),
    };
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void what_may_be_a_secret_is_likely(void **state)
{
    (void)state;
    static const struct row ROWS[] = {
        LIKELY("X", "aB3dE5fG7hJ9kL1mN3pQ5rS7", ENTROPY),
        LIKELY("X", HEX32, ENTROPY),
        LIKELY("BUILD_ID", HEX32, ENTROPY),
        CONFIG("GIT_SHA", HEX32 "01234567", NAME),
        CONFIG("RELEASE_COMMIT", HEX32 "01234567", NAME),
        LIKELY("X", "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=", ENTROPY),
        LIKELY("X", "https://hooks.example.org/in/aB3dE5fG7hJ9kL1mN3pQ5rS7", ENTROPY),
        UNKNOWN("X", "my-production-cluster-name-2024"),
        UNKNOWN("X", "MyVeryLongApplicationName2"),
        UNKNOWN("X", "com_company_application_Main1"),
        UNKNOWN("X", "3f9c1e77-a0d5-4b2e-8c61-f0a9d7b35e42"),
        UNKNOWN("X", "1.2.3-beta.4+build.20240101.abc"),
        CONFIG("X", "/usr/share/application/config.json", PATH),
        UNKNOWN("X", "2024-01-01-2024-12-31-01"),
        LIKELY("ALGOLIA_KEY", "abc123", NAME_KEY),
        LIKELY("TWILIO_SID", "AC12", NAME_KEY),
        LIKELY("BASIC_AUTH", "admin:x", NAME_KEY),
        LIKELY("DATABASE_URL", NULL, NAME),
        LIKELY("REDIS_SESSION_URL", NULL, NAME),
        CONFIG("REDIS_SESSION_URL", "redis://localhost", NAME),
        CONFIG("SESSION_URL", NULL, NAME),
        CONFIG("SMTP_AUTH", "login", NAME),
        CONFIG("BASIC_AUTH", "true", BOOLEAN),
        CONFIG("SORT_KEY", "created_at", NAME),
        UNKNOWN("MONKEY", "x"),
    };
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void configuration_is_known_by_its_name_or_its_value(void **state)
{
    (void)state;
    static const struct row ROWS[] = {
        CONFIG("LOG_LEVEL", "info", NAME),
        CONFIG("PORT", "8080", NAME),
        CONFIG("AWS_REGION", "eu-west-1", NAME),
        CONFIG("API_URL", "https://api.example.org", NAME),
        CONFIG("ENABLE_X", "1", NAME),
        CONFIG("OLD_FLAGGED", "false", BOOLEAN),
        CONFIG("X", "Yes", BOOLEAN),
        CONFIG("X", "42", NUMBER),
        CONFIG("X", "-0.5", NUMBER),
        CONFIG("X", "30s", NUMBER),
        CONFIG("X", "50MB", NUMBER),
        CONFIG("X", "1,2,3", NUMBER),
        CONFIG("X", "localhost", HOSTNAME),
        CONFIG("X", "redis:6379", HOSTNAME),
        CONFIG("X", "10.0.0.1", HOSTNAME),
        UNKNOWN("X", "1.2.3"),
        CONFIG("X", "a.example.org,b.example.org:8080", HOSTNAME),
        CONFIG("X", "[::1]:8080", HOSTNAME),
        CONFIG("X", "./storage", PATH),
        CONFIG("X", "C:\\data", PATH),
        UNKNOWN("X", "redis:abc"),
        UNKNOWN("X", "hello world"),
        UNKNOWN("X", "10 apples"),
        UNKNOWN("X", ""),
    };
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void what_is_published_is_public_unless_it_looks_like_a_secret(void **state)
{
    (void)state;

    static const struct {
        struct row row;
        bool is_finding;
    } ROWS[] = {
        { PUBLIC("NEXT_PUBLIC_API_URL", "https://api.example.org", PREFIX), false },
        { PUBLIC("VITE_APP_NAME", "Shop", PREFIX), false },
        { PUBLIC("REACT_APP_X", "1", PREFIX), false },
        { PUBLIC("NEXT_PUBLIC_SENTRY_DSN", "https://" HEX32 "@o1.ingest.sentry.io/2", PREFIX),
                false },
        { PUBLIC("NEXT_PUBLIC_FIREBASE_API_KEY",
                  "AIza"
                  "SyB1dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z",
                  PREFIX),
                false },
        { PUBLIC("NEXT_PUBLIC_SUPABASE_ANON_KEY",
                  "eyJhbGciOiJIUzI1NiJ9"
                  ".eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
                  PREFIX),
                false },
        { PUBLIC("STRIPE_KEY",
                  "pk_live_"
                  "51HqLyjWDarjtT1zdp7dc",
                  TOKEN_SHAPE),
                false },
        { PUBLIC("RECAPTCHA_SITE_KEY", "6Lc_aCMTAAAAABx7u2N0D1XnVbI_v6ZdbM6rYf16", NAME), false },
        { SECRET("NEXT_PUBLIC_STRIPE_KEY",
                  "sk_live_"
                  "51HqLyjWDarjtT1zdp7dc",
                  TOKEN_SHAPE),
                true },
        { SECRET("VITE_DB_PASSWORD", "hunter2hunter2", NAME), true },
        { SECRET("VITE_CLIENT_SECRET", "hunter2hunter2", NAME), true },
        { SECRET("STRIPE_KEY",
                  "sk_live_"
                  "51HqLyjWDarjtT1zdp7dc",
                  TOKEN_SHAPE),
                false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        check_rows(&ROWS[i].row, 1);
        struct classification got = classify_pair(ROWS[i].row.name, ROWS[i].row.value);
        assert_int_equal((got.notes & CLASSIFY_PUBLISHED) != 0, ROWS[i].is_finding);
    }
}

static void one_value_alone_gives_notes(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *value;
        unsigned notes;
    } ROWS[] = {
        { "X", NULL, 0 },
        { "X", "plain", 0 },
        { "X", "", CLASSIFY_EMPTY },
        { "X", "a{{b}}", CLASSIFY_CURLY },
        { "X", "a{b}", 0 },
        { "X", "a$B", CLASSIFY_EXPANDS },
        { "X", "a${B}", CLASSIFY_EXPANDS },
        { "X", "a\\$B", 0 },
        { "X", "cost $5", 0 },
        { "X", "a$", 0 },
        { "X", "a${", 0 },
        { "X", "a\nb", CLASSIFY_MULTILINE },
        { "X", "changeme", CLASSIFY_PLACEHOLDER },
        { "X", "<your key>", CLASSIFY_PLACEHOLDER },
        { "X", "TODO", CLASSIFY_PLACEHOLDER },
        { "X", "get_the_secret_of_above_key", CLASSIFY_PLACEHOLDER },
        { "X", "correct horse battery staple", 0 },
        { "X", "prod-db-password-x7", 0 },
        { "DB_NAME", "todos", 0 },
        { "X", "0000", 0 },
        { "APP_URL", "https://example.com", 0 },
        { "X", "ssm:///prod/api/x", CLASSIFY_REFERENCE },
        { "LD_PRELOAD", "/x.so", CLASSIFY_GUARDED },
        { "AWS_ACCESS_KEY_ID", "x", CLASSIFY_CREDENTIALS },
        { "AWS_SECRET_ACCESS_KEY", NULL, CLASSIFY_CREDENTIALS },
        { "AWS_REGION", "eu-west-1", 0 },
        { "X",
                "AKIA"
                "QYLPMN5HFIQR7XYA",
                CLASSIFY_CREDENTIALS },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        unsigned got = classify_pair(ROWS[i].name, ROWS[i].value).notes;
        if (got != ROWS[i].notes) {
            fail_msg("%s=%s: %#x", ROWS[i].name, ROWS[i].value, got);
        }
    }
    struct classify_variable hashed = { .name = "X", .has_inner_hash = true };
    assert_int_equal(classify(&hashed).notes, CLASSIFY_HASH);
}

static void sizes_are_told_at_the_limits_of_the_store(void **state)
{
    (void)state;

    static const struct {
        size_t len;
        unsigned notes;
    } ROWS[] = { { 4096, 0 }, { 4097, CLASSIFY_BIG }, { 8192, CLASSIFY_BIG },
        { 8193, CLASSIFY_IMPOSSIBLE } };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char *text = calloc(ROWS[i].len + 1, 1);
        assert_non_null(text);
        memset(text, 'a', ROWS[i].len);
        assert_int_equal(classify_pair("X", text).notes, ROWS[i].notes);
        free(text);
    }
}

static void a_value_refers_to_a_name_only_as_a_whole(void **state)
{
    (void)state;

    static const struct {
        const char *value;
        bool want;
    } ROWS[] = { { "a$DB", true }, { "${DB}", true }, { "${DB:-x}", true }, { "$DB_X", false },
        { "\\$DB", false }, { "DB", false }, { "$XDB", false }, { "$D", false }, { "$", false } };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(secret_clear) struct secret secret = SECRET_INIT(64);
        secret_append_string(&secret, ROWS[i].value);
        if (classify_refers_to(&secret, "DB") != ROWS[i].want) {
            fail_msg("%s", ROWS[i].value);
        }
    }
}

/* ---- what a person says ---- */

enum {
    LINE_MAX_BYTES = 2048
};

struct score {
    size_t right;
    size_t total;
};

static void count(struct score *score, const char *wanted, const char *name, const char *value)
{
    const char *got = classify_kind_word(classify_pair(name, value).kind);
    bool is_right = strcmp(got, wanted) == 0;
    score->right += is_right;
    score->total++;
    if (!is_right) {
        print_message("# %s is %s, not %s\n", name, got, wanted);
    }
}

static bool next_line(FILE *file, char line[static LINE_MAX_BYTES])
{
    while (fgets(line, LINE_MAX_BYTES, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '#' && line[0] != '\0') {
            return true;
        }
    }
    return false;
}

/* Ends text at the separator, and returns what follows it. */
static char *cut(char *text, char separator)
{
    char *at = strchr(text, separator);
    assert_non_null(at);
    *at = '\0';
    return at + 1;
}

static void names_of_public_projects_are_sorted_as_a_person_does(void **state)
{
    (void)state;
    struct score score = { 0 };
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(TEST_VECTORS "/classification/names.tsv", "re");
    assert_non_null(file);
    while (next_line(file, line)) {
        char *kind = cut(line, '\t');
        (void)cut(kind, '\t');
        count(&score, kind, line, NULL);
    }
    assert_int_equal(fclose(file), 0);
    print_message("# %zu of %zu\n", score.right, score.total);
    assert_true(score.total >= 300);
    assert_true(score.right * 100 >= score.total * 95);
}

static void nothing_in_public_examples_gets_a_silly_kind(void **state)
{
    (void)state;
    struct score score = { 0 };
    size_t files = 0;
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(TEST_VECTORS "/classification/examples.tsv", "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        files += line[0] == '#' && strchr(line, '/') != NULL;
    }
    rewind(file);
    while (next_line(file, line)) {
        char *name = cut(line, '\t');
        char *value = cut(name, '=');
        count(&score, line, name, value);
    }
    assert_int_equal(fclose(file), 0);
    assert_true(files >= 10);
    assert_int_equal(score.right, score.total);
}

/* ---- tokens ---- */

static const char DIGITS[] = "0123456789";
static const char HEX[] = "0123456789abcdef";
static const char UPPER[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char ALNUM[] = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

/* Forms that the services document or use; the least length that a token has. */
static const struct form {
    const char *prefix;
    const char *alphabet;
    size_t len;
} forms[] = {
    { "AKIA", UPPER, 16 },
    { "ASIA", UPPER, 16 },
    { "ghp_", ALNUM, 36 },
    { "gho_", ALNUM, 36 },
    { "ghu_", ALNUM, 36 },
    { "ghs_", ALNUM, 36 },
    { "ghr_", ALNUM, 36 },
    { "github_pat_", ALNUM, 82 },
    { "glpat-", ALNUM, 20 },
    { "gldt-", ALNUM, 20 },
    { "glrt-", ALNUM, 20 },
    { "glptt-", HEX, 40 },
    { "xoxb-", ALNUM, 50 },
    { "xoxp-", ALNUM, 70 },
    { "xapp-", ALNUM, 60 },
    { "sk_live_", ALNUM, 24 },
    { "sk_test_", ALNUM, 24 },
    { "rk_live_", ALNUM, 24 },
    { "whsec_", ALNUM, 32 },
    { "npm_", ALNUM, 36 },
    { "pypi-AgEI", ALNUM, 60 },
    { "rubygems_", HEX, 48 },
    { "AIza", ALNUM, 35 },
    { "GOCSPX-", ALNUM, 28 },
    { "dop_v1_", HEX, 64 },
    { "hvs.", ALNUM, 90 },
    { "sk-ant-api03-", ALNUM, 93 },
    { "sk-proj-", ALNUM, 100 },
    { "sk-", ALNUM, 48 },
    { "gsk_", ALNUM, 52 },
    { "hf_", ALNUM, 34 },
    { "r8_", ALNUM, 37 },
    { "lin_api_", ALNUM, 40 },
    { "ntn_", ALNUM, 46 },
    { "shpat_", HEX, 32 },
    { "NRAK-", UPPER, 27 },
    { "sntryu_", HEX, 64 },
    { "phx_", ALNUM, 43 },
    { "sbp_", HEX, 40 },
    { "pscale_pw_", ALNUM, 43 },
    { "dckr_pat_", ALNUM, 27 },
    { "pul-", HEX, 40 },
    { "xkeysib-", HEX, 64 },
    { "re_", ALNUM, 32 },
    { "key-", HEX, 32 },
};

/* A token is put together when the test runs, so that no scanner of repositories takes this file for a leak. */
static void make_token(const struct form *form, size_t len, char out[static 256])
{
    uint32_t number = 12345;
    size_t at = strlen(form->prefix);
    size_t letters = strlen(form->alphabet);
    memcpy(out, form->prefix, at);
    for (size_t i = 0; i < len; i++) {
        number = number * 1664525 + 1013904223;
        out[at++] = form->alphabet[(number >> 16) % letters];
    }
    out[at] = '\0';
}

static bool is_token(const char *value)
{
    struct classification got = classify_pair("X", value);
    return got.kind == CLASSIFY_SECRET && got.why == CLASSIFY_TOKEN_SHAPE;
}

static void tokens_are_known_and_what_looks_like_them_is_not_taken_for_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        const struct form *form = &forms[i];
        char token[256];
        char other[256];
        size_t prefix = strlen(form->prefix);
        make_token(form, form->len, token);
        if (!is_token(token)) {
            fail_msg("%s is not known", form->prefix);
        }
        /* words with the same beginning, another character, a token that was cut, and placeholders */
        make_token(form, 3, other);
        assert_false(is_token(other));
        (void)snprintf(other, sizeof(other), "%s!%s", form->prefix, token + prefix);
        assert_false(is_token(other));
        (void)snprintf(other, sizeof(other), "x%s", token);
        assert_false(is_token(other));
        memcpy(other, token, sizeof(other));
        memset(other + prefix, 'x', form->len);
        assert_false(is_token(other));
        (void)snprintf(
                other, sizeof(other), "%syour_key_here_your_key_here_your_key", form->prefix);
        assert_false(is_token(other));
    }
    assert_false(is_token(DIGITS));
}

static void every_value_has_its_word(void **state)
{
    (void)state;
    assert_string_equal(classify_kind_word(CLASSIFY_LIKELY), "likely");
    assert_string_equal(classify_why_word(CLASSIFY_URL_PASSWORD), "url-password");
    for (unsigned i = 0; i < CLASSIFY_NOTE_COUNT; i++) {
        assert_non_null(classify_note_word((enum classify_note)(1U << i)));
    }
    assert_string_equal(classify_note_word(CLASSIFY_PUBLISHED), "published");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shape_of_a_value_makes_a_secret_whatever_its_name),
        cmocka_unit_test(the_last_words_of_a_name_make_a_secret_of_a_value_that_can_be_one),
        cmocka_unit_test(what_may_be_a_secret_is_likely),
        cmocka_unit_test(configuration_is_known_by_its_name_or_its_value),
        cmocka_unit_test(what_is_published_is_public_unless_it_looks_like_a_secret),
        cmocka_unit_test(one_value_alone_gives_notes),
        cmocka_unit_test(sizes_are_told_at_the_limits_of_the_store),
        cmocka_unit_test(a_value_refers_to_a_name_only_as_a_whole),
        cmocka_unit_test(names_of_public_projects_are_sorted_as_a_person_does),
        cmocka_unit_test(nothing_in_public_examples_gets_a_silly_kind),
        cmocka_unit_test(tokens_are_known_and_what_looks_like_them_is_not_taken_for_one),
        cmocka_unit_test(every_value_has_its_word),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
