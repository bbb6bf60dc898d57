/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The i386 address space, with and without PAE. */
#pragma once

#include "kernel/arch.h"

bool i386_regions(struct kernel *kernel, bool exact, struct region_list *list,
		  struct error *err);
bool i386_fixmap_top(struct kernel *kernel, uint64_t *top);
bool i386_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

fact_find i386_find_page_offset_in_vmlinux, i386_find_page_offset_by_trial;
fact_find i386_find_high_memory_in_tables, i386_find_vmalloc_start;
