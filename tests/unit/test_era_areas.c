/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mappings and areas of vmalloc: results that depend on both symbols and releases. */
#include "linux/module/slots.h"
#include "linux/vmalloc.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/area_members.h"
#include "open/archs.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"
#include "made_eras.h"
#include "memory.h"
#include "placed.h"

#include "unit.h"

/* --- pages that processes may read --- */

/* Slots of VVAR_PAGE and VSYSCALL_HPET, which existed until 3.14 (removed by f40c330091c7). */
static void the_time_in_the_fixmap(void **state)
{
	static const struct {
		const char *release;
		uint64_t vaddr;
		bool may;
	} rows[] = {
		{ "3.14.79", 0xffffffffff5fe000, true },
		{ "3.14.79", 0xffffffffff5fdfff, false },
		{ "3.14.79", 0xffffffffff5fffff, true },
		{ "3.14.79", 0xffffffffff600000, false },
		{ "3.15.0", 0xffffffffff5fe000, false },
		{ "", 0xffffffffff5fe000, true }, /* the release may be an old one */
		{ "", 0xffffffffff600000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixmap_slot slot;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, "");
		kernel = memory_open(NULL, NULL);
		/* without types, no slot has a name */
		assert_false(arch_x86_64.fixmap_slot(kernel, rows[i].vaddr, &slot));
		if (arch_x86_64.users_may_read(kernel, rows[i].vaddr) != rows[i].may)
			fail_msg("row %zu", i);
		open_close(kernel);
	}
}

/* --- mappings --- */

/* d7824370e263 (2.6.36, 2.6.32.20) to 1be7107fbe18 (4.12) */
static void guard_pages_of_stacks(void **state)
{
	static const struct {
		const char *release, *symbols;
		bool guarded;
	} rows[] = {
		{ "2.6.31.14", "", false },
		{ "2.6.32", "", true },
		{ "2.6.32-5-amd64", "", true },
		{ "2.6.32.19", "", false },
		{ "2.6.32.20", "", true },
		{ "2.6.33.7", "", false },
		{ "2.6.35", "", false },
		{ "2.6.36", "", true },
		{ "4.11.12", "", true },
		{ "4.12.0", "", false },
		{ "4.11.12", "stack_guard_gap", false },
		{ "4.11.12", NULL, false },
		{ "", "", false },
	};
	struct vma vmas[3] = {
		{ .first = 0x10000, .last = 0x12fff, .flags = VMA_GROWSDOWN },
		{ .first = 0x13000, .last = 0x15fff, .flags = VMA_GROWSDOWN },
		{ .first = 0x17000, .last = 0x17fff, .flags = VMA_GROWSDOWN },
	};
	struct vma_list list = { .vma = vmas, .nr = 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t page = rows[i].guarded ? 0x1000 : 0;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, OFFSET_0);
		kernel = memory_open(vmlinux_with(rows[i].symbols), NULL);
		if (vma_shown_start(kernel, &list, vmas) != 0x10000 + page)
			fail_msg("%s", rows[i].release);
		/* the upper part of a stack that was split, and a single page */
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x13000);
		assert_true(vma_shown_start(kernel, &list, vmas + 2) == 0x17000);
		vmas[1].flags = 0;
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x13000);
		vmas[1].flags = VMA_GROWSDOWN;
		vmas[0].flags = 0; /* the mapping below does not belong to the stack */
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x13000 + page);
		vmas[1].flags = 0;
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x13000);
		vmas[0].flags = vmas[1].flags = VMA_GROWSDOWN;
		vmas[1].first = 0x14000; /* a hole is below the stack */
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x14000 + page);
		vmas[1].first = 0x13000;
		open_close(kernel);
	}
}

/* vma_is_initial_heap() since 6.6 (11250fd12eb8), and is_heap() of fs/proc before. */
static void heaps(void **state)
{
	static const struct {
		const char *release;
		uint64_t first, last;
		bool heap;
	} rows[] = {
		/* the heap is from 20000 to 23000 */
		{ "6.5.0", 0x10000, 0x1ffff, true },  { "6.6.0", 0x10000, 0x1ffff, false },
		{ "", 0x10000, 0x1ffff, false },      { "6.5.0", 0x10000, 0x1efff, false },
		{ "6.5.0", 0x23000, 0x23fff, true },  { "6.6.0", 0x23000, 0x23fff, false },
		{ "6.5.0", 0x24000, 0x24fff, false }, { "6.6.0", 0x10000, 0x20fff, true },
		{ "6.6.0", 0x22000, 0x23fff, true },  { "6.6.0", 0x20000, 0x22fff, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vma vma = { .first = rows[i].first, .last = rows[i].last };
		char name[VMA_NAME_MAX];
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, "");
		put(0x5000, 0x20000, 8);
		put(0x5008, 0x23000, 8);
		put(0x5010, 0x7fff0000, 8);
		kernel = memory_open(NULL, NULL);
		placed_set(kernel, MM_START_BRK, 0, 8);
		placed_set(kernel, MM_BRK, 8, 8);
		placed_set(kernel, MM_START_STACK, 16, 8);
		assert_true(vma_name_of(kernel, IMAGE + 0x5000, &vma, name, NULL));
		if (strcmp(name, rows[i].heap ? "[heap]" : ""))
			fail_msg("row %zu, %s: %s", i, rows[i].release, name);
		open_close(kernel);
	}
}

/* --- flags of areas --- */

/* VM_NO_GUARD 71394fe50146 (4.0), VM_DMA_COHERENT fe9041c245196 (5.3), VM_SPARSE
 * e6f798225a31 (6.9). */
static void flags_of_areas(void **state)
{
	static const struct {
		const char *release;
		uint32_t flags;
	} rows[] = {
		{ "", 0x2f },	   { "3.19.8", 0x2f }, { "4.0.0", 0x6f },   { "5.2.21", 0x6f },
		{ "5.3.0", 0x7f }, { "6.8.12", 0x7f }, { "6.9.0", 0x107f },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vmalloc_list *list;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, "SYMBOL(vmlist)=ffffffff80005000\n");
		put(0x5000, IMAGE + 0x5010, 8);
		put(0x5018, 0xffffc90000000000, 8);
		put(0x5020, 0x2000, 8);
		put(0x5028, 0xffffffff, 8);
		kernel = memory_open(NULL, NULL);
		placed_set(kernel, VM_NEXT, 0, 8);
		placed_set(kernel, VM_ADDR, 8, 8);
		placed_set(kernel, VM_SIZE, 16, 8);
		placed_set(kernel, VM_FLAGS, 24, 8);
		placed_set(kernel, VM_PAGES, 32, 8);
		placed_set(kernel, VM_NR_PAGES, 40, 4);
		placed_set(kernel, VM_PHYS_ADDR, 48, 8);
		list = vmalloc_areas(kernel, NULL);
		assert_non_null(list);
		assert_int_equal(list->nr, 1);
		if (list->area[0].flags != rows[i].flags)
			fail_msg("%s: %x", rows[i].release, list->area[0].flags);
		open_close(kernel);
	}
}

/* The last page of an area is a guard page if the area may have one and if the page is not
 * mapped. */
static void guards_of_areas(void **state)
{
	static const struct {
		enum vmalloc_state state;
		uint32_t flags;
		uint64_t pages;
		bool guarded;
	} rows[] = {
		{ VMALLOC_OWNED, 0, 2, true },
		{ VMALLOC_OWNED, VMALLOC_NO_GUARD, 2, false },
		{ VMALLOC_OWNED, VMALLOC_MAP, 2, true },
		{ VMALLOC_OWNED, 0, 1, false },
		{ VMALLOC_MAP_RAM, 0, 2, false },
		{ VMALLOC_UNPURGED, 0, 2, false },
	};
	struct kernel *kernel;

	(void)state;
	start_x86_64("6.1.0", 4, "");
	kernel = memory_open(NULL, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vmalloc_area area = {
			.first = 0xffffc90000000000,
			.last = 0xffffc90000000000 + rows[i].pages * 4096 - 1,
			.state = rows[i].state,
			.flags = rows[i].flags,
		};
		uint64_t guard = rows[i].guarded ? 4096 : 0;

		assert_true(vmalloc_area_used_last(kernel, &area) == area.last - guard);
		/* the area is mapped up to its end */
		area.last = area.last - area.first + IMAGE;
		area.first = IMAGE;
		assert_true(vmalloc_area_used_last(kernel, &area) == area.last);
	}
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_time_in_the_fixmap),
		cmocka_unit_test(guard_pages_of_stacks),
		cmocka_unit_test(heaps),
		cmocka_unit_test(flags_of_areas),
		cmocka_unit_test(guards_of_areas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
