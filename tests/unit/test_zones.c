/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The node, section and zone in the flags of a struct page. */
#include "linux/page/page_info.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "made_page_info.h"
#include "made_types.h"

#ifdef HAVE_LIBBPF

/* From the highest bit of the flags down: the node, then the zone
 * (include/linux/page-flags-layout.h). ZONES_SHIFT is 0 to 3, for 1, 2, 4 and 8 zones. */
static void nodes_and_zones_of_pages(void **state)
{
	static const struct {
		unsigned int nodes;
		int zones;
		uint64_t flags, node;
		const char *zone;
	} rows[] = {
		{ 1024, 4, UINT64_C(0x2a5) << 54 | UINT64_C(2) << 52 | 1, 0x2a5, "Normal" },
		{ 1024, 4, UINT64_C(1) << 54 | UINT64_C(3) << 52, 1, "Movable" },
		{ 1024, 4, UINT64_C(1023) << 54, 1023, "DMA" },
		{ 64, 5, UINT64_C(63) << 58 | UINT64_C(4) << 55, 63, "Device" },
		{ 64, 5, UINT64_C(1) << 55 | UINT64_C(1) << 54, 0, "DMA32" },
		{ 1024, 2, UINT64_C(1) << 53, 0, "DMA32" },
		{ 1, 4, UINT64_C(2) << 62 | UINT64_C(1) << 61, 0, "Normal" },
		{ 1, 1, UINT64_MAX, 0, "DMA" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_info info;
		struct kernel *kernel;
		char lines[128];

		snprintf(lines, sizeof(lines),
			 "SIZE(page)=64\nOFFSET(page.flags)=0\n"
			 "SYMBOL(mem_map)=ffffffff80006000\nLENGTH(node_data)=%u\n",
			 rows[i].nodes);
		start_with("6.1.0", lines);
		put(0x5000, rows[i].flags, 8);
		btf__add_enum(btf, "zone_type", 4);
		btf__add_enum_value(btf, "ZONE_DMA", 0);
		btf__add_enum_value(btf, "ZONE_DMA32", 1);
		btf__add_enum_value(btf, "ZONE_NORMAL", 2);
		btf__add_enum_value(btf, "ZONE_MOVABLE", 3);
		btf__add_enum_value(btf, "ZONE_DEVICE", 4);
		btf__add_enum_value(btf, "__MAX_NR_ZONES", rows[i].zones);
		btf__add_enum(btf, "pageflags", 4);
		btf__add_enum_value(btf, "PG_locked", 0);
		btf__add_enum_value(btf, "__NR_PAGEFLAGS", 24);
		kernel = open_kernel(NULL);
		assert_true(page_info_read(kernel, IMAGE + 0x5000, &info, NULL));
		assert_true(info.has_node);
		if (info.node != rows[i].node || !info.zone || strcmp(info.zone, rows[i].zone))
			fail_msg("row %zu: node %llx, zone %s", i, (unsigned long long)info.node,
				 info.zone);
		open_close(kernel);
	}
}

static const struct enumerator zone_types[] = {
	{ "ZONE_DMA", 0 },     { "ZONE_DMA32", 1 },  { "ZONE_NORMAL", 2 }, { "ZONE_HIGHMEM", 3 },
	{ "ZONE_MOVABLE", 4 }, { "ZONE_DEVICE", 5 }, { NULL, 0 },
};

/* nr_zones, nr_flags: -1 if there is no such enumerator */
static void add_zones(int nr_zones, int nr_flags)
{
	add_enum("zone_type", zone_types);
	if (nr_zones >= 0)
		btf__add_enum_value(btf, "__MAX_NR_ZONES", nr_zones);
	btf__add_enum(btf, "pageflags", 4);
	btf__add_enum_value(btf, "PG_locked", 0);
	if (nr_flags >= 0)
		btf__add_enum_value(btf, "__NR_PAGEFLAGS", nr_flags);
}

static void each_zone_by_name(void **state)
{
	static const char *const names[] = { "DMA",	"DMA32",  "Normal", "HighMem",
					     "Movable", "Device", NULL,	    NULL };

	(void)state;
	for (uint64_t zone = 0; zone < 8; zone++) {
		struct page_info info;
		struct kernel *kernel;

		start("6.1.0", FLAT "LENGTH(node_data)=1\n");
		put(page_at(3), zone << 61 | 0xfff, 8);
		add_zones(8, 24);
		kernel = open_kernel(NULL);
		assert_true(page_info_read(kernel, IMAGE + page_at(3), &info, NULL));
		if (names[zone])
			assert_string_equal(info.zone, names[zone]);
		else
			assert_null(info.zone);
		open_close(kernel);
	}
}

/* Checks the place of frame 3. zone: NULL if unknown. */
static void expect_place(struct kernel *kernel, size_t row, bool has_node, uint64_t node,
			 const char *zone)
{
	struct page_info info;

	assert_true(page_info_read(kernel, IMAGE + page_at(3), &info, NULL));
	if (info.has_node != has_node || info.node != node || !info.zone != !zone ||
	    (zone && strcmp(info.zone, zone)))
		fail_msg("row %zu: %llx %s", row, (unsigned long long)info.node, info.zone);
}

/* The node is left out of the flags (NODE_NOT_IN_PAGE_FLAGS) if there is no room for it beside the
 * zone and the flags. Numbers that no kernel has are ignored. */
static void room_for_the_node(void **state)
{
	static const struct {
		int zones, flags;
		const char *nodes;
		bool has_node;
		uint64_t node;
		const char *zone;
	} rows[] = {
		{ 4, 52, "LENGTH(node_data)=1024\n", true, 0x2a5, "Normal" },
		{ 4, 53, "LENGTH(node_data)=1024\n", false, 0, "Normal" },
		{ 4, 52, "LENGTH(node_data)=1025\n", false, 0, "Normal" },
		{ 4, 64, "LENGTH(node_data)=1\n", true, 0, "Normal" },
		{ 4, 65, "LENGTH(node_data)=1\n", false, 0, NULL },
		{ 4, 0, "LENGTH(node_data)=1\n", false, 0, NULL },
		{ 4, 1, "LENGTH(node_data)=1\n", true, 0, "Normal" },
		{ 4, -1, "LENGTH(node_data)=1\n", false, 0, NULL },
		{ 0, 24, "LENGTH(node_data)=1\n", false, 0, NULL },
		{ 1, 24, "LENGTH(node_data)=1\n", true, 0, "DMA" },
		{ 8, 24, "LENGTH(node_data)=1\n", true, 0, "Movable" },
		{ 9, 24, "LENGTH(node_data)=1\n", false, 0, NULL },
		{ -1, 24, "LENGTH(node_data)=1\n", false, 0, NULL },
		/* the largest possible length: no node fits into the flags */
		{ 4, 1, "LENGTH(node_data)=18446744073709551615\n", false, 0, "Normal" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool in_flags = rows[i].node != 0;
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), FLAT "%s", rows[i].nodes);
		start("6.1.0", note);
		put(page_at(3),
		    in_flags ? UINT64_C(0x2a5) << 54 | UINT64_C(2) << 52 | 5 :
			       UINT64_C(2) << 62 | 5,
		    8);
		add_zones(rows[i].zones, rows[i].flags);
		kernel = open_kernel(NULL);
		expect_place(kernel, i, rows[i].has_node, rows[i].node, rows[i].zone);
		open_close(kernel);
	}
}

/* MAX_NUMNODES is not in the note. It follows from the symbol, which a kernel without CONFIG_NUMA
 * does not have. The size of the symbol may be unknown. */
static void nodes_by_the_symbol(void **state)
{
	enum { NONE = -1 };
	static const struct {
		int size; /* size of the symbol */
		bool has_node;
		uint64_t node;
		const char *zone;
	} rows[] = {
		{ 1024 * 8, true, 0x2a5, "Normal" },
		{ 8, true, 0, "Normal" },
		{ NONE, true, 0, "Normal" },
		{ 0, false, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		start("6.1.0", FLAT);
		put(page_at(3),
		    rows[i].node ? UINT64_C(0x2a5) << 54 | UINT64_C(2) << 52 : UINT64_C(2) << 62,
		    8);
		add_zones(4, 24);
		if (rows[i].size != NONE)
			linked_add(&linked, "node_data", IMAGE + 0x7000, (uint64_t)rows[i].size);
		kernel = open_kernel(NULL);
		expect_place(kernel, i, rows[i].has_node, rows[i].node, rows[i].zone);
		open_close(kernel);
	}
}

/* SPARSEMEM without VMEMMAP: the number of the section is above the node, for which the remaining
 * bits are left. There are 2^19 sections and 2^6 nodes. */
static void sections_above_the_node(void **state)
{
	static const struct {
		unsigned int physmem_bits;
		uint64_t flags;
	} rows[] = {
		{ 46, UINT64_C(0x7ffff) << 45 | UINT64_C(0x2a) << 39 | UINT64_C(2) << 37 },
		{ 46, UINT64_C(0x2a) << 39 | UINT64_C(2) << 37 | 0x1fffffffff },
		{ 36, UINT64_C(0x1ff) << 55 | UINT64_C(0x2a) << 49 | UINT64_C(2) << 47 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char note[768];

		snprintf(note, sizeof(note),
			 "SIZE(page)=64\nOFFSET(page.flags)=0\nOFFSET(page.mapping)=24\n"
			 "OFFSET(page.compound_head)=8\n"
			 "SIZE(mem_section)=16\nOFFSET(mem_section.section_mem_map)=0\n"
			 "SYMBOL(mem_section)=ffffffff80004000\n"
			 "NUMBER(SECTION_SIZE_BITS)=27\nNUMBER(MAX_PHYSMEM_BITS)=%u\n"
			 "LENGTH(node_data)=64\n",
			 rows[i].physmem_bits);
		start("6.1.0", note);
		put(0x4000, IMAGE + 0x8000, 8);
		put(0x8000, (IMAGE + PAGES) | 2 | 8, 8);
		put(page_at(3), rows[i].flags, 8);
		add_zones(4, 24);
		kernel = open_kernel(NULL);
		expect_place(kernel, i, true, 0x2a, "Normal");
		open_close(kernel);
	}
}

/* SPARSEMEM without a description of sections, and an unknown memory model: the place of the zone
 * is unknown, too. */
static void sections_that_are_not_known(void **state)
{
	static const struct {
		const char *symbol;
		bool known;
	} rows[] = { { "mem_section", false }, { "nothing", false }, { "mem_map", true } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct page_info info;
		struct kernel *kernel;

		start("6.1.0", "SIZE(page)=64\nOFFSET(page.flags)=0\nLENGTH(node_data)=1\n");
		put(page_at(3), UINT64_C(2) << 62, 8);
		add_zones(4, 24);
		linked_add(&linked, rows[i].symbol, IMAGE + 0x5000, 8);
		kernel = open_kernel(NULL);
		assert_true(page_info_read(kernel, IMAGE + page_at(3), &info, NULL));
		assert_int_equal(info.has_node, rows[i].known);
		assert_int_equal(info.zone != NULL, rows[i].known);
		open_close(kernel);
	}
}

/* The section and the zone do not fit into a long, so both are unknown. */
static void more_sections_than_bits(void **state)
{
	static const struct {
		unsigned int physmem_bits;
		const char *zone;
	} rows[] = { { 57, "DMA32" }, { 58, NULL }, { 59, NULL }, { 56, "DMA" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_info info;
		struct kernel *kernel;
		char note[768];

		snprintf(note, sizeof(note),
			 "SYMBOL(mem_section)=c0004000\n"
			 "SIZE(page)=32\nOFFSET(page.flags)=0\nSIZE(mem_section)=8\n"
			 "OFFSET(mem_section.section_mem_map)=0\n"
			 "NUMBER(SECTION_SIZE_BITS)=26\nNUMBER(MAX_PHYSMEM_BITS)=%u\n"
			 "LENGTH(mem_section)=1\nLENGTH(node_data)=1\n",
			 rows[i].physmem_bits);
		memory_start_32("4.14.0", note);
		start_types(true);
		put(0x4000, 0xc0008000, 4);
		put(0x8000, (0xc0000000 + PAGES) | 2 | 8, 4);
		put(PAGES + 32, 1, 4);
		add_zones(2, 1);
		kernel = open_kernel(NULL);
		assert_true(page_info_read(kernel, 0xc0000000 + PAGES + 32, &info, NULL));
		if (!info.zone != !rows[i].zone || (info.zone && strcmp(info.zone, rows[i].zone)))
			fail_msg("row %zu: %s", i, info.zone);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_and_zones_of_pages),
		cmocka_unit_test(each_zone_by_name),
		cmocka_unit_test(room_for_the_node),
		cmocka_unit_test(nodes_by_the_symbol),
		cmocka_unit_test(sections_above_the_node),
		cmocka_unit_test(sections_that_are_not_known),
		cmocka_unit_test(more_sections_than_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
