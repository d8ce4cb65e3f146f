/* SPDX-License-Identifier: MIT */
#include "output_piece.h"

#include "output.h"

enum {
    PIECE_BYTES = 64 * 1024
};

bool output_piece_print(struct text *text, struct err *reterr)
{
    if (text->len < PIECE_BYTES) {
        return true;
    }
    bool ok = output_print(text, reterr);
    text_reset(text);
    return ok;
}
