/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A family of page table entries that no processor has. It differs from x86 in everything that a
 * family may define: the two lowest bits distinguish absent entries, pages and tables; bits that
 * are set remove rights; a table has four entries of 8 bytes; and each half of the address space
 * has a separate table. Walks, scans and ranges need only the decoder of the family. */
#include "image.h"
#include "paging/family.h"
#include "paging/scan.h"

#include "unit.h"

enum {
	PAGE = 1,
	TABLE = 3,
	READ_ONLY = 1 << 2,
	KERNEL_ONLY = 1 << 3,
	NO_RUN = 1 << 4,
	WRONG = 1 << 5,
	USED = 1 << 6,
	SHARED = 1 << 7,
	KIND = 1 << 8,
	MEMORY = 0x1000,
	MEMORY_SIZE = 0x10000,
	ALL = MAY_WRITE | MAY_USER | MAY_EXECUTE,
};

static enum entry_class class_of(const struct paging *paging, unsigned int level, uint64_t entry)
{
	if ((entry & 3) == 0 || (entry & 3) == 2)
		return CLASS_ABSENT;
	if ((entry & WRONG) || (level == paging->nr_levels - 1u && (entry & 3) != PAGE))
		return CLASS_CORRUPT;
	return (entry & 3) == PAGE ? CLASS_PAGE : CLASS_TABLE;
}

static uint64_t rights(enum entry_class class, uint64_t entry)
{
	(void)class;
	return ~entry;
}

static unsigned int may(const struct paging *paging, uint64_t rights)
{
	(void)paging;
	return (rights & READ_ONLY ? MAY_WRITE : 0) | (rights & KERNEL_ONLY ? MAY_USER : 0) |
	       (rights & NO_RUN ? MAY_EXECUTE : 0);
}

static unsigned int cache_index(const struct paging *paging, unsigned int level, uint64_t entry)
{
	(void)paging, (void)level;
	return (entry & KIND) != 0;
}

static bool is_global(const struct paging *paging, uint64_t entry)
{
	(void)paging;
	return entry & SHARED;
}

static const struct paging_family family = {
	.class = class_of,
	.rights = rights,
	.may = may,
	.cache_index = cache_index,
	.is_global = is_global,
	.noted_bits = USED,
	.two_roots = true,
};

DEFINE_WALK(family, 8)

/* 4K pages and two levels of four entries, so each half has 64K. */
static const struct paging paging = {
	.name = "made up",
	BY_WALK(family, 8),
	.address_bits = 17,
	.sign_extends = true,
	.frame_mask = 0xfffffffff000,
	.nr_levels = 2,
	.level = { PAGES("upper", 14, 2, 0, 0), PAGES("lower", 12, 2, 0, 0) },
};

enum { ROOT = 0x1000, UPPER_ROOT = 0x2000, LOWER = 0x3000 };
#define UPPER_HALF (-UINT64_C(0x10000))

static struct image image;
static struct space space;

static void put(uint64_t paddr, uint64_t entry)
{
	entry = htole64(entry);
	memcpy(image.bytes + MEMORY + paddr, &entry, sizeof(entry));
}

static int set_up(void **state)
{
	(void)state;
	image_init(&image, false);
	memset(image.bytes + MEMORY, 0, MEMORY_SIZE);
	image_load(&image, MEMORY, 0, MEMORY_SIZE);
	put(ROOT + 0 * 8, LOWER | TABLE);
	put(ROOT + 1 * 8, LOWER | TABLE | READ_ONLY);
	put(ROOT + 2 * 8, 0x8000 | PAGE | KERNEL_ONLY | USED);
	put(ROOT + 3 * 8, 0x40 | WRONG | TABLE);
	put(UPPER_ROOT + 3 * 8, LOWER | TABLE | NO_RUN);
	put(LOWER + 0 * 8, 0x5000 | PAGE);
	put(LOWER + 1 * 8, 0x6000 | PAGE | SHARED);
	put(LOWER + 2 * 8, 0x7000 | TABLE); /* a table cannot be here */
	put(LOWER + 3 * 8, 0x7000 | 2); /* absent, with any other bits */
	return 0;
}

/* Call it after the last put(). */
static void open_image(void)
{
	struct error err = { .message = "" };

	space = (struct space){
		.dump = image_open(&image, &err),
		.paging = &paging,
		.root = ROOT,
		.upper_root = UPPER_ROOT,
	};
	assert_non_null(space.dump);
}

static int tear_down(void **state)
{
	(void)state;
	dump_close(space.dump);
	return 0;
}

static void check(uint64_t vaddr, enum walk_outcome outcome, unsigned int steps, uint64_t paddr,
		  unsigned int rights)
{
	struct walk walk = walk_page_table(&space, vaddr);
	uint64_t many[40];

	for (size_t i = 0; i < 40; i++)
		many[i] = vaddr;
	walk_page_tables(&space, many, many, 40);
	assert_int_equal(many[0], outcome == WALK_MAPPED ? paddr : UINT64_MAX);
	assert_memory_equal(many, many + 1, 39 * sizeof(*many));
	assert_int_equal(walk.outcome, outcome);
	assert_int_equal(walk.nr_steps, steps);
	if (outcome != WALK_MAPPED)
		return;
	assert_int_equal(walk.paddr, paddr);
	assert_int_equal((walk.writable ? MAY_WRITE : 0) | (walk.user ? MAY_USER : 0) |
				 (walk.executable ? MAY_EXECUTE : 0),
			 rights);
}

static void test_walk(void **state)
{
	(void)state;
	open_image();
	check(0x123, WALK_MAPPED, 2, 0x5123, ALL);
	check(0x5123, WALK_MAPPED, 2, 0x6123, MAY_USER | MAY_EXECUTE);
	check(0xa123, WALK_MAPPED, 1, 0xa123, MAY_WRITE | MAY_EXECUTE);
	check(0x2000, WALK_CORRUPT, 2, 0, 0);
	check(0x3000, WALK_NOT_PRESENT, 2, 0, 0);
	check(0xc000, WALK_CORRUPT, 1, 0, 0);
	check(0x10000, WALK_NON_CANONICAL, 0, 0, 0);
	/* The upper half has a separate table. */
	check(UPPER_HALF, WALK_NOT_PRESENT, 1, 0, 0);
	check(UPPER_HALF + 0xc456, WALK_MAPPED, 2, 0x5456, MAY_WRITE | MAY_USER);
}

static void test_encrypted(void **state)
{
	(void)state;
	put(ROOT, UINT64_C(1) << 47 | LOWER | TABLE);
	open_image();
	check(0x123, WALK_UNREADABLE, 1, 0, 0);
	space.encrypt_mask = UINT64_C(1) << 47;
	check(0x123, WALK_MAPPED, 2, 0x5123, ALL);
}

static void next(struct range_scan *ranges, uint64_t first, uint64_t last,
		 enum walk_outcome outcome, bool global)
{
	struct scanned range;

	assert_true(range_next(ranges, &range));
	assert_int_equal(range.first, first);
	assert_int_equal(range.last, last);
	assert_int_equal(range.outcome, outcome);
	assert_int_equal(range.global, global);
}

static void test_ranges(void **state)
{
	struct range_scan ranges;
	struct scanned range;

	(void)state;
	open_image();
	range_start(&ranges, &space, 0, 0xffff);
	next(&ranges, 0, 0xfff, WALK_MAPPED, false);
	next(&ranges, 0x1000, 0x1fff, WALK_MAPPED, true);
	next(&ranges, 0x2000, 0x2fff, WALK_CORRUPT, false);
	next(&ranges, 0x4000, 0x4fff, WALK_MAPPED, false);
	next(&ranges, 0x5000, 0x5fff, WALK_MAPPED, true);
	next(&ranges, 0x6000, 0x6fff, WALK_CORRUPT, false);
	next(&ranges, 0x8000, 0xbfff, WALK_MAPPED, false);
	next(&ranges, 0xc000, 0xffff, WALK_CORRUPT, false);
	assert_false(range_next(&ranges, &range));
	range_start(&ranges, &space, UPPER_HALF, UINT64_MAX);
	next(&ranges, UPPER_HALF + 0xc000, UPPER_HALF + 0xcfff, WALK_MAPPED, false);
	next(&ranges, UPPER_HALF + 0xd000, UPPER_HALF + 0xdfff, WALK_MAPPED, true);
	next(&ranges, UPPER_HALF + 0xe000, UPPER_HALF + 0xefff, WALK_CORRUPT, false);
	assert_false(range_next(&ranges, &range));
}

/* If the cache type of the next page differs, a new range begins. */
static void test_kinds(void **state)
{
	struct range_scan ranges;
	struct scanned range;

	(void)state;
	put(LOWER + 1 * 8, 0x6000 | PAGE | KIND);
	put(LOWER + 2 * 8, 0x7000 | PAGE | KIND | USED);
	open_image();
	range_start(&ranges, &space, 0, 0x3fff);
	next(&ranges, 0, 0xfff, WALK_MAPPED, false);
	assert_true(range_next(&ranges, &range));
	assert_int_equal(range.first, 0x1000);
	assert_int_equal(range.last, 0x2fff);
	assert_int_equal(range.cache, 1);
	scan_release(&ranges.scan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_walk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_encrypted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ranges, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_kinds, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
