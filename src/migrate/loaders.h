/*
 * What still loads an env file: libraries and frameworks of many languages, Compose, systemd, Docker, CI,
 * scripts. A migration is at its end when nothing does.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/span.h"

enum loader_kind {
    LOADER_LIBRARY,    /* dotenv, load_dotenv, godotenv, dotenvy ...: code, or a dependency */
    LOADER_FRAMEWORK,  /* reads .env files by itself: next, vite, laravel/framework */
    LOADER_COMPOSE,    /* env_file:, and ${X} of the .env beside a Compose file */
    LOADER_SYSTEMD,    /* EnvironmentFile= */
    LOADER_COPIED,     /* COPY .env into an image */
    LOADER_COPIED_ALL, /* COPY . .: has the file unless .dockerignore leaves it out */
    LOADER_OPTION,     /* --env-file */
    LOADER_CI,         /* named in a file of a CI service */
    LOADER_NAMED,      /* named anywhere else: source .env, a path in code */
};

enum {
    LOADERS_MAX = 1000
};

struct loader {
    char *path;
    size_t line; /* from 1 on */
    enum loader_kind kind;
};

/* In the order of the scan. Zeroes are a list without items; release with loaders_clear. */
struct loaders {
    struct loader *items;
    size_t len;
    size_t cap;
    bool is_cut; /* there are more than LOADERS_MAX */
};

/*
 * Adds the lines of a text that load env_file, or an env file whose name is only known when they run. The path
 * tells the language. Comments, documentation, lock files of package managers, ignore files, env files and
 * binary files load nothing. ERR_SYSTEM.
 */
MUST_CHECK bool loaders_scan(struct loaders *loaders,
        const char *env_file,
        const char *path,
        struct span text,
        struct err *reterr);

void loaders_clear(struct loaders *loaders);

/* "a library loads env files" and the like, for people */
const char *loader_words(enum loader_kind kind);
