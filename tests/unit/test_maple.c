/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maple trees of mappings, with 32-bit and 64-bit words: full nodes, deep trees, the entries of
 * slots, and damage. lib/maple_tree.c and include/linux/maple_tree.h of 6.1. */
#include "placed.h"
#include "stop.h"
#include "kernel/kernel_members.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"

#include "unit.h"

/* MAPLE_RANGE64_SLOTS, MAPLE_ARANGE64_SLOTS and MAPLE_HEIGHT_MAX. */
enum { LEAF = 1, RANGE = 2, ARANGE = 3, LEVELS = 31 };
enum { MM = 0x5000, TREE = 0x5020, VMAS = 0x5100, NODES = 0x6000 };

static bool narrow;

static unsigned int word(void)
{
	return narrow ? 4 : 8;
}

static uint64_t at(uint64_t paddr)
{
	return (narrow ? IMAGE_32 : IMAGE) + paddr;
}

static uint64_t top(void)
{
	return narrow ? UINT32_MAX : UINT64_MAX;
}

static unsigned int nr_slots(unsigned int type)
{
	return type == ARANGE ? (narrow ? 21 : 10) : (narrow ? 32 : 16);
}

static uint64_t node_at(unsigned int nr)
{
	return NODES + 0x100 * nr;
}

static uint64_t encoded(unsigned int nr, unsigned int type)
{
	return at(node_at(nr)) | type << 3 | 2;
}

static uint64_t vma_at(unsigned int nr)
{
	return at(VMAS + 0x40 * nr);
}

static void put_vma(unsigned int nr, uint64_t first, uint64_t last)
{
	uint64_t paddr = VMAS + 0x40 * nr;

	put(paddr, first, word());
	put(paddr + word(), last + 1, word());
}

static void put_pivot(unsigned int node, unsigned int slot, uint64_t pivot)
{
	put(node_at(node) + word() * (1 + slot), pivot, word());
}

static void put_slot(unsigned int node, unsigned int type, unsigned int slot, uint64_t value)
{
	put(node_at(node) + word() * (nr_slots(type) + slot), value, word());
}

static void put_root(unsigned int node, unsigned int type)
{
	put(TREE + 8, encoded(node, type), word());
	put(node_at(node), at(TREE) | 1, word());
}

/* The low byte of a parent pointer contains the parent's type and the slot. */
static void put_child(unsigned int node, unsigned int type, unsigned int slot, unsigned int child,
		      unsigned int child_type)
{
	put_slot(node, type, slot, encoded(child, child_type));
	put(node_at(child), at(node_at(node)) | 0xff, word());
}

static void start(bool is_narrow)
{
	narrow = is_narrow;
	if (narrow)
		memory_start_32("6.1.0", "");
	else
		memory_start_64("6.1.0", "");
}

static struct kernel *open_kernel(void)
{
	static const unsigned int of_vma[] = {
		VMA_START, VMA_END, VMA_FLAGS, VMA_PGOFF, VMA_FILE,
	};
	struct kernel *kernel = placed_open(NULL, NULL, 0);

	for (unsigned int i = 0; i < 5; i++)
		placed_set(kernel, of_vma[i], i * word(), word());
	placed_set(kernel, MM_MT, TREE - MM, 16);
	placed_set(kernel, MAPLE_ROOT, 8, word());
	return kernel;
}

/* Expects nr mappings in the order of their numbers. message: a part of the message about the last
 * damage. */
static void expect(size_t nr, size_t nr_damages, const char *message)
{
	struct kernel *kernel = open_kernel();
	struct error err = { .message = "" };
	struct vma_list list;

	if (!vma_each(kernel, at(MM), &list, &err))
		fail_msg("%s", err.message);
	assert_int_equal(list.nr, nr);
	for (size_t i = 0; i < nr; i++)
		assert_true(list.vma[i].address == vma_at((unsigned int)i));
	assert_int_equal(list.damages.nr, nr_damages);
	if (nr_damages && !strstr(list.damages.error[nr_damages - 1].message, message))
		fail_msg("%s", list.damages.error[nr_damages - 1].message);
	vma_list_release(&list);
	open_close(kernel);
}

/* Writes two leaves. One leaf has a mapping in each slot, and its last slot has no pivot. The other
 * leaf has one mapping and a gap. */
static unsigned int put_two_leaves(unsigned int type, bool explicit)
{
	unsigned int nr = nr_slots(LEAF);

	put_root(0, type);
	put_pivot(0, 0, 0x10000 * nr - 1);
	put_child(0, type, 0, 1, LEAF);
	put_child(0, type, 1, 2, LEAF);
	for (unsigned int i = 0; i <= nr; i++)
		put_vma(i, 0x10000 * i, 0x10000 * i + 0xffff);
	for (unsigned int i = 0; i < nr; i++) {
		if (i + 1 < nr)
			put_pivot(1, i, 0x10000 * i + 0xffff);
		put_slot(1, LEAF, i, vma_at(i));
	}
	put_pivot(2, 0, 0x10000 * nr + 0xffff);
	put_slot(2, LEAF, 0, vma_at(nr));
	if (explicit) {
		put_pivot(0, 1, top());
		put_pivot(2, 1, top());
	}
	return nr + 1;
}

static void full_leaves(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++)
		for (unsigned int type = RANGE; type <= ARANGE; type++)
			for (int explicit = 0; explicit < 2; explicit ++) {
				unsigned int nr;

				start(!wide);
				nr = put_two_leaves(type, explicit);
				expect(nr, 0, NULL);
			}
}

/* If one leaf is damaged, the other leaf is still read. */
static void leaves_beside_damaged_ones(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		struct kernel *kernel;
		struct vma_list list;
		struct error err;

		start(!wide);
		put_two_leaves(ARANGE, false);
		put_pivot(1, 3, 0x2ffff - 0x10000); /* below the start of its slot */
		kernel = open_kernel();
		assert_true(vma_each(kernel, at(MM), &list, &err));
		assert_int_equal(list.nr, 4);
		assert_true(list.vma[3].address == vma_at(nr_slots(LEAF)));
		assert_non_null(strstr(list.damages.error[0].message,
				       "missing after 2ffff: the maple node"));
		vma_list_release(&list);
		open_close(kernel);
		/* above the end of the leaf */
		start(!wide);
		put_two_leaves(ARANGE, false);
		put_pivot(1, 0, 0x10000 * nr_slots(LEAF));
		kernel = open_kernel();
		assert_true(vma_each(kernel, at(MM), &list, &err));
		assert_int_equal(list.nr, 1);
		assert_non_null(strstr(list.damages.error[0].message,
				       "the first mappings are missing: the maple node"));
		vma_list_release(&list);
		open_close(kernel);
	}
}

/* A gap of one address, and a mapping that ends where its leaf ends, with an explicit pivot. */
static void pivots_at_their_bounds(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		start(!wide);
		put_root(0, RANGE);
		put_pivot(0, 0, 0x1ffff);
		put_child(0, RANGE, 0, 1, LEAF);
		put_child(0, RANGE, 1, 2, LEAF);
		put_pivot(1, 0, 0xfffe);
		put_pivot(1, 1, 0xffff);
		put_pivot(1, 2, 0x1ffff);
		put_slot(1, LEAF, 2, vma_at(0));
		put_slot(1, LEAF, 3, vma_at(7)); /* remains of a longer node */
		put_vma(0, 0x10000, 0x1ffff);
		put_vma(1, 0x20000, 0x2ffff);
		put_pivot(2, 0, 0x2ffff);
		put_slot(2, LEAF, 0, vma_at(1));
		expect(2, 0, NULL);
	}
}

/* Mappings at the end of the user addresses. */
static void high_mappings(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		uint64_t first = wide ? 0x7ffffffde000 : 0xbffde000;

		start(!wide);
		put_root(0, LEAF);
		put_pivot(0, 0, first - 1);
		put_pivot(0, 1, first + 0x20fff);
		put_slot(0, LEAF, 1, vma_at(0));
		put_vma(0, first, first + 0x20fff);
		expect(1, 0, NULL);
	}
}

/* Both ends of a mapping must be the ends of its slot's range. */
static void slots_of_another_range(void **state)
{
	static const struct {
		uint64_t first, last;
		bool fine;
	} rows[] = {
		{ 0x10000, 0x1ffff, true },  { 0x11000, 0x1ffff, false },
		{ 0x10000, 0x1efff, false }, { 0xf000, 0x1ffff, false },
		{ 0x10000, 0x20fff, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(i % 2);
		put_root(0, LEAF);
		put_pivot(0, 0, 0xffff);
		put_pivot(0, 1, 0x1ffff);
		put_slot(0, LEAF, 1, vma_at(0));
		put_vma(0, rows[i].first, rows[i].last);
		expect(1, !rows[i].fine, "but its own range is");
	}
}

/* A chain of nodes. Each node is in the first slot of its parent. */
static void deep_trees(void **state)
{
	(void)state;
	for (unsigned int levels = LEVELS - 1; levels <= LEVELS + 1; levels++)
		for (int wide = 0; wide < 2; wide++) {
			unsigned int leaf = levels - 1;

			start(!wide);
			put_root(0, RANGE);
			for (unsigned int i = 0; i < leaf; i++) {
				put_pivot(i, 0, top());
				put_child(i, RANGE, 0, i + 1, i + 1 == leaf ? LEAF : RANGE);
			}
			put_pivot(leaf, 0, 0xffff);
			put_pivot(leaf, 1, 0x1ffff);
			put_slot(leaf, LEAF, 1, vma_at(0));
			put_vma(0, 0x10000, 0x1ffff);
			if (levels <= LEVELS)
				expect(1, 0, NULL);
			else
				expect(0, 1, "is deeper or larger than possible");
		}
}

/* xa_is_zero() and similar entries are not mappings. Any other entry of a slot is a mapping. */
static void entries_of_a_leaf(void **state)
{
	static const struct {
		uint64_t entry;
		bool reserved;
	} rows[] = {
		{ 2, true },	  { 6, true },	     { 0x402, true },  { 0x40a, true },
		{ 0xffe, true },  { 0x1002, false }, { 0x100, false }, { 0x101, false },
		{ 0x403, false }, { 0x1000, false }, { 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int wide = 0; wide < 2; wide++) {
			start(!wide);
			put_root(0, LEAF);
			put_pivot(0, 0, 0xffff);
			put_slot(0, LEAF, 0, rows[i].entry);
			put_pivot(0, 1, 0x1ffff);
			put_slot(0, LEAF, 1, vma_at(0));
			put_vma(0, 0x10000, 0x1ffff);
			expect(1, !rows[i].reserved, "the first mappings are missing");
		}
}

static void roots_of_trees(void **state)
{
	static const struct {
		uint64_t root;
		bool tree, damaged;
	} rows[] = {
		{ 0, true, false },	  { 2, false, false },	  { 0x402, false, false },
		{ 0xffe, false, false },  { 0x1002, true, true }, { 0x40a, false, false },
		{ 0x1000, false, false }, { 0x100a, true, true }, { 0x100b, false, false },
		{ 0x1008, false, false },
	};
	struct kernel *kernel;
	struct vma_list list;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(false);
		put(TREE + 8, rows[i].root, 8);
		kernel = open_kernel();
		assert_int_equal(vma_each(kernel, at(MM), &list, &err), rows[i].tree);
		if (!rows[i].tree)
			assert_non_null(strstr(err.message, "is no node"));
		assert_int_equal(list.nr, 0);
		assert_int_equal(list.damages.nr, rows[i].damaged);
		vma_list_release(&list);
		open_close(kernel);
	}
	/* a pointer to a mapping is not a node, and without a readable node there is no tree */
	start(false);
	put(TREE + 8, vma_at(0), 8);
	kernel = open_kernel();
	assert_false(vma_each(kernel, at(MM), &list, &err));
	vma_list_release(&list);
	placed_forget(kernel, MAPLE_ROOT);
	assert_false(vma_each(kernel, at(MM), &list, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	vma_list_release(&list);
	open_close(kernel);
}

/* If the types do not describe mappings, that is not damage. */
static void mappings_of_unknown_types(void **state)
{
	struct kernel *kernel;
	struct vma_list list;
	struct error err;

	(void)state;
	start(false);
	put_two_leaves(ARANGE, false);
	kernel = open_kernel();
	placed_forget(kernel, VMA_START);
	assert_false(vma_each(kernel, at(MM), &list, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	assert_int_equal(list.damages.nr, 0);
	vma_list_release(&list);
	open_close(kernel);
}

/* Before each slot, it is asked whether to stop. */
static void stopped_trees(void **state)
{
	(void)state;
	for (unsigned int answers = 1; answers < 30; answers++) {
		unsigned int left = answers, nr;
		struct listener listener = { .stop = stop_after, .arg = &left };
		struct kernel *kernel;
		struct vma_list list;
		struct error err;
		bool done;

		start(false);
		nr = put_two_leaves(ARANGE, false);
		kernel = open_kernel();
		kernel->listener = &listener;
		done = vma_each(kernel, at(MM), &list, &err);
		assert_int_equal(done, left != 0);
		if (done)
			assert_int_equal(list.nr, nr);
		else
			assert_int_equal(err.code, ERROR_INTERRUPTED);
		assert_int_equal(list.damages.nr, 0);
		vma_list_release(&list);
		kernel->listener = NULL;
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_leaves),
		cmocka_unit_test(leaves_beside_damaged_ones),
		cmocka_unit_test(pivots_at_their_bounds),
		cmocka_unit_test(high_mappings),
		cmocka_unit_test(slots_of_another_range),
		cmocka_unit_test(deep_trees),
		cmocka_unit_test(entries_of_a_leaf),
		cmocka_unit_test(roots_of_trees),
		cmocka_unit_test(mappings_of_unknown_types),
		cmocka_unit_test(stopped_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
