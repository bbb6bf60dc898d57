/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas of vmalloc: the members of one area, and areas without an owner. */
#include "linux/area_members.h"
#include "linux/vmalloc.h"
#include "kernel/kernel.h"
#include "made_vmalloc.h"
#include "memory.h"

#include "unit.h"

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
		put_vm(3, 4, 4, 0x29);
		link_areas(HEAD, 0, 1);
		kernel = open_kernel(HAS_VM | (with_caller ? HAS_CALLER : 0));
		list = list_of(kernel);
		assert_int_equal(list->nr, 1);
		assert_int_equal(list->damages.nr, 0);
		area = list->area;
		assert_true(area->first == AREAS + 0x4000);
		assert_true(area->last == AREAS + 0x7fff);
		assert_int_equal(area->state, VMALLOC_OWNED);
		assert_int_equal(area->flags, 0x29);
		assert_true(area->pages == IMAGE + 0x300);
		assert_int_equal(area->nr_pages, 3);
		assert_int_equal(area->physical, 0xfeb03000);
		assert_true(area->caller == (with_caller ? IMAGE + 0x1237 : 0));
		assert_ptr_equal(vmalloc_areas(kernel, NULL), list);
		open_close(kernel);
	}
}

/* Words of a vm_struct that contradict each other are damage, and are shown. */
static void contradictions(void **state)
{
	static const struct {
		uint64_t flags, offset, value;
		bool fits;
	} rows[] = {
		{ 0x2, 40, 3, true },	 { 0x2, 40, 2, false },	      { 0x2, 40, 4, false },
		{ 0x22, 40, 2, true },	 { 0x22, 40, 5, false },      { 0x42, 40, 4, true },
		{ 0x4, 40, 2, true },	 { 0x4, 40, 5, false },	      { 0x2, 32, 0, false },
		{ 0x1, 48, 0, true },	 { 0x2, 48, 0x80000, false }, { 0x2, 24, 0x3, false },
		{ 0x2, 24, 0x6, false }, { 0x4, 48, 0x80000, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;

		memory_start_64("6.1.0", LIST);
		put_area(0, 4, 4, 3);
		put_vm(3, 4, 4, rows[i].flags);
		put(vm_at(3) + rows[i].offset, rows[i].value, rows[i].offset == 40 ? 4 : 8);
		link_areas(HEAD, 0, 1);
		kernel = open_kernel(HAS_VM);
		list = list_of(kernel);
		assert_int_equal(list->nr, 1);
		assert_int_equal(list->area->state, VMALLOC_OWNED);
		if (list->damages.nr == rows[i].fits)
			fail_msg("row %zu", i);
		open_close(kernel);
	}
}

/* If the range of an area is impossible, the list ends there. */
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

/* The range of a vm_struct must be in the range of its vmap_area, otherwise it is not used. */
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

/* A vm_struct, or an area, is not in the dump. A pointer to an address that is not mapped is
 * damaged. */
static void parts_that_are_missing(void **state)
{
	(void)state;
	for (int way = 0; way < 5; way++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;
		struct member *members;

		memory_start_64("6.1.0", LIST);
		put_area(0, 4, 4, 0);
		put_vm(0, 4, 4, 2);
		link_areas(HEAD, 0, 1);
		if (way == 0)
			put(vmap_at(0) + OWNER, IMAGE + 0x20000, 8);
		if (way == 4)
			put(vmap_at(0) + OWNER, IMAGE + 0x20000000, 8);
		kernel = open_kernel(HAS_VM | HAS_FLAGS | HAS_SUBTREE | HAS_CALLER);
		members = kernel_state(kernel, &state_members);
		if (way == 1) /* is after the end of memory */
			members[VM_CALLER].offset = 0x20000;
		if (way == 2)
			members[VMAP_FLAGS].offset = 0x20000;
		if (way == 3)
			members[VM_FLAGS].offset = 0x20000;
		list = list_of(kernel);
		assert_int_equal(list->damages.nr, 1);
		assert_int_equal(list->damages.error[0].code,
				 way == 4 ? ERROR_FORMAT : ERROR_UNREADABLE);
		assert_int_equal(list->nr, way != 2);
		if (way != 2)
			assert_int_equal(list->area->state, VMALLOC_UNOWNED);
		open_close(kernel);
	}
}

/* VM_NO_GUARD 4.0 (71394fe50146), VM_DMA_COHERENT 5.3 (fe9041c245196), VM_SPARSE 6.9
 * (e6f798225a31). A bit that a kernel does not define has no meaning. */
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

/* --- areas without a vm_struct --- */

/* Until 5.3, VM_VM_AREA means that the pointer is a vm_struct, and VM_LAZY_FREE(ING) that the area
 * was freed. Since 6.3, VMAP_RAM means that vm_map_ram() made the area. Between these releases
 * there are no flags. */
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

/* The list of all areas, and areas that wait to be purged. These are either in the same list and
 * marked by flags or by the chain, or they are only in the chain, or in a separate list. */
static void areas_that_wait_to_be_purged(void **state)
{
	enum { OLD = HAS_VM | HAS_FLAGS, RAM = OLD | HAS_SUBTREE };
	static const struct {
		unsigned int has;
		bool chain, list; /* symbols that exist */
		/* areas 0 and 1 are in the list, 1 and 2 in the chain, and 3 in the other list */
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
		/* an area that is also in the list of all areas, or is not */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_an_area),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(ranges_of_areas),
		cmocka_unit_test(owners_with_other_ranges),
		cmocka_unit_test(parts_that_are_missing),
		cmocka_unit_test(flags_of_all_eras),
		cmocka_unit_test(states_by_flags),
		cmocka_unit_test(areas_that_wait_to_be_purged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
