/* SPDX-License-Identifier: MIT */
#include "http/curl_trust.h"

const struct curl_trust_search curl_trust_search = { 0 };
