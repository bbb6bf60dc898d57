/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Translation of a virtual address: the walk, and the meaning of its last entry. */
#pragma once

#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "paging/walk.h"

enum translation_status {
	TRANSLATION_MAPPED,
	TRANSLATION_NOT_MAPPED,
	TRANSLATION_PROT_NONE,
	TRANSLATION_SWAPPED,
	TRANSLATION_MIGRATION,
	TRANSLATION_HWPOISON,
	TRANSLATION_DEVICE,
	TRANSLATION_MARKER,
	TRANSLATION_NONLINEAR,
	TRANSLATION_SPECIAL, /* a non-present entry of unknown meaning: ENTRY_SPECIAL */
	TRANSLATION_NON_CANONICAL,
	TRANSLATION_CORRUPT,
	TRANSLATION_UNREADABLE,
	NR_TRANSLATION_STATUSES
};
/* Names in answers: "mapped", "not-mapped", ...; "error" for TRANSLATION_SPECIAL, whose answer also
 * has a message. */
extern const char *const translation_status_names[NR_TRANSLATION_STATUSES];

struct translation {
	enum translation_status status;
	struct walk walk;
	struct entry_meaning meaning; /* meaning of the last entry, if mapped or not present */
	bool has_physical; /* a page is known: mapped, prot-none, migration, ... */
	uint64_t physical; /* physical address of the byte at the virtual address */
	enum page_state page_state; /* if has_physical: state of the frame in the dump */
};

/* With 32-bit pointers, also true if PAGE_OFFSET is unknown. */
bool query_is_user_address(struct kernel *kernel, uint64_t vaddr);

/* Cannot fail, like a walk. */
struct translation query_translate(struct kernel *kernel, const struct space *space,
				   uint64_t vaddr);

/* A range of addresses in a page table, both inclusive. */
struct page_range {
	const struct space *space; /* borrowed */
	uint64_t first, last;
};

/* Visits the pages, gaps and holes of the range, in the order of addresses: the translation of the
 * first address, and the last address with the same result. False: visit() returned false
 * (ERROR_INTERRUPTED), tables point to each other in circles (ERROR_FORMAT), or out of memory
 * (ERROR_SYSTEM). */
bool query_each_page(struct kernel *kernel, const struct page_range *range,
		     bool (*visit)(const struct translation *translation, uint64_t last, void *arg),
		     void *arg, struct error *err);

/* Is the page at paddr part of the kernel's zero page or huge zero page? */
bool query_is_zero_page(struct kernel *kernel, uint64_t paddr);

/* Does the walk end in trouble, at an entry that is special, corrupt or unreadable? Sets *err to a
 * message with level, entry and cause. */
bool translation_trouble(const struct translation *translation, const struct space *space,
			 struct error *err);
