/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds addresses in a line of any text: numbers, and symbols with an offset. A number is
 * recognised as an address by the word before it (such as "CR2:" or "pfn:"), or by its number of
 * digits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "oops/report.h"

struct text_item {
	size_t at, size; /* offset and size in the line, in bytes */
	bool is_symbol;
	bool labelled; /* the word before the item shows the meaning of the number */
	bool is_instruction; /* the item is the address of the running code, not a return address */
	bool is_fault; /* the item is an address that the CPU could not access */
	bool is_fault_register; /* the item is the register with that address, such as CR2 */
	bool is_of_device; /* the address is in the own space of a device; `as` is not set */
	bool is_syndrome; /* the value is the reason why the CPU took an exception (ESR of arm64) */
	unsigned int as; /* possible meanings: set of bits such as 1 << AS_VIRTUAL (whatis.h) */
	uint64_t value; /* the number; for a page table entry, the address in the entry */
	/* For a page table entry: the entry itself, and the name of its level. level is "" if the
	 * item is not a page table entry. */
	uint64_t entry;
	char level[8];
	struct oops_symbol symbol; /* if is_symbol */
	/* Why the item cannot be read: it has too many digits, or was cut off. If trouble is set,
	 * `value` is not set. */
	struct error trouble;
};

/* Where a text is from. A kernel prints all digits of a register, so a register with fewer digits was cut
 * off; a user who types it may leave out leading zeros. */
enum text_origin {
	TEXT_OF_LOG,
	TEXT_OF_DUMP, /* the log of the dump itself */
	TEXT_PASTED, /* a line in the place of a command, so it is about the dump */
	TEXT_TYPED, /* the same at the prompt */
};

/* The items of a line, one after the other. */
struct text_items {
	const char *start, *end; /* of the line */
	size_t at; /* offset after the last item */
	unsigned int word;
	enum text_origin origin;
	/* Are they addresses of devices? Asked once, because a line may be long. */
	enum { TEXT_DEVICES_UNKNOWN, TEXT_DEVICES_NONE, TEXT_DEVICES_ALL } devices;
};

/* The line has `size` bytes, after which there is a NUL. It must outlive the items.
 * word: pointer size, in bytes, of the kernel that wrote the text. */
struct text_items text_items_of(const char *line, size_t size, unsigned int word,
				enum text_origin origin);

/* Returns false if there are no more items. */
bool text_items_next(struct text_items *items, struct text_item *item);

/* Is the word a label that comes before addresses, such as "CR2"? */
bool text_item_is_label(const char *word, size_t size);
