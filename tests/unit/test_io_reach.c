/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices that can access a frame through the tables of IOMMUs. */
#include "made_io_tables.h"
#include "query/reach.h"

struct met {
	size_t device;
	uint64_t bus;
	const char *level;
};

struct meetings {
	struct met met[16];
	size_t nr, most;
};

static bool meet(const struct reached *reached, void *arg)
{
	struct meetings *meetings = arg;
	struct met *met = &meetings->met[meetings->nr++];

	met->bus = reached->translation.bus;
	met->level = reached->level;
	for (met->device = 0; &devices[met->device].dma != reached->dma; met->device++)
		assert_true(met->device < given.nr);
	return meetings->nr < meetings->most;
}

static void devices_that_reach_a_frame(void **state)
{
	static const uint64_t paddrs[] = { 0x6123,     0x7fff, 0x40000000, 0x40100008,
					   0x80001000, 0xc000, 0x5000 };
	static const struct {
		uint64_t paddr;
		size_t nr;
		struct met met[8];
	} rows[] = {
		{ 0x6123,
		  5,
		  { { 0, 0x201123, "pt" },
		    { 0, 0x208123, "pt" },
		    { 1, 0x201123, "pt" },
		    { 1, 0x208123, "pt" },
		    { 2, 0x6123, NULL } } },
		{ 0x7fff,
		  4,
		  { { 0, 0x202fff, "pt" },
		    { 1, 0x202fff, "pt" },
		    { 2, 0x7fff, NULL },
		    { 3, 0x5fff, "pt" } } },
		/* an access to this bus address would be an interrupt */
		{ 0x40000000, 1, { { 2, 0x40000000, NULL } } },
		{ 0x40100008,
		  3,
		  { { 0, 0xfef00008, "pd" }, { 1, 0xfef00008, "pd" }, { 2, 0x40100008, NULL } } },
		{ 0x80001000,
		  3,
		  { { 0, 0x40001000, "pdpt" },
		    { 1, 0x40001000, "pdpt" },
		    { 2, 0x80001000, NULL } } },
		{ 0xc000, 1, { { 2, 0xc000, NULL } } },
	};

	(void)state;
	start();
	put_tables();
	put(TOP_2, MIDDLE_2 | BOTH, 8);
	put(MIDDLE_2, LOW_2 | BOTH, 8);
	put(LOW_2 + 8 * 5, 0x7000 | BOTH, 8);
	open_kernel();
	add_device(DMA_TRANSLATED, 0);
	add_device(DMA_TRANSLATED, 0);
	add_device(DMA_DIRECT, 0);
	add_device(DMA_TRANSLATED, 1);
	add_device(DMA_BLOCKED, 0);
	add_device(DMA_UNKNOWN, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t most = 1; most <= rows[i].nr; most++) {
			struct meetings meetings = { .most = most };
			struct reach reach;

			assert_true(reach_search(&reach, kernel, paddrs, 7, NULL));
			assert_true(reach.io.whole);
			reach_each(&reach, rows[i].paddr, meet, &meetings);
			if (meetings.nr != most)
				fail_msg("row %zu: %zu", i, meetings.nr);
			for (size_t nr = 0; nr < most; nr++) {
				const struct met *met = &meetings.met[nr];

				if (met->device != rows[i].met[nr].device ||
				    met->bus != rows[i].met[nr].bus)
					fail_msg("row %zu: device %zu at %llx", i, met->device,
						 (unsigned long long)met->bus);
				assert_int_equal(!met->level, !rows[i].met[nr].level);
				if (met->level)
					assert_ptr_equal(
						met->level,
						tables[0]
							.space.paging
							->level[rows[i].met[nr].level[2] == 'p' ? 0 :
								rows[i].met[nr].level[1] == 'd' ? 1 :
												  2]
							.name);
			}
			reach_release(&reach);
		}
	finish(NULL);
}

/* Frame 0 is mapped at the addresses of interrupts. */
static void a_frame_behind_interrupts(void **state)
{
	static const uint64_t paddrs[] = { 0 };
	struct meetings meetings = { .most = 9 };
	struct reach reach;

	(void)state;
	start();
	put(TOP + 8 * 3, UPPER | BOTH, 8);
	put(UPPER + 8 * 503, 0 | BOTH | LARGE, 8);
	open_kernel();
	add_device(DMA_TRANSLATED, 0);
	assert_true(reach_search(&reach, kernel, paddrs, 1, NULL));
	reach_each(&reach, 0, meet, &meetings);
	assert_int_equal(meetings.nr, 0);
	reach_release(&reach);
	finish(NULL);
}

/* Only the first gap of each table is reported. */
static void gaps_in_a_search(void **state)
{
	static const uint64_t paddrs[] = { 0x5000 };

	(void)state;
	for (int second = 0; second < 2; second++) {
		struct reach reach;

		start();
		put(second ? TOP_2 : TOP, 0x300000 | BOTH, 8);
		put(second ? TOP_2 + 8 : TOP + 8, 0x300000 | BOTH, 8);
		open_kernel();
		add_device(DMA_TRANSLATED, 0);
		add_device(DMA_TRANSLATED, 1);
		assert_true(reach_search(&reach, kernel, paddrs, 1, NULL));
		assert_false(reach.io.whole);
		assert_non_null(strstr(reach.io.gap.message, second ? "the page table at c000" :
								      "the page table at 8000"));
		assert_non_null(strstr(reach.io.gap.message, "for the bus address 0"));
		reach_release(&reach);
		finish(NULL);
	}
	for (int unknown = 0; unknown < 3; unknown++) {
		struct reach reach;

		start();
		open_kernel();
		add_device(DMA_TRANSLATED, 0);
		add_device(DMA_UNKNOWN, 0);
		devices[1].dma.entrance.trouble =
			(struct error){ .code = ERROR_UNKNOWN, .message = "it is not told" };
		given.nr_unknown = unknown == 1;
		given.first_unknown = 1;
		given.whole = unknown != 2;
		given.damage =
			(struct error){ .code = ERROR_FORMAT, .message = "some are missing" };
		assert_true(reach_search(&reach, kernel, paddrs, 1, NULL));
		assert_int_equal(reach.io.whole, unknown == 0);
		if (unknown)
			assert_non_null(strstr(reach.io.gap.message,
					       unknown == 1 ? "0000:00:01.0: it is not told" :
							      "some are missing"));
		reach_release(&reach);
		finish(NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_that_reach_a_frame),
		cmocka_unit_test(a_frame_behind_interrupts),
		cmocka_unit_test(gaps_in_a_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
