/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Special values that the kernel writes: poison and error pointers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum value_kind { VALUE_NONE, VALUE_POISON, VALUE_ERROR };

struct value_meaning {
	enum value_kind kind;
	bool is_int; /* the error is a 32-bit number; otherwise a pointer */
	int error; /* VALUE_ERROR: number of the error, positive */
	const char *name; /* static; NULL: an error without a name */
	const char *what; /* static; meaning of the poison */
	int64_t offset; /* offset of the value from the poison value */
	/* VALUE_POISON: a second poison value at the same distance; NULL: none. */
	const char *other;
	int64_t other_offset;
};

/* For a kernel with pointers of word bytes (4 or 8). */
struct value_meaning value_meaning(uint64_t value, unsigned int word);

/* The text that the bytes of a number spell, as memory has them: letters, digits and few marks, of
 * a pointer's size or, with 8 bytes, at least 6. False: they spell none. */
enum { VALUE_SPELLED = 9 };
bool value_spells(uint64_t value, unsigned int word, char text[VALUE_SPELLED]);

/* What a number that cannot be right looks like: ", POISON_FREE", or the text it spells; "" if
 * neither. */
enum { VALUE_LOOKS = 64 };
void value_looks(uint64_t value, unsigned int word, char text[VALUE_LOOKS]);

/* "EINVAL"; NULL: none has this number. */
const char *error_name(int number);
/* The number of "EINVAL"; 0: no such error. */
int error_number(const char *name);
