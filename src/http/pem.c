/* SPDX-License-Identifier: MIT */
#include "http/pem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READ_BYTES = 16 * 1024,
    FIRST_DECODED_BYTES = 384, /* nine of ten subjects end within these */
    LINE_MAX_BYTES = 253,
    BLOCK_MIN_BYTES = 53, /* a BEGIN and an END line for CERTIFICATE */
};

struct pem_entry {
    const char *digits; /* with line ends and blanks */
    size_t digits_len;
    size_t der_len;
    uint64_t subject_hash;
    bool has_subject; /* within PEM_SUBJECT_MAX_BYTES */
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

static bool is_blank(char c)
{
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

/* As many bytes as are wanted and there, up to the padding. */
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
        i++;
        if (is_blank(text[i - 1])) {
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

/* The length of the element that begins here, of which not all need be there; 0: it is not a SEQUENCE. */
static size_t outer_len(const unsigned char *der, size_t len)
{
    const unsigned char *content = der;
    if (!step_into(&content, der + len)) {
        return 0;
    }
    size_t header = (size_t)(content - der);
    size_t inner = der[1];
    if (inner >= 0x80) {
        inner = 0;
        for (size_t i = 2; i < header; i++) {
            inner = inner << 8 | der[i];
        }
    }
    bool is_definite = der[1] != 0x80 && header <= 5;
    return is_definite ? header + inner : 0;
}

enum subject_state {
    SUBJECT_FOUND,
    SUBJECT_TOO_FAR, /* past PEM_SUBJECT_MAX_BYTES */
    SUBJECT_MISSING,
};

/* Decodes no more than it takes to know the subject. */
static enum subject_state decode_subject(const struct pem_entry *entry,
        unsigned char ret_der[static PEM_SUBJECT_MAX_BYTES],
        const unsigned char **ret_subject,
        size_t *ret_subject_len)
{
    for (size_t wanted = FIRST_DECODED_BYTES; wanted <= PEM_SUBJECT_MAX_BYTES; wanted *= 4) {
        size_t got = decode(entry->digits, entry->digits_len, ret_der, wanted);
        if (find_subject(ret_der, got, ret_subject, ret_subject_len)) {
            return SUBJECT_FOUND;
        }
        if (got < wanted) {
            return SUBJECT_MISSING;
        }
    }
    return SUBJECT_TOO_FAR;
}

/* --- trust settings behind a TRUSTED CERTIFICATE --- */

/* Whether a list of object identifiers has that of TLS servers, or the one for any purpose. */
static bool has_server_purpose(const unsigned char *at, const unsigned char *end)
{
    static const unsigned char SERVER_AUTH[] = { 0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1 };
    static const unsigned char ANY[] = { 0x06, 4, 0x55, 0x1d, 0x25, 0 };
    for (const unsigned char *from = at; at < end && step_over(&at, end); from = at) {
        size_t len = (size_t)(at - from);
        if ((len == sizeof(SERVER_AUTH) && memcmp(from, SERVER_AUTH, len) == 0)
                || (len == sizeof(ANY) && memcmp(from, ANY, len) == 0)) {
            return true;
        }
    }
    return false;
}

/*
 * OpenSSL's X509_CERT_AUX: SEQUENCE { trust SEQUENCE OF OID OPTIONAL, reject [0] OPTIONAL, ... }. False
 * if it is malformed.
 */
static bool read_trust(const unsigned char *at, const unsigned char *end, bool *ret_is_trusted)
{
    const unsigned char *behind = at;
    *ret_is_trusted = true;
    if (at == end) {
        return true;
    }
    if (!step_over(&behind, end) || !step_into(&at, behind)) {
        return false;
    }
    while (at < behind) {
        const unsigned char *element = at;
        const unsigned char *content = at;
        if (!step_over(&at, behind)) {
            return false;
        }
        content += element[1] < 0x80 ? 2 : 2 + (element[1] & 0x7f);
        bool has_server = has_server_purpose(content, at);
        bool is_trust = element[0] == 0x30;
        bool is_reject = element[0] == 0xa0;
        *ret_is_trusted = *ret_is_trusted && !(is_trust && !has_server)
                && !(is_reject && has_server);
    }
    return true;
}

static bool read_whole_trust(
        const struct pem_entry *entry, size_t decoded_len, bool *ret_is_trusted)
{
    unsigned char *der = malloc(decoded_len);
    bool is_sound = der != NULL
            && decode(entry->digits, entry->digits_len, der, decoded_len) == decoded_len
            && read_trust(der + entry->der_len, der + decoded_len, ret_is_trusted);
    free(der);
    return is_sound;
}

/* --- lines --- */

struct reader {
    const char *at;
    const char *end;
    size_t line_number;    /* of the line that was read last */
    bool may_be_mark_next; /* a byte order mark may begin the next line */
};

/* A line without what OpenSSL takes off its end: blanks and control characters. */
struct line {
    const char *start;
    size_t len;
    bool is_long; /* to OpenSSL it is several lines, of which none is a boundary */
};

static bool read_line(struct reader *reader, struct line *ret_line)
{
    static const char MARK[] = "\xef\xbb\xbf";
    if (reader->at == reader->end) {
        return false;
    }
    size_t left = (size_t)(reader->end - reader->at);
    const char *line_end = memchr(reader->at, '\n', left);
    struct line line = { .start = reader->at,
        .len = line_end == NULL ? left : (size_t)(line_end - reader->at) };
    line.is_long = line.len > LINE_MAX_BYTES;
    reader->at = line_end == NULL ? reader->end : line_end + 1;
    reader->line_number++;
    while (line.len > 0 && (unsigned char)line.start[line.len - 1] <= ' ') {
        line.len--;
    }
    if (reader->may_be_mark_next && line.len > 3 && memcmp(line.start, MARK, 3) == 0) {
        line.start += 3;
        line.len -= 3;
    }
    reader->may_be_mark_next = false;
    *ret_line = line;
    return true;
}

/* "-----BEGIN LABEL-----" */
static bool read_boundary(struct line line, const char *opening, struct line *ret_label)
{
    static const char CLOSING[] = "-----";
    size_t opening_len = strlen(opening);
    size_t closing_len = sizeof(CLOSING) - 1;
    if (line.len == 0 || line.start[0] != '-' || line.is_long
            || line.len < opening_len + closing_len || memcmp(line.start, opening, opening_len) != 0
            || memcmp(line.start + line.len - closing_len, CLOSING, closing_len) != 0) {
        return false;
    }
    *ret_label = (struct line){ .start = line.start + opening_len,
        .len = line.len - opening_len - closing_len };
    return true;
}

static bool is_label(struct line label, const char *name)
{
    return label.len == strlen(name) && memcmp(label.start, name, label.len) == 0;
}

/* --- blocks --- */

/* What was counted of a block's base64. */
struct digits {
    size_t count;
    size_t padding;
};

/* Adds a line; false at what is not base64. */
static bool count_digits(struct line line, struct digits *digits)
{
    unsigned int all = 0;
    unsigned int others = 0;
    size_t i = 0;
    for (; line.len - i >= 8; i += 8) {
        all |= digit_of(line.start[i]) | digit_of(line.start[i + 1]) | digit_of(line.start[i + 2])
                | digit_of(line.start[i + 3]);
        others |= digit_of(line.start[i + 4]) | digit_of(line.start[i + 5])
                | digit_of(line.start[i + 6]) | digit_of(line.start[i + 7]);
    }
    for (; i < line.len; i++) {
        all |= digit_of(line.start[i]);
    }
    all |= others;
    if ((all & NO_DIGIT) == 0 && digits->padding == 0) { /* nearly always */
        digits->count += line.len;
        return true;
    }
    for (size_t at = 0; at < line.len; at++) {
        bool is_padding = line.start[at] == '=';
        if (is_blank(line.start[at])) {
            continue;
        }
        if (!is_padding && (digit_of(line.start[at]) == NO_DIGIT || digits->padding > 0)) {
            return false;
        }
        digits->padding += is_padding ? 1 : 0;
        digits->count += is_padding ? 0 : 1;
    }
    return true;
}

static bool is_whole(const struct digits *digits)
{
    return digits->count > 0 && digits->padding <= 2 && (digits->count + digits->padding) % 4 == 0;
}

/* Blocks that are not certificates, such as keys, may have RFC 1421's headers before a blank line. */
static void skip_headers(struct reader *reader)
{
    struct reader ahead = *reader;
    struct line line;
    if (!read_line(&ahead, &line) || memchr(line.start, ':', line.len) == NULL) {
        return;
    }
    while (line.len > 0 && read_line(&ahead, &line)) {
    }
    *reader = ahead;
}

/* One blank line is skipped, as OpenSSL does: headers that are none. */
static void skip_blank_line(struct reader *reader)
{
    struct reader ahead = *reader;
    struct line line;
    if (read_line(&ahead, &line) && line.len == 0) {
        *reader = ahead;
    }
}

/* Behind a BEGIN line up to the END line. NULL, or what is wrong at the line that was read last. */
static const char *read_digits(struct reader *reader, struct line label, struct pem_entry *entry)
{
    struct digits digits = { 0 };
    size_t begin_number = reader->line_number;
    struct line line;
    struct line end_label;
    skip_blank_line(reader);
    entry->digits = reader->at;
    while (read_line(reader, &line)) {
        if (read_boundary(line, "-----END ", &end_label)) {
            entry->digits_len = (size_t)(line.start - entry->digits);
            entry->der_len = digits.count * 3 / 4;
            return end_label.len != label.len
                            || memcmp(end_label.start, label.start, label.len) != 0
                    ? "this END line does not belong to the BEGIN line before it"
                    : is_whole(&digits) ? NULL
                                        : "the block that ends here is empty or incomplete";
        }
        if (line.len == 0) {
            return "a blank line stands within a block";
        }
        if (!count_digits(line, &digits)) {
            return "this line of a block is not base64";
        }
    }
    reader->line_number = begin_number;
    return "the block that begins here has no END line";
}

/* Of a block that is sound as PEM: is it a certificate, and to be trusted? NULL, or what is wrong. */
static const char *judge_certificate(
        struct line label, struct pem_entry *entry, bool *ret_is_trusted)
{
    static const char MALFORMED[] = "the block that ends here is not a certificate";
    unsigned char der[PEM_SUBJECT_MAX_BYTES];
    const unsigned char *subject = NULL;
    size_t subject_len = 0;
    size_t decoded_len = entry->der_len;
    enum subject_state state = decode_subject(entry, der, &subject, &subject_len);
    /* The least that it has decoded. */
    entry->der_len = outer_len(
            der, decoded_len < FIRST_DECODED_BYTES ? decoded_len : FIRST_DECODED_BYTES);
    *ret_is_trusted = true;
    if (entry->der_len == 0 || entry->der_len > decoded_len) {
        return MALFORMED;
    }
    if (is_label(label, "TRUSTED CERTIFICATE")
            && !read_whole_trust(entry, decoded_len, ret_is_trusted)) {
        return MALFORMED;
    }
    entry->has_subject = state == SUBJECT_FOUND;
    entry->subject_hash = entry->has_subject ? hash_of(subject, subject_len) : 0;
    return state == SUBJECT_MISSING ? MALFORMED : NULL;
}

static const char *read_block(struct reader *reader, struct line label, struct pem_index *index)
{
    struct pem_entry *entry = &index->entries[index->count];
    bool is_trusted = true;
    bool is_certificate = is_label(label, "CERTIFICATE") || is_label(label, "X509 CERTIFICATE")
            || is_label(label, "TRUSTED CERTIFICATE");
    if (!is_certificate) {
        skip_headers(reader);
    }
    const char *fault = read_digits(reader, label, entry);
    if (fault == NULL && is_certificate) {
        fault = judge_certificate(label, entry, &is_trusted);
    }
    if (fault == NULL && is_certificate) {
        index->certificates++;
        index->count += is_trusted ? 1 : 0;
    }
    return fault;
}

struct pem_index pem_index_make(const char *text, size_t len)
{
    struct pem_index index = { .entries = calloc(
                                       len / BLOCK_MIN_BYTES + 1, sizeof(*index.entries)) };
    struct reader reader = { .at = text, .end = text + len, .may_be_mark_next = true };
    struct line line;
    struct line label;
    if (index.entries == NULL) {
        index.fault = "there is not enough memory to read it";
        return index;
    }
    while (index.fault == NULL && read_line(&reader, &line)) {
        if (read_boundary(line, "-----BEGIN ", &label)) {
            index.fault = read_block(&reader, label, &index);
            reader.may_be_mark_next = true;
        }
    }
    index.fault_line = index.fault == NULL ? 0 : reader.line_number;
    return index;
}

void pem_index_clear(struct pem_index *index)
{
    free(index->entries);
    *index = (struct pem_index){ 0 };
}

const struct pem_entry *pem_find_subject(
        const struct pem_index *index, const unsigned char *name, size_t name_len, size_t *cursor)
{
    unsigned char der[PEM_SUBJECT_MAX_BYTES];
    uint64_t hash = hash_of(name, name_len);
    while (*cursor < index->count) {
        const unsigned char *subject = NULL;
        size_t subject_len = 0;
        const struct pem_entry *entry = &index->entries[*cursor];
        *cursor += 1;
        if (entry->has_subject && entry->subject_hash == hash
                && decode_subject(entry, der, &subject, &subject_len) == SUBJECT_FOUND
                && subject_len == name_len && memcmp(subject, name, name_len) == 0) {
            return entry;
        }
    }
    return NULL;
}

const struct pem_entry *pem_at(const struct pem_index *index, size_t place)
{
    return &index->entries[place];
}

size_t pem_der_len(const struct pem_entry *entry)
{
    return entry->der_len;
}

void pem_der_copy(const struct pem_entry *entry, unsigned char *ret_der)
{
    (void)decode(entry->digits, entry->digits_len, ret_der, entry->der_len);
}

/* --- the file --- */

static void read_all(int fd, struct pem_file *file)
{
    char bytes[READ_BYTES];
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        text_reserve(&file->text, (size_t)status.st_size);
    }
    ssize_t got = read(fd, bytes, sizeof(bytes));
    while (got > 0 && file->text.state == TEXT_SOUND) {
        text_append(&file->text, bytes, (size_t)got);
        got = read(fd, bytes, sizeof(bytes));
    }
    file->read_errno = got < 0 ? errno : file->text.state == TEXT_NO_MEMORY ? ENOMEM : 0;
    file->is_too_large = file->text.state == TEXT_TOO_LONG;
}

/* NULs at the end mean nothing; one before that is no text, and OpenSSL would drop what follows it. */
static struct pem_index make_index(const struct text *text)
{
    static const char NUL_FAULT[] = "the file holds a NUL here: it is not a text";
    const char *bytes = text_string(text);
    size_t len = text->len;
    while (len > 0 && bytes[len - 1] == '\0') {
        len--;
    }
    const char *nul = memchr(bytes, '\0', len);
    if (nul == NULL) {
        return pem_index_make(bytes, len);
    }
    struct pem_index index = { .fault = NUL_FAULT, .fault_line = 1 };
    for (const char *at = bytes; at < nul; at++) {
        index.fault_line += *at == '\n' ? 1 : 0;
    }
    return index;
}

const struct pem_index *pem_file_index(struct pem_file *file)
{
    if (file->was_read || file->path == NULL) {
        return &file->index;
    }
    file->was_read = true;
    file->text = TEXT_INIT(PEM_FILE_MAX_BYTES);
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        file->read_errno = errno;
        return &file->index;
    }
    read_all(fd, file);
    (void)close(fd);
    if (file->read_errno == 0 && !file->is_too_large) {
        file->index = make_index(&file->text);
    }
    return &file->index;
}

/* What else it may be. */
static void hint_at_form(const struct text *text, struct err *reterr)
{
    const char *bytes = text_string(text);
    const char *begin = strstr(bytes, "-----BEGIN ");
    if (text->len > 2 && (unsigned char)bytes[0] == 0x30 && (unsigned char)bytes[1] >= 0x80) {
        err_set_hint(reterr, "it looks like DER: openssl x509 -inform der -in FILE -out FILE.pem");
    } else if (begin == NULL) {
        err_set_hint(reterr, "PEM certificates begin with -----BEGIN CERTIFICATE-----");
    } else if (strncmp(begin + 11, "PKCS7", 5) == 0) {
        err_set_hint(reterr, "it is PKCS #7: openssl pkcs7 -print_certs -in FILE -out FILE.pem");
    } else if (strchr(bytes, '\n') == NULL) {
        err_set_hint(reterr, "it has no line ends (LF)");
    } else if (begin != bytes && begin[-1] != '\n') {
        err_set_hint(reterr, "nothing may stand before -----BEGIN on its line");
    }
}

bool pem_file_check(
        struct pem_file *file, const char *shown_path, const char *where, struct err *reterr)
{
    const struct pem_index *index = pem_file_index(file);
    if (file->read_errno != 0) {
        return err_set_errno(reterr, ERR_INPUT, file->read_errno, where,
                "the file of trusted certificates, %s, cannot be read", shown_path);
    }
    if (file->is_too_large) {
        return err_set(reterr, ERR_INPUT, where, "%s is larger than %d MiB", shown_path,
                PEM_FILE_MAX_BYTES / (1024 * 1024));
    }
    if (index->fault != NULL) {
        (void)err_set(reterr, ERR_INPUT, where, "%s, line %zu: %s", shown_path, index->fault_line,
                index->fault);
    } else if (index->certificates == 0) {
        (void)err_set(reterr, ERR_INPUT, where, "%s holds no PEM certificate", shown_path);
    } else {
        return true;
    }
    hint_at_form(&file->text, reterr);
    return false;
}

void pem_file_clear(struct pem_file *file)
{
    pem_index_clear(&file->index);
    text_clear(&file->text);
    *file = (struct pem_file){ .path = file->path };
}
