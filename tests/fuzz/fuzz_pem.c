/* PEM: reading any text ends, and the certificates in DER are back to back. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/asn1.h>

#include "fuzz_input.h"
#include "http/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pem_file file = { .text = TEXT_INIT(size) };
    text_reserve(&file.text, size); /* nothing behind it: the sanitizer watches its end */
    text_append(&file.text, (const char *)data, size);
    pem_file_read(&file);
    assert(file.has_certificate || file.der_len == 0);
    assert((file.fault == NULL || file.line > 0) && file.line <= size + 1);
    unsigned char *at = file.der;
    const unsigned char *end = at + file.der_len;
    while (at < end) {
        size_t len = 0;
        int error = mbedtls_asn1_get_tag(
                &at, end, &len, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
        assert(error == 0);
        at += len;
    }
    assert(at == end);
    pem_file_clear(&file);
    return 0;
}
