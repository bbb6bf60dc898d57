/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A dump with page tables. Each entry is written at the place where the CPU reads it according to
 * the manual: Intel SDM vol. 3A, 4.3 (32-bit paging), 4.4 (PAE), 4.5 (four and five levels). All
 * numbers are calculated by hand from the figures and tables of the manual.
 */
#pragma once

#include "paging/walk.h"
#include "image.h"

#include "unit.h"

enum {
	P = 1 << 0,
	RW = 1 << 1,
	US = 1 << 2,
	PWT = 1 << 3,
	PCD = 1 << 4,
	A = 1 << 5,
	D = 1 << 6,
	PS = 1 << 7,
	G = 1 << 8,
	LARGE_PAT = 1 << 12,
};
#define NX (UINT64_C(1) << 63)

/* 64K from 0 on, a page above 4G, and a page that was filtered. */
enum { MEMORY = 0x1000, MEMORY_SIZE = 0x10000, HIGH_MEMORY = 0x11000 };
#define HIGH UINT64_C(0x123456000)
#define FILTERED UINT64_C(0x80000)

static struct image image;
static struct space space;

static inline void start(const struct paging *paging, uint64_t root)
{
	image_init(&image, false);
	memset(image.bytes + MEMORY, 0, MEMORY_SIZE + 0x1000);
	image_load(&image, MEMORY, 0, MEMORY_SIZE);
	image_load(&image, HIGH_MEMORY, HIGH, 0x1000);
	image_add(&image, (struct header){ .type = PT_LOAD, .paddr = FILTERED, .memsz = 0x1000 });
	space = (struct space){ .paging = paging, .root = root };
}

static inline uint8_t *memory_at(uint64_t paddr)
{
	return paddr < MEMORY_SIZE ? image.bytes + MEMORY + paddr :
				     image.bytes + HIGH_MEMORY + (paddr - HIGH);
}

static inline void put64(uint64_t paddr, uint64_t entry)
{
	entry = htole64(entry);
	memcpy(memory_at(paddr), &entry, sizeof(entry));
}

/* Opens the dump that contains the tables. Call it when they are written. */
static inline void ready(void)
{
	struct error err = { .message = "" };

	space.dump = image_open(&image, &err);
	if (!space.dump)
		fail_msg("%s", err.message);
}

static inline void end(void)
{
	dump_close(space.dump);
	space.dump = NULL;
}

/* Checks that a walk of many addresses gives the same results as single walks, for addresses in the
 * page of `walk`. Every fifth address is not canonical in any mode. */
static inline void expect_of_many(const struct walk *walk)
{
	enum { NR = 70 };
	uint64_t asked[NR], found[NR] = { 0 }, page = walk->vaddr & ~UINT64_C(0xfff);

	for (uint64_t i = 0; i < NR; i++)
		asked[i] = i % 5 == 2 ? UINT64_C(1) << 62 : page + i;
	walk_page_tables(&space, asked, found, NR);
	for (uint64_t i = 0; i < NR; i++) {
		uint64_t expected = walk->paddr - (walk->vaddr - page) + i;

		if (i % 5 == 2 || walk->outcome != WALK_MAPPED)
			expected = UINT64_MAX;
		if (found[i] != expected)
			fail_msg("%llx: %llx, not %llx", (unsigned long long)asked[i],
				 (unsigned long long)found[i], (unsigned long long)expected);
	}
}

static inline struct walk walk_to(uint64_t vaddr, enum walk_outcome outcome)
{
	struct walk walk = walk_page_table(&space, vaddr);

	if (walk.outcome != outcome)
		fail_msg("%llx: outcome %d, not %d", (unsigned long long)vaddr, walk.outcome,
			 outcome);
	assert_true(walk.vaddr == vaddr);
	assert_true(outcome == WALK_MAPPED || walk.paddr == 0);
	expect_of_many(&walk);
	return walk;
}

static inline struct walk expect_page(uint64_t vaddr, uint64_t paddr, uint64_t size)
{
	struct walk walk = walk_to(vaddr, WALK_MAPPED);

	if (walk.paddr != paddr)
		fail_msg("%llx is at %llx, not %llx", (unsigned long long)vaddr,
			 (unsigned long long)walk.paddr, (unsigned long long)paddr);
	assert_true(walk.page_size == size);
	return walk;
}

static inline void expect_step(const struct walk *walk, unsigned int nr, uint64_t paddr,
			       uint64_t entry)
{
	assert_true(nr < walk->nr_steps);
	assert_true(walk->step[nr].entry_paddr == paddr);
	assert_true(walk->step[nr].entry == entry);
}

/* rights: "wxu" for writable, executable and user; '-' for a missing right. */
static inline void expect_rights(uint64_t vaddr, const char *rights)
{
	struct walk walk = walk_to(vaddr, WALK_MAPPED);

	assert_int_equal(walk.writable, rights[0] == 'w');
	assert_int_equal(walk.executable, rights[1] == 'x');
	assert_int_equal(walk.user, rights[2] == 'u');
}

/* Checks that the walk has the same result for all addresses of this range, and for no others. */
static inline void expect_range(uint64_t vaddr, uint64_t first, uint64_t last)
{
	struct walk walk = walk_page_table(&space, vaddr);
	uint64_t from, to;

	walk_range(&space, &walk, &from, &to);
	if (from != first || to != last)
		fail_msg("%llx: %llx to %llx", (unsigned long long)vaddr, (unsigned long long)from,
			 (unsigned long long)to);
	assert_false(walk_on(&space, &walk, last));
	assert_true(walk.vaddr == vaddr);
	if (last == UINT64_MAX)
		return;
	assert_true(walk_on(&space, &walk, last + 1));
	assert_true(walk.vaddr == last + 1);
}

static inline void expect_unreadable(uint64_t vaddr, unsigned int nr_steps, uint64_t entry_paddr,
				     enum page_state reason)
{
	struct walk walk = walk_to(vaddr, WALK_UNREADABLE);

	assert_int_equal(walk.nr_steps, nr_steps);
	assert_true(walk.step[nr_steps].entry_paddr == entry_paddr);
	assert_int_equal(walk.reason, reason);
	assert_int_equal(walk_last_level(&walk), nr_steps);
}

static inline void expect_stop(uint64_t vaddr, enum walk_outcome outcome, unsigned int level,
			       uint64_t entry)
{
	struct walk walk = walk_to(vaddr, outcome);

	assert_int_equal(walk.nr_steps, level + 1);
	assert_int_equal(walk_last_level(&walk), level);
	assert_true(walk_last_entry(&walk) == entry);
}

enum { PGD = 0x1000, PUD = 0x2000, PMD = 0x3000, PTE = 0x4000 };
