/* SPDX-License-Identifier: MIT */
#include "http/pem.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char BEGIN[] = "-----BEGIN CERTIFICATE-----";
static const char END[] = "-----END CERTIFICATE-----";

enum {
    READ_BYTES = 16 * 1024,
    FIRST_DECODED_BYTES = 384, /* nine of ten subjects end within these */
};

/* --- base64; of public certificates, so that it may take what time it likes --- */

enum {
    NO_DIGIT = 64
};

/* clang-format off */
static const unsigned char digit_values[256] = {
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
    64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
    64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
};

/* clang-format on */

static unsigned int digit_of(char c)
{
    return digit_values[(unsigned char)c];
}

/* Four digits make three bytes; false if there is something else among them. */
static bool decode_four(const char *text, unsigned char *ret_bytes)
{
    unsigned int a = digit_of(text[0]);
    unsigned int b = digit_of(text[1]);
    unsigned int c = digit_of(text[2]);
    unsigned int d = digit_of(text[3]);
    if (((a | b | c | d) & NO_DIGIT) != 0) {
        return false;
    }
    ret_bytes[0] = (unsigned char)(a << 2 | b >> 4);
    ret_bytes[1] = (unsigned char)(b << 4 | c >> 2);
    ret_bytes[2] = (unsigned char)(c << 6 | d);
    return true;
}

/* As many bytes as are wanted and there, up to the padding or whatever else is no digit. */
static size_t decode(const char *text, size_t len, unsigned char *ret_bytes, size_t wanted)
{
    unsigned int bits = 0;
    unsigned int bit_count = 0;
    size_t count = 0;
    for (size_t i = 0; i < len && count < wanted;) {
        bool is_even = bit_count == 0 && len - i >= 4 && wanted - count >= 3;
        if (is_even && decode_four(text + i, ret_bytes + count)) {
            count += 3;
            i += 4;
            continue;
        }
        unsigned int digit = digit_of(text[i]);
        bool is_line_end = text[i] == '\n' || text[i] == '\r';
        i++;
        if (is_line_end) {
            continue;
        }
        if (digit == NO_DIGIT) {
            break;
        }
        bits = (bits << 6 | digit) & 0xffff;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            ret_bytes[count] = (unsigned char)(bits >> bit_count);
            count++;
        }
    }
    return count;
}

/* --- DER --- */

/* At an element: its bytes, header included, are stepped over. False if it does not end in time. */
static bool step_over(const unsigned char **at, const unsigned char *end)
{
    const unsigned char *from = *at;
    if (end - from < 2) {
        return false;
    }
    size_t len = from[1];
    from += 2;
    if (len >= 0x80) {
        size_t length_bytes = len & 0x7fu;
        if (length_bytes == 0 || length_bytes > 3 || (size_t)(end - from) < length_bytes) {
            return false;
        }
        len = 0;
        for (; length_bytes > 0; length_bytes--, from++) {
            len = len << 8 | *from;
        }
    }
    if ((size_t)(end - from) < len) {
        return false;
    }
    *at = from + len;
    return true;
}

/* At a SEQUENCE: steps over its header only, whether or not its end is there. */
static bool step_into(const unsigned char **at, const unsigned char *end)
{
    const unsigned char *from = *at;
    if (end - from < 2 || from[0] != 0x30) {
        return false;
    }
    size_t header = from[1] < 0x80 ? 2 : 2 + (size_t)(from[1] & 0x7fu);
    if ((size_t)(end - from) < header) {
        return false;
    }
    *at = from + header;
    return true;
}

/* TBSCertificate: [0] version, serialNumber, signature, issuer, validity, subject. */
static bool find_subject(const unsigned char *der,
        size_t len,
        const unsigned char **ret_subject,
        size_t *ret_subject_len)
{
    const unsigned char *at = der;
    const unsigned char *end = der + len;
    for (int depth = 0; depth < 2; depth++) {
        if (!step_into(&at, end)) {
            return false;
        }
    }
    if (at < end && *at == 0xa0 && !step_over(&at, end)) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        if (!step_over(&at, end)) {
            return false;
        }
    }
    *ret_subject = at;
    bool is_whole = step_over(&at, end);
    *ret_subject_len = (size_t)(at - *ret_subject);
    return is_whole;
}

/* FNV-1a: it only has to tell most names apart, and whoever chooses them gains nothing. */
static uint64_t hash_of(const unsigned char *bytes, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* Decodes no more than it takes to know the subject. */
static bool decode_subject(const char *digits,
        size_t len,
        unsigned char ret_der[static PEM_SUBJECT_MAX_BYTES],
        const unsigned char **ret_subject,
        size_t *ret_subject_len)
{
    for (size_t wanted = FIRST_DECODED_BYTES; wanted <= PEM_SUBJECT_MAX_BYTES; wanted *= 4) {
        size_t got = decode(digits, len, ret_der, wanted);
        if (find_subject(ret_der, got, ret_subject, ret_subject_len)) {
            return true;
        }
        if (got < wanted) {
            break;
        }
    }
    return false;
}

/* --- blocks --- */

/* Behind BEGIN: a blank and a carriage return may stand before the line's end, as mbedTLS has it. */
static const char *skip_line_end(const char *at, const char *end)
{
    at += at < end && *at == ' ' ? 1 : 0;
    at += at < end && *at == '\r' ? 1 : 0;
    /* A blank line behind it makes mbedTLS refuse a whole file. */
    return end - at >= 2 && at[0] == '\n' && at[1] != '\n' && at[1] != '\r' ? at + 1 : NULL;
}

struct pem_entry {
    struct pem_block block;
    const char *digits;
    size_t digits_len;
    uint64_t subject_hash;
};

/* Most follow each other line by line. */
static const char *find_begin(const char *at, const char *end)
{
    while (at < end && (*at == '\n' || *at == '\r')) {
        at++;
    }
    size_t left = (size_t)(end - at);
    if (left >= sizeof(BEGIN) - 1 && memcmp(at, BEGIN, sizeof(BEGIN) - 1) == 0) {
        return at;
    }
    const char *begin = memmem(at, left, BEGIN, sizeof(BEGIN) - 1);
    bool is_behind_end = begin != NULL
            && memmem(at, (size_t)(begin - at), END, sizeof(END) - 1) != NULL;
    return is_behind_end ? NULL : begin;
}

/* The next block; false at the end, or at something that is none. */
static bool find_block(const char *at, const char *end, struct pem_entry *ret_entry)
{
    const char *begin = find_begin(at, end);
    const char *digits = begin == NULL ? NULL : skip_line_end(begin + sizeof(BEGIN) - 1, end);
    const char *dash = digits == NULL ? NULL : memchr(digits, '-', (size_t)(end - digits));
    if (dash == NULL || (size_t)(end - dash) < sizeof(END) - 1
            || memcmp(dash, END, sizeof(END) - 1) != 0) {
        return false;
    }
    *ret_entry = (struct pem_entry){
        .block = { .text = begin, .len = (size_t)(dash - begin) + sizeof(END) - 1 },
        .digits = digits,
        .digits_len = (size_t)(dash - digits),
    };
    return true;
}

struct pem_index pem_index_make(const char *text, size_t len)
{
    unsigned char der[PEM_SUBJECT_MAX_BYTES];
    struct pem_index index = { 0 };
    const char *end = text + len;
    index.entries = calloc(len / (sizeof(BEGIN) + sizeof(END)) + 1, sizeof(*index.entries));
    if (index.entries == NULL) {
        return index;
    }
    for (const char *at = text; find_block(at, end, &index.entries[index.count]);) {
        struct pem_entry *entry = &index.entries[index.count];
        const unsigned char *subject = NULL;
        size_t subject_len = 0;
        at = entry->block.text + entry->block.len;
        if (decode_subject(entry->digits, entry->digits_len, der, &subject, &subject_len)) {
            entry->subject_hash = hash_of(subject, subject_len);
            index.count++;
        }
    }
    return index;
}

void pem_index_clear(struct pem_index *index)
{
    free(index->entries);
    *index = (struct pem_index){ 0 };
}

bool pem_find_subject(const struct pem_index *index,
        const unsigned char *name,
        size_t name_len,
        size_t *cursor,
        struct pem_block *ret_block)
{
    unsigned char der[PEM_SUBJECT_MAX_BYTES];
    uint64_t hash = hash_of(name, name_len);
    while (*cursor < index->count) {
        const unsigned char *subject = NULL;
        size_t subject_len = 0;
        const struct pem_entry *entry = &index->entries[*cursor];
        *cursor += 1;
        if (entry->subject_hash == hash
                && decode_subject(entry->digits, entry->digits_len, der, &subject, &subject_len)
                && subject_len == name_len && memcmp(subject, name, name_len) == 0) {
            *ret_block = entry->block;
            return true;
        }
    }
    return false;
}

/* --- the file --- */

static bool read_all(int fd, struct text *text)
{
    char bytes[READ_BYTES];
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        text_reserve(text, (size_t)status.st_size);
    }
    ssize_t got = read(fd, bytes, sizeof(bytes));
    while (got > 0 && text->state == TEXT_SOUND) {
        text_append(text, bytes, (size_t)got);
        got = read(fd, bytes, sizeof(bytes));
    }
    return got == 0 && text->state == TEXT_SOUND && strlen(text_string(text)) == text->len;
}

const struct pem_index *pem_file_index(struct pem_file *file)
{
    if (file->was_read || file->path == NULL) {
        return &file->index;
    }
    file->was_read = true;
    file->text = TEXT_INIT(PEM_FILE_MAX_BYTES);
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read_all(fd, &file->text)) {
        file->index = pem_index_make(text_string(&file->text), file->text.len);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return &file->index;
}

void pem_file_clear(struct pem_file *file)
{
    pem_index_clear(&file->index);
    text_clear(&file->text);
    *file = (struct pem_file){ .path = file->path };
}
