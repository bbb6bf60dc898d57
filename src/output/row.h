/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of text with columns, which is composed in a buffer. Text that does not fit into the
 * buffer is cut off. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/printable.h"
#include "output/output.h"
#include "output/writer.h"

struct row {
	size_t used;
	char text[512]; /* only the bytes before offset `used` are initialized */
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

/* Appends text that has a style on a terminal. Returns the text's span, which the caller passes to
 * row_end_styled(). */
static inline struct span row_styled(struct row *row, enum style style, const char *text)
{
	size_t start = row->used;

	row_text(row, text);
	return (struct span){ start, row->used, style };
}

/* Appends blanks up to a column of the terminal. The first column is 0. */
static inline void row_pad(struct row *row, size_t column)
{
	size_t at = printable_columns(row->text, row->used);
	size_t room = sizeof(row->text) - row->used;
	size_t gap = column > at ? column - at : 0;

	if (gap > room)
		gap = room;
	memset(row->text + row->used, ' ', gap);
	row->used += gap;
}

static inline void row_cell(struct row *row, const char *text, size_t column)
{
	row_text(row, text);
	row_pad(row, column);
}

/* Appends a hexadecimal number with at least min_digits digits, by adding leading zeros. min_digits
 * is at most HEX_DIGITS_MAX. */
static inline void row_hex(struct row *row, uint64_t value, unsigned int min_digits)
{
	char digits[HEX_DIGITS_MAX];
	unsigned int width = format_hex(digits, value);

	row_text(row, hex_zeros(width, min_digits));
	row_put(row, digits, width);
}

/* Writes the line and empties the row. */
static inline void row_end_styled(struct row *row, struct output *output, const struct span *spans,
				  unsigned int nr)
{
	output_styled_line(output, row->text, row->used, spans, nr);
	row->used = 0;
}

static inline void row_end(struct row *row, struct output *output)
{
	row_end_styled(row, output, NULL, 0);
}
