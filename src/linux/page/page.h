/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Page frames and their struct pages, in each memory model of Linux:
 * include/asm-generic/memory_model.h, include/linux/mmzone.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/facts.h"

struct kernel;

/* Finds the struct page of a frame. Fails if the frame has no struct page, because the frame is not
 * memory or because the memory map has a hole. */
bool page_of_pfn(struct kernel *kernel, uint64_t pfn, uint64_t *page, struct error *err);

/* Finds the frame that the struct page at address page describes. Fails if no struct page starts
 * there. */
bool page_pfn(struct kernel *kernel, uint64_t page, uint64_t *pfn, struct error *err);

/* Finds the struct page that contains the address, and the frame that the struct page describes. */
bool page_holding(struct kernel *kernel, uint64_t address, uint64_t *pfn, uint64_t *page);

/* Finds the struct pglist_data of the next node, and sets *pgdat to its address. *index must be 0
 * in the first call. Returns false after the last node. */
bool page_next_node(struct kernel *kernel, uint64_t *index, uint64_t *pgdat);

/* The sources of facts about page frames, in order of trust. */
extern const struct fact_source frame_sources[];
/* A source of FACT_VMEMMAP, for the tables of sources of architectures. */
fact_find find_vmemmap_in_sections;

/* --- SPARSEMEM: memory is divided into sections, and each section has a memory map --- */

/* A section that has a memory map. */
struct section {
	uint64_t number;
	uint64_t address; /* address of the struct mem_section */
	uint64_t map; /* address that the struct page of frame 0 would have in this map */
	bool early; /* present at boot; all frames of such a section have struct pages */
	bool online; /* true also if the kernel has no flag for this */
};

enum { SUBSECTION_SHIFT = 21 /* include/linux/mmzone.h */ };

struct section_layout {
	uint64_t base; /* address of the first root */
	uint64_t section_bits; /* SECTION_SIZE_BITS */
	uint64_t section_size; /* bytes of a struct mem_section */
	uint64_t map_offset; /* offset of section_mem_map in struct mem_section */
	uint64_t nr_sections;
	uint64_t per_root; /* number of sections in a root */
	bool roots_are_pointers; /* true with SPARSEMEM_EXTREME */
	/* Number and address of the root that was read last. The address stays valid, because
	 * kernels never free roots. last_root_at = 0: no root was read. */
	uint64_t last_root, last_root_at;
	/* The section that was found last, if all its frames have struct pages. */
	struct section last;
	bool has_last;
};

/* Returns the layout, or NULL if it is unknown. The layout is found on first use and valid until
 * states_forget(). */
const struct section_layout *page_section_layout(struct kernel *kernel);

/* The position of an iteration over all sections. Must be zeroed before the first call. */
struct section_cursor {
	uint64_t number; /* number of the next section */
	unsigned int looks; /* number of roots and sections read so far */
};

/* Finds the next section that has a memory map. Returns false after the last section, or after
 * MOST_LOOKS (page.c). */
bool page_next_section(struct kernel *kernel, struct section_cursor *cursor,
		       struct section *section);

/* Finds the section that contains the frame. Returns false if the frame has no struct page. */
bool page_section_of(struct kernel *kernel, uint64_t pfn, struct section *section);
