/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Special values that the kernel writes: poison and error pointers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum value_kind { VALUE_NONE, VALUE_POISON, VALUE_ERROR };

struct value_meaning {
	enum value_kind kind;
	bool is_int; /* true: the error is a 32-bit number; false: it is an error pointer */
	int error; /* with VALUE_ERROR: number of the error, positive */
	const char *name; /* static; name of the error or poison; NULL: the error has no name */
	const char *what; /* static; meaning of the poison value */
	int64_t offset; /* the value minus the poison value */
	/* With VALUE_POISON: name of another poison value that the value is near to, and the offset
	 * from it. NULL: there is none. */
	const char *other;
	int64_t other_offset;
};

/* Returns the special meaning of the value. word: size in bytes of the kernel's pointers, 4 or
 * 8. */
struct value_meaning value_meaning(uint64_t value, unsigned int word);

/* Finds out whether the bytes of the value, in the order of memory, are a text. The text consists
 * of letters, digits and _-./: or blanks. It has 4 bytes, or with 8-byte pointers at least 6 bytes.
 * Returns false if the bytes are not a text. */
enum { VALUE_SPELLED = 9 };
bool value_spells(uint64_t value, unsigned int word, char text[VALUE_SPELLED]);

/* Describes a value that should be a pointer or size but is wrong: ", POISON_FREE", or ", the text
 * ...". text becomes "" if the value is neither poison nor text. */
enum { VALUE_LOOKS = 64 };
void value_looks(uint64_t value, unsigned int word, char text[VALUE_LOOKS]);

/* Returns the name of an error, such as "EINVAL". NULL: no error has this number. */
const char *error_name(int number);
/* Returns the number of an error such as "EINVAL". 0: there is no such error. */
int error_number(const char *name);
