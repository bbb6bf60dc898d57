/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Tags: the upper byte of a pointer, which the CPU ignores (arm64: TBI0 and TBI1 of TCR_EL1). */
#pragma once

#include "kernel/kernel_symbols.h"
#include "linux/region.h"

struct pointer_tag {
	bool has_tag; /* the number is the address of a byte, with a tag */
	uint8_t tag; /* bits 63 to 56 of the number; valid if has_tag, as is `ignored` */
	/* Does the CPU ignore the tag? YES for user addresses. For kernel addresses: does this kernel
	 * tag its pointers? If not, its CPUs need not ignore the tag. */
	enum certainty ignored;
};

/* Returns the address to which a pointer points: `value` itself, or, if value differs from an address
 * of this kernel only in its tag, this address. In a kernel with KASAN, a number that is the place of
 * the shadow of a user address has no tag, unless the address without the tag is mapped. */
uint64_t query_untag(struct kernel *kernel, uint64_t value, struct pointer_tag *tag);

/* --- shadow --- */

/* KASAN's shadow: a byte for each 8 or 16 bytes of memory. */

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
