/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reading DWARF, of the 32-bit format. Private to lines.c and file_names.c. */
#pragma once

#include <libelf.h>
#include <stdbool.h>

#include "base/bytes.h"

/* Bytes that are read from the front. bad: they ended too early; all is 0 then. */
struct cursor {
	const uint8_t *at, *end;
	bool bad;
};

/* The content of a section of that name, which is unpacked in place; empty if there is
 * none. */
struct bytes lines_section(Elf *elf, const char *name);
struct cursor cursor_at(struct bytes bytes, uint64_t offset);

size_t cursor_left(const struct cursor *cursor);
void cursor_skip(struct cursor *cursor, uint64_t size);
/* size: 1, 2, 4 or 8. */
uint64_t cursor_number(struct cursor *cursor, size_t size);
uint64_t cursor_leb(struct cursor *cursor, bool is_signed);
const char *cursor_string(struct cursor *cursor);
/* The unit that begins here, behind its length; moves the cursor behind it. */
bool cursor_unit(struct cursor *cursor, struct cursor *unit);
/* Skips a value; *value gets it if it is a number. width: of an address. False: an unknown
 * form. */
bool cursor_form(struct cursor *cursor, uint64_t form, unsigned int width,
		 uint64_t *value);
