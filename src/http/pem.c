/* SPDX-License-Identifier: MIT */
#include "http/pem.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char BEGIN[] = "-----BEGIN CERTIFICATE-----";
static const char END[] = "-----END CERTIFICATE-----";

enum {
    READ_BYTES = 16 * 1024,
    FIRST_DECODED_BYTES = 384, /* nine of ten subjects end within these */
};

/* --- the file --- */

static bool read_all(int fd, struct text *text)
{
    char bytes[READ_BYTES];
    ssize_t got = read(fd, bytes, sizeof(bytes));
    while (got > 0 && text->state == TEXT_SOUND) {
        text_append(text, bytes, (size_t)got);
        got = read(fd, bytes, sizeof(bytes));
    }
    return got == 0 && text->state == TEXT_SOUND && strlen(text_string(text)) == text->len;
}

const struct text *pem_file_text(struct pem_file *file)
{
    if (file->was_read || file->path == NULL) {
        return &file->text;
    }
    file->was_read = true;
    file->text = TEXT_INIT(PEM_FILE_MAX_BYTES);
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && !read_all(fd, &file->text)) {
        text_clear(&file->text);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return &file->text;
}

void pem_file_clear(struct pem_file *file)
{
    text_clear(&file->text);
    *file = (struct pem_file){ .path = file->path };
}

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

/* Decodes no more than it takes to know the subject. */
static bool has_subject(const char *digits, size_t len, const unsigned char *name, size_t name_len)
{
    unsigned char der[PEM_SUBJECT_MAX_BYTES];
    const unsigned char *subject = NULL;
    size_t subject_len = 0;
    bool is_found = false;
    for (size_t wanted = FIRST_DECODED_BYTES; !is_found && wanted <= sizeof(der); wanted *= 4) {
        size_t got = decode(digits, len, der, wanted);
        is_found = find_subject(der, got, &subject, &subject_len);
        if (!is_found && got < wanted) {
            return false;
        }
    }
    return is_found && subject_len == name_len && memcmp(subject, name, name_len) == 0;
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

/* The next block and its digits; false at the end, or at something that is none. */
static bool next_block(const char *at,
        const char *end,
        struct pem_block *ret_block,
        const char **ret_digits,
        size_t *ret_digits_len)
{
    const char *begin = memmem(at, (size_t)(end - at), BEGIN, sizeof(BEGIN) - 1);
    if (begin == NULL || memmem(at, (size_t)(begin - at), END, sizeof(END) - 1) != NULL) {
        return false;
    }
    const char *digits = skip_line_end(begin + sizeof(BEGIN) - 1, end);
    const char *dash = digits == NULL ? NULL : memchr(digits, '-', (size_t)(end - digits));
    if (dash == NULL || (size_t)(end - dash) < sizeof(END) - 1
            || memcmp(dash, END, sizeof(END) - 1) != 0) {
        return false;
    }
    ret_block->text = begin;
    ret_block->len = (size_t)(dash - begin) + sizeof(END) - 1;
    *ret_digits = digits;
    *ret_digits_len = (size_t)(dash - digits);
    return true;
}

bool pem_find_subject(const char *text,
        size_t len,
        const unsigned char *name,
        size_t name_len,
        size_t *cursor,
        struct pem_block *ret_block)
{
    const char *digits = NULL;
    size_t digits_len = 0;
    while (next_block(text + *cursor, text + len, ret_block, &digits, &digits_len)) {
        *cursor = (size_t)(ret_block->text - text) + ret_block->len;
        if (has_subject(digits, digits_len, name, name_len)) {
            return true;
        }
    }
    *cursor = len;
    return false;
}
