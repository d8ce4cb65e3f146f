/* SPDX-License-Identifier: MIT */
#include "launch/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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

bool memfd_make(const struct secret *content,
        const char *where,
        int *ret_fd,
        char ret_path[static MEMFD_PATH_BYTES],
        struct err *reterr)
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
    if (made && kept < 0 && (errno == EINVAL || errno == EMFILE)) {
        return err_set(reterr, ERR_SYSTEM, where,
                "no descriptor from %d on is free for the file in memory (ulimit -n)",
                MEMFD_FIRST_FD);
    }
    if (kept < 0) {
        int error = errno;
        (void)err_set_errno(reterr, ERR_SYSTEM, error, where, "the file in memory cannot be made");
        if (error == EFBIG) {
            err_set_hint(reterr,
                    "the limit on the size of files (ulimit -f, LimitFSIZE=) holds for files in "
                    "memory too: raise it to at least %zu bytes",
                    secret_len(content));
        }
        return false;
    }
    char path[MEMFD_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", kept);
    if (access(path, F_OK) != 0) {
        int error = errno;
        (void)close(kept);
        return error == ENOENT || error == ENOTDIR
                ? err_set(reterr, ERR_SYSTEM, where,
                        "a file in memory is opened through /proc, which is not mounted here")
                : err_set_errno(reterr, ERR_SYSTEM, error, where,
                        "a file in memory is opened through /proc: %s", path);
    }
    memcpy(ret_path, path, sizeof(path));
    *ret_fd = kept;
    return true;
}
