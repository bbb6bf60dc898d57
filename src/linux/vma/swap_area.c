/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/vma/swap_area.h"

#include <inttypes.h>

#include "kernel/entry.h"
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
			    "nr_swapfiles is %" PRIu64 ", but no kernel has this number of areas",
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
