/* What became of an exchange, from what libcurl says about its transfer. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "http/transfer.h"

/*
 * Fills the outcome, the phrase for it, the HTTP status and how the reply came, into the reply of the
 * transfer's exchange.
 */
void outcome_read(const struct transfer *transfer, CURLcode code);
