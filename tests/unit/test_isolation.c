/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Page-table isolation: which of two adjacent tables is the kernel's, and whether the kernel has a
 * separate table for user mode. arch/x86/mm/pti.c, 4.15 and 4.19 (PAE). */
#include "dump/registers.h"
#include "image.h"
#include "kernel/arch.h"
#include "open/archs.h"
#include "paging/walk.h"

#include "unit.h"

enum { MEMORY = 0x1000, MEMORY_SIZE = 0x10000, OWN = 0x2000, COPY = 0x3000 };
enum { P = 1, RW = 2, US = 4, A = 0x20 };
#define NX (UINT64_C(1) << 63)

static struct image image;
static struct space space;

static void put(uint64_t paddr, uint64_t entry)
{
	entry = htole64(entry);
	memcpy(image.bytes + MEMORY + paddr, &entry, sizeof(entry));
}

static void start(const struct arch *arch, enum kernel_mode mode, unsigned int levels)
{
	image_init(&image, false);
	memset(image.bytes + MEMORY, 0, MEMORY_SIZE);
	space = (struct space){ .paging = arch_paging(arch, mode, levels) };
}

static void ready(uint64_t end)
{
	image_load(&image, MEMORY, 0, end);
	space.dump = image_open(&image, NULL);
	assert_non_null(space.dump);
}

/* --- which table is the kernel's --- */

static void expect_root(const struct arch *arch, uint64_t cr3, uint64_t root)
{
	const struct cpu_state cpu = { .registers.value[CPU_CR3] = cr3 };
	uint64_t found = arch->cpu_root(&space, &cpu);

	if (found != root)
		fail_msg("%llx: %llx, not %llx", (unsigned long long)cr3, (unsigned long long)found,
			 (unsigned long long)root);
}

/* The bits of CR3 that are the address of a table, and bits that no processor sets: SDM vol. 3A,
 * 2.5 and 4.5.2; with PAE, 4.4.1. Only x86-64 has bit 63. Bit 47 marks encrypted memory here. */
static void tables_by_cr3(void **state)
{
	static const struct {
		const struct arch *arch;
		enum kernel_mode mode;
		unsigned int levels;
		uint64_t cr3, root;
		bool sound;
	} rows[] = {
		{ &arch_x86_64, MODE_X86_64, 4, 0x123456789000, 0x123456789000, true },
		{ &arch_x86_64, MODE_X86_64, 4, 0x123456789fff, 0x123456789000, true },
		{ &arch_x86_64, MODE_X86_64, 5, NX | 0x5001, 0x5000, true },
		{ &arch_x86_64, MODE_X86_64, 4, UINT64_C(1) << 47 | 0x5000, 0x5000, true },
		{ &arch_x86_64, MODE_X86_64, 4, UINT64_C(1) << 62 | 0x5000, 0x5000, false },
		{ &arch_x86_64, MODE_X86_64, 4, UINT64_C(1) << 52 | 0x5000, 0x5000, false },
		{ &arch_i386, MODE_I386, 2, 0xfffff001, 0xfffff000, true },
		{ &arch_i386, MODE_I386, 2, NX | 0x5000, 0x5000, false },
		{ &arch_i386, MODE_PAE, 3, 0x5fe0, 0x5fe0, true },
		{ &arch_i386, MODE_PAE, 3, 0x5fff, 0x5fe0, true },
		{ &arch_i386, MODE_PAE, 3, UINT64_C(1) << 32 | 0x5000, 0x5000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t root = 1;
		bool sound;

		start(rows[i].arch, rows[i].mode, rows[i].levels);
		if (rows[i].mode == MODE_X86_64)
			space.encrypt_mask = UINT64_C(1) << 47;
		sound = rows[i].arch->root_of_register(&space, rows[i].cr3, &root);
		if (sound != rows[i].sound || root != rows[i].root)
			fail_msg("row %zu: %llx", i, (unsigned long long)root);
	}
}

/* Writes one user entry, and a kernel's half with one entry that the copy lacks. */
static void put_pair(void)
{
	put(OWN + 8 * 255, 0x5000 | P | RW | US | NX);
	put(COPY + 8 * 255, 0x5000 | P | RW | US | A);
	put(OWN + 8 * 256, 0x6000 | P | RW);
	put(OWN + 8 * 511, 0x7000 | P | RW);
	put(COPY + 8 * 511, 0x7000 | P | RW);
}

static const struct {
	struct {
		uint64_t at, entry;
	} put[2];
	bool isolated;
} pairs[] = {
	{ { { 0 } }, true },
	/* user halves that differ in the first or the last entry */
	{ { { COPY + 8 * 255, 0x8000 | P | RW | US } }, false },
	{ { { OWN + 8 * 255, 0x5000 | P | RW } }, false },
	{ { { COPY, 0x8000 | P | RW | US } }, false },
	{ { { COPY, 0x8000 | P | RW | US }, { OWN, 0x8000 | P | RW | US | NX } }, true },
	/* user halves that are empty, or have no present entry */
	{ { { OWN + 8 * 255, 0 }, { COPY + 8 * 255, 0 } }, false },
	{ { { OWN + 8 * 255, 0x5006 }, { COPY + 8 * 255, 0x5006 } }, false },
	/* the kernel's halves are equal, or the copy has more entries */
	{ { { COPY + 8 * 256, 0x6000 | P | RW } }, false },
	{ { { OWN + 8 * 256, 0 } }, false },
	{ { { OWN + 8 * 256, 0x6006 } }, false },
	{ { { COPY + 8 * 300, 0x6000 | P | RW } }, false },
	{ { { COPY + 8 * 300, 0x6006 } }, true },
	{ { { OWN + 8 * 511, 0 } }, false },
	/* an entry that both tables have may differ */
	{ { { COPY + 8 * 511, 0x8000 | P } }, true },
};

static void tables_of_x86_64(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		for (unsigned int levels = 4; levels <= 5; levels++) {
			uint64_t root = pairs[i].isolated ? OWN : COPY;

			start(&arch_x86_64, MODE_X86_64, levels);
			put_pair();
			for (int nr = 0; nr < 2; nr++)
				if (pairs[i].put[nr].at)
					put(pairs[i].put[nr].at, pairs[i].put[nr].entry);
			ready(MEMORY_SIZE);
			expect_root(&arch_x86_64, COPY, root);
			/* PCID is bits 11:0; bit 63 means no flush */
			expect_root(&arch_x86_64, COPY | 0xfff | NX, root);
			expect_root(&arch_x86_64, OWN, OWN);
			expect_root(&arch_x86_64, 0x1000, 0x1000);
			expect_root(&arch_x86_64, 0x1234567801000, 0x1234567801000);
			space.encrypt_mask = UINT64_C(1) << 47;
			expect_root(&arch_x86_64, COPY | space.encrypt_mask, root);
			dump_close(space.dump);
		}
}

static void tables_that_are_cut(void **state)
{
	static const uint64_t ends[] = { COPY, COPY + 8 * 255, COPY + 8 * 511, COPY + 8 * 512 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		start(&arch_x86_64, MODE_X86_64, 4);
		put_pair();
		ready(ends[i]);
		expect_root(&arch_x86_64, COPY, i == 3 ? OWN : COPY);
		dump_close(space.dump);
	}
}

/* PAE: one of four entries is for user addresses. The last entry of the copy points to another
 * table. */
static void tables_of_pae(void **state)
{
	static const struct {
		uint64_t at, entry, root;
	} rows[] = {
		{ 0, 0, OWN },	       { COPY, 0x8000 | P, COPY }, { COPY + 24, 0x7000 | P, COPY },
		{ OWN + 24, 0, COPY }, { COPY + 24, 0, OWN },	   { COPY + 8, 0x9000 | P, OWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(&arch_i386, MODE_PAE, 3);
		put(OWN, 0x5000 | P);
		put(COPY, 0x5000 | P);
		put(OWN + 24, 0x7000 | P);
		put(COPY + 24, 0x8000 | P);
		if (rows[i].at)
			put(rows[i].at, rows[i].entry);
		ready(MEMORY_SIZE);
		expect_root(&arch_i386, COPY, rows[i].root);
		expect_root(&arch_i386, COPY | 0x1f, rows[i].root);
		/* the table is any 32 bytes of a page */
		expect_root(&arch_i386, COPY | 0x20, COPY | 0x20);
		expect_root(&arch_i386, COPY | 0x800, COPY | 0x800);
		expect_root(&arch_i386, UINT64_C(0x100000000) | OWN, OWN);
		dump_close(space.dump);
	}
}

/* With 32-bit entries, there is no copy. */
static void tables_of_two_levels(void **state)
{
	(void)state;
	start(&arch_i386, MODE_I386, 2);
	put_pair();
	put(OWN, 0x5000 | P);
	put(COPY, 0x5000 | P);
	ready(MEMORY_SIZE);
	expect_root(&arch_i386, COPY, COPY);
	expect_root(&arch_i386, COPY | 0xfff, COPY);
	dump_close(space.dump);
}

/* --- whether there is a second table --- */

static void tables_of_users(void **state)
{
	/* __pti_set_user_pgtbl(): the first entry decides */
	static const struct {
		uint64_t own, copy;
		bool isolated;
	} rows[] = {
		{ 0x5000 | P | RW | US | NX, 0x5000 | P | RW | US, true },
		{ 0x5000 | P | RW | US | NX, 0x5000 | P | RW | US | NX, false },
		{ 0x5000 | P | RW | US | NX, 0x5000 | P | RW, false },
		{ 0x5000 | P | RW | US | NX, 0x6000 | P | RW | US, false },
		{ 0x5000 | P | RW | US | NX, 0, false },
		{ 0x5000 | P | RW | US, 0x5000 | P | RW | US, false },
		{ 0, 0, false },
		{ 0x5006 | NX, 0x5006, false },
	};
	static const unsigned int slots[] = { 0, 1, 100, 255, 256 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t slot = 0; slot < 5; slot++) {
			uint64_t root = 1;

			start(&arch_x86_64, MODE_X86_64, 4);
			/* entries before it that are zero or not present */
			if (slot)
				put(OWN, 0x1234560);
			put(OWN + 8 * slots[slot], rows[i].own);
			put(COPY + 8 * slots[slot], rows[i].copy);
			ready(MEMORY_SIZE);
			space.root = OWN;
			assert_int_equal(arch_x86_64.user_table(&space, &root),
					 rows[i].isolated && slots[slot] < 256);
			assert_int_equal(root, rows[i].isolated && slots[slot] < 256 ? COPY : 1);
			space.root = COPY;
			assert_false(arch_x86_64.user_table(&space, &root));
			space.root = OWN + 0x800;
			assert_false(arch_x86_64.user_table(&space, &root));
			dump_close(space.dump);
		}
	/* the copy is not in the dump */
	start(&arch_x86_64, MODE_X86_64, 4);
	put(OWN, rows[0].own);
	ready(COPY);
	space.root = OWN;
	assert_false(arch_x86_64.user_table(&space, &space.root));
	dump_close(space.dump);
	/* entries after one that is not in the copy are not compared */
	start(&arch_x86_64, MODE_X86_64, 4);
	put(OWN, rows[5].own);
	put(COPY, rows[5].copy);
	put(OWN + 8, rows[0].own);
	put(COPY + 8, rows[0].copy);
	ready(MEMORY_SIZE);
	space.root = OWN;
	assert_false(arch_x86_64.user_table(&space, &space.root));
	dump_close(space.dump);
	/* with PAE, the rights are below the top level */
	start(&arch_i386, MODE_PAE, 3);
	put(OWN, 0x5000 | P | NX);
	put(COPY, 0x5000 | P);
	ready(MEMORY_SIZE);
	space.root = OWN;
	assert_false(arch_i386.user_table(&space, &space.root));
	dump_close(space.dump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_by_cr3),	cmocka_unit_test(tables_of_x86_64),
		cmocka_unit_test(tables_that_are_cut),	cmocka_unit_test(tables_of_pae),
		cmocka_unit_test(tables_of_two_levels), cmocka_unit_test(tables_of_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
