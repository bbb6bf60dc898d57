/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The translation of a virtual address: the walk of the page table, and the meaning of the last
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
	/* An entry that is not present and has an unknown meaning: ENTRY_SPECIAL. */
	TRANSLATION_SPECIAL,
	TRANSLATION_NON_CANONICAL,
	TRANSLATION_CORRUPT,
	TRANSLATION_UNREADABLE,
	NR_TRANSLATION_STATUSES
};
/* Names in answers: "mapped", "not-mapped", ... TRANSLATION_SPECIAL has the name "error"; answers
 * with it have a message, too. */
extern const char *const translation_status_names[NR_TRANSLATION_STATUSES];

struct translation {
	enum translation_status status;
	struct walk walk;
	/* Meaning of the last entry, if walk.outcome is WALK_MAPPED or WALK_NOT_PRESENT. */
	struct entry_meaning meaning;
	bool has_physical; /* the entry has a physical address: mapped, prot-none, migration, ... */
	/* Physical address of the byte at the virtual address; valid if has_physical. */
	uint64_t physical;
	enum page_state page_state; /* state of the frame in the dump; valid if has_physical */
};

/* Returns true if vaddr is in the half of processes. If pointers have 32 bits and PAGE_OFFSET is
 * unknown, returns true for all addresses. */
bool query_is_user_address(struct kernel *kernel, uint64_t vaddr);

/* Translates an address. Errors are part of the result, as in struct walk. */
struct translation query_translate(struct kernel *kernel, const struct space *space,
				   uint64_t vaddr);

/* A range of virtual addresses, both inclusive. */
struct page_range {
	const struct space *space; /* borrowed */
	uint64_t first, last;
};

/* Visits the pages and gaps of the range, in the order of addresses. visit receives the translation
 * of the first address of a page or gap, and the last address. Returns false and sets err if visit
 * returned false (ERROR_INTERRUPTED), if tables point to each other in circles (ERROR_FORMAT), or
 * if memory is exhausted (ERROR_SYSTEM). */
bool query_each_page(struct kernel *kernel, const struct page_range *range,
		     bool (*visit)(const struct translation *translation, uint64_t last, void *arg),
		     void *arg, struct error *err);

/* Returns true if the page at paddr is the kernel's zero page or part of its huge zero page. */
bool query_is_zero_page(struct kernel *kernel, uint64_t paddr);

/* Returns true if the translation failed at an entry that is special, corrupt or unreadable. Then
 * sets *err to a message that names the level, the entry and the reason. */
bool translation_trouble(const struct translation *translation, const struct space *space,
			 struct error *err);
