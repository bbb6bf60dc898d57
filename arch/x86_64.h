/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The x86-64 address space: Documentation/arch/x86/x86_64/mm.rst. */
#pragma once

#include "kernel/arch.h"

#define START_KERNEL_MAP UINT64_C(0xffffffff80000000) /* __START_KERNEL_map */
#define MODULES_END UINT64_C(0xffffffffff000000)
#define LARGEST_IMAGE (UINT64_C(1) << 30) /* KERNEL_IMAGE_SIZE with KASLR */

bool x86_64_regions(struct kernel *kernel, bool exact,
		    struct region_list *list, struct error *err);
bool x86_64_fixmap_top(struct kernel *kernel, uint64_t *top);
bool x86_64_virt_to_phys(struct kernel *kernel, uint64_t vaddr,
			 uint64_t *paddr);

void x86_64_try_table(struct table_search *search, uint64_t paddr);

/* Where the image's first page is mapped from, less where it is linked to be
 * mapped to: phys_base. */
bool x86_64_phys_base_of(const struct space *space, uint64_t *phys_base);

/* Start of the direct map, by the table itself: it maps the table too. */
bool x86_64_direct_map_of(const struct space *space, uint64_t *page_offset);

fact_find x86_64_find_page_offset_base, x86_64_find_base_variable;
fact_find x86_64_find_page_offset_of_kallsyms, x86_64_find_base_of_kallsyms;
fact_find x86_64_find_direct_map_in_segments, x86_64_find_direct_map_in_tables;
fact_find x86_64_find_default_vmalloc, x86_64_find_default_vmemmap;
