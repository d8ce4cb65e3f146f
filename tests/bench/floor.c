/*
 * The least that a launcher of this kind can do: one POST with libcurl, then exec /bin/true.
 *
 *   floor URL BODY [CA-FILE]
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include <curl/curl.h>

/* The static build's mbedTLS allocates with the program's own functions. */
void *locked_calloc(size_t count, size_t size);
void locked_free(void *block);

void *locked_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

void locked_free(void *block)
{
    free(block);
}

static size_t discard(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

int main(int argc, char *argv[])
{
    CURL *easy = argc >= 3 && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init()
                                                                                : NULL;
    if (easy == NULL) {
        return 2;
    }
    (void)curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
    (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, argv[2]);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    (void)curl_easy_setopt(easy, CURLOPT_CAINFO, argv[3]);
    (void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    if (curl_easy_perform(easy) != CURLE_OK) {
        return 1;
    }
    char *const command[] = { "/bin/true", NULL };
    (void)execv(command[0], command);
    return 126;
}
