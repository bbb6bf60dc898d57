/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Page frames and their struct pages, in each of Linux's memory models:
 * include/asm-generic/memory_model.h, include/linux/mmzone.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/facts.h"

struct kernel;

/* Fails if the frame has no struct page: no memory, or a hole in the memory map. */
bool page_of_pfn(struct kernel *kernel, uint64_t pfn, uint64_t *page, struct error *err);

/* Fails if no struct page starts at the address. */
bool page_pfn(struct kernel *kernel, uint64_t page, uint64_t *pfn, struct error *err);

/* The struct page that holds the address, and its frame. */
bool page_holding(struct kernel *kernel, uint64_t address, uint64_t *pfn, uint64_t *page,
		  struct error *err);

/* The struct pglist_data of each node: *index is 0 at first. False after the last. */
bool page_next_node(struct kernel *kernel, uint64_t *index, uint64_t *pgdat);

/* Sources of the facts about page frames, by trust. */
extern const struct fact_source frame_sources[];
/* A source for the table of an architecture. */
fact_find find_vmemmap_in_sections;

/* --- SPARSEMEM: memory in sections, each with its own memory map --- */

/* A section that has a memory map. */
struct section {
	uint64_t number;
	uint64_t address; /* of its struct mem_section */
	uint64_t map; /* where the struct page of frame 0 would be */
	bool early; /* present at boot: all of its frames have struct pages */
	bool online; /* or the kernel does not show it */
};

enum { SUBSECTION_SHIFT = 21 /* include/linux/mmzone.h */ };

struct section_layout {
	uint64_t base; /* of the first root */
	uint64_t section_bits; /* SECTION_SIZE_BITS */
	uint64_t section_size; /* bytes of a struct mem_section */
	uint64_t map_offset; /* of section_mem_map in it */
	uint64_t nr_sections;
	uint64_t per_root; /* sections per root */
	bool roots_are_pointers; /* SPARSEMEM_EXTREME */
	/* The root that was read last; kernels never free one. 0: none yet. */
	uint64_t last_root, last_root_at;
};

/* Found on first use; NULL if it is unknown. Valid until facts are forgotten. */
const struct section_layout *page_section_layout(struct kernel *kernel);

/* Position in a pass over all sections; zeroed before the first. */
struct section_cursor {
	uint64_t number; /* of the section to look at next */
	unsigned int looks; /* roots and sections looked at so far */
};

/* False if there are no more sections with a map, or after MOST_LOOKS (sections.c). */
bool page_next_section(struct kernel *kernel, struct section_cursor *cursor,
		       struct section *section);

/* The section that has a struct page for the frame; false if there is none. */
bool page_section_of(struct kernel *kernel, uint64_t pfn, struct section *section);
