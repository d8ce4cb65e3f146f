/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/trust.h"

/* Which of them there is depends on the machine. */
static void the_first_bundle_that_can_be_read_is_the_systems(void **state)
{
    (void)state;
    static const char *const FILES[] = { "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem" };
    const char *found = trust_system_bundle();
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        if (access(FILES[i], R_OK) == 0) {
            assert_non_null(found);
            assert_string_equal(found, FILES[i]);
            return;
        }
    }
    assert_null(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_bundle_that_can_be_read_is_the_systems),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
