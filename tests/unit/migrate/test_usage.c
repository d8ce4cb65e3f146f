/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "migrate/library_names.h"
#include "migrate/usage.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Names between blanks. */
static struct usage *usage_for(const char *names)
{
    CLEANUP(string_list_clear) struct string_list list = { 0 };
    struct err err = { 0 };
    while (*names != '\0') {
        size_t len = strcspn(names, " ");
        assert_true(string_list_add(&list, names, len, &err));
        names += len + strspn(names + len, " ");
    }
    struct usage *usage = usage_new(&list, &err);
    assert_non_null(usage);
    return usage;
}

static void scan(struct usage *usage, const char *file, const char *text)
{
    struct err err = { 0 };
    assert_true(usage_scan(usage, file, (struct span){ text, strlen(text) }, &err));
}

static bool is_unset_name(const struct usage *usage, const char *name)
{
    for (size_t i = 0; i < usage_unset_count(usage); i++) {
        if (strcmp(usage_unset_at(usage, i)->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void each_idiom_is_a_read_of_known_and_unknown_names(void **state)
{
    (void)state;

    static const struct {
        const char *file;
        const char *text;
    } ROWS[] = {
        { "a.js", "const x = process.env.API_URL" },
        { "a.js", "process.env?.API_URL ?? ''" },
        { "a.ts", "process.env.API_URL!.trim()" },
        { "a.js", "process.env['API_URL']" },
        { "a.js", "process.env[\"API_URL\"]" },
        { "a.js", "process.env[`API_URL`]" },
        { "a.js", "const { A, API_URL } = process.env;" },
        { "a.js", "const {\n  A: b,\n  API_URL = 'x',\n} = process.env" },
        { "a.ts", "import.meta.env.API_URL" },
        { "a.ts", "Deno.env.get(\"API_URL\")" },
        { "a.ts", "Bun.env.API_URL" },
        { "a.py", "os.environ[\"API_URL\"]" },
        { "a.py", "os.environ.get('API_URL', '')" },
        { "a.py", "os.getenv(\"API_URL\")" },
        { "a.py", "os.environ.get(\n    'API_URL',\n)" },
        { "a.py", "env.str(\"API_URL\")" },
        { "a.py", "env('API_URL')" },
        { "a.py", "Field(..., env=\"API_URL\")" },
        { "a.rb", "ENV['API_URL']" },
        { "a.rb", "ENV.fetch(\"API_URL\") { 1 }" },
        { "A.java", "System.getenv(\"API_URL\")" },
        { "A.java", "System.getenv().get(\"API_URL\")" },
        { "A.java", "@Value(\"${API_URL}\")" },
        { "A.java", "@Value(\"${API_URL:none}\")" },
        { "A.kt", "System.getenv(\"API_URL\") ?: \"\"" },
        { "a.go", "os.Getenv(\"API_URL\")" },
        { "a.go", "v, ok := os.LookupEnv(\"API_URL\")" },
        { "a.go", "Url string `env:\"API_URL\"`" },
        { "a.go", "Url string `envconfig:\"API_URL\"`" },
        { "a.go", "getEnvOr(\"API_URL\", \"x\")" },
        { "a.rs", "std::env::var(\"API_URL\")" },
        { "a.rs", "env::var_os(\"API_URL\")" },
        { "a.rs", "env!(\"API_URL\")" },
        { "a.rs", "option_env!(\"API_URL\")" },
        { "a.rs", "#[arg(long, env = \"API_URL\")]" },
        { "a.c", "getenv(\"API_URL\")" },
        { "a.c", "secure_getenv( \"API_URL\" )" },
        { "a.php", "getenv('API_URL')" },
        { "a.php", "$_ENV['API_URL']" },
        { "a.php", "'url' => env('API_URL', 'x')," },
        { "a.cs", "Environment.GetEnvironmentVariable(\"API_URL\")" },
        { "a.ex", "System.fetch_env!(\"API_URL\")" },
        { "a.pl", "$ENV{API_URL}" },
        { "a.pl", "$ENV{'API_URL'}" },
        { "a.swift", "ProcessInfo.processInfo.environment[\"API_URL\"]" },
        { "a.ps1", "$env:API_URL" },
        { "a.sh", "curl \"$API_URL\"" },
        { "a.sh", "curl ${API_URL}" },
        { "a.sh", "curl ${API_URL:-x}" },
        { "a.sh", "echo ${#API_URL}" },
        { "Dockerfile", "RUN curl $API_URL" },
        { "docker-compose.yml", "  url: ${API_URL:?missing}" },
        { "Makefile", "\tcurl $(API_URL)" },
        { "schema.prisma", "url = env(\"API_URL\")" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(usage_release) struct usage *usage = usage_for("API_URL");
        scan(usage, ROWS[i].file, ROWS[i].text);
        if (usage_of(usage, "API_URL").verdict != USAGE_READ) {
            fail_msg("%s: %s", ROWS[i].text, usage_word(usage_of(usage, "API_URL").verdict));
        }
        CLEANUP(usage_release) struct usage *nothing = usage_for("OTHER");
        scan(nothing, ROWS[i].file, ROWS[i].text);
        if (!is_unset_name(nothing, "API_URL")) {
            fail_msg("%s: nobody sets it, and it is not told", ROWS[i].text);
        }
        assert_int_equal(usage_of(nothing, "OTHER").verdict, USAGE_NOT_FOUND);
    }
}

static void what_only_looks_like_a_read_tells_no_name_that_nobody_sets(void **state)
{
    (void)state;

    static const struct {
        const char *file;
        const char *text;
    } ROWS[] = {
        { "a.js", "`${API_URL}/x`" },
        { "a.js", "process.env.apiUrl" },
        { "a.js", "settings.API_URL" },
        { "a.js", "envelope(\"API_URL\")" },
        { "a.js", "inventory[\"API_URL\"]" },
        { "a.py", "os.putenv(\"API_URL\", x)" },
        { "a.py", "monkeypatch.setenv(\"API_URL\", x)" },
        { "a.py", "def getenv(API_URL):" },
        { "a.sh", "API_URL=x\ncurl $API_URL" },
        { "a.sh", "read API_URL\ncurl $API_URL" },
        { "a.sh", "cd $HOME $PWD ${GITHUB_SHA}" },
        { "Dockerfile", "ARG API_URL\nRUN curl $API_URL" },
        { "README.md", "Set `API_URL` to the URL." },
        { "a.ts", "const NODE_ENV = \"API_URL\"" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(usage_release) struct usage *usage = usage_for("OTHER");
        scan(usage, ROWS[i].file, ROWS[i].text);
        if (usage_unset_count(usage) != 0) {
            fail_msg("%s: %s", ROWS[i].text, usage_unset_at(usage, 0)->name);
        }
    }
}

static void other_spellings_are_likely_and_parts_of_words_are_nothing(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *text;
        enum usage_verdict want;
    } ROWS[] = {
        { "DB_PASSWORD", "DB_PASSWORD", USAGE_MENTIONED },
        { "DB_PASSWORD", "(DB_PASSWORD)", USAGE_MENTIONED },
        { "DB_PASSWORD", "db_password: str", USAGE_LIKELY },
        { "DB_PASSWORD", "dbPassword", USAGE_LIKELY },
        { "DB_PASSWORD", "cfg.dbPassword.x", USAGE_LIKELY },
        { "DB_PASSWORD", "db.password", USAGE_LIKELY },
        { "DB_PASSWORD", "--db-password", USAGE_LIKELY },
        { "DB_PASSWORD", "_dbPassword", USAGE_LIKELY },
        { "DB_PASSWORD", "DBPASSWORD", USAGE_LIKELY },
        { "DB_PASSWORD", "MY_DB_PASSWORD", USAGE_NOT_FOUND },
        { "DB_PASSWORD", "DB_PASSWORD_OLD", USAGE_NOT_FOUND },
        { "DB_PASSWORD", "xDB_PASSWORD", USAGE_NOT_FOUND },
        { "DB_PASSWORD", "DB_PASSWORDx", USAGE_NOT_FOUND },
        { "DB_PASSWORD", "db password", USAGE_NOT_FOUND },
        { "DB_PASSWORD", "PASSWORD", USAGE_NOT_FOUND },
        { "ConnectionString__Main", "ConnectionString:Main", USAGE_LIKELY },
        { "Smtp__Password", "section[\"Password\"]", USAGE_LIKELY },
        { "_X_", "_X_", USAGE_MENTIONED },
        { "A_B", "A_B_", USAGE_LIKELY },
        { "A_B_C_D_E_F_G_H_I", "A_B_C_D_E_F_G_H_I", USAGE_MENTIONED },
        { "A_B_C_D_E_F_G_H_I_J_K_L_M_N_O_P_Q_R_S", "x.A_B_C_D_E_F_G_H_I_J_K_L_M_N_O_P_Q_R_S",
                USAGE_MENTIONED },
        { "APP_ID", "env_prefix = 'APP_'\nid: int", USAGE_LIKELY },
        { "OTHER_ID", "env_prefix = 'APP_'\nid: int", USAGE_NOT_FOUND },
        { "OTHER_CLIENT_ID", "env_prefix = x\nclientId: int", USAGE_LIKELY },
        { "OTHER_CLIENT_ID", "clientId: int", USAGE_NOT_FOUND },
        { "MY_PORT", "xx.yy.zz.aa.bb.cc.dd.ee.MY_PORT", USAGE_MENTIONED },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(usage_release) struct usage *usage = usage_for(ROWS[i].name);
        scan(usage, "a.txt", ROWS[i].text);
        enum usage_verdict got = usage_of(usage, ROWS[i].name).verdict;
        if (got != ROWS[i].want) {
            fail_msg("%s in %s: %s", ROWS[i].name, ROWS[i].text, usage_word(got));
        }
    }
}

static void dynamic_reads_are_told_with_their_lines(void **state)
{
    (void)state;

    static const struct {
        const char *file;
        const char *text;
        size_t want;
    } ROWS[] = {
        { "a.js", "\nprocess.env[key]", 1 },
        { "a.js", "\nprocess.env[`X_${key}`]", 1 },
        { "a.js", "\nprocess.env['X_' + key]", 1 },
        { "a.js", "\nprocess.env['X']", 0 },
        { "a.js", "\nenv[i]", 0 },
        { "a.py", "\nos.environ[key]", 1 },
        { "a.py", "\nos.environ.get(f\"X_{key}\")", 1 },
        { "a.py", "\nos.getenv(key)", 1 },
        { "a.py", "\nos.environ[r'X']", 0 },
        { "a.py", "\ndef getenv(key):", 0 },
        { "a.rb", "\nENV[key]", 1 },
        { "a.rb", "\nENV[\"X_#{key}\"]", 1 },
        { "A.java", "\nSystem.getenv(key)", 1 },
        { "a.go", "\nos.Getenv(key)", 1 },
        { "a.rs", "\nenv::var(key)", 1 },
        { "a.rs", "\nenv::var(&key)", 1 },
        { "a.c", "\ngetenv(key)", 1 },
        { "a.c", "\nchar *getenv(const char *name);", 0 },
        { "a.php", "\n$_ENV[$key]", 1 },
        { "a.cs", "\nEnvironment.GetEnvironmentVariable(key)", 1 },
        { "a.sh", "\necho ${!key}", 1 },
        { "a.js", "\nfor (const key in process.env) use(key)", 1 },
        { "a.js", "\nObject.entries(process.env).filter(f)", 1 },
        { "a.py", "\nfor k, v in os.environ.items():", 1 },
        { "a.py", "\nfor k in os.environ:", 1 },
        { "a.py", "\nif 'X' in os.environ:", 0 },
        { "a.js", "\n// The settings in .env files are read here.", 0 },
        { "a.py", "\nif 'X' not in os.environ:", 0 },
        { "a.py", "\nif key not in os.environ:", 1 },
        { "a.py", "\nsubprocess.run(x, env=os.environ.copy())", 0 },
        { "a.rb", "\nENV.each { |k, v| use(k) }", 1 },
        { "A.java", "\nSystem.getenv().entrySet()", 1 },
        { "A.java", "\nSystem.getenv().get(\"X\")", 0 },
        { "a.go", "\nfor _, e := range os.Environ() {", 1 },
        { "a.rs", "\nfor (k, v) in env::vars() {", 1 },
        { "a.c", "\nextern char **environ;", 1 },
        { "a.php", "\nforeach ($_ENV as $k => $v)", 1 },
        { "a.cs", "\nEnvironment.GetEnvironmentVariables()", 1 },
        { "a.sh", "\nenv | grep ^X_", 1 },
        { "a.js", "\nspawn(x, { env: process.env })", 0 },
        { "a.py", "\nfor k in env:", 1 },
        { "a.py", "\nrun(x, env={**os.environ})", 0 },
        { "a.py", "\nwords = dict(**environ)", 1 },
        { "a.sh", "\nprintenv|sort", 1 },
        { "a.sh", "\nenv | while read -r line", 1 },
        { "README.md", "\nput it in .env.local", 0 },
        { "README.md", "\nonly in .env, not in .env.staging; and in env files", 0 },
        { "README.md", "\n| env | what it is |", 0 },
        { "a.c", "\n/* as env(1) does */", 0 },
        { "a.c", "\nchar *x = \"|level|env|environment|\";", 0 },
        { "a.py", "\nrun(x, env={**env, **environment})", 0 },
        { "a.py", "\nself.env |= other", 0 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(usage_release) struct usage *usage = usage_for("OTHER");
        scan(usage, ROWS[i].file, ROWS[i].text);
        const struct usage_places *dynamic = usage_dynamic(usage);
        if (dynamic->len != ROWS[i].want) {
            fail_msg("%s: %zu", ROWS[i].text, dynamic->len);
        }
        if (dynamic->len > 0) {
            assert_string_equal(dynamic->items[0].file, ROWS[i].file);
            assert_int_equal(dynamic->items[0].line, 2);
        }
    }
}

/* Of each language, files in which the seven kinds of variables are, but for the unused one. */
static const struct {
    const char *language;
    const char *file;
    const char *text;
} LANGUAGES[] = {
    { "Node", "src/a.js",
            "const used = process.env.APP_USED_URL;\n"
            "const dynamic = process.env['DYN_' + which];\n"
            "const c = envalid({ envPrefix: 'PRE_', fixedName: str() });\n"
            "const lower = settings.lowerCased;\nconst n = config.nestedThing.innerPart;\n" },
    { "Python", "app/a.py",
            "used = os.environ['APP_USED_URL']\n"
            "dynamic = os.getenv(f'DYN_{which}')\n"
            "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='PRE_')\n"
            "    fixed_name: str\nlower_cased = 1\nnested_thing = x\ninner_part: str\n" },
    { "Ruby", "app/a.rb",
            "ENV.fetch('APP_USED_URL')\nENV[\"DYN_#{which}\"]\n"
            "class C < Anyway::Config\n env_prefix :PRE\n attr_config :fixed_name\nend\n"
            "config.lower_cased\nsettings.nested_thing.inner_part\n" },
    { "Java", "src/A.java",
            "System.getenv(\"APP_USED_URL\");\nSystem.getenv(\"DYN_\" + which);\n"
            "@ConfigurationProperties(\"pre\") class C { String fixedName; }\n"
            "@Value(\"${lower.cased}\")\n@Value(\"${nested.thing.inner-part}\")\n" },
    { "Go", "a.go",
            "os.Getenv(\"APP_USED_URL\")\nos.Getenv(\"DYN_\" + which)\n"
            "envconfig.Process(\"pre\", &c)\ntype C struct { FixedName string }\n"
            "viper.Get(\"lower_cased\")\nviper.Get(\"nested.thing.inner_part\")\n" },
    { "Rust", "src/a.rs",
            "env::var(\"APP_USED_URL\")\nenv::var(format!(\"DYN_{}\", which))\n"
            "envy::prefixed(\"PRE_\")\nstruct C { fixed_name: String, lower_cased: u8 }\n"
            "settings.get(\"nested_thing.inner_part\")\n" },
    { "C", "src/a.c",
            "getenv(\"APP_USED_URL\");\nsnprintf(name, n, \"DYN_%s\", which); getenv(name);\n"
            "#define ENVVAR_PREFIX \"PRE_\"\nget(\"FIXED_NAME\");\n"
            "option(\"lower-cased\");\nc.nested_thing.inner_part = 1;\n" },
    { "PHP", "a.php",
            "$u = $_ENV['APP_USED_URL'];\ngetenv('DYN_' . $which);\n"
            "$loader->from_prefixed_env('PRE_');\n$c->fixedName;\n"
            "config('lower.cased');\n$c['x'] = nested_thing__inner_part;\n" },
    { ".NET", "A.cs",
            "Environment.GetEnvironmentVariable(\"APP_USED_URL\");\n"
            "Environment.GetEnvironmentVariable($\"DYN_{which}\");\n"
            "builder.AddEnvironmentVariables(\"PRE_\");\nc[\"FixedName\"];\n"
            "public string LowerCased { get; }\nc[\"NestedThing:InnerPart\"];\n" },
    { "shell", "run.sh",
            "curl $APP_USED_URL\nname=DYN_$which; echo ${!name}\n"
            "ENV_PREFIX=PRE_\nget fixed_name\nuse --lower-cased\nget nested.thing.inner.part\n" },
    { "Compose", "docker-compose.yml",
            "url: ${APP_USED_URL}\ncommand: sh -c 'x=DYN_$$a; echo $${!x}'\n"
            "labels: [env_prefix=PRE_, fixed-name]\nlower-cased: 1\nnested-thing.inner-part: 1\n" },
    { "Prisma", "schema.prisma",
            "url = env(\"APP_USED_URL\")\n// process.env[`DYN_${which}`]\n"
            "// env_prefix PRE_ fixedName\nmodel LowerCased {}\nnestedThing.innerPart\n" },
};

static void what_is_used_is_never_not_found(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        enum usage_verdict want;
    } ROWS[] = {
        { "APP_USED_URL", USAGE_READ },
        { "UNUSED_THING", USAGE_NOT_FOUND },
        { "DYN_ONE", USAGE_LIKELY },
        { "PRE_FIXED_NAME", USAGE_LIKELY },
        { "LOWER_CASED", USAGE_LIKELY },
        { "NESTED_THING__INNER_PART", USAGE_LIKELY },
        { "PGHOST", USAGE_LIKELY },
    };

    for (size_t i = 0; i < COUNT_OF(LANGUAGES); i++) {
        CLEANUP(usage_release)
        struct usage *usage = usage_for(
                "APP_USED_URL UNUSED_THING DYN_ONE PRE_FIXED_NAME LOWER_CASED NESTED_THING__INNER_PART PGHOST");
        scan(usage, LANGUAGES[i].file, LANGUAGES[i].text);
        for (size_t j = 0; j < COUNT_OF(ROWS); j++) {
            struct usage_result got = usage_of(usage, ROWS[j].name);
            if (got.verdict != ROWS[j].want) {
                fail_msg(
                        "%s: %s: %s", LANGUAGES[i].language, ROWS[j].name, usage_word(got.verdict));
            }
        }
        assert_true(usage_of(usage, "PGHOST").is_library_read);
        assert_int_equal(usage_dynamic(usage)->len, 1);
    }
}

static void what_programs_put_together_is_likely(void **state)
{
    (void)state;

    static const struct {
        const char *file;
        const char *text;
        enum usage_verdict want; /* of PAYMENTS_DB_URL */
    } ROWS[] = {
        { "a.js", "process.env[`PAYMENTS_${x}`]", USAGE_LIKELY },
        { "a.js", "const { env } = process; get(env[`PAYMENTS_${x}`])", USAGE_LIKELY },
        { "a.js", "process.env[['payments', x].join('_')]; f('db_url')", USAGE_LIKELY },
        { "a.js", "process.env[key]; key.startsWith('PAYMENTS')", USAGE_LIKELY },
        { "a.js", "process.env[key]; f('payments')", USAGE_NOT_FOUND },
        { "a.js", "for (const k in process.env) f(k.toLowerCase().split('payments_'))",
                USAGE_LIKELY },
        { "a.py", "read(prefix + \"_DB_URL\")", USAGE_LIKELY },
        { "a.py", "os.environ[\"PAYMENTS_DB\" + \"_URL\"]", USAGE_LIKELY },
        { "a.py", "os.getenv(\"%s_URL\" % name.upper())", USAGE_LIKELY },
        { "a.py", "os.getenv(\"{}_db_url\".format(name).upper())", USAGE_LIKELY },
        { "a.c", "snprintf(text, n, \"%s_DB_URL\", name)", USAGE_LIKELY },
        { "a.go", "os.Getenv(fmt.Sprintf(\"%s_URL\", name))", USAGE_LIKELY },
        { "A.java", "System.getenv(name + \"_URL\")", USAGE_LIKELY },
        { "a.sh", "eval \"url=\\$${name}_DB_URL\"", USAGE_LIKELY },
        { "a.sh", "env | grep ^PAYMENTS_", USAGE_LIKELY },
        { "A.java", "String getPaymentsDbUrl();", USAGE_LIKELY },
        { "a.py", "text = 'A=1\\nPAYMENTS_DB_URL=2'", USAGE_LIKELY },
        { "CMakeLists.txt", "add_definitions(-DPAYMENTS_DB_URL=1)", USAGE_LIKELY },
        { "a.js", "__PAYMENTS_DB_URL__", USAGE_LIKELY },
        { "a.py", "self._url = 1", USAGE_NOT_FOUND },
        { "a.py", "X_PAYMENTS_, PAYMENTS_X, _URL_X", USAGE_NOT_FOUND },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(usage_release) struct usage *usage = usage_for("PAYMENTS_DB_URL");
        scan(usage, ROWS[i].file, ROWS[i].text);
        enum usage_verdict got = usage_of(usage, "PAYMENTS_DB_URL").verdict;
        if (got != ROWS[i].want) {
            fail_msg("%s: %s", ROWS[i].text, usage_word(got));
        }
    }
}

static void env_files_use_only_what_they_expand(void **state)
{
    (void)state;
    CLEANUP(usage_release) struct usage *usage = usage_for("PAYMENTS_DB_URL PASSWORD USER_NAME");
    scan(usage, "conf/.env.production",
            "# process.env.X\nPAYMENTS_DB_URL=postgres://$USER_NAME:${PASSWORD}@${OTHER_HOST}\n");
    assert_int_equal(usage_of(usage, "PAYMENTS_DB_URL").verdict, USAGE_NOT_FOUND);
    assert_int_equal(usage_of(usage, "PASSWORD").verdict, USAGE_READ);
    assert_int_equal(usage_of(usage, "USER_NAME").verdict, USAGE_READ);
    assert_int_equal(usage_unset_count(usage), 0);
}

static void utf16_is_text_and_so_is_a_text_with_a_nul(void **state)
{
    (void)state;
    static const char *const TEXT = "\r\n$env:API_URL";
    struct err err = { 0 };
    for (size_t is_big_endian = 0; is_big_endian < 2; is_big_endian++) {
        CLEANUP(usage_release) struct usage *usage = usage_for("API_URL");
        char wide[64] = { 0 };
        memcpy(wide, is_big_endian ? "\xfe\xff" : "\xff\xfe", 2);
        for (size_t i = 0; i < strlen(TEXT); i++) {
            wide[2 + 2 * i + is_big_endian] = TEXT[i];
        }
        struct span text = { wide, 2 + 2 * strlen(TEXT) };
        assert_true(usage_scan(usage, "a.ps1", text, &err));
        struct usage_result got = usage_of(usage, "API_URL");
        assert_int_equal(got.verdict, USAGE_READ);
        assert_int_equal(got.places[0].line, 2);
    }
    CLEANUP(usage_release) struct usage *usage = usage_for("API_URL");
    static const char NUL[] = "const separator = '\0'; // a text of more than fifty characters\n"
                              "process.env.API_URL\n";
    assert_true(usage_scan(usage, "a.js", (struct span){ NUL, sizeof(NUL) - 1 }, &err));
    assert_int_equal(usage_of(usage, "API_URL").verdict, USAGE_READ);
    assert_true(usage_scan(usage, "empty", (struct span){ "", 0 }, &err));
}

static void places_have_file_and_line_and_reads_are_kept_before_others(void **state)
{
    (void)state;
    CLEANUP(usage_release) struct usage *usage = usage_for("API_URL");
    for (size_t i = 0; i < USAGE_PLACES_MAX + 5; i++) {
        scan(usage, "doc.md", "\n\nAPI_URL, again API_URL\n");
    }
    scan(usage, "a.js", "\nprocess.env.API_URL");
    struct usage_result got = usage_of(usage, "API_URL");
    assert_int_equal(got.verdict, USAGE_READ);
    assert_int_equal(got.place_count, USAGE_PLACES_MAX);
    assert_string_equal(got.places[0].file, "doc.md");
    assert_int_equal(got.places[0].line, 3);
    assert_int_equal(got.places[0].how, USAGE_MENTIONED);
    assert_string_equal(got.places[USAGE_PLACES_MAX - 1].file, "a.js");
    assert_int_equal(got.places[USAGE_PLACES_MAX - 1].line, 2);
    assert_int_equal(got.places[USAGE_PLACES_MAX - 1].how, USAGE_READ);
}

static void binary_files_are_skipped(void **state)
{
    (void)state;
    CLEANUP(usage_release) struct usage *usage = usage_for("API_URL");
    struct err err = { 0 };
    assert_true(usage_scan(usage, "a.o", (struct span){ "\0 API_URL", 9 }, &err));
    assert_int_equal(usage_of(usage, "API_URL").verdict, USAGE_NOT_FOUND);
}

static void env_files_are_known_by_name(void **state)
{
    (void)state;
    assert_true(usage_is_env_file(".env"));
    assert_true(usage_is_env_file("a/.env.production"));
    assert_true(usage_is_env_file("a/prod.env"));
    assert_false(usage_is_env_file(".envrc"));
    assert_false(usage_is_env_file("env"));
    assert_false(usage_is_env_file("a.env/b.js"));
}

static void many_names_are_all_found_in_one_text(void **state)
{
    (void)state;

    enum {
        NAMES = 3000
    };
    CLEANUP(string_list_clear) struct string_list names = { 0 };
    CLEANUP(text_clear) struct text text = TEXT_INIT(NAMES * 32);
    struct err err = { 0 };
    for (int i = 0; i < NAMES; i++) {
        CLEANUP(text_clear) struct text name = TEXT_INIT(32);
        text_append_format(&name, "NAME_%d_URL", i);
        assert_true(string_list_add(&names, text_string(&name), name.len, &err));
        text_append_format(&text, "%s ", i % 2 == 0 ? text_string(&name) : "x");
    }
    CLEANUP(usage_release) struct usage *usage = usage_new(&names, &err);
    assert_non_null(usage);
    scan(usage, "a.txt", text_string(&text));
    for (size_t i = 0; i < NAMES; i++) {
        assert_int_equal(usage_of(usage, names.items[i]).verdict,
                i % 2 == 0 ? USAGE_MENTIONED : USAGE_NOT_FOUND);
    }
}

static void libraries_and_the_system_have_their_names(void **state)
{
    (void)state;
    static const char *const LIBRARY[] = { "PORT", "NODE_ENV", "PGHOST", "AWS_REGION", "HTTP_PROXY",
        "https_proxy", "OTEL_SERVICE_NAME", "SENTRY_DSN", "TZ", "ASPNETCORE_URLS",
        "SPRING_PROFILES_ACTIVE", "RAILS_ENV", "PYTHONPATH", "JAVA_TOOL_OPTIONS",
        "ConnectionStrings__Default" };
    static const char *const OWN[] = { "STRIPE_KEY", "OLD_FLAG", "DB_PASSWORD", "REPORT",
        "SUPPORT" };
    for (size_t i = 0; i < COUNT_OF(LIBRARY); i++) {
        assert_true(library_names_has(LIBRARY[i]));
    }
    for (size_t i = 0; i < COUNT_OF(OWN); i++) {
        assert_false(library_names_has(OWN[i]));
        assert_false(library_names_is_set_by_system(OWN[i]));
    }
    assert_true(library_names_is_set_by_system("HOME"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_idiom_is_a_read_of_known_and_unknown_names),
        cmocka_unit_test(what_only_looks_like_a_read_tells_no_name_that_nobody_sets),
        cmocka_unit_test(other_spellings_are_likely_and_parts_of_words_are_nothing),
        cmocka_unit_test(dynamic_reads_are_told_with_their_lines),
        cmocka_unit_test(what_is_used_is_never_not_found),
        cmocka_unit_test(what_programs_put_together_is_likely),
        cmocka_unit_test(env_files_use_only_what_they_expand),
        cmocka_unit_test(utf16_is_text_and_so_is_a_text_with_a_nul),
        cmocka_unit_test(places_have_file_and_line_and_reads_are_kept_before_others),
        cmocka_unit_test(binary_files_are_skipped),
        cmocka_unit_test(env_files_are_known_by_name),
        cmocka_unit_test(many_names_are_all_found_in_one_text),
        cmocka_unit_test(libraries_and_the_system_have_their_names),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
