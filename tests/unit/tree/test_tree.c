/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "tree/tree.h"

enum {
    NOBODY = 65534
};

static char folder[] = "/tmp/test_tree_XXXXXX";

static void write_file(const char *path, size_t bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
    assert_int_equal(close(fd), 0);
}

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    static const char *const folders[] = { "a", "a/b", "dist", ".git", ".git/objects",
        "node_modules", "node_modules/x", "vendor" };
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        assert_int_equal(mkdir(folders[i], 0700), 0);
    }
    write_file("z.js", 3);
    write_file("a/b/two.js", 2);
    write_file("a/one.js", 1);
    write_file("a/big.js", TREE_SOURCE_MAX_BYTES + 1);
    write_file("a/limit.js", TREE_SOURCE_MAX_BYTES);
    write_file("dist/out.js", 4);
    write_file(".git/config", 5);
    write_file(".git/objects/pack", 5);
    write_file("node_modules/x/index.js", 6);
    write_file("vendor/v.go", 7);
    write_file("empty", 0);
    assert_int_equal(symlink("z.js", "link.js"), 0);
    assert_int_equal(symlink("..", "a/loop"), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static int remove_folder(void **state)
{
    (void)state;
    return chdir("/") == 0 ? nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) : -1;
}

/* Writes each file as "path:bytes", and "!" if it is not source code, with a blank behind it. */
static bool write_visit(void *context, const struct tree_file *file, struct err *reterr)
{
    (void)reterr;
    text_append_format(
            context, "%s:%zu%s ", file->path, file->text.len, file->is_source ? "" : "!");
    return file->inode != 0 && file->line > 0;
}

static void files_come_in_order_and_say_whether_they_are_source_code(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
    struct tree_options options = { .visit = write_visit, .context = &got };
    struct tree_summary summary = { 0 };
    struct err err = { 0 };
    assert_true(tree_walk(".", &options, &summary, &err));
    assert_string_equal(text_string(&got),
            ".git/config:5! a/b/two.js:2 a/big.js:0! a/limit.js:1048576 a/one.js:1 dist/out.js:4! empty:0 "
            "node_modules/x/index.js:6! vendor/v.go:7! z.js:3 ");
    assert_int_equal(summary.files, 10);
    assert_int_equal(summary.too_big, 0);
    assert_int_equal(summary.unreadable, 0);
    assert_false(summary.is_cut);
}

static void source_code_alone_leaves_builds_and_large_files_out(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
    struct tree_options options = { .is_source_only = true, .visit = write_visit, .context = &got };
    struct tree_summary summary = { 0 };
    struct err err = { 0 };
    assert_true(tree_walk("a", &options, &summary, &err));
    assert_string_equal(text_string(&got), "a/b/two.js:2 a/limit.js:1048576 a/one.js:1 ");
    assert_int_equal(summary.too_big, 1);
    text_reset(&got);
    assert_true(tree_walk("./", &options, &summary, &err));
    assert_string_equal(text_string(&got),
            "./a/b/two.js:2 ./a/limit.js:1048576 ./a/one.js:1 ./empty:0 ./z.js:3 ");
}

static void patterns_exclude_paths_and_names(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
    CLEANUP(string_list_clear) struct string_list excluded = { 0 };
    struct err err = { 0 };
    assert_true(string_list_add(&excluded, "a/b", 3, &err));
    assert_true(string_list_add(&excluded, "*.js", 4, &err));
    struct tree_options options = {
        .excluded = &excluded, .is_source_only = true, .visit = write_visit, .context = &got
    };
    struct tree_summary summary = { 0 };
    assert_true(tree_walk(".", &options, &summary, &err));
    assert_string_equal(text_string(&got), "empty:0 ");
}

/* What the pieces of a file say. */
struct pieces {
    size_t count;
    size_t bytes; /* without what was known */
    size_t marks; /* of "\nMARK\n" that end behind what was known */
    size_t line;  /* of the last mark */
    size_t longest;
};

static bool add_piece(void *context, const struct tree_file *file, struct err *reterr)
{
    (void)reterr;
    struct pieces *pieces = context;
    struct span text = file->text;
    size_t line = file->line;
    pieces->count++;
    pieces->bytes += text.len - file->known;
    pieces->longest = text.len > pieces->longest ? text.len : pieces->longest;
    for (size_t i = 0; i < text.len; i++) {
        line += text.bytes[i] == '\n';
        if (i >= 5 && i >= file->known && memcmp(text.bytes + i - 5, "\nMARK\n", 6) == 0) {
            pieces->marks++;
            pieces->line = line - 1;
        }
    }
    return true;
}

static void write_at(const char *path, const char *text, off_t at)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, text, strlen(text), at), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

static void large_files_come_in_pieces_that_overlap_and_without_their_holes(void **state)
{
    (void)state;

    enum {
        MARKS = 1024 * 1024 + 3
    };
    struct err err = { 0 };
    assert_int_equal(mkdir("large", 0700), 0);
    FILE *file = fopen("large/a", "we");
    assert_non_null(file);
    assert_int_equal(fputc('\n', file), '\n');
    for (size_t i = 0; i < MARKS; i++) {
        assert_true(fputs("MARK\n", file) >= 0);
    }
    assert_int_equal(fclose(file), 0);
    struct pieces pieces = { 0 };
    struct tree_options options = { .visit = add_piece, .context = &pieces };
    struct tree_summary summary = { 0 };
    assert_true(tree_walk("large", &options, &summary, &err));
    assert_int_equal(summary.files, 1);
    assert_int_equal(pieces.bytes, 1 + 5 * MARKS);
    assert_true(pieces.count > 3);
    assert_int_equal(pieces.marks, MARKS);
    assert_int_equal(pieces.line, MARKS + 1);
    assert_true(pieces.longest <= TREE_SOURCE_MAX_BYTES + TREE_OVERLAP_BYTES);

    /* A terabyte of nothing, and two lines. */
    assert_int_equal(unlink("large/a"), 0);
    write_at("large/b", "\n\nx\n", 0);
    write_at("large/b", "\nMARK\n", (off_t)1 << 40);
    pieces = (struct pieces){ 0 };
    assert_true(tree_walk("large", &options, &summary, &err));
    assert_int_equal(pieces.marks, 1);
    assert_int_equal(pieces.line, 5);
    assert_int_equal(unlink("large/b"), 0);
    assert_int_equal(rmdir("large"), 0);
}

static void what_is_not_a_plain_file_is_neither_opened_nor_counted(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
    struct err err = { 0 };
    assert_int_equal(mkdir("odd", 0700), 0);
    assert_int_equal(chdir("odd"), 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(symlink("self", "self"), 0);
    assert_int_equal(symlink("/etc/passwd", "outside"), 0);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(symlink("..", "folder/up"), 0);
    write_file("a\n\033[31m\xff", 1);
    struct tree_options options = { .visit = write_visit, .context = &got };
    struct tree_summary summary = { 0 };
    assert_true(tree_walk(".", &options, &summary, &err));
    assert_string_equal(text_string(&got), "a\n\033[31m\xff:1 ");
    assert_int_equal(summary.files, 1);
    assert_int_equal(summary.unreadable, 0);
    assert_int_equal(chdir(".."), 0);
    assert_int_equal(nftw("odd", remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void what_cannot_be_read_is_counted(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
    struct err err = { 0 };
    assert_int_equal(mkdir("closed", 0755), 0);
    assert_int_equal(mkdir("closed/folder", 0), 0);
    write_file("closed/file", 1);
    write_file("closed/open", 1);
    assert_int_equal(chmod("closed/file", 0), 0);
    assert_int_equal(chmod("closed/open", 0644), 0);
    assert_int_equal(chmod(".", 0755), 0);
    bool is_root = geteuid() == 0;
    if (is_root && seteuid(NOBODY) != 0) { /* root reads everything */
        return;
    }
    struct tree_options options = { .visit = write_visit, .context = &got };
    struct tree_summary summary = { 0 };
    assert_true(tree_walk("closed", &options, &summary, &err));
    assert_true(!is_root || seteuid(0) == 0);
    assert_string_equal(text_string(&got), "closed/open:1 ");
    assert_int_equal(summary.unreadable, 2);
    assert_int_equal(nftw("closed", remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static bool fail_visit(void *context, const struct tree_file *file, struct err *reterr)
{
    (void)context;
    return err_set(reterr, ERR_INPUT, file->path, "enough");
}

static void errors_of_the_folder_and_of_the_visitor_end_the_walk(void **state)
{
    (void)state;
    struct tree_options options = { .visit = fail_visit };
    struct tree_summary summary = { 0 };
    struct err err = { 0 };
    assert_false(tree_walk(".", &options, &summary, &err));
    assert_string_equal(err.why, "enough");
    assert_int_equal(summary.files, 1);
    assert_false(tree_walk("missing", &options, &summary, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(err.os_error, ENOENT);
    assert_string_equal(err.where, "missing");
    assert_false(tree_walk("z.js", &options, &summary, &err));
    assert_int_equal(err.os_error, ENOTDIR);
}

static void folders_that_are_too_deep_are_left_out(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
    CLEANUP(text_clear) struct text path = TEXT_INIT(4096);
    text_append_string(&path, "deep");
    for (int i = 0; i < TREE_DEPTH_MAX + 1; i++) {
        assert_int_equal(mkdir(text_string(&path), 0700), 0);
        text_append_string(&path, "/d");
    }
    struct tree_options options = { .visit = write_visit, .context = &got };
    struct tree_summary summary = { 0 };
    struct err err = { 0 };
    assert_true(tree_walk("deep", &options, &summary, &err));
    assert_false(summary.is_cut);
    assert_true(tree_walk(".", &options, &summary, &err));
    assert_true(summary.is_cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_in_order_and_say_whether_they_are_source_code),
        cmocka_unit_test(source_code_alone_leaves_builds_and_large_files_out),
        cmocka_unit_test(patterns_exclude_paths_and_names),
        cmocka_unit_test(large_files_come_in_pieces_that_overlap_and_without_their_holes),
        cmocka_unit_test(what_is_not_a_plain_file_is_neither_opened_nor_counted),
        cmocka_unit_test(what_cannot_be_read_is_counted),
        cmocka_unit_test(errors_of_the_folder_and_of_the_visitor_end_the_walk),
        cmocka_unit_test(folders_that_are_too_deep_are_left_out),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
