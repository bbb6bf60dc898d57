/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The symbol table in the kernel's own memory: scripts/kallsyms.c writes it,
 * kernel/kallsyms.c reads it. Names are compressed with 256 tokens and decoded on
 * demand; addresses are in ascending order, in one of several encodings. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/listener.h"
#include "memory/view.h"
#include "symbols/symbol.h"

enum kallsyms_encoding {
	KALLSYMS_ABSOLUTE, /* pointers: before 4.6, optional until 6.11 */
	KALLSYMS_RELATIVE, /* 32-bit offsets from a base: 4.6, 2213e9a66bb8 */
	/* x86-64 until 6.15: an offset of 0 or more is an absolute address (of a
	 * per-CPU symbol), a negative one stands for base - 1 - offset. */
	KALLSYMS_PERCPU,
	KALLSYMS_PLACE, /* signed offsets from their own addresses: 7.0 */
	NR_KALLSYMS_ENCODINGS
};

/* The virtual addresses of the tables. */
struct kallsyms_place {
	uint32_t nr; /* symbols */
	uint64_t names; /* length and tokens of each */
	uint64_t tokens; /* strings */
	uint64_t token_index; /* after tokens: 256 16-bit offsets of strings */
	uint64_t values; /* nr offsets or addresses */
	uint64_t base; /* for KALLSYMS_RELATIVE and _PERCPU: a value, not its place */
	enum kallsyms_encoding encoding;
};

struct kallsyms_tables {
	struct kallsyms_place place;
	struct view names; /* may be longer */
	struct view tokens; /* with the index */
	struct view values; /* may be longer */
	uint64_t address_mask;
	uint8_t pointer_size;
	/* Borrowed, may be NULL; asked whether to stop. */
	const struct listener *listener;
};

struct kallsyms; /* opaque */

enum {
	KALLSYMS_TOKENS = 256,
	KALLSYMS_INDEX_SIZE = 2 * KALLSYMS_TOKENS,
	MOST_KALLSYMS = 1 << 22, /* symbols */
	KALLSYMS_LONGEST_NAME = 511, /* KSYM_NAME_LEN: 512 since 6.1, 128 before */
};

void kallsyms_close_tables(struct kallsyms_tables *tables);

/* Takes over the views of tables, also if it fails. NULL: the tables are damaged. */
struct kallsyms *kallsyms_create(struct kallsyms_tables *tables, struct error *err);
void kallsyms_destroy(struct kallsyms *kallsyms); /* NULL is fine */

/* The symbol with that name: a global one before a local one, then the first. */
bool kallsyms_find(struct kallsyms *kallsyms, const char *name, struct kernel_symbol *symbol);

/* Calls visit for each symbol of that name, or of any name if it is NULL, until it
 * returns false. */
void kallsyms_each(struct kallsyms *kallsyms, const char *name,
		   bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);

/* The last symbol at or below address, the first global one if there are several.
 * Absolute symbols do not count; no address is beyond the start of the last symbol. */
bool kallsyms_at(struct kallsyms *kallsyms, uint64_t address, struct kernel_symbol *symbol);

/* Bytes from address to the next symbol above it, 0 if there is none: an upper
 * bound for the size of an object at address. */
uint64_t kallsyms_room(const struct kallsyms *kallsyms, uint64_t address);

/* Calls visit for each name that starts with prefix, sorted, every name once,
 * until it returns false. */
void kallsyms_complete(struct kallsyms *kallsyms, const char *prefix,
		       bool (*visit)(const char *name, void *arg), void *arg);

/* Symbol nr, 0 to kallsyms_count() - 1; false if its name cannot be decoded. */
bool kallsyms_symbol(struct kallsyms *kallsyms, uint32_t nr, struct kernel_symbol *symbol);
/* The place of the tables. */
const struct kallsyms_place *kallsyms_place(const struct kallsyms *kallsyms);
uint32_t kallsyms_count(const struct kallsyms *kallsyms);
uint64_t kallsyms_address(const struct kallsyms *kallsyms, uint32_t nr);

/* Sets code to the coded name at offset *at and moves *at past it. False: no well-formed
 * name is left. Since 6.1 (73bbb94466fd) lengths from 128 on take two bytes, the low
 * seven bits first; older kernels have no such names. */
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

/* The part of a kernel's image that is searched. */
struct kallsyms_image {
	struct bytes bytes;
	uint64_t vaddr; /* of the first byte */
	unsigned int pointer_size;
};

/* Searches for the tables. Calls try for each possible encoding of the tables found,
 * until it returns true; false if it never does, or if listener, which may be NULL,
 * stops the search. */
bool kallsyms_search(const struct kallsyms_image *image, const struct listener *listener,
		     bool (*try)(const struct kallsyms_place *place, void *arg), void *arg);
