/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entries by which IOMMUs lead from a device to a page table, and their page tables:
 * each form, and each that must not be believed. The expected values are written from the
 * two specifications; tests/real/bus.py compares with an emulated IOMMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "devices/tables.h"
#include "kernel/kernel.h"
#include "memory.h"
#include "paging/entries.h"
#include "paging/scan.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

/* Where things are in the 64K of memory. */
enum {
	ROOT = 0x4000,
	CONTEXT = 0x5000,
	DIRECTORY = 0x6000,
	PASIDS = 0x7000,
	TOP = 0x8000,
	MIDDLE = 0x9000,
	LOW = 0xa000,
	LAST = 0xb000,
	DEVICE = 0xc000
};
enum { BUS = 2, DEVFN = 0x98 };

static struct kernel *kernel;
static struct dma_entrance entrance;
static struct walk walked;

static void start(void)
{
	memory_start_64("6.1.0", "");
}

/* The names in one text. */
static void expect_names(const char *const *names, unsigned int nr, const char *expected)
{
	char text[256] = "";

	for (unsigned int i = 0; i < nr; i++) {
		if (i)
			strcat(text, "|");
		strcat(text, names[i]);
	}
	assert_string_equal(text, expected);
}

static void expect_head(unsigned int nr, const char *name, uint64_t paddr, const char *flags)
{
	const struct dma_head *head = &entrance.head[nr];

	assert_true(nr < entrance.nr_heads);
	assert_string_equal(dma_head_names[head->kind], name);
	assert_int_equal(head->paddr, paddr);
	expect_names(head->flag, head->nr_flags, flags);
}

/* What a scan says of the first page that it finds: that a whole table has no other? */
static bool is_repeated(void)
{
	static struct scan scan;
	struct scanned scanned;

	scan_start(&scan, &entrance.space, 0, paging_last_address(entrance.space.paging), false);
	assert_true(scan_next(&scan, &scanned));
	assert_int_equal(scanned.outcome, WALK_MAPPED);
	scan_release(&scan);
	return scanned.repeated;
}

/* LOW has 512 entries of one page, of which one has more bits. */
static void put_alike(uint64_t entry, uint64_t more)
{
	for (unsigned int i = 0; i < 512; i++)
		put(LOW + 8 * i, entry | (i == 7 ? more : 0), 8);
}

/* Where the tables of each level lie, the first the outermost. */
static const uint64_t tables[] = { TOP, MIDDLE, LOW, LAST, 0xd000, 0xe000 };

/* Nine bits of the address for each level, from bit 12 on; of the sixth seven are left. */
static uint64_t address_of(unsigned int levels, unsigned int index)
{
	uint64_t address = 0;

	for (unsigned int i = 0; i < levels; i++)
		address |= (uint64_t)(i == 5 ? index & 127 : index) << (12 + 9 * i);
	return address;
}

/* tells_level: bits 11:9 say how many levels are below. */
static void put_way(unsigned int levels, unsigned int index, uint64_t bits, bool tells_level)
{
	for (unsigned int i = 0; i < levels; i++) {
		unsigned int below = levels - 1 - i;
		uint64_t page = below ? tables[i + 1] : 0x6000;

		put(tables[i] + 8 * (below == 5 ? index & 127 : index),
		    page | bits | (tells_level ? (uint64_t)below << 9 : 0), 8);
	}
}

/* The first, one in the middle and the last entry of each level. */
static const unsigned int indexes[] = { 0, 1, 0x12a, 511 };
enum { NR_INDEXES = sizeof(indexes) / sizeof(indexes[0]) };

static enum walk_outcome walk_to(uint64_t bus)
{
	uint64_t found = 0;

	walk_page_table_to(&entrance.space, bus, &walked);
	walk_page_tables(&entrance.space, &bus, &found, 1);
	assert_int_equal(found, walked.outcome == WALK_MAPPED ? walked.paddr : UINT64_MAX);
	return walked.outcome;
}

/* A scan of the table finds what the walk says of each address, and nothing else; returns
 * how many entries map. */
static unsigned int scan_agrees(void)
{
	static struct scan scan;
	struct scanned scanned;
	unsigned int nr = 0;

	scan_start(&scan, &entrance.space, 0, paging_last_address(entrance.space.paging), false);
	while (scan_next(&scan, &scanned)) {
		assert_int_equal(walk_to(scanned.first), scanned.outcome);
		if (scanned.outcome != WALK_MAPPED)
			continue;
		assert_false(scanned.repeated);
		assert_int_equal(walked.paddr, scanned.paddr);
		assert_int_equal(walked.readable, scanned.readable);
		assert_int_equal(walked.writable, scanned.writable);
		assert_int_equal(walk_to(scanned.last), WALK_MAPPED);
		assert_int_equal(walked.paddr, scanned.paddr + (scanned.page_size - 1));
		nr++;
	}
	assert_int_equal(scan.end, SCAN_COMPLETE);
	return nr;
}

static unsigned int nr_visited;

static void visit(void *arg, uint64_t paddr, unsigned int level)
{
	assert_ptr_equal(arg, &nr_visited);
	assert_true(level == 1 ? paddr == MIDDLE : paddr == LOW);
	nr_visited++;
}

static void finish(void)
{
	open_close(kernel);
	kernel = NULL;
}

/* --- VT-d --- */

static void legacy(uint64_t low, uint64_t high)
{
	start();
	put(ROOT + 16 * BUS, CONTEXT | 1, 8);
	put(CONTEXT + 16 * DEVFN, low, 8);
	put(CONTEXT + 16 * DEVFN + 8, high, 8);
}

static void enter_legacy(void)
{
	kernel = memory_open(NULL, NULL);
	vtd_enter(kernel, ROOT, false, BUS, DEVFN, &entrance);
}

static void vtd_three_levels(void **state)
{
	(void)state;
	legacy(TOP | 1, 1 | 7 << 8);
	put(TOP + 8, MIDDLE | 3, 8);
	put(MIDDLE + 8 * 2, LOW | 3, 8);
	put(LOW + 8 * 3, 0x123456789000 | 3, 8);
	put(LOW + 8 * 4, 0x5000 | 1, 8);
	put(LOW + 8 * 5, 0x5000 | 2, 8);
	put(LOW + 8 * 6, 0x5000, 8);
	put(MIDDLE + 8 * 3, 0x40200000 | 0x83, 8);
	put(MIDDLE + 8 * 4, 0x40201000 | 0x83, 8);
	put(TOP + 8 * 2, 0x80000000 | 0x81, 8);
	enter_legacy();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_int_equal(entrance.nr_heads, 2);
	assert_int_equal(entrance.head[0].paddr, ROOT + 16 * BUS);
	assert_int_equal(entrance.head[1].paddr, CONTEXT + 16 * DEVFN);

	assert_int_equal(walk_to(0x40403abc), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x123456789abc);
	assert_int_equal(walked.page_size, 0x1000);
	assert_true(walked.readable && walked.writable);
	assert_int_equal(walk_to(0x40404000), WALK_MAPPED);
	assert_true(walked.readable && !walked.writable);
	assert_int_equal(walk_to(0x40405000), WALK_MAPPED); /* only written */
	assert_true(!walked.readable && walked.writable);
	assert_int_equal(walk_to(0x40406000), WALK_NOT_PRESENT);
	assert_int_equal(walk_to(0x40612345), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x40212345);
	assert_int_equal(walked.page_size, 0x200000);
	assert_int_equal(walk_to(0x40800000), WALK_CORRUPT); /* not aligned */
	assert_int_equal(walk_to(0xbfffffff), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0xbfffffff);
	assert_int_equal(walked.page_size, 0x40000000);
	assert_true(walked.readable && !walked.writable);
	assert_int_equal(walk_to(UINT64_C(1) << 39), WALK_NON_CANONICAL);
	assert_int_equal(walk_to(0x7fffffffff), WALK_NOT_PRESENT);
	assert_int_equal(scan_agrees(), 5);
	finish();
}

static void vtd_levels_by_width(void **state)
{
	static const struct {
		unsigned int width, levels;
	} widths[] = { { 0, 0 }, { 1, 3 }, { 2, 4 }, { 3, 5 }, { 4, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
		legacy(TOP | 1, widths[i].width);
		put(TOP, MIDDLE | 0x83, 8); /* l4 and l5 map no page */
		enter_legacy();
		if (!widths[i].levels) {
			assert_int_equal(entrance.reach, DMA_UNKNOWN);
		} else {
			assert_int_equal(entrance.reach, DMA_TRANSLATED);
			assert_int_equal(entrance.space.paging->nr_levels, widths[i].levels);
			assert_int_equal(entrance.space.root, TOP);
			if (widths[i].levels > 3)
				assert_int_equal(walk_to(0), WALK_CORRUPT);
		}
		finish();
	}
}

/* 9.8: nine bits for each level. */
static void vtd_entries_of_each_level(void **state)
{
	(void)state;
	for (unsigned int levels = 3; levels <= 5; levels++)
		for (size_t i = 0; i < NR_INDEXES; i++) {
			legacy(TOP | 1, levels - 2);
			put_way(levels, indexes[i], 3, false);
			enter_legacy();
			assert_int_equal(walk_to(address_of(levels, indexes[i]) | 0xabc),
					 WALK_MAPPED);
			assert_int_equal(walked.paddr, 0x6abc);
			assert_int_equal(walked.nr_steps, levels);
			finish();
		}
}

/* 9.8: bit 8 is the accessed flag, bit 9 the dirty flag. */
static void vtd_bits_that_are_noted(void **state)
{
	static const struct {
		uint64_t bits;
		bool noted;
	} rows[] = {
		{ 0, true },	   { 1 << 8, true },   { 1 << 9, true },   { 3 << 8, true },
		{ 1 << 7, false }, { 1 << 10, false }, { 1 << 11, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		legacy(TOP | 1, 1);
		put(TOP + 8, MIDDLE | 3, 8);
		put(MIDDLE + 8, LOW | 3, 8);
		put_alike(0x6003, rows[i].bits);
		enter_legacy();
		if (is_repeated() != rows[i].noted)
			fail_msg("%llx", (unsigned long long)rows[i].bits);
		finish();
	}
}

/* 9.8, and bit 7 of entries above the last level. */
static void vtd_flags(void **state)
{
	static const struct {
		unsigned int level;
		uint64_t entry;
		const char *names;
	} rows[] = {
		{ 2, 1, "READ" },
		{ 2, 2, "WRITE" },
		{ 2, 1 << 7, "" },
		{ 1, 1 << 7, "PS" },
		{ 2, 1 << 8, "ACCESSED" },
		{ 2, 1 << 9, "DIRTY" },
		{ 2, 1 << 11, "SNOOP" },
		{ 0, UINT64_MAX, "READ|WRITE|PS|ACCESSED|DIRTY|SNOOP" },
		{ 2, ~UINT64_C(0xb83), "" },
	};

	(void)state;
	legacy(TOP | 1, 1);
	enter_legacy();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *flags[MOST_ENTRY_BITS];
		unsigned int nr =
			entry_bit_names(entrance.space.paging, rows[i].level, rows[i].entry, flags);

		expect_names(flags, nr, rows[i].names);
	}
	finish();
}

/* 9.1, 9.3: P is bit 0, FPD bit 1, the type in bits 3:2. */
static void vtd_heads(void **state)
{
	static const struct {
		uint64_t low;
		const char *flags;
	} rows[] = {
		{ TOP, "" },
		{ TOP | 1, "PRESENT" },
		{ TOP | 2, "FAULTS_OFF" },
		{ TOP | 3, "PRESENT|FAULTS_OFF" },
		{ TOP | 1 | 1 << 2, "PRESENT|DEVICE_TLB" },
		{ TOP | 1 | 2 << 2, "PRESENT|PASS_THROUGH" },
		{ TOP | 1 | 3 << 2, "PRESENT" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		legacy(rows[i].low, 2);
		enter_legacy();
		assert_int_equal(entrance.nr_heads, 2);
		expect_head(0, "root", ROOT + 16 * BUS, "PRESENT");
		expect_head(1, "context", CONTEXT + 16 * DEVFN, rows[i].flags);
		finish();
	}
}

static void vtd_contexts(void **state)
{
	static const struct {
		uint64_t low;
		enum dma_reach reach;
	} contexts[] = {
		{ TOP | 1, DMA_TRANSLATED },
		{ TOP | 1 | 1 << 2, DMA_TRANSLATED }, /* with a TLB in the device */
		{ 1 | 2 << 2, DMA_PASS_THROUGH },
		{ TOP | 1 | 3 << 2, DMA_UNKNOWN },
		{ TOP, DMA_BLOCKED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(contexts) / sizeof(*contexts); i++) {
		legacy(contexts[i].low, 2);
		enter_legacy();
		assert_int_equal(entrance.reach, contexts[i].reach);
		finish();
	}
	legacy(TOP | 1, 2);
	put(ROOT + 16 * BUS, CONTEXT, 8);
	enter_legacy();
	assert_int_equal(entrance.reach, DMA_BLOCKED);
	finish();
	legacy(TOP | 1, 2);
	put(ROOT + 16 * BUS, 0x70000000 | 1, 8);
	enter_legacy();
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	assert_int_equal(entrance.trouble.code, ERROR_UNREADABLE);
	finish();
}

/* The context of the upper half of a bus, PASID 65: the second entry of the directory. */
static void scalable(uint64_t pasid_low, uint64_t pasid_third)
{
	start();
	put(ROOT + 16 * BUS + 8, CONTEXT | 1, 8);
	put(CONTEXT + 32 * (DEVFN - 0x80), DIRECTORY | 1, 8);
	put(CONTEXT + 32 * (DEVFN - 0x80) + 8, 65, 8);
	put(DIRECTORY + 8, PASIDS | 1, 8);
	put(PASIDS + 64, pasid_low, 8);
	put(PASIDS + 64 + 16, pasid_third, 8);
	kernel = memory_open(NULL, NULL);
	vtd_enter(kernel, ROOT, true, BUS, DEVFN, &entrance);
}

static void vtd_scalable_mode(void **state)
{
	enum { FIRST = 1 << 6, SECOND = 2 << 6, NESTED = 3 << 6, PASS = 4 << 6 };

	(void)state;
	scalable(TOP | SECOND | 2 << 2 | 1, 0);
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_false(entrance.first_stage);
	assert_int_equal(entrance.space.paging->nr_levels, 4);
	assert_int_equal(entrance.space.root, TOP);
	assert_int_equal(entrance.nr_heads, 4);
	expect_head(0, "root", ROOT + 16 * BUS + 8, "PRESENT");
	expect_head(1, "context", CONTEXT + 32 * (DEVFN - 0x80), "PRESENT");
	expect_head(2, "pasid-dir", DIRECTORY + 8, "PRESENT");
	expect_head(3, "pasid", PASIDS + 64, "PRESENT|SECOND_STAGE");
	finish();
	scalable(FIRST | 1, LOW | 0);
	expect_head(3, "pasid", PASIDS + 64, "PRESENT|FIRST_STAGE");
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_true(entrance.first_stage);
	assert_int_equal(entrance.space.paging->nr_levels, 4);
	assert_int_equal(entrance.space.root, LOW);
	finish();
	scalable(FIRST | 1, LOW | 1 << 2);
	assert_int_equal(entrance.space.paging->nr_levels, 5);
	finish();
	scalable(NESTED | 1, 0);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	finish();
	scalable(PASS | 1, 0);
	assert_int_equal(entrance.reach, DMA_PASS_THROUGH);
	expect_head(3, "pasid", PASIDS + 64, "PRESENT|PASS_THROUGH");
	finish();
	scalable(5 << 6 | 1, 0);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	finish();
	scalable(1, 0);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	finish();
	scalable(PASS, 0);
	assert_int_equal(entrance.reach, DMA_BLOCKED);
	finish();
}

/* 9.4: PDTS, bits 11:9 of the context, is the size of the directory: 2^(PDTS + 7) entries. Here
 * that of PASID 8192 = 128 * 64 is the first behind the smallest. */
static void vtd_pasids_beyond_the_directory(void **state)
{
	static const struct {
		uint64_t size, pasid;
		bool within;
	} rows[] = {
		{ 0, 127 * 64, true },	{ 0, 128 * 64, false }, { 1, 128 * 64, true },
		{ 1, 256 * 64, false }, { 7, 0xfffff, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start();
		put(ROOT + 16 * BUS + 8, CONTEXT | 1, 8);
		put(CONTEXT + 32 * (DEVFN - 0x80), DIRECTORY | rows[i].size << 9 | 1, 8);
		put(CONTEXT + 32 * (DEVFN - 0x80) + 8, rows[i].pasid, 8);
		kernel = memory_open(NULL, NULL);
		vtd_enter(kernel, ROOT, true, BUS, DEVFN, &entrance);
		assert_int_equal(entrance.nr_heads, rows[i].within ? 3 : 2);
		if (rows[i].within)
			assert_int_equal(entrance.head[2].paddr,
					 DIRECTORY + rows[i].pasid / 64 * 8);
		else
			assert_int_equal(entrance.reach, DMA_UNKNOWN);
		finish();
	}
}

/* The C-bit of the host's memory encryption, wherever an address stands. */
static void vtd_under_encryption(void **state)
{
	const uint64_t c = UINT64_C(1) << 47;

	(void)state;
	memory_start_64("6.1.0", "NUMBER(sme_mask)=0x800000000000\n");
	put(ROOT + 16 * BUS, c | CONTEXT | 1, 8);
	put(CONTEXT + 16 * DEVFN, c | TOP | 1, 8);
	put(CONTEXT + 16 * DEVFN + 8, 1, 8);
	put(TOP, c | MIDDLE | 3, 8);
	put(MIDDLE, c | LOW | 3, 8);
	put(LOW, c | 0x6003, 8);
	enter_legacy();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_int_equal(entrance.space.root, TOP);
	assert_int_equal(walk_to(0xabc), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x6abc);
	finish();
}

/* --- AMD-Vi --- */

#define IR (UINT64_C(1) << 61)
#define IW (UINT64_C(1) << 62)
#define NEXT(LEVEL) ((uint64_t)(LEVEL) << 9)

static void amd(uint64_t first, uint64_t second, uint64_t third)
{
	start();
	put(DEVICE, first, 8);
	put(DEVICE + 8, second, 8);
	put(DEVICE + 16, third, 8);
}

static void enter_amd(void)
{
	kernel = memory_open(NULL, NULL);
	amd_iommu_enter(kernel, DEVICE, &entrance);
}

static void amd_pages_of_any_power(void **state)
{
	(void)state;
	amd(TOP | NEXT(3) | IR | IW | 3, 0, 0);
	put(TOP, MIDDLE | NEXT(2) | IR | IW | 1, 8);
	put(MIDDLE, LOW | NEXT(1) | IR | IW | 1, 8);
	put(LOW, 0x7000 | IR | IW | 1, 8);
	/* 64K at 0x2810000: bits 12 to 14 are set, bit 15 is clear */
	put(LOW + 8 * 0x1f, 0x2817000 | NEXT(7) | IR | 1, 8);
	/* 8K at 0x4000: bit 12 is clear */
	put(LOW + 8 * 0x21, 0x4000 | NEXT(7) | IW | 1, 8);
	put(LOW + 8 * 0x22, 0x4000 | NEXT(1) | IR | 1, 8); /* no table below */
	put(MIDDLE + 8, 0x600000 | IR | IW | 1, 8);
	put(MIDDLE + 8 * 2, 0x7ff000 | NEXT(7) | IR | 1, 8); /* 16M at 0 */
	put(TOP + 8, LOW | NEXT(1) | IR | IW | 1, 8); /* skips a level */
	put(TOP + 8 * 2, 0x80000000 | IW | 1, 8);
	enter_amd();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_true(entrance.readable && entrance.writable);
	assert_int_equal(walk_to(0x123), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x7123);
	assert_int_equal(walk_to(0x1f456), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x281f456);
	assert_int_equal(walked.page_size, 0x10000);
	assert_true(walked.readable && !walked.writable);
	assert_int_equal(walk_to(0x21fff), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x5fff);
	assert_int_equal(walked.page_size, 0x2000);
	assert_true(!walked.readable && walked.writable);
	assert_int_equal(walk_to(0x22000), WALK_CORRUPT);
	assert_int_equal(walk_to(0x3fffff), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x7fffff);
	assert_int_equal(walked.page_size, 0x200000);
	assert_int_equal(walk_to(0x400000), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x400000);
	assert_int_equal(walked.page_size, 0x1000000);
	assert_int_equal(walk_to(0x40000000), WALK_CORRUPT);
	assert_int_equal(walk_to(0x80000001), WALK_MAPPED);
	assert_int_equal(walked.page_size, 0x40000000);
	assert_int_equal(walk_to(UINT64_C(1) << 39), WALK_NON_CANONICAL);
	assert_int_equal(scan_agrees(), 6);
	finish();
}

/* Less than what an entry of the level covers: no page has such a size. */
static void amd_pages_smaller_than_an_entry(void **state)
{
	(void)state;
	amd(TOP | NEXT(3) | IR | IW | 3, 0, 0);
	put(TOP, MIDDLE | NEXT(2) | IR | IW | 1, 8);
	put(MIDDLE, 0xff000 | NEXT(7) | IR | 1, 8); /* 2M at 0 */
	put(MIDDLE + 8, 0x7f000 | NEXT(7) | IR | 1, 8); /* 1M */
	enter_amd();
	assert_int_equal(walk_to(0), WALK_MAPPED);
	assert_int_equal(walked.page_size, 0x200000);
	assert_int_equal(walk_to(0x200000), WALK_CORRUPT);
	assert_int_equal(scan_agrees(), 1);
	finish();
}

/* A table full of one page's entries maps that page once, in order. */
static void amd_page_of_a_whole_table(void **state)
{
	static struct scan scan;
	struct scanned scanned;

	(void)state;
	amd(TOP | NEXT(3) | IR | IW | 3, 0, 0);
	put(TOP, MIDDLE | NEXT(2) | IR | IW | 1, 8);
	put(MIDDLE + 8, LOW | NEXT(1) | IR | IW | 1, 8);
	for (unsigned int i = 0; i < 512; i++)
		put(LOW + 8 * i, 0x18ff000 | NEXT(7) | IR | 1, 8);
	enter_amd();
	assert_int_equal(scan_agrees(), 512);
	nr_visited = 0;
	scan_start(&scan, &entrance.space, 0, 0x3fffff, false);
	scan.visit_table = visit;
	scan.arg = &nr_visited;
	while (scan_next(&scan, &scanned))
		;
	assert_int_equal(nr_visited, 2);
	finish();
}

static void amd_modes(void **state)
{
	(void)state;
	for (unsigned int mode = 0; mode <= 7; mode++) {
		amd(TOP | NEXT(mode) | IR | 3, 0, 0);
		enter_amd();
		if (mode == 0) {
			assert_int_equal(entrance.reach, DMA_PASS_THROUGH);
			assert_true(entrance.readable && !entrance.writable);
		} else if (mode == 7) {
			assert_int_equal(entrance.reach, DMA_UNKNOWN);
		} else {
			assert_int_equal(entrance.space.paging->nr_levels, mode);
			assert_int_equal(walk_to(mode == 6 ? UINT64_MAX :
							     (UINT64_C(1) << (12 + 9 * mode)) - 1),
					 WALK_NOT_PRESENT);
		}
		finish();
	}
}

/* 2.2.3: nine bits for each level, and what is left for the sixth. */
static void amd_entries_of_each_level(void **state)
{
	(void)state;
	for (unsigned int levels = 1; levels <= 6; levels++)
		for (size_t i = 0; i < NR_INDEXES; i++) {
			amd(TOP | NEXT(levels) | IR | IW | 3, 0, 0);
			put_way(levels, indexes[i], IR | IW | 1, true);
			enter_amd();
			assert_int_equal(walk_to(address_of(levels, indexes[i]) | 0xabc),
					 WALK_MAPPED);
			assert_int_equal(walked.paddr, 0x6abc);
			assert_int_equal(walked.nr_steps, levels);
			finish();
		}
}

/* 2.2.3: bit 5 is A, bit 6 D. */
static void amd_bits_that_are_noted(void **state)
{
	static const struct {
		uint64_t bits;
		bool noted;
	} rows[] = {
		{ 0, true },
		{ 1 << 5, true },
		{ 1 << 6, true },
		{ 3 << 5, true },
		{ 1 << 4, false },
		{ 1 << 7, false },
		{ UINT64_C(1) << 60, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		amd(TOP | NEXT(3) | IR | IW | 3, 0, 0);
		put(TOP + 8, MIDDLE | NEXT(2) | IR | IW | 1, 8);
		put(MIDDLE + 8, LOW | NEXT(1) | IR | IW | 1, 8);
		put_alike(0x6001 | IR, rows[i].bits);
		enter_amd();
		if (is_repeated() != rows[i].noted)
			fail_msg("%llx", (unsigned long long)rows[i].bits);
		finish();
	}
}

static void amd_flags(void **state)
{
	static const struct {
		uint64_t entry;
		const char *names;
	} rows[] = {
		{ 1, "PRESENT" },
		{ IR, "READ" },
		{ IW, "WRITE" },
		{ 1 << 5, "ACCESSED" },
		{ 1 << 6, "DIRTY" },
		{ UINT64_C(1) << 60, "COHERENT" },
		{ UINT64_C(1) << 59, "USER" },
		{ UINT64_MAX, "PRESENT|READ|WRITE|ACCESSED|DIRTY|COHERENT|USER" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *flags[MOST_ENTRY_BITS];
		unsigned int nr = entry_bit_names(amd_iommu_paging(3), 2, rows[i].entry, flags);

		expect_names(flags, nr, rows[i].names);
	}
}

static void amd_six_levels(void **state)
{
	(void)state;
	amd(TOP | NEXT(6) | IR | IW | 3, 0, 0);
	put(TOP + 8 * 127, MIDDLE | NEXT(5) | IR | IW | 1, 8);
	put(MIDDLE, LOW | NEXT(4) | IR | IW | 1, 8);
	put(LOW, LAST | NEXT(3) | IR | IW | 1, 8);
	put(LAST, TOP | NEXT(2) | IR | IW | 1, 8);
	put(TOP, CONTEXT | NEXT(1) | IR | IW | 1, 8);
	put(CONTEXT, 0x9000 | IR | IW | 1, 8);
	enter_amd();
	assert_int_equal(walk_to((uint64_t)127 << 57 | 5), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x9005);
	assert_int_equal(walked.nr_steps, 6);
	finish();
}

static void amd_devices(void **state)
{
	static const struct {
		uint64_t first;
		enum dma_reach reach;
		const char *flags;
	} devices[] = {
		{ 0, DMA_PASS_THROUGH, "" },
		{ 1, DMA_UNKNOWN, "VALID" },
		{ 3, DMA_BLOCKED, "VALID|TRANSLATION" },
		{ 3 | IR, DMA_PASS_THROUGH, "VALID|TRANSLATION|READ" },
		{ 3 | IW, DMA_PASS_THROUGH, "VALID|TRANSLATION|WRITE" },
		{ 3 | IR | IW, DMA_PASS_THROUGH, "VALID|TRANSLATION|READ|WRITE" },
		/* GIOV is of no meaning without GV. */
		{ 3 | IR | UINT64_C(1) << 54 | NEXT(1) | TOP, DMA_TRANSLATED,
		  "VALID|TRANSLATION|READ" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
		amd(devices[i].first, 0, 0);
		enter_amd();
		assert_int_equal(entrance.reach, devices[i].reach);
		assert_false(entrance.first_stage);
		assert_int_equal(entrance.nr_heads, 1);
		expect_head(0, "device", DEVICE, devices[i].flags);
		finish();
	}
	/* Two words decide, and these may be the last of memory. */
	start();
	put(MEMORY_SIZE - 16, 3 | IR, 8);
	kernel = memory_open(NULL, NULL);
	amd_iommu_enter(kernel, MEMORY_SIZE - 16, &entrance);
	assert_int_equal(entrance.reach, DMA_PASS_THROUGH);
	amd_iommu_enter(kernel, MEMORY_SIZE - 8, &entrance);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	finish();
}

/* The table of GCR3 registers is at a, b, c, three pieces of its address. */
static void amd_by_gcr3(void **state)
{
	const uint64_t GV = UINT64_C(1) << 55, GIOV = UINT64_C(1) << 54;

	(void)state;
	amd(3 | IR | IW | GV | GIOV | (uint64_t)(DIRECTORY >> 12 & 7) << 58,
	    (uint64_t)(DIRECTORY >> 15) << 16, 0);
	put(DIRECTORY, LOW | 1, 8);
	enter_amd();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_true(entrance.first_stage);
	assert_int_equal(entrance.space.paging->nr_levels, 4);
	assert_int_equal(entrance.space.root, LOW);
	finish();
	/* Two levels of such tables, five of pages; DEVICE needs bit 15. */
	amd(3 | IR | IW | GV | GIOV | UINT64_C(1) << 56 | (uint64_t)(LAST >> 12 & 7) << 58,
	    (uint64_t)(LAST >> 15) << 16, UINT64_C(1) << 54);
	put(LAST, PASIDS | 1, 8);
	put(PASIDS, TOP | 1, 8);
	enter_amd();
	assert_int_equal(entrance.nr_heads, 3);
	assert_int_equal(entrance.space.paging->nr_levels, 5);
	assert_int_equal(entrance.space.root, TOP);
	finish();
	/* GLX 3 is reserved; what else is in the way is sound. */
	amd(3 | IR | IW | GV | GIOV | UINT64_C(3) << 56 | (uint64_t)(LAST >> 12 & 7) << 58,
	    (uint64_t)(LAST >> 15) << 16, 0);
	put(LAST, LAST | 1, 8);
	enter_amd();
	expect_head(0, "device", DEVICE, "VALID|TRANSLATION|READ|WRITE|GCR3");
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	assert_int_equal(entrance.nr_heads, 1);
	finish();
	amd(3 | IR | IW | GV | GIOV | NEXT(4) | TOP, 0, 0);
	enter_amd();
	assert_int_equal(entrance.reach, DMA_UNKNOWN); /* nested */
	finish();
	/* Requests without a PASID have the other table. */
	amd(3 | IR | IW | GV | NEXT(4) | TOP, 0, 0);
	enter_amd();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_false(entrance.first_stage);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vtd_three_levels),
		cmocka_unit_test(vtd_levels_by_width),
		cmocka_unit_test(vtd_entries_of_each_level),
		cmocka_unit_test(vtd_bits_that_are_noted),
		cmocka_unit_test(vtd_flags),
		cmocka_unit_test(vtd_heads),
		cmocka_unit_test(vtd_contexts),
		cmocka_unit_test(vtd_pasids_beyond_the_directory),
		cmocka_unit_test(vtd_under_encryption),
		cmocka_unit_test(vtd_scalable_mode),
		cmocka_unit_test(amd_pages_of_any_power),
		cmocka_unit_test(amd_pages_smaller_than_an_entry),
		cmocka_unit_test(amd_page_of_a_whole_table),
		cmocka_unit_test(amd_modes),
		cmocka_unit_test(amd_entries_of_each_level),
		cmocka_unit_test(amd_bits_that_are_noted),
		cmocka_unit_test(amd_flags),
		cmocka_unit_test(amd_six_levels),
		cmocka_unit_test(amd_devices),
		cmocka_unit_test(amd_by_gcr3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
