/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/translate.h"

#include <inttypes.h>

// clang-format off
const char *const translation_status_names[NR_TRANSLATION_STATUSES] = {
	[TRANSLATION_MAPPED]        = "mapped",
	[TRANSLATION_NOT_MAPPED]    = "not-mapped",
	[TRANSLATION_PROT_NONE]     = "prot-none",
	[TRANSLATION_SWAPPED]       = "swapped",
	[TRANSLATION_MIGRATION]     = "migration",
	[TRANSLATION_HWPOISON]      = "hwpoison",
	[TRANSLATION_DEVICE]        = "device",
	[TRANSLATION_MARKER]        = "marker",
	[TRANSLATION_SPECIAL]       = "error",
	[TRANSLATION_NON_CANONICAL] = "non-canonical",
	[TRANSLATION_CORRUPT]       = "corrupt",
	[TRANSLATION_UNREADABLE]    = "unreadable",
};

static const enum translation_status of_kind[NR_ENTRY_KINDS] = {
	[ENTRY_EMPTY]     = TRANSLATION_NOT_MAPPED,
	[ENTRY_PAGE]      = TRANSLATION_MAPPED,
	[ENTRY_PROT_NONE] = TRANSLATION_PROT_NONE,
	[ENTRY_SWAPPED]   = TRANSLATION_SWAPPED,
	[ENTRY_MIGRATION] = TRANSLATION_MIGRATION,
	[ENTRY_HWPOISON]  = TRANSLATION_HWPOISON,
	[ENTRY_DEVICE]    = TRANSLATION_DEVICE,
	[ENTRY_MARKER]    = TRANSLATION_MARKER,
	[ENTRY_SPECIAL]   = TRANSLATION_SPECIAL,
};
// clang-format on

bool kernel_is_user_address(struct kernel *kernel, uint64_t vaddr)
{
	uint64_t page_offset;

	if (kernel_pointer_size(kernel) == 8)
		return !(vaddr >> 63);
	return !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
	       vaddr < page_offset;
}

/* The kernel swaps nothing of its own out. What it unmaps (set_memory_np() of
 * freed parts of its image) may keep its frame and flags: no swap slot. */
static bool left_over(struct kernel *kernel, uint64_t vaddr,
		      enum entry_kind kind)
{
	return kind != ENTRY_EMPTY && kind != ENTRY_PAGE &&
	       kind != ENTRY_PROT_NONE && !kernel_is_user_address(kernel, vaddr);
}

static void translate_entry(struct kernel *kernel, const struct space *space,
			    struct translation *translation)
{
	const struct walk *walk = &translation->walk;
	struct entry_meaning *meaning = &translation->meaning;

	*meaning = kernel_describe_entry(kernel, space->paging,
					 walk_last_level(walk),
					 walk_last_entry(walk));
	if (left_over(kernel, walk->vaddr, meaning->kind))
		*meaning = (struct entry_meaning){ .kind = ENTRY_EMPTY };
	translation->status = of_kind[meaning->kind];
	translation->has_physical = meaning->has_physical;
	translation->physical = meaning->physical +
				(walk->vaddr & (walk->page_size - 1));
}

struct translation kernel_translate(struct kernel *kernel,
				    const struct space *space, uint64_t vaddr)
{
	struct translation translation;

	walk_page_table_to(space, vaddr, &translation.walk);
	translation.meaning = (struct entry_meaning){ 0 };
	translation.has_physical = false;
	translation.physical = 0;
	translation.page_state = PAGE_PRESENT;
	switch (translation.walk.outcome) {
	case WALK_MAPPED:
	case WALK_NOT_PRESENT:
		translate_entry(kernel, space, &translation);
		break;
	case WALK_CORRUPT:
		translation.status = TRANSLATION_CORRUPT;
		break;
	case WALK_UNREADABLE:
		translation.status = TRANSLATION_UNREADABLE;
		break;
	case WALK_NON_CANONICAL:
		translation.status = TRANSLATION_NON_CANONICAL;
		break;
	}
	if (translation.has_physical)
		translation.page_state =
			dump_range_state(kernel->dump,
					 translation.physical & ~UINT64_C(0xfff),
					 0x1000);
	return translation;
}

bool kernel_each_page(struct kernel *kernel, const struct space *space,
		      uint64_t first, uint64_t last,
		      bool (*visit)(const struct translation *translation,
				    uint64_t last, void *arg),
		      void *arg)
{
	for (uint64_t at = first;; at++) {
		struct translation translation = kernel_translate(kernel, space, at);
		uint64_t start, end;

		walk_range(space, &translation.walk, &start, &end);
		if (end > last)
			end = last;
		if (!visit(&translation, end, arg))
			return false;
		if (end == last)
			return true;
		at = end;
	}
}

/* Frame of a symbol's page, of the huge page: huge_zero_pfn (5.12), before it
 * the struct page at huge_zero_page; mm/huge_memory.c. */
static void find_zero_pages(struct kernel *kernel, struct zero_pages *zero)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t address;

	*zero = (struct zero_pages){ true, UINT64_MAX, UINT64_MAX };
	if (space && kernel_symbol(kernel, "empty_zero_page", &address, NULL)) {
		struct walk walk = walk_page_table(space, address);

		if (walk.outcome == WALK_MAPPED)
			zero->small = walk.paddr >> 12;
	}
	if (kernel_symbol(kernel, "huge_zero_pfn", &address, NULL)) {
		kernel_read_pointer(kernel, address, &zero->huge, NULL);
	} else if (kernel_symbol(kernel, "huge_zero_page", &address, NULL) &&
		   kernel_read_pointer(kernel, address, &address, NULL)) {
		kernel_page_to_pfn(kernel, address, &zero->huge, NULL);
	}
}

/* Frames of a page that one entry of the last level but one maps. */
static uint64_t frames_in_huge(const struct kernel *kernel)
{
	const struct paging *paging = kernel->space.paging;

	return UINT64_C(1) << (paging->level[paging->nr_levels - 2].shift - 12);
}

bool kernel_is_zero_page(struct kernel *kernel, uint64_t paddr)
{
	struct zero_pages *zero = &kernel->zero_pages;

	if (!zero->tried)
		find_zero_pages(kernel, zero);
	return paddr >> 12 == zero->small ||
	       (zero->huge <= UINT64_MAX >> 12 && paddr >> 12 >= zero->huge &&
		paddr >> 12 < zero->huge + frames_in_huge(kernel));
}

static const char *reason_text(enum page_state reason)
{
	switch (reason) {
	case PAGE_FILTERED:
		return "it was left out of the dump";
	case PAGE_TRUNCATED:
		return "the dump file ends before it";
	case PAGE_DAMAGED:
		return "its bytes in the dump file are damaged";
	default:
		return "the dump has no memory there";
	}
}

void translation_explain(const struct translation *translation,
			 const struct space *space, struct error *err)
{
	const struct walk *walk = &translation->walk;
	const char *level = space->paging->level[walk_last_level(walk)].name;

	if (translation->status == TRANSLATION_CORRUPT)
		fail(err, ERROR_FORMAT,
		     "the %s entry %" PRIx64 " at %" PRIx64
		     " is corrupt: it has a bit set that must be 0",
		     level, walk_last_entry(walk),
		     walk->step[walk_last_level(walk)].entry_paddr);
	else if (translation->status == TRANSLATION_UNREADABLE)
		fail(err, ERROR_UNREADABLE,
		     "the %s entry at %" PRIx64 " cannot be read: %s", level,
		     walk->step[walk->nr_steps].entry_paddr,
		     reason_text(walk->reason));
	else
		fail(err, ERROR_UNKNOWN,
		     "the %s entry %" PRIx64
		     " is not present, and what it stands for hangs on the kernel's release and configuration: give its vmlinux",
		     level, walk_last_entry(walk));
}
