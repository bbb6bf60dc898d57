/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Struct pages in memory, and the structures through which they are found: sections and their maps,
 * nodes, and the array of FLATMEM. */
#pragma once

#include "linux/page/page_layout.h"
#include "linux/page/page_use.h"
#include "kernel/kernel.h"
#include "memory.h"

#include "unit.h"

/* include/linux/mmzone.h: a section has 32768 frames, with struct pages of 64 bytes */
enum { ROOTS = 0x5000, FIRST = 0x6000, SECOND = 0x7000, USAGE = 0x8000, PAGES = 0x9000 };
enum { HAS_MAP = 2, EARLY = 8, FRAMES = 1 << 15 };

#define SPARSE                                                                                     \
	"SIZE(page)=64\nSIZE(mem_section)=16\nOFFSET(page.flags)=0\n"                              \
	"OFFSET(mem_section.section_mem_map)=0\n"                                                  \
	"OFFSET(mem_section.usage)=8\n"                                                            \
	"OFFSET(mem_section_usage.subsection_map)=4\n"

/* Returns the encoded map of a section whose first struct page is at this paddr. */
static inline uint64_t map_of(uint64_t number, uint64_t paddr)
{
	return IMAGE + paddr - number * FRAMES * 64;
}

static inline void put_section(uint64_t at, uint64_t number, uint64_t pages, unsigned int flags)
{
	put(at, map_of(number, pages) | flags, 8);
	put(at + 8, IMAGE + USAGE, 8);
}

enum { NODES = 0x5000, NODE_0 = 0x6000, NODE_2 = 0x6100 };

static inline void put_node(uint64_t at, uint64_t pfn, uint64_t nr, uint64_t map)
{
	put(at, pfn, 8);
	put(at + 8, nr, 8);
	put(at + 16, map, 8);
}

/* FLATMEM with 16 frames, whose struct pages have 64 bytes and begin at 9000. */
#define FLAT                                                                                       \
	"SIZE(page)=64\nSYMBOL(mem_map)=ffffffff80005000\n"                                        \
	"OFFSET(page.flags)=0\nOFFSET(page.compound_head)=8\n"                                     \
	"OFFSET(page.lru)=8\nOFFSET(page.mapping)=24\nOFFSET(page.index)=32\n"                     \
	"OFFSET(page.private)=40\nOFFSET(page._mapcount)=48\n"                                     \
	"OFFSET(page._refcount)=52\nOFFSET(page.compound_order)=17\n"                              \
	"NUMBER(PG_head_mask)=65536\nNUMBER(PG_slab)=7\nNUMBER(PG_reserved)=12\n"                  \
	"NUMBER(PG_swapcache)=10\nNUMBER(PG_swapbacked)=19\n"

static inline uint64_t page_at(uint64_t pfn)
{
	return PAGES + 64 * pfn;
}

static inline void start_flat(void)
{
	memory_start_64("6.1.0", FLAT);
	put(0x5000, IMAGE + PAGES, 8);
	for (uint64_t pfn = 0; pfn < 16; pfn++)
		put(page_at(pfn) + 48, UINT32_MAX, 4);
}

static inline struct page_use use_of(struct kernel *kernel, uint64_t pfn, enum page_use_kind kind)
{
	struct page_use use;

	assert_true(page_use_of(kernel, pfn, &use));
	if (use.kind != kind)
		fail_msg("%llx is %s", (unsigned long long)pfn, page_use_names[use.kind]);
	return use;
}
