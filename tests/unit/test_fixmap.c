/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results that follow from types of the fixmap: slots, first and last address, slots of kmap. */
#include "linux/module/modules.h"
#include "linux/resource.h"
#include "linux/module/slots.h"
#include "linux/page/page_info.h"
#include "kernel/arch.h"
#include "linux/area_members.h"
#include "kernel/percpu.h"
#include "open/archs.h"
#include "made_types.h"
#include "regions_check.h"

#ifdef HAVE_LIBBPF

/* --- the fixmap --- */

/* Some of the slots in arch/x86/include/asm/fixmap.h of 6.1, in descending order of addresses. A
 * slot without a name belongs to the slot before it. */
static const struct slot slots_64[] = {
	{ "VSYSCALL_PAGE", 511 },
	{ "FIX_DBGP_BASE", 512 },
	{ "FIX_APIC_BASE", 514 },
	{ "FIX_TEXT_POKE0", 550 },
	{ "__end_of_pokes", 550 },
	{ "__end_of_permanent_fixed_addresses", 600 },
	{ "FIX_BTMAP_END", 600 },
	{ "FIX_BTMAP_BEGIN", 1023 },
	{ "__end_of_fixed_addresses", 1024 },
	{ NULL, 0 },
};

#define TOP UINT64_C(0xffffffffff7ff000)

static void slots_of_x86_64(void **state)
{
	static const struct {
		uint64_t index, offset;
		const char *name;
		bool there;
	} rows[] = {
		{ 511, 0, "VSYSCALL_PAGE", true },
		{ 512, 0, "FIX_DBGP_BASE", true },
		{ 513, 1, "FIX_DBGP_BASE", true },
		{ 514, 0, "FIX_APIC_BASE", true },
		{ 549, 35, "FIX_APIC_BASE", true },
		{ 550, 0, "FIX_TEXT_POKE0", true },
		{ 599, 49, "FIX_TEXT_POKE0", true },
		{ 600, 0, "FIX_BTMAP_END", true },
		{ 601, 1, "FIX_BTMAP_END", true },
		{ 1023, 0, "FIX_BTMAP_BEGIN", true },
		{ 1024, 0, NULL, false },
		{ 0, 1, NULL, true },
		{ 510, 511, NULL, true },
	};
	struct fixmap_slot slot;
	struct kernel *kernel;

	(void)state;
	start_64("6.1.0");
	add_slots(slots_64);
	kernel = open_kernel(NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int end = 0; end < 2; end++) {
			uint64_t vaddr = TOP - rows[i].index * 4096 + (end ? 4095 : 0);

			if (arch_x86_64.fixmap_slot(kernel, vaddr, &slot) != rows[i].there)
				fail_msg("row %zu", i);
			if (!rows[i].there)
				continue;
			assert_true(slot.index == rows[i].index);
			assert_true(slot.offset == rows[i].offset);
			if (rows[i].name)
				assert_string_equal(slot.name, rows[i].name);
			else
				assert_null(slot.name);
			assert_false(slot.is_kmap);
		}
	assert_false(arch_x86_64.fixmap_slot(kernel, TOP + 4096, &slot));
	open_close(kernel);
}

/* The fixmap is from FIXADDR_START to the vsyscall page, or, if the kernel has no vsyscall page, to
 * FIXADDR_TOP: 1ad83c858c7d (3.19). */
static void the_fixmap_of_x86_64(void **state)
{
	static const struct slot without[] = {
		{ "FIX_DBGP_BASE", 512 },
		{ "__end_of_permanent_fixed_addresses", 600 },
		{ "__end_of_fixed_addresses", 1024 },
		{ NULL, 0 },
	};
	/* 2.6.26 has 2048 vsyscall pages; the first one has this number */
	static const struct slot many[] = {
		{ "VSYSCALL_LAST_PAGE", 0 },
		{ "VSYSCALL_FIRST_PAGE", 2047 },
		{ "__end_of_permanent_fixed_addresses", 2100 },
		{ "__end_of_fixed_addresses", 2400 },
		{ NULL, 0 },
	};
	/* this fixmap would begin below the end of the modules */
	static const struct slot wild[] = {
		{ "VSYSCALL_PAGE", 511 },
		{ "__end_of_permanent_fixed_addresses", 0x7ff + 1 },
		{ "__end_of_fixed_addresses", 1 << 20 },
		{ NULL, 0 },
	};
	struct kernel *kernel;

	(void)state;
	start_64("6.1.0");
	add_slots(slots_64);
	kernel = open_kernel("page_offset=ffff888000000000");
	expect_region(kernel, 0xffffffffff5a7000, "fixmap", TOP - 600 * 4096, 0xffffffffff5fffff);
	expect_region(kernel, 0xffffffffff600000, "vsyscall", 0xffffffffff600000,
		      0xffffffffff600fff);
	expect_region(kernel, 0xffffffffff601000, "hole", 0xffffffffff601000, UINT64_MAX);
	open_close(kernel);

	start_64("6.1.0");
	add_slots(without);
	kernel = open_kernel("page_offset=ffff888000000000");
	expect_region(kernel, 0xffffffffff600000, "fixmap", TOP - 600 * 4096, TOP + 0xfff);
	expect_region(kernel, 0xffffffffff800000, "hole", TOP + 0x1000, UINT64_MAX);
	open_close(kernel);

	start_64("2.6.27");
	add_slots(many);
	kernel = open_kernel("page_offset=ffff880000000000");
	expect_region(kernel, 0xffffffffff5ff000, "fixmap", 0xffffffffff600000 - 53 * 4096,
		      0xffffffffff5fffff);
	open_close(kernel);

	for (int most = 0; most < 2; most++) {
		struct slot slots[4];

		memcpy(slots, wild, sizeof(slots));
		slots[1].value = 0x7ff + !most;
		start_64("6.1.0");
		add_slots(slots);
		kernel = open_kernel("page_offset=ffff888000000000");
		expect_region(kernel, 0xffffffffff000000, most ? "fixmap" : "unknown",
			      0xffffffffff000000, 0);
		open_close(kernel);
	}
}

/* Names of the slots that contain the time for vdso and vsyscalls. */
static void slots_that_users_may_read(void **state)
{
	static const struct slot slots[] = {
		{ "VSYSCALL_PAGE", 511 },
		{ "VVAR_PAGE", 512 },
		{ "VSYSCALL_HPET", 514 },
		{ "PVCLOCK_FIXMAP_BEGIN", 516 },
		{ "PVCLOCK_FIXMAP_END", 519 },
		{ "FIX_APIC_BASE", 520 },
		{ "__end_of_fixed_addresses", 600 },
		{ NULL, 0 },
	};
	static const bool may[] = { false, true, false, true, false, true, true, true, true, false };
	struct kernel *kernel;

	(void)state;
	start_64("6.1.0"); /* the types decide, whatever the release is */
	add_slots(slots);
	kernel = open_kernel(NULL);
	for (unsigned int i = 0; i < 10; i++)
		if (arch_x86_64.users_may_read(kernel, TOP - (511 + i) * 4096) != may[i])
			fail_msg("slot %u", 511 + i);
	assert_false(arch_x86_64.users_may_read(kernel, TOP + 4096));
	open_close(kernel);
}

/* --- i386 --- */

/* There are KM_MAX_IDX slots for each CPU. __per_cpu_offset has NR_CPUS words. */
static void slots_of_kmap(void **state)
{
	static const struct {
		unsigned int nr_cpus, first, last;
		bool is_kmap;
	} rows[] = {
		{ 2, 10, 41, true },  { 1, 10, 41, true },  { 32, 10, 41, true },
		{ 3, 10, 41, false }, { 4, 10, 40, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int nr = rows[i].last - rows[i].first + 1;
		struct slot slots[] = {
			{ "FIX_HOLE", 0 },
			{ "FIX_KMAP_BEGIN", (int)rows[i].first },
			{ "FIX_KMAP_END", (int)rows[i].last },
			{ "FIX_WP_TEST", (int)rows[i].last + 1 },
			{ "__end_of_fixed_addresses", 100 },
			{ NULL, 0 },
		};
		struct kernel *kernel;

		start_32();
		linked_add(&linked, "__FIXADDR_TOP", 0xc0005000, 4);
		if (rows[i].nr_cpus > 1)
			linked_add(&linked, "__per_cpu_offset", 0xc0006000, 4 * rows[i].nr_cpus);
		put(0x5000, 0xffffe000, 4);
		add_slots(slots);
		kernel = open_kernel(NULL);
		for (unsigned int index = 9; index <= 43; index++) {
			uint64_t vaddr = 0xffffe000 - index * 4096;
			bool in =
				rows[i].is_kmap && index >= rows[i].first && index <= rows[i].last;
			struct fixmap_slot slot;

			assert_true(arch_i386.fixmap_slot(kernel, vaddr, &slot));
			assert_true(slot.index == index);
			assert_int_equal(slot.is_kmap, in);
			if (!in)
				continue;
			index -= rows[i].first;
			assert_int_equal(slot.cpu, index / (nr / rows[i].nr_cpus));
			assert_int_equal(slot.kmap_index, index % (nr / rows[i].nr_cpus));
			index += rows[i].first;
		}
		open_close(kernel);
	}
}

/* Without the variable, the top is fffff000, if the symbols show that the variable does not
 * exist. */
static void the_top_of_i386(void **state)
{
	static const struct slot slots[] = {
		{ "FIX_HOLE", 0 },
		{ "FIX_VDSO", 1 },
		{ "__end_of_permanent_fixed_addresses", 16 },
		{ "__end_of_fixed_addresses", 32 },
		{ NULL, 0 },
	};
	static const struct part area[] = { { "gdt", 4096, 0 },
					    { "entry_stack_page", 4096, 0 },
					    { "tss", 4097, 0 },
					    { NULL, 0, 0 } };
	struct fixmap_slot slot;
	struct kernel *kernel;

	(void)state;
	for (unsigned int cpus = 0; cpus < 3; cpus++) {
		/* 14 KiB, rounded up to pages, for each CPU, and the IDT */
		uint64_t total = 0xfffff000 - 32 * 4096;
		uint64_t size = 0x4000 * (cpus ? cpus : 1) + 0x1000;
		uint64_t first = (total - size) & -UINT64_C(0x400000);

		start_32();
		linked_add(&linked, "empty", 0xc1000000, 8);
		if (cpus)
			linked_add(&linked, "__per_cpu_offset", 0xc0006000, 4 * cpus);
		add_slots(slots);
		add_struct("cpu_entry_area", area);
		kernel = open_kernel(NULL);
		assert_true(arch_i386.fixmap_slot(kernel, 0xffffe123, &slot));
		assert_string_equal(slot.name, "FIX_VDSO");
		expect_region(kernel, 0xfffef000, "fixmap", 0xfffff000 - 16 * 4096, 0xffffefff);
		expect_region(kernel, 0xfffff000, "hole", 0xfffff000, UINT32_MAX);
		expect_region(kernel, first, "cpu-entry-area", first, first + size - 1);
		expect_region(kernel, first - 1, "ldt-remap", first - 0x400000, first - 1);
		expect_region(kernel, first - 0x400001 - 0x2000, "vmalloc", 0,
			      first - 0x400001 - 0x2000);
		open_close(kernel);
	}
}

/* At least two pages are between vmalloc, which begins at c0c00000, and the region above it. */
static void tops_that_cannot_be(void **state)
{
	static const struct {
		uint32_t top;
		bool sane;
	} rows[] = {
		{ 0xfffff000, true },  { 0xc0c13000, true },  { 0xc0c12000, false },
		{ 0xc0c10000, false }, { 0xc0800000, false }, { 0x10000, false },
		{ 0, false },
	};
	static const struct slot slots[] = {
		{ "FIX_HOLE", 0 },
		{ "__end_of_permanent_fixed_addresses", 16 },
		{ "__end_of_fixed_addresses", 16 },
		{ NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t first = rows[i].top - 16 * UINT64_C(4096);
		struct kernel *kernel;

		start_32();
		linked_add(&linked, "__FIXADDR_TOP", 0xc0005000, 4);
		put(0x5000, rows[i].top, 4);
		add_slots(slots);
		kernel = open_kernel(NULL);
		if (rows[i].sane) {
			expect_region(kernel, first, "fixmap", first, rows[i].top - 1);
			expect_region(kernel, 0xc0c00000, "vmalloc", 0xc0c00000, first - 0x2001);
		} else {
			assert_null(region_of(kernel, 0xc0c00000, NULL));
			/* vmalloc does not begin later, either */
			assert_null(region_of(kernel, 0xc0c00000, NULL));
		}
		open_close(kernel);
	}
}

/* If the sizes leave no room for a slot, the region above vmalloc is unknown. */
static void a_fixmap_without_slots(void **state)
{
	(void)state;
	for (int nr = 0; nr < 2; nr++) {
		const struct slot slots[] = {
			{ "FIX_HOLE", 0 },
			{ "__end_of_permanent_fixed_addresses", nr },
			{ "__end_of_fixed_addresses", nr },
			{ NULL, 0 },
		};
		struct kernel *kernel;

		start_32();
		linked_add(&linked, "empty", 0xc1000000, 8);
		add_slots(slots);
		kernel = open_kernel(NULL);
		if (nr)
			expect_region(kernel, 0xffffe000, "fixmap", 0xffffe000, 0xffffefff);
		else
			assert_null(region_of(kernel, 0xffffe000, NULL));
		open_close(kernel);
	}
}

/* If the user gives the start of vmalloc, it cannot be in the direct map, which ends at c0400000
 * here. */
static void where_vmalloc_may_begin(void **state)
{
	static const struct {
		const char *option;
		uint64_t first; /* 0: unknown */
	} rows[] = {
		{ "vmalloc_start=c0400000", 0xc0400000 },
		{ "vmalloc_start=c0400001", 0xc0400001 },
		{ "vmalloc_start=c03fffff", 0 },
	};
	static const struct slot slots[] = {
		{ "FIX_HOLE", 0 },
		{ "__end_of_permanent_fixed_addresses", 16 },
		{ "__end_of_fixed_addresses", 16 },
		{ NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		start_32();
		linked_add(&linked, "empty", 0xc1000000, 8);
		add_slots(slots);
		kernel = open_kernel(rows[i].option);
		if (rows[i].first)
			expect_region(kernel, 0xc0800000, "vmalloc", rows[i].first, 0);
		else
			assert_null(region_of(kernel, 0xc0800000, NULL));
		open_close(kernel);
	}
}

/* The IDT in memory has precedence over sizes. If it begins elsewhere, the end of the area is
 * unknown. */
static void an_idt_corrects_types(void **state)
{
	static const struct slot slots[] = {
		{ "FIX_HOLE", 0 },
		{ "__end_of_permanent_fixed_addresses", 16 },
		{ "__end_of_fixed_addresses", 32 },
		{ NULL, 0 },
	};
	static const struct part area[] = { { "gdt", 4096, 0 }, { NULL, 0, 0 } };
	const uint64_t by_types = 0xffc00000;

	(void)state;
	for (int way = 0; way < 3; way++) {
		uint64_t idt = way == 2 ? 0xff800000 : by_types;
		struct kernel *kernel;

		start_32();
		linked_add(&linked, "setup_cpu_entry_areas", 0xc1000000, 8);
		linked_add(&linked, "divide_error", 0xc1001234, 8);
		add_slots(slots);
		add_struct("cpu_entry_area", area);
		put(0x1000 + 4 * (idt >> 22), 0x5000 | P | RW, 4);
		put(0x5000, 0x6000 | P, 4);
		put(0x6000, way ? 0xc1008e0000601234 : 0, 8);
		kernel = open_kernel(NULL);
		if (way < 2) {
			expect_region(kernel, by_types, "cpu-entry-area", by_types,
				      by_types + 0x1fff);
			expect_region(kernel, 0xfffef000, "fixmap", 0, 0);
		} else {
			assert_null(region_of(kernel, idt, NULL));
			assert_null(region_of(kernel, 0xfffef000, NULL));
			expect_region(kernel, idt - 1, "ldt-remap", idt - 0x400000, idt - 1);
		}
		open_close(kernel);
	}
}

/* pgd_t has eight bytes with PAE: arch/x86/include/asm/pgtable-3level_types.h. */
static void modes_by_types(void **state)
{
	static const struct part sizes[] = { { "pgd", 8, 0 }, { "pgd", 4, 0 } };

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct part parts[] = { sizes[i], { NULL, 0, 0 } };
		struct kernel *kernel;
		uint64_t mode;

		memory_start(true, "");
		start_types(true);
		image.nr = 1; /* no note */
		image.headers[0] = (struct header){ .type = PT_LOAD,
						    .offset = MEMORY,
						    .filesz = MEMORY_SIZE,
						    .memsz = MEMORY_SIZE };
		btf__add_typedef(btf, "pgd_t", add_struct("", parts));
		kernel = open_kernel(NULL);
		assert_true(kernel_fact(kernel, FACT_MODE, &mode));
		assert_int_equal(mode, i ? MODE_I386 : MODE_PAE);
		open_close(kernel);
	}
	assert_int_equal(arch_i386.modes, 1 << MODE_I386 | 1 << MODE_PAE);
	assert_int_equal(arch_x86_64.modes, 1 << MODE_X86_64);
}

/* Types from a vmlinux of another kernel are used, but are reported as doubtful. */
static void types_of_another_kernel(void **state)
{
	static const struct part parts[] = { { "gdt", 16, 0 }, { NULL, 0, 0 } };

	(void)state;
	for (int foreign = 0; foreign < 2; foreign++)
		for (int with_types = 0; with_types < 2; with_types++) {
			unsigned int doubts = foreign && with_types ? RESTS_ON_TYPES : 0;
			struct kernel *kernel;

			start_64("6.1.0");
			if (with_types)
				add_struct("any", parts);
			else
				without_types = true;
			kernel = open_kernel(NULL);
			if (foreign)
				kernel->identity->match = VMLINUX_DIFFERS;
			kernel->facts->doubtful = 0;
			assert_ptr_equal(kernel_types(kernel), kernel->vmlinux->types);
			assert_int_equal(kernel->facts->doubtful & RESTS_ON_TYPES, doubts);
			open_close(kernel);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_of_x86_64),
		cmocka_unit_test(the_fixmap_of_x86_64),
		cmocka_unit_test(slots_that_users_may_read),
		cmocka_unit_test(slots_of_kmap),
		cmocka_unit_test(the_top_of_i386),
		cmocka_unit_test(tops_that_cannot_be),
		cmocka_unit_test(a_fixmap_without_slots),
		cmocka_unit_test(where_vmalloc_may_begin),
		cmocka_unit_test(an_idt_corrects_types),
		cmocka_unit_test(types_of_another_kernel),
		cmocka_unit_test(modes_by_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
