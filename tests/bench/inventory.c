/*
 * How long ssm-dotenv's walk over a tree takes: makes a tree, looks for uses of 60 names and for the values of
 * 60 secrets, each planted twice, and prints seconds, peak memory and what was found.
 *
 *   build-gcc/tests/bench-inventory FILES BYTES [MIB]     in TMPDIR or /tmp; the tree is removed again
 *
 * Fails if a planted value is missed, or found where it is not, or if it took more than MIB of memory.
 */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "migrate/needles.h"
#include "migrate/usage.h"
#include "tree/tree.h"

enum {
    SECRETS = 60,
    FILES_IN_FOLDER = 100,
    SECRET_LEN = 24,
    FILE_MAX_BYTES = 1024 * 1024,
};

struct bench {
    struct needles *needles;
    struct usage *usage;
    size_t hits[SECRETS];
    size_t bytes;
};

static unsigned next_number(void)
{
    static unsigned seed = 1;
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static void append_secret(struct text *text, size_t id)
{
    unsigned state = (unsigned)id * 7919 + 17;
    for (size_t i = 0; i < SECRET_LEN; i++) {
        state = state * 1664525 + 1013904223;
        text_append_char(text,
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"[(state >> 8)
                        % 62]);
    }
}

static void append_base64(struct text *text, const char *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < SECRET_LEN; i += 3) {
        unsigned group = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8
                | (unsigned)bytes[i + 2];
        for (unsigned j = 0; j < 4; j++) {
            text_append_char(text, digits[group >> (18 - 6 * j) & 63]);
        }
    }
}

/* Something like source code. */
static void append_code(struct text *text, size_t bytes)
{
    static const char *const words[] = { "const", "return", "process.env.", "settings", "user_id",
        "(", ")", " = ", "await", "client.send", "{\n", "}\n", "\"name\"", "config.server.port",
        "import", "// note", "0x1f", "\n" };
    while (text->len < bytes) {
        text_append_string(text, words[next_number() % (sizeof(words) / sizeof(words[0]))]);
        text_append_char(text, ' ');
    }
}

static bool write_file(size_t number, size_t files, size_t bytes)
{
    char path[64];
    CLEANUP(text_clear) struct text text = TEXT_INIT(FILE_MAX_BYTES + 4096);
    append_code(&text, bytes);
    /* The first files have the values, the last ones their base64. */
    if (number < SECRETS || number >= files - SECRETS) {
        CLEANUP(text_clear) struct text secret = TEXT_INIT(64);
        bool is_plain = number < SECRETS;
        append_secret(&secret, is_plain ? number : files - 1 - number);
        text_append_string(&text, "\nx: ");
        if (is_plain) {
            text_append_text(&text, &secret);
        } else {
            append_base64(&text, text_string(&secret));
        }
    }
    (void)snprintf(path, sizeof(path), "%zu", number / FILES_IN_FOLDER);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof(path), "%zu/%zu.js", number / FILES_IN_FOLDER, number);
    FILE *file = fopen(path, "we");
    bool ok = file != NULL && fwrite(text.bytes, 1, text.len, file) == text.len;
    return file != NULL && fclose(file) == 0 && ok;
}

static void count_hit(void *context, const struct needles_hit *hit)
{
    struct bench *bench = context;
    bench->hits[hit->id]++;
}

static bool visit(void *context, const struct tree_file *file, struct err *reterr)
{
    struct bench *bench = context;
    bench->bytes += file->text.len;
    struct needles_piece piece = { .text = file->text, .known = file->known, .line = file->line };
    needles_search(bench->needles, &piece, count_hit, bench);
    return !file->is_source || usage_scan(bench->usage, file->path, file->text, reterr);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static double seconds_now(void)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool prepare(struct needles *needles, struct string_list *names, struct err *err)
{
    for (size_t i = 0; i < SECRETS; i++) {
        char name[32];
        CLEANUP(text_clear) struct text value = TEXT_INIT(64);
        CLEANUP(secret_clear) struct secret secret = SECRET_INIT(64);
        append_secret(&value, i);
        secret_append_string(&secret, text_string(&value));
        (void)snprintf(name, sizeof(name), "SERVICE_%zu_API_KEY", i);
        if (!needles_add(needles, i, &secret, err)
                || !string_list_add(names, name, strlen(name), err)) {
            return false;
        }
    }
    return true;
}

static bool measure(size_t mib_max, struct err *err)
{
    CLEANUP(string_list_clear) struct string_list names = { 0 };
    CLEANUP(needles_release) struct needles *needles = needles_new(err);
    if (needles == NULL || !prepare(needles, &names, err)) {
        return false;
    }
    CLEANUP(usage_release) struct usage *usage = usage_new(&names, err);
    struct bench bench = { .needles = needles, .usage = usage };
    struct tree_options options = { .visit = visit, .context = &bench };
    struct tree_summary summary = { 0 };
    double start = seconds_now();
    double busy_before = (double)clock() / CLOCKS_PER_SEC;
    if (usage == NULL || !tree_walk(".", &options, &summary, err)) {
        return false;
    }
    double taken = seconds_now() - start;
    struct rusage used = { 0 };
    (void)getrusage(RUSAGE_SELF, &used);
    size_t right = 0;
    for (size_t i = 0; i < SECRETS; i++) {
        right += bench.hits[i] == 2;
    }
    double busy = (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6
            + (double)used.ru_stime.tv_sec + (double)used.ru_stime.tv_usec / 1e6 - busy_before;
    printf("%zu files, %.0f MiB: %.2f s, %.2f s of a processor, %.1f MiB of memory, %zu of %d "
           "values found twice\n",
            summary.files, (double)bench.bytes / 1048576, taken, busy,
            (double)used.ru_maxrss / 1024, right, SECRETS);
    if (mib_max > 0 && (size_t)used.ru_maxrss / 1024 >= mib_max) {
        return err_set(err, ERR_INPUT, NULL, "took more memory than %zu MiB", mib_max);
    }
    return right == SECRETS
            || err_set(err, ERR_INPUT, NULL, "values were missed, or found where they are not");
}

int main(int argc, char **argv)
{
    char folder[4096];
    const char *parent = getenv("TMPDIR");
    struct err err = { 0 };
    size_t files = argc >= 3 ? strtoul(argv[1], NULL, 10) : 0;
    size_t bytes = argc >= 3 ? strtoul(argv[2], NULL, 10) : 0;
    size_t mib_max = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    (void)snprintf(folder, sizeof(folder), "%s/bench-XXXXXX", parent == NULL ? "/tmp" : parent);
    if (files < 2 * SECRETS || bytes > FILE_MAX_BYTES || mkdtemp(folder) == NULL
            || chdir(folder) != 0) {
        (void)fprintf(
                stderr, "usage: bench-inventory FILES BYTES [MIB], with FILES of 120 or more\n");
        return 2;
    }
    bool ok = true;
    for (size_t i = 0; ok && i < files; i++) {
        ok = write_file(i, files, bytes) || err_set(&err, ERR_SYSTEM, folder, "cannot be filled");
    }
    ok = ok && measure(mib_max, &err);
    if (!ok) {
        (void)fprintf(stderr, "bench-inventory: %s\n", err.why);
    }
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 && ok ? 0 : 1;
}
