/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The x86-64 address space: Documentation/arch/x86/x86_64/mm.rst. */
#pragma once

#include "kernel/arch.h"

struct region_list;
struct table_search;

#define START_KERNEL_MAP UINT64_C(0xffffffff80000000) /* __START_KERNEL_map */
#define X86_64_FRAME UINT64_C(0x000ffffffffff000) /* frame bits of an entry */
#define MODULES_END UINT64_C(0xffffffffff000000)
#define LARGEST_IMAGE (UINT64_C(1) << 30) /* KERNEL_IMAGE_SIZE with KASLR */

const struct paging *x86_64_paging(enum kernel_mode mode, unsigned int levels);
bool x86_64_regions(struct kernel *kernel, bool exact, struct region_list *list,
		    struct error *err);
/* FIXADDR_TOP: slots of the fixmap go down from there. */
uint64_t x86_64_fixmap_top(struct kernel *kernel);
bool x86_64_espfix_stack(struct kernel *kernel, uint64_t vaddr,
			 struct stack *stack);
/* Adds the regions above the modules; one region without a name if not exact. */
void x86_64_add_fixmap(struct kernel *kernel, bool exact,
		       struct region_list *list);
bool x86_64_virt_to_phys(struct kernel *kernel, uint64_t vaddr,
			 uint64_t *paddr);

void x86_64_try_table(struct table_search *search, uint64_t paddr);

/* phys_base by the image's first page: its physical address less its offset from
 * START_KERNEL_MAP. */
bool x86_64_phys_base_of(const struct space *space, uint64_t *phys_base);

/* Start of the direct map, proved by the table: it maps the table itself. */
bool x86_64_direct_map_of(const struct space *space, uint64_t *page_offset);

/* arg: "page_offset_base", "vmalloc_base", "vmemmap_base". */
fact_find x86_64_find_base_variable, x86_64_find_base_of_kallsyms;
fact_find x86_64_find_direct_map_in_segments, x86_64_find_direct_map_in_tables;
fact_find x86_64_find_default_base; /* arg: "vmalloc", "vmemmap" */

/* --- the address space as each release lays it out before KASLR moves it --- */

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
