/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reading DWARF, of the 32-bit format. Private to this room. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/listener.h"

/* The work that is left for one address, as damaged information could take any amount. Each
 * movement of a cursor takes a step, and asks now and then whether to stop. */
struct line_work {
	uint64_t steps;
	const struct listener *listener; /* borrowed; NULL: none */
};

/* Bytes that are read from the front. bad: they ended too early, or there is no work left;
 * all is 0 then. */
struct cursor {
	const uint8_t *at, *end;
	struct line_work *work; /* borrowed */
	bool bad;
};

struct cursor cursor_at(struct line_work *work, struct bytes bytes, uint64_t offset);

size_t cursor_left(const struct cursor *cursor);
/* Takes so many steps. */
void cursor_work(struct cursor *cursor, uint64_t steps);
void cursor_skip(struct cursor *cursor, uint64_t size);
/* size: 1, 2, 4 or 8. */
uint64_t cursor_number(struct cursor *cursor, size_t size);
uint64_t cursor_leb(struct cursor *cursor, bool is_signed);
/* Longer ones than any path or compiler's arguments are bad. */
const char *cursor_string(struct cursor *cursor);
/* The unit that begins here, after its length; moves the cursor to its end. */
bool cursor_unit(struct cursor *cursor, struct cursor *unit);

/* The value of an attribute, or of an entry in a list of files. form: DW_FORM_*, 0 if there is
 * none. number: 0 if it is no number. text: for DW_FORM_string only. */
struct value {
	uint64_t form, number;
	const char *text;
};

/* width: of an address. False: an unknown form, or the cursor is bad. */
bool cursor_value(struct cursor *cursor, uint64_t form, unsigned int width, struct value *value);
