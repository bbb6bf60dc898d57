/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text answers that were laid out before. Successive answers of a command often have the same
 * cells, with texts of the same sizes. Then only these texts differ: the whole answer is copied,
 * and the texts are written over it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/below.h"
#include "output/table.h"

struct output;

/* Answers that have more cells or bytes are not kept. */
enum {
	LAYOUTS = 64,
	LAYOUT_ROW = 12,
	LAYOUT_SECTIONS = 6,
	LAYOUT_BELOW = 40,
	LAYOUT_TEXT = 1536,
};

/* The text of a cell. from: its offset in the texts of the row, or of the lines below the row. to:
 * its offset in the answer. */
struct layout_text {
	bool below;
	unsigned int from, to, size;
};

struct layout {
	/* The form of the answer, and its cells as they were stated. record is NULL if the layout is
	 * unused. */
	const struct record *record;
	unsigned int address_digits;
	unsigned int nr_row, nr_sections, nr_below;
	struct cell row[LAYOUT_ROW];
	struct below_section section[LAYOUT_SECTIONS];
	struct below_cell below[LAYOUT_BELOW];
	/* The answer, and where it contains the texts of the cells. */
	unsigned int nr_texts;
	size_t size;
	struct layout_text text[PUT_TEXTS_MAX];
	char answer[LAYOUT_TEXT];
};

/* Initially zeroed. */
struct layouts {
	bool has_first; /* an answer was written */
	/* The layout of the answer that is being written, if it will be kept, or NULL; and what had
	 * left the writer's buffer, and was in it, before the answer. */
	struct layout *open;
	uint64_t flushed;
	size_t start;
	struct put_texts put;
	struct layout layout[LAYOUTS];
};

/* Writes the open answer if its layout is known. If not, returns false: the caller must write the
 * answer, and then call layout_keep(). */
bool layout_write(struct output *output);
void layout_keep(struct output *output);
