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
#include "public_names.h"

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
    };
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void what_may_be_a_secret_is_likely(void **state)
{
    (void)state;
    static const struct row ROWS[] = {
        LIKELY("X", "aB3dE5fG7hJ9kL1mN3pQ5rS7", ENTROPY),
        LIKELY("X", HEX32, ENTROPY),
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

static void count_right(const char *names, enum classify_kind want, size_t *right, size_t *total)
{
    char name[64];
    int len = 0;
    for (; sscanf(names, "%63s%n", name, &len) == 1; names += len) {
        struct classification got = classify_pair(name, NULL);
        *right += got.kind == want;
        *total += 1;
        if (got.kind != want) {
            print_message("# %s is %s, not %s\n", name, classify_kind_word(got.kind),
                    classify_kind_word(want));
        }
    }
}

static void names_of_public_projects_are_sorted_as_a_person_does(void **state)
{
    (void)state;
    size_t right = 0;
    size_t total = 0;
    count_right(SECRET_NAMES, CLASSIFY_SECRET, &right, &total);
    count_right(LIKELY_NAMES, CLASSIFY_LIKELY, &right, &total);
    count_right(CONFIG_NAMES, CLASSIFY_CONFIG, &right, &total);
    count_right(PUBLIC_NAMES, CLASSIFY_PUBLIC, &right, &total);
    count_right(UNKNOWN_NAMES, CLASSIFY_UNKNOWN, &right, &total);
    print_message("# %zu of %zu\n", right, total);
    assert_true(total >= 300);
    assert_true(right * 100 >= total * 95);
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
        cmocka_unit_test(every_value_has_its_word),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
