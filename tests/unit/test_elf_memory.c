/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory of ELF cores: segments of all forms, segments that are cut or damaged, and memory that
 * is in two segments. */
#include "dump/dump.h"
#include "image.h"
#include "made_elf.h"

#include "unit.h"

/* --- memory --- */

static void pieces_smaller_than_a_page(void **state)
{
	struct dump *dump;
	struct extent extent;
	uint64_t value;
	uint8_t bytes[16];

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0x2003, 0x5);
	image_load(&image, 0x3000, 0x2008, 0x1);
	image_load(&image, 0x4000, 0x2009, 0xff7);
	image_load(&image, 0x1003, 0x2000, 0x3);
	dump = open_image();
	expect_bytes(dump, 0x2000, 0x1003, 3);
	expect_bytes(dump, 0x2003, 0x1000, 5);
	expect_bytes(dump, 0x2008, 0x3000, 1);
	expect_bytes(dump, 0x2009, 0x4000, 0xff7);
	/* One read across four segments: offsets 1003-1005 and 1000-1004. */
	assert_int_equal(dump_load(dump, 0x2000, 8, &value), PAGE_PRESENT);
	assert_true(value == 0xf1eae3dcd5f8f1ea);
	assert_int_equal(dump_read(dump, 0x2ff8, bytes, 16), PAGE_ABSENT);
	assert_int_equal(dump_load(dump, 0x2ffc, 8, &value), PAGE_ABSENT);
	assert_int_equal(dump_load(dump, 0x1ffe, 4, &value), PAGE_ABSENT);
	assert_int_equal(dump_load(dump, 0x2ffc, 4, &value), PAGE_PRESENT);
	dump_find(dump, 0x2004, &extent);
	assert_true(extent.first == 0x2003 && extent.last == 0x2007);
	dump_close(dump);
}

#define LOAD(OFFSET, PADDR, SIZE)                                                                  \
	{                                                                                          \
		PT_LOAD, OFFSET, 0, PADDR, SIZE, SIZE                                              \
	}

/* Files with segments, and what memory is then. A row of zeros ends a list. */
static const struct {
	const char *what;
	struct header segments[7]; /* type, offset, vaddr, paddr, filesz, memsz */
	struct {
		uint64_t paddr, offset;
		size_t size;
	} bytes[3];
	struct {
		uint64_t paddr;
		enum page_state state;
	} states[7];
	uint64_t last; /* the last address of memory; 0: not checked */
	size_t size; /* of the file; 0: all */
	const char *warning; /* a part of it */
} files[] = {
	// clang-format off
	{ "segments in any order",
	  { LOAD(0x5000, 0x100005000, 0x1000), LOAD(0x2000, 0x2000, 0x1000),
	    LOAD(0x4000, 0xfffff000, 0x1000), LOAD(0x1000, 0x1000, 0x1000) },
	  { { 0x1000, 0x1000, 0x2000 }, { 0xfffff000, 0x4000, 0x1000 },
	    { 0x100005000, 0x5000, 0x1000 } },
	  { { 0x100000000, PAGE_ABSENT } }, 0x100005fff, 0, "" },
	{ "of two segments, the first counts",
	  { LOAD(0x8000, 0x3000, 0x1000), LOAD(0x1000, 0x1000, 0x6000),
	    LOAD(0x9000, 0x2800, 0x1000) },
	  { { 0x1000, 0x1000, 0x2000 }, { 0x3000, 0x8000, 0x1000 }, { 0x4000, 0x4000, 0x3000 } },
	  { { 0 } }, 0, 0, "" },
	/* All bytes in the file are used, even if p_memsz is smaller. */
	{ "less memory than bytes",
	  { { PT_LOAD, 0x1000, 0, 0x10000, 0x2000, 0 } },
	  { { 0x10000, 0x1000, 0x2000 } },
	  { { 0x12000, PAGE_ABSENT } }, 0, 0, "" },
	{ "a byte more in the file than in memory",
	  { { PT_LOAD, 0x1000, 0, 0x100000, 0x1001, 0x1000 } },
	  { { 0x100000, 0x1000, 0x1000 } },
	  { { 0x101000, PAGE_ABSENT } }, 0, 0, "" },
	/* 0x17ff bytes of the second and 0x1000 of the third segment are missing. */
	{ "a file cut short",
	  { LOAD(0x1000, 0x1000, 0x2000), LOAD(0x3000, 0x8000, 0x2000),
	    { PT_LOAD, 0x5000, 0, 0x20000, 0x1000, 0x3000 } },
	  { { 0x1000, 0x1000, 0x2000 }, { 0x8000, 0x3000, 0x801 } },
	  { { 0x8801, PAGE_TRUNCATED }, { 0x9fff, PAGE_TRUNCATED }, { 0xa000, PAGE_ABSENT },
	    { 0x20000, PAGE_TRUNCATED }, { 0x20fff, PAGE_TRUNCATED }, { 0x21000, PAGE_FILTERED } },
	  0, 0x3801, "10239 bytes" },
	{ "wild segments",
	  { LOAD(0x1000, 0x1000, 0x1000), LOAD(UINT64_MAX, 0x10000, 0x1000),
	    LOAD(IMAGE_SIZE, 0x20000, 0x1000), { PT_LOAD, 0x2000, 0, 0x40000, UINT64_MAX, 0 },
	    LOAD(0x3000, UINT64_MAX, UINT64_MAX), { PT_LOAD, 0, UINT64_MAX, 0x30000, 0, UINT64_MAX } },
	  { { 0x1000, 0x1000, 0x1000 }, { 0x40000, 0x2000, 0x1000 }, { UINT64_MAX, 0x3000, 1 } },
	  { { 0x10000, PAGE_TRUNCATED }, { 0x20000, PAGE_TRUNCATED }, { 0x30000, PAGE_FILTERED },
	    { 0x40000 + IMAGE_SIZE - 0x2000, PAGE_FILTERED }, { 0, PAGE_ABSENT } },
	  0, 0, " " }, /* any warning */
	// clang-format on
};

static void files_with_segments(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct dump *dump;

		print_message("%s\n", files[i].what);
		image_init(&image, false);
		for (const struct header *at = files[i].segments; at->type; at++)
			image_add(&image, *at);
		if (files[i].size)
			image.size = files[i].size;
		dump = open_image();
		for (size_t j = 0; j < 3 && files[i].bytes[j].size; j++)
			expect_bytes(dump, files[i].bytes[j].paddr, files[i].bytes[j].offset,
				     files[i].bytes[j].size);
		for (size_t j = 0; files[i].states[j].state; j++)
			expect_state(dump, files[i].states[j].paddr, files[i].states[j].state);
		if (files[i].last)
			assert_true(dump_last_paddr(dump) == files[i].last);
		assert_non_null(strstr(dump->warning, files[i].warning));
		dump_close(dump);
	}
}

static void memory_that_the_file_leaves_out(void **state)
{
	struct dump *dump;
	uint8_t bytes[16];

	(void)state;
	image_init(&image, false);
	image_add(&image, (struct header){ .type = PT_LOAD,
					   .offset = 0x1000,
					   .paddr = 0x10000,
					   .filesz = 0x1800,
					   .memsz = 0x10000 });
	image_load(&image, 0x4000, 0x18000, 0x1000);
	dump = open_image();
	expect_bytes(dump, 0x10000, 0x1000, 0x1800);
	expect_state(dump, 0x11800, PAGE_FILTERED);
	expect_state(dump, 0x17fff, PAGE_FILTERED);
	expect_bytes(dump, 0x18000, 0x4000, 0x1000);
	expect_state(dump, 0x19000, PAGE_FILTERED);
	expect_state(dump, 0x1ffff, PAGE_FILTERED);
	expect_state(dump, 0x20000, PAGE_ABSENT);
	assert_int_equal(dump_read(dump, 0x117f8, bytes, 16), PAGE_FILTERED);
	assert_int_equal(dump_range_state(dump, 0x10000, 0x1000), PAGE_PRESENT);
	assert_int_equal(dump_range_state(dump, 0x11000, 0x1000), PAGE_FILTERED);
	assert_int_equal(dump_range_state(dump, 0x1f000, 0x1000), PAGE_FILTERED);
	assert_int_equal(dump_range_state(dump, 0x1f000, 0x1001), PAGE_ABSENT);
	assert_true(dump_last_paddr(dump) == 0x1ffff);
	assert_string_equal(dump->warning, "");
	dump_close(dump);
}

static void a_file_cut_within_its_headers(void **state)
{
	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x1000);
	image_load(&image, 0x2000, 0x5000, 0x1000);
	image_finish(&image);
	image.size = 64 + 2 * 56 - 1;
	refuse("program headers");
	image.size = 64;
	refuse("program headers");
	for (image.size = 63; image.size >= 4; image.size--)
		refuse("ELF header");
	image_init(&image, true);
	image_load(&image, 0x1000, 0, 0x1000);
	image_finish(&image);
	image.size = 52 + 32 - 1;
	refuse("program headers");
	image.size = 51;
	refuse("ELF header");
}

static void wild_header_offsets(void **state)
{
	static const uint64_t wild[] = {
		IMAGE_SIZE, IMAGE_SIZE - 55, UINT64_MAX, UINT64_MAX - 55, UINT64_C(1) << 63,
	};

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x1000);
	image_finish(&image);
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		image.phoff = wild[i];
		image_put_ehdr(&image);
		refuse("program headers");
	}
}

static void the_last_address(void **state)
{
	struct dump *dump;
	uint64_t value;
	uint8_t bytes[16];

	(void)state;
	image_init(&image, false);
	/* The second segment would end beyond the last address. */
	image_load(&image, 0x1000, 0xffffffffffffe000, 0x1000);
	image_load(&image, 0x2000, 0xfffffffffffff000, 0x2000);
	image_load(&image, 0x4000, 0, 0x1000);
	dump = open_image();
	expect_bytes(dump, 0xffffffffffffe000, 0x1000, 0x2000);
	expect_bytes(dump, 0, 0x4000, 0x1000);
	assert_true(dump_last_paddr(dump) == UINT64_MAX);
	assert_int_equal(dump_load(dump, 0xfffffffffffffff8, 8, &value), PAGE_PRESENT);
	/* Memory does not continue at address 0. */
	assert_int_equal(dump_load(dump, 0xfffffffffffffff9, 8, &value), PAGE_ABSENT);
	assert_int_equal(dump_read(dump, 0xfffffffffffffff8, bytes, 16), PAGE_ABSENT);
	assert_int_equal(dump_range_state(dump, 0xfffffffffffff000, 0x1000), PAGE_PRESENT);
	dump_close(dump);
}

static void mappings_of_the_writer(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_add(&image, (struct header){ PT_LOAD, 0x1000, 0xffffffff81000000, 0x1000000, 0x1000,
					   0x2000 });
	image_load(&image, 0x2000, 0x5000, 0x1000);
	image_add(&image,
		  (struct header){ PT_LOAD, 0x3000, 0xffff888000000000, 0, 0x1000, 0x1000 });
	dump = open_image();
	assert_int_equal(dump->nr_mappings, 2);
	assert_true(dump->mappings[0].vaddr == 0xffffffff81000000);
	assert_true(dump->mappings[0].paddr == 0x1000000);
	assert_true(dump->mappings[0].size == 0x2000);
	assert_true(dump->mappings[1].vaddr == 0xffff888000000000);
	assert_true(dump->mappings[1].paddr == 0);
	dump_close(dump);
}

static void segments_that_differ(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	image_load(&image, 0x3000, 0x102000, 0x1000);
	image_load(&image, 0x1000, 0x100000, 0x4000);
	dump = open_image();
	assert_string_equal(dump->warning, ""); /* both are one place in the file */
	dump_close(dump);
	image_init(&image, false);
	image_load(&image, 0x8000, 0x102000, 0x1000);
	image_load(&image, 0x1000, 0x100000, 0x4000);
	dump = open_image();
	if (!strstr(dump->warning,
		    "two segments have different bytes for physical 102000 to 102fff; kwalk uses the bytes at offset 0x8000, whose header comes first, and not the bytes at offset 0x3000"))
		fail_msg("%s", dump->warning);
	expect_bytes(dump, 0x102000, 0x8000, 0x1000);
	expect_bytes(dump, 0x101000, 0x2000, 0x1000);
	dump_close(dump);
}

/* As in a core that kdump wrote, in which a separate segment has the kernel's image. */
static void segments_that_are_alike(void **state)
{
	struct dump *dump;

	(void)state;
	image_init(&image, false);
	memcpy(image.bytes + 0x8000, image.bytes + 0x3000, 0x1000);
	image_load(&image, 0x8000, 0x102000, 0x1000);
	image_load(&image, 0x1000, 0x100000, 0x4000);
	dump = open_image();
	assert_string_equal(dump->warning, "");
	dump_close(dump);
	/* They differ in the last byte of the last page. */
	image.bytes[0x8fff] ^= 1;
	dump = open_image();
	assert_non_null(strstr(dump->warning, "differ"));
	dump_close(dump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_smaller_than_a_page),
		cmocka_unit_test(files_with_segments),
		cmocka_unit_test(memory_that_the_file_leaves_out),
		cmocka_unit_test(a_file_cut_within_its_headers),
		cmocka_unit_test(wild_header_offsets),
		cmocka_unit_test(the_last_address),
		cmocka_unit_test(mappings_of_the_writer),
		cmocka_unit_test(segments_that_differ),
		cmocka_unit_test(segments_that_are_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
