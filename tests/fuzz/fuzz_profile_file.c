/* The shared AWS files; the same text is both of them. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "aws/config/profile_files.h"
#include "aws/config/profile_mistakes.h"
#include "base/clock.h"
#include "fuzz_input.h"

enum {
    READ_TIMEOUT_MS = 10000
};

static void ignore(struct event_sink *sink, const struct event *event)
{
    (void)sink;
    assert(event->kind == EVENT_WARNING && event->message[0] != '\0');
}

static void close_fd(const int *fd)
{
    (void)close(*fd);
}

static void look_up(const struct profile_files *files, enum profile_section_kind kind)
{
    static const char *const NAMES[] = { "default", "x", "" };
    static const char *const KEYS[] = { "region", "k", "" };
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        const struct profile_section *section = profile_files_find(files, kind, NAMES[i]);
        for (size_t j = 0; j < sizeof(KEYS) / sizeof(KEYS[0]); j++) {
            const struct profile_property *property = profile_section_find(section, KEYS[j]);
            (void)profile_section_find_nested(section, KEYS[j], "k");
            if (property != NULL) {
                struct profile_where where = profile_where_key(property);
                assert(!secret_is_empty(&property->value) && where.text[0] != '\0');
            }
        }
    }
}

static void check_mistakes(const struct profile_files *files, struct event_sink *events)
{
    static const char *const NAMES[] = { "default", "x", "" };
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        struct err err = { 0 };
        bool is_sound = profile_mistakes_check(files, NAMES[i], events, &err);
        assert(is_sound == (err.why[0] == '\0'));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(close_fd) int fd = memfd_create("profile_file", MFD_CLOEXEC);
    assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    char config[64];
    char credentials[64];
    (void)snprintf(config, sizeof(config), "AWS_CONFIG_FILE=/proc/self/fd/%d", fd);
    (void)snprintf(
            credentials, sizeof(credentials), "AWS_SHARED_CREDENTIALS_FILE=/proc/self/fd/%d", fd);
    char *const entries[] = { config, credentials, NULL };
    const struct environment environment = { .entries = entries };
    const struct file_limits limits = {
        .clock = &clock_system,
        .deadline_ms = clock_monotonic_ms(&clock_system) + READ_TIMEOUT_MS,
    };
    struct event_sink events = { .receive = ignore };
    CLEANUP(profile_files_clear) struct profile_files files = { 0 };
    struct err_list *problems = fuzz_problems();
    bool is_loaded = profile_files_load(&environment, &limits, &events, &files, problems);
    assert(is_loaded == err_list_is_empty(problems));
    look_up(&files, PROFILE_SECTION_PROFILE);
    look_up(&files, PROFILE_SECTION_SSO_SESSION);
    look_up(&files, PROFILE_SECTION_SERVICES);
    check_mistakes(&files, &events);
    return 0;
}
