/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entries through which IOMMUs find the page table of a device, and these page tables. Each
 * valid form is tested, and each form that must be refused. The expected values follow the two
 * specifications; tests/real/bus.py compares with an emulated IOMMU. */
#pragma once

#include "devices/entrance.h"
#include "kernel/kernel.h"
#include "paging/scan.h"
#include "memory.h"

#include "unit.h"

/* The places of tables in the 64K of memory. */
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

static inline void start(void)
{
	memory_start_64("6.1.0", "");
}

/* Compares the names, joined to one text. */
static inline void expect_names(const char *const *names, unsigned int nr, const char *expected)
{
	char text[256] = "";

	for (unsigned int i = 0; i < nr; i++) {
		if (i)
			strcat(text, "|");
		strcat(text, names[i]);
	}
	assert_string_equal(text, expected);
}

static inline void expect_head(unsigned int nr, const char *name, uint64_t paddr, const char *flags)
{
	const struct dma_head *head = &entrance.head[nr];

	assert_true(nr < entrance.nr_heads);
	assert_string_equal(dma_head_names[head->kind], name);
	assert_int_equal(head->paddr, paddr);
	expect_names(head->flag, head->nr_flags, flags);
}

/* Does a scan report that all entries of a table map the page that it found first? */
static inline bool is_repeated(void)
{
	static struct scan scan;
	struct scanned scanned;

	scan_start(&scan, &entrance.space, 0, paging_last_address(entrance.space.paging), false);
	assert_true(scan_next(&scan, &scanned));
	assert_int_equal(scanned.outcome, WALK_MAPPED);
	scan_release(&scan);
	return scanned.repeated;
}

/* Fills LOW with 512 entries of the same page. One of the entries has more bits. */
static inline void put_alike(uint64_t entry, uint64_t more)
{
	for (unsigned int i = 0; i < 512; i++)
		put(LOW + 8 * i, entry | (i == 7 ? more : 0), 8);
}

/* The addresses of the tables of each level, the outermost first. */
static const uint64_t tables[] = { TOP, MIDDLE, LOW, LAST, 0xd000, 0xe000 };

/* Returns the address with this index at each level. Each level takes nine bits from bit 12 on, but
 * the sixth level has only seven bits left. */
static inline uint64_t address_of(unsigned int levels, unsigned int index)
{
	uint64_t address = 0;

	for (unsigned int i = 0; i < levels; i++)
		address |= (uint64_t)(i == 5 ? index & 127 : index) << (12 + 9 * i);
	return address;
}

/* tells_level: bits 11:9 of each entry give the number of levels below. */
static inline void put_way(unsigned int levels, unsigned int index, uint64_t bits, bool tells_level)
{
	for (unsigned int i = 0; i < levels; i++) {
		unsigned int below = levels - 1 - i;
		uint64_t page = below ? tables[i + 1] : 0x6000;

		put(tables[i] + 8 * (below == 5 ? index & 127 : index),
		    page | bits | (tells_level ? (uint64_t)below << 9 : 0), 8);
	}
}

/* The first entry, one in the middle, and the last entry of a table. */
static const unsigned int indexes[] = { 0, 1, 0x12a, 511 };
enum { NR_INDEXES = sizeof(indexes) / sizeof(indexes[0]) };

static inline enum walk_outcome walk_to(uint64_t bus)
{
	uint64_t found = 0;

	walk_page_table_to(&entrance.space, bus, &walked);
	walk_page_tables(&entrance.space, &bus, &found, 1);
	assert_int_equal(found, walked.outcome == WALK_MAPPED ? walked.paddr : UINT64_MAX);
	return walked.outcome;
}

/* Checks that a scan of the table finds the same as a walk for each address, and nothing else.
 * Returns the number of entries that map a page. */
static inline unsigned int scan_agrees(void)
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

static inline void finish(void)
{
	open_close(kernel);
	kernel = NULL;
}
