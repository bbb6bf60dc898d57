/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Recognises special values that the kernel writes: poison values and error pointers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum value_kind { VALUE_NONE, VALUE_POISON, VALUE_ERROR };

struct value_meaning {
	enum value_kind kind;
	bool is_int; /* true: the error is a number of 32 bits; false: it is an error pointer */
	int error; /* with VALUE_ERROR: the positive number of the error */
	const char *name; /* static; name of the error or poison; NULL: it has no name */
	const char *what; /* a static text: meaning of the poison value */
	int64_t offset; /* the value minus the poison value */
	/* With VALUE_POISON: the name of another poison value near this value. NULL: no other
	 * poison value is near. other_offset: this value minus the other poison value. */
	const char *other;
	int64_t other_offset;
};

/* Returns the special meaning of a value. word: pointer size of the kernel in bytes, 4 or 8. */
struct value_meaning special_value(uint64_t value, unsigned int word);

/* Are the bytes of the value, in the order of memory, a text? A text consists of letters, digits,
 * blanks and the characters _-./: and has 4 bytes, or with 8-byte pointers at least 6 bytes. */
enum { VALUE_SPELLED = 9 };
bool special_spells(uint64_t value, unsigned int word, char text[VALUE_SPELLED]);

/* Describes a wrong value in the place of a pointer or size: writes ", POISON_FREE" or ", the text
 * ...". Writes "" if the value is neither poison nor a text. */
enum { VALUE_LOOKS = 64 };
void special_looks(uint64_t value, unsigned int word, char text[VALUE_LOOKS]);

/* Returns the name of an error, such as "EINVAL". Returns NULL if no error has this number. */
const char *error_name(int number);
/* Returns the number of the error with this name, such as "EINVAL". Returns 0 if there is no such
 * error. */
int error_number(const char *name);
