/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows typed values (value/value.h): as text, in the form of gdb and crash, and in records. */
#pragma once

#include "cli/command.h"
#include "linux/slab/slab.h"
#include "symbols/symbol_lookup.h"
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

/* --- the meaning of a pointer --- */

struct meaning {
	bool has_symbol;
	struct kernel_symbol symbol; /* valid if has_symbol */
	struct slab_place slab; /* valid if has_symbol is false */
};

/* Finds the meaning of value. Looks for objects of slabs only if objects is true. Returns false if
 * value points neither to a symbol nor to an object.
 * Only addresses in the kernel's half have a meaning. Other numbers are not looked up, because
 * symbols of per-CPU variables may be small numbers, which would match by chance. */
bool meaning_find(struct kernel *kernel, uint64_t value, bool objects, struct meaning *meaning);

/* Adds the meaning as an object to the open list. address: where the value is stored. */
void meaning_json(struct output *output, const struct meaning *meaning, uint64_t address,
		  uint64_t value);
