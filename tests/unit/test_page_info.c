/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What types tell of frames: names of flags and of zones, page types, counts, and the zones of
 * each node. Types are BTF that is made here; offsets are those written here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#ifdef HAVE_LIBBPF
#include <bpf/btf.h>
#endif

#include "linux/page_members.h"
#include "linux/page/page.h"
#include "linux/page/page_info.h"
#include "linux/page/page_layout.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "memory.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

#ifdef HAVE_LIBBPF

enum { PAGES = 0x9000, NODE = 0x6000 };

static struct linked linked;
static struct btf *btf;

/* No types yet. Behind memory_start(). */
static void start_types(bool narrow)
{
	linked = (struct linked){ .narrow = narrow };
	linked_add(&linked, "_stext", narrow ? LINKED_BASE_32 : LINKED_BASE, 0);
	btf = btf__new_empty();
	assert_non_null(btf);
	btf__set_endianness(btf, BTF_LITTLE_ENDIAN);
	btf__set_pointer_size(btf, narrow ? 4 : 8);
	btf__add_int(btf, "char", 1, 0);
}

static void start(const char *release, const char *more)
{
	memory_start_64(release, more);
	start_types(false);
	put(0x5000, IMAGE + PAGES, 8);
}

struct enumerator {
	const char *name;
	int64_t value;
};

static void add_enum(const char *name, const struct enumerator *values)
{
	btf__add_enum(btf, name, 4);
	for (; values->name; values++)
		btf__add_enum_value(btf, values->name, values->value);
}

static struct kernel *open_kernel(const char *override)
{
	struct kernel *kernel;

	linked.btf = btf__raw_data(btf, &linked.btf_size);
	kernel = memory_open(linked_open(&linked), override);
	btf__free(btf);
	return kernel;
}

static uint64_t page_at(uint64_t pfn)
{
	return PAGES + 64 * pfn;
}

#define FLAT                                                                                       \
	"SIZE(page)=64\nSYMBOL(mem_map)=ffffffff80005000\n"                                        \
	"OFFSET(page.flags)=0\nOFFSET(page.compound_head)=8\n"                                     \
	"OFFSET(page.mapping)=24\nNUMBER(PG_head_mask)=65536\n"

/* --- flags --- */

struct names {
	char text[512];
};

static void add_name(const char *name, void *arg)
{
	struct names *names = arg;

	strcat(names->text, name);
	strcat(names->text, "|");
}

/* From bit 0 to 63; of several names of a bit the first, and of the first tail that which only
 * it has; what is no bit has none. */
static void names_of_flags(void **state)
{
	static const struct enumerator flags[] = {
		{ "PG_locked", 0 },
		{ "PG_private_2", 8 },
		{ "PG_reserved", 12 },
		{ "PG_top", 63 },
		{ "PG_checked", 12 },
		{ "PG_hugetlb", 8 },
		{ "PG_double_map", 12 },
		{ "PG_behind", 64 },
		{ "PG_active", 20 },
		{ "PG_has_hwpoisoned", 20 },
		{ "PG_first", 21 },
		{ "PG_large_rmappable", 21 },
		{ "PG_other", 22 },
		{ "PG_partially_mapped", 22 },
		{ "PG_alias", 22 },
		{ "PG_before", -1 },
		{ "odd", 30 },
		{ "__NR_PAGEFLAGS", 24 },
		{ NULL, 0 },
	};
	static const struct {
		uint64_t flags, order_bits;
		bool second;
		const char *names;
	} rows[] = {
		{ 0, 0, false, "" },
		{ 1, 0, false, "locked|" },
		{ UINT64_C(1) << 63, 0, false, "top|" },
		{ 1 << 8, 0, false, "private_2|" },
		{ 1 << 8, 0, true, "hugetlb|" },
		{ 1 << 12, 0, false, "reserved|" },
		{ 1 << 12, 0, true, "double_map|" },
		{ 1 << 30 | 1 << 24, 0, false, "odd|" },
		{ 1 << 20 | 1 << 21 | 1 << 22, 0, true,
		  "has_hwpoisoned|large_rmappable|partially_mapped|" },
		{ 1 << 20 | 1 << 21 | 1 << 22, 0, false, "active|first|other|" },
		{ ~(UINT64_C(1) << 8 | 1), 0, false, "reserved|active|first|other|odd|top|" },
		{ UINT64_MAX, 0xff, false, "private_2|reserved|active|first|other|odd|top|" },
		{ UINT64_MAX, 0, false, "locked|private_2|reserved|active|first|other|odd|top|" },
	};
	struct page_info info = { 0 };
	struct kernel *kernel;
	struct names names;

	(void)state;
	start("6.6.0", FLAT);
	add_enum("pageflags", flags);
	kernel = open_kernel(NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		info.flags = rows[i].flags;
		info.order_bits = rows[i].order_bits;
		info.second = rows[i].second;
		names.text[0] = '\0';
		assert_true(page_flags_of(kernel, &info, add_name, &names));
		assert_string_equal(names.text, rows[i].names);
	}
	open_close(kernel);
	/* no enum of that name, and no types */
	for (int typed = 0; typed < 2; typed++) {
		start("6.6.0", FLAT);
		add_enum("others", flags);
		kernel = typed ? open_kernel(NULL) : memory_open(NULL, NULL);
		if (!typed)
			btf__free(btf);
		assert_false(page_flags_of(kernel, &info, add_name, &names));
		open_close(kernel);
	}
}

/* ebc1baf5c9b4 (6.6): the low byte of the first tail's flags is the order. */
static void the_order_in_flags(void **state)
{
	static const struct {
		const char *note;
		uint64_t bits;
	} rows[] = { { FLAT "OFFSET(folio._flags_1)=64\n", 0xff },
		     { FLAT "OFFSET(page.compound_order)=17\n", 0 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct page_info info;
		struct kernel *kernel;

		start("6.6.0", rows[i].note);
		put(page_at(4), 1 << 16, 8);
		put(page_at(5), 1, 8);
		put(page_at(5) + 17, 1, 1);
		put(page_at(5) + 8, IMAGE + page_at(4) + 1, 8);
		kernel = open_kernel(NULL);
		for (uint64_t pfn = 3; pfn < 6; pfn++) {
			assert_true(page_info_read(kernel, IMAGE + page_at(pfn), &info, NULL));
			assert_int_equal(info.second, pfn == 5);
			assert_true(info.order_bits == (pfn == 5 ? rows[i].bits : 0));
		}
		open_close(kernel);
	}
}

/* --- counts --- */

/* _count became _refcount in 4.6 (0139aa7b7fa1); each has four bytes. */
static void counts_and_their_neighbours(void **state)
{
	static const struct {
		const char *note;
		bool refcount, mapcount;
		int64_t refs, maps;
	} rows[] = {
		{ "OFFSET(page._refcount)=40\n", true, false, 0x12345678, 0 },
		{ "OFFSET(page._count)=40\n", true, false, 0x12345678, 0 },
		{ "OFFSET(page._mapcount)=40\n", false, true, 0, 0x12345679 },
		{ "OFFSET(page._refcount)=48\nOFFSET(page._count)=40\n", true, false, -2, 0 },
		{ "OFFSET(page._mapcount)=48\n", false, false, 0, 0 },
		{ "OFFSET(page._mapcount)=52\n", false, true, 0, 0 },
		{ "", false, false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_info info;
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), FLAT "%s", rows[i].note);
		start("6.6.0", note);
		put(page_at(3) + 24, 0xffff888000001001, 8);
		put(page_at(3) + 40, UINT64_C(0x7755443312345678), 8);
		put(page_at(3) + 48, UINT64_C(0xfffffffffffffffe), 8);
		kernel = open_kernel(NULL);
		assert_true(page_info_read(kernel, IMAGE + page_at(3), &info, NULL));
		if (info.has_refcount != rows[i].refcount ||
		    info.has_mapcount != rows[i].mapcount || info.refcount != rows[i].refs ||
		    info.mapcount != rows[i].maps)
			fail_msg("row %zu: %lld, %lld", i, (long long)info.refcount,
				 (long long)info.mapcount);
		assert_true(info.has_flags && info.flags == 0);
		assert_true(info.has_mapping && info.mapping == 0xffff888000001001);
		open_close(kernel);
	}
}

/* The last four bytes of memory are a count as any other. */
static void counts_at_the_end_of_memory(void **state)
{
	static const char *const members[] = { "_refcount", "_count", "_mapcount" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct page_info info;
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), FLAT "OFFSET(page.%s)=60\n", members[i]);
		start("6.6.0", note);
		put(0xfffc, 41, 4);
		put(0x5000, IMAGE + 0xffc0, 8);
		kernel = open_kernel(NULL);
		assert_true(page_info_read(kernel, IMAGE + 0xffc0, &info, NULL));
		assert_int_equal(info.has_refcount, i < 2);
		assert_int_equal(info.refcount, i < 2 ? 41 : 0);
		assert_int_equal(info.has_mapcount, i == 2);
		assert_int_equal(info.mapcount, i == 2 ? 42 : 0);
		open_close(kernel);
	}
}

/* A byte of it must be there, and the size be known. */
static void pages_that_cannot_be_read(void **state)
{
	static const struct {
		uint64_t at;
		bool there;
	} rows[] = { { 0xffff, true }, { 0x10000, false }, { PAGES, true } };

	(void)state;
	for (int size = 0; size < 2; size++) {
		struct error err = { .message = "" };
		struct page_info info;
		struct kernel *kernel;

		start("6.6.0", size ? "SIZE(page)=64\n" : "OFFSET(page.flags)=0\n");
		kernel = open_kernel(NULL);
		for (size_t i = 0; i < 3; i++) {
			memset(&info, 0xff, sizeof(info));
			if (page_info_read(kernel, IMAGE + rows[i].at, &info, &err) !=
			    (rows[i].there && size))
				fail_msg("%llx", (unsigned long long)rows[i].at);
			assert_false(info.has_flags || info.has_mapping || info.has_node);
		}
		open_close(kernel);
	}
}

/* --- node and zone, from the highest bit down --- */

static const struct enumerator zone_types[] = {
	{ "ZONE_DMA", 0 },     { "ZONE_DMA32", 1 },  { "ZONE_NORMAL", 2 }, { "ZONE_HIGHMEM", 3 },
	{ "ZONE_MOVABLE", 4 }, { "ZONE_DEVICE", 5 }, { NULL, 0 },
};

/* nr_zones, nr_flags: -1 where there is no such enumerator */
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

/* Of the frame 3; zone: NULL if it is not known. */
static void expect_place(struct kernel *kernel, size_t row, bool has_node, uint64_t node,
			 const char *zone)
{
	struct page_info info;

	assert_true(page_info_read(kernel, IMAGE + page_at(3), &info, NULL));
	if (info.has_node != has_node || info.node != node || !info.zone != !zone ||
	    (zone && strcmp(info.zone, zone)))
		fail_msg("row %zu: %llx %s", row, (unsigned long long)info.node, info.zone);
}

/* The node is left out (NODE_NOT_IN_PAGE_FLAGS) where it has no room beside the zone and the
 * flags; numbers that no kernel has tell nothing. */
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
		/* as long as a number can be: no node fits */
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

/* MAX_NUMNODES without a note of it: by the symbol, which a kernel without CONFIG_NUMA does not
 * have; its size may be unknown. */
static void nodes_by_the_symbol(void **state)
{
	enum { NONE = -1 };
	static const struct {
		int size; /* of the symbol */
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

/* SPARSEMEM without VMEMMAP: the number of the section is above the node, which is what is left
 * of the mask. 2^19 sections, 2^6 nodes. */
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

/* SPARSEMEM whose sections are not described, and a model that is not known: where the zone
 * begins is not known either. */
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

/* A long has no room for the section and the zone: nothing is said of either. */
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

/* --- page types --- */

/* 4ffca5a96678 (6.12): enumerators of the top byte; 8db00ad56461 (6.11): of bits. */
static void types_by_enumerators(void **state)
{
	static const struct enumerator bytes[] = {
		{ "PGTY_buddy", 0xf0 },		{ "PGTY_offline", 0xf1 },
		{ "PGTY_table", 0xf2 },		{ "PGTY_guard", 0xf3 },
		{ "PGTY_hugetlb", 0xf4 },	{ "PGTY_slab", 0xf5 },
		{ "PGTY_zsmalloc", 0xf6 },	{ "PGTY_unaccepted", 0xf7 },
		{ "PGTY_large_kmalloc", 0xf8 }, { NULL, 0 },
	};
	static const struct enumerator bits[] = {
		{ "PG_buddy", 0x40000000 },    { "PG_offline", 0x20000000 },
		{ "PG_table", 0x10000000 },    { "PG_guard", 0x08000000 },
		{ "PG_hugetlb", 0x04000000 },  { "PG_slab", 0x02000000 },
		{ "PG_zsmalloc", 0x01000000 }, { NULL, 0 },
	};
	static const struct {
		bool by_bits;
		uint32_t word;
		enum page_use_kind kind;
	} rows[] = {
		{ false, 0xf0000000, PAGE_USE_FREE },
		{ false, 0xf0ffffff, PAGE_USE_FREE },
		{ false, 0xf0123456, PAGE_USE_FREE },
		{ false, 0xf1000000, PAGE_USE_OFFLINE },
		{ false, 0xf2000000, PAGE_USE_TABLE },
		{ false, 0xf3ffffff, PAGE_USE_GUARD },
		{ false, 0xf4000000, PAGE_USE_HUGETLB },
		{ false, 0xf5000007, PAGE_USE_SLAB },
		{ false, 0xf6000000, PAGE_USE_ZSMALLOC },
		{ false, 0xf7000000, PAGE_USE_UNACCEPTED },
		{ false, 0xf8000000, PAGE_USE_KMALLOC },
		{ false, 0xf9000000, PAGE_USE_UNKNOWN },
		{ false, 0x78000000, PAGE_USE_UNKNOWN },
		{ false, 0xffffffff, PAGE_USE_UNKNOWN },
		{ false, 0, PAGE_USE_UNKNOWN },
		/* the coding of before is not this kernel's */
		{ false, ~(uint32_t)0x80, PAGE_USE_UNKNOWN },
		{ true, ~UINT32_C(0x40000000), PAGE_USE_FREE },
		{ true, ~UINT32_C(0x20000000), PAGE_USE_OFFLINE },
		{ true, ~UINT32_C(0x10000000), PAGE_USE_TABLE },
		{ true, ~UINT32_C(0x08000000), PAGE_USE_GUARD },
		{ true, ~UINT32_C(0x04000000), PAGE_USE_HUGETLB },
		{ true, ~UINT32_C(0x02000000), PAGE_USE_SLAB },
		{ true, ~UINT32_C(0x01000000), PAGE_USE_ZSMALLOC },
		{ true, UINT32_C(0x3fffffff), PAGE_USE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int old = 0; old < 2; old++) {
			struct page_words words = { 0 };
			uint32_t word = htole32(rows[i].word);
			struct kernel *kernel;

			/* a distribution may carry bytes back to where bits were */
			start(old && !rows[i].by_bits ? "6.10.0" : "6.12.0",
			      FLAT "OFFSET(page._mapcount)=48\n");
			add_enum("pagetype", rows[i].by_bits ? bits : bytes);
			kernel = open_kernel(NULL);
			words.layout = page_layout_of(kernel, NULL);
			assert_non_null(words.layout);
			memcpy(words.bytes + 48, &word, 4);
			if (page_words_type(&words) != rows[i].kind)
				fail_msg("row %zu: %d", i, page_words_type(&words));
			open_close(kernel);
		}
}

/* 6.6 to 6.8 number the destructors in an enum. */
static void the_destructor_of_hugetlb(void **state)
{
	static const struct enumerator numbers[] = {
		{ "NULL_COMPOUND_DTOR", 0 },
		{ "COMPOUND_PAGE_DTOR", 1 },
		{ "HUGETLB_PAGE_DTOR", 2 },
		{ NULL, 0 },
	};

	(void)state;
	for (int with_enum = 0; with_enum < 2; with_enum++) {
		const struct page_layout *layout;
		struct kernel *kernel;

		start("5.10.0", FLAT "OFFSET(page.compound_dtor)=16\n");
		if (with_enum)
			add_enum("compound_dtor_id", numbers);
		kernel = open_kernel(NULL);
		layout = page_layout_of(kernel, NULL);
		assert_non_null(layout);
		assert_int_equal(layout->dtor, with_enum ? 64 + 16 : -1);
		if (with_enum)
			assert_int_equal(layout->hugetlb_dtor, 2);
		open_close(kernel);
	}
}

/* --- zones --- */

enum {
	ZONES = 0x10,
	ZONE_SIZE = 0x200,
	STAT = 0x40,
	FREE_AREAS = 0x80,
	MARKS = 0x180,
	AREA_SIZE = 0x18
};

struct zone_layout {
	unsigned int id;
	uint32_t offset, size;
};

static const struct zone_layout zone_layout[] = {
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
	struct member *members = kernel_state(kernel, &state_members);

	for (unsigned int id = 0; id < NR_MEMBERS; id++)
		members[id].tried = true;
	for (size_t i = 0; i < sizeof(zone_layout) / sizeof(zone_layout[0]); i++)
		members[zone_layout[i].id] = (struct member){
			true,
			zone_layout[i].id != without,
			zone_layout[i].offset,
			zone_layout[i].size,
		};
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
	/* one that has no frames is none */
	start_zones("SIZE(free_area)=24\n");
	put(NODE + ZONES + 8, 0, 8);
	kernel = open_zones(NR_MEMBERS);
	found = zones_of(kernel, 8);
	assert_int_equal(found.nr, 1);
	assert_int_equal(found.zone[0].start_pfn, 0x200);
	assert_false(found.zone[0].has_free); /* no enum */
	open_close(kernel);
}

/* What a kernel lacks is left out; without these nothing is said. */
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

/* The older name, and arrays that are shorter. */
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

/* Of what the number of free frames is in vm_stat; a negative one is none. */
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
		assert_int_equal(found.zone[0].nr_orders, 0); /* no size of struct free_area */
		open_close(kernel);
	}
}

/* Nodes, each with its number or its place; sizes that are none; as many zones as there can be. */
static void nodes_and_their_zones(void **state)
{
	static const struct {
		const char *note;
		uint32_t zones; /* bytes of the array */
		size_t nr; /* 0: nothing can be said */
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
		cmocka_unit_test(names_of_flags),
		cmocka_unit_test(the_order_in_flags),
		cmocka_unit_test(counts_and_their_neighbours),
		cmocka_unit_test(counts_at_the_end_of_memory),
		cmocka_unit_test(pages_that_cannot_be_read),
		cmocka_unit_test(each_zone_by_name),
		cmocka_unit_test(room_for_the_node),
		cmocka_unit_test(nodes_by_the_symbol),
		cmocka_unit_test(sections_above_the_node),
		cmocka_unit_test(sections_that_are_not_known),
		cmocka_unit_test(more_sections_than_bits),
		cmocka_unit_test(types_by_enumerators),
		cmocka_unit_test(the_destructor_of_hugetlb),
		cmocka_unit_test(members_of_a_zone),
		cmocka_unit_test(members_that_a_zone_lacks),
		cmocka_unit_test(arrays_of_a_zone),
		cmocka_unit_test(numbers_of_statistics),
		cmocka_unit_test(nodes_and_their_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void without_libbpf(void **state)
{
	(void)state;
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(without_libbpf) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
