/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trees of resources, with and without types. */
#include "linux/module/modules.h"
#include "linux/region.h"
#include "linux/resource.h"
#include "linux/module/slots.h"
#include "linux/page/page_info.h"
#include "kernel/arch.h"
#include "linux/area_members.h"
#include "kernel/percpu.h"
#include "open/archs.h"
#include "made_types.h"

#ifdef HAVE_LIBBPF

/* --- resources --- */

/* Only the members of struct resource are known, because the symbol has no size. Each resource is
 * the only child of the one before it. There is one resource more than the limit. */
static void resources_by_types(void **state)
{
	static const struct part members[] = {
		{ "start", 8, 0 },   { "end", 8, 0 },	{ "name", 8, 0 },
		{ "flags", 8, 0 },   { "desc", 16, 0 }, { "parent", 8, 0 },
		{ "sibling", 8, 0 }, { "child", 8, 0 }, { NULL, 0, 0 },
	};
	enum { AT = 0x8000, SIZE = 0x50, NR = MAX_RESOURCE_DEPTH + 1 };

	(void)state;
	for (unsigned int nr = NR - 1; nr <= NR; nr++) {
		const struct resource_tree *tree;
		struct kernel *kernel;

		start_64("6.1.0");
		add_struct("resource", members);
		linked_add(&linked, "iomem_resource", IMAGE + AT, 0);
		for (uint64_t i = 0; i <= nr; i++) {
			uint64_t at = AT + SIZE * i;

			put(at, i << 12, 8);
			put(at + 8, UINT32_MAX, 8);
			put(at + 0x30, i ? IMAGE + at - SIZE : 0, 8);
			put(at + 0x40, i < nr ? IMAGE + at + SIZE : 0, 8);
		}
		kernel = open_kernel(NULL);
		tree = resource_all(kernel, RESOURCE_MEMORY, NULL);
		assert_non_null(tree);
		assert_int_equal(tree->nr, NR - 1);
		assert_true(tree->root_end == UINT32_MAX);
		assert_int_equal(tree->nr_damages, nr == NR);
		for (size_t i = 0; i < tree->nr; i++) {
			assert_true(tree->resource[i].start == (i + 1) << 12);
			assert_true(tree->resource[i].end == UINT32_MAX);
			assert_int_equal(tree->resource[i].depth, i);
			assert_int_equal(tree->resource[i].cut, nr == NR && i == tree->nr - 1);
		}
		open_close(kernel);
	}
}

/* Without types, the size of the symbol shows which members exist and how wide they are: desc
 * exists since 4.6, and with PAE, resource_size_t has eight bytes. */
static void resources_by_size(void **state)
{
	static const struct {
		bool narrow;
		unsigned int size;
		unsigned int address, longs; /* 0: no layout has this size */
	} rows[] = {
		{ false, 64, 8, 2 }, { false, 56, 8, 1 }, { false, 48, 0, 0 }, { false, 72, 0, 0 },
		{ false, 0, 0, 0 },  { false, 60, 0, 0 }, { true, 28, 4, 1 },  { true, 32, 4, 2 },
		{ true, 36, 8, 1 },  { true, 40, 8, 2 },  { true, 24, 0, 0 },  { true, 44, 0, 0 },
		{ true, 30, 0, 0 },
	};
	enum { ROOT = 0x8000, ONE = 0x8100, TWO = 0x8200, NAME = 0x8300 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int word = rows[i].narrow ? 4 : 8, wide = rows[i].address;
		unsigned int name = 2 * wide, parent = name + (1 + rows[i].longs) * word;
		uint64_t base = rows[i].narrow ? 0xc0000000 : IMAGE;
		const struct resource_tree *tree;
		struct kernel *kernel;

		if (rows[i].narrow)
			start_32();
		else
			start_64("6.1.0");
		linked_add(&linked, "iomem_resource", base + ROOT, rows[i].size);
		put(ROOT + wide, wide == 8 ? 0xfffffffff : 0xffffffff, wide);
		put(ROOT + parent + 2 * word, base + ONE, word);
		put(ONE, 0x1000, wide);
		put(ONE + wide, 0x1fff, wide);
		put(ONE + name, base + NAME, word);
		put(ONE + parent, base + ROOT, word);
		put(ONE + parent + word, base + TWO, word);
		put(TWO, wide == 8 ? 0x200000000 : 0x20000000, wide);
		put(TWO + wide, wide == 8 ? 0x2ffffffff : 0x2fffffff, wide);
		put(TWO + parent, base + ROOT, word);
		memcpy(image.bytes + MEMORY + NAME, "System RAM", 10);
		without_types = true;
		kernel = open_kernel(NULL);
		tree = resource_all(kernel, RESOURCE_MEMORY, NULL);
		if (!tree != !wide)
			fail_msg("row %zu", i);
		if (tree) {
			assert_int_equal(tree->nr, 2);
			assert_int_equal(tree->nr_damages, 0);
			assert_true(tree->root_end == (wide == 8 ? 0xfffffffff : 0xffffffff));
			assert_true(tree->resource[0].start == 0x1000);
			assert_true(tree->resource[0].end == 0x1fff);
			assert_string_equal(tree->resource[0].name, "System RAM");
			assert_string_equal(tree->resource[1].name, "<BAD>");
			assert_true(tree->resource[1].start ==
				    (wide == 8 ? 0x200000000 : 0x20000000));
		}
		open_close(kernel);
	}
}

/* Two siblings. The second has a child, which has a sibling. If a list is out of order, or has
 * another parent, it is cut there. Resources above it are kept. */
static void resources_out_of_order(void **state)
{
	enum { ROOT = 0x8000, A = 0x8100, B = 0x8200, C = 0x8300, D = 0x8400 };
	static const struct {
		uint64_t at, value;
		size_t nr, damages;
		int cut; /* index of the resource whose list is cut; -1: none */
		uint64_t cut_from;
	} rows[] = {
		{ 0x7000, 0, 4, 0, -1, 0 },	      { B, 0x1fff, 1, 1, -1, 0 },
		{ B, 0x2000, 4, 0, -1, 0 },	      { B + 8, 0x2fff, 1, 1, -1, 0 },
		{ B + 8, 0x3000, 4, 0, -1, 0 },	      { C, 0x2fff, 4, 0, -1, 0 },
		{ C + 8, 0x3fff, 4, 0, -1, 0 },	      { C + 0x28, IMAGE + ROOT, 3, 1, 1, 0 },
		{ B + 0x28, IMAGE + A, 1, 1, -1, 0 }, { C + 0x30, IMAGE + C, 4, 1, 1, 0x4000 },
		{ D + 0x30, IMAGE + A, 4, 1, -1, 0 }, { A + 8, UINT64_MAX, 1, 1, -1, 0 },
		{ B + 0x30, 0x1234, 3, 1, -1, 0 },    { B + 0x38, 0x1234, 3, 1, 1, 0 },
		{ C + 8, 0x2fff, 3, 1, 1, 0 },	      { C + 8, 0x3000, 4, 0, -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const struct {
			uint64_t at, start, end, parent, sibling, child;
		} resources[] = {
			{ ROOT, 0, UINT64_MAX, 0, 0, A },  { A, 0x1000, 0x1fff, ROOT, B, 0 },
			{ B, 0x3000, 0x4fff, ROOT, D, C }, { C, 0x3000, 0x3fff, B, 0, 0 },
			{ D, 0x8000, 0x8fff, ROOT, 0, 0 },
		};
		const struct resource_tree *tree;
		struct kernel *kernel;

		start_64("6.1.0");
		linked_add(&linked, "iomem_resource", IMAGE + ROOT, 64);
		for (size_t nr = 0; nr < 5; nr++) {
			uint64_t at = resources[nr].at;

			put(at, resources[nr].start, 8);
			put(at + 8, resources[nr].end, 8);
			put(at + 0x28, resources[nr].parent ? IMAGE + resources[nr].parent : 0, 8);
			put(at + 0x30, resources[nr].sibling ? IMAGE + resources[nr].sibling : 0,
			    8);
			put(at + 0x38, resources[nr].child ? IMAGE + resources[nr].child : 0, 8);
		}
		put(rows[i].at, rows[i].value, 8);
		without_types = true;
		kernel = open_kernel(NULL);
		tree = resource_all(kernel, RESOURCE_MEMORY, NULL);
		assert_non_null(tree);
		if (tree->nr != rows[i].nr || tree->nr_damages != rows[i].damages)
			fail_msg("row %zu: %zu, %zu, %s", i, tree->nr, tree->nr_damages,
				 tree->damage.message);
		for (size_t nr = 0; nr < tree->nr; nr++) {
			assert_int_equal(tree->resource[nr].cut, (int)nr == rows[i].cut);
			if (tree->resource[nr].cut &&
			    tree->resource[nr].cut_from != rows[i].cut_from)
				fail_msg("row %zu: %llx", i,
					 (unsigned long long)tree->resource[nr].cut_from);
			assert_int_equal(tree->resource[nr].depth,
					 tree->resource[nr].address == IMAGE + C);
		}
		open_close(kernel);
	}
}

/* If a member is after the first 256 bytes, the types are not used, and the size of the symbol
 * decides. The same is true if a member has another size than these. */
static void places_in_a_resource(void **state)
{
	static const struct {
		unsigned int before; /* bytes before the first member */
		unsigned int address; /* bytes of the first member */
		bool known;
	} rows[] = {
		{ 0, 8, true },	   { 200, 8, true }, { 208, 8, true }, { 209, 8, false },
		{ 216, 8, false }, { 0, 2, false },  { 0, 16, false }, { 0, 4, true },
	};
	enum { ROOT = 0x8000, ONE = 0x8200 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct part members[] = {
			{ "before", rows[i].before + !rows[i].before, 0 },
			{ "start", rows[i].address, 0 },
			{ "end", rows[i].address, 0 },
			{ "name", 8, 0 },
			{ "parent", 8, 0 },
			{ "sibling", 8, 0 },
			{ "child", 8, 0 },
			{ NULL, 0, 0 },
		};
		const struct part *from = rows[i].before ? members : members + 1;
		uint64_t at = rows[i].before, pointers = at + 2 * rows[i].address;
		const struct resource_tree *tree;
		struct kernel *kernel;

		start_64("6.1.0");
		add_struct("resource", from);
		linked_add(&linked, "iomem_resource", IMAGE + ROOT, 0);
		put(ROOT + pointers + 24, IMAGE + ONE, 8);
		put(ONE + at, 0x1000, 4);
		put(ONE + at + rows[i].address, 0x1fff, 4);
		put(ONE + pointers + 8, IMAGE + ROOT, 8);
		kernel = open_kernel(NULL);
		tree = resource_all(kernel, RESOURCE_MEMORY, NULL);
		if (!tree != !rows[i].known)
			fail_msg("row %zu", i);
		if (tree) {
			assert_int_equal(tree->nr, 1);
			assert_true(tree->resource[0].end == 0x1fff);
		}
		open_close(kernel);
	}
}

static void names_of_ram(void **state)
{
	static const struct {
		const char *name;
		bool ram;
	} rows[] = {
		{ "System RAM", true },
		{ "System RAM (kmem)", true },
		{ "System RAM (", true },
		{ "System RAM ", false },
		{ "System RAMs", false },
		{ "Reserved", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct resource resource = { 0 };

		strcpy(resource.name, rows[i].name);
		assert_int_equal(resource_is_ram(&resource), rows[i].ram);
	}
}

/* All resources that contain an address, the outermost first. The last one is the innermost, unless
 * the list below it is unknown. */
static void resources_at_an_address(void **state)
{
	struct resource resources[] = {
		{ .start = 0x1000, .end = 0x1fff },
		{ .start = 0x4000, .end = 0xffff },
		{ .start = 0x5000, .end = 0x6fff, .depth = 1 },
		{ .start = 0x6000, .end = 0x6000, .depth = 2 },
		{ .start = 0x8000, .end = 0x8fff, .depth = 1, .cut = true, .cut_from = 0x8800 },
	};
	const struct resource_tree tree = { .resource = resources, .nr = 5 };
	static const struct {
		uint64_t at;
		int chain[4]; /* indexes; -1: end of the chain */
		int innermost;
	} rows[] = {
		{ 0xfff, { -1 }, -1 },		{ 0x1000, { 0, -1 }, 0 },
		{ 0x1fff, { 0, -1 }, 0 },	{ 0x2000, { -1 }, -1 },
		{ 0x4000, { 1, -1 }, 1 },	{ 0x5000, { 1, 2, -1 }, 2 },
		{ 0x6000, { 1, 2, 3, -1 }, 3 }, { 0x6001, { 1, 2, -1 }, 2 },
		{ 0x6fff, { 1, 2, -1 }, 2 },	{ 0x7000, { 1, -1 }, 1 },
		{ 0x8000, { 1, 4, -1 }, 4 },	{ 0x87ff, { 1, 4, -1 }, 4 },
		{ 0x8800, { 1, 4, -1 }, -1 },	{ 0x8fff, { 1, 4, -1 }, -1 },
		{ 0xffff, { 1, -1 }, 1 },	{ 0x10000, { -1 }, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct resource *chain[MAX_RESOURCE_DEPTH];
		const struct resource *innermost;
		unsigned int nr = resource_chain(&tree, rows[i].at, chain), at = 0;

		for (; rows[i].chain[at] >= 0; at++)
			assert_true(at < nr && chain[at] == resources + rows[i].chain[at]);
		assert_int_equal(nr, at);
		innermost = resource_innermost(chain, nr, rows[i].at);
		if (innermost != (rows[i].innermost < 0 ? NULL : resources + rows[i].innermost))
			fail_msg("%llx", (unsigned long long)rows[i].at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resources_at_an_address),
		cmocka_unit_test(resources_by_size),
		cmocka_unit_test(resources_out_of_order),
		cmocka_unit_test(places_in_a_resource),
		cmocka_unit_test(names_of_ram),
		cmocka_unit_test(resources_by_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
