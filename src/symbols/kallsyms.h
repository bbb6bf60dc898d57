/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The symbol table in the kernel's memory, which scripts/kallsyms.c writes and kernel/kallsyms.c
 * reads. Names are compressed with 256 tokens and decoded on demand. Addresses are in ascending
 * order and have one of several encodings. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/listener.h"
#include "memory/view.h"
#include "symbols/symbol.h"

enum kallsyms_encoding {
	KALLSYMS_ABSOLUTE, /* addresses; used before 4.6, and by some configurations before 6.11 */
	KALLSYMS_RELATIVE, /* 32-bit offsets from a base, since 4.6 (2213e9a66bb8) */
	/* Signed offsets, used on x86-64 before 6.15. An offset >= 0 is the value of an absolute or
	 * per-CPU symbol. A negative offset means the address base - 1 - offset. */
	KALLSYMS_PERCPU,
	KALLSYMS_PLACE, /* signed offsets from the address of the entry, since 7.0 */
	NR_KALLSYMS_ENCODINGS
};

/* The virtual addresses of the tables. */
struct kallsyms_place {
	uint32_t nr; /* number of symbols */
	uint64_t names; /* for each symbol the number of its tokens, then the token numbers */
	uint64_t tokens; /* the strings of the tokens */
	uint64_t token_index; /* the 16-bit offsets of the 256 strings, relative to tokens */
	uint64_t values; /* nr offsets or addresses */
	uint64_t base; /* KALLSYMS_RELATIVE, KALLSYMS_PERCPU: the base, not its address */
	enum kallsyms_encoding encoding;
};

struct kallsyms_tables {
	struct kallsyms_place place;
	struct view names; /* may extend beyond the table */
	struct view tokens; /* the strings of the tokens, and token_index */
	struct view values; /* may extend beyond the table */
	uint64_t address_mask;
	uint8_t pointer_size;
	/* Borrowed, may be NULL. Determines when to stop. */
	const struct listener *listener;
};

struct kallsyms; /* defined in kallsyms.c */

enum {
	KALLSYMS_TOKENS = 256,
	KALLSYMS_INDEX_SIZE = 2 * KALLSYMS_TOKENS,
	MOST_KALLSYMS = 1 << 22, /* limit for the number of symbols */
	KALLSYMS_LONGEST_NAME = 511, /* KSYM_NAME_LEN is 512 since 6.1, 128 before */
};

void kallsyms_close_tables(struct kallsyms_tables *tables);

/* Takes over the views of tables, also on failure. Returns NULL if the tables are damaged. */
struct kallsyms *kallsyms_create(struct kallsyms_tables *tables, struct error *err);
void kallsyms_destroy(struct kallsyms *kallsyms); /* NULL is fine */

/* Finds a symbol by name. If several symbols have the name, returns the first global symbol, or the
 * first symbol if all are local. */
bool kallsyms_find(struct kallsyms *kallsyms, const char *name, struct kernel_symbol *symbol);

/* Calls visit for each symbol with this name, until visit returns false. If name is NULL, calls
 * visit for each symbol whose name contains part, or for all symbols if part is NULL as well. */
void kallsyms_each(struct kallsyms *kallsyms, const char *name, const char *part,
		   bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);

/* Finds the last symbol at or below address, except absolute symbols. If several symbols have the
 * same address, returns the first global symbol, or the first symbol if all are local. Addresses
 * above the start of the last symbol do not belong to a symbol. */
bool kallsyms_at(struct kallsyms *kallsyms, uint64_t address, struct kernel_symbol *symbol);

/* Returns the number of bytes from address to the next symbol above address, or 0 if no symbol
 * follows. The number is an upper bound for the size of an object at address. */
uint64_t kallsyms_room(const struct kallsyms *kallsyms, uint64_t address);

/* Calls visit once for each distinct name that starts with prefix, in alphabetical order, until
 * visit returns false. */
void kallsyms_complete(struct kallsyms *kallsyms, const char *prefix,
		       bool (*visit)(const char *name, void *arg), void *arg);

/* Reads symbol nr, from 0 to kallsyms_count() - 1. Returns false if its name cannot be decoded. */
bool kallsyms_symbol(struct kallsyms *kallsyms, uint32_t nr, struct kernel_symbol *symbol);
/* The virtual addresses of the tables. */
const struct kallsyms_place *kallsyms_place(const struct kallsyms *kallsyms);
uint32_t kallsyms_count(const struct kallsyms *kallsyms);
uint64_t kallsyms_address(const struct kallsyms *kallsyms, uint32_t nr);

/* Sets code to the coded name at offset *at, and *at to the offset after this name. Returns false
 * if no valid name is left. Since 6.1 (73bbb94466fd) a length from 128 on takes two bytes, with the
 * low seven bits in the first byte. Older kernels have no such long names. */
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

/* Searches the image for the tables. Calls try for each possible encoding of the tables that were
 * found, until try returns true. Returns false if try never returned true, or if listener (may be
 * NULL) stopped the search. */
bool kallsyms_search(const struct kallsyms_image *image, const struct listener *listener,
		     bool (*try)(const struct kallsyms_place *place, void *arg), void *arg);
