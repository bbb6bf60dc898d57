/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map of the virtual address space: named ranges in address order that
 * leave nothing out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

struct region {
	uint64_t first, last; /* inclusive */
	const char *name;     /* static: "direct-map", "hole", ... */
};

enum { MAX_REGIONS = 40 };

struct region_list {
	struct region region[MAX_REGIONS];
	size_t nr;
};

/* Adds [first, last] after all that was added before; what lies between
 * becomes a hole, what overlaps the one before is cut off. Empty and
 * swallowed ranges are left out. */
void region_add(struct region_list *list, const char *name, uint64_t first,
		uint64_t last);

/* The whole map, made on the first call. NULL with err where a fact that the
 * layout hangs on is unknown. */
const struct region_list *kernel_regions(struct kernel *kernel,
					 struct error *err);

/* First address of the kernel's half: PAGE_OFFSET on i386. */
bool kernel_half(struct kernel *kernel, uint64_t *first, struct error *err);

/* The region of any address. */
const struct region *kernel_region(struct kernel *kernel, uint64_t vaddr,
				   struct error *err);

/* May modules lie there? On i386 they are in vmalloc. */
bool kernel_region_has_modules(const struct kernel *kernel,
			       const struct region *region);

/*
 * Is virt_to_phys() valid for vaddr? True with *paddr where vaddr lies in the
 * direct map or the kernel image and the page table maps it to just the
 * address that the kernel's arithmetic gives.
 */
bool kernel_linear(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

/* The direct-mapped virtual address of paddr, checked against the walk. */
bool kernel_phys_to_virt(struct kernel *kernel, uint64_t paddr,
			 uint64_t *vaddr, struct error *err);

/* Section of the kernel image ("text", "rodata", "data", "bss", "init"), or
 * NULL outside it or where no symbol tells. */
const char *kernel_image_section(struct kernel *kernel, uint64_t vaddr);
