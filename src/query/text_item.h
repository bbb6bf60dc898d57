/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds addresses in a line of any text: numbers and symbols with an offset. A number is recognised
 * by the word before it (CR2:, pfn:) or by its number of digits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { ITEM_NAME = 256, ITEM_MODULE = 64 };

struct text_item {
	size_t at, size; /* offset and size in the line, in bytes */
	bool is_symbol;
	bool labelled; /* the word before the item shows its meaning */
	bool is_instruction; /* address of the running code; false for a return address */
	bool is_fault; /* an address that could not be accessed */
	bool is_syndrome; /* the value is the reason why the CPU took an exception (arm64) */
	unsigned int as; /* possible meanings: a set of bits 1 << AS_VIRTUAL, ... (whatis.h) */
	uint64_t value; /* value of a number; for a page table entry, the address in the entry */
	/* For a page table entry: value of the entry, and name of its level. level is "" if the
	 * item is not an entry. */
	uint64_t entry;
	char level[8];
	/* For a symbol in the form NAME+OFFSET/EXTENT [MODULE]: */
	char name[ITEM_NAME];
	char module[ITEM_MODULE]; /* "": the text names no module */
	uint64_t offset, extent; /* extent is 0 if the text does not have it */
	/* The reason why the item cannot be read: it has too many digits, or was cut off. Then
	 * value is not set. */
	struct error trouble;
};

/* Finds the first item in the line from offset *at on, and moves *at after the item. word: size in
 * bytes of a pointer in the text's kernel. Returns false if there are no more items. */
bool text_item_next(const char *line, size_t size, size_t *at, unsigned int word,
		    struct text_item *item);

/* Returns true if the word precedes an address in texts, such as "CR2". */
bool text_item_is_label(const char *word, size_t size);
