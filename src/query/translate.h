/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Translates a virtual address: walks the page table, and determines the meaning of the last
 * entry. */
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
	/* The entry is not present, and its meaning is unknown: ENTRY_SPECIAL. */
	TRANSLATION_SPECIAL,
	TRANSLATION_NON_CANONICAL,
	TRANSLATION_CORRUPT,
	TRANSLATION_UNREADABLE,
	NR_TRANSLATION_STATUSES
};
/* Names in answers: "mapped", "not-mapped", ... The name of TRANSLATION_SPECIAL is "error". Answers
 * with this status also contain a message. */
extern const char *const translation_status_names[NR_TRANSLATION_STATUSES];

struct translation {
	enum translation_status status;
	struct walk walk;
	/* Meaning of the last entry; set if walk.outcome is WALK_MAPPED or WALK_NOT_PRESENT. */
	struct entry_meaning meaning;
	bool has_physical; /* the entry contains a physical address: mapped, prot-none, ... */
	/* The physical address of the byte at the virtual address. Valid if has_physical. */
	uint64_t physical;
	enum page_state page_state; /* state of the frame in the dump; valid if has_physical */
};

/* Is vaddr in the half of processes? If pointers have 32 bits and PAGE_OFFSET is unknown, returns
 * true for all addresses. */
bool query_is_user_address(struct kernel *kernel, uint64_t vaddr);

/* Translates an address. An error is part of the result, as in struct walk. */
struct translation query_translate(struct kernel *kernel, const struct space *space,
				   uint64_t vaddr);

/* A range of virtual addresses, both inclusive. */
struct page_range {
	const struct space *space; /* borrowed */
	uint64_t first, last;
};

/* Visits the pages and gaps of the range in the order of addresses. visit receives the translation
 * of the first address of a page or gap, and the last address of this page or gap. Returns false
 * and sets err if visit returned false (ERROR_INTERRUPTED), if tables point to each other
 * (ERROR_FORMAT), or if there is not enough memory (ERROR_SYSTEM). */
bool query_each_page(struct kernel *kernel, const struct page_range *range,
		     bool (*visit)(const struct translation *translation, uint64_t last, void *arg),
		     void *arg, struct error *err);

/* Is the page at paddr the kernel's zero page, or a part of its huge zero page? */
bool query_is_zero_page(struct kernel *kernel, uint64_t paddr);

/* Did the translation fail at an entry that is special, corrupt or unreadable? If so, sets *err to
 * a message about the level, the entry and the reason. */
bool translation_trouble(const struct translation *translation, const struct space *space,
			 struct error *err);
