/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The names of symbols that most sessions look up first. In a table of symbols, all of them are
 * found by one scan, which costs less than an index of all names. The list affects only speed:
 * look-ups of other names take longer. */
#pragma once

#include <stddef.h>
#include <string.h>

#include "symbols/symbol_names.h"

enum {
	COMMON_NAME_SIZE = 28, /* all common names are shorter */
	COMMON_NAME_START = 4, /* no common name has fewer characters */
	MOST_COMMON_NAMES = 223, /* limits nr_common_names */
	MOST_AWAITED = MOST_COMMON_NAMES + 1,
	AWAITED_SLOT_BITS = 12,
};

/* Each name is padded with NULs. */
extern const char common_names[][COMMON_NAME_SIZE];
extern const size_t nr_common_names;

/* Returns the number of the name in common_names, or nr_common_names if it is not there. */
size_t common_name_number(const char *name);

/* Names that a scan searches for. The hash of the first COMMON_NAME_START bytes of a name selects a
 * slot, so that a scan rejects nearly all symbols, because their slot is empty. */
struct awaited_names {
	const char (*names)[COMMON_NAME_SIZE]; /* borrowed */
	uint64_t head[MOST_AWAITED]; /* name_head() of each name */
	uint8_t next[MOST_AWAITED]; /* the number of the next name in this slot, plus 1; 0: the end */
	/* The number of the first name in the slot, plus 1; 0: no name. */
	uint8_t slot[1 << AWAITED_SLOT_BITS];
};

_Static_assert(MOST_AWAITED < UINT8_MAX, "slots are bytes");

/* names: nr names of COMMON_NAME_START characters or more; nr is at most MOST_AWAITED */
void awaited_names_init(struct awaited_names *awaited, const char (*names)[COMMON_NAME_SIZE],
			size_t nr);

static inline unsigned int awaited_names_hash(uint32_t start)
{
	return start * 0x9e3779b1 >> (32 - AWAITED_SLOT_BITS);
}

/* Returns the value of the slot for the first COMMON_NAME_START bytes of a name, loaded using
 * load_le32(). */
static inline uint8_t awaited_names_slot(const struct awaited_names *awaited, uint32_t start)
{
	return awaited->slot[awaited_names_hash(start)];
}
