/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of text in columns, put together before it is written: its length
 * tells the column. What does not fit is cut off. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "command/output.h"
#include "command/writer.h"

struct row {
	size_t used;
	char text[512]; /* not cleared: used counts */
};

static inline void row_put(struct row *row, const char *text, size_t size)
{
	size_t room = sizeof(row->text) - row->used;

	if (size > room)
		size = room;
	memcpy(row->text + row->used, text, size);
	row->used += size;
}

static inline void row_text(struct row *row, const char *text)
{
	row_put(row, text, strlen(text));
}

/* Spaces up to a column; nothing where the line is longer already. */
static inline void row_pad(struct row *row, size_t column)
{
	if (column > sizeof(row->text))
		column = sizeof(row->text);
	if (column > row->used) {
		memset(row->text + row->used, ' ', column - row->used);
		row->used = column;
	}
}

static inline void row_cell(struct row *row, const char *text, size_t column)
{
	row_text(row, text);
	row_pad(row, column);
}

/* With leading zeros up to min_digits, 16 at most. */
static inline void row_hex(struct row *row, uint64_t value,
			   unsigned int min_digits)
{
	static const char zeros[HEX_DIGITS_MAX + 1] = "0000000000000000";
	char digits[HEX_DIGITS_MAX];
	unsigned int width = format_hex(digits, value);

	if (width < min_digits)
		row_put(row, zeros, min_digits - width);
	row_put(row, digits, width);
}

/* Ends the line and writes it; the row is empty again. */
static inline void row_end(struct row *row, struct output *output)
{
	row_put(row, "\n", 1);
	output_text_line(output, row->text, row->used);
	row->used = 0;
}
