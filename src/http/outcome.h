/* The outcome of an exchange, derived from the result of its libcurl transfer. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "http/transfer.h"

/*
 * Sets outcome, failure, status, via.status and tls_verified in the reply of the transfer's exchange.
 */
void outcome_read(const struct transfer *transfer, CURLcode code);
