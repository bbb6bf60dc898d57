/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The symbol table that the kernel carries in its own memory:
 * scripts/kallsyms.c writes it, kernel/kallsyms.c reads it. Names are coded by
 * 256 tokens; addresses, in ascending order, in one of several ways. All of it
 * comes from the dump and is not trusted. Names are decoded when asked for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/view.h"

enum kallsyms_encoding {
	KALLSYMS_ABSOLUTE, /* pointers: before 4.6, optional until 6.11 */
	KALLSYMS_RELATIVE, /* 32-bit offsets from a base: 4.6, 2213e9a66bb8 */
	/* The same of x86-64 until 6.15: offsets from 0 up are absolute (per-CPU
	 * symbols), base - 1 - offset all others. */
	KALLSYMS_PERCPU,
	KALLSYMS_PLACE,    /* signed offsets from where they stand themselves: 7.0 */
	NR_KALLSYMS_ENCODINGS
};

struct kallsyms_tables {
	uint32_t nr;                /* symbols */
	struct view names;          /* length and tokens of each; bytes after them are fine */
	struct view tokens;         /* strings, and the table's index */
	const uint8_t *token_index; /* in tokens: 256 16-bit offsets of strings */
	struct view values;         /* nr offsets or addresses */
	enum kallsyms_encoding encoding;
	uint64_t values_address;    /* where values stands: KALLSYMS_PLACE */
	uint64_t base;              /* relative ones */
	uint64_t address_mask;
	uint8_t pointer_size;
};

struct kallsyms; /* opaque */

enum { KALLSYMS_LONGEST_NAME = 511 }; /* KSYM_NAME_LEN - 1: 512 since 6.1, 128 before */

/* Takes over the views of tables, also on failure. */
struct kallsyms *kallsyms_create(struct kallsyms_tables *tables,
				 struct error *err);
void kallsyms_destroy(struct kallsyms *kallsyms); /* NULL is fine */

struct kallsyms_symbol {
	const char *name; /* lives as long as the kallsyms */
	uint64_t address; /* at run time */
	char type;        /* as nm writes it: upper case is global */
};

/*
 * The symbol of that name; of several a global one, then the first. The first
 * question goes through all names without decoding them and remembers those
 * that nearly every session asks; after a few others an index is built.
 */
bool kallsyms_find(struct kallsyms *kallsyms, const char *name,
		   struct kallsyms_symbol *symbol);

/* The last symbol at or below address whose successor lies above it. Absolute
 * ones are none, and nothing lies beyond the last symbol. */
bool kallsyms_at(struct kallsyms *kallsyms, uint64_t address,
		 struct kallsyms_symbol *symbol);

/* Bytes from address to the next symbol above it, 0 where there is none: no
 * object that starts here is larger. */
uint64_t kallsyms_room(const struct kallsyms *kallsyms, uint64_t address);

/* Calls visit for each name that starts with prefix, sorted, every name once,
 * until it returns false. */
void kallsyms_complete(struct kallsyms *kallsyms, const char *prefix,
		       bool (*visit)(const char *name, void *arg), void *arg);

/* Number nr of the table; false where its name does not decode. */
bool kallsyms_symbol(struct kallsyms *kallsyms, uint32_t nr,
		     struct kallsyms_symbol *symbol);
uint32_t kallsyms_count(const struct kallsyms *kallsyms);
uint64_t kallsyms_address(const struct kallsyms *kallsyms, uint32_t nr);
enum kallsyms_encoding kallsyms_encoding(const struct kallsyms *kallsyms);
