/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk of PAE and of two levels. */
#include "kernel/arch.h"
#include "open/archs.h"
#include "paging/walk.h"
#include "made_walk.h"

#include "unit.h"

static void put32(uint64_t paddr, uint32_t entry)
{
	entry = htole32(entry);
	memcpy(memory_at(paddr), &entry, sizeof(entry));
}

/* --- PAE: 4.4, figures 4-5 to 4-7, tables 4-7 to 4-11 --- */

/* c1234567: entry 3 of the pgd, 9 of the pmd, and 0x34 of the pte */
static void start_pae(uint64_t root)
{
	start(arch_paging(&arch_i386, MODE_PAE, 3), root);
	put64(root + 24, HIGH | P);
	put64(HIGH + 0x48, PTE | P | RW | US);
	put64(PTE + 0x1a0, 0x56789a000 | P | RW | US | G);
}

static void pae_with_tables_in_high_memory(void **state)
{
	struct walk walk;

	(void)state;
	/* Four entries, at a multiple of 32 bytes: table 4-7. */
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
	/* 2M: the frame is bits 51:21, and PAT is bit 12; entry 10 of the pmd is c1400000 */
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

/* The top level has no rights, so only the levels below it count. */
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

/* Table 4-8: bits 63:52, 8:7 and 2:1 of the top level. Tables 4-9 to 4-11: bits 62:52, and bits
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
		arch_paging(&arch_i386, MODE_PAE, 3),
		arch_paging(&arch_i386, MODE_I386, 2),
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

/* c1234567: entry 0x304 of the pgd, and 0x234 of the pte */
static void two_levels(void **state)
{
	struct walk walk;

	(void)state;
	start(arch_paging(&arch_i386, MODE_I386, 2), 0x1000);
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

/* Table 4-4: bits 31:22 are the frame, with bits 20:13 above them; bit 12 is PAT. */
static void two_levels_large_pages(void **state)
{
	struct walk walk;

	(void)state;
	start(arch_paging(&arch_i386, MODE_I386, 2), 0x1000);
	put32(0x1c10, 0x37400000 | P | RW | PS | LARGE_PAT);
	put32(0x1c14, 0x37400000 | P | RW | PS | 0x25 << 13);
	put32(0x1c18, 0xffc00000 | P | US | PS | 0xff << 13 | LARGE_PAT);
	put32(0x1c1c, 0x37400000 | P | RW | PS | 1 << 21);
	put32(0x1c20, FILTERED | P | 1 << 9);
	/* If the entry points to a table, bits 20:13 and 21 belong to the address. */
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
