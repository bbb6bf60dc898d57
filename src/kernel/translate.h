/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk and what Linux means by it: the whole answer to "vtop". */
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
	TRANSLATION_SPECIAL, /* a non-present entry whose code is not known: see ENTRY_SPECIAL */
	TRANSLATION_NON_CANONICAL,
	TRANSLATION_CORRUPT,
	TRANSLATION_UNREADABLE,
	NR_TRANSLATION_STATUSES
};
/* "mapped", "not-mapped", ...; "error" for TRANSLATION_SPECIAL. */
extern const char *const translation_status_names[NR_TRANSLATION_STATUSES];

struct translation {
	enum translation_status status;
	struct walk walk;
	struct entry_meaning meaning; /* of the last entry, where the walk ended in one */
	bool has_physical;            /* there is a page (mapped, prot-none, migration, ...) */
	uint64_t physical;            /* of the byte asked for */
	enum page_state page_state;   /* of the 4K frame that holds it; where has_physical */
};

/* Is it a user-space address, on i386 as far as PAGE_OFFSET is known? */
bool kernel_is_user_address(struct kernel *kernel, uint64_t vaddr);

/* Cannot fail, as a walk cannot. */
struct translation kernel_translate(struct kernel *kernel,
				    const struct space *space, uint64_t vaddr);

/*
 * Every page, gap and hole of [first, last] in address order, each translated
 * at its first address within the range and with the last one that the answer
 * is good for. Empty tables are passed over whole. False: visit stopped it.
 */
bool kernel_each_page(struct kernel *kernel, const struct space *space,
		      uint64_t first, uint64_t last,
		      bool (*visit)(const struct translation *translation,
				    uint64_t last, void *arg),
		      void *arg);

/* Is the page at paddr the one that all untouched memory reads as? */
bool kernel_is_zero_page(struct kernel *kernel, uint64_t paddr);

/* What stands in the way, in a sentence, for the statuses that are no answer
 * (special, corrupt, unreadable): level, table address, reason. */
void translation_explain(const struct translation *translation,
			 const struct space *space, struct error *err);
