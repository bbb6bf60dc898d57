/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registers that point to tables of arm64, the paging modes, and the rights of entries: Arm ARM
 * (DDI 0487), TTBR0_EL1, D8.2 to D8.4. Linear maps: asm/memory.h. */
#include "arch/arm64/arm64.h"
#include "image.h"
#include "linux/region.h"
#include "open/archs.h"

#include "unit.h"

enum { FAILS = 1 };
static const uint64_t wide_of_48[4] = { ARM64_64K, 48, 52, 52 }; /* bits in use, configured, PA */
static const uint64_t wide_of_52[4] = { ARM64_64K, 52, 52, 52 };
static const uint64_t pages_4k[4] = { ARM64_4K, 48, 48, 48 };
static const uint64_t lpa2_16k[4] = { ARM64_16K, 52, 52, 52 };

static struct paging_choice choice_of(const uint64_t numbers[4])
{
	return (struct paging_choice){ .mode = MODE_ARM64,
				       .page_size = numbers[0],
				       .va_bits = numbers[1],
				       .config_va_bits = numbers[2],
				       .pa_bits = numbers[3] };
}

/* The table has 512 entries (4K, 48 bits), 1024 (64K, 52 bits) or 32 (16K, 52 bits); it begins at a
 * multiple of its size. Bit 0 of the register is CnP, and bits 63:48 are the ASID; bits 5:2 are
 * bits 51:48 of the address if addresses have 52 bits. The dump ends at 2G. */
static const struct {
	const uint64_t *paging;
	uint64_t value, user, kernel; /* FAILS: not a table */
} registers[] = {
	{ pages_4k, 0x40001000, 0x40001000, 0x40001000 },
	{ pages_4k, 0x40001001, 0x40001000, 0x40001000 },
	{ pages_4k, 0x0001000040001000, 0x40001000, 0x40001000 },
	{ pages_4k, 0x8000000040001001, 0x40001000, 0x40001000 },
	{ pages_4k, 0x800040001000, 0x800040001000, 0x800040001000 },
	{ pages_4k, 0x40001800, FAILS, FAILS },
	{ pages_4k, 0x40001040, FAILS, FAILS },
	{ pages_4k, 0x40001002, FAILS, FAILS },
	{ pages_4k, 0x40001004, FAILS, FAILS },
	{ pages_4k, 0x40001020, FAILS, FAILS },
	{ wide_of_52, 0x40002000, 0x40002000, 0x40002000 },
	{ wide_of_52, 0x40002004, 0x1000040002000, 0x1000040002000 },
	{ wide_of_52, 0x40002008, 0x2000040002000, 0x2000040002000 },
	{ wide_of_52, 0x40002020, 0x8000040002000, 0x8000040002000 },
	{ wide_of_52, 0x000100004000203d, 0xf000040002000, 0xf000040002000 },
	{ wide_of_52, 0x40002002, FAILS, FAILS },
	{ wide_of_52, 0x40000200, FAILS, FAILS },
	/* TTBR1_EL1 of a kernel for 52 bits points to the last 64 entries: c812026c54cf. */
	{ wide_of_48, 0x40003e00, FAILS, 0x40002000 },
	{ wide_of_48, 0x40003e01, FAILS, 0x40002000 },
	{ wide_of_48, 0x40003c00, FAILS, FAILS },
	{ wide_of_48, 0x40003e40, FAILS, FAILS },
	{ pages_4k, 0x40001e00, FAILS, FAILS },
	{ lpa2_16k, 0x40000104, 0x1000040000100, 0x1000040000100 },
	{ lpa2_16k, 0x40000040, FAILS, FAILS },
	/* The dump's last byte is at 7fffffff. */
	{ lpa2_16k, 0x80000000, 0x80000000, 0x80000000 },
};

static void tables_of_registers(void **state)
{
	struct image image;
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0x7ffff000, 0x1000);
	dump = image_open(&image, NULL);
	assert_non_null(dump);
	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		const struct paging_choice choice = choice_of(registers[i].paging);
		const struct space space = { .dump = dump, .paging = arm64_paging(&choice) };
		uint64_t user = registers[i].value, kernel = registers[i].value;

		if (!arch_arm64.root_of_register(&space, user, &user))
			user = FAILS;
		if (!arch_arm64.kernel_table(&space, &kernel))
			kernel = FAILS;
		if (user != registers[i].user || kernel != registers[i].kernel)
			fail_msg("row %zu: %#llx %#llx", i, (unsigned long long)user,
				 (unsigned long long)kernel);
	}
	dump_close(dump);
}

/* Each mode by its numbers: page size, bits in use, configured bits, physical bits. Then the number
 * of entries of the top-level table, and the address bits that select them. */
static const struct {
	uint64_t numbers[4];
	unsigned int levels, entries, shift, unused;
} modes[] = {
	{ { ARM64_4K, 39, 39, 48 }, 3, 512, 30, 0 },
	{ { ARM64_4K, 48, 48, 48 }, 4, 512, 39, 0 },
	{ { ARM64_4K, 52, 52, 52 }, 5, 16, 48, 0 },
	{ { ARM64_16K, 36, 36, 48 }, 2, 2048, 25, 0 },
	{ { ARM64_16K, 47, 47, 48 }, 3, 2048, 36, 0 },
	{ { ARM64_16K, 48, 48, 48 }, 4, 2, 47, 0 },
	{ { ARM64_16K, 52, 52, 52 }, 4, 32, 47, 0 },
	{ { ARM64_64K, 42, 42, 48 }, 2, 8192, 29, 0 },
	{ { ARM64_64K, 42, 42, 52 }, 2, 8192, 29, 0 },
	{ { ARM64_64K, 48, 48, 48 }, 3, 64, 42, 0 },
	{ { ARM64_64K, 48, 48, 52 }, 3, 64, 42, 0 },
	{ { ARM64_64K, 52, 52, 52 }, 3, 1024, 42, 0 },
	{ { ARM64_64K, 48, 52, 52 }, 3, 1024, 42, 4 },
};

static void modes_by_their_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct paging_choice choice = choice_of(modes[i].numbers);
		const struct paging *paging = arm64_paging(&choice);

		assert_non_null(paging);
		assert_int_equal(paging->nr_levels, modes[i].levels);
		assert_int_equal(paging->level[0].index_mask, modes[i].entries - 1);
		assert_int_equal(paging->level[0].shift, modes[i].shift);
		assert_int_equal(paging->unused_bits, modes[i].unused);
		/* addresses of the half: 1 << bits */
		assert_int_equal(paging->address_bits - paging->unused_bits - 1, choice.va_bits);
		for (choice.levels = 1; choice.levels < 7; choice.levels++)
			assert_ptr_equal(arm64_paging(&choice),
					 choice.levels == modes[i].levels ? paging : NULL);
		choice.levels = 0;
		choice.pa_bits = 50;
		assert_null(arm64_paging(&choice));
	}
}

/* D8.3.1: with LPA, which address bits an entry contains, and blocks of 4T. Bits 11:2 and 63:50 are
 * not part of the address; bits below the size of a block must be 0, but not bits 15:12. */
static void entries_of_64k(void **state)
{
	static const uint64_t *const kinds[] = { wide_of_48, wide_of_52 };
	static const struct {
		unsigned int level;
		uint64_t entry;
		enum entry_class class;
	} rows[] = {
		{ 0, 3, CLASS_TABLE },
		{ 0, UINT64_C(0xffffffffffffffff), CLASS_TABLE },
		{ 0, 0x401, CLASS_PAGE },
		{ 0, UINT64_C(0xfffffc000001fffd), CLASS_PAGE },
		{ 0, 0x401 | 1 << 17, CLASS_CORRUPT },
		{ 0, 0x401 | UINT64_C(1) << 41, CLASS_CORRUPT },
		{ 1, UINT64_C(0xffffffffe001fffd), CLASS_PAGE },
		{ 1, 0x401 | 1 << 28, CLASS_CORRUPT },
		{ 2, UINT64_C(0xffffffffffffffff), CLASS_PAGE },
		{ 2, 0x401, CLASS_CORRUPT },
		{ 2, 0x402, CLASS_ABSENT },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const struct paging_choice choice = choice_of(kinds[i % 2]);
		const struct paging *paging = arm64_paging(&choice);

		if (entry_class(paging->family, paging, rows[i / 2].level, rows[i / 2].entry) !=
		    rows[i / 2].class)
			fail_msg("row %zu", i / 2);
	}
}

/* Bits of entries: UXN is 54, PXN 53, AP[2] 7 (read-only), AP[1] 6 (EL0), DBM 51. Of a table:
 * PXNTable 59, UXNTable 60, APTable[0] 61 (no EL0), APTable[1] 62 (read-only). D8.4.3: EL1 may not
 * execute what EL0 may write. */
#define UXN (UINT64_C(1) << 54)
#define PXN (UINT64_C(1) << 53)
#define RO (1 << 7)
#define EL0 (1 << 6)
#define IN_TABLE(BIT) (UINT64_C(1) << (BIT))
static const struct {
	uint64_t table, page;
	const char *access;
	unsigned int may;
} rights[] = {
	{ 0, 0, "EL1 rwx, EL0 --x", MAY_READ | MAY_WRITE | MAY_EXECUTE },
	{ 0, PXN | UXN, "EL1 rw-, EL0 ---", MAY_READ | MAY_WRITE },
	{ 0, UXN | RO, "EL1 r-x, EL0 ---", MAY_READ | MAY_EXECUTE },
	{ 0, PXN | UXN | RO, "EL1 r--, EL0 ---", MAY_READ },
	{ 0, PXN | UXN | RO | ARM64_DBM, "EL1 rw-, EL0 ---", MAY_READ | MAY_WRITE },
	{ 0, PXN | RO, "EL1 r--, EL0 --x", MAY_USER | MAY_EXECUTE },
	{ 0, RO, "EL1 r-x, EL0 --x", MAY_READ | MAY_EXECUTE },
	{ 0, PXN, "EL1 rw-, EL0 --x", MAY_READ | MAY_WRITE },
	{ 0, EL0, "EL1 rw-, EL0 rwx", MAY_READ | MAY_WRITE | MAY_USER | MAY_EXECUTE },
	{ 0, EL0 | RO, "EL1 r-x, EL0 r-x", MAY_READ | MAY_USER | MAY_EXECUTE },
	{ 0, EL0 | RO | PXN, "EL1 r--, EL0 r-x", MAY_READ | MAY_USER | MAY_EXECUTE },
	{ 0, EL0 | RO | UXN, "EL1 r-x, EL0 r--", MAY_READ | MAY_USER },
	{ 0, EL0 | RO | UXN | PXN, "EL1 r--, EL0 r--", MAY_READ | MAY_USER },
	{ 0, EL0 | UXN, "EL1 rw-, EL0 rw-", MAY_READ | MAY_WRITE | MAY_USER },
	{ IN_TABLE(59), EL0 | RO, "EL1 r--, EL0 r-x", MAY_READ | MAY_USER | MAY_EXECUTE },
	{ IN_TABLE(60), EL0 | RO, "EL1 r-x, EL0 r--", MAY_READ | MAY_USER },
	{ IN_TABLE(61), EL0, "EL1 rwx, EL0 --x", MAY_READ | MAY_WRITE | MAY_EXECUTE },
	{ IN_TABLE(62), EL0, "EL1 r-x, EL0 r-x", MAY_READ | MAY_USER | MAY_EXECUTE },
	{ IN_TABLE(58) | PXN | UXN | RO, EL0, "EL1 rw-, EL0 rwx",
	  MAY_READ | MAY_WRITE | MAY_USER | MAY_EXECUTE },
};

static void rights_of_entries(void **state)
{
	const struct paging_choice choice = choice_of(pages_4k);
	const struct paging *paging = arm64_paging(&choice);
	const struct paging_family *family = paging->family;

	(void)state;
	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		uint64_t page = family->rights(CLASS_PAGE, rights[i].page | 3);
		uint64_t block = family->rights(CLASS_PAGE, rights[i].page | 1);
		uint64_t all = page & family->rights(CLASS_TABLE, rights[i].table | 3);
		char text[ACCESS_TEXT];

		assert_int_equal(page, block);
		family->access(all, text);
		if (strcmp(text, rights[i].access) != 0 ||
		    family->may(paging, all) != rights[i].may)
			fail_msg("row %zu: %s, %x", i, text, family->may(paging, all));
	}
}

/* PAGE_END: asm/memory.h. Until 5.3 the linear map is the upper half. Since 5.4 it ends where the
 * addresses of VA_BITS_MIN begin their upper half; VA_BITS_MIN is 48 (47: 16K pages, 52 bits). */
static void ends_of_linear_maps(void **state)
{
	static const struct {
		uint64_t start, bits, page_size, end;
	} rows[] = {
		{ 0xffff800000000000, 48, ARM64_4K, 0 },
		{ 0xffff000000000000, 48, ARM64_4K, 0xffff800000000000 },
		{ 0xffff000000000000, 48, ARM64_16K, 0xffff800000000000 },
		{ 0xffffff8000000000, 39, ARM64_4K, 0xffffffc000000000 },
		{ 0xffffffc000000000, 39, ARM64_4K, 0 },
		{ 0xfff0000000000000, 52, ARM64_4K, 0xffff800000000000 },
		{ 0xfff0000000000000, 52, ARM64_16K, 0xffffc00000000000 },
		{ 0xfff0000000000000, 52, ARM64_64K, 0xffff800000000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(arm64_linear_map_end(rows[i].start, rows[i].bits, rows[i].page_size) ==
			    rows[i].end);
}

/* A space with one page at the highest or lowest addresses of the half, in ranges that include it
 * or not. The top-level table has two entries, so it has space for them in one page. */
static void first_page_of_a_range(void **state)
{
	const struct paging_choice choice = { .page_size = ARM64_4K, .va_bits = 39, .pa_bits = 48 };
	static const struct {
		uint64_t first, last;
		uint64_t vaddr; /* 0: none */
	} rows[] = {
		{ 0, UINT64_MAX, 0xffffff8040000000 },
		{ 0xffffff8000000000, 0xffffff803fffffff, 0 },
		{ 0xffffff8000000000, 0xffffff8040000000, 0xffffff8040000000 },
		{ 0xffffff8040000000, 0xffffff8040000000, 0xffffff8040000000 },
		{ 0xffffff8080000000, UINT64_MAX, 0xffffffffc0000000 },
		{ 0xffffff8080000000, 0xffffffffbfffffff, 0 },
		{ 0xffffffffc0000000, UINT64_MAX, 0xffffffffc0000000 },
	};
	struct space space = { .paging = arm64_paging(&choice), .root = NO_TABLE };
	uint64_t entry = htole64(0x40000401), offset;
	struct image image;

	(void)state;
	image_init(&image, false);
	memset(image.bytes + 0x1000, 0, 0x1000);
	memcpy(image.bytes + 0x1000 + 8 * 1, &entry, 8);
	memcpy(image.bytes + 0x1000 + 8 * 511, &entry, 8);
	image_load(&image, 0x1000, 0, 0x1000);
	space.dump = image_open(&image, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool found = arm64_linear_map(&space, rows[i].first, rows[i].last, &offset);

		if (found != (rows[i].vaddr != 0) ||
		    (found && offset != rows[i].vaddr - 0x40000000))
			fail_msg("row %zu: %llx", i, (unsigned long long)offset);
	}
	dump_close(space.dump);
}

/* struct arch: the ASID of TTBR0_EL1; what KASLR moves; T1SZ of TCR_EL1 in notes; where modules
 * are. */
static void small_answers(void **state)
{
	const struct note_fact *row = arch_arm64.note_facts;
	const struct paging_choice choice = choice_of(pages_4k);
	const struct paging *paging = arm64_paging(&choice);
	const char *name = NULL;
	uint64_t number = 0;

	(void)state;
	assert_int_equal(arch_arm64.root_tag(0x1234800040001001, 0x40001000, &name), 0x1234);
	assert_string_equal(name, "ASID");
	assert_true(arch_arm64.relocated(0xffff800080001000, 1));
	assert_true(arch_arm64.relocated(0x8000000000000000, 1));
	assert_false(arch_arm64.relocated(0x7fffffffffffffff, 1));
	assert_false(arch_arm64.relocated(0xffff800080001000, SHN_ABS));
	assert_false(arch_arm64.relocated(0x1000, SHN_ABS));
	/* nG is bit 11. */
	assert_true(paging->family->is_global(paging, UINT64_C(0xfffffffffffff7ff)));
	assert_false(paging->family->is_global(paging, 1 << 11));
	while (row->key && strcmp(row->key, "NUMBER(TCR_EL1_T1SZ)") != 0)
		row++;
	assert_non_null(row->key);
	assert_true(row->number(39, &number));
	assert_int_equal(number, 25);
	assert_true(row->number(52, &number));
	assert_int_equal(number, 12);
	while (row->key)
		row++;
	assert_int_equal(row - arch_arm64.note_facts, 5);
	/* kernel/vmcore_info.c writes all numbers but VA_BITS as 0x%llx. */
	while (row-- != arch_arm64.note_facts) {
		assert_int_equal(row->hex, strcmp(row->key, "NUMBER(VA_BITS)") != 0);
		assert_false(row->needed);
	}
	for (unsigned int kind = 0; kind < 32; kind++)
		assert_int_equal(arch_arm64.module_regions >> kind & 1,
				 kind == REGION_MODULES || kind == REGION_VMALLOC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_of_registers), cmocka_unit_test(modes_by_their_numbers),
		cmocka_unit_test(entries_of_64k),      cmocka_unit_test(rights_of_entries),
		cmocka_unit_test(ends_of_linear_maps), cmocka_unit_test(first_page_of_a_range),
		cmocka_unit_test(small_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
