/* SPDX-License-Identifier: MIT */
#include "retire_git.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"
#include "launch/child.h"
#include "migrate/ignore.h"

enum {
    OUTPUT_MAX_BYTES = 64 * 1024,
    PLACE_MAX_BYTES = 64 * 1024,
    IGNORE_MAX_BYTES = 1024 * 1024,
    GIT_TIMEOUT_MS = 10 * 1000,
    ARGUMENTS_MAX = 24,
};

/* Where the file is. Owns its texts. */
struct place {
    char *folder; /* with every link resolved */
    char *name;   /* without folders */
    char *root;   /* of the repository; NULL: there is none */
};

static void place_clear(struct place *place)
{
    free(place->folder);
    free(place->name);
    free(place->root);
}

/* The first folder from `folder` upwards that has a .git. */
static bool find_root(const char *folder, char **ret_root, struct err *reterr)
{
    CLEANUP(text_clear) struct text git = TEXT_INIT(PLACE_MAX_BYTES);
    for (size_t len = strlen(folder); len > 0; len--) {
        if (folder[len - 1] == '/' || folder[len] == '/' || folder[len] == '\0') {
            text_reset(&git);
            text_append(&git, folder, len);
            text_append_string(&git, "/.git");
            if (!text_check(&git, folder, reterr)) {
                return false;
            }
            if (access(text_string(&git), F_OK) == 0) {
                *ret_root = strndup(folder, len);
                return *ret_root != NULL || err_set_no_memory(reterr);
            }
        }
    }
    return true;
}

static bool find_place(const char *file, struct place *place, struct err *reterr)
{
    const char *slash = strrchr(file, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(file, (size_t)(slash - file) + 1);
    place->name = strdup(slash == NULL ? file : slash + 1);
    place->folder = folder == NULL ? NULL : realpath(folder, NULL);
    free(folder);
    if (place->name == NULL || place->folder == NULL) {
        return err_set_no_memory(reterr);
    }
    return find_root(place->folder, &place->root, reterr);
}

/* --- git itself --- */

/* Owns its words; NULL at the end. */
struct arguments {
    char *words[ARGUMENTS_MAX];
    size_t len;
};

static void arguments_clear(struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->len; i++) {
        free(arguments->words[i]);
    }
}

static bool add_argument(struct arguments *arguments, const char *word)
{
    arguments->words[arguments->len] = strdup(word);
    return arguments->words[arguments->len++] != NULL;
}

static bool add_arguments(struct arguments *arguments, const char *const words[])
{
    bool ok = true;
    for (size_t i = 0; words[i] != NULL; i++) {
        ok = add_argument(arguments, words[i]) && ok;
    }
    return ok;
}

/*
 * Runs git in the folder of the file, about the file. Settings of the repository that would start programs are
 * switched off, and nothing is written.
 */
static bool ask_git(const struct command_run *run,
        const struct place *place,
        const char *const words[],
        struct secret *ret_output)
{
    static const char *const begin[] = { "git", "--no-optional-locks", "--no-pager",
        "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-C",
        NULL };
    CLEANUP(arguments_clear) struct arguments arguments = { 0 };
    struct err ignored;
    bool ok = add_arguments(&arguments, begin) && add_argument(&arguments, place->folder)
            && add_arguments(&arguments, words) && add_argument(&arguments, "--")
            && add_argument(&arguments, place->name);
    int64_t limit_ms = clock_monotonic_ms(run->clock) + GIT_TIMEOUT_MS;
    const struct runner_request request = {
        .argv = arguments.words,
        .envp = run->environment->entries,
        .where = "git",
        .clock = run->clock,
        .deadline_ms = limit_ms < run->deadline_ms ? limit_ms : run->deadline_ms,
    };
    return ok && child_runner.run(&request, ret_output, &ignored);
}

/* For a shell. */
static void append_quoted(struct text *out, const char *word)
{
    bool is_plain = word[strspn(word, ASCII_ALNUM "._-/+@%,:=")] == '\0' && word[0] != '\0';
    text_append_string(out, is_plain ? "" : "'");
    for (const char *c = word; *c != '\0'; c++) {
        text_append(out, *c == '\'' ? "'\\''" : c, *c == '\'' ? 4 : 1);
    }
    text_append_string(out, is_plain ? "" : "'");
}

static bool add_line_to_run(const char *file, struct retire_list *list, struct err *reterr)
{
    CLEANUP(text_clear) struct text note = TEXT_INIT(PLACE_MAX_BYTES);
    text_append_string(&note,
            "git could not be asked; run: git log --all --diff-filter=A --format='%h %as' -- ");
    append_quoted(&note, file);
    const struct retire_finding finding = {
        .check = RETIRE_HISTORY,
        .file = file,
        .note = text_string(&note),
    };
    return text_check(&note, file, reterr) && retire_list_add(list, &finding, reterr);
}

/* One row for each line of the output: "0b5c2c5 2026-11-28". */
static bool add_commits(
        const char *file, const struct secret *output, struct retire_list *list, struct err *reterr)
{
    const char *line = secret_expose(output);
    for (int order = 0; *line != '\0'; order++) {
        size_t len = strcspn(line, "\n");
        CLEANUP(text_clear) struct text note = TEXT_INIT(PLACE_MAX_BYTES);
        text_append_string(&note, "was added by commit ");
        text_append(&note, line, len);
        const struct retire_finding finding = {
            .check = RETIRE_COMMIT,
            .order = order,
            .file = file,
            .note = text_string(&note),
        };
        if (!text_check(&note, file, reterr) || !retire_list_add(list, &finding, reterr)) {
            return false;
        }
        line += len + (line[len] == '\n' ? 1 : 0);
    }
    return true;
}

static bool look_at_history(const struct command_run *run,
        const struct place *place,
        const char *file,
        struct retire_list *list,
        struct err *reterr)
{
    static const char *const index[] = { "ls-files", NULL };
    static const char *const history[] = { "log", "--all", "--diff-filter=A", "--format=%h %as",
        "--max-count=20", "--no-color", NULL };
    CLEANUP(secret_clear) struct secret tracked = SECRET_INIT(OUTPUT_MAX_BYTES);
    CLEANUP(secret_clear) struct secret commits = SECRET_INIT(OUTPUT_MAX_BYTES);
    const struct retire_finding finding = {
        .check = RETIRE_TRACKED,
        .file = file,
        .note = "is in git's index: git rm --cached takes it out",
    };
    if (!ask_git(run, place, index, &tracked) || !ask_git(run, place, history, &commits)) {
        return add_line_to_run(file, list, reterr);
    }
    return (secret_is_empty(&tracked) || retire_list_add(list, &finding, reterr))
            && add_commits(file, &commits, list, reterr);
}

/* --- .gitignore --- */

/* The .gitignore of the folder that is path[0..len), about the rest of the path. */
static bool is_ignored_in(const char *path, size_t len, bool *ret_is_ignored, struct err *reterr)
{
    CLEANUP(text_clear) struct text name = TEXT_INIT(PLACE_MAX_BYTES);
    CLEANUP(text_clear) struct text contents = TEXT_INIT(IGNORE_MAX_BYTES);
    text_append(&name, path, len);
    text_append_string(&name, "/.gitignore");
    int fault = file_read_text(text_string(&name), &contents);
    if (name.state == TEXT_NO_MEMORY || fault == ENOMEM) {
        return err_set_no_memory(reterr);
    }
    *ret_is_ignored = fault == 0
            && ignore_has((struct span){ contents.bytes, contents.len }, path + len + 1, false);
    return true;
}

static bool look_at_ignored(
        const struct place *place, const char *file, struct retire_list *list, struct err *reterr)
{
    CLEANUP(text_clear) struct text path = TEXT_INIT(PLACE_MAX_BYTES);
    text_append_format(&path, "%s/%s", place->folder, place->name);
    if (!text_check(&path, file, reterr)) {
        return false;
    }
    const char *whole = text_string(&path);
    bool is_ignored = false;
    size_t root_len = strcmp(place->root, "/") == 0 ? 0 : strlen(place->root);
    for (size_t len = root_len; !is_ignored && len < path.len; len++) {
        if (whole[len] == '/' && !is_ignored_in(whole, len, &is_ignored, reterr)) {
            return false;
        }
    }
    const struct retire_finding finding = {
        .check = RETIRE_GIT,
        .file = file,
        .note = ".gitignore does not have it: the next git add takes it",
    };
    return is_ignored || retire_list_add(list, &finding, reterr);
}

bool retire_look_at_git(const struct command_run *run,
        const char *file,
        struct retire_list *list,
        struct err *reterr)
{
    CLEANUP(place_clear) struct place place = { 0 };
    if (!find_place(file, &place, reterr)) {
        return false;
    }
    return place.root == NULL
            || (look_at_history(run, &place, file, list, reterr)
                    && look_at_ignored(&place, file, list, reterr));
}
