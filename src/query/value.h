/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Values that the kernel writes to be recognised: poison and error pointers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum value_kind { VALUE_NONE, VALUE_POISON, VALUE_ERROR };

struct value_meaning {
	enum value_kind kind;
	bool is_int; /* an error as a 32-bit number; else a pointer */
	int error; /* VALUE_ERROR: positive */
	const char *name; /* static; NULL: an error without a name */
	const char *what; /* static; of poison */
	int64_t offset; /* from the poison value to this one */
	/* VALUE_POISON: a second poison value that is as near; NULL: none. */
	const char *other;
	int64_t other_offset;
};

/* For a kernel whose pointers have word bytes (4 or 8). */
struct value_meaning value_meaning(uint64_t value, unsigned int word);

/* "EINVAL"; NULL: none has this number. */
const char *error_name(int number);
/* The number of "EINVAL"; 0: no such error. */
int error_number(const char *name);
