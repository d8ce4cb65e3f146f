/* SPDX-License-Identifier: MIT */
#include "launch/denial.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
    ANY_EXECUTE_BIT = S_IXUSR | S_IXGRP | S_IXOTH,
    MODE_BITS = 07777,
};

enum denial denial_find(const char *file)
{
    struct stat status = { 0 };
    struct statvfs mount = { 0 };
    if (stat(file, &status) != 0) {
        return errno == EACCES ? DENIAL_UNREACHABLE : DENIAL_NONE;
    }
    if (S_ISDIR(status.st_mode)) {
        return DENIAL_DIRECTORY;
    }
    if (!S_ISREG(status.st_mode)) {
        return DENIAL_SPECIAL_FILE;
    }
    if ((status.st_mode & ANY_EXECUTE_BIT) == 0) {
        return DENIAL_NOT_MARKED;
    }
    if (statvfs(file, &mount) == 0 && (mount.f_flag & ST_NOEXEC) != 0) {
        return DENIAL_NOEXEC;
    }
    return access(file, X_OK) != 0 && errno == EACCES ? DENIAL_NOT_FOR_US : DENIAL_NONE;
}

static bool explain_user(const char *file, struct err *reterr)
{
    struct stat status = { 0 };
    (void)stat(file, &status);
    (void)err_set_errno(
            reterr, ERR_COMMAND_UNUSABLE, EACCES, file, "cannot be executed by user %u", getuid());
    err_add_why(reterr, " (mode %04o, owner %u, group %u)", status.st_mode & MODE_BITS,
            status.st_uid, status.st_gid);
    err_set_hint(reterr, "make it executable for this user or one of its groups (chmod, chown)");
    return false;
}

/* execve(2) gives EPERM where the file has capabilities that the bounding set lacks. */
static bool explain_other(const char *file, int errno_value, struct err *reterr)
{
    (void)err_set_errno(reterr, ERR_COMMAND_UNUSABLE, errno_value, file, "cannot be executed");
    if (errno_value == EPERM && getxattr(file, "security.capability", NULL, 0) > 0) {
        err_set_hint(reterr,
                "it has file capabilities (getcap) that this process may not have: grant them to "
                "the container (--cap-add), or remove them (setcap -r)");
    } else if (errno_value == EPERM || errno_value == EACCES) {
        err_set_hint(reterr,
                "the file's own permissions allow it: look for a seccomp profile or a security "
                "module (SELinux, AppArmor)");
    }
    return false;
}

bool denial_explain(const char *file, enum denial denial, int errno_value, struct err *reterr)
{
    switch (denial) {
    case DENIAL_UNREACHABLE:
        return err_set(reterr, ERR_COMMAND_UNUSABLE, file,
                "cannot be reached: a directory in its path cannot be searched");
    case DENIAL_DIRECTORY:
        return err_set(reterr, ERR_COMMAND_UNUSABLE, file, "is a directory");
    case DENIAL_SPECIAL_FILE:
        return err_set(reterr, ERR_COMMAND_UNUSABLE, file, "is not a regular file");
    case DENIAL_NOT_MARKED:
        (void)err_set_errno(reterr, ERR_COMMAND_UNUSABLE, EACCES, file, "cannot be executed");
        err_add_why(reterr, " (it is not marked executable)");
        err_set_hint(
                reterr, "mark it executable (chmod +x), or give its interpreter as the command");
        return false;
    case DENIAL_NOEXEC:
        (void)err_set_errno(reterr, ERR_COMMAND_UNUSABLE, EACCES, file, "cannot be executed");
        err_add_why(reterr, " (its file system is mounted noexec)");
        err_set_hint(reterr, "mount that file system without noexec, or move the file elsewhere");
        return false;
    case DENIAL_NOT_FOR_US:
        return explain_user(file, reterr);
    case DENIAL_NONE:
        break;
    }
    return explain_other(file, errno_value, reterr);
}
