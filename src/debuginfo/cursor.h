/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reading of DWARF in the 32-bit format. Only for this room. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/listener.h"

/* The steps left for one address, as damaged information could need any number. Each movement of a
 * cursor takes a step, and checks now and then whether to stop. */
struct line_work {
	uint64_t steps;
	const struct listener *listener; /* borrowed; NULL: none */
};

/* Bytes that are read in order. bad: they ended too early, or no steps are left; the rest reads as
 * 0. */
struct cursor {
	const uint8_t *at, *end;
	struct line_work *work; /* borrowed; NULL: the steps for all bytes were taken in advance */
	bool bad;
};

struct cursor cursor_at(struct line_work *work, struct bytes bytes, uint64_t offset);

static inline size_t cursor_left(const struct cursor *cursor)
{
	return cursor->bad ? 0 : (size_t)(cursor->end - cursor->at);
}

/* Takes this many steps. */
void cursor_work(struct cursor *cursor, uint64_t steps);
void cursor_skip(struct cursor *cursor, uint64_t size);
/* size: 1, 2, 4 or 8. */
uint64_t cursor_number(struct cursor *cursor, size_t size);

/* cursor_number() of one byte, usually without a function call. */
static inline uint64_t cursor_byte(struct cursor *cursor)
{
	struct line_work *work = cursor->work;

	if (!cursor_left(cursor) || (work && work->steps % STOP_STEPS == 0))
		return cursor_number(cursor, 1);
	if (work)
		work->steps--;
	return *cursor->at++;
}

/* The rest of a LEB128 number after its first byte. */
uint64_t cursor_leb_rest(struct cursor *cursor, uint64_t byte, bool is_signed);

static inline uint64_t cursor_leb(struct cursor *cursor, bool is_signed)
{
	uint64_t byte = cursor_byte(cursor);

	return byte < (is_signed ? 0x40 : 0x80) ? byte : cursor_leb_rest(cursor, byte, is_signed);
}

/* A string longer than any path or compiler arguments makes the cursor bad. */
const char *cursor_string(struct cursor *cursor);
/* Sets unit to the unit that begins here, without its length; moves the cursor after the unit. */
bool cursor_unit(struct cursor *cursor, struct cursor *unit);

/* The value of an attribute, or of an entry in a list of files. form: DW_FORM_*; 0: no value.
 * number: 0 if the value is not a number. text: only for DW_FORM_string. */
struct value {
	uint64_t form, number;
	const char *text;
};

/* width: bytes of an address. False: an unknown form, or the cursor is bad. */
bool cursor_value(struct cursor *cursor, uint64_t form, unsigned int width, struct value *value);
