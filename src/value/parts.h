/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Visits the parts of a value: its members and elements, and their members and elements. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "value/value.h"

enum value_part_kind {
	PART_UNSIGNED,
	PART_SIGNED, /* `number` is in two's complement */
	PART_BOOL,
	PART_POINTER,
	PART_FLOAT, /* `real`; number: its size in bytes */
	PART_WIDE, /* a number of 128 bits: `text`, in hexadecimal */
	PART_TEXT, /* the text that an array of char holds, or the name of an enumerator */
	PART_UNREADABLE, /* the value cannot be read, also a whole struct or array, or is nested too deep */
	PART_STRUCT, /* a struct or union, whose members follow, up to PART_END */
	PART_ARRAY, /* an array, whose elements follow, up to PART_END */
	PART_END, /* also after the visit has ended by a limit or by the user */
};

struct value_part {
	enum value_part_kind kind;
	const char *name; /* of a member, may contain any bytes; NULL: an element, or PART_END */
	uint64_t number;
	double real; /* PART_FLOAT */
	const char *text; /* PART_TEXT: may contain any bytes except 0 */
	const struct error *why; /* PART_UNREADABLE */
	bool is_cut; /* PART_TEXT, PART_END: only the first bytes, elements or members were visited */
};

struct value_visitor {
	/* Returns false to end the visit. The part is borrowed during the call. */
	bool (*visit)(void *arg, const struct value_part *part);
	void *arg;
	bool sees_cuts; /* so an array or text that is cut is not reported by kernel->excess */
};

/* Structs and arrays that contain each other, and elements of an array that are visited. */
enum { PARTS_NESTING = 24, PARTS_ELEMENTS = 65536 };

/* Visits a value, which gets the name `name`, and then its parts in order. The members of anonymous
 * structs and unions are members of the surrounding struct. A limit that is exceeded is reported by
 * kernel->excess. Fails without a visit if the value cannot be read, or has neither parts nor a number. */
bool parts_visit(const struct value_memory *memory, const char *name, const struct value *value,
		 const struct value_visitor *visitor, struct error *err);
