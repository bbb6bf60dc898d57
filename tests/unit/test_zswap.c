/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slots of swap areas in the trees of zswap, in each form that they had: mm/zswap.c of 6.1, 6.8 and 6.12,
 * include/linux/rbtree.h, include/linux/xarray.h. Damaged trees prove nothing. */
#include "kernel/entry.h"
#include "kernel/kernel_members.h"
#include "linux/task_members.h"
#include "linux/vma/swap_area.h"
#include "placed.h"

#include "unit.h"

/* Physical addresses. */
enum { TABLE = 0x4000, NUMBERS = 0x4100, TREES = 0x4200, NODES = 0x5000, ENTRIES = 0x8000 };
enum { TYPE = 2, TREE_SIZE = 16, NODE_SIZE = 0x280, SLOTS = 40, MARKS = SLOTS + 64 * 8 };
/* Of a zswap_entry: the slot, and the rb_node with the pointers to its children. */
enum { AT = 0, NODE = 8, RIGHT = 16, LEFT = 24, ENTRY_SIZE = 32 };

static const struct placed in_rbtree[] = {
	{ ZSWAP_SLOT, AT, 8 },	       { ZSWAP_NODE, NODE, 24 }, { RB_LEFT, LEFT - NODE, 8 },
	{ RB_RIGHT, RIGHT - NODE, 8 }, { ZSWAP_ROOT, 8, 8 },
};
static const struct placed in_xarray[] = {
	{ ZSWAP_SLOT, AT, 8 },	      { XARRAY_HEAD, 8, 8 },	   { XARRAY_SHIFT, 0, 1 },
	{ XARRAY_SLOTS, SLOTS, 512 }, { XARRAY_MARKS, MARKS, 24 },
};

static const struct linked one_tree = {
	.symbols = { { "zswap_trees", IMAGE + TABLE, 8, 0 } },
	.nr = 1,
};
static const struct linked many_trees = {
	.symbols = { { "zswap_trees", IMAGE + TABLE, 8, 0 },
		     { "nr_zswap_trees", IMAGE + NUMBERS, 4, 0 } },
	.nr = 2,
};

static void start(void)
{
	memory_start_64("6.1.0", "SIZE(zswap_tree)=16\nSIZE(xarray)=16\n");
	put(TABLE + TYPE * 8, IMAGE + TREES, 8);
	put(NUMBERS + TYPE * 4, 2, 4);
}

static uint64_t entry_at(unsigned int nr)
{
	return ENTRIES + ENTRY_SIZE * nr;
}

/* Entry nr, which is the node of an rbtree; 0: no child. Entries since 6.5 have the type of the area above
 * the slot. */
static void put_entry(unsigned int nr, uint64_t slot, unsigned int left, unsigned int right)
{
	put(entry_at(nr) + AT, slot, 8);
	put(entry_at(nr) + LEFT, left ? IMAGE + entry_at(left) + NODE : 0, 8);
	put(entry_at(nr) + RIGHT, right ? IMAGE + entry_at(right) + NODE : 0, 8);
}

static uint64_t node_of(unsigned int nr)
{
	return IMAGE + NODES + NODE_SIZE * nr + 2;
}

static void put_node(unsigned int nr, uint8_t shift)
{
	put(NODES + NODE_SIZE * nr, shift, 1);
}

static void put_slot(unsigned int node, unsigned int slot, uint64_t entry)
{
	put(NODES + NODE_SIZE * node + SLOTS + 8 * slot, entry, 8);
}

static void expect(const struct linked *symbols, bool is_xarray, uint64_t slot,
		   enum certainty wanted)
{
	struct kernel *kernel =
		is_xarray ? PLACED_OPEN(symbols, in_xarray) : PLACED_OPEN(symbols, in_rbtree);

	assert_int_equal(swap_in_zswap(kernel, TYPE, slot), wanted);
	assert_int_equal(swap_in_zswap(kernel, TYPE + 1, slot), NO);
	open_close(kernel);
}

/* 20 is the root, 10 and 30 are its children, 25 is left of 30. */
static void put_rbtree(uint64_t tree, uint64_t more)
{
	put(tree + 8, IMAGE + entry_at(1) + NODE, 8);
	put_entry(1, more + 20, 2, 3);
	put_entry(2, more + 10, 0, 0);
	put_entry(3, more + 30, 4, 0);
	put_entry(4, more + 25, 0, 0);
}

static void rbtrees(void **state)
{
	static const uint64_t held[] = { 20, 10, 30, 25 },
			      others[] = { 0, 11, 19, 21, 26, 31, 1 << 20 };

	(void)state;
	start();
	put_rbtree(TREES, 0);
	for (size_t i = 0; i < 4; i++)
		expect(&one_tree, false, held[i], YES);
	for (size_t i = 0; i < 7; i++)
		expect(&one_tree, false, others[i], NO);
}

/* Since 6.8 the second tree has the slots from 4000 (hex) on; since 6.5 entries have the type, too. */
static void many_rbtrees(void **state)
{
	const uint64_t type = (uint64_t)TYPE << 58;

	(void)state;
	start();
	put_rbtree(TREES + TREE_SIZE, type | 0x4000);
	expect(&many_trees, false, 0x4000 + 25, YES);
	expect(&many_trees, false, 0x4000 + 26, NO);
	expect(&many_trees, false, 25, NO);
	expect(&many_trees, false, 0x8000, UNSURE); /* beyond the area */
}

static void damaged_rbtrees(void **state)
{
	(void)state;
	start();
	put_rbtree(TREES, 0);
	put_entry(4, 25, 4, 4); /* its own child */
	expect(&one_tree, false, 25, YES);
	expect(&one_tree, false, 26, UNSURE);
	put(entry_at(2) + LEFT, 0x1000, 8);
	expect(&one_tree, false, 5, UNSURE);
	expect(&one_tree, false, 15, NO);
	put(TREES + 8, 0x1000, 8);
	expect(&one_tree, false, 25, UNSURE);
}

/* The second tree holds the slots 4003 and 4041 (hex). Nodes are found by the number of the slot in the area. */
static void put_xarray(void)
{
	put(TREES + TREE_SIZE + 8, node_of(0), 8);
	put_node(0, 12);
	put_slot(0, 4, node_of(1));
	put_node(1, 6);
	put_slot(1, 0, node_of(2));
	put_slot(1, 1, node_of(3));
	put_slot(2, 3, IMAGE + entry_at(1));
	put_slot(3, 1, IMAGE + entry_at(2));
	put_entry(1, (uint64_t)TYPE << 58 | 0x4003, 0, 0);
	put_entry(2, (uint64_t)TYPE << 58 | 0x4041, 0, 0);
}

static void xarrays(void **state)
{
	static const uint64_t others[] = { 0, 3, 0x4000, 0x4002, 0x4004, 0x4043, 0x4103, 0x7fff };

	(void)state;
	start();
	put_xarray();
	expect(&many_trees, true, 0x4003, YES);
	expect(&many_trees, true, 0x4041, YES);
	for (size_t i = 0; i < 8; i++)
		expect(&many_trees, true, others[i], NO);
	/* An index that the top node does not reach. */
	put_node(0, 6);
	put_slot(0, 4, 0);
	expect(&many_trees, true, 0x4003, NO);
	/* A tree with the index 0 alone has no node. */
	put(TREES + 8, IMAGE + entry_at(3), 8);
	put_entry(3, 0, 0, 0);
	expect(&many_trees, true, 0, YES);
	expect(&many_trees, true, 1, NO);
}

static void damaged_xarrays(void **state)
{
	(void)state;
	start();
	put_xarray();
	put_entry(1, 0x4004, 0, 0); /* an entry of another slot */
	expect(&many_trees, true, 0x4003, UNSURE);
	put_node(1, 12); /* not lower than its parent */
	expect(&many_trees, true, 0x4041, UNSURE);
	put_node(1, 4); /* too few slots for the index */
	put_slot(1, 4, 0);
	expect(&many_trees, true, 0x4fff, UNSURE);
	put_slot(0, 4, 0x1002);
	expect(&many_trees, true, 0x4041, UNSURE);
	/* An entry above the lowest level is for several slots, which zswap does not have. */
	put_slot(0, 4, IMAGE + entry_at(2));
	expect(&many_trees, true, 0x4041, UNSURE);
}

static void without_symbols_or_types(void **state)
{
	static const struct linked none = { .nr = 0 };
	struct kernel *kernel;

	(void)state;
	start();
	put_rbtree(TREES, 0);
	kernel = PLACED_OPEN(&none, in_rbtree);
	assert_int_equal(swap_in_zswap(kernel, TYPE, 20), UNSURE);
	open_close(kernel);
	kernel = placed_open(&one_tree, NULL, 0);
	assert_int_equal(swap_in_zswap(kernel, TYPE, 20), UNSURE);
	open_close(kernel);
	kernel = PLACED_OPEN(&one_tree, in_rbtree);
	assert_int_equal(swap_in_zswap(kernel, NR_SWAP_TYPES, 20), UNSURE);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rbtrees),	   cmocka_unit_test(many_rbtrees),
		cmocka_unit_test(damaged_rbtrees), cmocka_unit_test(xarrays),
		cmocka_unit_test(damaged_xarrays), cmocka_unit_test(without_symbols_or_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
