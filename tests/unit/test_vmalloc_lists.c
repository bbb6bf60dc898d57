/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas of vmalloc: the lists of each kernel, and the part of a damaged list that is used. */
#include "linux/area_members.h"
#include "linux/vmalloc.h"
#include "kernel/kernel.h"
#include "made_vmalloc.h"
#include "memory.h"

#include "unit.h"

/* --- lists --- */

/* Five areas. The entry with the given number has a wrong pointer. All areas that can be reached
 * forwards or backwards are found once, and the damage is reported. */
static void lists_that_are_damaged(void **state)
{
	enum { NR = 5 };
	static const struct {
		unsigned int entry;
		bool back;
		/* 0: an invalid pointer; 1: to the entry itself; otherwise an address. */
		uint64_t value;
		unsigned int other; /* entry with an invalid pointer back; 0: none */
		size_t nr, damages;
	} rows[] = {
		{ 2, false, 0, 0, 5, 1 },
		{ 2, false, 1, 0, 5, 1 },
		{ 2, true, 0, 0, 5, 2 },
		{ 2, true, IMAGE + VMAP + LINKS, 0, 5, 1 },
		{ 2, false, IMAGE + VMAP + LINKS, 0, 5, 1 },
		{ 4, false, 0, 0, 5, 1 },
		{ 0, true, 0, 0, 5, 2 },
		{ 4, true, 0, 0, 5, 2 },
		/* skips an entry; the next entry points back to the skipped one */
		{ 1, false, IMAGE + VMAP + 3 * VMAP_STEP + LINKS, 0, 5, 1 },
		/* cut in two places: entries between them are not found */
		{ 1, false, 0, 3, 4, 2 },
		{ 0, false, 0, 4, 2, 2 },
		{ 0, false, 0, 3, 3, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t links = vmap_at(rows[i].entry) + LINKS;
		const struct vmalloc_list *list;
		struct kernel *kernel;

		memory_start_64("6.1.0", LIST);
		for (unsigned int nr = 0; nr < NR; nr++)
			put_area(nr, 16 * (NR - nr), 4, -1);
		link_areas(HEAD, 0, NR);
		put(links + (rows[i].back ? 8 : 0),
		    rows[i].value == 1 ? IMAGE + links : rows[i].value, 8);
		if (rows[i].other)
			put(vmap_at(rows[i].other) + LINKS + 8, 0, 8);
		kernel = open_kernel(HAS_VM);
		list = list_of(kernel);
		if (list->nr != rows[i].nr || list->damages.nr != rows[i].damages)
			fail_msg("row %zu: %zu areas, %zu damages, %s", i, list->nr,
				 list->damages.nr, list->damages.error[0].message);
		assert_non_null(strstr(list->damages.error[0].message,
				       "the list of areas is cut after its entry"));
		for (size_t nr = 1; nr < list->nr; nr++)
			assert_true(list->area[nr - 1].last < list->area[nr].first);
		open_close(kernel);
	}
}

/* If a list can be read forwards up to its end, it is complete, whatever pointer back the head
 * has. */
static void a_list_with_a_damaged_head(void **state)
{
	const struct vmalloc_list *list;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0", LIST);
	for (unsigned int nr = 0; nr < 3; nr++)
		put_area(nr, 16 * nr, 4, -1);
	link_areas(HEAD, 0, 3);
	put(HEAD + 8, 0x1234, 8);
	kernel = open_kernel(HAS_VM);
	list = list_of(kernel);
	assert_int_equal(list->nr, 3);
	assert_int_equal(list->damages.nr, 0);
	open_close(kernel);
	/* A head that leads nowhere is one damage, and with an entry whose pointer is wrong, it is the
	 * second one. */
	for (unsigned int empty = 0; empty < 2; empty++) {
		put(empty ? HEAD : vmap_at(1) + LINKS, empty ? 0x1234 : 0, 8);
		kernel = open_kernel(HAS_VM);
		list = list_of(kernel);
		assert_int_equal(list->nr, empty ? 0 : 2);
		assert_int_equal(list->damages.nr, empty ? 1 : 2);
		open_close(kernel);
	}
}

/* A chain that ends with 0, that is circular, or that has a pointer to outside of memory. */
static void chains_that_are_damaged(void **state)
{
	static const struct {
		uint64_t next; /* next pointer of the second entry */
		size_t nr, damages;
	} rows[] = {
		{ 0, 2, 0 },
		{ IMAGE + VMAP + PURGE, 2, 1 },
		{ IMAGE + VMAP + VMAP_STEP + PURGE, 2, 1 },
		{ 0x1234, 2, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;

		memory_start_64("5.10.0", LIST LAZY_CHAIN);
		link_areas(HEAD, 0, 0);
		put_area(0, 0, 4, -1);
		put_area(1, 16, 4, -1);
		put(CHAIN, IMAGE + vmap_at(0) + PURGE, 8);
		put(vmap_at(0) + PURGE, IMAGE + vmap_at(1) + PURGE, 8);
		put(vmap_at(1) + PURGE, rows[i].next, 8);
		kernel = open_kernel(HAS_VM | HAS_PURGE);
		list = list_of(kernel);
		if (list->nr != rows[i].nr || list->damages.nr != rows[i].damages)
			fail_msg("row %zu: %zu areas, %zu damages", i, list->nr, list->damages.nr);
		if (list->damages.nr)
			assert_non_null(strstr(list->damages.error[0].message,
					       "the chain of areas is cut"));
		open_close(kernel);
	}
}

/* Since 6.9 (72210662c5a2), there are structs vmap_node. Each has a list of both kinds. */
static void nodes_of_areas(void **state)
{
	static const struct {
		uint64_t nr;
		size_t found; /* 0: an error */
	} rows[] = {
		{ 1, 2 },    { 2, 3 },		{ 3, 3 },	   { 0, 0 },
		{ 8193, 0 }, { UINT32_MAX, 0 }, { 0x01000002, 0 },
	};
	enum { NODE = 0x9000, SIZE = 0x40 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vmalloc_list *list;
		struct error err = { .message = "" };
		struct kernel *kernel;

		memory_start_64("6.9.0", "SYMBOL(vmap_nodes)=ffffffff80005020\n"
					 "SYMBOL(nr_vmap_nodes)=ffffffff80005028\n"
					 "SIZE(vmap_node)=64\n");
		put(NODES, IMAGE + NODE, 8);
		put(NR_NODES, rows[i].nr, 4);
		put(NR_NODES + 4, 1, 4); /* belongs to another variable */
		for (unsigned int nr = 0; nr < 3; nr++)
			put_area(nr, 16 * nr, 4, -1);
		for (unsigned int nr = 0; nr < 3; nr++) {
			link_areas(NODE + nr * SIZE + 16, 0, 0);
			link_areas(NODE + nr * SIZE + 48, 0, 0);
		}
		link_areas(NODE + 16, 0, 1);
		link_areas(NODE + 48, 1, 1);
		link_areas(NODE + SIZE + 16, 2, 1);
		kernel = open_kernel(HAS_VM | HAS_FLAGS | HAS_SUBTREE);
		list = vmalloc_areas(kernel, &err);
		if ((list ? list->nr : 0) != rows[i].found)
			fail_msg("row %zu: %s", i, err.message);
		if (!list)
			assert_int_equal(err.code, ERROR_FORMAT);
		for (size_t nr = 0; list && nr < list->nr; nr++)
			assert_int_equal(list->area[nr].state,
					 nr == 1 ? VMALLOC_UNPURGED : VMALLOC_UNOWNED);
		if (list)
			assert_int_equal(list->damages.nr, 0);
		open_close(kernel);
	}
}

/* The largest number of nodes that is accepted. All nodes are damaged. */
static void the_most_nodes(void **state)
{
	const struct vmalloc_list *list;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.9.0", "SYMBOL(vmap_nodes)=ffffffff80005020\n"
				 "SYMBOL(nr_vmap_nodes)=ffffffff80005028\n"
				 "SIZE(vmap_node)=64\n");
	put(NODES, IMAGE + 0x9000, 8);
	put(NR_NODES, 8192, 4);
	kernel = open_kernel(HAS_VM);
	list = list_of(kernel);
	assert_int_equal(list->nr, 0);
	assert_true(list->damages.nr > 8192);
	open_close(kernel);
}

/* Before 2.6.28, vm_structs are in a chain. */
static void areas_of_vmlist(void **state)
{
	const struct vmalloc_list *list;
	struct kernel *kernel;

	(void)state;
	memory_start_64("2.6.26", "SYMBOL(vmlist)=ffffffff80005038\n");
	put_vm(0, 8, 4, 2);
	put_vm(1, 16, 4, 1);
	put(VMLIST, IMAGE + vm_at(0), 8);
	put(vm_at(0), IMAGE + vm_at(1), 8);
	kernel = open_kernel(0);
	list = list_of(kernel);
	assert_int_equal(list->nr, 2);
	assert_int_equal(list->damages.nr, 0);
	assert_true(list->area[0].first == AREAS + 0x8000);
	assert_int_equal(list->area[0].flags, 2);
	assert_true(list->area[1].last == AREAS + 0x13fff);
	assert_int_equal(list->area[1].state, VMALLOC_OWNED);
	open_close(kernel);
}

/* If one of these members is missing, nothing is known. */
static void what_is_needed(void **state)
{
	static const unsigned int needed[] = { VM_ADDR, VMAP_START, VMAP_LIST };
	struct error err = { .message = "" };
	struct kernel *kernel;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct member *members;

		memory_start_64("6.1.0", LIST);
		link_areas(HEAD, 0, 0);
		kernel = open_kernel(HAS_VM);
		assert_non_null(vmalloc_areas(kernel, &err));
		open_close(kernel);
		kernel = open_kernel(HAS_VM);
		members = kernel_state(kernel, &state_members);
		members[needed[i]].known = false;
		assert_null(vmalloc_areas(kernel, &err));
		assert_int_equal(err.code, ERROR_UNKNOWN);
		open_close(kernel);
	}
	for (size_t i = 0; i < 3; i++) {
		static const unsigned int of_vmlist[] = { VM_ADDR, VM_NEXT };
		struct member *members;

		memory_start_64("2.6.26", "SYMBOL(vmlist)=ffffffff80005038\n");
		kernel = open_kernel(0);
		members = kernel_state(kernel, &state_members);
		if (i < 2)
			members[of_vmlist[i]].known = false;
		assert_int_equal(vmalloc_areas(kernel, &err) != NULL, i == 2);
		open_close(kernel);
	}
	memory_start_64("6.1.0", "");
	kernel = open_kernel(HAS_VM);
	assert_null(vmalloc_areas(kernel, &err));
	open_close(kernel);
	for (int way = 0; way < 4; way++) {
		struct member *members;

		memory_start_64("6.9.0", way == 2 ? VMAP_NODES : VMAP_NODES "SIZE(vmap_node)=64\n");
		put(NODES, IMAGE + 0x9000, 8);
		put(NR_NODES, 1, 4);
		link_areas(0x9010, 0, 0);
		link_areas(0x9030, 0, 0);
		kernel = open_kernel(HAS_VM);
		members = kernel_state(kernel, &state_members);
		if (way < 2)
			members[way ? VMAP_NODE_BUSY : VMAP_NODE_LAZY].known = false;
		assert_int_equal(vmalloc_areas(kernel, &err) != NULL, way == 3);
		open_close(kernel);
	}
}

/* --- all areas --- */

/* Areas are listed by address; overlapping areas are damage. */
static void areas_that_overlap(void **state)
{
	static const struct {
		uint64_t first;
		size_t damages;
	} rows[] = { { 8, 0 }, { 7, 1 }, { 4, 1 }, { 9, 0 }, { 0, 0 }, { 1, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;

		memory_start_64("6.1.0", LIST);
		put_area(0, 4, 4, -1);
		put_area(1, rows[i].first, 4, -1);
		link_areas(HEAD, 0, 2);
		kernel = open_kernel(HAS_VM);
		list = list_of(kernel);
		assert_int_equal(list->nr, 2);
		if (list->damages.nr != rows[i].damages)
			fail_msg("row %zu", i);
		assert_true(list->area[0].first <= list->area[1].first);
		if (rows[i].first == 7)
			assert_string_equal(
				list->damages.error[0].message,
				"the areas at ffffc90000004000 and ffffc90000007000 overlap");
		open_close(kernel);
	}
}

static void areas_by_address(void **state)
{
	static const struct {
		uint64_t at;
		int area; /* -1: no area */
	} rows[] = {
		{ 0x3fff, -1 }, { 0x4000, 0 },	{ 0x7fff, 0 },	{ 0x8000, -1 },
		{ 0xffff, -1 }, { 0x10000, 1 }, { 0x13fff, 1 }, { 0x14000, -1 },
	};
	const struct vmalloc_list *list;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0", LIST);
	put_area(0, 4, 4, -1);
	put_area(1, 16, 4, -1);
	link_areas(HEAD, 0, 2);
	kernel = open_kernel(HAS_VM);
	list = list_of(kernel);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (vmalloc_area_at(list, AREAS + rows[i].at) !=
		    (rows[i].area < 0 ? NULL : &list->area[rows[i].area]))
			fail_msg("%llx", (unsigned long long)rows[i].at);
	open_close(kernel);
}

/* The guard page is the last page of an area, and is not mapped. */
static void guard_pages(void **state)
{
	static const struct {
		struct vmalloc_area area;
		uint64_t used_last;
	} rows[] = {
		{ { .first = AREAS, .last = AREAS + 0x3fff }, AREAS + 0x2fff },
		{ { .first = AREAS, .last = AREAS + 0x1fff }, AREAS + 0xfff },
		{ { .first = AREAS, .last = AREAS + 0xfff }, AREAS + 0xfff },
		{ { .first = AREAS, .last = AREAS + 0x3fff, .flags = VMALLOC_NO_GUARD },
		  AREAS + 0x3fff },
		{ { .first = AREAS, .last = AREAS + 0x3fff, .flags = VMALLOC_ALLOC },
		  AREAS + 0x2fff },
		{ { .first = AREAS, .last = AREAS + 0x3fff, .state = VMALLOC_MAP_RAM },
		  AREAS + 0x3fff },
		{ { .first = IMAGE, .last = IMAGE + 0x3fff }, IMAGE + 0x3fff },
	};
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0", LIST);
	kernel = open_kernel(HAS_VM);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (vmalloc_area_used_last(kernel, &rows[i].area) != rows[i].used_last)
			fail_msg("row %zu", i);
	open_close(kernel);
}

/* --- work that is stopped --- */

/* Counts how often it is asked whether to stop. After the first `left` questions, the answer is
 * yes. */
struct asked {
	unsigned int nr, left;
};

static bool stop_at(void *arg)
{
	struct asked *asked = arg;

	return asked->nr++ >= asked->left;
}

/* Returns how often it is asked for a list with nr areas. */
static unsigned int nr_asked(unsigned int nr, unsigned int left, enum error_code expected)
{
	struct asked asked = { .left = left };
	struct listener listener = { .stop = stop_at, .arg = &asked };
	struct error err = { .code = ERROR_NONE };
	const struct vmalloc_list *list;
	struct kernel *kernel;

	memory_start_64("6.1.0", LIST);
	for (unsigned int i = 0; i < nr; i++)
		put_area(i, 16 * i, 4, -1);
	link_areas(HEAD, 0, nr);
	kernel = open_kernel(HAS_VM);
	kernel->listener = &listener;
	list = vmalloc_areas(kernel, &err);
	assert_int_equal(list != NULL, expected == ERROR_NONE);
	assert_int_equal(err.code, expected);
	kernel->listener = NULL;
	if (!list) /* the result of an incomplete search is not kept */
		assert_int_equal(list_of(kernel)->nr, nr);
	open_close(kernel);
	return asked.nr;
}

/* It is asked at each area. */
static void a_list_that_is_stopped(void **state)
{
	unsigned int before = nr_asked(255, UINT32_MAX, ERROR_NONE);

	(void)state;
	assert_int_equal(nr_asked(256, UINT32_MAX, ERROR_NONE), before + 1);
	assert_int_equal(nr_asked(257, UINT32_MAX, ERROR_NONE), before + 2);
	assert_int_equal(nr_asked(512, UINT32_MAX, ERROR_NONE), before + 257);
	nr_asked(256, before, ERROR_INTERRUPTED);
	nr_asked(512, before + 1, ERROR_INTERRUPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_that_are_damaged),
		cmocka_unit_test(a_list_with_a_damaged_head),
		cmocka_unit_test(chains_that_are_damaged),
		cmocka_unit_test(nodes_of_areas),
		cmocka_unit_test(the_most_nodes),
		cmocka_unit_test(areas_of_vmlist),
		cmocka_unit_test(what_is_needed),
		cmocka_unit_test(areas_that_overlap),
		cmocka_unit_test(areas_by_address),
		cmocka_unit_test(guard_pages),
		cmocka_unit_test(a_list_that_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
