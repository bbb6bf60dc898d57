/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of fields that were written before. Successive answers often contain equal groups, such as
 * the entry of an upper page table, or the rights of a page. Their texts are copied, which takes
 * much less time than stating the fields again. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/form.h"
#include "output/output.h"

/* REPEATED: more than the entries of the tables above the last level that translations of a small
 * dump read. */
enum { REPEATED = 256, REPEAT_CELLS = 6, REPEAT_ROOM = 160 };

struct repeated {
	uint64_t form; /* number of the form that the fields had, from 1 on; 0: unused */
	uint64_t key[REPEAT_WORDS];
	/* The texts of the cells, or what was written to a record. */
	size_t size;
	char text[REPEAT_ROOM];
	/* Only for text, which has the fields in one row of a table, or in one line. The cells'
	 * offsets are in text[]. */
	enum open_kind kind; /* OPEN_ROW, or OPEN_ANSWER for a line */
	const struct field *fields; /* of the object that contains the fields */
	unsigned int nr_cells;
	struct cell cell[REPEAT_CELLS];
	const char *heading; /* of the line */
	unsigned int order, last_order; /* order: of the line; last_order: of the last field */
};

/* Initially zeroed. */
struct repeats {
	/* Where the fields begin that are stated now: an index of a cell or, in records, a number
	 * of bytes. row: the size of the text in the row. */
	uint64_t start, row;
	uint64_t form; /* number of the form that fields have now */
	struct repeated group[REPEATED];
};

/* Must be called when the form of fields changes. */
void repeats_forget(struct repeats *repeats);
