/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's own symbol table as it is kept in memory, for kallsyms.c (the
 * tables, by address) and kallsyms_names.c (by name) only.
 */
#pragma once

#include "kernel/kallsyms.h"
#include "kernel/symbols_table.h"

enum {
	KALLSYMS_BLOCK = 256, /* symbols decoded at once: as many as between two markers */
	KALLSYMS_TOKENS = 256,
	KALLSYMS_LONGEST_TEXT = KALLSYMS_LONGEST_NAME + 2, /* with type and NUL */
	TOKEN_HEAD = 8,
};

struct token {
	const char *text;
	size_t length;
	char head[TOKEN_HEAD]; /* the whole of nearly every token */
};

/* Decoded names of KALLSYMS_BLOCK symbols. */
struct block {
	char *text; /* owned; NULL: not decoded */
	uint32_t *at; /* of each name in text: type, name, NUL */
};

struct kallsyms {
	struct kallsyms_tables tables;
	struct token tokens[KALLSYMS_TOKENS];
	uint32_t *starts;     /* of each block in the names */
	struct block *blocks;
	uint32_t nr_blocks;
	uint32_t first_placed; /* the first symbol that is not absolute */

	bool common_known;
	uint32_t common[MAX_COMMON_SYMBOLS];
	struct asked_symbol asked[MAX_SYMBOL_SCANS];
	unsigned int nr_asked;
	uint32_t *bucket, *next; /* hash index of all names; NULL: not built */
	unsigned int bucket_bits;
};

static inline bool kallsyms_is_global(char type)
{
	return type >= 'A' && type <= 'Z';
}

/*
 * The code of the name at *at, which is moved past it. Since 6.1 (73bbb94466fd)
 * a length of 128 and more has two bytes, the low seven bits first; before, no
 * name was as long.
 */
static inline bool kallsyms_next_code(struct bytes names, size_t *at,
				      struct bytes *code)
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

/* Decodes into text: type letter, name, NUL; 0 where room is too little. */
size_t kallsyms_expand(const struct kallsyms *kallsyms, struct bytes code,
		       char *text, size_t room);

/* Type and name of a symbol, or NULL. */
const char *kallsyms_typed_name(struct kallsyms *kallsyms, uint32_t nr);
