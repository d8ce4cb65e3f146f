/* The outcome of an exchange, derived from the result of its libcurl transfer. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "http/transfer.h"

/*
 * Fills the outcome, the phrase for it, the HTTP status and how the reply came, into the reply of the
 * transfer's exchange.
 */
void outcome_read(const struct transfer *transfer, CURLcode code);
