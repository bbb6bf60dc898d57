/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page tables of the second dimension, of Intel and AMD: each form of entry, and each entry
 * that a processor refuses. The expected values follow the two specifications. tests/real/guests.py
 * compares NPT with an emulated processor. */
#include "image.h"
#include "paging/entries.h"
#include "paging/family.h"
#include "paging/scan.h"
#include "paging/second_stage.h"

#include "unit.h"

/* The addresses of tables in the 64K of memory. */
enum {
	MEMORY = 0x1000,
	MEMORY_SIZE = 0x10000,
	TOP = 0x4000,
	L4 = 0x5000,
	L3 = 0x6000,
	L2 = 0x7000,
	L1 = 0x8000,
};
enum { R = 1, W = 2, X = 4, RWX = 7, WB = 6 << 3, PAGE = 1 << 7, USER = 7 };
#define NX (UINT64_C(1) << 63)

static struct image image;
static struct space space;
static struct walk walked;

static void put(uint64_t paddr, uint64_t entry)
{
	entry = htole64(entry);
	memcpy(image.bytes + MEMORY + paddr, &entry, sizeof(entry));
}

/* In tables of both kinds, the same three bits grant all rights. */
static void start(const struct paging *paging)
{
	image_init(&image, false);
	memset(image.bytes + MEMORY, 0, MEMORY_SIZE);
	image_load(&image, MEMORY, 0, MEMORY_SIZE);
	space = (struct space){
		.paging = paging,
		.root = paging->nr_levels == 5 ? TOP : L4,
	};
	put(TOP, L4 | RWX);
	put(L4, L3 | RWX);
	put(L3, L2 | RWX);
	put(L2, L1 | RWX);
}

/* Call it after the last put(). */
static void open_image(void)
{
	struct error err = { .message = "" };

	space.dump = image_open(&image, &err);
	assert_non_null(space.dump);
}

static void finish(void)
{
	dump_close(space.dump);
}

static enum walk_outcome walk_to(uint64_t address)
{
	const uint64_t many[3] = { address, UINT64_C(1) << 62, address };
	uint64_t found[3] = { 0 };

	walk_page_table_to(&space, address, &walked);
	walk_page_tables(&space, many, found, 3);
	assert_int_equal(found[0], walked.outcome == WALK_MAPPED ? walked.paddr : UINT64_MAX);
	assert_int_equal(found[1], UINT64_MAX);
	assert_int_equal(found[2], found[0]);
	return walked.outcome;
}

static void check_rights(uint64_t address, bool read, bool write, bool execute)
{
	assert_int_equal(walk_to(address), WALK_MAPPED);
	assert_int_equal(walked.readable, read);
	assert_int_equal(walked.writable, write);
	assert_int_equal(walked.executable, execute);
}

static void levels(void **state)
{
	(void)state;
	assert_null(second_stage_paging(STAGE_EPT, 3));
	assert_null(second_stage_paging(STAGE_EPT, 6));
	assert_null(second_stage_paging(STAGE_NPT, 2));
	assert_null(second_stage_paging(STAGE_NPT, UINT64_MAX));
	assert_int_equal(second_stage_paging(STAGE_EPT, 5)->address_bits, 57);
	assert_int_equal(second_stage_paging(STAGE_NPT, 4)->address_bits, 48);
}

/* Each level uses nine bits of the address, from bit 12 on. */
static void entries_of_each_level(void **state)
{
	static const uint64_t tables[] = { TOP, L4, L3, L2, L1 };
	static const unsigned int indexes[] = { 0, 1, 0x12a, 511 };

	(void)state;
	for (unsigned int form = 0; form < 4; form++)
		for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++) {
			unsigned int levels = 4 + form % 2;
			uint64_t address = 0xabc;

			start(form < 2 ? second_stage_paging(STAGE_EPT, levels) :
					 second_stage_paging(STAGE_NPT, levels));
			for (unsigned int at = 0; at < levels; at++) {
				uint64_t next = at ? tables[5 - at] : 0x9000;

				put(tables[4 - at] + 8 * indexes[i], next | RWX);
				address |= (uint64_t)indexes[i] << (12 + 9 * at);
			}
			open_image();
			assert_int_equal(walk_to(address), WALK_MAPPED);
			assert_int_equal(walked.paddr, 0x9abc);
			assert_int_equal(walked.nr_steps, levels);
			finish();
		}
}

/* SDM 29.3.2: bits 8 and 9 of EPT's entries are accessed and dirty. APM 5.4.1: in AMD's entries,
 * these are bits 5 and 6. If all entries of a table map one page and differ only in these bits, the
 * table gives one answer. */
static void bits_that_are_noted(void **state)
{
	static const struct {
		bool ept;
		uint64_t bits;
		bool noted;
	} rows[] = {
		{ true, 1 << 8, true },	  { true, 1 << 9, true },
		{ true, 1 << 6, false },  { true, 1 << 10, false },
		{ false, 1 << 5, true },  { false, 1 << 6, true },
		{ false, 1 << 4, false }, { false, 1 << 9, false },
		{ false, 1 << 8, false }, /* G, which is ignored */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		static struct scan scan;
		struct scanned scanned;

		start(rows[i].ept ? second_stage_paging(STAGE_EPT, 4) :
				    second_stage_paging(STAGE_NPT, 4));
		for (unsigned int at = 0; at < 512; at++)
			put(L1 + 8 * at, 0x9000 | RWX | (at == 7 ? rows[i].bits : 0));
		open_image();
		scan_start(&scan, &space, 0, paging_last_address(space.paging), false);
		assert_true(scan_next(&scan, &scanned));
		scan_release(&scan);
		if (scanned.repeated != rows[i].noted)
			fail_msg("row %zu", i);
		finish();
	}
}

static void ept_rights(void **state)
{
	(void)state;
	start(second_stage_paging(STAGE_EPT, 4));
	put(L1 + 8 * 0, 0x123456789000 | RWX | WB);
	put(L1 + 8 * 1, 0x9000 | R | WB);
	put(L1 + 8 * 2, 0x9000 | R | W | WB);
	put(L1 + 8 * 3, 0x9000 | X | WB); /* execute-only */
	put(L1 + 8 * 4, 0x9000 | R | X);
	put(L1 + 8 * 5, 0x9000 | WB | PAGE | NX); /* the other bits have no meaning */
	put(L2 + 8 * 1, L1 | R | W); /* the rights are the AND of all levels */
	put(L2 + 8 * 2, L1 | X);
	open_image();
	check_rights(0xabc, true, true, true);
	assert_int_equal(walked.paddr, 0x123456789abc);
	check_rights(0x1000, true, false, false);
	check_rights(0x2000, true, true, false);
	check_rights(0x3000, false, false, true);
	check_rights(0x4000, true, false, true);
	assert_int_equal(walk_to(0x5000), WALK_NOT_PRESENT);
	check_rights(0x200000, true, true, false);
	check_rights(0x400000, false, false, true);
	assert_int_equal(walk_to(UINT64_C(1) << 48), WALK_NON_CANONICAL);
	assert_int_equal(walk_to(UINT64_MAX), WALK_NON_CANONICAL);
	finish();
}

static void ept_pages(void **state)
{
	(void)state;
	start(second_stage_paging(STAGE_EPT, 5));
	put(L2 + 8 * 3, 0x40200000 | RWX | WB | PAGE | 0x300);
	put(L3 + 8 * 2, 0x80000000 | R | PAGE);
	put(L1 + 8 * 511, UINT64_C(0x000ffffffffff000) | RWX | WB | NX);
	open_image();
	assert_int_equal(walk_to(0x612345), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x40212345);
	assert_int_equal(walked.page_size, 0x200000);
	assert_int_equal(walked.nr_steps, 4);
	assert_int_equal(walk_to(0xbfffffff), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0xbfffffff);
	assert_int_equal(walked.page_size, 0x40000000);
	assert_int_equal(walk_to(0x1fffff), WALK_MAPPED);
	assert_int_equal(walked.paddr, UINT64_C(0x000fffffffffffff));
	finish();
}

/* EPT misconfigurations: SDM 29.3.3.1. */
static void ept_misconfigurations(void **state)
{
	static const struct {
		uint64_t at, entry;
		uint64_t address;
		bool sound;
	} cases[] = {
		{ L1, 0x9000 | W | WB, 0, false },
		{ L1, 0x9000 | W | X | WB, 0, false }, /* KVM's mark of MMIO */
		{ L1, 0x9000 | R | 0 << 3, 0, true },
		{ L1, 0x9000 | R | 1 << 3, 0, true },
		{ L1, 0x9000 | R | 2 << 3, 0, false },
		{ L1, 0x9000 | R | 3 << 3, 0, false },
		{ L1, 0x9000 | R | 4 << 3, 0, true },
		{ L1, 0x9000 | R | 5 << 3, 0, true },
		{ L1, 0x9000 | R | 6 << 3, 0, true },
		{ L1, 0x9000 | R | 7 << 3, 0, false },
		{ L1, 0x9000 | R | WB | PAGE | 1 << 6, 0, true },
		{ L2, L1 | RWX | 1 << 3, 0, false },
		{ L2, L1 | RWX | 1 << 6, 0, false },
		{ L2, L1 | RWX | 1 << 8, 0, true },
		{ L2, 0x201000 | RWX | PAGE | WB, 0, false }, /* not aligned */
		{ L3, 0x40200000 | RWX | PAGE | WB, 0, false },
		{ L3, L2 | RWX | 1 << 5, 0, false },
		{ L4, L3 | RWX | PAGE, 0, false }, /* there are no pages of 512 GiB */
		{ L4, L3 | RWX | 1 << 3, 0, false },
		{ TOP, L4 | RWX | PAGE, 0, false },
		{ TOP, L4 | W, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		start(second_stage_paging(STAGE_EPT, 5));
		put(L1, 0x9000 | RWX | WB);
		put(cases[i].at, cases[i].entry);
		open_image();
		assert_int_equal(walk_to(cases[i].address),
				 cases[i].sound ? WALK_MAPPED : WALK_CORRUPT);
		finish();
	}
}

static void ept_flags(void **state)
{
	const struct paging *paging = second_stage_paging(STAGE_EPT, 4);
	const char *flags[MOST_ENTRY_BITS];

	(void)state;
	assert_int_equal(entry_bit_names(paging, 3, RWX | WB | 1 << 6 | PAGE, flags),
			 5); /* PS does not exist at the last level */
	assert_string_equal(flags[0], "READ");
	assert_string_equal(flags[3], "IGNORE_PAT");
	assert_string_equal(flags[4], "WB");
	assert_int_equal(entry_bit_names(paging, 2, R | PAGE | NX, flags), 4);
	assert_string_equal(flags[1], "PS");
	assert_string_equal(flags[2], "SUPPRESS_VE");
	assert_string_equal(flags[3], "UC");
	assert_int_equal(entry_bit_names(paging, 2, RWX | WB, flags), 3);
	assert_int_equal(entry_bit_names(paging, 3, UINT64_MAX, flags), 13);
	assert_string_equal(flags[12], "reserved type");
	assert_int_equal(paging->family->cache_index(paging, 3, R | 5 << 3), 5);
	entry_bit_names(paging, 3, R | 5 << 3, flags);
	assert_string_equal(flags[1], "WP");
	entry_bit_names(paging, 3, R | 1 << 3, flags);
	assert_string_equal(flags[1], "WC");
}

/* A scan needs only the family, too. */
static void ept_scan(void **state)
{
	struct range_scan ranges;
	struct scanned range;

	(void)state;
	start(second_stage_paging(STAGE_EPT, 4));
	put(L1 + 8 * 1, 0x9000 | R | WB);
	put(L1 + 8 * 2, 0xa000 | R | WB);
	put(L1 + 8 * 3, 0xb000 | R | 5 << 3); /* has another cache type */
	put(L1 + 8 * 9, 0x9000 | W);
	open_image();
	range_start(&ranges, &space, 0, paging_last_address(space.paging));
	assert_true(range_next(&ranges, &range));
	assert_int_equal(range.first, 0x1000);
	assert_int_equal(range.last, 0x2fff);
	assert_true(range_next(&ranges, &range));
	assert_int_equal(range.first, 0x3000);
	assert_int_equal(range.cache, 5);
	assert_true(range_next(&ranges, &range));
	assert_int_equal(range.outcome, WALK_CORRUPT);
	assert_false(range_next(&ranges, &range));
	finish();
}

static void npt_rights(void **state)
{
	(void)state;
	start(second_stage_paging(STAGE_NPT, 4));
	put(L1 + 8 * 0, UINT64_C(0x123456789000) | USER);
	put(L1 + 8 * 1, 0x9000 | 5); /* present, for user mode */
	put(L1 + 8 * 2, 0x9000 | USER | NX);
	put(L1 + 8 * 3, 0x9000 | 3); /* for supervisor mode */
	put(L1 + 8 * 4, 0x9000 | 6); /* not present */
	put(L2 + 8 * 1, L1 | 5);
	put(L2 + 8 * 2, L1 | USER | NX);
	put(L2 + 8 * 3, L1 | 3);
	put(L2 + 8 * 4, 0x600000 | USER | PAGE | 0x1100); /* PAT, and G, which is ignored */
	put(L3 + 8 * 1, 0x40000000 | USER | PAGE);
	open_image();
	check_rights(0xabc, true, true, true);
	assert_int_equal(walked.paddr, 0x123456789abc);
	check_rights(0x1000, true, false, true);
	check_rights(0x2000, true, true, false);
	assert_int_equal(walk_to(0x3000), WALK_NOT_PRESENT);
	assert_int_equal(walk_to(0x4000), WALK_NOT_PRESENT);
	check_rights(0x200000, true, false, true);
	check_rights(0x400000, true, true, false);
	assert_int_equal(walk_to(0x600000), WALK_NOT_PRESENT);
	assert_int_equal(walk_to(0x812345), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x612345);
	assert_int_equal(walk_to(0x7fffffff), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x7fffffff);
	/* Guest-physical addresses are not sign-extended. */
	assert_int_equal(walk_to(0xffff800000000000), WALK_NON_CANONICAL);
	finish();
}

static void npt_reserved(void **state)
{
	static const struct {
		uint64_t at, entry;
	} cases[] = {
		{ TOP, L4 | USER | PAGE },	  { L4, L3 | USER | PAGE },
		{ L3, 0x40002000 | USER | PAGE }, { L2, 0x202000 | USER | PAGE },
		{ L2, 0x202000 | 3 | PAGE }, /* this is checked before rights */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		start(second_stage_paging(STAGE_NPT, 5));
		put(L1, 0x9000 | USER);
		put(cases[i].at, cases[i].entry);
		open_image();
		assert_int_equal(walk_to(0), WALK_CORRUPT);
		finish();
	}
}

static void npt_flags(void **state)
{
	const struct paging *paging = second_stage_paging(STAGE_NPT, 4);
	const char *flags[MOST_ENTRY_BITS];

	(void)state;
	assert_int_equal(entry_bit_names(paging, 3, USER | PAGE | NX, flags), 5);
	assert_string_equal(flags[3], "PAT");
	assert_string_equal(flags[4], "NX");
	assert_int_equal(entry_bit_names(paging, 2, USER | PAGE | 1 << 12, flags), 5);
	assert_string_equal(flags[3], "PS");
	assert_string_equal(flags[4], "PAT");
	assert_int_equal(entry_bit_names(paging, 1, L2 | USER, flags), 3);
	assert_int_equal(entry_bit_names(paging, 2, UINT64_MAX, flags), 11);
	assert_int_equal(paging->family->cache_index(paging, 3, USER | PAGE | 1 << 4), 6);
	assert_int_equal(paging->family->cache_index(paging, 2, USER | 1 << 12 | 1 << 3), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(entries_of_each_level),
		cmocka_unit_test(bits_that_are_noted),
		cmocka_unit_test(ept_rights),
		cmocka_unit_test(ept_pages),
		cmocka_unit_test(ept_misconfigurations),
		cmocka_unit_test(ept_flags),
		cmocka_unit_test(ept_scan),
		cmocka_unit_test(npt_rights),
		cmocka_unit_test(npt_reserved),
		cmocka_unit_test(npt_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
