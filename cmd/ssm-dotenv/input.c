/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <string.h>
#include <unistd.h>

#include "base/stream.h"

static const char STANDARD_INPUT[] = "standard input";

static bool is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *input_shown(const char *path, char out[static SHOWN_BYTES])
{
    return is_standard_input(path) ? STANDARD_INPUT : shown_word(path, strlen(path), out);
}

/* What is typed would be seen, by others and in the terminal's memory. */
static bool read_standard_input(
        const struct file_limits *limits, struct secret *contents, struct err *reterr)
{
    if (isatty(STDIN_FILENO) == 1) {
        (void)err_set(reterr, ERR_INPUT, STANDARD_INPUT, "is a terminal");
        err_set_hint(reterr, "pass a file or a pipe: sops -d .env.enc | ssm-dotenv ... -");
        return false;
    }
    return stream_read(STDIN_FILENO, STANDARD_INPUT, limits, contents, reterr);
}

bool input_read(const char *path,
        const struct file_limits *limits,
        struct secret *ret_contents,
        struct err *reterr)
{
    char shown[SHOWN_BYTES];
    enum file_presence presence = FILE_ABSENT;
    if (is_standard_input(path)) {
        return read_standard_input(limits, ret_contents, reterr);
    }
    if (!file_read(path, limits, ret_contents, &presence, reterr)) {
        err_set_where(reterr, input_shown(path, shown));
        return false;
    }
    return presence == FILE_PRESENT
            || err_set(reterr, ERR_INPUT, input_shown(path, shown), "there is no such file");
}
