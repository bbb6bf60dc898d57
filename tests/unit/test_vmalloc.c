/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas of vmalloc: the lists of each kernel, what is in them, and what of a damaged list
 * is still found. mm/vmalloc.c, include/linux/vmalloc.h; offsets are those written here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "linux/area_members.h"
#include "linux/vmalloc/vmalloc.h"
#include "kernel/kernel.h"
#include "memory.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

#define AREAS UINT64_C(0xffffc90000000000)

/* Heads of lists and pointers, structs vmap_area, and structs vm_struct. */
enum {
	HEAD = 0x5000,
	LAZY = 0x5010,
	NODES = 0x5020,
	NR_NODES = 0x5028,
	CHAIN = 0x5030,
	VMLIST = 0x5038
};
enum { VMAP = 0x6000, VMAP_STEP = 0x40, VM = 0x7000, VM_STEP = 0x40 };
enum { LINKS = 24, OWNER = 40, PURGE = 48, FLAGS = 56 };

#define VMAP_NODES "SYMBOL(vmap_nodes)=ffffffff80005020\nSYMBOL(nr_vmap_nodes)=ffffffff80005028\n"
#define LIST "SYMBOL(vmap_area_list)=ffffffff80005000\n"
#define LAZY_LIST "SYMBOL(purge_vmap_area_list)=ffffffff80005010\n"
#define LAZY_CHAIN "SYMBOL(vmap_purge_list)=ffffffff80005030\n"

/* Members of struct vmap_area that not all kernels have. */
enum {
	HAS_FLAGS = 1,
	HAS_VM = 2,
	HAS_SUBTREE = 4,
	HAS_PURGE = 8,
	HAS_CALLER = 16,
	SUBTREE_APART = 32
};

static struct kernel *open_kernel(unsigned int has)
{
	static const struct {
		unsigned int id;
		uint32_t offset, size;
		unsigned int needs;
	} layout[] = {
		{ VMAP_START, 0, 8, 0 },
		{ VMAP_END, 8, 8, 0 },
		{ VMAP_LIST, LINKS, 16, 0 },
		{ VMAP_VM, OWNER, 8, HAS_VM },
		{ VMAP_PRIVATE, OWNER, 8, 0 },
		{ VMAP_SUBTREE_MAX_SIZE, OWNER, 8, HAS_SUBTREE },
		{ VMAP_SUBTREE_MAX_SIZE, 16, 8, SUBTREE_APART },
		{ VMAP_PURGE_LIST, PURGE, 8, HAS_PURGE },
		{ VMAP_FLAGS, FLAGS, 8, HAS_FLAGS },
		{ VMAP_NODE_BUSY, 16, 16, 0 },
		{ VMAP_NODE_LAZY, 48, 16, 0 },
		{ VM_NEXT, 0, 8, 0 },
		{ VM_ADDR, 8, 8, 0 },
		{ VM_SIZE, 16, 8, 0 },
		{ VM_FLAGS, 24, 8, 0 },
		{ VM_PAGES, 32, 8, 0 },
		{ VM_NR_PAGES, 40, 4, 0 },
		{ VM_PHYS_ADDR, 48, 8, 0 },
		{ VM_CALLER, 56, 8, HAS_CALLER },
	};
	struct kernel *kernel = memory_open(NULL, NULL);
	struct member *members = kernel_state(kernel, &state_members);

	for (unsigned int id = 0; id < NR_MEMBERS; id++)
		members[id].tried = true;
	for (size_t i = 0; i < sizeof(layout) / sizeof(layout[0]); i++)
		if (!layout[i].needs || layout[i].needs & has)
			members[layout[i].id] = (struct member){
				true,
				true,
				layout[i].offset,
				layout[i].size,
			};
	return kernel;
}

/* --- what is put into memory --- */

static uint64_t vmap_at(unsigned int nr)
{
	return VMAP + nr * VMAP_STEP;
}

static uint64_t vm_at(unsigned int nr)
{
	return VM + nr * VM_STEP;
}

/* Pages from AREAS on, in hexadecimal thousands; owner: number of a vm_struct, or -1. */
static void put_area(unsigned int nr, uint64_t first_page, uint64_t pages, int owner)
{
	put(vmap_at(nr), AREAS + (first_page << 12), 8);
	put(vmap_at(nr) + 8, AREAS + ((first_page + pages) << 12), 8);
	put(vmap_at(nr) + OWNER, owner < 0 ? 0 : IMAGE + vm_at((unsigned int)owner), 8);
}

static void put_vm(unsigned int nr, uint64_t first_page, uint64_t pages, uint64_t flags)
{
	put(vm_at(nr) + 8, AREAS + (first_page << 12), 8);
	put(vm_at(nr) + 16, pages << 12, 8);
	put(vm_at(nr) + 24, flags, 8);
	put(vm_at(nr) + 32, IMAGE + 0x100 * nr, 8);
	put(vm_at(nr) + 40, 0x20 + nr, 4);
	put(vm_at(nr) + 48, 0xfeb00000 + (nr << 12), 8);
	put(vm_at(nr) + 56, IMAGE + 0x1234 + nr, 8);
}

/* A ring from the head through so many areas, the first of that number. */
static void link_areas(uint64_t head, unsigned int first, unsigned int nr)
{
	uint64_t before = head;

	for (unsigned int i = 0; i < nr; i++) {
		uint64_t links = vmap_at(first + i) + LINKS;

		put(before, IMAGE + links, 8);
		put(links + 8, IMAGE + before, 8);
		before = links;
	}
	put(before, IMAGE + head, 8);
	put(head + 8, IMAGE + before, 8);
}

static const struct vmalloc_list *list_of(struct kernel *kernel)
{
	struct error err = { .message = "" };
	const struct vmalloc_list *list = vmalloc_areas(kernel, &err);

	if (!list)
		fail_msg("%s", err.message);
	return list;
}

/* --- one area --- */

static void members_of_an_area(void **state)
{
	(void)state;
	for (int with_caller = 0; with_caller < 2; with_caller++) {
		const struct vmalloc_area *area;
		const struct vmalloc_list *list;
		struct kernel *kernel;

		memory_start_64("6.1.0", LIST);
		put_area(0, 4, 4, 3);
		put_vm(3, 4, 4, 0x2b);
		link_areas(HEAD, 0, 1);
		kernel = open_kernel(HAS_VM | (with_caller ? HAS_CALLER : 0));
		list = list_of(kernel);
		assert_int_equal(list->nr, 1);
		assert_int_equal(list->damages.nr, 0);
		area = list->area;
		assert_true(area->first == AREAS + 0x4000);
		assert_true(area->last == AREAS + 0x7fff);
		assert_int_equal(area->state, VMALLOC_OWNED);
		assert_int_equal(area->flags, 0x2b);
		assert_true(area->pages == IMAGE + 0x300);
		assert_int_equal(area->nr_pages, 0x23);
		assert_int_equal(area->physical, 0xfeb03000);
		assert_true(area->caller == (with_caller ? IMAGE + 0x1237 : 0));
		assert_ptr_equal(vmalloc_areas(kernel, NULL), list);
		open_close(kernel);
	}
}

/* A range of pages that is none ends the list there. */
static void ranges_of_areas(void **state)
{
	static const struct {
		uint64_t start, end;
		bool sane;
	} rows[] = {
		{ AREAS, AREAS + 0x1000, true },	  { AREAS, AREAS, false },
		{ AREAS + 0x1000, AREAS, false },	  { AREAS + 1, AREAS + 0x2000, false },
		{ AREAS + 0x800, AREAS + 0x2000, false }, { AREAS, AREAS + 0x1001, false },
		{ AREAS, AREAS + 0xfff, false },	  { AREAS, AREAS + 0x1800, false },
		{ 0, 0xfffffffffffff000, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;

		memory_start_64("6.1.0", LIST);
		put(vmap_at(0), rows[i].start, 8);
		put(vmap_at(0) + 8, rows[i].end, 8);
		link_areas(HEAD, 0, 1);
		kernel = open_kernel(HAS_VM);
		list = list_of(kernel);
		if (list->nr != rows[i].sane || list->damages.nr == rows[i].sane)
			fail_msg("row %zu", i);
		if (rows[i].sane) {
			assert_true(list->area->first == rows[i].start);
			assert_true(list->area->last == rows[i].end - 1);
		} else {
			assert_non_null(
				strstr(list->damages.error[0].message, "not a range of pages"));
		}
		open_close(kernel);
	}
}

/* The range of a vm_struct lies in that of its vmap_area, or is not believed. */
static void owners_with_other_ranges(void **state)
{
	static const struct {
		uint64_t first, pages;
		bool fits;
	} rows[] = {
		{ 4, 4, true },	 { 4, 3, true },  { 5, 3, true },  { 5, 1, true },  { 3, 5, false },
		{ 4, 5, false }, { 3, 2, false }, { 7, 2, false }, { 9, 1, false }, { 4, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;

		memory_start_64("6.1.0", LIST);
		put_area(0, 4, 4, 0);
		put_vm(0, rows[i].first, rows[i].pages, 2);
		link_areas(HEAD, 0, 1);
		kernel = open_kernel(HAS_VM);
		list = list_of(kernel);
		assert_int_equal(list->nr, 1);
		if (list->area->state != (rows[i].fits ? VMALLOC_OWNED : VMALLOC_UNOWNED) ||
		    list->damages.nr == rows[i].fits)
			fail_msg("row %zu", i);
		assert_true(list->area->first ==
			    AREAS + ((rows[i].fits ? rows[i].first : 4) << 12));
		assert_true(list->area->last ==
			    AREAS - 1 + ((rows[i].fits ? rows[i].first + rows[i].pages : 8) << 12));
		assert_int_equal(list->area->flags, rows[i].fits ? 2 : 0);
		open_close(kernel);
	}
}

/* A vm_struct, or an area, that is not in the dump. */
static void parts_that_are_missing(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;
		struct member *members;

		memory_start_64("6.1.0", LIST);
		put_area(0, 4, 4, 0);
		put_vm(0, 4, 4, 2);
		link_areas(HEAD, 0, 1);
		if (way == 0)
			put(vmap_at(0) + OWNER, IMAGE + 0x20000, 8);
		kernel = open_kernel(HAS_VM | HAS_FLAGS | HAS_SUBTREE | HAS_CALLER);
		members = kernel_state(kernel, &state_members);
		if (way == 1) /* lies behind what is there */
			members[VM_CALLER].offset = 0x20000;
		if (way == 2)
			members[VMAP_FLAGS].offset = 0x20000;
		if (way == 3)
			members[VM_FLAGS].offset = 0x20000;
		list = list_of(kernel);
		assert_int_equal(list->damages.nr, 1);
		assert_int_equal(list->nr, way != 2);
		if (way != 2)
			assert_int_equal(list->area->state, VMALLOC_UNOWNED);
		open_close(kernel);
	}
}

/* VM_NO_GUARD 4.0 (71394fe50146), VM_DMA_COHERENT 5.3 (fe9041c245196), VM_SPARSE 6.9
 * (e6f798225a31): a bit that a kernel does not have is none of these. */
static void flags_of_all_eras(void **state)
{
	static const struct {
		const char *release;
		uint32_t flags;
	} rows[] = {
		{ "3.19.0", 0x2f }, { "3.255.255", 0x2f }, { "4.0.0", 0x6f },	{ "5.2.255", 0x6f },
		{ "5.3.0", 0x7f },  { "6.8.255", 0x7f },   { "6.9.0", 0x107f },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;

		memory_start_64(rows[i].release, LIST);
		put_area(0, 4, 4, 0);
		put_vm(0, 4, 4, UINT64_MAX);
		link_areas(HEAD, 0, 1);
		kernel = open_kernel(HAS_VM);
		list = list_of(kernel);
		if (list->area->flags != rows[i].flags)
			fail_msg("%s: %x", rows[i].release, list->area->flags);
		open_close(kernel);
	}
}

/* --- what an area without a vm_struct is --- */

/* Until 5.3 VM_VM_AREA says that the pointer is one, VM_LAZY_FREE(ING) that the area was
 * freed; since 6.3 VMAP_RAM that it is vm_map_ram()'s. Between there are no flags. */
static void states_by_flags(void **state)
{
	enum {
		OLD = HAS_VM | HAS_FLAGS,
		RAM = OLD | HAS_SUBTREE,
		APART = OLD | SUBTREE_APART,
		PRIVATE = HAS_FLAGS
	};
	static const struct {
		unsigned int has;
		uint64_t flags;
		bool owner;
		enum vmalloc_state state;
	} rows[] = {
		{ HAS_VM, 0, true, VMALLOC_OWNED },    { HAS_VM, 0, false, VMALLOC_MAP_RAM },
		{ HAS_VM, 3, false, VMALLOC_MAP_RAM }, { OLD, 4, true, VMALLOC_OWNED },
		{ OLD, 0, true, VMALLOC_MAP_RAM },     { OLD, 1, true, VMALLOC_UNPURGED },
		{ OLD, 2, true, VMALLOC_UNPURGED },    { OLD, 3, false, VMALLOC_UNPURGED },
		{ OLD, 8, true, VMALLOC_MAP_RAM },     { OLD, 5, true, VMALLOC_OWNED },
		{ APART, 0, true, VMALLOC_MAP_RAM },   { APART, 4, true, VMALLOC_OWNED },
		{ PRIVATE, 4, true, VMALLOC_OWNED },   { PRIVATE, 1, true, VMALLOC_UNPURGED },
		{ RAM, 0, true, VMALLOC_OWNED },       { RAM, 1, false, VMALLOC_MAP_RAM },
		{ RAM, 2, false, VMALLOC_UNOWNED },    { RAM, 0, false, VMALLOC_UNOWNED },
		{ RAM, 3, false, VMALLOC_MAP_RAM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;

		memory_start_64("6.1.0", LIST);
		put_area(0, 4, 4, rows[i].owner ? 0 : -1);
		put(vmap_at(0) + FLAGS, rows[i].flags, 8);
		put_vm(0, 4, 4, 2);
		link_areas(HEAD, 0, 1);
		kernel = open_kernel(rows[i].has);
		list = list_of(kernel);
		assert_int_equal(list->nr, 1);
		if (list->area->state != rows[i].state || list->damages.nr)
			fail_msg("row %zu: %d", i, list->area->state);
		open_close(kernel);
	}
}

/* The list of all, and what waits to be purged: in the list with flags or by the chain, on
 * the chain alone, or in a list of its own. */
static void areas_that_wait_to_be_purged(void **state)
{
	enum { OLD = HAS_VM | HAS_FLAGS, RAM = OLD | HAS_SUBTREE };
	static const struct {
		unsigned int has;
		bool chain, list; /* symbols that there are */
		/* areas 0 and 1 are in the list; 1 and 2 on the chain; 3 in the other list */
		size_t nr;
		enum vmalloc_state states[4];
	} rows[] = {
		{ OLD | HAS_PURGE, true, false, 2, { VMALLOC_MAP_RAM, VMALLOC_UNPURGED } },
		{ OLD, true, false, 2, { VMALLOC_MAP_RAM, VMALLOC_MAP_RAM } },
		{ OLD | HAS_PURGE, false, false, 2, { VMALLOC_MAP_RAM, VMALLOC_MAP_RAM } },
		{ HAS_VM | HAS_PURGE,
		  true,
		  false,
		  3,
		  { VMALLOC_MAP_RAM, VMALLOC_MAP_RAM, VMALLOC_UNPURGED } },
		{ HAS_VM, true, false, 2, { VMALLOC_MAP_RAM, VMALLOC_MAP_RAM } },
		{ HAS_VM | HAS_PURGE,
		  true,
		  true,
		  3,
		  { VMALLOC_MAP_RAM, VMALLOC_MAP_RAM, VMALLOC_UNPURGED } },
		{ HAS_VM, false, true, 3, { VMALLOC_MAP_RAM, VMALLOC_MAP_RAM, VMALLOC_UNPURGED } },
		{ RAM | HAS_PURGE, true, false, 2, { VMALLOC_UNOWNED, VMALLOC_UNOWNED } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool old = (rows[i].has & RAM) == OLD;
		const struct vmalloc_list *list;
		struct kernel *kernel;
		char note[256];

		snprintf(note, sizeof(note), LIST "%s%s", rows[i].chain ? LAZY_CHAIN : "",
			 rows[i].list ? LAZY_LIST : "");
		memory_start_64("5.0.0", note);
		for (unsigned int nr = 0; nr < 4; nr++)
			put_area(nr, 16 * nr, 4, 0);
		for (unsigned int nr = 0; nr < 2; nr++)
			put_area(nr, 16 * nr, 4, -1);
		link_areas(HEAD, 0, 2);
		link_areas(LAZY, 3, 1);
		/* what is in the list of all, too, or is not */
		put(CHAIN, IMAGE + vmap_at(old ? 1 : 2) + PURGE, 8);
		kernel = open_kernel(rows[i].has);
		list = list_of(kernel);
		if (list->nr != rows[i].nr || list->damages.nr)
			fail_msg("row %zu: %zu areas, %s", i, list->nr,
				 list->damages.error[0].message);
		for (size_t nr = 0; nr < list->nr; nr++)
			if (list->area[nr].state != rows[i].states[nr])
				fail_msg("row %zu: %zu is %d", i, nr, list->area[nr].state);
		if (list->nr == 3)
			assert_true(list->area[2].first ==
				    AREAS + (rows[i].list ? 0x30000 : 0x20000));
		open_close(kernel);
	}
}

/* --- lists --- */

/* Five areas. The entry of that number has a pointer that leads elsewhere: what can be met
 * forwards or backwards is found, each once, and the damage told. */
static void lists_that_are_damaged(void **state)
{
	enum { NR = 5 };
	static const struct {
		unsigned int entry;
		bool back;
		uint64_t value; /* 0: nowhere; 1: of itself; else an address */
		unsigned int other; /* whose back pointer leads nowhere; 0: none */
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
		/* skips one, which points back to what is skipped */
		{ 1, false, IMAGE + VMAP + 3 * VMAP_STEP + LINKS, 0, 5, 1 },
		/* cut twice: what lies between is lost */
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

/* What can be walked forwards to its end is whole, whatever its head says of the other way. */
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
}

/* A chain that ends with 0, or leads back, or out of memory. */
static void chains_that_are_damaged(void **state)
{
	static const struct {
		uint64_t next; /* of the second */
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

/* Since 6.9 (72210662c5a2): structs vmap_node, with a list of both kinds in each. */
static void nodes_of_areas(void **state)
{
	static const struct {
		uint64_t nr;
		size_t found; /* 0: refused */
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
		put(NR_NODES + 4, 1, 4); /* another variable */
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

/* As many nodes as can be believed, all of which are damaged. */
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

/* Before 2.6.28 vm_structs hang on a chain. */
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

/* Without one of these nothing is known. */
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

/* --- all together --- */

/* Areas are told by address; those that overlap are damage. */
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
		int area; /* -1: none */
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

/* The guard page is the last, which nothing is mapped at. */
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

/* Counts the questions whether to stop; those behind the first `left` are answered by yes. */
struct asked {
	unsigned int nr, left;
};

static bool stop_at(void *arg)
{
	struct asked *asked = arg;

	return asked->nr++ >= asked->left;
}

/* How often was it asked in a list of so many? */
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
	if (!list) /* nothing is kept of what was not found to its end */
		assert_int_equal(list_of(kernel)->nr, nr);
	open_close(kernel);
	return asked.nr;
}

/* At each area. */
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
		cmocka_unit_test(members_of_an_area),
		cmocka_unit_test(ranges_of_areas),
		cmocka_unit_test(owners_with_other_ranges),
		cmocka_unit_test(parts_that_are_missing),
		cmocka_unit_test(flags_of_all_eras),
		cmocka_unit_test(states_by_flags),
		cmocka_unit_test(areas_that_wait_to_be_purged),
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
