/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The i386 address space, with and without PAE. */
#pragma once

#include "kernel/arch.h"

struct region_list;
struct table_search;

const struct paging *i386_paging(enum kernel_mode mode, unsigned int levels);
static inline unsigned int i386_levels(enum kernel_mode mode)
{
	return mode == MODE_PAE ? 3 : 2;
}

bool i386_regions(struct kernel *kernel, bool exact, struct region_list *list,
		  struct error *err);
/* FIXADDR_TOP: slots of the fixmap go down from there. */
bool i386_fixmap_top(struct kernel *kernel, uint64_t *top);
bool i386_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

void i386_try_table(struct table_search *search, uint64_t paddr);

/* CONFIG_VMSPLIT_3G, _3G_OPT, _2G, _2G_OPT, _1G: arch/x86/Kconfig. */
enum { NR_SPLITS = 5 };
extern const uint64_t i386_splits[NR_SPLITS];

/* Does the table, with this split, map itself and the first MiB of memory, as every
 * kernel's does? */
bool i386_split_holds(const struct space *space, uint64_t page_offset);

fact_find i386_find_page_offset_in_vmlinux, i386_find_page_offset_by_trial;
fact_find i386_find_high_memory_in_tables, i386_find_vmalloc_start;
