/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads DWARF in the 32-bit format. Only the files in src/debuginfo use this header. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/listener.h"

/* The work that one look-up may do. Each movement of a cursor takes a step, and some steps ask the
 * listener whether to stop. The number of steps is limited, because without a limit damaged
 * information could take forever. */
struct line_work {
	uint64_t steps;
	const struct listener *listener; /* borrowed; NULL: the work cannot be stopped */
};

/* Reads bytes in order. `bad` becomes true if the bytes end too early, or if no steps are left.
 * Afterwards all reads return 0. */
struct cursor {
	const uint8_t *at, *end;
	/* Borrowed; NULL: reading takes no steps, because the caller took all steps in advance. */
	struct line_work *work;
	bool bad;
};

struct cursor cursor_at(struct line_work *work, struct bytes bytes, uint64_t offset);

static inline size_t cursor_left(const struct cursor *cursor)
{
	return cursor->bad ? 0 : (size_t)(cursor->end - cursor->at);
}

/* Takes this many steps from the work. If too few are left, the cursor becomes bad. */
void cursor_work(struct cursor *cursor, uint64_t steps);
void cursor_skip(struct cursor *cursor, uint64_t size);
/* Reads a little-endian number of size bytes: 1, 2, 4 or 8. */
uint64_t cursor_number(struct cursor *cursor, size_t size);

/* Like cursor_number() with a size of 1, but faster, because it usually calls no function. */
static inline uint64_t cursor_byte(struct cursor *cursor)
{
	struct line_work *work = cursor->work;

	if (!cursor_left(cursor) || (work && work->steps % STOP_STEPS == 0))
		return cursor_number(cursor, 1);
	if (work)
		work->steps--;
	return *cursor->at++;
}

/* Reads the rest of a LEB128 number. `byte` is its first byte, which was already read. */
uint64_t cursor_leb_rest(struct cursor *cursor, uint64_t byte, bool is_signed);

static inline uint64_t cursor_leb(struct cursor *cursor, bool is_signed)
{
	uint64_t byte = cursor_byte(cursor);

	return byte < (is_signed ? 0x40 : 0x80) ? byte : cursor_leb_rest(cursor, byte, is_signed);
}

/* Reads a string that ends with a NUL. If it is longer than any path or list of compiler arguments,
 * the cursor becomes bad. */
const char *cursor_string(struct cursor *cursor);
/* Reads a unit: sets *unit to a cursor for its bytes after the length field, and moves the cursor
 * to the end of the unit. */
bool cursor_unit(struct cursor *cursor, struct cursor *unit);

/* The value of an attribute, or of a part of an entry in a list of files. `form` is DW_FORM_*, or 0
 * if there is no value. If the value is not a number, number is 0. `text` is set only for
 * DW_FORM_string. */
struct value {
	uint64_t form, number;
	const char *text;
};

/* Reads a value of this form. `width` is the number of bytes of an address. Returns false if the
 * form is unknown, or if the cursor is bad. */
bool cursor_value(struct cursor *cursor, uint64_t form, unsigned int width, struct value *value);
