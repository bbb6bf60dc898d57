/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows typed values (value/value.h): as text, in the form of gdb and crash, and in records. */
#pragma once

#include "cli/command.h"
#include "value/value.h"

enum {
	SHOWN_IN_TEXT = 200, /* elements of an array in text */
	SHOWN_IN_RECORDS = 65536, /* elements of an array in records */
};

/* How values are shown. All pointers are borrowed. */
struct value_show {
	struct session *session;
	const struct value_memory *memory;
	unsigned int base; /* 10 or 16; 0: pointers are hexadecimal, all other numbers decimal */
	bool addresses; /* text: write the address of each member before it */
	/* Set for the first part of a value that cannot be read, if its code is 0. */
	struct error *unreadable;
};

/* Writes a value that fits in a line, such as a number, a text, or a struct with few members. Returns
 * false if it does not fit. What cannot be read is "<unreadable: REASON>". */
bool show_value_short(const struct value_show *show, const struct value *value, char *text,
		      size_t size);
/* Writes lines of text: "LABEL = VALUE", and for a struct or an array, a line for each of its parts
 * that does not fit in a line. indent: the number of blanks before the first line. */
void show_value_lines(const struct value_show *show, const char *label, const struct value *value,
		      unsigned int indent);
/* Writes "TYPE {", the members of a struct, and "}". */
void show_value_struct(const struct value_show *show, const struct value *value);
/* In records, adds the field "value" to the open answer. What cannot be read is null, and the field
 * "unreadable" of the surrounding object has the first reason. An array with more than SHOWN_IN_RECORDS
 * elements is cut, and the field "truncated" of the surrounding object is true. Text gets nothing. */
void show_value_record(const struct value_show *show, const struct value *value);
/* Like show_value_record(), but the value is an object with these members. */
void show_value_members(const struct value_show *show, const char *const *names,
			const struct value *values, size_t nr);
