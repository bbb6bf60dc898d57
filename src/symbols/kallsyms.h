/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* kallsyms, the symbol table in the kernel's memory. scripts/kallsyms.c creates it, and
 * kernel/kallsyms.c reads it. Names are compressed using 256 tokens, and are decoded only when they
 * are needed. The symbols are in ascending order of their addresses. The addresses have one of
 * several encodings. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/listener.h"
#include "base/bytes.h"
#include "symbols/symbol.h"

enum kallsyms_encoding {
	/* The addresses themselves; before 4.6, and in some configurations before 6.11. */
	KALLSYMS_ABSOLUTE,
	KALLSYMS_RELATIVE, /* 32-bit offsets from a base; since 4.6 (2213e9a66bb8) */
	/* Signed 32-bit offsets; on x86-64 before 6.15. If an offset is not negative, it is the
	 * value of an absolute or per-CPU symbol. If it is negative, the address is base - 1 -
	 * offset. */
	KALLSYMS_PERCPU,
	KALLSYMS_PLACE, /* signed 32-bit offsets from the address of the offset itself; since 7.0 */
	NR_KALLSYMS_ENCODINGS
};

/* The virtual addresses of the tables of kallsyms. */
struct kallsyms_place {
	uint32_t nr; /* the number of symbols */
	/* For each symbol: the number of its tokens, and then their token numbers. */
	uint64_t names;
	uint64_t tokens; /* the strings of the tokens */
	uint64_t token_index; /* the 16-bit offsets of the 256 strings from `tokens` */
	/* The offsets from `names` of every KALLSYMS_MARKED-th name. They follow the names. */
	uint64_t markers;
	uint8_t marker_size; /* of each offset: 4 or 8 bytes; 0: the place of the markers is unknown */
	uint64_t values; /* nr offsets or addresses, depending on the encoding */
	uint64_t base; /* KALLSYMS_RELATIVE, KALLSYMS_PERCPU: the value of the base */
	enum kallsyms_encoding encoding;
};

struct kallsyms_tables {
	struct kallsyms_place place;
	struct view names; /* the view extends to the tokens, so it contains the markers */
	struct view tokens; /* the strings of the tokens, and token_index */
	struct view values; /* the view may extend beyond the table */
	uint64_t address_mask;
	uint8_t pointer_size;
	/* Borrowed, may be NULL. Long work asks it whether to stop. */
	const struct listener *listener;
};

struct kallsyms; /* defined in kallsyms.c */

enum {
	KALLSYMS_TOKENS = 256,
	KALLSYMS_INDEX_SIZE = 2 * KALLSYMS_TOKENS,
	KALLSYMS_MARKED = 256, /* the number of names between two markers */
	MOST_KALLSYMS = 1 << 22, /* limits the number of symbols */
	KALLSYMS_LONGEST_NAME = 511, /* KSYM_NAME_LEN is 512 since 6.1, 128 before */
};

void kallsyms_close_tables(struct kallsyms_tables *tables);

/* Takes ownership of the views in *tables, even if it fails. Returns NULL if the tables are
 * damaged. */
struct kallsyms *kallsyms_create(struct kallsyms_tables *tables, struct error *err);
void kallsyms_destroy(struct kallsyms *kallsyms); /* kallsyms may be NULL */

/* Finds a symbol by name. If several symbols have this name, finds the first global symbol, or the
 * first symbol if all are local. Returns false if there is no such symbol. */
bool kallsyms_find(struct kallsyms *kallsyms, const char *name, struct kernel_symbol *symbol);

/* Calls visit for each symbol with this name, until visit returns false. If `name` is NULL, calls
 * visit for each symbol whose name contains `part`. If both are NULL, calls visit for all
 * symbols. */
void kallsyms_each(struct kallsyms *kallsyms, const char *name, const char *part,
		   bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);

/* Finds the last symbol at or below address, except absolute symbols. If several symbols have the
 * same address, finds the first global symbol, or the first symbol if all are local. Addresses
 * above the start of the last symbol belong to no symbol. */
bool kallsyms_at(struct kallsyms *kallsyms, uint64_t address, struct kernel_symbol *symbol);

/* Returns a static text if the tables contradict each other, so that names may be wrong and symbols
 * may seem to be missing. Returns NULL if there is no contradiction. */
const char *kallsyms_doubt(const struct kallsyms *kallsyms);

/* Returns the number of bytes from address to the next symbol above it, or 0 if no symbol follows.
 * An object at address cannot be larger. */
uint64_t kallsyms_room(const struct kallsyms *kallsyms, uint64_t address);

/* Calls visit once for each distinct name that starts with prefix, in alphabetical order, until
 * visit returns false. */
void kallsyms_complete(struct kallsyms *kallsyms, const char *prefix,
		       bool (*visit)(const char *name, void *arg), void *arg);

/* Gets the symbol with the number nr, which is less than kallsyms_count(). Returns false if its
 * name cannot be decoded. */
bool kallsyms_symbol(struct kallsyms *kallsyms, uint32_t nr, struct kernel_symbol *symbol);
/* Returns the virtual addresses of the tables. */
const struct kallsyms_place *kallsyms_place(const struct kallsyms *kallsyms);
uint32_t kallsyms_count(const struct kallsyms *kallsyms);
uint64_t kallsyms_address(const struct kallsyms *kallsyms, uint32_t nr);

/* Reads the coded name at offset *at: sets *code to it, and moves *at to the next name. Returns
 * false if there is no valid name at *at. Since 6.1 (73bbb94466fd), a length of 128 or more takes
 * two bytes, with its low seven bits in the first byte. Older kernels have no such long names. */
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

enum { KALLSYMS_MOST_SHORT = 0x80 }; /* the most bytes of a length of one byte and its name */

/* Moves the offset *at past nr names. Returns false if one of them is damaged. */
static inline bool kallsyms_skip_codes(struct bytes names, size_t *at, uint32_t nr)
{
	struct bytes code;

	for (; nr; nr--)
		if (names.size - *at >= KALLSYMS_MOST_SHORT &&
		    names.data[*at] - 1U < KALLSYMS_MOST_SHORT - 1)
			*at += 1 + names.data[*at];
		else if (!kallsyms_next_code(names, at, &code))
			return false;
	return true;
}

/* The part of a kernel's image in which to search. */
struct kallsyms_image {
	struct bytes bytes;
	uint64_t vaddr; /* the address of the first byte */
	unsigned int pointer_size;
};

/* Searches the image for the tables. For the tables that it finds, calls try() with each possible
 * encoding, until try() returns true. Returns false if try() never returned true, or if the
 * listener stopped the search. listener may be NULL. */
bool kallsyms_search(const struct kallsyms_image *image, const struct listener *listener,
		     bool (*try)(const struct kallsyms_place *place, void *arg), void *arg);
