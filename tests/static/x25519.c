/*
 * Asks the static program's mbedTLS for X25519, as a TLS handshake does. Reads lines "PRIVATE PEER"
 * (hexadecimal), and answers each with what PSA makes of it (TLS 1.3) and what the ECDH module does
 * (TLS 1.2): for each of them "STATUS PUBLIC SECRET MULTIPLICATIONS", where those are Everest's.
 */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/ecdh.h>
#include <psa/crypto.h>

enum {
    KEY_SIZE = 32
};

struct answer {
    int status;
    uint8_t public_key[KEY_SIZE];
    uint8_t secret[KEY_SIZE];
};

/* Linked with --wrap. */
void __real_Hacl_Curve25519_crypto_scalarmult(uint8_t *result, uint8_t *scalar, uint8_t *point);
void __wrap_Hacl_Curve25519_crypto_scalarmult(uint8_t *result, uint8_t *scalar, uint8_t *point);

static unsigned multiplications;

void __wrap_Hacl_Curve25519_crypto_scalarmult(uint8_t *result, uint8_t *scalar, uint8_t *point)
{
    multiplications++;
    __real_Hacl_Curve25519_crypto_scalarmult(result, scalar, point);
}

void *locked_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

void locked_free(void *block)
{
    free(block);
}

static void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "x25519: not so: %s\n", what);
        exit(1);
    }
}

static int by_psa(const uint8_t *private_key, const uint8_t *peer, struct answer *answer)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY));
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDH);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_DERIVE);
    psa_key_id_t key;
    size_t length;
    require(psa_import_key(&attributes, private_key, KEY_SIZE, &key) == PSA_SUCCESS,
            "a private key is imported");
    require(psa_export_public_key(key, answer->public_key, KEY_SIZE - 1, &length)
                    == PSA_ERROR_BUFFER_TOO_SMALL,
            "a buffer that is too small is refused");
    multiplications = 0;
    require(psa_export_public_key(key, answer->public_key, KEY_SIZE, &length) == PSA_SUCCESS
                    && length == KEY_SIZE,
            "a public key is exported");
    int status = psa_raw_key_agreement(
            PSA_ALG_ECDH, key, peer, KEY_SIZE, answer->secret, KEY_SIZE, &length);
    require(status != PSA_SUCCESS || length == KEY_SIZE, "a secret has the right length");
    psa_destroy_key(key);
    return status;
}

static int give_private_key(void *private_key, unsigned char *random, size_t size)
{
    require(size == KEY_SIZE, "a private key is all that is random");
    memcpy(random, private_key, size);
    return 0;
}

static int by_ecdh(uint8_t *private_key, const uint8_t *peer, struct answer *answer)
{
    enum {
        CURVE_TYPE = 3,
        CURVE_ID = 29
    };

    uint8_t params[4 + KEY_SIZE] = { CURVE_TYPE, 0, CURVE_ID, KEY_SIZE };
    memcpy(params + 4, peer, KEY_SIZE);
    const uint8_t *position = params;
    uint8_t point[1 + KEY_SIZE];
    size_t length;
    mbedtls_ecdh_context context;
    mbedtls_ecdh_init(&context);
    multiplications = 0;
    require(mbedtls_ecdh_read_params(&context, &position, params + sizeof(params)) == 0
                    && position == params + sizeof(params),
            "the server's parameters are read");
    require(mbedtls_ecdh_make_public(
                    &context, &length, point, sizeof(point), give_private_key, private_key)
                            == 0
                    && length == sizeof(point),
            "a public key is made");
    memcpy(answer->public_key, point + 1, KEY_SIZE);
    int status = mbedtls_ecdh_calc_secret(
            &context, &length, answer->secret, KEY_SIZE, give_private_key, private_key);
    mbedtls_ecdh_free(&context);
    return status;
}

static int read_key(uint8_t *key)
{
    for (size_t i = 0; i < KEY_SIZE; i++) {
        unsigned byte;
        if (scanf(i == 0 ? " %2x" : "%2x", &byte) != 1) {
            return 0;
        }
        key[i] = (uint8_t)byte;
    }
    return 1;
}

static void print_answer(const struct answer *answer, char end)
{
    printf("%d ", answer->status);
    for (size_t i = 0; i < KEY_SIZE; i++) {
        printf("%02x", answer->public_key[i]);
    }
    putchar(' ');
    for (size_t i = 0; i < KEY_SIZE; i++) {
        printf("%02x", answer->secret[i]);
    }
    printf(" %u%c", multiplications, end);
}

int main(void)
{
    require(psa_crypto_init() == PSA_SUCCESS, "PSA starts");
    uint8_t private_key[KEY_SIZE];
    uint8_t peer[KEY_SIZE];
    while (read_key(private_key) && read_key(peer)) {
        struct answer answer = { 0 };
        answer.status = by_psa(private_key, peer, &answer);
        print_answer(&answer, ' ');
        answer = (struct answer){ 0 };
        answer.status = by_ecdh(private_key, peer, &answer);
        print_answer(&answer, '\n');
        fflush(stdout);
    }
    return 0;
}
