/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Areas of swap: swap_info[] of 2.6.33 and later, mm/swapfile.c. */
#pragma once

#include "linux/vma/vma.h"

struct swap_area {
	unsigned int type; /* type number in swap entries */
	bool has_pages;
	uint64_t pages, used; /* valid if has_pages; header not included */
	int32_t priority;
	bool active; /* false: being changed by swapon() or swapoff() */
	char path[VMA_NAME_MAX]; /* "": unknown, see why */
	struct error why;
};

/* Calls visit for each area in use, until it returns false. False with err: the table of areas is
 * not known. */
bool swap_area_each(struct kernel *kernel, bool (*visit)(const struct swap_area *area, void *arg),
		    void *arg, struct error *err);

/* The path of the file or device for a swap type. False with err: not known, or no such area is in
 * use. */
bool swap_area_file(struct kernel *kernel, uint64_t type, char path[VMA_NAME_MAX],
		    struct error *err);
