/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole list of regions of kernels that consist of a few tables and a note. */
#include "linux/region.h"
#include "kernel/kernel.h"
#include "open/open.h"
#include "made_kernel.h"

#include "unit.h"

static void put32(uint64_t paddr, uint32_t entry)
{
	put(paddr, entry, 4);
}

/* Checks that a list of regions has no gaps, whatever the note contains. */
static void expect_whole_map(struct kernel *kernel, uint64_t last, bool wild)
{
	const struct region_list *list;
	struct error err = { .message = "" };

	list = region_all(kernel, &err);
	if (!list && wild && err.message[0])
		return;
	if (!list)
		fail_msg("%s", err.message);
	assert_true(list->region[0].first == 0);
	for (size_t i = 1; i < list->nr; i++)
		assert_true(list->region[i].first == list->region[i - 1].last + 1);
	assert_true(list->region[list->nr - 1].last == last);
}

/* A direct map of 64K from c0000000 on, with the table at 2000. The first MiB must be mapped, as in
 * every kernel. */
static void start_i386(const char *vmalloc_start)
{
	char note[256];

	snprintf(note, sizeof(note), "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=c0001000\n%s%s%s",
		 vmalloc_start ? "NUMBER(VMALLOC_START)=" : "", vmalloc_start ? vmalloc_start : "",
		 vmalloc_start ? "\n" : "");
	memory_start(true, note);
	put32(0x1c00, 0x2000 | P | RW);
	for (uint32_t i = 0; i < 1024; i++)
		put32(0x2000 + 4 * i, i << 12 | P | RW);
}

static void an_i386_map_is_whole(void **state)
{
	static const char *const vmalloc[] = {
		NULL,
		"0xc0c00000",
		"0",
		"0xc0000000",
		"0xffffffff",
		/* all values from here on are impossible */
		"0x100000000",
		"0x1ffffffff",
		"-1",
		"0x8000000000000000",
	};
	enum { FIRST_WILD = 5 };

	(void)state;
	for (size_t i = 0; i < sizeof(vmalloc) / sizeof(vmalloc[0]); i++) {
		struct kernel *kernel;

		start_i386(vmalloc[i]);
		kernel = memory_open(NULL, NULL);
		expect_whole_map(kernel, UINT32_MAX, i >= FIRST_WILD);
		open_close(kernel);
	}
}

/* vmalloc begins 8M after the end of the addresses that are mapped one after the other:
 * pgtable_32_areas.h. */
static void where_an_i386_begins_vmalloc(void **state)
{
	struct kernel *kernel;
	const struct region *region;
	uint64_t value;

	(void)state;
	start_i386(NULL);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_PAGE_OFFSET, &value));
	assert_true(value == 0xc0000000);
	assert_true(kernel_fact(kernel, FACT_HIGH_MEMORY, &value));
	assert_true(value == 0xc0400000);
	assert_true(kernel_fact(kernel, FACT_VMALLOC_START, &value));
	assert_true(value == 0xc0c00000);
	region = region_of(kernel, 0xc03fffff, NULL);
	assert_non_null(region);
	assert_int_equal(region->kind, REGION_DIRECT_MAP);
	assert_true(region->first == 0xc0000000 && region->last == 0xc03fffff);
	region = region_of(kernel, 0xc0400000, NULL);
	assert_non_null(region);
	assert_int_equal(region->kind, REGION_HOLE);
	open_close(kernel);
}

/* Without a table, it is unknown how much memory is mapped. */
static void an_i386_without_a_table(void **state)
{
	struct kernel *kernel;
	uint64_t value;

	(void)state;
	memory_start(true, "OSRELEASE=6.1.0\n");
	kernel = memory_open(NULL, "page_offset=c0000000");
	assert_null(kernel_space(kernel, NULL));
	assert_false(kernel_fact(kernel, FACT_HIGH_MEMORY, &value));
	open_close(kernel);
}

/* High memory comes after a hole, and high_memory is somewhere in the hole. Firmware below 4 GiB is
 * not memory. find_low_pfn_range(), arch/x86/mm/init_32.c */
static void where_the_direct_map_may_end(void **state)
{
	static const struct {
		uint64_t more; /* physical address of one more page */
		bool known;
	} rows[] = {
		{ 0x300000, true },   { 0xbff000, true },
		{ 0xc00000, true }, /* memory continues after the gap */
		{ 0x1000000, false }, { 0xfeffe000, false },
		{ 0xff000000, true }, { 0xfffff000, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value;

		start_i386(NULL);
		image_load(&image, MEMORY, rows[i].more, 0x1000);
		kernel = memory_open(NULL, NULL);
		if (kernel_fact(kernel, FACT_HIGH_MEMORY, &value) != rows[i].known)
			fail_msg("%llx", (unsigned long long)rows[i].more);
		if (rows[i].known)
			assert_true(value == 0xc0400000);
		open_close(kernel);
	}
}

static void an_x86_64_map_is_whole(void **state)
{
	static const char *const more[] = {
		"",
		"NUMBER(VMALLOC_START)=0\n",
		"NUMBER(VMALLOC_START)=-1\n",
		"NUMBER(VMALLOC_START)=0x1000\n",
		"NUMBER(VMALLOC_START)=0xffffffff80000000\n",
		"NUMBER(KERNEL_IMAGE_SIZE)=0\n",
		"NUMBER(KERNEL_IMAGE_SIZE)=-1\n",
		"SYMBOL(vmemmap)=0\n",
		"SYMBOL(vmemmap)=ffffffffffffffff\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		struct kernel *kernel;
		struct error err;
		char note[512];

		snprintf(note, sizeof(note), "%s%s", NOTE_6_1, more[i]);
		start_x86_64(note, 0);
		put64(0x1888, 0x2000 | P | RW);
		put64(0x2000, P | RW | PS); /* the first GiB */
		kernel = image_open_kernel(&image, "page_offset=ffff888000000000", &err);
		assert_non_null(kernel);
		expect_whole_map(kernel, UINT64_MAX, false);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_i386_map_is_whole),
		cmocka_unit_test(where_an_i386_begins_vmalloc),
		cmocka_unit_test(an_i386_without_a_table),
		cmocka_unit_test(where_the_direct_map_may_end),
		cmocka_unit_test(an_x86_64_map_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
