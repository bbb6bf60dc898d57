/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Swap areas, read from swap_info[] of kernels since 2.6.33: mm/swapfile.c. */
#pragma once

#include "kernel/kernel_symbols.h"
#include "linux/vma/vma.h"

struct swap_area {
	unsigned int type; /* the type in swap entries */
	bool has_pages;
	uint64_t pages, used; /* numbers of pages without the header; valid if has_pages */
	int32_t priority;
	bool active; /* false: swapon() or swapoff() is changing the area */
	char path[VMA_NAME_MAX]; /* "": unknown, and why contains the reason */
	struct error why;
};

/* Calls visit for each area in use, until visit returns false. Returns false and sets err if the
 * table of areas is unknown or cannot be read. */
bool swap_area_each(struct kernel *kernel, bool (*visit)(const struct swap_area *area, void *arg),
		    void *arg, struct error *err);

/* Has the kernel a swap area of this type, which is or was in use? UNSURE: the table of areas cannot be
 * read, or is of a kernel before 2.6.33. */
enum certainty swap_area_exists(struct kernel *kernel, uint64_t type);

/* Sets *pages to the number of pages that zswap (since 3.11) holds compressed in memory. To such a page
 * belongs a slot of a swap area, to which nothing was written. Returns false if the number is unknown;
 * a kernel without zswap holds 0 pages. */
bool swap_zswap_pages(struct kernel *kernel, uint64_t *pages);

/* Does zswap hold the page of this slot? UNSURE: zswap's tree cannot be read, or is unlike the trees of
 * known kernels. */
enum certainty swap_in_zswap(struct kernel *kernel, uint64_t type, uint64_t slot);

/* Finds the path of the swap file or device for a type of swap entries. Returns false and sets err
 * if the path is unknown, or if no area in use has this type. */
bool swap_area_file(struct kernel *kernel, uint64_t type, char path[VMA_NAME_MAX],
		    struct error *err);
