/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of frames with one use: where a run begins and ends, what a hole is, which frames are asked
 * for, and damage. */
#include "check/check.h"
#include "linux/page/frame_runs.h"
#include "linux/page/zone.h"
#include "linux/page_members.h"
#include "linux/page/page_use.h"
#include "linux/page/page.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "memory.h"

#include "unit.h"

enum { MAP = 0x5000, NODE = 0x6000, PAGES = 0x9000 };

static void start(const char *more)
{
	char lines[1024];

	snprintf(lines, sizeof(lines),
		 "SIZE(page)=64\nOFFSET(page.flags)=0\n"
		 "OFFSET(page.compound_head)=8\nOFFSET(page.mapping)=24\n"
		 "OFFSET(page.private)=40\nOFFSET(page._mapcount)=48\n"
		 "OFFSET(page._refcount)=52\nNUMBER(PG_head_mask)=65536\n"
		 "NUMBER(PG_slab)=7\nNUMBER(PG_reserved)=12\n"
		 "OFFSET(pglist_data.node_start_pfn)=0\n"
		 "OFFSET(pglist_data.node_spanned_pages)=8\n%s",
		 more);
	memory_start_64("6.1.0", lines);
}

#define FLAT "SYMBOL(mem_map)=ffffffff80005000\nSYMBOL(contig_page_data)=ffffffff80006000\n"
#define ORDER "OFFSET(page.compound_order)=17\n"

static uint64_t page_at(uint64_t pfn)
{
	return PAGES + 64 * pfn;
}

enum { RESERVED = 1 << 12, SLAB = 1 << 7, HEAD = 1 << 16 };

/* Writes the struct page of a frame that is in use, with these flags. */
static void put_page(uint64_t pfn, uint64_t flags)
{
	put(page_at(pfn), flags, 8);
	put(page_at(pfn) + 48, UINT32_MAX, 4);
	put(page_at(pfn) + 52, 1, 4);
}

/* Writes 20 frames: reserved frames, a free block, a compound page, a frame in a list of a CPU,
 * other frames, and a damaged frame. */
static void put_frames(void)
{
	put(MAP, IMAGE + PAGES, 8);
	put(NODE + 8, 20, 8);
	for (uint64_t pfn = 0; pfn < 20; pfn++)
		put_page(pfn, pfn < 2 || pfn > 17 ? RESERVED : pfn == 13 ? SLAB : 0);
	for (uint64_t pfn = 2; pfn < 4; pfn++)
		put(page_at(pfn) + 52, 0, 4);
	put(page_at(2) + 48, (uint32_t)~0x80, 4);
	put(page_at(2) + 40, 1, 8);
	put(page_at(4), HEAD, 8);
	put(page_at(4) + 24, 0xffff888000001001, 8);
	for (uint64_t pfn = 5; pfn < 8; pfn++)
		put(page_at(pfn) + 8, IMAGE + page_at(4) + 1, 8);
	put(page_at(5) + 17, 2, 1);
	put(page_at(8) + 52, 0, 4);
	put(page_at(12) + 8, IMAGE + page_at(14) + 1, 8);
}

struct run {
	uint64_t first, last;
	const char *use;
};

struct runs {
	struct frame_run run[32];
	size_t nr, most;
};

static bool keep(const struct frame_run *run, void *arg)
{
	struct runs *runs = arg;

	assert_true(runs->nr < 32);
	runs->run[runs->nr++] = *run;
	return runs->nr < runs->most;
}

static struct runs runs_of(struct kernel *kernel, uint64_t first, uint64_t last, size_t most)
{
	struct runs runs = { .most = most };
	struct error err = { .message = "" };

	if (!page_runs(kernel, (struct frame_range){ .first = first, .last = last }, keep, &runs,
		       &err))
		fail_msg("%s", err.message);
	return runs;
}

static void expect(const struct runs *runs, const struct run *expected, size_t nr)
{
	for (size_t i = 0; i < nr && i < runs->nr; i++)
		if (runs->run[i].first != expected[i].first ||
		    runs->run[i].last != expected[i].last ||
		    strcmp(page_use_names[runs->run[i].use], expected[i].use))
			fail_msg("run %zu: %s from %llx to %llx", i,
				 page_use_names[runs->run[i].use],
				 (unsigned long long)runs->run[i].first,
				 (unsigned long long)runs->run[i].last);
	assert_int_equal(runs->nr, nr);
}

static const struct run all[] = {
	{ 0, 1, "reserved" }, { 2, 3, "free" },	   { 4, 7, "anon" },
	{ 8, 8, "unknown" },  { 9, 11, "other" },  { 12, 12, "damaged" },
	{ 13, 13, "slab" },   { 14, 17, "other" }, { 18, 19, "reserved" },
};
enum { NR_ALL = sizeof(all) / sizeof(all[0]) };

static void runs_of_all_frames(void **state)
{
	struct kernel *kernel;
	struct runs runs;

	(void)state;
	start(FLAT ORDER);
	put_frames();
	kernel = memory_open(NULL, NULL);
	runs = runs_of(kernel, 0, 19, 32);
	expect(&runs, all, NR_ALL);
	runs = runs_of(kernel, 0, 20, 32);
	expect(&runs, all, NR_ALL);
	runs = runs_of(kernel, 0, UINT64_MAX, 32);
	expect(&runs, all, NR_ALL);
	for (size_t most = 1; most <= NR_ALL; most++) {
		runs = runs_of(kernel, 0, 19, most);
		expect(&runs, all, most);
	}
	runs = runs_of(kernel, 20, 30, 32);
	assert_int_equal(runs.nr, 0);
	open_close(kernel);
}

/* For any part of the frames, the runs are the same as for all frames, cut to this part. */
static void runs_of_some_frames(void **state)
{
	struct kernel *kernel;

	(void)state;
	start(FLAT ORDER);
	put_frames();
	kernel = memory_open(NULL, NULL);
	for (uint64_t first = 0; first < 20; first++)
		for (uint64_t last = first; last < 20; last++) {
			struct runs runs = runs_of(kernel, first, last, 32);
			struct run expected[NR_ALL];
			size_t nr = 0;

			for (size_t i = 0; i < NR_ALL; i++) {
				if (all[i].last < first || all[i].first > last)
					continue;
				expected[nr] = all[i];
				if (expected[nr].first < first)
					expected[nr].first = first;
				if (expected[nr].last > last)
					expected[nr].last = last;
				nr++;
			}
			expect(&runs, expected, nr);
		}
	open_close(kernel);
}

/* If the order is unknown, each frame of a compound page is counted separately. */
static void compound_pages_without_an_order(void **state)
{
	static const struct run expected[] = { { 4, 7, "anon" }, { 8, 8, "unknown" } };
	struct kernel *kernel;
	struct runs runs;

	(void)state;
	start(FLAT);
	put_frames();
	kernel = memory_open(NULL, NULL);
	runs = runs_of(kernel, 4, 8, 32);
	expect(&runs, expected, 2);
	runs = runs_of(kernel, 6, 8, 32);
	assert_int_equal(runs.run[0].first, 6);
	assert_int_equal(runs.run[0].last, 7);
	open_close(kernel);
}

/* A single frame of a compound page may be corrupted. The frames are checked one by one if the
 * kernel counts corrupted frames. */
static void corrupted_frames(void **state)
{
	static const struct run parts[] = {
		{ 4, 5, "anon" },
		{ 6, 6, "hwpoison" },
		{ 7, 7, "anon" },
		{ 8, 8, "unknown" },
	};
	static const struct run whole[] = { { 4, 7, "anon" }, { 8, 8, "unknown" } };

	(void)state;
	for (unsigned int nr = 0; nr < 2; nr++) {
		struct linked linked = { 0 };
		struct kernel *kernel;
		struct page_use use;
		struct runs runs;

		start(FLAT ORDER "NUMBER(PG_hwpoison)=20\n");
		put_frames();
		put(page_at(6), 1 << 20, 8);
		put(0x7100, nr, 8);
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		linked_add(&linked, "num_poisoned_pages", IMAGE + 0x7100, 8);
		kernel = memory_open(linked_open(&linked), NULL);
		runs = runs_of(kernel, 4, 8, 32);
		expect(&runs, nr ? parts : whole, nr ? 4 : 2);
		assert_true(page_use_of(kernel, 6, &use) && use.poisoned);
		assert_true(page_use_of(kernel, 4, &use) && !use.poisoned);
		open_close(kernel);
	}
}

/* The struct for each CPU is in the zone: without NUMA until 2.6.33. Here it has hot and cold
 * frames. */
static void lists_within_the_zone(void **state)
{
	enum { SETS = 32, ONE = 32, LISTS = 16, LRU = 8 };
	static const struct {
		unsigned int id;
		struct member member;
	} members[] = {
		{ PGDAT_ZONES, { true, true, false, 64, 256 } },
		{ ZONE_START, { true, true, false, 0, 8 } },
		{ ZONE_SPANNED, { true, true, false, 8, 8 } },
		{ ZONE_CPU_PAGESET, { true, true, false, SETS, 128 } },
		{ PAGESET_PAGES, { true, true, false, 0, 64 } },
		{ CPU_PAGES_LISTS, { true, true, false, LISTS, 16 } },
		{ PAGE_LRU, { true, true, false, LRU, 16 } },
	};
	static const struct run expected[] = {
		{ 8, 8, "free-percpu" },
		{ 9, 9, "unknown" },
		{ 10, 10, "free-percpu" },
		{ 11, 11, "other" },
	};
	uint64_t hot = NODE + 64 + SETS + LISTS, cold = hot + ONE;
	struct linked linked = { 0 };
	struct kernel *kernel;
	struct member *known;
	struct runs runs;

	(void)state;
	start(FLAT ORDER "SIZE(zone)=256\nSIZE(per_cpu_pages)=32\nSIZE(per_cpu_pageset)=64\n");
	put_frames();
	put(NODE + 64 + 8, 20, 8);
	for (uint64_t pfn = 9; pfn < 11; pfn++)
		put(page_at(pfn) + 52, 0, 4);
	put(hot, IMAGE + page_at(8) + LRU, 8);
	put(hot + 8, IMAGE + page_at(8) + LRU, 8);
	put(page_at(8) + LRU, IMAGE + hot, 8);
	put(page_at(8) + LRU + 8, IMAGE + hot, 8);
	put(cold, IMAGE + page_at(10) + LRU, 8);
	put(cold + 8, IMAGE + page_at(10) + LRU, 8);
	put(page_at(10) + LRU, IMAGE + cold, 8);
	put(page_at(10) + LRU + 8, IMAGE + cold, 8);
	linked_add(&linked, "_stext", LINKED_BASE, 0);
	linked_add(&linked, "contig_page_data", IMAGE + NODE, 0);
	kernel = memory_open(linked_open(&linked), NULL);
	known = kernel_state(kernel, &state_members);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		known[members[i].id] = members[i].member;
	runs = runs_of(kernel, 8, 11, 32);
	expect(&runs, expected, 4);
	open_close(kernel);
}

/* The number of migrate types is the size of a member, so types that are wrong could give any. */
static void lists_of_too_many_types(void **state)
{
	static const struct {
		unsigned int id;
		struct member member;
	} members[] = {
		{ ZONE_FREE_AREA, { true, true, false, 64, 256 } },
		{ FREE_AREA_NR, { true, true, false, 0, 8 } },
		{ PAGE_LRU, { true, true, false, 8, 16 } },
	};
	struct free_list_layout layout;
	struct kernel *kernel;
	struct member *known;
	struct error err;

	(void)state;
	start(FLAT ORDER "SIZE(free_area)=280\n");
	put_frames();
	kernel = memory_open(NULL, NULL);
	known = kernel_state(kernel, &state_members);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		known[members[i].id] = members[i].member;
	known[FREE_AREA_LISTS] = (struct member){ true, true, false, 8, 16 * 16 };
	assert_true(page_free_list_layout(kernel, &layout, &err));
	assert_int_equal(layout.nr_types, 16);
	known[FREE_AREA_LISTS].size = 16 * 17;
	assert_false(page_free_list_layout(kernel, &layout, &err));
	assert_string_equal(err.message, "implausible size of free_area.free_list: 272 bytes");
	open_close(kernel);
}

/* Struct pages that are not in the dump; a kernel without memory; a kernel whose end of memory is
 * unknown; a kernel whose struct page is unknown. */
static void what_cannot_be_read(void **state)
{
	static const struct run expected[] = { { 0, 3, "other" }, { 4, 19, "unreadable" } };
	struct linked linked = { 0 };
	struct kernel *kernel;
	struct error err;
	struct runs runs = { .most = 32 };

	(void)state;
	start(FLAT ORDER);
	put_frames();
	put(MAP, IMAGE + 0xff00, 8);
	for (uint64_t at = 0xff00; at < 0x10000; at += 64) {
		put(at + 48, UINT32_MAX, 4);
		put(at + 52, 1, 4);
	}
	kernel = memory_open(NULL, NULL);
	runs = runs_of(kernel, 0, 19, 32);
	expect(&runs, expected, 2);
	open_close(kernel);

	start("SYMBOL(mem_map)=ffffffff80005000\n" ORDER);
	put_frames();
	linked_add(&linked, "_stext", LINKED_BASE, 0);
	linked_add(&linked, "max_pfn", IMAGE + 0x7000, 8);
	/* max_pfn is 0, which is impossible */
	kernel = memory_open(linked_open(&linked), NULL);
	assert_false(
		page_runs(kernel, (struct frame_range){ .last = UINT64_MAX }, keep, &runs, &err));
	open_close(kernel);

	start("SYMBOL(mem_map)=ffffffff80005000\n" ORDER);
	put_frames();
	kernel = memory_open(NULL, NULL);
	assert_false(page_runs(kernel, (struct frame_range){ .last = 19 }, keep, &runs, &err));
	open_close(kernel);
}

/* Many frames, which threads examine. The map is damaged: its last struct page extends beyond the
 * end of the address space. The end of this page is not read from the start of the map. */
static void map_up_to_the_last_address(void **state)
{
	enum { NR = (1 << 16) + 2, MIDDLE = 0xa000, LAST = 0xb000, THERE = 0xc000 };
	struct kernel *kernel;
	struct runs runs;

	(void)state;
	start(FLAT ORDER);
	put(MAP, -(uint64_t)64 * (NR - 1) - 32, 8);
	put(NODE + 8, NR, 8);
	put(0x2000 + 8 * 511, MIDDLE | P | RW, 8);
	put(MIDDLE + 8 * 511, LAST | P | RW, 8);
	put(LAST + 8 * 511, THERE | P | RW, 8);
	kernel = memory_open(NULL, NULL);
	runs = runs_of(kernel, 0, NR - 1, 32);
	assert_int_equal(runs.nr, 3);
	assert_int_equal(runs.run[0].use, PAGE_USE_UNREADABLE);
	assert_int_equal(runs.run[0].last, NR - 65);
	assert_int_equal(runs.run[2].first, NR - 1);
	assert_int_equal(runs.run[2].use, PAGE_USE_UNREADABLE);
	open_close(kernel);
}

/* --- holes --- */

enum { ROOTS = 0x5000, FIRST = 0x7000, USAGE = 0x8000, FRAMES = 1 << 15 };
enum { HAS_MAP = 2 | 4 /* online, too */, EARLY = 8 };

#define SPARSE                                                                                     \
	"SIZE(mem_section)=16\nOFFSET(mem_section.section_mem_map)=0\n"                            \
	"OFFSET(mem_section.usage)=8\nOFFSET(mem_section_usage.subsection_map)=0\n"                \
	"SYMBOL(mem_section)=ffffffff80005000\n"                                                   \
	"SYMBOL(contig_page_data)=ffffffff80006000\n"

static void put_section(uint64_t number, unsigned int flags, uint64_t parts)
{
	put(FIRST + 16 * number, (IMAGE + PAGES - number * FRAMES * 64) | flags, 8);
	put(FIRST + 16 * number + 8, IMAGE + USAGE + 8 * number, 8);
	put(USAGE + 8 * number, parts, 8);
}

/* The next frame that may have a struct page is in the next section that has struct pages. In a
 * section that was added later, it may be in any part of 2M that exists. */
static void behind_a_hole(void **state)
{
	static const struct {
		uint64_t pfn, next;
	} rows[] = {
		{ 0, 1 },
		{ FRAMES, 2 * FRAMES },
		{ FRAMES + 1, 2 * FRAMES },
		{ 2 * FRAMES - 1, 2 * FRAMES },
		{ 2 * FRAMES + 7, 2 * FRAMES + 8 },
		{ 3 * FRAMES, 3 * FRAMES + 1 },
		{ 4 * FRAMES - 1, 4 * FRAMES },
		{ 4 * FRAMES, 6 * FRAMES },
		{ 6 * FRAMES - 1, 6 * FRAMES },
		{ 7 * FRAMES, UINT64_MAX },
		{ 8 * FRAMES + 1, UINT64_MAX },
	};
	struct kernel *kernel;

	(void)state;
	start(SPARSE);
	put(ROOTS, IMAGE + FIRST, 8);
	put_section(0, HAS_MAP | EARLY, 0);
	put_section(2, HAS_MAP, 1);
	put_section(3, HAS_MAP, UINT64_C(1) << 9);
	put_section(6, HAS_MAP | EARLY, 0);
	kernel = memory_open(NULL, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t next = page_behind_hole(kernel, rows[i].pfn);

		if (next != rows[i].next)
			fail_msg("%llx: %llx", (unsigned long long)rows[i].pfn,
				 (unsigned long long)next);
	}
	open_close(kernel);
	start(FLAT);
	put_frames();
	kernel = memory_open(NULL, NULL);
	assert_true(page_behind_hole(kernel, 77) == 78);
	open_close(kernel);
}

/* Only the ninth part of a section exists. Only its first 64 struct pages are mapped. */
static void runs_behind_a_hole(void **state)
{
	enum { PART = 3 * FRAMES + 9 * 512, THERE = 0xf000 };
	static const struct run expected[] = {
		{ PART, PART + 63, "other" },
		{ PART + 64, PART + 511, "unreadable" },
	};
	struct kernel *kernel;
	struct runs runs;

	(void)state;
	start(SPARSE);
	put(ROOTS, IMAGE + FIRST, 8);
	put(NODE + 8, 8 * FRAMES, 8);
	put_section(3, HAS_MAP, UINT64_C(1) << 9);
	put(FIRST + 3 * 16, 0xffffea0000000000 | HAS_MAP, 8);
	put(0x1000 + 8 * 468, 0xa000 | P | RW, 8);
	put(0xa000, 0xb000 | P | RW, 8);
	put(0xb000 + 8 * 3, 0xc000 | P | RW, 8);
	put(0xc000 + 8 * 9 * 8, THERE | P | RW, 8);
	for (uint64_t at = THERE; at < THERE + 0x1000; at += 64) {
		put(at + 48, UINT32_MAX, 4);
		put(at + 52, 1, 4);
	}
	kernel = memory_open_with(NULL,
				  (const char *const[]){ "page_offset=ffff888000000000",
							 "vmemmap=ffffea0000000000" },
				  2);
	runs = runs_of(kernel, 0, UINT64_MAX, 32);
	expect(&runs, expected, 2);
	runs = runs_of(kernel, PART, PART + 1, 32);
	assert_int_equal(runs.nr, 1);
	assert_true(runs.run[0].last == PART + 1);
	open_close(kernel);
}

/* An unreadable part of the memory map ends where an entry of the page table maps memory of the
 * dump, or where a section is offline. Threads examine the frames. */
static void runs_of_unreadable_parts(void **state)
{
	enum { START = 3 * FRAMES, THERE = 0xf000, TABLE = 0xc000, BLOCK = 64 };
	static const struct run parts[] = {
		{ START, START + BLOCK - 1, "other" },
		{ START + BLOCK, START + 2 * BLOCK - 1, "unreadable" },
		{ START + 2 * BLOCK, START + 3 * BLOCK - 1, "other" },
		{ START + 3 * BLOCK, START + 4 * BLOCK - 1, "unreadable" },
		{ START + 4 * BLOCK, START + 5 * BLOCK - 1, "other" },
		{ START + 5 * BLOCK, START + FRAMES - 2, "unreadable" },
	};
	static const struct run whole[] = {
		{ START, START + FRAMES - 1, "unreadable" },
		{ START + FRAMES, START + 2 * FRAMES - 1, "offline" },
		{ START + 2 * FRAMES, START + 3 * FRAMES - 1, "unreadable" },
	};
	static const char *const facts[] = { "page_offset=ffff888000000000",
					     "vmemmap=ffffea0000000000" };
	struct kernel *kernel;
	struct runs runs;

	(void)state;
	for (int mapped = 1; mapped >= 0; mapped--) {
		start(SPARSE);
		put(ROOTS, IMAGE + FIRST, 8);
		put(NODE + 8, 8 * FRAMES, 8);
		for (uint64_t number = 3; number < 6; number++)
			put(FIRST + 16 * number,
			    0xffffea0000000000 | EARLY | (number == 4 ? 2 : HAS_MAP), 8);
		if (mapped)
			put(0x1000 + 8 * 468, 0xa000 | P | RW, 8);
		put(0xa000, 0xb000 | P | RW, 8);
		put(0xb000 + 8 * 3, TABLE | P | RW, 8);
		for (uint64_t i = 0; i < 5; i += 2)
			put(TABLE + 8 * i, THERE | P | RW, 8);
		put(TABLE + 8 * 3, 0x7000000 | P | RW, 8);
		for (uint64_t at = THERE; at < THERE + 0x1000; at += 64) {
			put(at + 48, UINT32_MAX, 4);
			put(at + 52, 1, 4);
		}
		kernel = memory_open_with(NULL, facts, 2);
		if (mapped) {
			runs = runs_of(kernel, 0, START + FRAMES - 2, 32);
			expect(&runs, parts, 6);
			runs = runs_of(kernel, START + 1, START + BLOCK + 5, 32);
			assert_int_equal(runs.nr, 2);
			assert_true(runs.run[1].last == START + BLOCK + 5);
		} else {
			runs = runs_of(kernel, 0, UINT64_MAX, 32);
			expect(&runs, whole, 3);
			runs = runs_of(kernel, START + 7, START + FRAMES + 7, 32);
			assert_int_equal(runs.nr, 2);
			assert_true(runs.run[1].first == START + FRAMES);
		}
		open_close(kernel);
	}
}

/* --- work that is stopped --- */

struct asked {
	unsigned int nr, left;
};

static bool stop_at(void *arg)
{
	struct asked *asked = arg;

	return asked->nr++ >= asked->left;
}

/* Returns how often it was asked whether to stop. *told: number of frames in the runs. */
static unsigned int nr_asked(uint64_t frames, unsigned int left, uint64_t *told)
{
	struct asked asked = { .left = UINT32_MAX };
	struct listener listener = { .stop = stop_at, .arg = &asked };
	struct kernel *kernel;
	struct runs runs;

	start(FLAT);
	put(MAP, IMAGE + PAGES, 8);
	put(NODE + 8, frames, 8);
	for (uint64_t pfn = 0; pfn < frames; pfn++)
		put_page(pfn, RESERVED);
	kernel = memory_open(NULL, NULL);
	kernel->listener = &listener;
	runs_of(kernel, 0, 0, 32); /* reads the data that is looked up only once */
	asked = (struct asked){ .left = left };
	runs = runs_of(kernel, 0, frames - 1, 32);
	*told = runs.nr ? runs.run[0].last + 1 : 0;
	kernel->listener = NULL;
	open_close(kernel);
	return asked.nr;
}

/* The question is asked before each 64th frame. */
static void runs_that_are_stopped(void **state)
{
	uint64_t told;

	(void)state;
	assert_int_equal(nr_asked(63, UINT32_MAX, &told), 0);
	assert_int_equal(told, 63);
	assert_int_equal(nr_asked(64, UINT32_MAX, &told), 1);
	assert_int_equal(nr_asked(127, UINT32_MAX, &told), 1);
	assert_int_equal(nr_asked(128, UINT32_MAX, &told), 2);
	assert_int_equal(told, 128);
	assert_int_equal(nr_asked(128, 0, &told), 1);
	assert_int_equal(told, 63);
	assert_int_equal(nr_asked(200, 1, &told), 2);
	assert_int_equal(told, 127);
}

/* Which pages the dump lacks is not shown for a part of the frames. */
static void needs_that_are_stopped(void **state)
{
	struct need_count count[NR_NEEDS];
	struct kernel *kernel;
	struct error err;

	(void)state;
	start(FLAT);
	put(MAP, IMAGE + PAGES, 8);
	put(NODE + 8, 128, 8);
	for (uint64_t pfn = 0; pfn < 128; pfn++)
		put_page(pfn, RESERVED);
	kernel = memory_open(NULL, NULL);
	assert_true(check_count_needs(kernel, count, &err));
	assert_int_not_equal(count[NEED_KERNEL].frames, 0);
	for (unsigned int left = 0; left < 2; left++) {
		struct asked asked = { .left = left };
		struct listener listener = { .stop = stop_at, .arg = &asked };

		kernel->listener = &listener;
		assert_false(check_count_needs(kernel, count, &err));
		assert_int_equal(err.code, ERROR_INTERRUPTED);
	}
	kernel->listener = NULL;
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_of_all_frames),
		cmocka_unit_test(runs_of_some_frames),
		cmocka_unit_test(compound_pages_without_an_order),
		cmocka_unit_test(corrupted_frames),
		cmocka_unit_test(lists_within_the_zone),
		cmocka_unit_test(lists_of_too_many_types),
		cmocka_unit_test(what_cannot_be_read),
		cmocka_unit_test(map_up_to_the_last_address),
		cmocka_unit_test(behind_a_hole),
		cmocka_unit_test(runs_behind_a_hole),
		cmocka_unit_test(runs_of_unreadable_parts),
		cmocka_unit_test(runs_that_are_stopped),
		cmocka_unit_test(needs_that_are_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
