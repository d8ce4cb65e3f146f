/* SPDX-License-Identifier: MIT */
#include "migrate/loaders.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    BINARY_BYTES = 8192, /* a NUL among the first of them says that a file is binary */
};

/* What kind of file a path says. */
enum file_kind {
    FILE_OTHER,
    FILE_SILENT, /* loads nothing: documentation, lock files, ignore files, env files */
    FILE_CI,
    FILE_COMPOSE,
    FILE_DOCKER,
};

/* A text under way. */
struct scan {
    struct loaders *loaders;
    const char *env_file; /* without its folder */
    const char *path;
    const char *base; /* of the path */
    enum file_kind kind;
    bool has_compose_value; /* a ${X} was added already */
};

/* ---- files ---- */

static bool has_ending(const char *text, const char *ending)
{
    size_t len = strlen(text);
    size_t ending_len = strlen(ending);
    return len >= ending_len && strcmp(text + len - ending_len, ending) == 0;
}

static bool has_any_ending(const char *text, const char *const endings[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has_ending(text, endings[i])) {
            return true;
        }
    }
    return false;
}

static bool is_env_file(const char *base)
{
    bool begins = strncmp(base, ".env", 4) == 0 && (base[4] == '\0' || base[4] == '.');
    return begins || has_ending(base, ".env");
}

static bool is_compose(const char *base)
{
    bool begins = strncmp(base, "docker-compose", strlen("docker-compose")) == 0
            || strncmp(base, "compose", strlen("compose")) == 0
            || strncmp(base, "podman-compose", strlen("podman-compose")) == 0;
    return begins && (has_ending(base, ".yml") || has_ending(base, ".yaml"));
}

static bool is_docker(const char *base)
{
    static const char *const endings[] = { "Dockerfile", ".dockerfile", "Containerfile" };
    return strncmp(base, "Dockerfile", strlen("Dockerfile")) == 0
            || has_any_ending(base, endings, COUNT_OF(endings));
}

static enum file_kind kind_of(const char *path, const char *base)
{
    static const char *const silent[] = { ".md", ".mdx", ".rst", ".adoc", ".lock", "-lock.json",
        "-lock.yaml", "go.sum", "npm-shrinkwrap.json", "ignore", ".map", "CHANGELOG", "LICENSE" };
    static const char *const ci_files[] = { ".gitlab-ci.yml", ".travis.yml", ".drone.yml",
        "Jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml", "buildspec.yml",
        "cloudbuild.yaml", "appveyor.yml", ".cirrus.yml", ".woodpecker.yml" };
    static const char *const ci_folders[] = { ".github/", ".gitlab/", ".circleci/", ".buildkite/",
        ".woodpecker/", ".forgejo/", ".gitea/" };
    if (has_any_ending(base, silent, COUNT_OF(silent)) || is_env_file(base)) {
        return FILE_SILENT;
    }
    if (has_any_ending(base, ci_files, COUNT_OF(ci_files))) {
        return FILE_CI;
    }
    for (size_t i = 0; i < COUNT_OF(ci_folders); i++) {
        const char *found = strstr(path, ci_folders[i]);
        if (found != NULL && (found == path || found[-1] == '/')) {
            return FILE_CI;
        }
    }
    return is_compose(base) ? FILE_COMPOSE : is_docker(base) ? FILE_DOCKER : FILE_OTHER;
}

/* ---- lines ---- */

static bool is_name_character(char c)
{
    return ascii_is_alnum(c) || c == '_' || c == '-';
}

static struct span trim_start(struct span line)
{
    size_t blanks = 0;
    while (blanks < line.len && ascii_is_space(line.bytes[blanks])) {
        blanks++;
    }
    return span_skip(line, blanks);
}

/* Comments of scripts, C, XML, SQL and batch files. */
static bool is_comment(struct span line)
{
    static const char *const beginnings[] = { "//", "/*", "* ", "<!--", "-- ", ";", "rem ",
        "REM " };
    struct span text = trim_start(line);
    if (text.len > 0 && text.bytes[0] == '#') { /* not #include and #[attribute] */
        return text.len < 2 || (!ascii_is_alnum(text.bytes[1]) && text.bytes[1] != '[');
    }
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        if (span_starts_with(text, beginnings[i])) {
            return true;
        }
    }
    return false;
}

static bool begins_with(struct span line, const char *lower)
{
    size_t len = strlen(lower);
    for (size_t i = 0; i < len; i++) {
        if (i == line.len || ascii_lower(line.bytes[i]) != lower[i]) {
            return false;
        }
    }
    return true;
}

/* Where the word begins, in any case; line.len if it is not there. */
static size_t find(struct span line, const char *lower)
{
    size_t at = 0;
    while (at < line.len && !begins_with(span_skip(line, at), lower)) {
        at++;
    }
    return at;
}

static bool has(struct span line, const char *lower)
{
    return find(line, lower) < line.len;
}

static bool is_one_of(char c, const char *characters)
{
    return c != '\0' && strchr(characters, c) != NULL;
}

static char character_at(struct span line, size_t at)
{
    return at < line.len ? line.bytes[at] : '\0';
}

/* Whether the name that begins at text[0) is the env file's, or one that a program puts together. */
static bool is_file_name(struct span text, const char *env_file)
{
    if (span_starts_with(text, env_file)) {
        size_t end = strlen(env_file);
        char next = character_at(text, end);
        bool goes_on = next == '.'
                && (is_name_character(character_at(text, end + 1))
                        || is_one_of(character_at(text, end + 1), "*$%{"));
        return !goes_on && !is_name_character(next) && !is_one_of(next, "([");
    }
    /* `.env.${NODE_ENV}`, ".env." + name, .env.* */
    return strncmp(env_file, ".env.", 5) == 0 && span_starts_with(text, ".env.")
            && is_one_of(character_at(text, 5), "\"'`$%{*#<");
}

static bool names_file(struct span line, const char *env_file)
{
    for (size_t at = 0; at < line.len; at++) {
        char before = at > 0 ? line.bytes[at - 1] : ' ';
        bool is_member = is_name_character(before) || is_one_of(before, ".])}?$"); /* x.env */
        if (!is_member && is_file_name(span_skip(line, at), env_file)) {
            return true;
        }
    }
    return false;
}

/* COPY or ADD of a whole folder: "COPY . .", "COPY --chown=app ./ /app", COPY [".", "/app"]. */
static bool copies_all(struct span line)
{
    static const char *const all[] = { ".", "./", "*", "./*", "[\".\"", "[\"./\"" };
    while (line.len > 0) {
        line = trim_start(line);
        size_t len = 0;
        while (len < line.len && !ascii_is_space(line.bytes[len]) && line.bytes[len] != ',') {
            len++;
        }
        struct span word = { line.bytes, len };
        line = span_skip(line, len < line.len ? len + 1 : len);
        bool is_last = trim_start(line).len == 0; /* the target */
        for (size_t i = 0; i < COUNT_OF(all); i++) {
            if (!is_last && span_is(word, all[i])) {
                return true;
            }
        }
    }
    return false;
}

/* A word that tells that a line loads an env file. */
struct rule {
    const char *lower;
    enum loader_kind kind;
    const char *file_ending; /* only in such files; or NULL */
    bool needs_name;         /* only if the line names the file, or has a '$' */
};

static const struct rule rules[] = {
    { "env_file:", LOADER_COMPOSE, ".yml", true },
    { "env_file:", LOADER_COMPOSE, ".yaml", true },
    { "environmentfile", LOADER_SYSTEMD, NULL, true },
    { "--env-file", LOADER_OPTION, NULL, true },
    { "--env_file", LOADER_OPTION, NULL, true },
    { "--dotenv", LOADER_OPTION, NULL, true },
    { "\"envfile\"", LOADER_OPTION, NULL, true }, /* launch.json */
    /* dotenv, python-dotenv, load_dotenv, godotenv, dotenvy, phpdotenv, dotenv-java */
    { "dotenv", LOADER_LIBRARY, NULL, false },
    { "dotnetenv", LOADER_LIBRARY, NULL, false },
    { "loadenv", LOADER_LIBRARY, NULL, false }, /* Node, Next, vite, Symfony */
    { "@next/env", LOADER_LIBRARY, NULL, false },
    { "env-cmd", LOADER_LIBRARY, NULL, false },
    { "envfilepath", LOADER_LIBRARY, NULL, false }, /* Nest */
    { "@nestjs/config", LOADER_LIBRARY, NULL, false },
    { "env_file", LOADER_LIBRARY, ".py", false }, /* pydantic-settings */
    { "read_env", LOADER_LIBRARY, NULL, false },  /* environs, django-environ */
    { "decouple", LOADER_LIBRARY, ".py", false },
    { "python-decouple", LOADER_LIBRARY, NULL, false },
    { "starlette.config", LOADER_LIBRARY, ".py", false },
    { "cleanenv", LOADER_LIBRARY, ".go", false },
    { "cleanenv", LOADER_LIBRARY, "go.mod", false },
    /* These read .env without being told to. */
    { "\"next\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"vite\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"react-scripts\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"nuxt\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"gatsby\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"astro\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"@sveltejs/kit\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"@vue/cli-service\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"@adonisjs/core\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"expo\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"prisma\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"foreman\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"@types/bun\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"bun-types\":", LOADER_FRAMEWORK, "package.json", false },
    { "\"laravel/framework\":", LOADER_FRAMEWORK, "composer.json", false },
    { "\"symfony/runtime\":", LOADER_FRAMEWORK, "composer.json", false },
    { "[packages]", LOADER_FRAMEWORK, "Pipfile", false },
};

static bool has_rule(
        const struct scan *scan, struct span line, bool is_named, enum loader_kind *ret_kind)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        const struct rule *rule = &rules[i];
        if (rule->file_ending != NULL && !has_ending(scan->base, rule->file_ending)) {
            continue;
        }
        size_t at = find(line, rule->lower);
        if (at < line.len
                && (!rule->needs_name || is_named
                        || memchr(line.bytes + at, '$', line.len - at) != NULL)) {
            *ret_kind = rule->kind;
            return true;
        }
    }
    return false;
}

/* What a line of a Dockerfile or a Compose file does besides the rules. */
static bool is_container(
        struct scan *scan, struct span line, bool is_named, enum loader_kind *ret_kind)
{
    struct span text = trim_start(line);
    bool is_copy = begins_with(text, "copy ") || begins_with(text, "add ");
    if (scan->kind == FILE_DOCKER && is_copy && (is_named || copies_all(span_skip(text, 4)))) {
        *ret_kind = is_named ? LOADER_COPIED : LOADER_COPIED_ALL;
        return true;
    }
    /* Compose reads the .env beside its file; one line tells it. */
    if (scan->kind == FILE_COMPOSE && !scan->has_compose_value
            && strcmp(scan->env_file, ".env") == 0 && has(line, "${")) {
        scan->has_compose_value = true;
        *ret_kind = LOADER_COMPOSE;
        return true;
    }
    return false;
}

/* What the line does; false if it loads nothing. */
static bool judge(struct scan *scan, struct span line, enum loader_kind *ret_kind)
{
    static const enum loader_kind named[] = { [FILE_OTHER] = LOADER_NAMED,
        [FILE_SILENT] = LOADER_NAMED,
        [FILE_CI] = LOADER_CI,
        [FILE_COMPOSE] = LOADER_COMPOSE,
        [FILE_DOCKER] = LOADER_NAMED };

    if (is_comment(line) || has(line, "ssm-exec") || has(line, "ssm-dotenv")) {
        return false;
    }
    bool is_named = names_file(line, scan->env_file);
    if (is_container(scan, line, is_named, ret_kind) || has_rule(scan, line, is_named, ret_kind)) {
        return true;
    }
    *ret_kind = named[scan->kind];
    return is_named;
}

/* Most lines of most files need no closer look. */
static bool may_load(const struct scan *scan, struct span line)
{
    static const char *const always[] = { "package.json", "composer.json", "Pipfile" };
    return scan->kind == FILE_DOCKER || scan->kind == FILE_COMPOSE
            || has_any_ending(scan->base, always, COUNT_OF(always)) || has(line, "env")
            || has(line, "decouple") || has(line, "starlette") || has(line, "@nestjs")
            || memmem(line.bytes, line.len, scan->env_file, strlen(scan->env_file)) != NULL;
}

static bool add(struct scan *scan, size_t line, enum loader_kind kind, struct err *reterr)
{
    struct loaders *loaders = scan->loaders;
    if (loaders->len >= LOADERS_MAX) {
        loaders->is_cut = true;
        return true;
    }
    struct loader *items = array_grow(
            loaders->items, loaders->len, &loaders->cap, sizeof(loaders->items[0]));
    if (items == NULL) {
        return err_set_no_memory(reterr);
    }
    loaders->items = items;
    char *path = strdup(scan->path);
    if (path == NULL) {
        return err_set_no_memory(reterr);
    }
    items[loaders->len++] = (struct loader){ .path = path, .line = line, .kind = kind };
    return true;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

bool loaders_scan(struct loaders *loaders,
        const char *env_file,
        const char *path,
        struct span text,
        struct err *reterr)
{
    struct scan scan = { .loaders = loaders,
        .env_file = base_of(env_file),
        .path = path,
        .base = base_of(path),
        .kind = kind_of(path, base_of(path)) };
    size_t looked_at = text.len < BINARY_BYTES ? text.len : BINARY_BYTES;
    if (scan.kind == FILE_SILENT || scan.env_file[0] == '\0'
            || memchr(text.bytes, '\0', looked_at) != NULL) {
        return true;
    }
    for (size_t number = 1; text.len > 0; number++) {
        const char *end = memchr(text.bytes, '\n', text.len);
        struct span line = { text.bytes, end == NULL ? text.len : (size_t)(end - text.bytes) };
        enum loader_kind kind = LOADER_NAMED;
        if (may_load(&scan, line) && judge(&scan, line, &kind)
                && !add(&scan, number, kind, reterr)) {
            return false;
        }
        text = span_skip(text, end == NULL ? text.len : line.len + 1);
    }
    return true;
}

void loaders_clear(struct loaders *loaders)
{
    for (size_t i = 0; i < loaders->len; i++) {
        free(loaders->items[i].path);
    }
    free(loaders->items);
    *loaders = (struct loaders){ 0 };
}

const char *loader_words(enum loader_kind kind)
{
    static const char *const words[] = { [LOADER_LIBRARY] = "a library loads env files",
        [LOADER_FRAMEWORK] = "a framework reads .env by itself",
        [LOADER_COMPOSE] = "Compose reads it",
        [LOADER_SYSTEMD] = "systemd reads it",
        [LOADER_COPIED] = "is copied into an image",
        [LOADER_COPIED_ALL] = "the whole folder is copied into an image",
        [LOADER_OPTION] = "an option names it",
        [LOADER_CI] = "CI names it",
        [LOADER_NAMED] = "names it" };
    return words[kind];
}
