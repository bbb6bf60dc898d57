/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kernel that no processor can run: pages of 16K, tables of 2048 entries, and a separate table
 * for each half of the address space. Code that uses the page size must take it from this kernel:
 * walks, scans, ranges, reverse mappings, frames and struct pages. */
#include "linux/page/page.h"
#include "kernel/arch.h"
#include "memory.h"
#include "open/archs.h"
#include "open/opened.h"
#include "paging/family.h"
#include "query/reverse.h"
#include "linux/task/table_pass.h"

#include "unit.h"

enum { SIZE = 1 << 14, USED = 1 << 5, FRAMES = MEMORY_SIZE / SIZE };

/* Addresses of the tables: the table of processes, the table of the kernel, and the last level of
 * both. Each table fills one frame. The last frame is the one that is mapped. */
enum { USERS = 0, KERNELS = SIZE, LAST = 2 * SIZE, PAGE = 3 * SIZE };
#define UPPER (-(UINT64_C(1) << 36))
#define MEM_MAP (UPPER + 0x40000)

static const struct paging_family family = {
	.present = P,
	.large = PS,
	.write = RW,
	.user = US,
	.always = MAY_READ,
	.noted_bits = USED,
	.two_roots = true,
};

DEFINE_WALK(family, 8)

static const struct paging paging = {
	.name = "made up, 16K",
	BY_WALK(family, 8),
	.address_bits = 37,
	.sign_extends = true,
	.frame_mask = 0xffffffffc000,
	.nr_levels = 2,
	.level = { PAGES("upper", 25, 11, 0, 1 << 14), PAGES("lower", 14, 11, 0, 0) },
};

static const struct paging *paging_of(const struct paging_choice *choice)
{
	(void)choice;
	return &paging;
}

static struct arch arch;
static struct kernel *kernel;
static const struct space *own;
static struct space process;

/* Facts of x86 are used, except for the entries. */
static int set_up(void **state)
{
	static const char *const given[] = {
		"root=4000", "memory_model=vmemmap",	 "struct_page_size=64",
		"max_pfn=4", "vmemmap=fffffff000040000",
	};

	(void)state;
	memory_start_64("6.1.0", "");
	memset(image.bytes + MEMORY, 0, MEMORY_SIZE);
	put(USERS, LAST | P | RW | US, 8);
	put(USERS + 2047 * 8, 0x2000000 | P | PS, 8);
	put(KERNELS + 8, LAST | P | RW, 8);
	put(KERNELS + 16, 0x2004000 | P | PS, 8); /* a reserved bit */
	put(LAST, PAGE | P, 8);
	put(LAST + 8, PAGE | P, 8);
	put(LAST + 600 * 8, PAGE | P | RW, 8); /* after the first 4K of the table */
	put(LAST + 2047 * 8, USERS | P, 8);
	kernel = memory_open_with(NULL, given, sizeof(given) / sizeof(*given));
	arch = *arch_find(EM_X86_64);
	arch.paging = paging_of;
	open_set_arch(kernel, &arch);
	open_forget(kernel);
	own = kernel_space(kernel, NULL);
	assert_non_null(own);
	process = *own;
	process.root = USERS;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	open_close(kernel);
	return 0;
}

static void check(const struct space *space, uint64_t vaddr, enum walk_outcome outcome,
		  uint64_t first, uint64_t last, uint64_t paddr)
{
	struct walk walk = walk_page_table(space, vaddr);
	uint64_t from, to, many = vaddr;

	assert_int_equal(walk.outcome, outcome);
	walk_range(space, &walk, &from, &to);
	assert_int_equal(from, first);
	assert_int_equal(to, last);
	if (outcome == WALK_MAPPED)
		assert_int_equal(walk.paddr, paddr);
	walk_page_tables(space, &many, &many, 1);
	assert_int_equal(many, outcome == WALK_MAPPED ? paddr : UINT64_MAX);
}

static void walks_by_both_tables(void **state)
{
	(void)state;
	check(&process, 0x3fff, WALK_MAPPED, 0, 0x3fff, PAGE + 0x3fff);
	check(&process, 0x8000, WALK_NOT_PRESENT, 0x8000, 0xbfff, 0);
	check(&process, 0x960123, WALK_MAPPED, 0x960000, 0x963fff, PAGE + 0x123);
	check(&process, 0xffe000123, WALK_MAPPED, 0xffe000000, 0xfffffffff, 0x2000123);
	check(&process, 0x1000000000, WALK_NON_CANONICAL, 0x1000000000, UPPER - 1, 0);
	check(&process, UPPER + 0x2001000, WALK_MAPPED, UPPER + 0x2000000, UPPER + 0x2003fff,
	      PAGE + 0x1000);
	check(own, UPPER + 0x2001000, WALK_MAPPED, UPPER + 0x2000000, UPPER + 0x2003fff,
	      PAGE + 0x1000);
	check(own, UPPER, WALK_NOT_PRESENT, UPPER, UPPER + 0x1ffffff, 0);
	check(own, UPPER + 0x4000000, WALK_CORRUPT, UPPER + 0x4000000, UPPER + 0x5ffffff, 0);
	/* There is no process, so there is no table. */
	check(own, 0x960123, WALK_NOT_PRESENT, 0, ~UPPER, 0);
	assert_int_equal(space_kernel_root(own), KERNELS);
}

static void next(struct range_scan *ranges, uint64_t first, uint64_t last,
		 enum walk_outcome outcome, uint64_t paddr)
{
	struct scanned range;

	assert_true(range_next(ranges, &range));
	assert_int_equal(range.first, first);
	assert_int_equal(range.last, last);
	assert_int_equal(range.outcome, outcome);
	if (outcome == WALK_MAPPED)
		assert_int_equal(range.paddr, paddr);
}

/* One pass over both halves of the address space. */
static void ranges_of_both_halves(void **state)
{
	const uint64_t upper = UPPER + 0x2000000;
	struct range_scan ranges;
	struct scanned range;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		range_start(&ranges, i ? own : &process, 0, UINT64_MAX);
		if (!i) {
			next(&ranges, 0, 0x7fff, WALK_MAPPED, PAGE);
			next(&ranges, 0x960000, 0x963fff, WALK_MAPPED, PAGE);
			next(&ranges, 0x1ffc000, 0x1ffffff, WALK_MAPPED, USERS);
			next(&ranges, 0xffe000000, 0xfffffffff, WALK_MAPPED, 0x2000000);
		}
		next(&ranges, upper, upper + 0x7fff, WALK_MAPPED, PAGE);
		next(&ranges, upper + 0x960000, upper + 0x963fff, WALK_MAPPED, PAGE);
		next(&ranges, upper + 0x1ffc000, upper + 0x1ffffff, WALK_MAPPED, USERS);
		next(&ranges, UPPER + 0x4000000, UPPER + 0x5ffffff, WALK_CORRUPT, 0);
		assert_false(range_next(&ranges, &range));
		assert_int_equal(ranges.scan.end, SCAN_COMPLETE);
	}
	/* In the middle of a table, after the first 4K of the table. */
	range_start(&ranges, &process, 0x961000, 0x964000);
	next(&ranges, 0x960000, 0x963fff, WALK_MAPPED, PAGE);
	assert_false(range_next(&ranges, &range));
}

/* A table whose entries all map the same page is one range, if this is so in all parts of the
 * table. */
static void a_uniform_table(void **state)
{
	struct range_scan ranges;
	struct scanned range;

	(void)state;
	tear_down(NULL);
	for (unsigned int last = 0; last < 2; last++) {
		set_up(NULL);
		dump_close(kernel->dump);
		for (unsigned int i = 0; i < 2047 + last; i++)
			put(LAST + i * 8, PAGE | P | (i % 2 ? USED : 0), 8);
		kernel->dump = image_open(&image, NULL);
		process.dump = kernel->dump;
		range_start(&ranges, &process, 0, 0x1ffffff);
		assert_true(scan_next(&ranges.scan, &range));
		assert_int_equal(range.repeated, last);
		assert_int_equal(range.last, last ? 0x1ffffff : 0x3fff);
		scan_release(&ranges.scan);
		if (!last)
			tear_down(NULL);
	}
}

static void mappings_of_a_frame(void **state)
{
	const uint64_t paddrs[] = { PAGE + 0x2345, USERS };
	const uint64_t found[] = {
		0, 0x4000, 0x960000, UPPER + 0x2000000, UPPER + 0x2004000, UPPER + 0x2960000
	};
	struct reverse *reverse = reverse_create(paddrs, 2, NULL);
	struct reverse_frame frame;
	struct scan scan;

	(void)state;
	assert_non_null(reverse);
	scan_start(&scan, &process, 0, UINT64_MAX, false);
	assert_true(reverse_add(reverse, kernel, &scan, (struct reverse_owner){ 0 }, NULL));
	assert_true(reverse_finish(reverse, NULL));
	frame = reverse_frame(reverse, PAGE + 0x2345);
	assert_int_equal(frame.nr, sizeof(found) / sizeof(*found));
	for (size_t i = 0; i < frame.nr; i++) {
		const struct mapping *mapping = reverse_mapping(reverse, frame, i);

		assert_int_equal(mapping->first, found[i]);
		assert_int_equal(mapping->page_size, SIZE);
	}
	assert_int_equal(reverse_frame(reverse, USERS).nr, 2);
	reverse_destroy(reverse);
}

static void frames_and_struct_pages(void **state)
{
	uint64_t page, pfn;

	(void)state;
	assert_int_equal(kernel_page_size(kernel), SIZE);
	assert_int_equal(kernel_pfn(kernel, PAGE + 0x3fff), 3);
	assert_int_equal(kernel_frame(kernel, 3), PAGE);
	assert_int_equal(kernel_page_first(kernel, PAGE + 0x2345), PAGE);
	assert_int_equal(kernel_page_last(kernel, PAGE), PAGE + 0x3fff);
	for (uint64_t frame = 0; frame < FRAMES; frame++) {
		assert_true(page_of_pfn(kernel, frame, &page, NULL));
		assert_int_equal(page, MEM_MAP + 64 * frame);
		assert_true(page_pfn(kernel, page, &pfn, NULL));
		assert_int_equal(pfn, frame);
	}
	assert_false(page_of_pfn(kernel, FRAMES, &page, NULL));
}

static bool count(void *arg, const struct passed_table *table)
{
	unsigned int *nr = arg;

	assert_int_equal(table->paddr, *nr == 0 ? USERS : *nr == 2 ? KERNELS : LAST);
	assert_int_equal(table->first, *nr == 1 ? 0 : *nr == 2 ? UPPER : 0);
	++*nr;
	return true;
}

/* A table of the last level that both halves use is visited once. */
static void tables_of_both_halves(void **state)
{
	unsigned int nr = 0;
	struct table_pass pass = { .kernel = kernel, .visit = count, .arg = &nr };

	(void)state;
	assert_true(table_pass_space(&pass, &process));
	assert_int_equal(nr, 3);
	table_pass_release(&pass);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(walks_by_both_tables, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ranges_of_both_halves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_uniform_table, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mappings_of_a_frame, set_up, tear_down),
		cmocka_unit_test_setup_teardown(frames_and_struct_pages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tables_of_both_halves, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
