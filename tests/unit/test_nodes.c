/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of memory, their maps, and the end of memory. */
#include "linux/page/page.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "made_frames.h"
#include "memory.h"

#include "unit.h"

#define NODE_MEMBERS                                                                               \
	"SIZE(page)=64\nOFFSET(page.flags)=0\n"                                                    \
	"OFFSET(pglist_data.node_start_pfn)=0\n"                                                   \
	"OFFSET(pglist_data.node_spanned_pages)=8\n"                                               \
	"OFFSET(pglist_data.node_mem_map)=16\n"

/* DISCONTIGMEM: frames 0 to 3, and 8 and 9. The note or nr_node_ids gives the number of slots of
 * node_data[]. */
static void nodes_of_memory(void **state)
{
	static const struct {
		const char *note;
		bool second;
	} rows[] = {
		{ "LENGTH(node_data)=4\n", true },
		{ "LENGTH(node_data)=3\n", true },
		{ "LENGTH(node_data)=2\n", false },
		{ "SYMBOL(nr_node_ids)=ffffffff80007000\n", true },
		{ "SYMBOL(nr_node_ids)=ffffffff80007004\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const uint64_t frames[] = { 0, 3, 8, 9 };
		struct kernel *kernel;
		uint64_t value;
		char note[512];

		snprintf(note, sizeof(note), NODE_MEMBERS "SYMBOL(node_data)=ffffffff80005000\n%s",
			 rows[i].note);
		memory_start_64("6.1.0", note);
		put(NODES, IMAGE + NODE_0, 8);
		put(NODES + 16, IMAGE + NODE_2, 8);
		put_node(NODE_0, 0, 4, IMAGE + PAGES);
		put_node(NODE_2, 8, 2, IMAGE + PAGES + 0x400);
		put(0x7000, 3 | UINT64_C(2) << 32, 8);
		kernel = memory_open(NULL, NULL);
		assert_true(kernel_fact(kernel, FACT_MEMORY_MODEL, &value));
		assert_true(value == MODEL_DISCONTIGMEM);
		assert_true(kernel_fact(kernel, FACT_MAX_PFN, &value));
		assert_true(value == (rows[i].second ? 10 : 4));
		for (size_t nr = 0; nr < 4; nr++) {
			uint64_t page = 0, pfn = frames[nr];
			bool there = nr < 2 || rows[i].second;

			assert_int_equal(page_of_pfn(kernel, pfn, &page, NULL), there);
			if (!there)
				continue;
			assert_true(page ==
				    IMAGE + PAGES + (nr < 2 ? pfn * 64 : 0x400 + (pfn - 8) * 64));
			assert_true(page_pfn(kernel, page, &value, NULL));
			assert_true(value == pfn);
		}
		assert_false(page_of_pfn(kernel, 4, &value, NULL));
		assert_false(page_of_pfn(kernel, 7, &value, NULL));
		assert_false(page_of_pfn(kernel, 10, &value, NULL));
		assert_false(page_pfn(kernel, IMAGE + PAGES + 4 * 64, &value, NULL));
		assert_false(page_pfn(kernel, IMAGE + PAGES + 0x480, &value, NULL));
		assert_false(page_pfn(kernel, IMAGE + PAGES - 64, &value, NULL));
		open_close(kernel);
	}
}

/* The end of node_data[] is not in the dump. The slots before are read nevertheless. */
static void slots_before_the_end_of_memory(void **state)
{
	enum { AT = MEMORY_SIZE - 32 * 8 };
	uint64_t index = 0, pgdat = 0;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0",
			NODE_MEMBERS "SYMBOL(node_data)=ffffffff8000ff00\nLENGTH(node_data)=200\n");
	put(AT + 3 * 8, IMAGE + NODE_0, 8);
	put(AT + 31 * 8, IMAGE + NODE_2, 8);
	kernel = memory_open(NULL, NULL);
	assert_true(page_next_node(kernel, &index, &pgdat));
	assert_true(index == 4 && pgdat == IMAGE + NODE_0);
	assert_true(page_next_node(kernel, &index, &pgdat));
	assert_true(index == 32 && pgdat == IMAGE + NODE_2);
	assert_false(page_next_node(kernel, &index, &pgdat));
	assert_true(index == 200);
	open_close(kernel);
}

/* Slots of node_data[] that are 0 are skipped. At most 1024 slots are read (NODES_SHIFT is at most
 * 10). */
static void slots_of_nodes(void **state)
{
	static const struct {
		const char *note;
		unsigned int slot; /* the only slot that is not 0 */
		bool there;
	} rows[] = {
		{ "LENGTH(node_data)=2000\n", 1023, true },
		{ "LENGTH(node_data)=2000\n", 1024, false },
		{ "LENGTH(node_data)=1024\n", 1023, true },
		{ "LENGTH(node_data)=1023\n", 1023, false },
		{ "LENGTH(node_data)=1\n", 0, true },
		/* four bytes: 02000001; and 1, which another variable follows */
		{ "SYMBOL(nr_node_ids)=ffffffff80004000\n", 1, true },
		{ "SYMBOL(nr_node_ids)=ffffffff80004008\n", 0, true },
		{ "SYMBOL(nr_node_ids)=ffffffff80004008\n", 1, false },
		/* the number of slots is unknown */
		{ "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t index = 0, pgdat = 0;
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), NODE_MEMBERS "SYMBOL(node_data)=ffffffff80005000\n%s",
			 rows[i].note);
		memory_start_64("6.1.0", note);
		put(0x4000, 0x02000001, 8);
		put(0x4008, 1 | UINT64_C(7) << 32, 8);
		put(NODES + 8 * rows[i].slot, IMAGE + NODE_0, 8);
		kernel = memory_open(NULL, NULL);
		if (page_next_node(kernel, &index, &pgdat) != rows[i].there)
			fail_msg("row %zu", i);
		if (rows[i].there) {
			assert_true(pgdat == IMAGE + NODE_0);
			assert_true(index == rows[i].slot + 1);
		}
		assert_false(page_next_node(kernel, &index, &pgdat));
		open_close(kernel);
	}
}

/* Maps of adjacent nodes. The end of memory is the highest end of all nodes, even if there are
 * gaps. A frame of a node without a map has no struct page. */
static void maps_of_nodes(void **state)
{
	uint64_t page, value;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0",
			NODE_MEMBERS "SYMBOL(node_data)=ffffffff80005000\nLENGTH(node_data)=4\n");
	put(NODES, IMAGE + NODE_0 + 0x80, 8);
	put(NODES + 8, IMAGE + NODE_0, 8);
	put(NODES + 16, IMAGE + NODE_2, 8);
	put_node(NODE_0, 20, 2, IMAGE + PAGES + 0x100);
	put_node(NODE_0 + 0x80, 4, 4, IMAGE + PAGES);
	put_node(NODE_2, 30, 2, 0);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_MAX_PFN, &value));
	assert_true(value == 32);
	assert_true(page_pfn(kernel, IMAGE + PAGES + 0xc0, &value, NULL));
	assert_true(value == 7);
	assert_true(page_pfn(kernel, IMAGE + PAGES + 0x100, &value, NULL));
	assert_true(value == 20);
	assert_false(page_pfn(kernel, IMAGE + PAGES + 0x180, &value, NULL));
	assert_false(page_of_pfn(kernel, 30, &page, NULL));
	open_close(kernel);
	/* the node with the highest end comes first, and its size is larger than its start */
	memory_start_64("6.1.0",
			NODE_MEMBERS "SYMBOL(node_data)=ffffffff80005000\nLENGTH(node_data)=2\n");
	put(NODES, IMAGE + NODE_0, 8);
	put(NODES + 8, IMAGE + NODE_2, 8);
	put_node(NODE_0, 8, 6, IMAGE + PAGES);
	put_node(NODE_2, 0, 8, IMAGE + PAGES + 0x400);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_MAX_PFN, &value));
	assert_true(value == 14);
	open_close(kernel);
	/* the place of a node's map is unknown */
	memory_start_64("6.1.0", "SIZE(page)=64\nOFFSET(pglist_data.node_start_pfn)=0\n"
				 "OFFSET(pglist_data.node_spanned_pages)=8\n"
				 "SYMBOL(node_data)=ffffffff80005000\nLENGTH(node_data)=1\n");
	put(NODES, IMAGE + NODE_0, 8);
	put_node(NODE_0, 0, 4, IMAGE + PAGES);
	kernel = memory_open(NULL, NULL);
	assert_false(page_of_pfn(kernel, 1, &page, NULL));
	assert_false(page_pfn(kernel, 1, &value, NULL));
	open_close(kernel);
}

/* A node starts at a frame whose address needs more than 64 bits, or whose number wraps, or which
 * belongs to another node: its struct pages are not the struct pages of these frames. */
static void spans_of_damaged_nodes(void **state)
{
	static const struct {
		uint64_t start;
		unsigned int sound; /* bit i: struct page i is the struct page of its frame */
	} rows[] = {
		{ 4, 7 },
		{ 3, 6 },
		{ 2, 4 },
		{ (UINT64_C(1) << 52) - 2, 3 },
		{ UINT64_C(1) << 52, 0 },
		{ UINT64_MAX - 2, 0 },
		{ UINT64_MAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value, page;

		memory_start_64("6.1.0", NODE_MEMBERS
				"SYMBOL(node_data)=ffffffff80005000\nLENGTH(node_data)=4\n");
		put(NODES, IMAGE + NODE_0, 8);
		put(NODES + 16, IMAGE + NODE_2, 8);
		put_node(NODE_0, 0, 4, IMAGE + PAGES);
		put_node(NODE_2, rows[i].start, 3, IMAGE + PAGES + 0x400);
		kernel = memory_open(NULL, NULL);
		for (unsigned int nr = 0; nr < 3; nr++) {
			bool known =
				page_pfn(kernel, IMAGE + PAGES + 0x400 + nr * 64, &value, NULL);

			if (known != page_holding(kernel, IMAGE + PAGES + 0x401 + nr * 64, &value,
						  &page) ||
			    (known && value != rows[i].start + nr) ||
			    known != (rows[i].sound >> nr & 1))
				fail_msg("row %zu, struct page %u", i, nr);
		}
		open_close(kernel);
	}
}

/* Physical addresses have 52 bits, and frame numbers 40. */
static void the_end_of_all_memory(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++)
		for (int by_node = 0; by_node < 2; by_node++) {
			uint64_t most = UINT64_C(1) << 40, value;
			struct linked linked = { 0 };
			struct kernel *kernel;

			memory_start_64("6.1.0",
					by_node ? NODE_MEMBERS
						"SYMBOL(contig_page_data)=ffffffff80006000\n" :
						  "SIZE(page)=64\n");
			put(0x5000, most + more, 8);
			put_node(NODE_0, most - 4, 4 + more, 0);
			linked_add(&linked, "_stext", LINKED_BASE, 0);
			if (!by_node)
				linked_add(&linked, "max_pfn", IMAGE + 0x5000, 8);
			kernel = memory_open(by_node ? NULL : linked_open(&linked), NULL);
			assert_int_equal(kernel_fact(kernel, FACT_MAX_PFN, &value), !more);
			if (!more)
				assert_true(value == most);
			open_close(kernel);
		}
}

/* The node of FLATMEM, and the end of memory if the node is unknown. */
static void the_end_of_memory(void **state)
{
	struct kernel *kernel;
	uint64_t value;

	(void)state;
	for (int with_node = 0; with_node < 2; with_node++) {
		memory_start_64("6.1.0", with_node ? NODE_MEMBERS
						 "SYMBOL(mem_map)=ffffffff80005000\n"
						 "SYMBOL(contig_page_data)=ffffffff80006000\n" :
						     NODE_MEMBERS
						 "SYMBOL(mem_map)=ffffffff80005000\n");
		put(0x5000, IMAGE + PAGES, 8);
		put_node(NODE_0, 0, 4, IMAGE + PAGES);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_fact(kernel, FACT_MAX_PFN, &value), with_node);
		assert_true(!with_node || value == 4);
		assert_true(page_of_pfn(kernel, 3, &value, NULL));
		assert_int_equal(page_of_pfn(kernel, 4, &value, NULL), !with_node);
		assert_int_equal(page_of_pfn(kernel, 15, &value, NULL), !with_node);
		assert_false(page_of_pfn(kernel, 16, &value, NULL));
		assert_false(page_of_pfn(kernel, UINT64_C(1) << 52, &value, NULL));
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_of_memory),
		cmocka_unit_test(slots_of_nodes),
		cmocka_unit_test(slots_before_the_end_of_memory),
		cmocka_unit_test(maps_of_nodes),
		cmocka_unit_test(spans_of_damaged_nodes),
		cmocka_unit_test(the_end_of_all_memory),
		cmocka_unit_test(the_end_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
