/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Page frames and their struct pages, in each of Linux's memory models:
 * include/asm-generic/memory_model.h, include/linux/mmzone.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/facts.h"
#include "kernel/sections.h"

struct kernel;

enum { NR_RECENT_SECTIONS = 16 };

/* SPARSEMEM's tables, found on first use. */
struct section_layout {
	bool tried, known;
	uint64_t base;           /* of the first root */
	uint64_t section_bits;   /* SECTION_SIZE_BITS */
	uint64_t section_size;   /* of struct mem_section */
	uint64_t map_offset;     /* of section_mem_map in it */
	uint64_t nr_sections;
	uint64_t per_root;       /* sections a root */
	bool roots_are_pointers; /* SPARSEMEM_EXTREME */
	struct section recent[NR_RECENT_SECTIONS]; /* by number; address 0: none */
};

/* A node's span of frames (DISCONTIGMEM and the nodes of FLATMEM). */
struct node {
	uint64_t address; /* of its pglist_data */
	uint64_t start_pfn, nr_pages;
};

/* The index-th node that is there; false past the last. index runs over the
 * slots of node_data: call with *index 0 first, it is moved on. */
bool kernel_next_node(struct kernel *kernel, uint64_t *index,
		      struct node *node);

/* struct page of a frame. Fails where there is none: no such frame, or a
 * memory hole that the model leaves out. */
bool kernel_pfn_to_page(struct kernel *kernel, uint64_t pfn, uint64_t *page,
			struct error *err);

/* Frame of a struct page. Fails where the address is none, or points into the
 * middle of one. */
bool kernel_page_to_pfn(struct kernel *kernel, uint64_t page, uint64_t *pfn,
			struct error *err);

/* Sources of facts, for the table in facts.c. */
fact_find find_model_in_note, find_model_in_vmlinux, find_model_in_kallsyms;
fact_find find_mem_section_symbol, find_mem_section_in_kallsyms;
fact_find find_vmemmap_in_sections;
fact_find find_max_pfn_in_nodes;
