/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The x86-64 address space as each release lays it out before KASLR moves it. */
#pragma once

#include "arch/x86_64.h"

#define TB (UINT64_C(1) << 40)
#define PB (UINT64_C(1) << 50)

struct x86_64_layout {
	unsigned int since; /* as kernel_version() */
	uint64_t direct_map, direct_map_size;
	uint64_t vmalloc, vmalloc_size;
	uint64_t vmemmap, vmemmap_size;
	/* The LDT's remap; 0 if it lies beside the cpu_entry_area, or there is none. */
	uint64_t ldt, ldt_size;
	uint64_t kasan;
};

/* The layout of this kernel without KASLR. */
const struct x86_64_layout *x86_64_layout(struct kernel *kernel);

/* Is it known whether the kernel has d52888aa2753, which moved the LDT's remap? Stable
 * releases may have it or not. */
bool x86_64_layout_is_sure(struct kernel *kernel);

/* Are the regions where the layout has them, not moved by KASLR? */
bool x86_64_layout_is_default(struct kernel *kernel,
			      const struct x86_64_layout *layout);
