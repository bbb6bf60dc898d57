/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* KASAN's shadow: a byte for each 8 or 16 bytes of memory. */
#pragma once

#include "query/tag.h"
#include "linux/region.h"

/* The bytes that a byte of the shadow describes. */
struct shadowed {
	uint64_t first;
	uint8_t nr;
};

/* Is vaddr an address in KASAN's shadow? If so, sets *shadowed. region: the region that contains
 * vaddr. */
bool query_shadowed(struct kernel *kernel, const struct region *region, uint64_t vaddr,
		    struct shadowed *shadowed);

/* Is vaddr, which is not canonical, the place at which the kernel looks for the shadow of a user
 * address, such as a member of a struct at NULL? If so, sets *shadowed. */
bool query_shadowed_user(struct kernel *kernel, uint64_t vaddr, struct shadowed *shadowed);
