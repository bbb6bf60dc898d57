/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to kallsyms.c, kallsyms_names.c (decodes names) and kallsyms_search.c. */
#pragma once

#include "image/kallsyms.h"
#include "vmlinux/symbol_names.h"

enum {
	KALLSYMS_BLOCK = 256, /* symbols whose names are decoded together */
	KALLSYMS_TOKENS = 256,
	/* With type and NUL. */
	KALLSYMS_LONGEST_TEXT = KALLSYMS_LONGEST_NAME + 2,
	TOKEN_HEAD = 16,
};

struct token {
	const char *text;
	size_t length;
	char head[TOKEN_HEAD]; /* first bytes of text, padded with zeroes */
};

/* The decoded names of a block. */
struct block_names {
	uint32_t at[KALLSYMS_BLOCK]; /* offset of each in text */
	char text[]; /* type, name, NUL of each */
};

struct block {
	uint32_t start; /* offset of its first coded name in tables.names */
	struct block_names *names; /* owned; NULL: not decoded yet */
};

struct kallsyms {
	struct kallsyms_tables tables;
	struct token tokens[KALLSYMS_TOKENS];
	struct block *blocks;
	uint32_t nr_blocks;
	uint32_t first_placed; /* first symbol that is not absolute */

	struct symbol_names names;
};

/*
 * Sets code to the coded name at offset *at and moves *at past it. False: no
 * well-formed name is left. Since 6.1 (73bbb94466fd) a length of 128 and more
 * takes two bytes, the low seven bits first; older kernels have no such names.
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

/* Fails unless every token ends within its table. */
bool kallsyms_read_tokens(struct kallsyms *kallsyms, struct error *err);

/* Writes type, name and NUL to text. Returns the length without the NUL, or 0
 * if room is too small. */
size_t kallsyms_expand(const struct kallsyms *kallsyms, struct bytes code,
		       char *text, size_t room);

/* Bytes that count decoded names take, the first coded at offset at. */
size_t kallsyms_decoded_size(const struct kallsyms *kallsyms, size_t at,
			     uint32_t count);

/* Type and name of a symbol, or NULL. Valid until kallsyms_destroy(). */
const char *kallsyms_typed_name(struct kallsyms *kallsyms, uint32_t nr);
