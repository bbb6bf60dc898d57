/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cpu entry area: its parts follow from its types. */
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

/* --- the cpu entry area --- */

#define AREA UINT64_C(0xfffffe0000000000)

/* An entry stack of 64 words in its page (4.14 to 4.19), under both of its names. */
static void a_short_entry_stack(void **state)
{
	static const struct part words[] = { { "words", 512, 0 }, { NULL, 0, 0 } };
	static const char *const names[] = { "entry_stack", "SYSENTER_stack" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct part area[] = { { i ? "SYSENTER_stack_page" : "entry_stack_page", 0x1000,
					 0 },
				       { "guard_entry_stack", 0x1000, 0 },
				       { NULL, 0, 0 } };
		struct cpu_entry_place place;
		const struct region *region;
		struct kernel *kernel;

		start_64("4.14.67");
		add_struct("cpu_entry_area", area);
		add_struct(names[i], words);
		linked_add(&linked, "__cpu_possible_mask", IMAGE + 0x7000, 8);
		put(0x7000, 1, 8);
		kernel = open_kernel("page_offset=ffff888000000000");
		region = region_of(kernel, AREA, NULL);
		assert_non_null(region);
		for (uint64_t at = 0x1000; at < 0x3000; at += 8) {
			assert_true(arch_x86_64.cpu_entry_at(kernel, region, AREA + at, &place));
			if (at >= 0x1200 && at < 0x2000) {
				assert_int_equal(place.stack.kind, STACK_NONE);
				continue;
			}
			assert_int_equal(place.stack.kind, STACK_ENTRY);
			assert_true(place.stack.guard == (at >= 0x2000));
			assert_true(place.stack.last == AREA + (at < 0x2000 ? 0x11ff : 0x2fff));
		}
		open_close(kernel);
	}
}

/* Two CPUs of the numbers 0 to 3, with 5000 bytes each, after the page of the IDT. */
static void parts_of_the_cpu_entry_area(void **state)
{
	static const struct part area[] = {
		{ "gdt", 0x1000, 0 },	  { "entry_stack_page", 0x1000, 0 }, { "tss", 0x1000, 0 },
		{ "unknown", 0x1000, 0 }, { "exception_stacks", 0x1000, 0 }, { NULL, 0, 0 }
	};
	static const struct {
		uint64_t offset;
		bool found, has_cpu;
		unsigned int cpu;
		const char *member;
		enum stack_kind stack;
	} rows[] = {
		{ 0, true, false, 0, "idt", STACK_NONE },
		{ 0xfff, true, false, 0, "idt", STACK_NONE },
		{ 0x1000, true, true, 0, "gdt", STACK_NONE },
		{ 0x1fff, true, true, 0, "gdt", STACK_NONE },
		{ 0x2000, true, true, 0, "entry_stack_page", STACK_ENTRY },
		{ 0x3000, true, true, 0, "tss", STACK_NONE },
		{ 0x4000, false, false, 0, NULL, STACK_NONE },
		{ 0x5000, true, true, 0, "exception_stacks", STACK_EXCEPTION },
		{ 0x6000, false, false, 0, NULL, STACK_NONE }, /* CPU 1 */
		{ 0x10000, true, true, 3, "gdt", STACK_NONE },
		{ 0x14fff, true, true, 3, "exception_stacks", STACK_EXCEPTION },
		{ 0x15000, false, false, 0, NULL, STACK_NONE },
	};

	(void)state;
	for (int random = 0; random < 2; random++) {
		const struct region *region;
		struct kernel *kernel;

		start_64("6.1.0");
		add_struct("cpu_entry_area", area);
		linked_add(&linked, "__per_cpu_offset", IMAGE + 0x6000, 32);
		linked_add(&linked, "__cpu_possible_mask", IMAGE + 0x7000, 8);
		if (random)
			linked_add(&linked, "_cea_offset", 0x10, 4);
		put(0x7000, 9, 8);
		/* since 6.2, the order of these numbers is different */
		put(0x6000, IMAGE + 0x8000, 8);
		put(0x6018, IMAGE + 0x9000, 8);
		put(0x8010, 3, 8);
		put(0x9010, 0, 8);
		kernel = open_kernel("page_offset=ffff888000000000");
		region = region_of(kernel, AREA, NULL);
		assert_non_null(region);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			uint64_t vaddr = AREA + rows[i].offset;
			struct cpu_entry_place place;

			if (arch_x86_64.cpu_entry_at(kernel, region, vaddr, &place) !=
			    rows[i].found)
				fail_msg("%llx", (unsigned long long)vaddr);
			if (!rows[i].found)
				continue;
			assert_string_equal(place.member, rows[i].member);
			assert_int_equal(place.has_cpu, rows[i].has_cpu);
			assert_true(place.first == (vaddr & -UINT64_C(4096)));
			assert_true(place.last == (vaddr | 4095));
			if (rows[i].has_cpu)
				assert_int_equal(place.cpu, random ? 3 - rows[i].cpu : rows[i].cpu);
			assert_int_equal(place.stack.kind, rows[i].stack);
		}
		open_close(kernel);
	}
}

/* The names of masks: __cpu_..._mask since 4.5, cpu_..._bits since 2.6.29, and before that
 * cpu_..._map. */
static void masks_of_cpus_by_their_names(void **state)
{
	static const char *const names[][2] = {
		{ "__cpu_possible_mask", "__cpu_present_mask" },
		{ "cpu_possible_bits", "cpu_present_bits" },
		{ "cpu_possible_map", "cpu_present_map" },
		{ "cpu_possible", "cpu_present" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct cpu_set cpus;
		struct kernel *kernel;

		start_64("6.1.0");
		linked_add(&linked, "__per_cpu_offset", IMAGE + 0x6000, 32);
		linked_add(&linked, names[i][0], IMAGE + 0x7000, 8);
		linked_add(&linked, names[i][1], IMAGE + 0x7008, 8);
		put(0x7000, 5, 8);
		put(0x7008, 4, 8);
		kernel = open_kernel("page_offset=ffff888000000000");
		assert_int_equal(kernel_possible_cpus(kernel, &cpus, NULL), i < 3);
		if (i < 3)
			assert_true(cpus.nr == 64 && cpus.mask[0] == 5);
		assert_int_equal(kernel_present_cpus(kernel, &cpus, NULL), i < 3);
		if (i < 3)
			assert_true(cpus.nr == 64 && cpus.mask[0] == 4);
		open_close(kernel);
	}
}

/* A damaged number of a CPU: so many parts of 5000 bytes are five times 2^64 bytes, so the part
 * would begin at the same address as the first part. */
static void a_part_beyond_the_cpu_entry_area(void **state)
{
	static const struct part area[] = { { "gdt", 0x5000, 0 }, { NULL, 0, 0 } };
	static const struct {
		uint64_t number;
		bool found;
	} rows[] = { { 0, true }, { UINT64_C(1) << 52, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct region *region;
		struct cpu_entry_place place;
		struct kernel *kernel;

		start_64("6.1.0");
		add_struct("cpu_entry_area", area);
		linked_add(&linked, "__per_cpu_offset", IMAGE + 0x6000, 32);
		linked_add(&linked, "__cpu_possible_mask", IMAGE + 0x7000, 8);
		linked_add(&linked, "_cea_offset", 0x10, 4);
		put(0x7000, 1, 8);
		put(0x6000, IMAGE + 0x8000, 8);
		put(0x8010, rows[i].number, 8);
		kernel = open_kernel("page_offset=ffff888000000000");
		region = region_of(kernel, AREA, NULL);
		assert_non_null(region);
		assert_int_equal(arch_x86_64.cpu_entry_at(kernel, region, AREA + 0x1000, &place),
				 rows[i].found);
		open_close(kernel);
	}
}

/* struct cea_exception_stacks exists since 5.2 (7623f37e411156e6). */
static void exception_stacks(void **state)
{
	static const struct part stacks[] = {
		{ "DF_stack_guard", 0x1000, 0 },  { "DF_stack", 0x2000, 0 },
		{ "NMI_stack_guard", 0x1000, 0 }, { "NMI_stack", 0x2000, 0 },
		{ "VC2_stack_guard", 0x1000, 0 }, { "VC2_stack", 0x2000, 0 },
		{ "IST_top_guard", 0x1000, 0 },	  { NULL, 0, 0 },
	};
	static const struct {
		uint64_t offset;
		enum stack_kind kind;
		const char *exception;
		bool guard;
		uint64_t first, size;
	} rows[] = {
		{ 0x1000, STACK_NONE, NULL, false, 0, 0 },
		{ 0x2000, STACK_ENTRY, NULL, false, 0x2000, 0x1000 },
		{ 0x3000, STACK_ENTRY, NULL, true, 0x3000, 0x1000 },
		{ 0x4000, STACK_ENTRY, NULL, false, 0x4000, 0x1000 },
		{ 0x5000, STACK_EXCEPTION, "DF", false, 0x5000, 0x1000 },
		{ 0x6000, STACK_EXCEPTION, "DF", true, 0x6000, 0x1000 },
		{ 0x7008, STACK_EXCEPTION, "DF", false, 0x7000, 0x2000 },
		{ 0x9000, STACK_EXCEPTION, "NMI", true, 0x9000, 0x1000 },
		{ 0xbfff, STACK_EXCEPTION, "NMI", false, 0xa000, 0x2000 },
		{ 0xd000, STACK_EXCEPTION, "VC2", false, 0xd000, 0x2000 },
		{ 0xf000, STACK_NONE, NULL, false, 0, 0 },
	};
	const struct region *region;
	struct kernel *kernel;

	(void)state;
	start_64("6.1.0");
	{
		const struct part area[] = {
			{ "gdt", 0x1000, 0 },
			{ "SYSENTER_stack_page", 0x1000, 0 },
			{ "guard_entry_stack", 0x1000, 0 },
			{ "entry_stack_page", 0x1000, 0 },
			{ "doublefault_stack", 0x1000, 0 },
			{ "estacks", 0xa000, add_struct("cea_exception_stacks", stacks) },
			{ NULL, 0, 0 },
		};

		add_struct("cpu_entry_area", area);
	}
	kernel = open_kernel("page_offset=ffff888000000000");
	region = region_of(kernel, AREA, NULL);
	assert_non_null(region);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cpu_entry_place place;

		assert_true(
			arch_x86_64.cpu_entry_at(kernel, region, AREA + rows[i].offset, &place));
		assert_int_equal(place.stack.kind, rows[i].kind);
		if (!rows[i].kind)
			continue;
		assert_int_equal(!place.stack.exception, !rows[i].exception);
		if (rows[i].exception)
			assert_string_equal(place.stack.exception, rows[i].exception);
		assert_int_equal(place.stack.guard, rows[i].guard);
		assert_true(place.stack.last - place.stack.first + 1 == rows[i].size);
		assert_true(place.first == AREA + rows[i].first);
	}
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exception_stacks),
		cmocka_unit_test(a_short_entry_stack),
		cmocka_unit_test(parts_of_the_cpu_entry_area),
		cmocka_unit_test(masks_of_cpus_by_their_names),
		cmocka_unit_test(a_part_beyond_the_cpu_entry_area),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
