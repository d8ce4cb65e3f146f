/* SPDX-License-Identifier: MIT */
#include "launch/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static bool write_all(int fd, const struct secret *content)
{
    const char *bytes = secret_expose(content);
    size_t len = secret_len(content);
    for (size_t written = 0; written < len;) {
        ssize_t got = write(fd, bytes + written, len - written);
        if (got < 0 && errno != EINTR) {
            return false;
        }
        written += got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* A sealed file on a descriptor from MEMFD_FIRST_FD on; -1 on failure. */
static int make_sealed(const struct secret *content, const char *where, struct err *reterr)
{
    CLEANUP(file_close) int fd = memfd_create("ssm-exec", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    int kept = -1;
    bool made = fd >= 0 && write_all(fd, content) && lseek(fd, 0, SEEK_SET) == 0
            && fchmod(fd, S_IRUSR) == 0
            && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)
                    == 0;
    if (made) {
        kept = fcntl(fd, F_DUPFD_CLOEXEC, MEMFD_FIRST_FD);
    }
    if (kept >= 0) {
        return kept;
    }
    int error = errno;
    if (made && (error == EINVAL || error == EMFILE)) {
        (void)err_set(reterr, ERR_SYSTEM, where,
                "no descriptor from %d on is free for the file in memory (ulimit -n)",
                MEMFD_FIRST_FD);
        return -1;
    }
    (void)err_set_errno(reterr, ERR_SYSTEM, error, where, "the file in memory cannot be created");
    if (error == EFBIG) {
        err_set_hint(reterr,
                "the limit on the size of files (ulimit -f, LimitFSIZE=) applies to files in "
                "memory too: raise it to at least %zu bytes",
                secret_len(content));
    }
    return -1;
}

static bool check_path(const char *path, const char *where, struct err *reterr)
{
    if (access(path, F_OK) == 0) {
        return true;
    }
    return errno == ENOENT || errno == ENOTDIR
            ? err_set(reterr, ERR_SYSTEM, where,
                    "a file in memory is opened through /proc, which is not mounted here")
            : err_set_errno(reterr, ERR_SYSTEM, errno, where,
                    "a file in memory is opened through /proc: %s", path);
}

bool memfd_list_init(struct memfd_list *list, size_t max, struct err *reterr)
{
    *list = (struct memfd_list){
        .fds = calloc(max + 1, sizeof(*list->fds)),
        .paths = calloc(max + 1, sizeof(*list->paths)),
    };
    return list->fds != NULL && list->paths != NULL ? true : err_set_no_memory(reterr);
}

const char *memfd_list_add(struct memfd_list *list,
        const struct secret *content,
        const char *where,
        struct err *reterr)
{
    char *path = list->paths[list->len];
    int fd = make_sealed(content, where, reterr);
    if (fd < 0) {
        return NULL;
    }
    list->fds[list->len++] = fd;
    (void)snprintf(path, MEMFD_PATH_BYTES, "/proc/self/fd/%d", fd);
    return check_path(path, where, reterr) ? path : NULL;
}

void memfd_list_clear(struct memfd_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        (void)close(list->fds[i]);
    }
    free(list->fds);
    free(list->paths);
    *list = (struct memfd_list){ 0 };
}
