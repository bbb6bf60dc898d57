/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Addresses in a line of any text: numbers, recognised by the word before them (CR2:, pfn:) or
 * by their width, and symbols with their offset. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { ITEM_NAME = 256, ITEM_MODULE = 64 };

struct text_item {
	size_t at, size; /* in the line */
	bool is_symbol;
	bool labelled; /* the word before it shows its meaning */
	bool is_instruction; /* the address of running code, not a return address */
	bool is_fault; /* an address that could not be accessed */
	unsigned int as; /* bits 1 << enum whatis_as (whatis.h) that are possible */
	uint64_t value; /* of a number; of an entry the address in it */
	/* Of a page table's entry: its value, and the word that names its level; "": none */
	uint64_t entry;
	char level[8];
	/* Of a symbol: NAME+OFFSET/EXTENT [MODULE] */
	char name[ITEM_NAME];
	char module[ITEM_MODULE]; /* "": not given */
	uint64_t offset, extent; /* extent: 0: not given */
	/* Why it cannot be read: too wide, or cut off. value is not set then. */
	struct error trouble;
};

/* The first item from *at on; *at moves to its end. word: bytes of a pointer of the kernel that
 * the text is about. False: there is no more. */
bool text_item_next(const char *line, size_t size, size_t *at, unsigned int word,
		    struct text_item *item);

/* Is it a word such as CR2, which an address follows? */
bool text_item_is_label(const char *word, size_t size);
