/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Page frames and their struct pages, in each of Linux's memory models:
 * include/asm-generic/memory_model.h, include/linux/mmzone.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/facts.h"

struct kernel;

/* Virtual address of a frame's struct page. Fails if it has none: it is no memory,
 * or in a hole that the memory map leaves out. */
bool kernel_pfn_to_page(struct kernel *kernel, uint64_t pfn, uint64_t *page,
			struct error *err);

/* Frame of a struct page. Fails if no struct page starts at the address. */
bool kernel_page_to_pfn(struct kernel *kernel, uint64_t page, uint64_t *pfn,
			struct error *err);

/* Sources of the facts about page frames, by trust. */
extern const struct fact_source frame_sources[];
/* A source for the table of an architecture. */
fact_find find_vmemmap_in_sections;
