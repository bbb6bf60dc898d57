/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Addresses in a line of any text: numbers, recognised by the word before them (CR2:, pfn:) or by
 * their number of digits; and symbols with their offset. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { ITEM_NAME = 256, ITEM_MODULE = 64 };

struct text_item {
	size_t at, size; /* place in the line */
	bool is_symbol;
	bool labelled; /* the word before the item shows its meaning */
	bool is_instruction; /* address of running code, not a return address */
	bool is_fault; /* an address that could not be accessed */
	bool is_syndrome; /* value is the reason why the CPU took an exception */
	unsigned int as; /* possible meanings: bits 1 << enum whatis_as (whatis.h) */
	uint64_t value; /* value of a number; of an entry, the address in it */
	/* For a page-table entry: its value, and the name of its level; "": not an entry */
	uint64_t entry;
	char level[8];
	/* For a symbol: NAME+OFFSET/EXTENT [MODULE] */
	char name[ITEM_NAME];
	char module[ITEM_MODULE]; /* "": not given */
	uint64_t offset, extent; /* extent 0: not given */
	/* Why the item cannot be read: too many digits, or cut off. value is not set then. */
	struct error trouble;
};

/* The first item from *at on; moves *at after it. word: bytes of a pointer in the text's kernel.
 * False: no more items. */
bool text_item_next(const char *line, size_t size, size_t *at, unsigned int word,
		    struct text_item *item);

/* Is it a word such as CR2 that has an address after it? */
bool text_item_is_label(const char *word, size_t size);
