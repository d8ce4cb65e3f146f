/* SPDX-License-Identifier: MIT */
#include "http/pem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/asn1.h>

#include "base/file.h"
#include "base/span.h"

enum {
    FILE_MAX_BYTES = 16 * 1024 * 1024,
    MARKER_MAX_BYTES = 254, /* OpenSSL's: a longer line is text */
    SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
    REJECT = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_CONTEXT_SPECIFIC,
};

struct block {
    struct span label; /* no bytes: between blocks */
    bool is_certificate;
    bool has_settings;
    bool has_begun; /* with base64; headers of keys and a blank line can only come before that */
    size_t count;   /* of base64 digits, padding included */
    size_t padding;
    unsigned int bits;
};

/* Whether a list of purposes contains serverAuth or anyExtendedKeyUsage. */
static bool has_servers(const unsigned char *list, size_t len)
{
    return memmem(list, len, "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01", 10) != NULL
            || memmem(list, len, "\x06\x04\x55\x1d\x25\x00", 6) != NULL;
}

/*
 * What follows a TRUSTED CERTIFICATE: nothing, or OpenSSL's X509_CERT_AUX, SEQUENCE { trust SEQUENCE OF OID
 * OPTIONAL, reject [0] OPTIONAL, ... }. False if it is malformed.
 */
static bool read_settings(unsigned char *at, const unsigned char *end, bool *ret_is_trusted)
{
    size_t len = 0;
    bool ok = at == end || mbedtls_asn1_get_tag(&at, end, &len, SEQUENCE) == 0;
    end = at + len;
    for (int tag = SEQUENCE; ok && tag != 0; tag = tag == SEQUENCE ? REJECT : 0) {
        if (at < end && *at == tag) {
            ok = mbedtls_asn1_get_tag(&at, end, &len, tag) == 0;
            *ret_is_trusted = *ret_is_trusted && ok && has_servers(at, len) == (tag == SEQUENCE);
            at += ok ? len : 0;
        }
    }
    return ok;
}

/* Adds the certificate of a decoded block; false if it is not one. */
static bool add_certificate(struct pem_file *file, const struct block *block)
{
    unsigned char *der = file->der + file->der_len;
    const unsigned char *block_end = der + block->count / 4 * 3 - block->padding;
    unsigned char *at = der;
    bool is_trusted = true;
    size_t len = 0;
    if (mbedtls_asn1_get_tag(&at, block_end, &len, SEQUENCE) != 0) {
        return false;
    }
    unsigned char *end = at + len;
    if (mbedtls_asn1_get_tag(&at, end, &len, SEQUENCE) != 0
            || (block->has_settings && !read_settings(end, block_end, &is_trusted))) {
        return false;
    }
    file->has_certificate = true;
    file->der_len += is_trusted ? (size_t)(end - der) : 0;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The label of "-----BEGIN label-----"; no bytes: the line is another one. */
static struct span label_of(struct span line, const char *beginning)
{
    size_t len = strlen(beginning);
    bool is_marker = span_starts_with(line, beginning) && line.len >= len + 5
            && line.len < MARKER_MAX_BYTES && memcmp(line.bytes + line.len - 5, "-----", 5) == 0;
    return is_marker ? (struct span){ line.bytes + len, line.len - len - 5 } : (struct span){ 0 };
}

/* clang-format off */
/* Of the digits of base64, plus one. */
static const unsigned char VALUES[256] = {
    ['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
    ['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
    ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, ['+'] = 63, ['/'] = 64,
};

/* clang-format on */

/*
 * False at a character that is not base64. mbedTLS's own decoder runs in constant time: 1.5 ms for Debian's bundle,
 * 40 % of a run.
 */
static bool decode_line(struct block *block, struct span line, unsigned char *bytes)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.bytes[i];
        if (is_blank(line.bytes[i])) {
            continue;
        }
        block->padding += c == '=' ? 1 : 0;
        if (c != '=' && (VALUES[c] == 0 || block->padding > 0)) {
            return false;
        }
        block->bits = block->bits << 6 | ((VALUES[c] - 1U) & 63);
        block->count++;
        if (block->count % 4 == 0) {
            bytes[block->count / 4 * 3 - 3] = (unsigned char)(block->bits >> 16);
            bytes[block->count / 4 * 3 - 2] = (unsigned char)(block->bits >> 8);
            bytes[block->count / 4 * 3 - 1] = (unsigned char)block->bits;
        }
    }
    return true;
}

/* Returns what is wrong with a line, or NULL. Its line end, and blanks before that, are cut off. */
static const char *read_line(struct pem_file *file, struct block *block, struct span line)
{
    if (memchr(line.bytes, '\0', line.len) != NULL) {
        return "the file holds a NUL here: it is not a text file";
    }
    if (block->label.bytes == NULL) {
        struct span label = label_of(span_skip_byte_order_mark(line), "-----BEGIN ");
        *block = (struct block){ .label = label,
            .has_settings = span_is(label, "TRUSTED CERTIFICATE") };
        block->is_certificate = block->has_settings || span_is(label, "CERTIFICATE")
                || span_is(label, "X509 CERTIFICATE");
        return NULL;
    }
    /* Keys may have headers (RFC 1421), which end in a blank line. OpenSSL accepts that line alone, too. */
    bool is_header = !block->is_certificate && memchr(line.bytes, ':', line.len) != NULL;
    bool is_skipped = !block->has_begun && (is_header || line.len == 0);
    block->has_begun = !is_skipped || !is_header;
    if (is_skipped) {
        return NULL;
    }
    struct span end = label_of(line, "-----END ");
    if (end.bytes == NULL || !span_equals(end, block->label)) {
        return line.len > 0 && decode_line(block, line, file->der + file->der_len)
                ? NULL
                : "this line is neither base64 nor the END line of its block";
    }
    bool is_whole = block->count > 0 && block->count % 4 == 0 && block->padding <= 2;
    bool ok = is_whole && (!block->is_certificate || add_certificate(file, block));
    block->label.bytes = NULL;
    return ok ? NULL : "the block that ends here is incomplete or not a certificate";
}

static void read_lines(struct pem_file *file)
{
    struct block block = { 0 };
    size_t begin = 0;
    const char *at = file->text.bytes;
    const char *end = at + file->text.len;
    while (at < end && end[-1] == '\0') { /* NULs at the end are ignored */
        end--;
    }
    while (at < end && file->fault == NULL) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        struct span line = { at, (size_t)((line_end == NULL ? end : line_end) - at) };
        at += line.len + 1;
        while (line.len > 0 && is_blank(line.bytes[line.len - 1])) {
            line.len--;
        }
        file->line++;
        begin = block.label.bytes == NULL ? file->line : begin;
        file->fault = read_line(file, &block, line);
    }
    if (file->fault == NULL && block.label.bytes != NULL) {
        file->fault = "the block that begins here has no END line";
        file->line = begin;
    }
}

void pem_file_read(struct pem_file *file)
{
    if (file->der != NULL || file->read_errno != 0) {
        return;
    }
    if (file->path != NULL) {
        file->text = TEXT_INIT(FILE_MAX_BYTES);
        file->read_errno = file_read_text(file->path, &file->text);
    }
    file->der = malloc(file->text.len + 1);
    file->read_errno = file->der == NULL ? ENOMEM : file->read_errno;
    if (file->read_errno == 0 && file->text.len > 0) {
        read_lines(file);
    }
}

/* A hint about the format that the text may have instead; "" if that is unknown. */
static const char *hint_for(const char *text)
{
    const char *begin = strstr(text, "-----BEGIN ");
    return text[0] == 0x30 && (text[1] & 0x80) != 0
            ? "it looks like DER: openssl x509 -inform der -in FILE -out FILE.pem"
            : begin == NULL ? "PEM certificates begin with -----BEGIN CERTIFICATE-----"
            : strncmp(begin, "-----BEGIN PKCS7", 16) == 0
            ? "it is PKCS #7: openssl pkcs7 -print_certs -in FILE -out FILE.pem"
            : strchr(text, '\n') == NULL         ? "it has no line ends (LF)"
            : begin != text && begin[-1] != '\n' ? "nothing may stand before -----BEGIN on its line"
                                                 : "";
}

bool pem_file_check(
        struct pem_file *file, const char *shown_path, const char *where, struct err *reterr)
{
    pem_file_read(file);
    if (file->read_errno != 0) {
        return err_set_errno(reterr, ERR_INPUT, file->read_errno, where,
                "the file of trusted certificates, %s, cannot be read", shown_path);
    }
    if (file->fault == NULL && file->has_certificate) {
        return true;
    }
    (void)(file->fault == NULL
                    ? err_set(reterr, ERR_INPUT, where, "%s holds no PEM certificate", shown_path)
                    : err_set(reterr, ERR_INPUT, where, "%s, line %zu: %s", shown_path, file->line,
                            file->fault));
    err_set_hint(reterr, "%s", hint_for(text_string(&file->text)));
    return false;
}

void pem_file_clear(struct pem_file *file)
{
    text_clear(&file->text);
    free(file->der);
    *file = (struct pem_file){ .path = file->path };
}
