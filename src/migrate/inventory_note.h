/* What an inventory says about a variable beside its kind: words for programs, sentences for people. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "migrate/inventory.h"

/* A note below is one bit of a row's notes. "empty", "twice", "missing" */
const char *inventory_note_word(unsigned note);

/* Whether the note is about the variable in that file. */
bool inventory_note_is_about(const struct inventory *inventory,
        const struct inventory_row *row,
        unsigned note,
        size_t file);

/* Appends a sentence, with the files that it is about if that is not all of them. It has nothing of a value. */
void inventory_note_write(const struct inventory *inventory,
        const struct inventory_row *row,
        unsigned note,
        struct text *out);
