/* SPDX-License-Identifier: MIT */
#include "failing.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libcrypto's program text; empty in a program without it. */
static uintptr_t spared_start;
static uintptr_t spared_end;
static bool is_in_main;

static int find_libcrypto(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    if (strstr(info->dlpi_name, "/libcrypto.") == NULL) {
        return 0;
    }
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && (header->p_flags & PF_X) != 0) {
            spared_start = info->dlpi_addr + header->p_vaddr;
            spared_end = spared_start + header->p_memsz;
        }
    }
    return 1;
}

/* Those of what is preloaded, and of the program itself, run behind those of all libraries. */
__attribute__((constructor)) static void begin(void)
{
    (void)dl_iterate_phdr(find_libcrypto, NULL);
    is_in_main = true;
}

int CRYPTO_set_mem_functions(void *allocate, void *reallocate, void *release);

/* In place of OpenSSL's: it keeps its own allocator, or its allocations would be the program's. */
int CRYPTO_set_mem_functions(void *allocate, void *reallocate, void *release)
{
    (void)allocate;
    (void)reallocate;
    (void)release;
    return 0;
}

static void tell(void)
{
    const char *path = getenv("ALLOCATION_FAILED");
    int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) {
        (void)close(fd);
    }
}

bool allocation_fails(const void *caller)
{
    static atomic_long count;
    const char *text = is_in_main ? getenv("ALLOCATION_FAILS_AT") : NULL;
    uintptr_t address = (uintptr_t)caller;
    if (text == NULL || (address >= spared_start && address < spared_end)) {
        return false;
    }
    long failing = strtol(text, NULL, 10);
    long number = atomic_fetch_add(&count, 1) + 1;
    if (number == failing) {
        tell();
    }
    bool fails = number == failing
            || (number > failing && getenv("ALLOCATION_FAILS_FOR_GOOD") != NULL);
    if (fails) {
        errno = ENOMEM;
    }
    return fails;
}
