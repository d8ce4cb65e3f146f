/* SPDX-License-Identifier: MIT */
#include "http/curl_trust.h"

const curl_ssl_ctx_callback curl_trust_search = NULL;
