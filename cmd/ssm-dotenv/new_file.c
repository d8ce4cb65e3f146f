/* SPDX-License-Identifier: MIT */
#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/shown.h"
#include "output.h"

static bool set_not_made(const char *shown, int open_errno, struct err *reterr)
{
    if (open_errno != EEXIST) {
        return err_set_errno(reterr, ERR_INPUT, open_errno, shown, "cannot be made");
    }
    (void)err_set(reterr, ERR_INPUT, shown, "exists already; no file is ever replaced");
    err_set_hint(reterr, "remove it first, or compare without --output: ... | diff FILE -");
    return false;
}

/* The mode does not depend on the umask. */
static bool write_whole(int *fd, const struct text *text)
{
    if (fchmod(*fd, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) != 0
            || !output_write(*fd, text->bytes, text->len)) {
        return false;
    }
    int closing = *fd;
    *fd = -1;
    return close(closing) == 0;
}

bool new_file_write(const char *path, const struct text *text, struct err *reterr)
{
    char word[SHOWN_BYTES];
    const char *shown = shown_word(path, strlen(path), word);
    if (!text_check(text, shown, reterr)) {
        return false;
    }
    CLEANUP(file_close)
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644);
    if (fd < 0) {
        return set_not_made(shown, errno, reterr);
    }
    if (!write_whole(&fd, text)) {
        (void)err_set_errno(reterr, ERR_SYSTEM, errno, shown, "cannot be written");
        (void)unlink(path);
        return false;
    }
    return true;
}
