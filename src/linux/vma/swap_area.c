/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/vma/swap_area.h"

#include <inttypes.h>

#include "kernel/entry.h"
#include "kernel/index_tree.h"
#include "kernel/kernel_members.h"
#include "linux/task_members.h"

enum { SWAP_IN_USE = 1, SWAP_WRITABLE = 2 }; /* SWP_USED, SWP_WRITEOK in include/linux/swap.h */

/* Since 6.14 the counter of used pages is a long, and this bit is a flag: SWAP_USAGE_OFFLIST_BIT in
 * mm/swapfile.c. */
#define OFF_LIST (UINT64_C(1) << 30)

/* Finds the address of the swap_info_struct for a type of swap entries. Sets *area to 0 if the
 * kernel has never allocated the struct. */
static bool find_area(struct kernel *kernel, uint64_t type, uint64_t *area, struct error *err)
{
	uint64_t table;

	return kernel_symbol(kernel, "swap_info", &table, err) &&
	       kernel_read_pointer(kernel, table + type * kernel_pointer_size(kernel), area, err);
}

enum certainty swap_area_exists(struct kernel *kernel, uint64_t type)
{
	uint64_t area;

	if (type >= NR_SWAP_TYPES)
		return NO;
	if (kernel_version(kernel) < KERNEL_VERSION(2, 6, 33) ||
	    !find_area(kernel, type, &area, NULL))
		return UNSURE;
	return area ? YES : NO;
}

/* zswap_stored_pages in mm/zswap.c is an atomic_t, and in later releases an atomic_long_t. */
bool swap_zswap_pages(struct kernel *kernel, uint64_t *pages)
{
	uint64_t address;

	*pages = 0;
	if (kernel_has_symbol(kernel, "zswap_stored_pages") == NO)
		return kernel_has_symbol(kernel, "zswap_enabled") == NO;
	return kernel_symbol(kernel, "zswap_stored_pages", &address, NULL) &&
	       kernel_read_number(kernel, address, 4, pages, NULL);
}

/* Since 6.8 zswap has a tree for each 2^14 slots of an area: SWAP_ADDRESS_SPACE_SHIFT in mm/swap.h, later
 * ZSWAP_ADDRESS_SPACE_SHIFT in mm/zswap.c. */
enum { TREE_SHIFT = 14 };

/* Sets *tree to the address of the tree for a slot. Sets it to 0 if zswap has no trees for the area. */
static bool find_zswap_tree(struct kernel *kernel, uint64_t type, uint64_t slot, bool is_xarray,
			    uint64_t *tree)
{
	uint64_t trees, numbers, nr, size;

	if (!kernel_symbol(kernel, "zswap_trees", &trees, NULL) ||
	    !kernel_read_pointer(kernel, trees + type * kernel_pointer_size(kernel), tree, NULL))
		return false;
	if (!*tree || (!is_xarray && kernel_has_symbol(kernel, "nr_zswap_trees") == NO))
		return true;
	if (!kernel_symbol(kernel, "nr_zswap_trees", &numbers, NULL) ||
	    !kernel_read_number(kernel, numbers + type * 4, 4, &nr, NULL) ||
	    slot >> TREE_SHIFT >= nr ||
	    !kernel_type_size(kernel, is_xarray ? "xarray" : "zswap_tree", &size))
		return false;
	*tree += (slot >> TREE_SHIFT) * size;
	return true;
}

/* Since 6.5 a zswap_entry has a swp_entry_t, whose highest bits are the type of the area:
 * SWP_TYPE_SHIFT in include/linux/swapops.h. */
static bool read_zswap_slot(struct kernel *kernel, uint64_t entry, uint64_t *slot)
{
	unsigned int bits = kernel_pointer_size(kernel) * 8 - 6;

	if (!kernel_read_member(kernel, entry, ZSWAP_SLOT, slot, NULL))
		return false;
	*slot &= (UINT64_C(1) << bits) - 1;
	return true;
}

/* The trees until 6.8. */
static enum certainty in_rbtree(struct kernel *kernel, uint64_t tree, uint64_t node_offset,
				uint64_t slot)
{
	enum { MOST_LEVELS = 64 }; /* an rbtree of 2^32 nodes has at most 64 levels */
	uint64_t node, at;

	if (!kernel_read_member(kernel, tree, ZSWAP_ROOT, &node, NULL))
		return UNSURE;
	for (unsigned int level = 0; level < MOST_LEVELS; level++) {
		if (!node)
			return NO;
		if (!read_zswap_slot(kernel, node - node_offset, &at))
			return UNSURE;
		if (at == slot)
			return YES;
		if (!kernel_read_member(kernel, node, slot < at ? RB_LEFT : RB_RIGHT, &node, NULL))
			return UNSURE;
	}
	return UNSURE;
}

/* The trees since 6.9. A node has 16 or 64 slots (XA_CHUNK_SHIFT), and then the marks. */
static enum certainty in_xarray(struct kernel *kernel, uint64_t tree, uint64_t slot)
{
	const struct member *slots = kernel_member(kernel, XARRAY_SLOTS, NULL);
	const struct member *marks = kernel_member(kernel, XARRAY_MARKS, NULL);
	unsigned int size = kernel_pointer_size(kernel);
	uint64_t entry, shift, above = 64, index = slot, at;

	if (!slots || !marks || !kernel_read_member(kernel, tree, XARRAY_HEAD, &entry, NULL))
		return UNSURE;
	while (index_is_node(entry)) {
		uint64_t node = entry - 2;

		if (!kernel_read_member(kernel, node, XARRAY_SHIFT, &shift, NULL) || shift >= above)
			return UNSURE;
		/* Only the top node can end before the index. */
		if (slots->offset + (index >> shift) * size >= marks->offset)
			return above == 64 ? NO : UNSURE;
		if (!kernel_read_pointer(kernel, node + slots->offset + (index >> shift) * size,
					 &entry, NULL))
			return UNSURE;
		index &= (UINT64_C(1) << shift) - 1;
		above = shift;
	}
	if (!entry || (above == 64 && slot)) /* a tree of only the index 0 has no node */
		return NO;
	return !index && read_zswap_slot(kernel, entry, &at) && at == slot ? YES : UNSURE;
}

enum certainty swap_in_zswap(struct kernel *kernel, uint64_t type, uint64_t slot)
{
	const struct member *node = kernel_member(kernel, ZSWAP_NODE, NULL);
	uint64_t tree;

	if (!kernel_member(kernel, ZSWAP_SLOT, NULL) || type >= NR_SWAP_TYPES ||
	    !find_zswap_tree(kernel, type, slot, !node, &tree))
		return UNSURE;
	if (!tree)
		return NO;
	return node ? in_rbtree(kernel, tree, node->offset, slot) : in_xarray(kernel, tree, slot);
}

bool swap_area_file(struct kernel *kernel, uint64_t type, char path[VMA_NAME_MAX],
		    struct error *err)
{
	uint64_t area, file;

	if (type >= NR_SWAP_TYPES)
		return fail(err, ERROR_NO_ANSWER, "no kernel has a swap area %" PRIu64, type);
	if (!find_area(kernel, type, &area, err))
		return false;
	if (!area)
		return fail(err, ERROR_NO_ANSWER, "the kernel has no swap area %" PRIu64, type);
	return kernel_read_member(kernel, area, SWAP_FILE, &file, err) &&
	       vma_file_path(kernel, file, path, err);
}

static void read_area(struct kernel *kernel, uint64_t at, struct swap_area *area)
{
	const struct member *used = kernel_member(kernel, SWAP_USED, NULL);
	uint64_t priority = 0;

	area->has_pages = used && kernel_read_member(kernel, at, SWAP_PAGES, &area->pages, NULL) &&
			  kernel_read_member(kernel, at, SWAP_USED, &area->used, NULL);
	if (used && kernel_member_offset(kernel, "swap_info_struct", "inuse_pages.counter",
					 &(uint64_t){ 0 }))
		area->used &= ~OFF_LIST;
	kernel_read_member(kernel, at, SWAP_PRIORITY, &priority, NULL);
	area->priority = (int16_t)priority;
	if (!swap_area_file(kernel, area->type, area->path, &area->why))
		*area->path = '\0';
}

bool swap_area_each(struct kernel *kernel, bool (*visit)(const struct swap_area *area, void *arg),
		    void *arg, struct error *err)
{
	uint64_t symbol, nr, at, flags;

	if (!kernel_symbol(kernel, "nr_swapfiles", &symbol, err) ||
	    !kernel_read_number(kernel, symbol, 4, &nr, err) ||
	    !kernel_member(kernel, SWAP_STATE, err))
		return false;
	if (nr > NR_SWAP_TYPES)
		return fail(err, ERROR_FORMAT,
			    "nr_swapfiles is %" PRIu64 ": more swap areas than any kernel allows",
			    nr);
	for (unsigned int type = 0; type < nr && !kernel_stopped(kernel); type++) {
		struct swap_area area = { .type = type };

		if (!find_area(kernel, type, &at, err))
			return false;
		if (!at)
			continue;
		if (!kernel_read_member(kernel, at, SWAP_STATE, &flags, err))
			return false;
		if (!(flags & SWAP_IN_USE))
			continue;
		area.active = flags & SWAP_WRITABLE;
		read_area(kernel, at, &area);
		if (!visit(&area, arg))
			return true;
	}
	return true;
}
