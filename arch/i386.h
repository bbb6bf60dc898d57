/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The i386 address space, with and without PAE. */
#pragma once

#include "kernel/arch.h"

bool i386_regions(struct kernel *kernel, bool exact, struct region_list *list,
		  struct error *err);
bool i386_fixmap_top(struct kernel *kernel, uint64_t *top);
bool i386_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

void i386_try_table(struct table_search *search, uint64_t paddr);

/* CONFIG_VMSPLIT_3G, _3G_OPT, _2G, _2G_OPT, _1G: arch/x86/Kconfig. */
enum { NR_SPLITS = 5 };
extern const uint64_t i386_splits[NR_SPLITS];

/* With this split, does the table lie where it maps itself? And does it map
 * the first MiB of memory, which every kernel does? */
bool i386_split_holds(const struct space *space, uint64_t page_offset);

fact_find i386_find_page_offset_in_vmlinux, i386_find_page_offset_by_trial;
fact_find i386_find_high_memory_in_tables, i386_find_vmalloc_start;
