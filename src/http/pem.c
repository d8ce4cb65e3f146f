/* SPDX-License-Identifier: MIT */
#include "http/pem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/asn1.h>

#include "base/file.h"

enum {
    FILE_MAX_BYTES = 16 * 1024 * 1024,
    SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
    REJECT = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_CONTEXT_SPECIFIC,

    /* Kinds of characters in base64. */
    BLANK = 1,
    DIGIT = 64, /* and its value */
    PADDING = 128,
};

static bool begins(const char *at, const char *with)
{
    while (*with != '\0' && *at == *with) {
        at++;
        with++;
    }
    return *with == '\0';
}

/* Whether the rest of a line is blank. */
static bool is_blank(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r') {
        at++;
    }
    return *at == '\n' || *at == '\0';
}

/* Stops at a blank line or a character that is not base64, and returns it. A length of 0: incomplete. */
static const char *decode(const char *at, unsigned char *ret_bytes, size_t *ret_len)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char kinds[256] = { [' '] = BLANK, ['\t'] = BLANK, ['\r'] = BLANK, ['\n'] = BLANK };
    unsigned int bits = 0;
    size_t padding = 0;
    size_t count = 0;
    kinds['='] = PADDING;
    for (unsigned char i = 0; i < 64; i++) {
        kinds[(unsigned char)DIGITS[i]] = DIGIT + i;
    }
    for (;; at++) {
        unsigned int kind = kinds[(unsigned char)*at];
        if (kind < DIGIT) {
            if (kind != BLANK || (*at == '\n' && is_blank(at + 1))) {
                break;
            }
            continue;
        }
        if (kind != PADDING && padding > 0) {
            break;
        }
        padding += kind / PADDING;
        bits = bits << 6 | kind % 64;
        count++;
        if (count % 4 == 0) {
            ret_bytes[count / 4 * 3 - 3] = (unsigned char)(bits >> 16);
            ret_bytes[count / 4 * 3 - 2] = (unsigned char)(bits >> 8);
            ret_bytes[count / 4 * 3 - 1] = (unsigned char)bits;
        }
    }
    *ret_len = count % 4 == 0 && padding <= 2 ? count / 4 * 3 - padding : 0;
    return *at == '\n' ? at + 1 : at;
}

/* Whether a list of object identifiers has that of TLS servers, or the one for any purpose. */
static bool has_servers(const unsigned char *list, size_t len)
{
    return memmem(list, len, "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01", 10) != NULL
            || memmem(list, len, "\x06\x04\x55\x1d\x25\x00", 6) != NULL;
}

/*
 * Behind a TRUSTED CERTIFICATE, OpenSSL's X509_CERT_AUX: SEQUENCE { trust SEQUENCE OF OID OPTIONAL,
 * reject [0] OPTIONAL, ... }, or nothing. False if it is malformed.
 */
static bool read_settings(unsigned char *at, const unsigned char *end, bool *ret_is_trusted)
{
    size_t len = 0;
    if (at < end && mbedtls_asn1_get_tag(&at, end, &len, SEQUENCE) != 0) {
        return false;
    }
    end = at + len;
    if (at < end && *at == SEQUENCE) {
        if (mbedtls_asn1_get_tag(&at, end, &len, SEQUENCE) != 0) {
            return false;
        }
        *ret_is_trusted = has_servers(at, len);
        at += len;
    }
    if (at < end && *at == REJECT) {
        if (mbedtls_asn1_get_tag(&at, end, &len, REJECT) != 0) {
            return false;
        }
        *ret_is_trusted = *ret_is_trusted && !has_servers(at, len);
    }
    return true;
}

/* Adds the certificate of a decoded block; false if it is not one. */
static bool add_certificate(struct pem_file *file, size_t block_len, bool has_settings)
{
    unsigned char *der = file->der + file->der_len;
    unsigned char *at = der;
    bool is_trusted = true;
    size_t len = 0;
    if (mbedtls_asn1_get_tag(&at, der + block_len, &len, SEQUENCE) != 0) {
        return false;
    }
    unsigned char *end = at + len;
    if (mbedtls_asn1_get_tag(&at, end, &len, SEQUENCE) != 0
            || (has_settings && !read_settings(end, der + block_len, &is_trusted))) {
        return false;
    }
    file->has_certificate = true;
    file->der_len += is_trusted ? (size_t)(end - der) : 0;
    return true;
}

/* At "-----BEGIN ". Returns where the block ends or, with file->fault set, where that is. */
static const char *read_block(struct pem_file *file, const char *begin)
{
    const char *label = begin + strlen("-----BEGIN ");
    size_t label_len = strcspn(label, "-\n");
    const char *at = strchrnul(label, '\n');
    size_t len = 0;
    if (!begins(label + label_len, "-----") || !is_blank(label + label_len + 5)) {
        return at;
    }
    bool has_settings = begins(label, "TRUSTED CERTIFICATE-----");
    bool is_certificate = has_settings || begins(label, "CERTIFICATE-----")
            || begins(label, "X509 CERTIFICATE-----");
    /* Keys may have headers (RFC 1421). OpenSSL also takes the blank line behind headers without any. */
    while (!is_certificate && *at != '\0' && at[1 + strcspn(at + 1, ":\n")] == ':') {
        at = strchrnul(at + 1, '\n');
    }
    if (*at != '\0' && is_blank(at + 1)) {
        at = strchrnul(at + 1, '\n');
    }
    at = decode(at, file->der + file->der_len, &len);
    if (*at == '\0') {
        file->fault = "the block that begins here has no END line";
        return begin;
    }
    if (at[-1] != '\n' || !begins(at, "-----END ") || strncmp(at + 9, label, label_len + 5) != 0
            || !is_blank(at + 14 + label_len)) {
        file->fault = "this line is neither base64 nor the END line of its block";
    } else if (len == 0 || (is_certificate && !add_certificate(file, len, has_settings))) {
        file->fault = "the block that ends here is incomplete or not a certificate";
    }
    return at;
}

/* NULs at the end are ignored. OpenSSL would ignore all that follows another NUL. */
static void read_blocks(struct pem_file *file)
{
    const char *text = file->text.bytes;
    const char *at = text;
    while (*at != '\0' && file->fault == NULL) {
        at += begins(at, "\xef\xbb\xbf") ? 3 : 0; /* a byte order mark */
        at = begins(at, "-----BEGIN ") ? read_block(file, at) : at;
        if (file->fault == NULL) {
            at = strchrnul(at, '\n');
            at += *at == '\n' ? 1 : 0;
        }
    }
    for (const char *nul = at; file->fault == NULL && nul < text + file->text.len; nul++) {
        file->fault = *nul == '\0' ? NULL : "the file holds a NUL here: it is not a text";
    }
    for (file->line = 1; file->fault != NULL && text < at; text++) {
        file->line += *text == '\n' ? 1 : 0;
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
        read_blocks(file);
    }
}

/* What else the text may be; "" where that is unknown. */
static const char *hint_for(const char *text)
{
    const char *begin = strstr(text, "-----BEGIN ");
    return text[0] == 0x30 && (text[1] & 0x80) != 0
            ? "it looks like DER: openssl x509 -inform der -in FILE -out FILE.pem"
            : begin == NULL ? "PEM certificates begin with -----BEGIN CERTIFICATE-----"
            : begins(begin, "-----BEGIN PKCS7")
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
