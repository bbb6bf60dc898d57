/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page table entries of arm64 that are not present, for each release: asm/pgtable.h and
 * pgtable-prot.h. The entries of 6.1 and 6.12 are from Debian's kernels, and /proc/PID/pagemap of
 * these kernels shows their meaning.
 */
#include "arch/arm64/arm64.h"
#include "image.h"
#include "open/archs.h"
#include "open/open.h"
#include "open/opened.h"

#include "unit.h"

enum { PMD = 2, PTE = 3 };

static const struct row {
	const char *release;
	unsigned int level;
	uint64_t entry;
	enum entry_kind kind;
	uint64_t physical, type, offset;
} rows[] = {
	{ "3.10.0", PTE, 0x60000040000f82, ENTRY_PROT_NONE, 0x40000000, 0, 0 },
	{ "3.10.0", PTE, 1 << 3 | 5 << 9, ENTRY_SWAPPED, 0, 1, 5 },
	{ "3.10.0", PTE, 1 << 2 | 7 << 3, ENTRY_NONLINEAR, 0, 0, 0 },
	{ "3.11.0", PTE, 0x60000040000f84, ENTRY_PROT_NONE, 0x40000000, 0, 0 },
	{ "3.11.0", PTE, 1 << 4 | 5 << 10, ENTRY_SWAPPED, 0, 1, 5 },
	{ "3.12.0", PTE, 1 << 3 | 7 << 4, ENTRY_NONLINEAR, 0, 0, 0 },
	{ "3.13.0", PTE, 0x460000040000f80, ENTRY_PROT_NONE, 0x40000000, 0, 0 },
	{ "3.13.0", PTE, 1 << 3 | 5 << 9, ENTRY_SWAPPED, 0, 1, 5 },
	{ "3.19.8", PTE, 1 << 2 | 7 << 3, ENTRY_NONLINEAR, 0, 0, 0 },
	{ "4.0.0", PTE, 0x460000040000f80, ENTRY_PROT_NONE, 0x40000000, 0, 0 },
	{ "4.0.0", PTE, 1 << 2 | 5 << 8, ENTRY_SWAPPED, 0, 1, 5 },
	{ "5.18.0", PTE, 1 << 2 | 5 << 8, ENTRY_SWAPPED, 0, 1, 5 },
	{ "5.18.0", PMD, 0x860000040000f80, ENTRY_PROT_NONE, 0x40000000, 0, 0 },
	{ "5.19.0", PTE, 0x460000040000f80, ENTRY_PROT_NONE, 0x40000000, 0, 0 },
	{ "5.19.0", PTE, 1 << 2 | 1 << 3 | 5 << 8, ENTRY_SWAPPED, 0, 1, 5 },
	{ "6.1.0", PTE, 0x20000, ENTRY_SWAPPED, 0, 0, 512 },
	{ "6.1.0", PMD, 0x4e0000043600f80, ENTRY_PROT_NONE, 0x43600000, 0, 0 },
	{ "6.9.0", PTE, 0x20100, ENTRY_SWAPPED, 0, 0, 513 },
	{ "6.10.0", PTE, 0x200000, ENTRY_SWAPPED, 0, 0, 512 },
	{ "6.12.117", PTE, 0x201000, ENTRY_SWAPPED, 0, 0, 513 },
	{ "6.12.117", PMD, 0xe0000044c00c80, ENTRY_PROT_NONE, 0x44c00000, 0, 0 },
	/* The kernel has removed the page from the direct map: set_memory_valid(), before 6.10. */
	{ "6.1.0", PTE, 0x68000040000702, ENTRY_PROT_NONE, 0x40000000, 0, 0 },
	{ "6.1.0", PTE, 0, ENTRY_EMPTY, 0, 0, 0 },
	{ "", PTE, 0x20000, ENTRY_SPECIAL, 0, 0, 0 },
	/* The highest bits of the type and of the offset. */
	{ "3.10.0", PTE, UINT64_C(1) << 63 | 16 << 3 | 1 << 9, ENTRY_SWAPPED, 0, 16,
	  UINT64_C(1) << 54 | 1 },
	{ "3.10.0", PTE, 32 << 3 | 1 << 9, ENTRY_SWAPPED, 0, 32, 1 },
	{ "3.11.0", PTE, UINT64_C(1) << 63 | 16 << 4 | 1 << 10, ENTRY_SWAPPED, 0, 16,
	  UINT64_C(1) << 53 | 1 },
	{ "3.13.0", PTE, UINT64_C(1) << 57 | 16 << 3 | 1 << 9, ENTRY_SWAPPED, 0, 16,
	  UINT64_C(1) << 48 | 1 },
	{ "4.0.0", PTE, UINT64_C(1) << 57 | 16 << 2 | 1 << 8, ENTRY_SWAPPED, 0, 16,
	  UINT64_C(1) << 49 | 1 },
	{ "5.19.0", PTE, UINT64_C(1) << 57 | 16 << 3 | 1 << 8, ENTRY_SWAPPED, 0, 16,
	  UINT64_C(1) << 49 | 1 },
	{ "6.10.0", PTE, UINT64_C(1) << 61 | 16 << 6 | 1 << 12, ENTRY_SWAPPED, 0, 16,
	  UINT64_C(1) << 49 | 1 },
	{ "3.11.0", PTE, 32 << 4 | 1 << 10, ENTRY_SWAPPED, 0, 32, 1 },
	{ "3.13.0", PTE, 32 << 3 | 1 << 9, ENTRY_SWAPPED, 0, 32, 1 },
	{ "4.0.0", PTE, 32 << 2 | 1 << 8, ENTRY_SWAPPED, 0, 32, 1 },
	/* Bit 59 marks a block that is being split, so it is not of a swap entry of the last level. */
	{ "5.19.0", PMD, 0x860000040000f80, ENTRY_PROT_NONE, 0x40000000, 0, 0 },
	{ "5.19.0", PTE, UINT64_C(1) << 59 | 1 << 8, ENTRY_SWAPPED, 0, 0, 1 },
	{ "6.1.0", PMD, 0x20000, ENTRY_SWAPPED, 0, 0, 512 },
	/* Bit 48 must be 0. A block, a table and a page remain what they are. */
	{ "6.1.0", PMD, 0x1000040000401, ENTRY_PAGE, 0x40000000, 0, 0 },
	{ "6.1.0", PMD, 0x1000040000003, ENTRY_TABLE, 0x40000000, 0, 0 },
	{ "6.1.0", PTE, 0x1000040000403, ENTRY_PAGE, 0x40000000, 0, 0 },
	/* Bits that are above the offset. */
	{ "6.10.0", PTE, UINT64_C(1) << 62 | 1 << 12, ENTRY_SWAPPED, 0, 0, 1 },
	{ "4.0.0", PTE, UINT64_C(1) << 60 | 1 << 8, ENTRY_SWAPPED, 0, 0, 1 },
};

#define ALL_BITS UINT64_C(0x77fc000000000fc3) /* of a page, with 48 address bits */

/* The flags of entries: asm/pgtable-hwdef.h. Bit 48 must be 0 if addresses have 48
 * bits. */
static const struct flags_row {
	uint64_t page_size, va_bits, pa_bits, entry;
	unsigned int level;
	bool is_doubted;
	const char *flags;
} flags_rows[] = {
	{ ARM64_4K, 48, 48, ALL_BITS, PTE, false,
	  "VALID USER RDONLY SHARED AF NG GP DBM CONT PXN UXN DIRTY SPECIAL SOFTW3 SOFTW4 POI0 POI1 POI2 " },
	{ ARM64_4K, 48, 48, 0x40000603, PTE, false, "VALID OUTER AF " },
	{ ARM64_4K, 48, 48, 0x40000503, PTE, false, "VALID SH1 AF " },
	{ ARM64_4K, 48, 48, 0x40000403, PTE, false, "VALID AF " },
	{ ARM64_4K, 48, 48, 0x40000701, PMD, false, "VALID SHARED AF " },
	/* With LPA2, bits 9:8 are bits of the address. With LPA, they are not. */
	{ ARM64_4K, 52, 52, 0x40000703, PTE + 1, false, "VALID AF " },
	{ ARM64_64K, 52, 52, 0x40000703, 2, false, "VALID SHARED AF " },
	{ ARM64_4K, 48, 48, UINT64_C(0xf800000040000403), PMD, false,
	  "VALID TABLE AF PXNTABLE UXNTABLE APTABLE0 APTABLE1 NSTABLE " },
	{ ARM64_4K, 48, 48, UINT64_C(0x1000040000003), PMD, true, "VALID TABLE " },
	{ ARM64_4K, 48, 48, UINT64_C(0x1000040000403), PTE, true, "VALID AF " },
	{ ARM64_4K, 48, 48, UINT64_C(0x9000040000401), PMD, true, "VALID AF DBM " },
	/* PROT_NONE of 6.1 and a swap entry */
	{ ARM64_4K, 48, 48, UINT64_C(0x460000040000fc0), PTE, false,
	  "USER RDONLY SHARED AF NG PXN UXN PROTNONE " },
	{ ARM64_4K, 48, 48, 0x20000, PTE, false, "" },
};

static struct image image;

/* Opens a kernel of which only the release is known. */
static struct kernel *kernel_of(const char *release)
{
	struct kernel *kernel;

	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x10000);
	kernel = open_create(image_open(&image, NULL), NULL, NULL);
	assert_non_null(kernel);
	open_set_arch(kernel, &arch_arm64);
	for (enum fact_id id = 0; id < NR_FACTS; id++)
		kernel->facts->fact[id].status = FACT_NOT_KNOWN;
	strcpy(kernel->identity->release, release);
	return kernel;
}

static void entries_of_releases(void **state)
{
	const struct paging_choice choice = { .page_size = ARM64_4K, .va_bits = 48, .pa_bits = 48 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct kernel *kernel = kernel_of(row->release);
		struct entry_meaning meaning = kernel_describe_entry(kernel, arm64_paging(&choice),
								     row->level, row->entry);

		/* It is unknown which types are special, but the lowest types never are. */
		if (meaning.kind != row->kind || meaning.physical != row->physical ||
		    meaning.swap_type != row->type || meaning.swap_offset != row->offset)
			fail_msg("row %zu, %s: %s", i, row->release,
				 entry_kind_names[meaning.kind]);
		open_close(kernel);
	}
}

static void flags_of_entries(void **state)
{
	struct kernel *kernel = kernel_of("6.1.0");

	(void)state;
	for (size_t i = 0; i < sizeof(flags_rows) / sizeof(flags_rows[0]); i++) {
		const struct flags_row *row = &flags_rows[i];
		const struct paging_choice choice = { .page_size = row->page_size,
						      .va_bits = row->va_bits,
						      .config_va_bits = row->va_bits,
						      .pa_bits = row->pa_bits };
		const struct paging *paging = arm64_paging(&choice);
		struct entry_meaning meaning =
			kernel_describe_entry(kernel, paging, row->level, row->entry);
		struct entry_flags flags = arch_arm64.entry_flags(kernel_entry_rules(kernel),
								  paging, row->level, row->entry);
		char text[512] = "";

		for (size_t nr = 0; nr < flags.nr; nr++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ",
				 flags.name[nr]);
		if (strcmp(text, row->flags) != 0 ||
		    (meaning.kind != ENTRY_SWAPPED && !!meaning.doubt != row->is_doubted))
			fail_msg("row %zu: %s, %s", i, text, meaning.doubt);
	}
	open_close(kernel);
}

/* SECTION_SIZE_BITS, if the note does not contain it: f0b13ee23241. */
static void sections_of_releases(void **state)
{
	static const struct {
		const char *release;
		uint64_t page_size, va_bits, pa_bits;
		unsigned int section_bits, memory_bits;
	} expected[] = {
		{ "5.11.0", ARM64_4K, 48, 48, 30, 48 },	 { "5.12.0", ARM64_4K, 48, 48, 27, 48 },
		{ "5.11.0", ARM64_64K, 48, 48, 30, 48 }, { "5.12.0", ARM64_64K, 48, 48, 29, 48 },
		{ "6.12.0", ARM64_4K, 52, 52, 27, 52 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct kernel *kernel = kernel_of(expected[i].release);
		const struct paging_choice choice = { .page_size = expected[i].page_size,
						      .va_bits = expected[i].va_bits,
						      .config_va_bits = expected[i].va_bits,
						      .pa_bits = expected[i].pa_bits };
		struct sparse_defaults defaults =
			arch_arm64.sparse_defaults(kernel, arm64_paging(&choice));

		assert_int_equal(defaults.section_bits, expected[i].section_bits);
		assert_int_equal(defaults.memory_bits, expected[i].memory_bits);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_releases),
		cmocka_unit_test(flags_of_entries),
		cmocka_unit_test(sections_of_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
