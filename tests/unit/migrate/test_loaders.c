/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "migrate/loaders.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void scan(struct loaders *loaders, const char *env_file, const char *path, const char *text)
{
    struct err err = { 0 };
    assert_true(loaders_scan(loaders, env_file, path, (struct span){ text, strlen(text) }, &err));
}

static void loaders_of_each_language_are_told_with_their_line(void **state)
{
    (void)state;

    static const struct {
        const char *path;
        const char *text;
        enum loader_kind want;
    } ROWS[] = {
        { "src/a.js", "require('dotenv').config()", LOADER_LIBRARY },
        { "src/a.ts", "import 'dotenv/config'", LOADER_LIBRARY },
        { "src/a.mjs", "process.loadEnvFile('.env')", LOADER_LIBRARY },
        { "src/a.ts", "ConfigModule.forRoot({ envFilePath: '.env' })", LOADER_LIBRARY },
        { "package.json", "\"dotenv\": \"^16.0.0\",", LOADER_LIBRARY },
        { "package.json", "\"start\": \"node --env-file=.env server.js\"", LOADER_OPTION },
        { "package.json", "\"start\": \"env-cmd node server.js\"", LOADER_LIBRARY },
        { "package.json", "\"next\": \"14.0.0\",", LOADER_FRAMEWORK },
        { "vite.config.ts", "loadEnv(mode, process.cwd())", LOADER_LIBRARY },
        { "a.py", "from dotenv import load_dotenv", LOADER_LIBRARY },
        { "requirements.txt", "python-dotenv==1.0", LOADER_LIBRARY },
        { "requirements.txt", "python-decouple==3", LOADER_LIBRARY },
        { "a.py", "from decouple import config", LOADER_LIBRARY },
        { "a.py", "SettingsConfigDict(env_file=\".env\")", LOADER_LIBRARY },
        { "a.py", "environ.Env.read_env(BASE_DIR / '.env')", LOADER_LIBRARY },
        { "Gemfile", "gem 'dotenv-rails'", LOADER_LIBRARY },
        { "pom.xml", "<artifactId>dotenv-java</artifactId>", LOADER_LIBRARY },
        { "A.java", "Dotenv dotenv = Dotenv.load();", LOADER_LIBRARY },
        { "go.mod", "github.com/joho/godotenv v1.5.1", LOADER_LIBRARY },
        { "main.go", "godotenv.Load()", LOADER_LIBRARY },
        { "Cargo.toml", "dotenvy = \"0.15\"", LOADER_LIBRARY },
        { "src/main.rs", "dotenvy::dotenv().ok();", LOADER_LIBRARY },
        { "composer.json", "\"vlucas/phpdotenv\": \"^5.5\"", LOADER_LIBRARY },
        { "composer.json", "\"laravel/framework\": \"^11\"", LOADER_FRAMEWORK },
        { "a.php", "Dotenv\\Dotenv::createImmutable(__DIR__)", LOADER_LIBRARY },
        { "Program.cs", "DotNetEnv.Env.Load();", LOADER_LIBRARY },
        { "a.c", "fopen(\".env\", \"re\")", LOADER_NAMED },
        { "a.rb", "File.read('.env')", LOADER_NAMED },
        { "run.sh", "source .env", LOADER_NAMED },
        { "run.sh", ". ./.env", LOADER_NAMED },
        { "run.sh", "export $(cat .env | xargs)", LOADER_NAMED },
        { "run.sh", "docker run --env-file .env image", LOADER_OPTION },
        { "run.sh", "docker run --env-file \"$FILE\" image", LOADER_OPTION },
        { "Makefile", "include .env", LOADER_NAMED },
        { ".envrc", "dotenv", LOADER_LIBRARY },
        { "docker-compose.yml", "    env_file: .env", LOADER_COMPOSE },
        { "compose.yaml", "      - .env", LOADER_COMPOSE },
        { "compose.yaml", "    image: app:${TAG}", LOADER_COMPOSE },
        { "app.service", "EnvironmentFile=-/srv/app/.env", LOADER_SYSTEMD },
        { "Dockerfile", "COPY .env /app/", LOADER_COPIED },
        { "Dockerfile", "add package.json .env ./", LOADER_COPIED },
        { "api.Dockerfile", "COPY . .", LOADER_COPIED_ALL },
        { "Dockerfile.api", "COPY --chown=app:app ./ /app", LOADER_COPIED_ALL },
        { "Dockerfile", "COPY [\".\", \"/app\"]", LOADER_COPIED_ALL },
        { ".github/workflows/ci.yml", "run: cp .env dist", LOADER_CI },
        { "x/.gitlab-ci.yml", "- echo \"$ENV\" > .env", LOADER_CI },
        { ".vscode/launch.json", "\"envFile\": \"${workspaceFolder}/.env\"", LOADER_OPTION },
        { "a.js", "files: ['.env', `.env.x`]", LOADER_NAMED },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(loaders_clear) struct loaders loaders = { 0 };
        scan(&loaders, "app/.env", "first", "\n");
        char text[256] = "\n";
        assert_true(strlen(ROWS[i].text) + 3 < sizeof(text));
        memcpy(text + 1, ROWS[i].text, strlen(ROWS[i].text) + 1);
        scan(&loaders, "app/.env", ROWS[i].path, text);
        if (loaders.len != 1 || loaders.items[0].kind != ROWS[i].want) {
            fail_msg("%s: %s", ROWS[i].text,
                    loaders.len == 0 ? "nothing" : loader_words(loaders.items[0].kind));
        }
        assert_string_equal(loaders.items[0].path, ROWS[i].path);
        assert_int_equal(loaders.items[0].line, 2);
    }
}

static void what_loads_another_file_or_nothing_is_not_told(void **state)
{
    (void)state;

    static const struct {
        const char *path;
        const char *text;
    } ROWS[] = {
        { "a.js", "process.env.PORT; import.meta.env; f().env; x[0].env; a?.env" },
        { "a.js", "const environment = envelope(inventory)" },
        { "a.js", "// require('dotenv').config()" },
        { "a.py", "# load_dotenv()" },
        { "README.md", "Copy .env.example to .env, and call dotenv." },
        { ".gitignore", ".env" },
        { ".dockerignore", ".env" },
        { "package-lock.json", "\"dotenv\": \"^16.0.0\"" },
        { "Cargo.lock", "name = \"dotenvy\"" },
        { ".env.example", "# copy to .env" },
        { "run.sh", "cp .env.example x" },
        { "run.sh", "cat prod.env" },
        { "run.sh", "ssm-exec --env-file app.map -- node" },
        { "run.sh", "ssm-dotenv retire --env-file .env app.map" },
        { "run.sh", "docker run --env-file app.map image" },
        { "compose.yaml", "    env_file: app.map" },
        { "compose.yaml", "    env_file:" },
        { "app.service", "EnvironmentFile=/srv/app.map" },
        { "Dockerfile", "COPY src ." },
        { "Dockerfile", "COPY app.map /app/" },
        { "a.js", "\"next\": 1" },
        { "package.json", "\"nextjs-thing\": 1" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(loaders_clear) struct loaders loaders = { 0 };
        scan(&loaders, ".env", ROWS[i].path, ROWS[i].text);
        if (loaders.len != 0) {
            fail_msg("%s: %s", ROWS[i].text, loader_words(loaders.items[0].kind));
        }
    }
}

static void the_name_of_the_file_is_the_whole_name_or_put_together(void **state)
{
    (void)state;

    static const struct {
        const char *env_file;
        const char *text;
        size_t want;
    } ROWS[] = {
        { ".env", "read('.env')", 1 },
        { ".env", "read('.env.production')", 0 },
        { ".env", "read(`.env.${name}`)", 0 },
        { ".env", "The file is .env.", 1 },
        { "conf/.env.production", "read('.env.production')", 1 },
        { ".env.production", "read('.env.production.local')", 0 },
        { ".env.production", "read(`.env.${name}`)", 1 },
        { ".env.production", "read('.env.' + name)", 1 },
        { ".env.production", "read('.env')", 0 },
        { ".env.production", "read('.env.staging')", 0 },
        { "prod.conf", "read('/etc/prod.conf')", 1 },
        { "prod.conf", "read('/etc/myprod.conf')", 0 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(loaders_clear) struct loaders loaders = { 0 };
        scan(&loaders, ROWS[i].env_file, "a.js", ROWS[i].text);
        if (loaders.len != ROWS[i].want) {
            fail_msg("%s in %s: %zu", ROWS[i].env_file, ROWS[i].text, loaders.len);
        }
    }
}

static void binary_files_and_long_lists_are_cut(void **state)
{
    (void)state;
    CLEANUP(loaders_clear) struct loaders loaders = { 0 };
    struct err err = { 0 };
    assert_true(loaders_scan(&loaders, ".env", "a.o", (struct span){ "\0dotenv", 7 }, &err));
    assert_int_equal(loaders.len, 0);
    for (size_t i = 0; i <= LOADERS_MAX; i++) {
        assert_false(loaders.is_cut);
        scan(&loaders, ".env", "a.js", "dotenv");
    }
    assert_int_equal(loaders.len, LOADERS_MAX);
    assert_true(loaders.is_cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loaders_of_each_language_are_told_with_their_line),
        cmocka_unit_test(what_loads_another_file_or_nothing_is_not_told),
        cmocka_unit_test(the_name_of_the_file_is_the_whole_name_or_put_together),
        cmocka_unit_test(binary_files_and_long_lists_are_cut),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
