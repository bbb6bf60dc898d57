/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The zones of each node, and the facts that are known about them. */
#include "linux/page_members.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "made_page_info.h"
#include "made_types.h"
#include "placed.h"

#ifdef HAVE_LIBBPF

enum {
	ZONES = 0x10,
	ZONE_SIZE = 0x200,
	STAT = 0x40,
	FREE_AREAS = 0x80,
	MARKS = 0x180,
	AREA_SIZE = 0x18
};

static const struct placed zone_layout[] = {
	{ PGDAT_ZONES, ZONES, 2 * ZONE_SIZE },
	{ PGDAT_ID, 8, 4 },
	{ ZONE_START, 0, 8 },
	{ ZONE_SPANNED, 8, 8 },
	{ ZONE_PRESENT, 16, 8 },
	{ ZONE_MANAGED, 24, 8 },
	{ ZONE_NAME, 32, 8 },
	{ ZONE_STAT, STAT, 3 * 8 },
	{ ZONE_FREE_AREA, FREE_AREAS, 10 * AREA_SIZE },
	{ FREE_AREA_NR, 16, 8 },
	{ ZONE_WATERMARK, MARKS, 3 * 8 },
	{ ZONE_BOOST, MARKS + 0x20, 8 },
};

static void put_zone(uint64_t at, uint64_t first, uint64_t spanned)
{
	put(at, first, 8);
	put(at + 8, spanned, 8);
	put(at + 16, spanned - 1, 8);
	put(at + 24, spanned - 2, 8);
	put(at + 32, IMAGE + 0x4000, 8);
	for (unsigned int i = 0; i < 4; i++)
		put(at + STAT + 8 * i, 0x70 + i, 8);
	for (unsigned int i = 0; i < 10; i++)
		put(at + FREE_AREAS + AREA_SIZE * i + 16, 0x30 + i, 8);
	for (unsigned int i = 0; i < 3; i++)
		put(at + MARKS + 8 * i, 0x50 + i, 8);
	put(at + MARKS + 0x20, 0x1000, 8);
}

static void start_zones(const char *more)
{
	char note[512];

	snprintf(note, sizeof(note),
		 "SYMBOL(contig_page_data)=ffffffff80006000\nSIZE(zone)=512\n%s", more);
	start("6.1.0", note);
	memcpy(image.bytes + MEMORY + 0x4000, "Normal", 6);
	put(NODE + 8, 5 | UINT64_C(9) << 32, 8);
	put_zone(NODE + ZONES, 0x100, 0x40);
	put_zone(NODE + ZONES + ZONE_SIZE, 0x200, 0x80);
}

static void add_stat(int number)
{
	btf__add_enum(btf, "zone_stat_item", 4);
	btf__add_enum_value(btf, "NR_FREE_PAGES", number);
}

static struct kernel *open_zones(unsigned int without)
{
	struct kernel *kernel = open_kernel(NULL);

	for (unsigned int id = 0; id < NR_MEMBERS; id++)
		placed_forget(kernel, id);
	placed_set_all(kernel, zone_layout, sizeof(zone_layout) / sizeof(zone_layout[0]));
	if (without < NR_MEMBERS)
		placed_forget(kernel, without);
	return kernel;
}

struct found {
	struct zone zone[8];
	size_t nr, most;
};

static bool keep(const struct zone *zone, void *arg)
{
	struct found *found = arg;

	assert_true(found->nr < 8);
	found->zone[found->nr++] = *zone;
	return found->nr < found->most;
}

static struct found zones_of(struct kernel *kernel, size_t most)
{
	struct error err = { .message = "" };
	struct found found = { .most = most };

	if (!page_each_zone(kernel, keep, &found, &err))
		fail_msg("%s", err.message);
	return found;
}

static void members_of_a_zone(void **state)
{
	struct kernel *kernel;
	const struct zone *zone;
	struct found found;

	(void)state;
	start_zones("SIZE(free_area)=24\n");
	add_stat(1);
	kernel = open_zones(NR_MEMBERS);
	found = zones_of(kernel, 8);
	assert_int_equal(found.nr, 2);
	for (size_t i = 0; i < 2; i++) {
		zone = &found.zone[i];
		assert_int_equal(zone->node, 5);
		assert_string_equal(zone->name, "Normal");
		assert_int_equal(zone->start_pfn, i ? 0x200 : 0x100);
		assert_int_equal(zone->spanned, i ? 0x80 : 0x40);
		assert_int_equal(zone->present, zone->spanned - 1);
		assert_true(zone->has_managed && zone->managed == zone->spanned - 2);
		assert_true(zone->has_free && zone->free == 0x71);
		assert_true(zone->has_watermarks);
		for (size_t nr = 0; nr < NR_WATERMARKS; nr++)
			assert_int_equal(zone->watermark[nr], 0x1050 + nr);
		assert_int_equal(zone->nr_orders, 10);
		for (size_t nr = 0; nr < 10; nr++)
			assert_int_equal(zone->free_blocks[nr], 0x30 + nr);
	}
	assert_int_equal(zones_of(kernel, 1).nr, 1);
	open_close(kernel);
	/* a zone without frames is not a zone */
	start_zones("SIZE(free_area)=24\n");
	put(NODE + ZONES + 8, 0, 8);
	kernel = open_zones(NR_MEMBERS);
	found = zones_of(kernel, 8);
	assert_int_equal(found.nr, 1);
	assert_int_equal(found.zone[0].start_pfn, 0x200);
	assert_false(found.zone[0].has_free); /* there is no enum */
	open_close(kernel);
}

/* Facts that a kernel lacks are left out. Without the needed members, there is no answer. */
static void members_that_a_zone_lacks(void **state)
{
	static const unsigned int needed[] = { PGDAT_ZONES, ZONE_START, ZONE_SPANNED };
	static const unsigned int lacking[] = { PGDAT_ID,     ZONE_NAME,      ZONE_PRESENT,
						ZONE_MANAGED, ZONE_STAT,      ZONE_FREE_AREA,
						FREE_AREA_NR, ZONE_WATERMARK, ZONE_BOOST };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct found found = { .most = 8 };
		struct error err = { .code = ERROR_NONE };
		struct kernel *kernel;

		start_zones("SIZE(free_area)=24\n");
		kernel = open_zones(needed[i]);
		assert_false(page_each_zone(kernel, keep, &found, &err));
		assert_int_equal(err.code, ERROR_UNKNOWN);
		assert_int_equal(found.nr, 0);
		open_close(kernel);
	}
	for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
		unsigned int id = lacking[i];
		const struct zone *zone;
		struct kernel *kernel;
		struct found found;

		start_zones("SIZE(free_area)=24\n");
		add_stat(1);
		kernel = open_zones(id);
		found = zones_of(kernel, 8);
		assert_int_equal(found.nr, 2);
		zone = &found.zone[1];
		assert_int_equal(zone->node, id == PGDAT_ID ? 0 : 5);
		assert_string_equal(zone->name, id == ZONE_NAME ? "" : "Normal");
		assert_int_equal(zone->present, id == ZONE_PRESENT ? 0 : 0x7f);
		assert_int_equal(zone->has_managed, id != ZONE_MANAGED);
		assert_int_equal(zone->has_free, id != ZONE_STAT);
		assert_int_equal(zone->nr_orders,
				 id == ZONE_FREE_AREA || id == FREE_AREA_NR ? 0 : 10);
		assert_int_equal(zone->has_watermarks, id != ZONE_WATERMARK);
		assert_int_equal(zone->watermark[2], id == ZONE_BOOST	  ? 0x52 :
						     id == ZONE_WATERMARK ? 0x1000 :
									    0x1052);
		open_close(kernel);
	}
}

/* The older name, and shorter arrays. */
static void arrays_of_a_zone(void **state)
{
	static const struct {
		unsigned int id;
		uint32_t size;
		unsigned int nr_orders;
		bool has_free, has_watermarks;
		size_t nr;
	} rows[] = {
		{ ZONE_WATERMARK, 24, 10, true, true, 2 },
		{ ZONE_WATERMARK, 23, 10, true, false, 2 },
		{ ZONE_WATERMARK, 16, 10, true, false, 2 },
		{ ZONE_STAT, 16, 10, true, true, 2 },
		{ ZONE_STAT, 15, 10, false, true, 2 },
		{ ZONE_STAT, 8, 10, false, true, 2 },
		{ ZONE_FREE_AREA, 24, 1, true, true, 2 },
		{ ZONE_FREE_AREA, 47, 1, true, true, 2 },
		{ ZONE_FREE_AREA, 48, 2, true, true, 2 },
		{ ZONE_FREE_AREA, 23, 0, true, true, 2 },
		{ ZONE_FREE_AREA, 16 * 24, 16, true, true, 2 },
		{ ZONE_FREE_AREA, 17 * 24, 16, true, true, 2 },
		{ PGDAT_ZONES, 512, 10, true, true, 1 },
		{ PGDAT_ZONES, 1023, 10, true, true, 1 },
		{ PGDAT_ZONES, 511, 10, true, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int old = 0; old < 2; old++) {
			struct member *members;
			struct kernel *kernel;
			struct found found;

			start_zones("SIZE(free_area)=24\n");
			add_stat(1);
			kernel = open_zones(NR_MEMBERS);
			members = kernel_state(kernel, &state_members);
			members[rows[i].id].size = rows[i].size;
			if (old) {
				members[ZONE_WATERMARK_OLD] = members[ZONE_WATERMARK];
				members[ZONE_WATERMARK].known = false;
			}
			found = zones_of(kernel, 8);
			if (found.nr != rows[i].nr)
				fail_msg("row %zu: %zu zones", i, found.nr);
			if (found.nr && (found.zone[0].nr_orders != rows[i].nr_orders ||
					 found.zone[0].has_free != rows[i].has_free ||
					 found.zone[0].has_watermarks != rows[i].has_watermarks))
				fail_msg("row %zu", i);
			open_close(kernel);
		}
}

/* The place of the number of free frames in vm_stat. A negative number is not used. */
static void numbers_of_statistics(void **state)
{
	static const struct {
		int number;
		bool has;
		uint64_t free;
	} rows[] = { { 0, true, 0x70 }, { 2, true, 0x72 }, { 3, false, 0 }, { -1, false, 0 } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct kernel *kernel;
		struct found found;

		start_zones("");
		add_stat(rows[i].number);
		kernel = open_zones(NR_MEMBERS);
		found = zones_of(kernel, 8);
		assert_int_equal(found.zone[0].has_free, rows[i].has);
		assert_true(!rows[i].has || found.zone[0].free == rows[i].free);
		/* The size of struct free_area is unknown. */
		assert_int_equal(found.zone[0].nr_orders, 0);
		open_close(kernel);
	}
}

/* Nodes, by number or by place; impossible sizes; and the largest number of zones. */
static void nodes_and_their_zones(void **state)
{
	static const struct {
		const char *note;
		uint32_t zones; /* size of the array in bytes */
		size_t nr; /* 0: unknown */
	} rows[] = {
		{ "SYMBOL(node_data)=ffffffff80005008\nLENGTH(node_data)=3\nSIZE(zone)=512\n", 1024,
		  4 },
		{ "SYMBOL(node_data)=ffffffff80005008\nLENGTH(node_data)=3\nSIZE(zone)=0\n", 1024,
		  0 },
		{ "SYMBOL(node_data)=ffffffff80005008\nLENGTH(node_data)=3\n", 1024, 0 },
		{ "SIZE(zone)=512\n", 1024, 0 },
		{ "SYMBOL(node_data)=ffffffff80005008\nLENGTH(node_data)=1\nSIZE(zone)=64\n"
		  "SIZE(free_area)=0\n",
		  9 * 64, 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int with_id = 0; with_id < 2; with_id++) {
			struct found found = { .most = 9 };
			struct member *members;
			struct kernel *kernel;
			struct error err;
			bool done;

			start("6.1.0", rows[i].note);
			put(0x5008, IMAGE + NODE, 8);
			put(0x5018, IMAGE + 0x8000, 8);
			for (uint64_t node = 0; node < 2; node++) {
				uint64_t at = node ? 0x8000 : NODE;

				put(at + 8, 7 - node, 4);
				for (unsigned int zone = 0; zone < (rows[i].zones > 1000 ? 2 : 9);
				     zone++)
					put(at + ZONES +
						    zone * rows[i].zones /
							    (rows[i].zones > 1000 ? 2 : 9) +
						    8,
					    4, 8);
			}
			kernel = open_zones(with_id ? NR_MEMBERS : PGDAT_ID);
			members = kernel_state(kernel, &state_members);
			members[PGDAT_ZONES].size = rows[i].zones;
			done = page_each_zone(kernel, keep, &found, &err);
			if (done != (rows[i].nr != 0) || found.nr != rows[i].nr)
				fail_msg("row %zu: %zu zones", i, found.nr);
			if (!done)
				assert_int_equal(err.code, ERROR_UNKNOWN);
			for (size_t nr = 0; nr < found.nr && rows[i].nr == 4; nr++)
				assert_int_equal(found.zone[nr].node,
						 with_id ? 7 - nr / 2 : nr / 2 * 2);
			open_close(kernel);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_a_zone),
		cmocka_unit_test(members_that_a_zone_lacks),
		cmocka_unit_test(arrays_of_a_zone),
		cmocka_unit_test(numbers_of_statistics),
		cmocka_unit_test(nodes_and_their_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
