/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Tags: the upper byte of a pointer, which the CPU ignores (arm64: TBI0 and TBI1 of TCR_EL1). */
#pragma once

#include "kernel/kernel_symbols.h"

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
