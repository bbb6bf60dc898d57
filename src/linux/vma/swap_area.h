/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Swap areas, from swap_info[] of 2.6.33 and later: mm/swapfile.c. */
#pragma once

#include "linux/vma/vma.h"

struct swap_area {
	unsigned int type; /* the type in swap entries */
	bool has_pages;
	uint64_t pages, used; /* valid if has_pages; without the header */
	int32_t priority;
	bool active; /* false while swapon() or swapoff() is changing the area */
	char path[VMA_NAME_MAX]; /* "": unknown, for the reason why */
	struct error why;
};

/* Calls visit for each area in use, until visit returns false. Returns false and sets err if the
 * table of areas is unknown or cannot be read. */
bool swap_area_each(struct kernel *kernel, bool (*visit)(const struct swap_area *area, void *arg),
		    void *arg, struct error *err);

/* Finds the path of the file or device for a swap type. Returns false and sets err if the path is
 * unknown, or if no area of this type is in use. */
bool swap_area_file(struct kernel *kernel, uint64_t type, char path[VMA_NAME_MAX],
		    struct error *err);
