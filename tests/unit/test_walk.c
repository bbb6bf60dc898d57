/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk of four and five levels. */
#include "kernel/arch.h"
#include "open/archs.h"
#include "paging/walk.h"
#include "made_walk.h"

#include "unit.h"

/* --- four levels: 4.5, figures 4-8 to 4-10, tables 4-15 to 4-20 --- */

/* ffff888012345678: entry 0x111 of the pgd, 0 of the pud, 0x91 of the pmd and 0x145 of the pte, and
 * offset 0x678 in the page. */
static void start_4_levels(void)
{
	start(arch_paging(&arch_x86_64, MODE_X86_64, 4), PGD);
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
	start(arch_paging(&arch_x86_64, MODE_X86_64, 4), PGD);
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

/* 3.3.7.1: bits 63 to 47 of an address are equal. */
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

/* Table 4-16: bits 51:30 are the frame, and bit 12 is PAT. Table 4-18: the frame is bits 51:21. */
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

/* Bit 7 of a pte is PAT and not the page size: table 4-20. */
static void pat_of_a_small_page(void **state)
{
	(void)state;
	start_4_levels();
	put64(PTE + 0xa28, 0x6789a000 | P | PS);
	ready();
	expect_page(0xffff888012345678, 0x6789a678, 0x1000);
	end();
}

/* Frames have up to 52 bits. Bits 58:52 are ignored, and 62:59 are the protection key. */
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
	/* 64T and above, where MMIO is mapped. */
	expect_page(0xffff888012346001, 0x0000400000000001, 0x1000);
	end();
}

/* 4.6: a right exists only if all levels grant it. */
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

/* Tables 4-15 to 4-19: bit 7 of a pgd entry, and bits 29:13 and 20:13 of entries for large
 * pages. */
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
	/* Not reserved in an entry that points to a table. */
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
	/* The other bits may have any value. */
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

/* A walk must end even if a table points to itself. */
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

/* AMD APM vol. 2, 7.10: the C-bit is not an address bit at any level. */
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

/* --- five levels: 4.5, figure 4-8, and table 4-14 for the pml5 --- */

static void five_levels(void **state)
{
	struct walk walk;

	(void)state;
	start(arch_paging(&arch_x86_64, MODE_X86_64, 5), PGD);
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
	start(arch_paging(&arch_x86_64, MODE_X86_64, 5), PGD);
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
	start(arch_paging(&arch_x86_64, MODE_X86_64, 5), PGD);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
