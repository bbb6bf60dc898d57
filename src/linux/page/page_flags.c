/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The masks of the flags of struct page. Since 2.6.26 (e26831814998) the flags are enumerators of
 * enum pageflags. In older kernels they are macros, which types do not contain. */
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "types/types.h"

static bool has_enumerator(struct kernel *kernel, const char *name, int64_t *bit)
{
	struct types *types = kernel_types(kernel);

	return types && types_enumerator(types, "pageflags", name, bit);
}

static uint64_t flag_mask(struct kernel *kernel, const char *name)
{
	uint64_t number;
	int64_t bit;

	if (has_enumerator(kernel, name, &bit))
		number = (uint64_t)bit;
	else if (!vmcoreinfo_number(kernel->note, name, &number))
		return 0;
	return number < 64 ? UINT64_C(1) << number : 0;
}

/* --- macros --- */

/* Values of the macros in 2.6.17 to 2.6.25. PG_slab has this value also in 2.6.11. */
enum {
	OLD_SLAB = 1 << 7,
	OLD_RESERVED = 1 << 10,
	OLD_COMPOUND = 1 << 14,
	OLD_SWAPCACHE = 1 << 15,
	OLD_RECLAIM = 1 << 17,
	OLD_BUDDY = 1 << 19,
	OLD_FLAGS = (1 << 20) - 1,
};

/* Is this a kernel of 2.6.17 or later, with the old values of flags? Examines the page of a symbol
 * in the kernel's text. In such a kernel, PG_reserved is the only flag of this page and its count
 * is 1. In kernels before 2.6.17, all counts are lower by one. */
static bool is_old_text(struct kernel *kernel, const struct page_layout *layout, const char *symbol)
{
	uint64_t address, paddr, page, flags, count;

	return layout->refcount >= 0 && kernel_symbol(kernel, symbol, &address, NULL) &&
	       kernel->arch->virt_to_phys(kernel, address, &paddr) &&
	       page_of_pfn(kernel, kernel_pfn(kernel, paddr), &page, NULL) &&
	       kernel_read_word(kernel, page + (unsigned int)layout->flags, &flags, NULL) &&
	       kernel_read_number(kernel, page + (unsigned int)layout->refcount, 4, &count, NULL) &&
	       (flags & OLD_FLAGS) == OLD_RESERVED && count == 1;
}

static void find_macros(struct kernel *kernel, struct page_layout *layout)
{
	uint64_t offset;

	layout->has_macros = true;
	layout->slab_mask = OLD_SLAB;
	if (!is_old_text(kernel, layout, "_text") || !is_old_text(kernel, layout, "schedule"))
		return;
	layout->reserved_mask = OLD_RESERVED;
	layout->buddy_mask = OLD_BUDDY;
	layout->swapcache_mask = OLD_SWAPCACHE;
	layout->head_mask = layout->tail_mask = OLD_COMPOUND;
	if (kernel_member_offset(kernel, "page", "first_page", &offset))
		layout->tail_mask |= OLD_RECLAIM;
}

/* --- all --- */

static void find_enumerators(struct kernel *kernel, struct page_layout *layout)
{
	uint64_t swapcache = flag_mask(kernel, "PG_swapcache");
	uint64_t swapbacked = flag_mask(kernel, "PG_swapbacked");
	uint64_t compound = flag_mask(kernel, "PG_compound");
	uint64_t reclaim = flag_mask(kernel, "PG_reclaim");

	/* Heads have the flag PG_head. Until 4.3 tails have the flag PG_tail. Without
	 * CONFIG_PAGEFLAGS_EXTENDED (32 bits with SPARSEMEM), both heads and tails have the flag
	 * PG_compound, and tails also have the flag PG_reclaim. */
	if (!vmcoreinfo_number(kernel->note, "PG_head_mask", &layout->head_mask))
		layout->head_mask = flag_mask(kernel, "PG_head");
	if (!layout->head_mask)
		layout->head_mask = compound;
	layout->tail_mask = flag_mask(kernel, "PG_tail");
	if (!layout->tail_mask && compound && reclaim)
		layout->tail_mask = compound | reclaim;
	/* Used from 6.6 (9c5ccf2db04b) to 6.8. Older kernels use destructors, later kernels page
	 * types. */
	layout->hugetlb_mask = flag_mask(kernel, "PG_hugetlb");
	layout->slab_mask = flag_mask(kernel, "PG_slab"); /* until 6.9 */
	layout->buddy_mask = flag_mask(kernel, "PG_buddy"); /* until 2.6.37 */
	layout->reserved_mask = flag_mask(kernel, "PG_reserved");
	/* Since 4.10 (6326fec1122c) PG_swapcache shares a bit with other flags. Pages in the swap
	 * cache also have PG_swapbacked. */
	if (swapcache)
		layout->swapcache_mask = swapcache | swapbacked;
	layout->swapbacked_mask = swapbacked; /* since 2.6.28 (b2e185384f53) */
	layout->hwpoison_mask = flag_mask(kernel, "PG_hwpoison");
}

/* Are the flags macros? This is true if types contain struct page but no enum pageflags, and if the
 * kernel is older than 4.4. Since 4.4 struct page has a separate member that points from tails to
 * their head. */
static bool are_macros(struct kernel *kernel, const struct page_layout *layout)
{
	uint64_t offset;
	int64_t bit;

	return layout->flags >= 0 && kernel_types(kernel) &&
	       !has_enumerator(kernel, "PG_locked", &bit) && !flag_mask(kernel, "PG_slab") &&
	       !kernel_member_offset(kernel, "page", "compound_head", &offset) &&
	       !kernel_member_offset(kernel, "page", "compound_info", &offset);
}

void page_flags_find(struct kernel *kernel, struct page_layout *layout)
{
	if (are_macros(kernel, layout))
		find_macros(kernel, layout);
	else
		find_enumerators(kernel, layout);
}
