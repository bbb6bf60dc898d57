/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPARSEMEM: memory in sections, each with a memory map of its own. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct section_layout;

/* A section that has a memory map. */
struct section {
	uint64_t number;
	uint64_t address; /* of its struct mem_section */
	uint64_t map;     /* address of struct page 0, were the map to start there */
	bool early;       /* there since boot: all of its frames have struct pages */
};

/* The layout, or NULL where nothing tells it. */
const struct section_layout *kernel_section_layout(struct kernel *kernel);

/* Where a search of all sections stands; zeroed before the first. */
struct section_cursor {
	uint64_t number;    /* the next one to look at */
	unsigned int looks; /* roots and sections looked at so far */
};

/* The next section with a map. False when there is none left, or the search
 * has taken as long as no sane memory would. */
bool kernel_next_section(struct kernel *kernel, struct section_cursor *cursor,
			 struct section *section);

/* The section of that number; false where it has no map. */
bool kernel_section(struct kernel *kernel, uint64_t number,
		    struct section *section);

/* Is the section of this frame there, and the frame in it? */
bool kernel_section_of(struct kernel *kernel, uint64_t pfn,
		       struct section *section);
