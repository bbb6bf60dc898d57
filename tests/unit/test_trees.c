/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Xarrays, radix trees and red-black trees with 32-bit and 64-bit words: order, holes, entries with
 * several slots, and damage. include/linux/xarray.h and rbtree.h of 6.1, lib/radix-tree.c of 3.16 and
 * 4.19. */
#include <inttypes.h>
#include <stdio.h>

#include "kernel/index_tree.h"
#include "kernel/kernel_members.h"
#include "kernel/rbtree.h"
#include "placed.h"
#include "stop.h"

#include "unit.h"

/* A node: shift, parent, slots. */
enum { NODES = 0x4000, NODE_SIZE = 0x240, SHIFT = 0, PARENT = 8, SLOTS = 16, NR_SLOTS = 64 };
enum { ELEMENT = 0x1000 }; /* entries are pointers to image addresses of this and larger offsets */

static bool narrow;
static unsigned int mark; /* in the lowest bits of a pointer to a node */
static char seen[4096];

static unsigned int word(void)
{
	return narrow ? 4 : 8;
}

static uint64_t at(uint64_t paddr)
{
	return (narrow ? IMAGE_32 : IMAGE) + paddr;
}

static uint64_t node_at(unsigned int nr)
{
	return at(NODES + NODE_SIZE * nr);
}

static uint64_t to_node(unsigned int nr)
{
	return node_at(nr) | mark;
}

static void put_node(unsigned int nr, unsigned int shift, uint64_t parent)
{
	put(NODES + NODE_SIZE * nr + SHIFT, shift, 1);
	put(NODES + NODE_SIZE * nr + PARENT, parent, word());
}

static void put_slot(unsigned int nr, unsigned int slot, uint64_t entry)
{
	put(NODES + NODE_SIZE * nr + SLOTS + slot * word(), entry, word());
}

static void start(bool is_narrow, unsigned int node_mark)
{
	narrow = is_narrow;
	mark = node_mark;
	if (narrow)
		memory_start_32("6.1.0", "");
	else
		memory_start_64("6.1.0", "");
}

static bool note_entry(void *arg, const struct indexed *indexed, struct error *err)
{
	size_t nr = strlen(seen);

	(void)arg;
	if (indexed->entry == at(ELEMENT + 0x666)) {
		*err = (struct error){ ERROR_FORMAT, "a bad entry" };
		return false;
	}
	snprintf(seen + nr, sizeof(seen) - nr, "%" PRIx64, indexed->first);
	nr += strlen(seen + nr);
	if (indexed->last != indexed->first)
		snprintf(seen + nr, sizeof(seen) - nr, "-%" PRIx64, indexed->last);
	nr += strlen(seen + nr);
	snprintf(seen + nr, sizeof(seen) - nr, ":%" PRIx64 " ",
		 indexed->entry > at(0) ? indexed->entry - at(ELEMENT) : indexed->entry);
	return true;
}

static void note_damage(void *arg, const struct error *why)
{
	(void)arg;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "(%s) ", why->message);
}

enum form { XARRAY, RADIX, OLD_RADIX };

static struct kernel *open_kernel(enum form form)
{
	struct kernel *kernel = placed_open(NULL, NULL, 0);

	placed_set(kernel, form ? RADIX_SLOTS : XARRAY_SLOTS, SLOTS, NR_SLOTS * word());
	placed_set(kernel, form ? RADIX_PARENT : XARRAY_PARENT, PARENT, word());
	if (form == OLD_RADIX)
		placed_forget(kernel, RADIX_PARENT);
	else
		placed_set(kernel, form ? RADIX_SHIFT : XARRAY_SHIFT, SHIFT, 1);
	return kernel;
}

static bool visit(struct kernel *kernel, enum form form, uint64_t head, uint64_t height,
		  bool is_subtree, struct error *err)
{
	const struct index_visitor visitor = { note_entry, note_damage, NULL };

	seen[0] = '\0';
	return form ? radix_visit(kernel, head, height, is_subtree, &visitor, err) :
		      xarray_visit(kernel, head, is_subtree, &visitor, err);
}

static void expect_of(enum form form, uint64_t head, uint64_t height, bool is_subtree,
		      const char *wanted)
{
	struct kernel *kernel = open_kernel(form);
	struct error err = { .message = "" };

	if (!visit(kernel, form, head, height, is_subtree, &err))
		fail_msg("%s", err.message);
	assert_string_equal(seen, wanted);
	open_close(kernel);
}

static void expect(uint64_t head, const char *wanted)
{
	expect_of(mark == 2 ? XARRAY : RADIX, head, 0, false, wanted);
}

static void fails(enum form form, uint64_t head, uint64_t height, const char *message)
{
	struct kernel *kernel = open_kernel(form);
	struct error err = { .message = "" };

	assert_false(visit(kernel, form, head, height, false, &err));
	assert_non_null(strstr(err.message, message));
	open_close(kernel);
}

static void entries_of_an_xarray(void **state)
{
	(void)state;
	for (int is_narrow = 0; is_narrow < 2; is_narrow++) {
		start(is_narrow, 2);
		/* empty; only the index 0: a pointer, a number; a mark */
		expect(0, "");
		expect(at(ELEMENT), "0:0 ");
		expect(0x15, "0:15 ");
		expect(1030, "");
		/* two levels with holes; a number; XA_ZERO_ENTRY and XA_RETRY_ENTRY */
		put_node(0, 6, 0);
		put_node(1, 0, node_at(0));
		put_node(2, 0, node_at(0));
		put_slot(0, 0, to_node(1));
		put_slot(0, 63, to_node(2));
		put_slot(1, 0, at(ELEMENT));
		put_slot(1, 1, 1030);
		put_slot(1, 2, 1026);
		put_slot(1, 63, 0x101);
		put_slot(2, 1, at(ELEMENT + 0x10));
		/* an IDR has pointers with any lowest bits, but not above the lowest level */
		put_slot(2, 2, at(ELEMENT + 0x22));
		expect(to_node(0), "0:0 3f:101 fc1:10 fc2:22 ");
		expect_of(XARRAY, to_node(1), 0, true, "0:0 3f:101 ");
	}
}

/* An entry with several slots, and one above the lowest level. */
static void large_entries(void **state)
{
	(void)state;
	for (int is_narrow = 0; is_narrow < 2; is_narrow++) {
		start(is_narrow, 2);
		put_node(0, 6, 0);
		put_node(1, 0, node_at(0));
		put_slot(0, 0, to_node(1));
		put_slot(0, 2, at(ELEMENT));
		put_slot(0, 3, 2 << 2 | 2);
		put_slot(0, 4, at(ELEMENT + 0x20));
		put_slot(1, 60, at(ELEMENT + 0x30));
		for (unsigned int slot = 61; slot < 64; slot++)
			put_slot(1, slot, 60 << 2 | 2);
		expect(to_node(0), "3c-3f:30 80-ff:0 100-13f:20 ");
		/* since 4.7: a sibling points to the slot of the entry */
		start(is_narrow, 1);
		put_node(0, 6, 0);
		put_slot(0, 2, at(ELEMENT));
		put_slot(0, 3, (node_at(0) + SLOTS + 2 * word()) | 1);
		put_slot(0, 4, at(ELEMENT + 0x20));
		expect(to_node(0), "80-ff:0 100-13f:20 ");
	}
}

/* Before 4.7 the height of the tree shows which levels contain entries. */
static void heights(void **state)
{
	char wanted[100];

	(void)state;
	for (int is_narrow = 0; is_narrow < 2; is_narrow++) {
		start(is_narrow, 0);
		put_slot(0, 1, node_at(1));
		put_slot(1, 0, at(ELEMENT));
		put_slot(1, 5, 0x46); /* an exceptional entry */
		expect_of(OLD_RADIX, 0, 0, false, "");
		expect_of(OLD_RADIX, at(ELEMENT), 0, false, "0:0 ");
		expect_of(OLD_RADIX, node_at(0) | 1, 2, false, "40:0 45:46 ");
		expect_of(OLD_RADIX, node_at(1) | 1, 1, false, "0:0 5:46 ");
		fails(OLD_RADIX, node_at(0) | 1, 17, "would have the height 17");
		put_slot(1, 5, 0);
		put_slot(1, 0, node_at(0));
		snprintf(wanted, sizeof(wanted),
			 "(the tree contains the node at %" PRIx64 " twice) ", node_at(0));
		expect_of(OLD_RADIX, node_at(0) | 1, 3, false, wanted);
		put_slot(1, 0, 1);
		expect_of(OLD_RADIX, node_at(0) | 1, 3, false, "(the tree contains a node at 0) ");
	}
}

static void damaged_nodes(void **state)
{
	char wanted[400];

	(void)state;
	start(false, 2);
	put_node(0, 6, 0);
	put_node(1, 0, node_at(0));
	put_slot(0, 0, to_node(1));
	put_slot(1, 0, at(ELEMENT));
	put_slot(0, 2, at(ELEMENT + 0x20));
	/* the parent of a node, and of the topmost node */
	put_slot(0, 1, to_node(2));
	put_node(2, 0, node_at(1));
	snprintf(wanted, sizeof(wanted),
		 "0:0 (the node at %" PRIx64 " has the parent %" PRIx64 ", but should have %" PRIx64
		 ") 80-bf:20 ",
		 node_at(2), node_at(1), node_at(0));
	expect(to_node(0), wanted);
	put_node(0, 6, node_at(1));
	snprintf(wanted, sizeof(wanted),
		 "(the node at %" PRIx64 " has the parent %" PRIx64 ", but should have 0) ",
		 node_at(0), node_at(1));
	expect(to_node(0), wanted);
	/* a loop */
	put_node(0, 6, 0);
	put_slot(0, 1, to_node(1));
	snprintf(wanted, sizeof(wanted),
		 "0:0 (the tree contains the node at %" PRIx64 " twice) 80-bf:20 ", node_at(1));
	expect(to_node(0), wanted);
	/* the shift */
	put_slot(0, 1, to_node(2));
	for (unsigned int shift = 1; shift < 256; shift += 5) {
		put_node(2, shift, node_at(0));
		snprintf(wanted, sizeof(wanted),
			 "0:0 (the node at %" PRIx64 " has the wrong shift %u) 80-bf:20 ",
			 node_at(2), shift);
		expect(to_node(0), wanted);
	}
	/* a node that is not in memory, and an entry that the visitor refuses */
	put_slot(0, 1, (at(ELEMENT) + (1 << 24)) | 2);
	put_slot(1, 1, at(ELEMENT + 0x666));
	snprintf(wanted, sizeof(wanted), "0:0 (a bad entry) (%" PRIx64 " is not mapped) 80-bf:20 ",
		 at(ELEMENT) + (1 << 24));
	expect(to_node(0), wanted);
}

/* An index has as many bits as a pointer. */
static void last_indices(void **state)
{
	char wanted[400];

	(void)state;
	for (int is_narrow = 0; is_narrow < 2; is_narrow++) {
		unsigned int last = is_narrow ? 3 : 15;

		start(is_narrow, 2);
		put_node(0, is_narrow ? 30 : 60, 0);
		put_slot(0, last, at(ELEMENT));
		snprintf(wanted, sizeof(wanted),
			 is_narrow ? "c0000000-ffffffff:0 " :
				     "f000000000000000-ffffffffffffffff:0 ");
		expect(to_node(0), wanted);
		put_slot(0, last + 1, at(ELEMENT));
		snprintf(wanted + strlen(wanted), 200,
			 "(the node at %" PRIx64 " has an entry after the last index) ",
			 node_at(0));
		expect(to_node(0), wanted);
		put_node(0, is_narrow ? 36 : 66, 0);
		snprintf(wanted, sizeof(wanted),
			 "(the node at %" PRIx64 " has the wrong shift %u) ", node_at(0),
			 is_narrow ? 36 : 66);
		expect(to_node(0), wanted);
	}
}

/* Types that are missing or wrong, and the first damage if the visitor does not want to know more. */
static void visits_that_fail(void **state)
{
	const struct index_visitor visitor = { note_entry, NULL, NULL };
	unsigned int left = 3;
	struct listener listener = { .stop = stop_after, .arg = &left };
	struct kernel *kernel;
	struct error err;

	(void)state;
	start(false, 2);
	put_node(0, 6, 0);
	for (unsigned int slot = 0; slot < NR_SLOTS; slot++)
		put_slot(0, slot, at(ELEMENT));
	kernel = open_kernel(XARRAY);
	placed_set(kernel, XARRAY_SLOTS, SLOTS, 8 * 63);
	assert_false(visit(kernel, XARRAY, to_node(0), 0, false, &err));
	assert_non_null(strstr(err.message, "would have 63 slots"));
	placed_forget(kernel, XARRAY_SLOTS);
	assert_false(visit(kernel, XARRAY, to_node(0), 0, false, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	placed_forget(kernel, XARRAY_SHIFT);
	assert_false(visit(kernel, XARRAY, to_node(0), 0, false, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	open_close(kernel);
	put_slot(0, 1, to_node(0));
	kernel = open_kernel(XARRAY);
	assert_false(xarray_visit(kernel, to_node(0), false, &visitor, &err));
	assert_non_null(strstr(err.message, "twice"));
	assert_false(xarray_visit(kernel, to_node(0), false, &visitor, NULL));
	kernel->listener = &listener;
	assert_false(visit(kernel, XARRAY, to_node(0), 0, false, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	open_close(kernel);
}

/* --- red-black trees --- */

/* Node nr has its rb_node at offset 0x10: the parent with the colour, right, left. */
enum { RB_NODES = 0x5000, RB_SIZE = 0x40 };

static uint64_t rb_at(unsigned int nr)
{
	return nr ? at(RB_NODES + RB_SIZE * nr + 0x10) : 0;
}

static void put_rb(unsigned int nr, unsigned int parent, unsigned int left, unsigned int right)
{
	uint64_t paddr = RB_NODES + RB_SIZE * nr + 0x10;

	put(paddr, rb_at(parent) | (nr & 1), word());
	put(paddr + word(), rb_at(right), word());
	put(paddr + 2 * word(), rb_at(left), word());
}

static bool note_struct(void *arg, uint64_t address, struct error *err)
{
	size_t nr = strlen(seen);

	(void)arg;
	(void)err;
	snprintf(seen + nr, sizeof(seen) - nr, "%u ",
		 (unsigned int)(address - at(RB_NODES)) / RB_SIZE);
	return true;
}

static void expect_rb(unsigned int root, bool is_subtree, const char *wanted)
{
	const struct rbtree tree = {
		.node = 0x10,
		.check_parents = true,
		.is_subtree = is_subtree,
		.visit = note_struct,
		.damage = note_damage,
	};
	struct kernel *kernel = placed_open(NULL, NULL, 0);
	struct error err = { .message = "" };

	placed_set(kernel, RB_RIGHT, word(), word());
	placed_set(kernel, RB_LEFT, 2 * word(), word());
	seen[0] = '\0';
	if (!rbtree_visit(kernel, &tree, rb_at(root), &err))
		fail_msg("%s", err.message);
	assert_string_equal(seen, wanted);
	open_close(kernel);
}

static void put_small_tree(void)
{
	put_rb(4, 0, 2, 6);
	put_rb(2, 4, 1, 3);
	put_rb(6, 4, 5, 7);
	for (unsigned int leaf = 1; leaf < 8; leaf += 2)
		put_rb(leaf, leaf == 1 || leaf == 3 ? 2 : 6, 0, 0);
}

static void red_black_trees(void **state)
{
	char wanted[400];

	(void)state;
	for (int is_narrow = 0; is_narrow < 2; is_narrow++) {
		start(is_narrow, 0);
		put_small_tree();
		expect_rb(0, false, "");
		expect_rb(4, false, "1 2 3 4 5 6 7 ");
		expect_rb(6, true, "5 6 7 ");
		snprintf(wanted, sizeof(wanted),
			 "(the node at %" PRIx64 " has the parent %" PRIx64 ", but should have 0) ",
			 rb_at(6), rb_at(4));
		expect_rb(6, false, wanted);
		/* a wrong parent; a loop to the topmost node of a subtree; a wild pointer */
		put_rb(2, 6, 1, 3);
		snprintf(wanted, sizeof(wanted),
			 "(the node at %" PRIx64 " has the parent %" PRIx64
			 ", but should have %" PRIx64 ") 4 5 6 7 ",
			 rb_at(2), rb_at(6), rb_at(4));
		expect_rb(4, false, wanted);
		put_small_tree();
		put_rb(7, 6, 4, 0);
		put_rb(4, 7, 2, 6);
		snprintf(wanted, sizeof(wanted),
			 "1 2 3 4 5 6 (the tree contains %" PRIx64 " twice) 7 ", rb_at(4));
		expect_rb(4, true, wanted);
		put_small_tree();
		put(RB_NODES + RB_SIZE * 2 + 0x10 + word(), at(0) + (1 << 24), word());
		snprintf(wanted, sizeof(wanted), "1 2 (%" PRIx64 " is not mapped) 4 5 6 7 ",
			 at(0) + (1 << 24));
		expect_rb(4, false, wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_an_xarray),
		cmocka_unit_test(large_entries),
		cmocka_unit_test(heights),
		cmocka_unit_test(damaged_nodes),
		cmocka_unit_test(last_indices),
		cmocka_unit_test(visits_that_fail),
		cmocka_unit_test(red_black_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
