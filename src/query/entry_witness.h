/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Second witnesses of page-table entries: other words of the dump that say which frame an address of
 * the kernel has. If a witness contradicts the page table, one of them is damaged. */
#pragma once

#include "linux/region.h"
#include "linux/page/page_use.h"
#include "linux/vmalloc.h"
#include "paging/walk.h"

enum { WITNESS_TEXT = 256 };

/* The walk of a kernel address with a table of the kernel or of a process. Returns true, and writes a
 * text, if the kernel's arithmetic gives another physical address, or if nothing is mapped where the
 * kernel's image must be mapped. region: the region that contains the address. */
bool query_entry_contradicted(struct kernel *kernel, const struct region *region,
			      const struct walk *walk, char text[WITNESS_TEXT]);

/* Finds the physical address of an address in the region of the kernel's image, without a page
 * table. */
bool query_image_paddr(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

/* Finds the whole pages of a section of the image that the kernel always maps. *end is exclusive.
 * Returns false if there are none, or if the section is unknown. */
bool query_image_mapped(struct kernel *kernel, enum image_section section, uint64_t *first,
			uint64_t *end);

/* Can a frame with this use contain a page table of a process? last_level: a table of the last
 * level. */
bool query_may_be_table(struct kernel *kernel, const struct page_use *use, bool last_level);
