/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/translate.h"

#include <inttypes.h>

#include "base/address_set.h"
#include "linux/page/page.h"
#include "paging/scan.h"

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
	[TRANSLATION_NONLINEAR]     = "nonlinear",
	[TRANSLATION_SPECIAL]       = "error",
	[TRANSLATION_NON_CANONICAL] = "non-canonical",
	[TRANSLATION_CORRUPT]       = "corrupt",
	[TRANSLATION_UNREADABLE]    = "unreadable",
};

static const enum translation_status of_kind[NR_ENTRY_KINDS] = {
	[ENTRY_EMPTY]     = TRANSLATION_NOT_MAPPED,
	[ENTRY_PAGE]      = TRANSLATION_MAPPED,
	[ENTRY_TABLE]     = TRANSLATION_MAPPED, /* impossible as the last entry of a walk */
	[ENTRY_PROT_NONE] = TRANSLATION_PROT_NONE,
	[ENTRY_SWAPPED]   = TRANSLATION_SWAPPED,
	[ENTRY_MIGRATION] = TRANSLATION_MIGRATION,
	[ENTRY_HWPOISON]  = TRANSLATION_HWPOISON,
	[ENTRY_DEVICE]    = TRANSLATION_DEVICE,
	[ENTRY_MARKER]    = TRANSLATION_MARKER,
	[ENTRY_NONLINEAR] = TRANSLATION_NONLINEAR,
	[ENTRY_SPECIAL]   = TRANSLATION_SPECIAL,
};

static const enum translation_status of_outcome[] = {
	[WALK_CORRUPT]       = TRANSLATION_CORRUPT,
	[WALK_UNREADABLE]    = TRANSLATION_UNREADABLE,
	[WALK_NON_CANONICAL] = TRANSLATION_NON_CANONICAL,
};
// clang-format on

bool query_is_user_address(struct kernel *kernel, uint64_t vaddr)
{
	uint64_t page_offset;

	if (vaddr >> 63)
		return false;
	return !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) || vaddr < page_offset;
}

/* Is the entry for a kernel address a leftover without meaning? The kernel never swaps out its own
 * memory, so the entry is no swap entry. When the kernel unmaps a page, such as a freed part of its
 * image (set_memory_np()), the entry may still contain the frame number and flags. */
static bool left_over(struct kernel *kernel, uint64_t vaddr, enum entry_kind kind)
{
	return kind != ENTRY_EMPTY && kind != ENTRY_PAGE && kind != ENTRY_PROT_NONE &&
	       !query_is_user_address(kernel, vaddr);
}

static void translate_entry(struct kernel *kernel, const struct space *space,
			    struct translation *translation)
{
	const struct walk *walk = &translation->walk;
	struct entry_meaning *meaning = &translation->meaning;

	*meaning = kernel_describe_entry(kernel, space->paging, walk_last_level(walk),
					 walk_last_entry(walk));
	if (meaning->unmapped || left_over(kernel, walk->vaddr, meaning->kind))
		*meaning = (struct entry_meaning){ .kind = ENTRY_EMPTY };
	translation->status = of_kind[meaning->kind];
	translation->has_physical = meaning->has_physical;
	translation->physical = meaning->physical + (walk->vaddr & (walk->page_size - 1));
}

struct translation query_translate(struct kernel *kernel, const struct space *space, uint64_t vaddr)
{
	struct translation translation;

	walk_page_table_to(space, vaddr, &translation.walk);
	translation.meaning = (struct entry_meaning){ 0 };
	translation.has_physical = false;
	translation.physical = 0;
	translation.page_state = PAGE_PRESENT;
	if (translation.walk.outcome == WALK_MAPPED || translation.walk.outcome == WALK_NOT_PRESENT)
		translate_entry(kernel, space, &translation);
	else
		translation.status = of_outcome[translation.walk.outcome];
	if (translation.has_physical)
		translation.page_state =
			dump_range_state(kernel->dump,
					 kernel_page_first(kernel, translation.physical),
					 kernel_page_size(kernel));
	return translation;
}

/* The tables visited so far, to detect tables that point to each other. The limit for repeated
 * visits is chosen in the same way as in paging/scan.c, but here one visit of a table may lead to
 * 512 answers. The page tables of a process use no table twice. The kernel's page tables do: for
 * each 16 adjacent stacks, espfix uses one table 2048 times (arch/x86/kernel/espfix_64.c), and
 * KASAN's shadow uses one table many times. */
struct translate_visits {
	struct address_set seen; /* addresses of tables, combined with their levels */
	uint64_t nr, repeats, max_repeats;
	uint64_t before; /* the address that was translated last */
};

enum {
	REPEATS_OF_USER = 1 << 10,
	REPEATS_OF_KERNEL = 1 << 15,
	REPEATS_PER_TABLE = 4,
};

/* Counts the tables of the walk, except the top-level table and tables that the previous walk also
 * used. Returns false and sets err if the limit for repeated visits is exceeded, or if there is not
 * enough memory. */
static bool count_tables(struct translate_visits *visits, const struct space *space,
			 const struct walk *walk, struct error *err)
{
	const struct paging *paging = space->paging;
	unsigned int end = walk->nr_steps + (walk->outcome == WALK_UNREADABLE);

	for (unsigned int level = 1; level < end; level++) {
		unsigned int shift = paging->level[level - 1].shift;
		uint64_t table = walk->step[level].entry_paddr & -paging_page_size(paging);
		enum address_added added;

		if (visits->nr && walk->vaddr >> shift == visits->before >> shift)
			continue;
		visits->nr++;
		added = address_set_add(&visits->seen, table | 8 | level);
		if (added == ADDRESS_NO_MEMORY)
			return out_of_memory(err);
		visits->repeats += added == ADDRESS_SEEN;
	}
	visits->before = walk->vaddr;
	return visits->repeats <= visits->max_repeats + REPEATS_PER_TABLE * visits->seen.nr ||
	       fail(err, ERROR_FORMAT,
		    "stopped at %" PRIx64 ", after reading %" PRIu64 " tables (%" PRIu64
		    " of them repeatedly), because tables point to each other; the results so far are shown",
		    walk->vaddr, visits->nr, visits->repeats);
}

bool query_each_page(struct kernel *kernel, const struct page_range *range,
		     bool (*visit)(const struct translation *translation, uint64_t last, void *arg),
		     void *arg, struct error *err)
{
	const struct space *space = range->space;
	uint64_t first = range->first;
	struct translate_visits visits = {
		.max_repeats = first < paging_upper_half(space->paging) ? REPEATS_OF_USER :
									  REPEATS_OF_KERNEL,
	};
	bool going = true;

	while (going) {
		struct translation translation = query_translate(kernel, space, first);
		uint64_t start, end;

		going = count_tables(&visits, space, &translation.walk, err);
		if (!going)
			break;
		walk_range(space, &translation.walk, &start, &end);
		if (end > range->last)
			end = range->last;
		going = visit(&translation, end, arg) ||
			fail(err, ERROR_INTERRUPTED, "interrupted: the answer may be incomplete");
		if (end == range->last)
			break;
		first = end + 1;
	}
	address_set_release(&visits.seen);
	return going;
}

/* The kernel's zero pages, as page frame numbers. UINT64_MAX: the page does not exist, or is
 * unknown. */
struct zero_pages {
	uint64_t small, huge;
	uint64_t nr_huge; /* number of frames of the huge zero page */
};

/* Finds the zero pages. empty_zero_page is in the kernel's image. huge_zero_pfn exists since 5.12.
 * Before 5.12 huge_zero_page points to a struct page: mm/huge_memory.c. */
static bool find_zero_pages(struct kernel *kernel, void *state, struct error *err)
{
	struct zero_pages *zero = state;
	const struct space *space = kernel_space(kernel, NULL);
	const struct paging *paging = space ? space->paging : NULL;
	uint64_t address;

	(void)err;
	*zero = (struct zero_pages){ UINT64_MAX, UINT64_MAX, 0 };
	if (paging)
		zero->nr_huge = UINT64_C(1) << (paging->level[paging->nr_levels - 2].shift -
						kernel_page_shift(kernel));
	if (space && kernel_symbol(kernel, "empty_zero_page", &address, NULL)) {
		struct walk walk = walk_page_table(space, address);

		if (walk.outcome == WALK_MAPPED)
			zero->small = kernel_pfn(kernel, walk.paddr);
	}
	if (kernel_symbol(kernel, "huge_zero_pfn", &address, NULL)) {
		kernel_read_pointer(kernel, address, &zero->huge, NULL);
	} else if (kernel_symbol(kernel, "huge_zero_page", &address, NULL) &&
		   kernel_read_pointer(kernel, address, &address, NULL)) {
		page_pfn(kernel, address, &zero->huge, NULL);
	}
	return true;
}

static const struct state_type state_zero_pages = {
	.size = sizeof(struct zero_pages),
	.learn = find_zero_pages,
};

bool query_is_zero_page(struct kernel *kernel, uint64_t paddr)
{
	const struct zero_pages *zero = kernel_learnt(kernel, &state_zero_pages, NULL);
	uint64_t pfn = kernel_pfn(kernel, paddr);

	return zero &&
	       (pfn == zero->small || (pfn >= zero->huge && pfn - zero->huge < zero->nr_huge));
}

static const char *const reasons[] = {
	[PAGE_ABSENT] = "the dump has no memory there",
	[PAGE_FILTERED] = "it was left out of the dump",
	[PAGE_TRUNCATED] = "the dump file ends before it",
	[PAGE_DAMAGED] = "its bytes in the dump file are damaged",
};

bool translation_trouble(const struct translation *translation, const struct space *space,
			 struct error *err)
{
	const struct walk *walk = &translation->walk;
	const char *level = space->paging->level[walk_last_level(walk)].name;

	if (translation->status == TRANSLATION_CORRUPT)
		walk_trouble(space, walk, err);
	else if (translation->status == TRANSLATION_UNREADABLE && walk->reason == PAGE_FILTERED &&
		 space->dump->extract)
		fail(err, ERROR_UNREADABLE, "the %s entry at %" PRIx64 " cannot be read: %s", level,
		     walk->step[walk->nr_steps].entry_paddr,
		     dump_state_text(space->dump, walk->reason));
	else if (translation->status == TRANSLATION_UNREADABLE)
		fail(err, ERROR_UNREADABLE, "the %s entry at %" PRIx64 " cannot be read: %s", level,
		     walk->step[walk->nr_steps].entry_paddr, reasons[walk->reason]);
	else if (translation->status == TRANSLATION_SPECIAL && translation->meaning.doubt)
		fail(err, ERROR_UNKNOWN,
		     "the %s entry %" PRIx64 " is not present, and its meaning is not known: %s",
		     level, walk_last_entry(walk), translation->meaning.doubt);
	else if (translation->status == TRANSLATION_SPECIAL)
		fail(err, ERROR_UNKNOWN,
		     "the %s entry %" PRIx64
		     " is not present, and its meaning depends on the kernel's release and configuration; give the matching vmlinux",
		     level, walk_last_entry(walk));
	else
		return false;
	return true;
}
