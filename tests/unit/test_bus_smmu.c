/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams, context descriptors and page tables of Arm's SMMUv3. Expected values are written from
 * the Arm SMMU Architecture Specification (IHI 0070) and the Arm ARM (DDI 0487). */
#include "devices/entrance.h"
#include "kernel/kernel.h"
#include "kernel/arm_stages.h"
#include "paging/entries.h"
#include "paging/scan.h"
#include "devices/dma.h"
#include "devices/iommu.h"
#include "devices/members.h"
#include "placed.h"
#include "made_bus.h"
#include "memory.h"

#include "unit.h"

#define S1 (5ull << 1 | 1) /* Config, V */
#define S2 (6ull << 1 | 1)
#define CD_4K_39 (1ull << 31 | 1ull << 41 | 25) /* V, AA64, TG0, T0SZ */
#define CD_16K_36 (1ull << 31 | 1ull << 41 | 2 << 6 | 28)
#define CD_64K_42 (1ull << 31 | 1ull << 41 | 1 << 6 | 22)
#define S2_AA64 (1ull << 51)
#define USER_RW 0x443ull
#define USER_RO 0x4c3ull

enum { STREAM = 0x37 };

static void enter(uint64_t nr, bool two_level)
{
	const struct smmu_streams streams = { .table = ROOT, .two_level = two_level, .nr = nr };

	kernel = memory_open(NULL, NULL);
	smmu_enter_stream(kernel, &streams, STREAM, &entrance);
}

static void put_stream(uint64_t first, uint64_t second, uint64_t third, uint64_t fourth)
{
	const uint64_t words[] = { first, second, third, fourth };

	start();
	for (unsigned int i = 0; i < 4; i++)
		put(ROOT + 64 * STREAM + 8 * i, words[i], 8);
}

/* A linear stream table, one context descriptor, and tables of 4K with 39 bits, which need three
 * levels. */
static void stage1_of_4k(void **state)
{
	(void)state;
	put_stream(PASIDS | S1, 0, 0, 0);
	put(PASIDS, CD_4K_39, 8);
	put(PASIDS + 8, TOP, 8);
	put(TOP + 8, MIDDLE | 3, 8);
	put(TOP + 8 * 2, 0xc0000000 | (USER_RW & ~2ull), 8); /* 1G */
	put(TOP + 8 * 3, MIDDLE | 1ull << 62 | 3, 8); /* APTable[1]: no writes below */
	put(MIDDLE, LOW | 3, 8);
	put(MIDDLE + 8, 0x40200000 | (USER_RO & ~2ull), 8); /* 2M */
	put(MIDDLE + 8 * 2, 0x40201000 | (USER_RW & ~2ull), 8); /* bit 12 is RES0 */
	put(LOW, 0x1000 | USER_RW, 8);
	put(LOW + 8, 0x2000 | USER_RO, 8);
	put(LOW + 8 * 2, 0x3000 | (USER_RW & ~2ull), 8); /* reserved in the last level */
	put(LOW + 8 * 3, 0x4000 | (USER_RW & ~0x40ull), 8); /* AP[1] clear: privileged */
	enter(64, false);
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_true(entrance.first_stage);
	assert_int_equal(entrance.nr_heads, 2);
	expect_head(0, "stream", ROOT + 64 * STREAM, "VALID|STAGE1");
	expect_head(1, "cd", PASIDS, "VALID|AA64");
	assert_int_equal(entrance.space.paging->address_bits, 39);
	assert_int_equal(walk_to(0x40000123), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x1123);
	assert_int_equal(walked.nr_steps, 3);
	assert_true(walked.readable && walked.writable);
	assert_int_equal(walk_to(0x40001008), WALK_MAPPED);
	assert_true(walked.readable && !walked.writable);
	assert_int_equal(walk_to(0x40002000), WALK_CORRUPT);
	assert_int_equal(walk_to(0x40003000), WALK_MAPPED);
	assert_true(!walked.readable && !walked.writable);
	assert_int_equal(walk_to(0x40004000), WALK_NOT_PRESENT);
	assert_int_equal(walk_to(0x40212345), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x40212345);
	assert_int_equal(walked.page_size, 0x200000);
	assert_int_equal(walk_to(0x40400000), WALK_CORRUPT);
	assert_int_equal(walk_to(0x80000000), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0xc0000000);
	assert_int_equal(walked.page_size, 0x40000000);
	assert_int_equal(walk_to(0xc0000000), WALK_MAPPED);
	assert_true(walked.readable && !walked.writable);
	assert_int_equal(walk_to(1ull << 39), WALK_NON_CANONICAL);
	assert_int_equal(walk_to(UINT64_MAX), WALK_NON_CANONICAL);
	assert_int_equal(scan_agrees(), 9);
	finish();
}

/* A stream table of two levels with 256 streams each, and a directory of descriptors. 16K pages
 * with 36 bits need two levels. */
static void two_level_tables(void **state)
{
	(void)state;
	start();
	put(ROOT, CONTEXT | 9, 8); /* SPAN: 256 entries */
	put(CONTEXT + 64 * STREAM, DIRECTORY | S1 | 1 << 4 | 4ull << 59, 8); /* S1Fmt, S1CDMax */
	put(CONTEXT + 64 * STREAM + 8, 2, 8); /* S1DSS: the first descriptor */
	put(DIRECTORY, PASIDS | 1, 8);
	put(PASIDS, CD_16K_36, 8);
	put(PASIDS + 8, TOP, 8);
	put(TOP, 0xc000 | 3, 8);
	put(0xc000 + 8 * 5, 0x40004000 | USER_RW, 8);
	put(TOP + 8, 0x42000000 | (USER_RW & ~2ull), 8);
	enter(1, true);
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_int_equal(entrance.nr_heads, 4);
	expect_head(0, "stream-dir", ROOT, "");
	expect_head(1, "stream", CONTEXT + 64 * STREAM, "VALID|STAGE1");
	expect_head(2, "cd-dir", DIRECTORY, "PRESENT");
	expect_head(3, "cd", PASIDS, "VALID|AA64");
	assert_int_equal(walk_to(0x14321), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x40004321);
	assert_int_equal(walked.page_size, 0x4000);
	assert_int_equal(walk_to(0x2123456), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x42123456);
	assert_int_equal(walked.page_size, 0x2000000);
	finish();
}

/* Bits 51:48 of the address are in bits 15:12 of an entry. */
static void stage1_of_64k(void **state)
{
	(void)state;
	put_stream(PASIDS | S1, 0, 0, 0);
	put(PASIDS, CD_64K_42, 8);
	put(PASIDS + 8, TOP, 8);
	put(TOP + 8, 0x20000000 | 0x5000 | (USER_RW & ~2ull), 8);
	enter(64, false);
	assert_int_equal(walk_to(0x20012345), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x5000020012345);
	assert_int_equal(walked.page_size, 0x20000000);
	finish();
}

/* 40 bits, beginning at level 1, need two adjacent tables (DDI 0487, D8.2.2). */
static void stage2_concatenated(void **state)
{
	(void)state;
	put_stream(S2, 0, S2_AA64 | 1ull << 38 | 24ull << 32, TOP); /* S2SL0 1, S2T0SZ 24 */
	put(TOP + 8 * 512, 0xa000 | 3, 8);
	put(0xa000, 0xb000 | 3, 8);
	put(0xb000 + 8, 0x7000 | 0x4c3, 8); /* S2AP: read and write */
	put(0xb000 + 8 * 2, 0x8000 | 0x443, 8); /* read */
	put(0xb000 + 8 * 3, 0x8000 | 0x403, 8); /* neither */
	enter(64, false);
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_false(entrance.first_stage);
	assert_int_equal(entrance.nr_heads, 1);
	expect_head(0, "stream", ROOT + 64 * STREAM, "VALID|STAGE2");
	assert_int_equal(entrance.space.paging->nr_levels, 3);
	assert_int_equal(walk_to(0x8000001abc), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x7abc);
	assert_true(walked.readable && walked.writable);
	assert_int_equal(walk_to(0x8000002000), WALK_MAPPED);
	assert_true(walked.readable && !walked.writable);
	assert_int_equal(walk_to(0x8000003000), WALK_MAPPED);
	assert_true(!walked.readable && !walked.writable);
	assert_int_equal(walk_to(0x1000), WALK_NOT_PRESENT);
	assert_int_equal(walk_to(1ull << 40), WALK_NON_CANONICAL);
	finish();
}

static void what_ends_at_the_stream(void **state)
{
	static const struct {
		uint64_t word[3], cd;
		enum dma_reach reach;
	} rows[] = {
		{ { 0 }, 0, DMA_BLOCKED },
		{ { 1 }, 0, DMA_BLOCKED }, /* abort */
		{ { 4 << 1 }, 0, DMA_BLOCKED }, /* not valid */
		{ { 4 << 1 | 1 }, 0, DMA_PASS_THROUGH },
		{ { 7 << 1 | 1 }, 0, DMA_UNKNOWN }, /* nested */
		{ { PASIDS | S1 }, 0, DMA_BLOCKED }, /* descriptor not valid */
		{ { PASIDS | S1 }, CD_4K_39 | 1 << 14, DMA_BLOCKED }, /* EPD0 */
		{ { PASIDS | S1 }, CD_4K_39 & ~(1ull << 41), DMA_UNKNOWN }, /* not AArch64 */
		{ { PASIDS | S1 }, CD_4K_39 | 3 << 6, DMA_UNKNOWN }, /* TG0 */
		{ { PASIDS | S1 }, CD_4K_39 & ~0x3full, DMA_UNKNOWN }, /* T0SZ 0 */
		{ { PASIDS | S1 | 2ull << 59, 0 }, CD_4K_39, DMA_BLOCKED }, /* S1DSS: abort */
		{ { PASIDS | S1 | 2ull << 59, 1 }, CD_4K_39, DMA_PASS_THROUGH },
		{ { PASIDS | S1 | 2ull << 59, 2 }, CD_4K_39, DMA_TRANSLATED },
		{ { S2, 0, 24ull << 32 }, 0, DMA_UNKNOWN }, /* not AArch64 */
		{ { S2, 0, S2_AA64 | 16ull << 32 }, 0, DMA_UNKNOWN }, /* 48 bits in 2 levels */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_stream(rows[i].word[0], rows[i].word[1], rows[i].word[2], TOP);
		put(PASIDS, rows[i].cd, 8);
		put(PASIDS + 8, TOP, 8);
		enter(64, false);
		assert_int_equal(entrance.reach, rows[i].reach);
		assert_int_equal(!entrance.trouble.code, rows[i].reach == DMA_PASS_THROUGH ||
								 rows[i].reach == DMA_TRANSLATED);
		finish();
	}
}

/* No entry is read after the end of a table. */
static void streams_beyond_tables(void **state)
{
	(void)state;
	put_stream(4 << 1 | 1, 0, 0, 0);
	enter(STREAM, false);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	assert_int_equal(entrance.nr_heads, 0);
	finish();
	start();
	put(ROOT, CONTEXT | 6, 8); /* 32 entries */
	enter(1, true);
	assert_int_equal(entrance.reach, DMA_BLOCKED);
	assert_int_equal(entrance.nr_heads, 1);
	finish();
	start(); /* SPAN 0: no table */
	enter(1, true);
	assert_int_equal(entrance.reach, DMA_BLOCKED);
	finish();
	start();
	put(ROOT, 0x40000000 | 9, 8); /* outside of memory */
	enter(1, true);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	assert_int_equal(entrance.trouble.code, ERROR_UNREADABLE);
	finish();
}

/* --- the kernel's structs --- */

enum { PCI_DEVICE = 0xd000, UNIT = 0xd200, MASTER = 0xd300, SMMU = 0xd400, SPEC = 0xd600 };
enum { HEAD = 0xd700, DRIVER = 0xd800, DEV_IOMMU = 0xd900 };

static const struct placed members[] = {
	{ PCI_DEV_IOMMU, 0x10, 8 },
	{ PCI_DEV_DRIVER, 0x18, 8 },
	{ PCI_DEV_DEVICE_ITSELF, 0x20, 8 },
	{ DEV_IOMMU_UNIT, 0, 8 },
	{ DEV_IOMMU_PRIVATE, 8, 8 },
	{ DEV_IOMMU_SPEC, 16, 8 },
	{ SPEC_NR, 0, 4 },
	{ SPEC_IDS, 4, 4 },
	{ SMMU_MASTER_UNIT, 0, 8 },
	{ SMMU_MASTER_DEVICE, 8, 8 },
	{ SMMU_STREAMS, 0x80, 0x40 },
	{ SMMU_UNIT, 0x40, 0x20 },
	{ SMMU_SID_BITS, 8, 4 },
	{ STREAMS_TABLE, 0, 8 },
	{ STREAMS_FORMAT, 8, 4 },
};

static void put_pointer(uint64_t paddr, uint64_t to)
{
	put(paddr, to ? IMAGE + to : 0, 8);
}

/* A PCI function of a kernel of 6.1 whose list of IOMMUs contains one. */
static void start_function(struct linked *linked, bool has_driver)
{
	put_stream(4 << 1 | 1, 0, 0, 0);
	put_pointer(HEAD, UNIT);
	put_pointer(UNIT, HEAD);
	put_pointer(PCI_DEVICE + 0x18, has_driver ? DRIVER : 0);
	*linked = (struct linked){ 0 };
	linked_add(linked, "_stext", LINKED_BASE, 0);
	linked_add(linked, "iommu_device_list", IMAGE + HEAD, 0);
	linked->symbols[linked->nr - 1].section = LINKED_DATA;
}

static void read_function(const struct linked *linked, struct device_dma *dma)
{
	static const struct pci_function function = { .address = IMAGE + PCI_DEVICE };

	kernel = PLACED_OPEN(linked, members);
	device_dma_read(kernel, &function, dma);
}

/* A device with a driver: its struct arm_smmu_master refers to the device and to the SMMU. */
static void attached_device(void **state)
{
	struct linked linked;
	struct device_dma dma;

	(void)state;
	start_function(&linked, true);
	put_pointer(PCI_DEVICE + 0x10, DEV_IOMMU);
	put_pointer(DEV_IOMMU, SMMU + 0x40);
	put_pointer(DEV_IOMMU + 8, MASTER);
	put_pointer(DEV_IOMMU + 16, SPEC);
	put(SPEC, 1, 4);
	put(SPEC + 4, STREAM, 4);
	put_pointer(MASTER, SMMU);
	put_pointer(MASTER + 8, PCI_DEVICE + 0x20);
	put(SMMU + 8, 6, 4);
	put(SMMU + 0x80, ROOT, 8);
	read_function(&linked, &dma);
	assert_string_equal(device_dma_name(&dma), "pass-through");
	assert_int_equal(dma.entrance.nr_heads, 1);
	assert_int_equal(dma.entrance.head[0].paddr, ROOT + 64 * STREAM);
	finish();
}

/* drivers/iommu/of_iommu.c, acpi/arm64/iort.c: until a driver is bound, the kernel knows no stream
 * of the device. So the device is not "direct", and no entry shows that it is blocked. */
static void device_without_driver(void **state)
{
	struct linked linked;
	struct device_dma dma;

	(void)state;
	for (unsigned int has_driver = 0; has_driver < 2; has_driver++) {
		start_function(&linked, has_driver);
		read_function(&linked, &dma);
		assert_string_equal(device_dma_name(&dma), "unknown");
		assert_int_equal(!strstr(dma.entrance.trouble.message, "no driver uses"),
				 has_driver);
		finish();
	}
	/* no IOMMU is in the list */
	start_function(&linked, false);
	put_pointer(HEAD, HEAD);
	read_function(&linked, &dma);
	assert_string_equal(device_dma_name(&dma), "direct");
	finish();
}

/* DDI 0487, table D8-7 and the tables after it: the levels for each width, and up to 16 tables
 * instead of one. */
static void widths(void **state)
{
	static const struct {
		struct arm_stage stage;
		unsigned int levels, first_bits;
	} rows[] = {
		{ { false, 12, 48, 0, false }, 4, 9 },	{ { false, 12, 39, 0, false }, 3, 9 },
		{ { false, 12, 40, 0, false }, 4, 1 },	{ { false, 14, 48, 0, false }, 4, 1 },
		{ { false, 14, 47, 0, false }, 3, 11 }, { { false, 16, 48, 0, false }, 3, 6 },
		{ { false, 16, 52, 0, false }, 3, 10 }, { { true, 12, 43, 3, false }, 3, 13 },
		{ { true, 12, 40, 3, false }, 3, 10 },	{ { true, 16, 46, 2, false }, 2, 17 },
		{ { true, 12, 44, 3, false }, 0, 0 },	{ { false, 12, 40, 3, false }, 0, 0 },
		{ { true, 12, 39, 4, false }, 0, 0 },	{ { false, 12, 49, 0, false }, 0, 0 },
		{ { false, 16, 53, 0, false }, 0, 0 },	{ { false, 13, 48, 0, false }, 0, 0 },
		{ { false, 12, 12, 0, false }, 0, 0 },	{ { true, 12, 48, 5, false }, 0, 0 },
		{ { false, 0, 48, 0, false }, 0, 0 },	{ { true, 12, 52, 4, true }, 4, 13 },
		{ { false, 12, 52, 0, true }, 5, 4 },	{ { true, 14, 51, 3, true }, 3, 15 },
		{ { true, 14, 52, 3, true }, 0, 0 },	{ { true, 16, 48, 3, true }, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct paging paging;
		bool made = arm_stage_make(&rows[i].stage, &paging);

		assert_int_equal(made, rows[i].levels != 0);
		if (!made)
			continue;
		assert_int_equal(paging.nr_levels, rows[i].levels);
		assert_int_equal(paging_entries(&paging, 0), 1 << rows[i].first_bits);
		assert_int_equal(paging_page_shift(&paging), rows[i].stage.page_shift);
	}
}

/* DDI 0487, D8.3.1, LPA2: bits 9:8 of an entry are bits 51:50 of the address. */
static void long_addresses(void **state)
{
	const struct arm_stage stage = {
		.second = true, .page_shift = 12, .bits = 52, .levels = 4, .long_address = true
	};
	const uint64_t entry = 0x38000000016c3 | 0x300;
	struct paging paging;

	(void)state;
	assert_true(arm_stage_make(&stage, &paging));
	assert_int_equal(entry_page(paging.family, &paging, 3, entry), 0xf800000001000);
	assert_int_equal(paging.family->class(&paging, 3, entry), CLASS_PAGE);
}

/* DDI 0487, D8.4.2: XN is 2 if no code may run; with 1 and 3, one of EL1 and EL0 runs code. */
static void stage2_execution(void **state)
{
	const struct arm_stage stage = { .second = true, .page_shift = 12, .bits = 40, .levels = 3 };
	struct paging paging;

	(void)state;
	assert_true(arm_stage_make(&stage, &paging));
	for (uint64_t xn = 0; xn < 4; xn++) {
		uint64_t rights = paging.family->rights(CLASS_PAGE, 0x4c3 | xn << 53);

		assert_int_equal((rights & paging.family->execute) != 0, xn != 2);
	}
}

/* Tables of the same form share one paging, and a hostile dump cannot cause an unlimited number of
 * pagings. */
static void kinds_of_tables(void **state)
{
	struct arm_stage stage = { .second = true, .page_shift = 12, .bits = 40, .levels = 3 };
	struct error err;
	unsigned int nr = 0;

	(void)state;
	start();
	kernel = memory_open(NULL, NULL);
	assert_ptr_equal(kernel_arm_stage(kernel, &stage, &err),
			 kernel_arm_stage(kernel, &stage, &err));
	stage.levels = 2;
	assert_null(kernel_arm_stage(kernel, &stage, &err));
	for (unsigned int bits = 13; bits <= 52; bits++)
		for (unsigned int shift = 12; shift <= 16; shift += 2) {
			stage = (struct arm_stage){ .page_shift = (uint8_t)shift,
						    .bits = (uint8_t)bits };
			nr += kernel_arm_stage(kernel, &stage, &err) != NULL;
		}
	assert_int_equal(nr, 63);
	finish();
}

static void names_of_bits(void **state)
{
	const struct arm_stage stage = { .page_shift = 12, .bits = 39 };
	const char *names[MOST_ENTRY_BITS];
	unsigned int nr;
	struct paging paging;

	(void)state;
	assert_true(arm_stage_make(&stage, &paging));
	nr = entry_bit_names(&paging, 2, USER_RO | 1ull << 54, names);
	expect_names(names, nr, "VALID|USER|RDONLY|AF|UXN|Normal-NC");
	nr = entry_bit_names(&paging, 0, TOP | 3, names);
	expect_names(names, nr, "VALID|TABLE");
}

/* The bits of the entry of a page, one by one: Arm ARM, "VMSAv8-64 descriptor formats". */
static void each_bit_has_its_name(void **state)
{
	static const struct {
		unsigned int bit;
		const char *name[2]; /* of stage 1 and 2 */
	} known[] = {
		{ 6, { "USER", "READ" } }, { 7, { "RDONLY", "WRITE" } }, { 10, { "AF", "AF" } },
		{ 11, { "NG", NULL } },	   { 51, { "DBM", "DBM" } },	 { 52, { "CONT", "CONT" } },
		{ 53, { "PXN", "XN0" } },  { 54, { "UXN", "XN1" } },	 { 64, { NULL, NULL } },
	};

	(void)state;
	for (unsigned int second = 0; second < 2; second++) {
		struct arm_stage stage = { .second = second, .page_shift = 12, .bits = 39 };
		struct paging paging;

		assert_true(arm_stage_make(&stage, &paging));
		for (unsigned int bit = 2, next = 0; bit < 64; bit++) {
			const char *names[MOST_ENTRY_BITS], *name = NULL;
			unsigned int nr = entry_bit_names(&paging, paging.nr_levels - 1u,
							  1ull << bit | 3, names);

			if (bit == known[next].bit)
				name = known[next++].name[second];
			assert_int_equal(nr, 1 + (name != NULL) + (second == 0));
			assert_string_equal(names[0], "VALID");
			if (name)
				assert_string_equal(names[1], name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stage1_of_4k),
		cmocka_unit_test(two_level_tables),
		cmocka_unit_test(stage1_of_64k),
		cmocka_unit_test(stage2_concatenated),
		cmocka_unit_test(what_ends_at_the_stream),
		cmocka_unit_test(streams_beyond_tables),
		cmocka_unit_test(attached_device),
		cmocka_unit_test(device_without_driver),
		cmocka_unit_test(widths),
		cmocka_unit_test(long_addresses),
		cmocka_unit_test(stage2_execution),
		cmocka_unit_test(kinds_of_tables),
		cmocka_unit_test(names_of_bits),
		cmocka_unit_test(each_bit_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
