/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Determines whether the kernel's virt_to_phys() and virt_to_page() are valid for an address. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "kernel/kernel.h"

struct region;

struct validity {
	enum certainty virt_to_phys, virt_to_page;
	struct error why_not; /* the reason; set unless both results are YES */
};

/* Finds out whether virt_to_phys() and virt_to_page() are valid for vaddr. region: the region that
 * contains vaddr. */
struct validity query_validity(struct kernel *kernel, const struct region *region, uint64_t vaddr);
