/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mappings of a process: lists and trees that are valid, cut off, circular or damaged. */
#include "kernel/kernel.h"
#include "open/open.h"
#include "linux/task_members.h"
#include "kernel/rbtree.h"
#include "linux/vma/vma.h"
#include "made_tasks.h"
#include "placed.h"

#include "unit.h"

static uint64_t vma_at(unsigned int nr)
{
	return VMA + nr * VMA_SIZE;
}

/* Writes mapping nr, of 1000 bytes. next: number of the next mapping in the list; 0: it is the last
 * one. */
static void put_vma(unsigned int nr, unsigned int next, unsigned int left, unsigned int right)
{
	uint64_t at = vma_at(nr);

	put64(at, nr * 0x10000);
	put64(at + 8, nr * 0x10000 + 0x1000);
	put64(at + 16, next ? VIRTUAL + vma_at(next) : 0);
	put64(at + 24, VIRTUAL + MM);
	put64(at + 64, right ? VIRTUAL + vma_at(right) + 56 : 0);
	put64(at + 72, left ? VIRTUAL + vma_at(left) + 56 : 0);
}

/* Writes four mappings, in a list and in a tree: 2 is the parent of 1 and 3, and 3 is the parent of
 * 4. */
static void put_vmas(void)
{
	put64(MM, VIRTUAL + vma_at(1));
	put64(MM + 8, VIRTUAL + vma_at(2) + 56);
	put_vma(1, 2, 0, 0);
	put_vma(2, 3, 1, 3);
	put_vma(3, 4, 0, 4);
	put_vma(4, 0, 0, 0);
}

static void expect_vmas(struct kernel *kernel, size_t nr, size_t nr_damages, const char *damage)
{
	struct error err = { .message = "" };
	struct vma_list list;

	if (!vma_each(kernel, VIRTUAL + MM, &list, &err))
		fail_msg("%s", err.message);
	assert_int_equal(list.nr, nr);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(list.vma[i].first, (i + 1) * 0x10000);
	assert_int_equal(list.damages.nr, nr_damages);
	if (damage && !strstr(list.damages.error[nr_damages - 1].message, damage))
		fail_msg("%s", list.damages.error[nr_damages - 1].message);
	vma_list_release(&list);
	open_close(kernel);
}

static void mappings(void **state)
{
	struct vma_list list;
	struct kernel *kernel;

	(void)state;
	start();
	put_vmas();
	expect_vmas(open_kernel(), 4, 0, NULL);
	kernel = open_kernel();
	assert_true(vma_each(kernel, VIRTUAL + MM, &list, NULL));
	assert_int_equal(vma_list_at(&list, 0)->first, 0x10000);
	assert_int_equal(vma_list_at(&list, 0x10fff)->first, 0x10000);
	assert_int_equal(vma_list_at(&list, 0x11000)->first, 0x20000);
	assert_null(vma_list_at(&list, 0x41000));
	vma_list_release(&list);
	open_close(kernel);
}

/* The tree has the mappings that cannot be found through the list. */
static void mappings_cut_or_looping(void **state)
{
	(void)state;
	start();
	put_vmas();
	put64(vma_at(2) + 16, 0x1234);
	expect_vmas(open_kernel(), 4, 1, "the list of mappings is damaged after 2");
	put64(vma_at(3) + 16, VIRTUAL + vma_at(2));
	put64(vma_at(2) + 16, VIRTUAL + vma_at(3));
	expect_vmas(open_kernel(), 4, 1, "starts at 20000, before the end");
}

static void damaged_mappings(void **state)
{
	(void)state;
	start();
	put_vmas();
	put64(vma_at(3) + 8, 0x2fff);
	expect_vmas(open_kernel(), 2, 2, "is not a vm_area_struct");
	start();
	put_vmas();
	put64(vma_at(2) + 24, VIRTUAL + MM + 8);
	expect_vmas(open_kernel(), 1, 2,
		    "at ffffffff800040c0 belongs to the mm at ffffffff80003008");
	/* a mapping that begins before the one before it ends */
	start();
	put_vmas();
	put64(vma_at(2) + 8, 0x22000);
	put64(vma_at(3), 0x21000);
	put64(vma_at(3) + 8, 0x23000);
	put64(vma_at(4), 0x30000);
	put64(vma_at(4) + 8, 0x31000);
	expect_vmas(open_kernel(), 3, 1, "starts at 21000, before the end");
	/* a mapping of the tree that begins within one of the list is skipped */
	start();
	put_vmas();
	put64(vma_at(1) + 8, 0x12000);
	put64(vma_at(1) + 16, 0x1234);
	put64(vma_at(2), 0x11fff);
	put64(vma_at(3), 0x20000);
	put64(vma_at(3) + 8, 0x21000);
	put64(vma_at(4), 0x30000);
	put64(vma_at(4) + 8, 0x31000);
	expect_vmas(open_kernel(), 3, 1, "the list of mappings is damaged after 1");
	/* a tree with a pointer to its top */
	start();
	put_vmas();
	put64(vma_at(1) + 16, 0x1234);
	put64(vma_at(4) + 72, VIRTUAL + vma_at(2) + 56);
	expect_vmas(open_kernel(), 3, 2, "the tree contains ffffffff800040f8 twice");
}

/* A mapping begins and ends at pages and is not empty. Each of its members is needed. */
static void what_is_no_mapping(void **state)
{
	static const struct {
		uint64_t first, end;
		bool is_one;
	} rows[] = {
		{ 0x10000, 0x11000, true },  { 0x10000, 0x10000, false },
		{ 0x10001, 0x11000, false }, { 0x10000, 0x11001, false },
		{ 0x10000, 0x10fff, false }, { 0x11000, 0x10000, false },
		{ 0x10000, 0, false },
	};
	static const unsigned int needed[] = { VMA_START, VMA_END, VMA_FLAGS, VMA_PGOFF, VMA_FILE };
	struct vma_list list = { 0 };
	struct kernel *kernel;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start();
		put_vmas();
		put64(vma_at(1), rows[i].first);
		put64(vma_at(1) + 8, rows[i].end);
		kernel = open_kernel();
		assert_int_equal(vma_list_add(kernel, &list, VIRTUAL + MM, VIRTUAL + vma_at(1),
					      &err),
				 rows[i].is_one);
		if (!rows[i].is_one)
			assert_int_equal(err.code, ERROR_FORMAT);
		vma_list_release(&list);
		open_close(kernel);
	}
	start();
	put_vmas();
	put64(vma_at(1) + 32, VMA_READ);
	put64(vma_at(1) + 40, 0x55);
	put64(vma_at(1) + 48, 0x66);
	kernel = open_kernel();
	for (size_t i = 0; i < 5; i++) {
		const struct member old = *kernel_member(kernel, needed[i], NULL);

		placed_forget(kernel, needed[i]);
		assert_false(vma_list_add(kernel, &list, VIRTUAL + MM, VIRTUAL + vma_at(1), &err));
		assert_int_equal(err.code, ERROR_UNKNOWN);
		placed_set(kernel, needed[i], old.offset, old.size);
	}
	/* it is not always known to which process a mapping belongs */
	assert_false(vma_list_add(kernel, &list, VIRTUAL + TASK, VIRTUAL + vma_at(1), NULL));
	placed_forget(kernel, VMA_MM);
	assert_true(vma_list_add(kernel, &list, VIRTUAL + TASK, VIRTUAL + vma_at(1), NULL));
	assert_int_equal(list.vma->pgoff, 0x55);
	assert_int_equal(list.vma->file, 0x66);
	vma_list_release(&list);
	open_close(kernel);
}

/* vm_page_prot is of the rights and of VM_SHARED, or of the rights without it. Bits in which no elements of
 * protection_map differ do not count, and the element 5 is missing on a CPU without NX (bit 63). */
static void words_of_rights(void **state)
{
	static const struct {
		uint64_t flags, prot, supported;
		bool agree;
	} rows[] = {
		{ 0x71, 0x11, ~0ull, true },	     { 0x71, 0x511, ~0ull, true },
		{ 0x71, 0x13, ~0ull, false },	     { 0x73, 0x13, ~0ull, true },
		{ 0xfb, 0x1b, ~0ull, true },	     { 0xfb, 0x13, ~0ull, true },
		{ 0xfb, 0x11, ~0ull, false },	     { 0x75, 0x15, ~0ull, true },
		{ 0x75, 0x11, ~0ull, false },	     { 0x75, 0x11, ~4ull, true },
		{ 0xf1, 0x11, ~0ull, false },	     { 0xd1, 0x11, ~0ull, true },
		{ 0x79, 0x19, ~0ull, false },	     { 0xf9, 0x19, ~0ull, true },
		{ 0x4000000073, 0x11, ~0ull, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vma_list list;
		struct kernel *kernel;
		char text[512];

		sprintf(text,
			"%sSYMBOL(protection_map)=ffffffff80005000\n"
			"SYMBOL(__supported_pte_mask)=ffffffff80005080\n",
			note);
		memory_start(false, text);
		put_memory();
		put_vmas();
		for (unsigned int j = 0; j < 16; j++)
			put64(0x5000 + 8 * j, 0x10 | j);
		put64(0x5080, rows[i].supported);
		for (unsigned int nr = 1; nr < 5; nr++) {
			put64(vma_at(nr) + 32, nr == 2 ? rows[i].flags : 0x71);
			put64(vma_at(nr) + 80, nr == 2 ? rows[i].prot : 0x11);
		}
		kernel = open_kernel();
		placed_set(kernel, VMA_PROT, 80, 8);
		assert_true(vma_each(kernel, VIRTUAL + MM, &list, NULL));
		assert_int_equal(list.nr, 4);
		if (list.damages.nr == rows[i].agree)
			fail_msg("row %zu", i);
		vma_list_release(&list);
		open_close(kernel);
	}
}

/* total_vm counts the pages of all mappings, and did not before 4.6. */
static void total_of_mappings(void **state)
{
	static const struct {
		const char *release;
		uint64_t total;
		size_t nr_damages;
	} rows[] = { { "4.6.0", 4, 0 }, { "4.6.0", 5, 1 }, { "4.5.0", 5, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vma_list list;
		struct kernel *kernel;

		memory_start_64(rows[i].release, "");
		put_memory();
		put_vmas();
		put64(MM + 0x80, rows[i].total);
		kernel = open_kernel();
		placed_set(kernel, MM_TOTAL_VM, 0x80, 8);
		assert_true(vma_each(kernel, VIRTUAL + MM, &list, NULL));
		assert_int_equal(list.nr, 4);
		assert_int_equal(list.damages.nr, rows[i].nr_damages);
		vma_list_release(&list);
		open_close(kernel);
	}
}

static void rights_of_mappings(void **state)
{
	static const struct {
		uint64_t flags;
		const char *rights;
	} rows[] = {
		{ 0, "---p" },	  { 1, "r--p" },	  { 2, "-w-p" },    { 4, "--xp" },
		{ 8, "---p" },	  { 0x40, "---p" },	  { 0x80, "---s" }, { 0x100, "---p" },
		{ 0x87, "rwxs" }, { 0xffffff78, "---p" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vma vma = { .flags = rows[i].flags };
		char rights[] = "#######";

		vma_rights(&vma, rights);
		assert_string_equal(rights, rows[i].rights);
	}
}

static bool note_pid(void *arg, uint64_t address, struct error *err)
{
	char *seen = arg;

	if (strlen(seen) == 8) {
		err->code = ERROR_NO_ANSWER;
		return false;
	}
	sprintf(seen + strlen(seen), "%c", (char)('0' + (address - VIRTUAL - VMA) / VMA_SIZE % 10));
	return true;
}

/* 2 is the parent of 1 and 3, and 3 is the parent of 4. Parents come before or between their
 * children. */
static void orders_of_a_tree(void **state)
{
	char seen[10] = "";
	struct rbtree rbtree = {
		.node = 56,
		.visit = note_pid,
		.arg = seen,
	};
	const uint64_t root = VIRTUAL + vma_at(2) + 56;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start();
	put_vmas();
	kernel = open_kernel();
	assert_true(rbtree_visit(kernel, &rbtree, root, &err));
	assert_string_equal(seen, "1234");
	seen[0] = '\0';
	rbtree.parents_first = true;
	assert_true(rbtree_visit(kernel, &rbtree, root, &err));
	assert_string_equal(seen, "2134");
	for (int first = 0; first < 2; first++) {
		strcpy(seen, "12345678");
		rbtree.parents_first = first;
		assert_false(rbtree_visit(kernel, &rbtree, root, &err));
		assert_int_equal(err.code, ERROR_NO_ANSWER);
	}
	placed_forget(kernel, RB_RIGHT);
	assert_false(rbtree_visit(kernel, &rbtree, root, &err));
	open_close(kernel);
}

/* A balanced tree has no path of more than 64 nodes. */
static void depths_of_a_tree(void **state)
{
	(void)state;
	for (unsigned int nr = 64; nr < 66; nr++) {
		start();
		put64(MM, 0x1234);
		put64(MM + 8, VIRTUAL + vma_at(nr) + 56);
		for (unsigned int i = 1; i <= nr; i++)
			put_vma(i, 0, i - 1, 0);
		if (nr == 64)
			expect_vmas(open_kernel(), 64, 1, "the list of mappings");
		else
			expect_vmas(open_kernel(), 0, 2, "is deeper than possible");
	}
}

/* lib/maple_tree.c of 6.1 with 64 bits: maple_arange_64 has 9 pivots and 10 slots, and
 * maple_range_64 has 15 and 16. They come after the parent pointer. The type is in bits 6:3. */
enum { LEAF = 1, RANGE = 2, ARANGE = 3, TREE = MM + 0x20 };

static uint64_t node_of(uint64_t paddr, unsigned int type)
{
	return (VIRTUAL + paddr) | type << 3 | 2;
}

static void put_node(uint64_t at, unsigned int type, uint64_t parent, const uint64_t *pivots,
		     const uint64_t *slots, unsigned int nr)
{
	unsigned int nr_slots = type == ARANGE ? 10 : 16;

	memset(image.bytes + MEMORY + at, 0, 256);
	put64(at, parent);
	for (unsigned int i = 0; i < nr; i++) {
		if (i < nr_slots - 1)
			put64(at + 8 + 8 * i, pivots[i]);
		put64(at + 8 * nr_slots + 8 * i, slots[i]);
	}
}

static struct kernel *open_maple(void)
{
	struct kernel *kernel = open_kernel();

	placed_set(kernel, MM_MT, TREE - MM, 16);
	placed_set(kernel, MAPLE_ROOT, 8, 8);
	return kernel;
}

/* Writes one leaf, which may be in the last bytes of memory: eight mappings with a gap before each.
 * The last slot has no pivot. */
static void put_leaf(uint64_t at, uint64_t parent, unsigned int nr)
{
	uint64_t pivots[16], slots[16];

	for (unsigned int i = 0; i < nr; i++) {
		put_vma(i + 1, 0, 0, 0);
		pivots[2 * i] = 0x10000 * (i + 1) - 1;
		slots[2 * i] = i ? 0x402 : 0; /* XA_ZERO_ENTRY */
		pivots[2 * i + 1] = pivots[2 * i] + 0x1000;
		slots[2 * i + 1] = VIRTUAL + vma_at(i + 1);
	}
	put_node(at, LEAF, parent, pivots, slots, 2 * nr);
}

static void a_leaf_of_a_maple_tree(void **state)
{
	const uint64_t leaf = MEMORY_SIZE - 256;

	(void)state;
	start();
	put64(TREE + 8, node_of(leaf, LEAF));
	put_leaf(leaf, (VIRTUAL + TREE) | 1, 7);
	expect_vmas(open_maple(), 7, 0, NULL);
	/* a wrong parent pointer of the root; an unknown type of node; not a node */
	put64(leaf, VIRTUAL + TREE);
	expect_vmas(open_maple(), 0, 1, "has the parent ffffffff80003020");
	put64(leaf, (VIRTUAL + TREE) | 1);
	for (unsigned int type = 0; type < 16; type++) {
		put64(TREE + 8, node_of(leaf, type));
		if (type == 0 || type > ARANGE)
			expect_vmas(open_maple(), 0, 1, "has the unknown type");
	}
	/* a vm_area_struct with another range */
	put64(TREE + 8, node_of(leaf, LEAF));
	put64(leaf + 8 + 8 * 5, 0x31fff);
	expect_vmas(open_maple(), 7, 1,
		    "the range 30000 to 31fff, but its own range is 30000 to 30fff");
	/* pivots in descending order */
	put64(leaf + 8 + 8 * 5, 0x2fffe);
	expect_vmas(open_maple(), 2, 1, "has pivot 2fffe out of order");
	put64(TREE + 8, 0);
	expect_vmas(open_maple(), 0, 0, NULL);
}

/* The leaves are below a root with ten slots. The last slot has no pivot. */
static void a_full_root_of_a_maple_tree(void **state)
{
	const uint64_t root = 0x8000, leaves = 0x9000;

	(void)state;
	for (unsigned int type = RANGE; type <= ARANGE; type++) {
		unsigned int nr = type == ARANGE ? 10 : 16;
		uint64_t pivots[16], slots[16];

		start();
		put64(TREE + 8, node_of(root, type));
		for (unsigned int i = 0; i < nr; i++) {
			uint64_t leaf = leaves + 0x100 * i;
			uint64_t in[3] = { 0x10000 * (i + 1) - 1, 0x10000 * (i + 1) + 0xfff, 0 };
			uint64_t areas[3] = { 0, VIRTUAL + vma_at(i + 1), 0 };

			put_vma(i + 1, 0, 0, 0);
			pivots[i] = 0x10000 * (i + 1) + 0x1fff;
			slots[i] = node_of(leaf, LEAF);
			put_node(leaf, LEAF, VIRTUAL + root, in, areas, 3);
		}
		put_node(root, type, (VIRTUAL + TREE) | 1, pivots, slots, nr);
		expect_vmas(open_maple(), nr, 0, NULL);
		/* only the leaf with another parent is left out */
		put64(leaves + 0x100, VIRTUAL + root + 0x100);
		{
			struct kernel *kernel = open_maple();
			struct vma_list list;

			assert_true(vma_each(kernel, VIRTUAL + MM, &list, NULL));
			assert_int_equal(list.nr, nr - 1);
			assert_int_equal(list.damages.nr, 1);
			vma_list_release(&list);
			open_close(kernel);
		}
	}
}

static void stopped_mappings(void **state)
{
	int asked = 0;
	struct listener listener = { .stop = should_stop, .arg = &asked };
	struct vma_list list;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start();
	put_vmas();
	kernel = open_kernel();
	kernel->listener = &listener;
	assert_false(vma_each(kernel, VIRTUAL + MM, &list, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_in_range(asked, 1, 4);
	/* It is asked before the first mapping, and later only sometimes. */
	assert_int_equal(list.nr, 0);
	vma_list_release(&list);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mappings),
		cmocka_unit_test(mappings_cut_or_looping),
		cmocka_unit_test(damaged_mappings),
		cmocka_unit_test(what_is_no_mapping),
		cmocka_unit_test(rights_of_mappings),
		cmocka_unit_test(words_of_rights),
		cmocka_unit_test(total_of_mappings),
		cmocka_unit_test(orders_of_a_tree),
		cmocka_unit_test(depths_of_a_tree),
		cmocka_unit_test(a_leaf_of_a_maple_tree),
		cmocka_unit_test(a_full_root_of_a_maple_tree),
		cmocka_unit_test(stopped_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
