/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From frames to the addresses that are mapped to them: the mappings of each frame, and
 * contradictions between mappings of one frame. */
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "memory.h"
#include "open/open.h"
#include "query/reverse.h"

#include "unit.h"

/* Asks for frames 2, 5 and 8, and for frame 5 twice. */
static struct reverse *asked(void)
{
	const uint64_t paddrs[] = { 0x5123, 0x8000, 0x2fff, 0x5000 };
	struct reverse *reverse = reverse_create(paddrs, 4, NULL);

	assert_non_null(reverse);
	return reverse;
}

static size_t nr_of(const struct reverse *reverse, uint64_t paddr)
{
	return reverse_frame(reverse, paddr).nr;
}

static void mappings_of_frames(void **state)
{
	static const struct {
		uint64_t paddr, size;
		size_t of_2, of_5, of_8;
	} rows[] = {
		{ 0x2000, 0x1000, 1, 0, 0 },
		{ 0x5000, 0x1000, 0, 1, 0 },
		{ 0x8000, 0x1000, 0, 0, 1 },
		{ 0x1000, 0x1000, 0, 0, 0 },
		{ 0x1000, 0x2000, 1, 0, 0 },
		{ 0x3000, 0x2000, 0, 0, 0 },
		{ 0x4000, 0x2000, 0, 1, 0 },
		{ 0x5000, 0x3000, 0, 1, 0 },
		{ 0x5000, 0x4000, 0, 1, 1 },
		{ 0, 0x200000, 1, 1, 1 },
		{ 0x9000, 0x1000, 0, 0, 0 },
		{ 0x200000, 0x200000, 0, 0, 0 },
		/* mappings of a virtio IOMMU may have any size */
		{ 0x5000, 1, 0, 1, 0 },
		{ 0x4fff, 2, 0, 1, 0 },
		{ 0x4fff, 1, 0, 0, 0 },
		{ 0x5fff, 1, 0, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reverse *reverse = asked();
		const struct mapping mapping = {
			.first = 0x70000000,
			.paddr = rows[i].paddr,
			.page_size = rows[i].size,
		};

		assert_true(reverse_add_mapping(reverse, &mapping, NULL));
		assert_true(reverse_finish(reverse, NULL));
		if (nr_of(reverse, 0x2000) != rows[i].of_2 ||
		    nr_of(reverse, 0x5fff) != rows[i].of_5 ||
		    nr_of(reverse, 0x8abc) != rows[i].of_8)
			fail_msg("row %zu", i);
		assert_int_equal(nr_of(reverse, 0x3000), 0);
		reverse_destroy(reverse);
	}
}

/* Mappings are in the order in which they were added, even if mappings of other frames were added
 * between them. */
static void mappings_in_order(void **state)
{
	struct reverse *reverse = asked();
	struct reverse_frame frame;

	(void)state;
	for (uint64_t i = 0; i < 4; i++) {
		const struct mapping mapping = {
			.first = 0x4000 - i * 0x1000,
			.paddr = i % 2 ? 0x5000 : 0x8000,
			.page_size = 0x1000,
		};

		assert_true(reverse_add_mapping(reverse, &mapping, NULL));
	}
	assert_true(reverse_finish(reverse, NULL));
	frame = reverse_frame(reverse, 0x5000);
	assert_int_equal(frame.nr, 2);
	assert_int_equal(reverse_mapping(reverse, frame, 0)->first, 0x3000);
	assert_int_equal(reverse_mapping(reverse, frame, 1)->first, 0x1000);
	frame = reverse_frame(reverse, 0x8000);
	assert_int_equal(frame.nr, 2);
	assert_int_equal(reverse_mapping(reverse, frame, 0)->first, 0x4000);
	assert_int_equal(reverse_mapping(reverse, frame, 1)->first, 0x2000);
	reverse_destroy(reverse);
}

/* The frames may be asked for in any order. */
static void frames_in_any_order(void **state)
{
	(void)state;
	for (unsigned int order = 0; order < 256; order++) {
		uint64_t paddrs[4];
		struct reverse *reverse;

		for (unsigned int i = 0; i < 4; i++)
			paddrs[i] = 0x2000 + 0x3000 * (uint64_t)(order >> 2 * i & 3);
		reverse = reverse_create(paddrs, 4, NULL);
		assert_non_null(reverse);
		for (uint64_t frame = 0; frame < 4; frame++) {
			const struct mapping mapping = {
				.first = frame << 20,
				.paddr = 0x2000 + 0x3000 * frame,
				.page_size = 0x1000,
			};

			assert_true(reverse_add_mapping(reverse, &mapping, NULL));
		}
		assert_true(reverse_finish(reverse, NULL));
		for (unsigned int i = 0; i < 4; i++)
			if (nr_of(reverse, paddrs[i]) != 1)
				fail_msg("order %x", order);
		reverse_destroy(reverse);
	}
}

/* 2^20 mappings are kept, with 2^21 of the frames that are asked for. More are refused, and this is
 * reported. */
static void the_most_mappings(void **state)
{
	const uint64_t paddrs[] = { 0, 0x1000, 0x2000, 0x3000 };
	const size_t most = 1 << 20;

	(void)state;
	for (unsigned int frames = 1; frames <= 4; frames += 3) {
		struct reverse *reverse = reverse_create(paddrs, 4, NULL);
		const struct mapping mapping = { .page_size = 0x1000 * frames };
		size_t nr = frames == 1 ? most : 2 * most / frames;
		struct error err;

		assert_non_null(reverse);
		for (size_t i = 0; i < nr; i++)
			if (!reverse_add_mapping(reverse, &mapping, NULL))
				fail_msg("%zu of %zu", i, nr);
		assert_false(reverse_add_mapping(reverse, &mapping, &err));
		assert_int_equal(err.code, ERROR_FORMAT);
		assert_non_null(strstr(err.message, frames == 1 ? "1048576" : "2097152"));
		assert_true(reverse_finish(reverse, NULL));
		assert_int_equal(nr_of(reverse, 0), nr);
		reverse_destroy(reverse);
	}
}

/* --- contradictions between mappings --- */

enum { W = 1, X = 2, PROCESS = 4, NONE = 8, CACHE_1 = 16, CACHE_2 = 32, CACHE_3 = 64 };

/* Mappings of one frame. Entries 0 and 3 of the PAT are the same type, and entries 1 and 2 are two
 * others. */
static const struct {
	unsigned int nr, mappings[3];
	bool no_bit; /* this mode has no execute-disable bit */
	bool writable_alias, in_process, cache_conflict;
} cases[] = {
	{ 1, { W | X }, false, false, false, false },
	{ 2, { W, 0 }, false, true, false, false },
	{ 2, { 0, W }, false, true, false, false },
	{ 2, { W, W }, false, false, false, false },
	{ 2, { 0, 0 }, false, false, false, false },
	{ 2, { 0, X }, false, false, false, false },
	{ 2, { W, W | X }, false, true, false, false },
	{ 2, { W, W | X }, true, false, false, false },
	{ 2, { W, X }, true, true, false, false },
	/* the kernel may always write to the memory of processes */
	{ 2, { W, PROCESS | X }, false, false, true, false },
	{ 2, { X, PROCESS | W }, false, false, true, false },
	{ 3, { W, PROCESS, 0 }, false, true, true, false },
	{ 2, { 0, CACHE_1 }, false, false, false, true },
	{ 2, { CACHE_2, CACHE_1 }, false, false, false, true },
	{ 2, { CACHE_1, CACHE_1 }, false, false, false, false },
	{ 2, { 0, CACHE_3 }, false, false, false, false },
	{ 2, { 0, PROCESS | CACHE_1 }, false, false, true, true },
	/* a mapping without access rights has no cache type */
	{ 2, { 0, PROCESS | NONE | CACHE_1 }, false, false, true, false },
	{ 3, { PROCESS | NONE | CACHE_1, CACHE_2, CACHE_2 }, false, false, true, false },
};

static void aliases_of_a_frame(void **state)
{
	struct entry_rules rules = {
		.cache_known = true,
		.cache = { CACHE_WB, CACHE_WC, CACHE_UC, CACHE_WB },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reverse *reverse = asked();
		struct frame_aliases aliases;

		for (unsigned int nr = 0; nr < cases[i].nr; nr++) {
			unsigned int of = cases[i].mappings[nr];
			const struct mapping mapping = {
				.first = nr << 12,
				.paddr = 0x5000,
				.page_size = 0x1000,
				.owner.has_pid = of & PROCESS,
				.cache_index = of & CACHE_1 ? 1 :
					       of & CACHE_2 ? 2 :
					       of & CACHE_3 ? 3 :
							      0,
				.writable = of & W,
				.executable = of & X,
				.no_access = of & NONE,
			};

			assert_true(reverse_add_mapping(reverse, &mapping, NULL));
		}
		assert_true(reverse_finish(reverse, NULL));
		aliases = reverse_aliases(reverse, reverse_frame(reverse, 0x5000), &rules,
					  !cases[i].no_bit);
		if (aliases.writable_alias != cases[i].writable_alias ||
		    aliases.in_process != cases[i].in_process ||
		    aliases.cache_conflict != cases[i].cache_conflict || !aliases.cache_compared)
			fail_msg("row %zu", i);
		/* The types are unknown, so only equal entries are known to have the same type. */
		rules.cache_known = false;
		aliases = reverse_aliases(reverse, reverse_frame(reverse, 0x5000), &rules,
					  !cases[i].no_bit);
		rules.cache_known = true;
		assert_false(aliases.cache_conflict);
		if (cases[i].cache_conflict)
			assert_false(aliases.cache_compared);
		reverse_destroy(reverse);
	}
}

/* --- the mappings of a table --- */

/* Pages; a table that is used many times; and entries that are damaged, or whose table is
 * missing. */
static void mappings_of_a_table(void **state)
{
	const struct reverse_owner owner = { .has_pid = true, .pid = 7 };
	static struct scan scan;
	struct reverse *reverse = asked();
	const struct mapping *mapping;
	struct reverse_frame frame;
	struct kernel *kernel;

	(void)state;
	memory_start(false, "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
			    "NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=0\n");
	memory_put_tables();
	/* the user half */
	put(0x1000, 0xa000 | P | RW | US, 8);
	put(0xa000, 0xb000 | P | RW | US, 8);
	put(0xa008, UINT64_C(1) << 51 | P | RW | US | PS | 1 << 13, 8); /* reserved */
	put(0xb000, 0xc000 | P | RW | US, 8);
	put(0xb008, 0xd000 | P | US, 8);
	put(0xb010, 0x10000 | P | US, 8); /* a table that is not in the dump */
	put(0xc008, 0x5000 | P | RW | US, 8);
	put(0xc018, 0x6000 | P | US, 8);
	put(0xc020, 0x2000 | P | US, 8);
	for (unsigned int i = 0; i < 512; i++)
		put(0xd000 + 8 * i, 0x8000 | P | US, 8);
	kernel = memory_open(NULL, NULL);
	scan_start(&scan, kernel_space(kernel, NULL), 0, 0x7fffffffffff, false);
	assert_true(reverse_add(reverse, kernel, &scan, owner, NULL));
	assert_int_equal(scan.end, SCAN_COMPLETE);
	assert_true(reverse_finish(reverse, NULL));
	assert_int_equal(reverse_gaps(reverse)->nr, 2);
	assert_int_equal(reverse_gaps(reverse)->first.first, 0x400000);
	frame = reverse_frame(reverse, 0x5000);
	assert_int_equal(frame.nr, 1);
	mapping = reverse_mapping(reverse, frame, 0);
	assert_int_equal(mapping->first, 0x1000);
	assert_int_equal(mapping->owner.pid, 7);
	assert_true(mapping->writable && mapping->user && mapping->executable);
	frame = reverse_frame(reverse, 0x2000);
	assert_int_equal(frame.nr, 1);
	mapping = reverse_mapping(reverse, frame, 0);
	assert_int_equal(mapping->first, 0x4000);
	assert_true(!mapping->writable && !mapping->no_access);
	frame = reverse_frame(reverse, 0x8000);
	assert_int_equal(frame.nr, 512);
	for (size_t i = 0; i < 512; i++)
		assert_int_equal(reverse_mapping(reverse, frame, i)->first, 0x200000 + i * 0x1000);
	reverse_destroy(reverse);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mappings_of_frames),  cmocka_unit_test(mappings_in_order),
		cmocka_unit_test(frames_in_any_order), cmocka_unit_test(the_most_mappings),
		cmocka_unit_test(aliases_of_a_frame),  cmocka_unit_test(mappings_of_a_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
