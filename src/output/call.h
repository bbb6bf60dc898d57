/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call of a function of output.h states: a field, a value of a list, or where a list or an
 * object begins or ends. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "output/style.h"
#include "output/writer.h"

enum call_kind {
	CALL_HEX,
	CALL_INTEGER,
	CALL_COUNT,
	CALL_SECONDS, /* number: nanoseconds */
	CALL_BOOLEAN,
	CALL_NULL,
	CALL_STRING,
	/* Only text has a cell for an unknown value, because then the heading does not change.
	 * number: an enum cell_kind */
	CALL_UNKNOWN,
	CALL_LIST,
	CALL_OBJECT,
	CALL_END_LIST,
	CALL_END_OBJECT,
};

struct call {
	enum call_kind kind : 8;
	enum style style : 8;
	const char *name; /* borrowed; NULL: the value is in a list */
	uint64_t number;
	const char *text; /* of a string; borrowed */
};

/* Writes the digits of a number, without a NUL. Returns how many there are: 0 if the call states no
 * number. */
enum { CALL_DIGITS_MAX = 40 };
static inline size_t call_digits(const struct call *call, char digits[CALL_DIGITS_MAX])
{
	switch (call->kind) {
	case CALL_HEX: return format_hex(digits, call->number);
	case CALL_INTEGER: return format_decimal(digits, (int64_t)call->number);
	case CALL_COUNT: return format_count(digits, call->number);
	case CALL_SECONDS:
		return (size_t)snprintf(digits, CALL_DIGITS_MAX, "%llu.%09llu",
					(unsigned long long)call->number / 1000000000,
					(unsigned long long)call->number % 1000000000);
	default: return 0;
	}
}
