/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The symbol table in the kernel's own memory, written by scripts/kallsyms.c and read by
 * kernel/kallsyms.c. Names are compressed with 256 tokens and decoded on demand; addresses are in
 * ascending order, in one of several encodings. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/listener.h"
#include "memory/view.h"
#include "symbols/symbol.h"

enum kallsyms_encoding {
	KALLSYMS_ABSOLUTE, /* addresses: before 4.6; optional until 6.11 */
	KALLSYMS_RELATIVE, /* 32-bit offsets from a base: since 4.6, 2213e9a66bb8 */
	/* x86-64 until 6.15: an offset >= 0 is an absolute address (of a per-CPU symbol), a
	 * negative offset means base - 1 - offset. */
	KALLSYMS_PERCPU,
	KALLSYMS_PLACE, /* signed offsets from their own addresses: since 7.0 */
	NR_KALLSYMS_ENCODINGS
};

/* The virtual addresses of the tables. */
struct kallsyms_place {
	uint32_t nr; /* number of symbols */
	uint64_t names; /* for each symbol a length and token numbers */
	uint64_t tokens; /* the strings of the tokens */
	uint64_t token_index; /* 256 16-bit offsets of strings, after tokens */
	uint64_t values; /* nr offsets or addresses */
	uint64_t base; /* KALLSYMS_RELATIVE and _PERCPU: value of the base, not its address */
	enum kallsyms_encoding encoding;
};

struct kallsyms_tables {
	struct kallsyms_place place;
	struct view names; /* may extend beyond the table */
	struct view tokens; /* tokens with their index */
	struct view values; /* may extend beyond the table */
	uint64_t address_mask;
	uint8_t pointer_size;
	/* Borrowed, may be NULL. Decides whether to stop. */
	const struct listener *listener;
};

struct kallsyms; /* defined in kallsyms.c */

enum {
	KALLSYMS_TOKENS = 256,
	KALLSYMS_INDEX_SIZE = 2 * KALLSYMS_TOKENS,
	MOST_KALLSYMS = 1 << 22, /* most symbols */
	KALLSYMS_LONGEST_NAME = 511, /* KSYM_NAME_LEN is 512 since 6.1, 128 before */
};

void kallsyms_close_tables(struct kallsyms_tables *tables);

/* Takes over the views of tables, also on failure. NULL: the tables are damaged. */
struct kallsyms *kallsyms_create(struct kallsyms_tables *tables, struct error *err);
void kallsyms_destroy(struct kallsyms *kallsyms); /* NULL is fine */

/* Finds a symbol by name: a global symbol has precedence over local ones, then the first one. */
bool kallsyms_find(struct kallsyms *kallsyms, const char *name, struct kernel_symbol *symbol);

/* Calls visit for each symbol with this name, until visit returns false. If name is NULL, for each
 * symbol whose name contains part (NULL: for all). */
void kallsyms_each(struct kallsyms *kallsyms, const char *name, const char *part,
		   bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);

/* The last symbol at or below address; if several are at its address, the first global one.
 * Absolute symbols do not count. Addresses above the start of the last symbol belong to no
 * symbol. */
bool kallsyms_at(struct kallsyms *kallsyms, uint64_t address, struct kernel_symbol *symbol);

/* Bytes from address to the next symbol above it; 0: there is none. An upper bound for the size of
 * an object at address. */
uint64_t kallsyms_room(const struct kallsyms *kallsyms, uint64_t address);

/* Calls visit for each name that starts with prefix, sorted, once per name, until visit returns
 * false. */
void kallsyms_complete(struct kallsyms *kallsyms, const char *prefix,
		       bool (*visit)(const char *name, void *arg), void *arg);

/* Symbol nr, from 0 to kallsyms_count() - 1. False: its name cannot be decoded. */
bool kallsyms_symbol(struct kallsyms *kallsyms, uint32_t nr, struct kernel_symbol *symbol);
/* The addresses of the tables. */
const struct kallsyms_place *kallsyms_place(const struct kallsyms *kallsyms);
uint32_t kallsyms_count(const struct kallsyms *kallsyms);
uint64_t kallsyms_address(const struct kallsyms *kallsyms, uint32_t nr);

/* Sets code to the coded name at offset *at and moves *at after it. False: no valid name is left.
 * Since 6.1 (73bbb94466fd) lengths from 128 on take two bytes, the low seven bits first; older
 * kernels have no such names. */
static inline bool kallsyms_next_code(struct bytes names, size_t *at, struct bytes *code)
{
	size_t length;

	if (*at >= names.size)
		return false;
	length = names.data[(*at)++];
	if (length & 0x80) {
		if (*at >= names.size)
			return false;
		length = (length & 0x7f) | (size_t)names.data[(*at)++] << 7;
	}
	if (length == 0 || !range_within(*at, length, names.size))
		return false;
	*code = (struct bytes){ names.data + *at, length };
	*at += length;
	return true;
}

/* The part of a kernel's image to search. */
struct kallsyms_image {
	struct bytes bytes;
	uint64_t vaddr; /* address of the first byte */
	unsigned int pointer_size;
};

/* Searches for the tables. Calls try for each possible encoding of the tables found, until try
 * returns true. False: it never does, or listener, which may be NULL, stopped the search. */
bool kallsyms_search(const struct kallsyms_image *image, const struct listener *listener,
		     bool (*try)(const struct kallsyms_place *place, void *arg), void *arg);
