/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Page frames and their struct pages, in each of Linux's memory models:
 * include/asm-generic/memory_model.h, include/linux/mmzone.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/facts.h"

struct kernel;

/* Fails if the frame has no struct page: not memory, or a hole in the memory map. */
bool page_of_pfn(struct kernel *kernel, uint64_t pfn, uint64_t *page, struct error *err);

/* Fails if no struct page starts at the address. */
bool page_pfn(struct kernel *kernel, uint64_t page, uint64_t *pfn, struct error *err);

/* The struct page that contains the address, and its frame. */
bool page_holding(struct kernel *kernel, uint64_t address, uint64_t *pfn, uint64_t *page,
		  struct error *err);

/* Address of the struct pglist_data of each node: *index is 0 in the first call. False: no more
 * nodes. */
bool page_next_node(struct kernel *kernel, uint64_t *index, uint64_t *pgdat);

/* Sources of the facts about page frames, in order of trust. */
extern const struct fact_source frame_sources[];
/* A source for the table of an architecture. */
fact_find find_vmemmap_in_sections;

/* --- SPARSEMEM: memory in sections, each with its own memory map --- */

/* A section that has a memory map. */
struct section {
	uint64_t number;
	uint64_t address; /* address of the struct mem_section */
	uint64_t map; /* address that the struct page of frame 0 would have */
	bool early; /* present at boot: all of its frames have struct pages */
	bool online; /* true also if the kernel does not record it */
};

enum { SUBSECTION_SHIFT = 21 /* include/linux/mmzone.h */ };

struct section_layout {
	uint64_t base; /* address of the first root */
	uint64_t section_bits; /* SECTION_SIZE_BITS */
	uint64_t section_size; /* bytes of a struct mem_section */
	uint64_t map_offset; /* offset of section_mem_map in struct mem_section */
	uint64_t nr_sections;
	uint64_t per_root; /* number of sections for each root */
	bool roots_are_pointers; /* SPARSEMEM_EXTREME */
	/* The root that was read last; kernels never free roots. 0: none yet. */
	uint64_t last_root, last_root_at;
};

/* Found on first use. NULL: unknown. Valid until facts are forgotten. */
const struct section_layout *page_section_layout(struct kernel *kernel);

/* Position in a pass over all sections; zeroed before the first. */
struct section_cursor {
	uint64_t number; /* number of the next section */
	unsigned int looks; /* number of roots and sections read so far */
};

/* False: no more sections with a map, or after MOST_LOOKS (sections.c). */
bool page_next_section(struct kernel *kernel, struct section_cursor *cursor,
		       struct section *section);

/* The section with a struct page for the frame. False: there is none. */
bool page_section_of(struct kernel *kernel, uint64_t pfn, struct section *section);
