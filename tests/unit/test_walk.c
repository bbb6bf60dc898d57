/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The walk in each paging mode. Tables are written entry by entry where the
 * manual says that the CPU looks for them: Intel SDM vol. 3A, 4.3 (32-bit
 * paging), 4.4 (PAE), 4.5 (four and five levels). All numbers are worked out
 * by hand from its figures and tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "image.h"
#include "kernel/arch.h"
#include "open/archs.h"
#include "paging/walk.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

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

/* --- a dump to walk in: 64K from 0, a page above 4G, one that was filtered --- */

enum { MEMORY = 0x1000, MEMORY_SIZE = 0x10000, HIGH_MEMORY = 0x11000 };
#define HIGH UINT64_C(0x123456000)
#define FILTERED UINT64_C(0x80000)

static struct image image;
static struct space space;

static void start(const struct paging *paging, uint64_t root)
{
	image_init(&image, false);
	memset(image.bytes + MEMORY, 0, MEMORY_SIZE + 0x1000);
	image_load(&image, MEMORY, 0, MEMORY_SIZE);
	image_load(&image, HIGH_MEMORY, HIGH, 0x1000);
	image_add(&image, (struct header){ .type = PT_LOAD, .paddr = FILTERED, .memsz = 0x1000 });
	space = (struct space){ .paging = paging, .root = root };
}

static uint8_t *memory_at(uint64_t paddr)
{
	return paddr < MEMORY_SIZE ? image.bytes + MEMORY + paddr :
				     image.bytes + HIGH_MEMORY + (paddr - HIGH);
}

static void put64(uint64_t paddr, uint64_t entry)
{
	entry = htole64(entry);
	memcpy(memory_at(paddr), &entry, sizeof(entry));
}

static void put32(uint64_t paddr, uint32_t entry)
{
	entry = htole32(entry);
	memcpy(memory_at(paddr), &entry, sizeof(entry));
}

/* The tables are written: opens what holds them. */
static void ready(void)
{
	struct error err = { .message = "" };

	space.dump = image_open(&image, &err);
	if (!space.dump)
		fail_msg("%s", err.message);
}

static void end(void)
{
	dump_close(space.dump);
	space.dump = NULL;
}

/* Many walks at once end where one does: all of the page of this one, and between them some
 * of an address that no mode has. */
static void expect_of_many(const struct walk *walk)
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

static struct walk walk_to(uint64_t vaddr, enum walk_outcome outcome)
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

static struct walk expect_page(uint64_t vaddr, uint64_t paddr, uint64_t size)
{
	struct walk walk = walk_to(vaddr, WALK_MAPPED);

	if (walk.paddr != paddr)
		fail_msg("%llx is at %llx, not %llx", (unsigned long long)vaddr,
			 (unsigned long long)walk.paddr, (unsigned long long)paddr);
	assert_true(walk.page_size == size);
	return walk;
}

static void expect_step(const struct walk *walk, unsigned int nr, uint64_t paddr, uint64_t entry)
{
	assert_true(nr < walk->nr_steps);
	assert_true(walk->step[nr].entry_paddr == paddr);
	assert_true(walk->step[nr].entry == entry);
}

/* "wxu": writable, executable, user; '-' where it is not. */
static void expect_rights(uint64_t vaddr, const char *rights)
{
	struct walk walk = walk_to(vaddr, WALK_MAPPED);

	assert_int_equal(walk.writable, rights[0] == 'w');
	assert_int_equal(walk.executable, rights[1] == 'x');
	assert_int_equal(walk.user, rights[2] == 'u');
}

/* Where the walk ends, for all addresses of this range and no other. */
static void expect_range(uint64_t vaddr, uint64_t first, uint64_t last)
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

static void expect_unreadable(uint64_t vaddr, unsigned int nr_steps, uint64_t entry_paddr,
			      enum page_state reason)
{
	struct walk walk = walk_to(vaddr, WALK_UNREADABLE);

	assert_int_equal(walk.nr_steps, nr_steps);
	assert_true(walk.step[nr_steps].entry_paddr == entry_paddr);
	assert_int_equal(walk.reason, reason);
	assert_int_equal(walk_last_level(&walk), nr_steps);
}

static void expect_stop(uint64_t vaddr, enum walk_outcome outcome, unsigned int level,
			uint64_t entry)
{
	struct walk walk = walk_to(vaddr, outcome);

	assert_int_equal(walk.nr_steps, level + 1);
	assert_int_equal(walk_last_level(&walk), level);
	assert_true(walk_last_entry(&walk) == entry);
}

/* --- four levels: 4.5, figures 4-8 to 4-10, tables 4-15 to 4-20 --- */

enum { PGD = 0x1000, PUD = 0x2000, PMD = 0x3000, PTE = 0x4000 };

/* ffff888012345678: entry 0x111 of the pgd, 0 of the pud, 0x91 of the pmd,
 * 0x145 of the pte; 678 within the page. */
static void start_4_levels(void)
{
	start(arch_x86_64.paging(MODE_X86_64, 4), PGD);
	put64(PGD + 0x888, PUD | P | RW | US);
	put64(PUD, PMD | P | RW | US);
	put64(PMD + 0x488, PTE | P | RW | US);
}

static void a_small_page(void **state)
{
	struct walk walk;

	(void)state;
	start_4_levels();
	put64(PTE + 0xa28, 0x6789a000 | P | RW | A | D | G | NX);
	put64(PTE + 0xa30, 0x6789b000 | P);
	ready();
	assert_int_equal(space.paging->nr_levels, 4);
	walk = expect_page(0xffff888012345678, 0x6789a678, 0x1000);
	assert_int_equal(walk.nr_steps, 4);
	expect_step(&walk, 0, 0x1888, 0x2007);
	expect_step(&walk, 1, 0x2000, 0x3007);
	expect_step(&walk, 2, 0x3488, 0x4007);
	expect_step(&walk, 3, 0x4a28, 0x800000006789a163);
	expect_page(0xffff888012345000, 0x6789a000, 0x1000);
	expect_page(0xffff888012345fff, 0x6789afff, 0x1000);
	expect_page(0xffff888012346000, 0x6789b000, 0x1000);
	expect_range(0xffff888012345678, 0xffff888012345000, 0xffff888012345fff);
	end();
}

static void the_first_and_the_last_entry(void **state)
{
	(void)state;
	start(arch_x86_64.paging(MODE_X86_64, 4), PGD);
	put64(PGD, PUD | P);
	put64(PUD, PMD | P);
	put64(PMD, PTE | P);
	put64(PTE, 0x5000 | P);
	put64(PGD + 0x7f8, PUD | P);
	put64(PGD + 0x800, PUD | P);
	put64(PGD + 0xff8, PUD | P);
	put64(PUD + 0xff8, PMD | P);
	put64(PMD + 0xff8, PTE | P);
	put64(PTE + 0xff8, 0x6000 | P);
	ready();
	expect_page(0, 0x5000, 0x1000);
	expect_page(0x00007fffffffffff, 0x6fff, 0x1000);
	expect_page(0xffff800000000000, 0x5000, 0x1000);
	expect_page(0xffffffffffffffff, 0x6fff, 0x1000);
	expect_range(0xffffffffffffffff, 0xfffffffffffff000, 0xffffffffffffffff);
	end();
}

/* 3.3.7.1: bits 63 to 47 of an address are all the same. */
static void the_hole_of_four_levels(void **state)
{
	static const uint64_t holes[] = {
		0x0000800000000000, 0xffff7fffffffffff, 0x0001000000000000,	0x8000000000000000,
		0x7fffffffffffffff, 0xfffe888012345678, 0x00007fffffffffff + 1,
	};

	(void)state;
	start_4_levels();
	ready();
	for (size_t i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
		struct walk walk = walk_to(holes[i], WALK_NON_CANONICAL);

		assert_int_equal(walk.nr_steps, 0);
		assert_true(walk_last_entry(&walk) == 0);
		assert_false(paging_canonical(space.paging, holes[i]));
		expect_range(holes[i], 0x0000800000000000, 0xffff7fffffffffff);
	}
	assert_true(paging_canonical(space.paging, 0x00007fffffffffff));
	assert_true(paging_canonical(space.paging, 0xffff800000000000));
	end();
}

/* Table 4-16: bits 51:30 are the frame, bit 12 is PAT. Table 4-18: 51:21. */
static void large_pages(void **state)
{
	struct walk walk;

	(void)state;
	start_4_levels();
	/* pud entry 1: ffff888040000000 */
	put64(PUD + 8, 0x3c0000000 | P | RW | PS | G | LARGE_PAT | PCD | PWT | NX);
	/* pmd entry 0x92: ffff888012400000 */
	put64(PMD + 0x490, 0x1ffe00000 | P | RW | PS | LARGE_PAT | A | D);
	ready();
	walk = expect_page(0xffff888041234567, 0x3c1234567, 0x40000000);
	assert_int_equal(walk.nr_steps, 2);
	expect_page(0xffff888040001000, 0x3c0001000, 0x40000000);
	expect_page(0xffff88807fffffff, 0x3ffffffff, 0x40000000);
	expect_range(0xffff888041234567, 0xffff888040000000, 0xffff88807fffffff);
	walk = expect_page(0xffff888012400000, 0x1ffe00000, 0x200000);
	assert_int_equal(walk.nr_steps, 3);
	expect_page(0xffff8880125fffff, 0x1ffffffff, 0x200000);
	expect_range(0xffff8880125fffff, 0xffff888012400000, 0xffff8880125fffff);
	end();
}

/* Bit 7 of a pte is PAT, and no size: table 4-20. */
static void pat_of_a_small_page(void **state)
{
	(void)state;
	start_4_levels();
	put64(PTE + 0xa28, 0x6789a000 | P | PS);
	ready();
	expect_page(0xffff888012345678, 0x6789a678, 0x1000);
	end();
}

/* Frames have up to 52 bits; 58:52 are ignored, 62:59 the protection key. */
static void wide_frames(void **state)
{
	(void)state;
	start_4_levels();
	put64(PTE + 0xa28, 0x7ffffffffffff000 | P);
	put64(PMD + 0x490, 0x000fffffffe00000 | P | PS);
	put64(PUD + 8, 0x7fffffffc0000000 | P | PS);
	put64(PTE + 0xa30, 0x0000400000000000 | P);
	ready();
	expect_page(0xffff888012345678, 0x000ffffffffff678, 0x1000);
	expect_page(0xffff888012412345, 0x000fffffffe12345, 0x200000);
	expect_page(0xffff888041234567, 0x000fffffc1234567, 0x40000000);
	/* 64T and above: MMIO is mapped there. */
	expect_page(0xffff888012346001, 0x0000400000000001, 0x1000);
	end();
}

/* 4.6: a right that one level denies is denied. */
static void rights_of_all_levels(void **state)
{
	static const uint64_t places[] = { PGD + 0x888, PUD, PMD + 0x488, PTE + 0xa28 };
	static const uint64_t entries[] = { PUD, PMD, PTE, 0x5000 };

	(void)state;
	for (int denying = 0; denying < 4; denying++) {
		start_4_levels();
		for (int i = 0; i < 4; i++)
			put64(places[i], entries[i] | P | RW | US);
		ready();
		expect_rights(0xffff888012345678, "wxu");
		end();
		put64(places[denying], entries[denying] | P | US);
		ready();
		expect_rights(0xffff888012345678, "-xu");
		end();
		put64(places[denying], entries[denying] | P | RW);
		ready();
		expect_rights(0xffff888012345678, "wx-");
		end();
		put64(places[denying], entries[denying] | P | RW | US | NX);
		ready();
		expect_rights(0xffff888012345678, "w-u");
		end();
	}
}

/* Tables 4-15 to 4-19: bit 7 of a pgd entry, 29:13 and 20:13 of large ones. */
static void reserved_bits(void **state)
{
	(void)state;
	start_4_levels();
	put64(PGD, PUD | P | PS);
	put64(PUD + 8, 0x40000000 | P | PS | 1 << 13);
	put64(PUD + 16, 0x40000000 | P | PS | 1 << 29);
	put64(PUD + 24, 0x40000000 | P | PS | 1 << 21);
	put64(PMD + 0x490, 0x200000 | P | PS | 1 << 13);
	put64(PMD + 0x498, 0x200000 | P | PS | 1 << 20);
	/* Not reserved in an entry that names a table. */
	put64(PMD + 0x4a0, 0x6000 | P);
	put64(0x6000, 0x5000 | P);
	ready();
	expect_stop(0x1000, WALK_CORRUPT, 0, PUD | P | PS);
	expect_range(0x1000, 0, 0x7fffffffff);
	expect_stop(0xffff888040000000, WALK_CORRUPT, 1, 0x40002081);
	expect_stop(0xffff888080000000, WALK_CORRUPT, 1, 0x60000081);
	expect_stop(0xffff8880c0000000, WALK_CORRUPT, 1, 0x40200081);
	expect_stop(0xffff888012400000, WALK_CORRUPT, 2, 0x202081);
	expect_stop(0xffff888012600000, WALK_CORRUPT, 2, 0x300081);
	expect_page(0xffff888012800000, 0x5000, 0x1000);
	end();
}

static void nothing_mapped(void **state)
{
	(void)state;
	start_4_levels();
	/* Whatever stands in the other bits. */
	put64(PUD + 8, UINT64_MAX & ~(uint64_t)P);
	ready();
	expect_stop(0, WALK_NOT_PRESENT, 0, 0);
	expect_range(0, 0, 0x7fffffffff);
	expect_stop(0xffff888041234567, WALK_NOT_PRESENT, 1, UINT64_MAX - 1);
	expect_range(0xffff888041234567, 0xffff888040000000, 0xffff88807fffffff);
	expect_stop(0xffff888000000000, WALK_NOT_PRESENT, 2, 0);
	expect_range(0xffff888000000000, 0xffff888000000000, 0xffff8880001fffff);
	expect_stop(0xffff888012345678, WALK_NOT_PRESENT, 3, 0);
	expect_range(0xffff888012345678, 0xffff888012345000, 0xffff888012345fff);
	end();
}

static void tables_that_are_missing(void **state)
{
	(void)state;
	start_4_levels();
	put64(PGD, FILTERED | P);
	put64(PGD + 8, 0x7000000 | P);
	put64(PUD + 8, 0x000ffffffffff000 | P);
	put64(PMD + 0x490, FILTERED | P);
	ready();
	expect_unreadable(0x40001000, 1, FILTERED + 8, PAGE_FILTERED);
	expect_range(0x40001000, 0x40000000, 0x7fffffff);
	expect_unreadable(0x8000000000, 1, 0x7000000, PAGE_ABSENT);
	expect_unreadable(0xffff888041234567, 2, 0x000ffffffffff048, PAGE_ABSENT);
	expect_unreadable(0xffff888012401000, 3, FILTERED + 8, PAGE_FILTERED);
	expect_range(0xffff888012401000, 0xffff888012401000, 0xffff888012401fff);
	space.root = FILTERED;
	expect_unreadable(0xffff888012345678, 0, FILTERED + 0x888, PAGE_FILTERED);
	expect_range(0xffff888012345678, 0xffff888000000000, 0xffff88ffffffffff);
	space.root = 0xfffffffffffff000;
	expect_unreadable(0xffff888012345678, 0, 0xfffffffffffff888, PAGE_ABSENT);
	end();
}

/* A table that names itself must not hold the walk up. */
static void a_table_that_names_itself(void **state)
{
	struct walk walk;

	(void)state;
	start_4_levels();
	put64(PGD + 0xff8, PGD | P | RW);
	ready();
	walk = expect_page(0xffffffffffffffff, 0x1fff, 0x1000);
	assert_int_equal(walk.nr_steps, 4);
	end();
}

/* AMD APM vol. 2, 7.10: the C-bit is no address bit, on any level. */
static void the_encryption_bit(void **state)
{
	static const uint64_t bits[] = { UINT64_C(1) << 47, UINT64_C(1) << 51 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint64_t c = bits[i];
		struct walk walk;

		start_4_levels();
		put64(PGD + 0x888, PUD | P | RW | c);
		put64(PUD, PMD | P | RW | c);
		put64(PMD + 0x488, PTE | P | RW | c);
		put64(PTE + 0xa28, 0x6789a000 | P | RW | c);
		put64(PTE + 0xa30, 0x6789b000 | P | RW);
		put64(PMD + 0x490, 0x1ffe00000 | P | PS | c);
		put64(PUD + 8, 0x3c0000000 | P | PS | c);
		ready();
		space.encrypt_mask = c;
		walk = expect_page(0xffff888012345678, 0x6789a678, 0x1000);
		expect_step(&walk, 0, 0x1888, PUD | P | RW | c);
		expect_step(&walk, 3, 0x4a28, 0x6789a003 | c);
		expect_page(0xffff888012346678, 0x6789b678, 0x1000);
		expect_page(0xffff888012412345, 0x1ffe12345, 0x200000);
		expect_page(0xffff888041234567, 0x3c1234567, 0x40000000);
		space.encrypt_mask = 0;
		expect_unreadable(0xffff888012345678, 1, c | PUD, PAGE_ABSENT);
		end();
	}
}

/* --- five levels: 4.5, figure 4-8 and table 4-14 of the pml5 --- */

static void five_levels(void **state)
{
	struct walk walk;

	(void)state;
	start(arch_x86_64.paging(MODE_X86_64, 5), PGD);
	/* ff11223344556789: pgd 0x111, p4d 0x44, pud 0xcd, pmd 0x22, pte 0x156 */
	put64(PGD + 0x888, 0x2000 | P | RW | US);
	put64(0x2000 + 0x220, 0x3000 | P | RW | US);
	put64(0x3000 + 0x668, 0x4000 | P | RW | US);
	put64(0x4000 + 0x110, 0x5000 | P | RW | US);
	put64(0x5000 + 0xab0, 0x6789a000 | P | RW | US);
	ready();
	assert_int_equal(space.paging->nr_levels, 5);
	walk = expect_page(0xff11223344556789, 0x6789a789, 0x1000);
	assert_int_equal(walk.nr_steps, 5);
	expect_step(&walk, 0, 0x1888, 0x2007);
	expect_step(&walk, 1, 0x2220, 0x3007);
	expect_step(&walk, 2, 0x3668, 0x4007);
	expect_step(&walk, 3, 0x4110, 0x5007);
	expect_step(&walk, 4, 0x5ab0, 0x6789a007);
	end();
}

static void the_hole_of_five_levels(void **state)
{
	static const uint64_t holes[] = {
		0x0100000000000000,
		0xfeffffffffffffff,
		0x8000000000000000,
		0x0200000000000000,
	};

	(void)state;
	start(arch_x86_64.paging(MODE_X86_64, 5), PGD);
	ready();
	for (size_t i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
		walk_to(holes[i], WALK_NON_CANONICAL);
		expect_range(holes[i], 0x0100000000000000, 0xfeffffffffffffff);
	}
	expect_stop(0x00ffffffffffffff, WALK_NOT_PRESENT, 0, 0);
	expect_range(0x00ffffffffffffff, 0x00ff000000000000, 0x00ffffffffffffff);
	expect_stop(0xff00000000000000, WALK_NOT_PRESENT, 0, 0);
	expect_stop(0x0000800000000000, WALK_NOT_PRESENT, 0, 0);
	end();
}

/* There are no pages of 512G or 256T: bit 7 is reserved. */
static void no_larger_pages_than_1g(void **state)
{
	(void)state;
	start(arch_x86_64.paging(MODE_X86_64, 5), PGD);
	put64(PGD, PUD | P);
	put64(PGD + 8, PUD | P | PS);
	put64(PUD, PMD | P | PS);
	put64(PUD + 8, PMD | P);
	put64(PMD, 0x40000000 | P | PS);
	ready();
	expect_stop(0x0001000000000000, WALK_CORRUPT, 0, PUD | P | PS);
	expect_range(0x0001000000000000, 0x0001000000000000, 0x0001ffffffffffff);
	expect_stop(0, WALK_CORRUPT, 1, PMD | P | PS);
	expect_range(0, 0, 0x7fffffffff);
	expect_page(0x8000000123, 0x40000123, 0x40000000);
	end();
}

/* --- PAE: 4.4, figures 4-5 to 4-7, tables 4-7 to 4-11 --- */

/* c1234567: entry 3 of the pgd, 9 of the pmd, 0x34 of the pte */
static void start_pae(uint64_t root)
{
	start(arch_i386.paging(MODE_PAE, 3), root);
	put64(root + 24, HIGH | P);
	put64(HIGH + 0x48, PTE | P | RW | US);
	put64(PTE + 0x1a0, 0x56789a000 | P | RW | US | G);
}

static void pae_with_tables_in_high_memory(void **state)
{
	struct walk walk;

	(void)state;
	/* Four entries on a boundary of 32 bytes: table 4-7. */
	start_pae(0x1fe0);
	ready();
	assert_int_equal(space.paging->nr_levels, 3);
	walk = expect_page(0xc1234567, 0x56789a567, 0x1000);
	assert_int_equal(walk.nr_steps, 3);
	expect_step(&walk, 0, 0x1ff8, 0x123456001);
	expect_step(&walk, 1, 0x123456048, 0x4007);
	expect_step(&walk, 2, 0x41a0, 0x56789a107);
	expect_rights(0xc1234567, "wxu");
	expect_range(0xc1234567, 0xc1234000, 0xc1234fff);
	expect_stop(0x3fffffff, WALK_NOT_PRESENT, 0, 0);
	expect_range(0x3fffffff, 0, 0x3fffffff);
	expect_stop(0xffffffff, WALK_NOT_PRESENT, 1, 0);
	expect_range(0xffffffff, 0xffe00000, 0xffffffff);
	end();
}

static void pae_pages(void **state)
{
	(void)state;
	start_pae(0x1000);
	/* 2M: frame in 51:21, PAT in 12; pmd entry 10 is c1400000 */
	put64(HIGH + 0x50, 0xfffffffe00000 | P | RW | PS | LARGE_PAT | NX);
	put64(PTE + 0x1a8, 0xffffffffff000 | P | PS | NX);
	ready();
	expect_page(0xc1412345, 0xfffffffe12345, 0x200000);
	expect_rights(0xc1412345, "w--");
	expect_range(0xc1412345, 0xc1400000, 0xc15fffff);
	expect_page(0xc1235678, 0xffffffffff678, 0x1000);
	expect_rights(0xc1235678, "---");
	end();
}

/* The top level has no rights: only what is below it counts. */
static void pae_rights(void **state)
{
	(void)state;
	start_pae(0x1000);
	put64(HIGH + 0x50, PTE | P | RW);
	put64(HIGH + 0x58, PTE | P | US);
	put64(HIGH + 0x60, PTE | P | RW | US | NX);
	ready();
	expect_rights(0xc1234567, "wxu");
	expect_rights(0xc1434567, "wx-");
	expect_rights(0xc1634567, "-xu");
	expect_rights(0xc1834567, "w-u");
	end();
}

/* Table 4-8: 63:52, 8:7 and 2:1 of the top level. 4-9 to 4-11: 62:52, and
 * 20:13 of a 2M page. */
static void pae_reserved_bits(void **state)
{
	static const int top[] = { 1, 2, 7, 8, 52, 62, 63 };
	static const int below[] = { 52, 55, 62 };

	(void)state;
	for (size_t i = 0; i < sizeof(top) / sizeof(top[0]); i++) {
		uint64_t entry = HIGH | P | UINT64_C(1) << top[i];

		start_pae(0x1000);
		put64(0x1018, entry);
		ready();
		expect_stop(0xc1234567, WALK_CORRUPT, 0, entry);
		expect_range(0xc1234567, 0xc0000000, 0xffffffff);
		end();
	}
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		uint64_t bit = UINT64_C(1) << below[i];

		start_pae(0x1000);
		put64(HIGH + 0x50, PTE | P | bit);
		put64(HIGH + 0x58, P | PS | bit);
		put64(PTE + 0x1a8, P | bit);
		ready();
		expect_stop(0xc1400000, WALK_CORRUPT, 1, PTE | P | bit);
		expect_stop(0xc1600000, WALK_CORRUPT, 1, P | PS | bit);
		expect_stop(0xc1235000, WALK_CORRUPT, 2, P | bit);
		end();
	}
	start_pae(0x1000);
	put64(HIGH + 0x50, P | PS | 1 << 13);
	put64(HIGH + 0x58, P | PS | 1 << 20);
	ready();
	expect_stop(0xc1400000, WALK_CORRUPT, 1, P | PS | 1 << 13);
	expect_stop(0xc1600000, WALK_CORRUPT, 1, P | PS | 1 << 20);
	end();
}

static void addresses_of_32_bits(void **state)
{
	static const uint64_t beyond[] = { 0x100000000, 0xffffffffc1234567, UINT64_MAX };
	const struct paging *const modes[] = {
		arch_i386.paging(MODE_PAE, 3),
		arch_i386.paging(MODE_I386, 2),
	};

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		start(modes[m], 0x1000);
		ready();
		for (size_t i = 0; i < 3; i++) {
			walk_to(beyond[i], WALK_NON_CANONICAL);
			expect_range(beyond[i], 0x100000000, UINT64_MAX);
		}
		walk_to(0xffffffff, WALK_NOT_PRESENT);
		walk_to(0x80000000, WALK_NOT_PRESENT);
		end();
	}
}

/* --- two levels: 4.3, figures 4-2 to 4-4, tables 4-3 to 4-6 --- */

/* c1234567: entry 0x304 of the pgd, 0x234 of the pte */
static void two_levels(void **state)
{
	struct walk walk;

	(void)state;
	start(arch_i386.paging(MODE_I386, 2), 0x1000);
	put32(0x1c10, 0x2000 | P | RW | US | A);
	put32(0x28d0, 0xfedcb000 | P | RW | PS | G);
	put32(0x28d4, 0x00001000 | P | US);
	put32(0x1ffc, 0x3000 | P | US);
	put32(0x3ffc, 0x7000 | P | RW | US);
	ready();
	assert_int_equal(space.paging->nr_levels, 2);
	walk = expect_page(0xc1234567, 0xfedcb567, 0x1000);
	assert_int_equal(walk.nr_steps, 2);
	expect_step(&walk, 0, 0x1c10, 0x2027);
	expect_step(&walk, 1, 0x28d0, 0xfedcb183);
	expect_rights(0xc1234567, "wx-");
	expect_page(0xc1235fff, 0x1fff, 0x1000);
	expect_rights(0xc1235fff, "-xu");
	expect_page(0xffffffff, 0x7fff, 0x1000);
	expect_rights(0xffffffff, "-xu");
	expect_range(0xffffffff, 0xfffff000, 0xffffffff);
	expect_stop(0xc1236000, WALK_NOT_PRESENT, 1, 0);
	expect_range(0xc1236000, 0xc1236000, 0xc1236fff);
	expect_stop(0, WALK_NOT_PRESENT, 0, 0);
	expect_range(0, 0, 0x3fffff);
	end();
}

/* Table 4-4: 31:22 and, above them, 20:13 are the frame; 12 is PAT. */
static void two_levels_large_pages(void **state)
{
	struct walk walk;

	(void)state;
	start(arch_i386.paging(MODE_I386, 2), 0x1000);
	put32(0x1c10, 0x37400000 | P | RW | PS | LARGE_PAT);
	put32(0x1c14, 0x37400000 | P | RW | PS | 0x25 << 13);
	put32(0x1c18, 0xffc00000 | P | US | PS | 0xff << 13 | LARGE_PAT);
	put32(0x1c1c, 0x37400000 | P | RW | PS | 1 << 21);
	put32(0x1c20, FILTERED | P | 1 << 9);
	/* Bits 20:13 and 21 belong to the address of a table. */
	put32(0x1c24, 0x3e2000 | P);
	ready();
	walk = expect_page(0xc1012345, 0x37412345, 0x400000);
	assert_int_equal(walk.nr_steps, 1);
	expect_range(0xc1012345, 0xc1000000, 0xc13fffff);
	expect_rights(0xc1012345, "wx-");
	expect_page(0xc1412345, 0x2537412345, 0x400000);
	expect_page(0xc1bfffff, 0xffffffffff, 0x400000);
	expect_rights(0xc1bfffff, "-xu");
	expect_stop(0xc1c00000, WALK_CORRUPT, 0, 0x37600083);
	expect_unreadable(0xc2001000, 1, FILTERED + 4, PAGE_FILTERED);
	expect_unreadable(0xc2400000, 1, 0x3e2000, PAGE_ABSENT);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_page),
		cmocka_unit_test(the_first_and_the_last_entry),
		cmocka_unit_test(the_hole_of_four_levels),
		cmocka_unit_test(large_pages),
		cmocka_unit_test(pat_of_a_small_page),
		cmocka_unit_test(wide_frames),
		cmocka_unit_test(rights_of_all_levels),
		cmocka_unit_test(reserved_bits),
		cmocka_unit_test(nothing_mapped),
		cmocka_unit_test(tables_that_are_missing),
		cmocka_unit_test(a_table_that_names_itself),
		cmocka_unit_test(the_encryption_bit),
		cmocka_unit_test(five_levels),
		cmocka_unit_test(the_hole_of_five_levels),
		cmocka_unit_test(no_larger_pages_than_1g),
		cmocka_unit_test(pae_with_tables_in_high_memory),
		cmocka_unit_test(pae_pages),
		cmocka_unit_test(pae_rights),
		cmocka_unit_test(pae_reserved_bits),
		cmocka_unit_test(addresses_of_32_bits),
		cmocka_unit_test(two_levels),
		cmocka_unit_test(two_levels_large_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
