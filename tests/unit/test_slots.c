/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What types tell of slots: the fixmap, its top and start, slots of kmap, parts of the
 * cpu entry area, stacks. Types are BTF that is made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#ifdef HAVE_LIBBPF
#include <bpf/btf.h>
#endif

#include "areas/modules.h"
#include "areas/region.h"
#include "areas/resource.h"
#include "areas/slots.h"
#include "frames/page_info.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "linked.h"
#include "memory.h"
#include "areas/members.h"
#include "open/archs.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

#ifdef HAVE_LIBBPF

static struct linked linked;
static struct btf *btf;
static bool without_types;

/* No types yet. Behind memory_start(). */
static void start_types(bool narrow)
{
	linked = (struct linked){ .narrow = narrow };
	linked_add(&linked, "_stext", narrow ? LINKED_BASE_32 : LINKED_BASE, 0);
	btf = btf__new_empty();
	assert_non_null(btf);
	btf__set_endianness(btf, BTF_LITTLE_ENDIAN);
	btf__set_pointer_size(btf, narrow ? 4 : 8);
	btf__add_int(btf, "char", 1, 0);
}

static void start_with(const char *release, const char *more)
{
	memory_start_64(release, more);
	start_types(false);
}

static void start_64(const char *release)
{
	start_with(release, "");
}

static void start_32(void)
{
	memory_start_32("6.1.0", "");
	start_types(true);
}

struct slot {
	const char *name;
	int value;
};

static void add_slots(const struct slot *slots)
{
	btf__add_enum(btf, "fixed_addresses", 4);
	for (; slots->name; slots++)
		btf__add_enum_value(btf, slots->name, slots->value);
}

/* A struct of arrays of char. */
struct part {
	const char *name;
	unsigned int size;
	int type; /* 0: an array of char */
};

static int add_struct(const char *name, const struct part *parts)
{
	unsigned int size = 0, at = 0;
	int types[32];

	for (size_t i = 0; parts[i].name; i++) {
		types[i] = parts[i].type ?
				   parts[i].type :
				   btf__add_array(btf, 1, 1, parts[i].size);
		size += parts[i].size;
	}
	btf__add_struct(btf, name, size);
	for (size_t i = 0; parts[i].name; i++) {
		btf__add_field(btf, parts[i].name, types[i], at * 8, 0);
		at += parts[i].size;
	}
	return (int)btf__type_cnt(btf) - 1;
}

static struct kernel *open_kernel(const char *override)
{
	struct kernel *kernel;

	if (!without_types)
		linked.btf = btf__raw_data(btf, &linked.btf_size);
	without_types = false;
	kernel = memory_open(linked_open(&linked), override);
	btf__free(btf);
	return kernel;
}

/* --- the fixmap --- */

/* Some of arch/x86/include/asm/fixmap.h of 6.1, from the top down; what has no name
 * belongs to the one before it. */
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
			uint64_t vaddr =
				TOP - rows[i].index * 4096 + (end ? 4095 : 0);

			if (arch_x86_64.fixmap_slot(kernel, vaddr, &slot) !=
			    rows[i].there)
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
	kernel_close(kernel);
}

static void expect_region(struct kernel *kernel, uint64_t vaddr,
			  enum region_kind kind, uint64_t first, uint64_t last)
{
	const struct region *region = kernel_region(kernel, vaddr, NULL);

	assert_non_null(region);
	if (region->kind != kind || (first && region->first != first) ||
	    (last && region->last != last))
		fail_msg("%llx: %s from %llx to %llx",
			 (unsigned long long)vaddr, region_names[region->kind],
			 (unsigned long long)region->first,
			 (unsigned long long)region->last);
}

/* FIXADDR_START to the vsyscall page, or to FIXADDR_TOP where the kernel has none:
 * 1ad83c858c7d (3.19). */
static void the_fixmap_of_x86_64(void **state)
{
	static const struct slot without[] = {
		{ "FIX_DBGP_BASE", 512 },
		{ "__end_of_permanent_fixed_addresses", 600 },
		{ "__end_of_fixed_addresses", 1024 },
		{ NULL, 0 },
	};
	/* 2.6.26: 2048 pages of them, of which the first has this number */
	static const struct slot many[] = {
		{ "VSYSCALL_LAST_PAGE", 0 },
		{ "VSYSCALL_FIRST_PAGE", 2047 },
		{ "__end_of_permanent_fixed_addresses", 2100 },
		{ "__end_of_fixed_addresses", 2400 },
		{ NULL, 0 },
	};
	/* would begin below the modules' end */
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
	expect_region(kernel, 0xffffffffff5a7000, REGION_FIXMAP,
		      TOP - 600 * 4096, 0xffffffffff5fffff);
	expect_region(kernel, 0xffffffffff600000, REGION_VSYSCALL,
		      0xffffffffff600000, 0xffffffffff600fff);
	expect_region(kernel, 0xffffffffff601000, REGION_HOLE,
		      0xffffffffff601000, UINT64_MAX);
	kernel_close(kernel);

	start_64("6.1.0");
	add_slots(without);
	kernel = open_kernel("page_offset=ffff888000000000");
	expect_region(kernel, 0xffffffffff600000, REGION_FIXMAP,
		      TOP - 600 * 4096, TOP + 0xfff);
	expect_region(kernel, 0xffffffffff800000, REGION_HOLE, TOP + 0x1000,
		      UINT64_MAX);
	kernel_close(kernel);

	start_64("2.6.27");
	add_slots(many);
	kernel = open_kernel("page_offset=ffff880000000000");
	expect_region(kernel, 0xffffffffff5ff000, REGION_FIXMAP,
		      0xffffffffff600000 - 53 * 4096, 0xffffffffff5fffff);
	kernel_close(kernel);

	for (int most = 0; most < 2; most++) {
		struct slot slots[4];

		memcpy(slots, wild, sizeof(slots));
		slots[1].value = 0x7ff + !most;
		start_64("6.1.0");
		add_slots(slots);
		kernel = open_kernel("page_offset=ffff888000000000");
		expect_region(kernel, 0xffffffffff000000,
			      most ? REGION_FIXMAP : REGION_UNKNOWN,
			      0xffffffffff000000, 0);
		kernel_close(kernel);
	}
}

/* Names of the slots that hold the time for vdso and vsyscalls. */
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
	static const bool may[] = { false, true, false, true, false,
				    true,  true, true,	true, false };
	struct kernel *kernel;

	(void)state;
	start_64("6.1.0"); /* types tell, whatever the release */
	add_slots(slots);
	kernel = open_kernel(NULL);
	for (unsigned int i = 0; i < 10; i++)
		if (arch_x86_64.users_may_read(
			    kernel, TOP - (511 + i) * 4096) != may[i])
			fail_msg("slot %u", 511 + i);
	assert_false(arch_x86_64.users_may_read(kernel, TOP + 4096));
	kernel_close(kernel);
}

/* --- i386 --- */

/* KM_MAX_IDX slots for each CPU; __per_cpu_offset has NR_CPUS words. */
static void slots_of_kmap(void **state)
{
	static const struct {
		unsigned int nr_cpus, first, last;
		bool is_kmap;
	} rows[] = {
		{ 2, 10, 41, true },  { 1, 10, 41, true },
		{ 32, 10, 41, true }, { 3, 10, 41, false },
		{ 4, 10, 40, false },
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
			linked_add(&linked, "__per_cpu_offset", 0xc0006000,
				   4 * rows[i].nr_cpus);
		put(0x5000, 0xffffe000, 4);
		add_slots(slots);
		kernel = open_kernel(NULL);
		for (unsigned int index = 9; index <= 43; index++) {
			uint64_t vaddr = 0xffffe000 - index * 4096;
			bool in = rows[i].is_kmap && index >= rows[i].first &&
				  index <= rows[i].last;
			struct fixmap_slot slot;

			assert_true(
				arch_i386.fixmap_slot(kernel, vaddr, &slot));
			assert_true(slot.index == index);
			assert_int_equal(slot.is_kmap, in);
			if (!in)
				continue;
			index -= rows[i].first;
			assert_int_equal(slot.cpu,
					 index / (nr / rows[i].nr_cpus));
			assert_int_equal(slot.kmap_index,
					 index % (nr / rows[i].nr_cpus));
			index += rows[i].first;
		}
		kernel_close(kernel);
	}
}

/* Without the variable the top is fffff000, if the symbols say that there is none. */
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
		/* (14 KiB rounded up to pages) for each CPU, and the IDT */
		uint64_t total = 0xfffff000 - 32 * 4096;
		uint64_t size = 0x4000 * (cpus ? cpus : 1) + 0x1000;
		uint64_t first = (total - size) & -UINT64_C(0x400000);

		start_32();
		linked_add(&linked, "empty", 0xc1000000, 8);
		if (cpus)
			linked_add(&linked, "__per_cpu_offset", 0xc0006000,
				   4 * cpus);
		add_slots(slots);
		add_struct("cpu_entry_area", area);
		kernel = open_kernel(NULL);
		assert_true(arch_i386.fixmap_slot(kernel, 0xffffe123, &slot));
		assert_string_equal(slot.name, "FIX_VDSO");
		expect_region(kernel, 0xfffef000, REGION_FIXMAP,
			      0xfffff000 - 16 * 4096, 0xffffefff);
		expect_region(kernel, 0xfffff000, REGION_HOLE, 0xfffff000,
			      UINT32_MAX);
		expect_region(kernel, first, REGION_CPU_ENTRY_AREA, first,
			      first + size - 1);
		expect_region(kernel, first - 1, REGION_LDT_REMAP,
			      first - 0x400000, first - 1);
		expect_region(kernel, first - 0x400001 - 0x2000, REGION_VMALLOC,
			      0, first - 0x400001 - 0x2000);
		kernel_close(kernel);
	}
}

/* Two pages at least lie between vmalloc, from c0c00000 on, and what is above it. */
static void tops_that_cannot_be(void **state)
{
	static const struct {
		uint32_t top;
		bool sane;
	} rows[] = {
		{ 0xfffff000, true },  { 0xc0c13000, true },
		{ 0xc0c12000, false }, { 0xc0c10000, false },
		{ 0xc0800000, false }, { 0x10000, false },
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
			expect_region(kernel, first, REGION_FIXMAP, first,
				      rows[i].top - 1);
			expect_region(kernel, 0xc0c00000, REGION_VMALLOC,
				      0xc0c00000, first - 0x2001);
		} else {
			assert_null(kernel_region(kernel, 0xc0c00000, NULL));
			/* nor is it later */
			assert_null(kernel_region(kernel, 0xc0c00000, NULL));
		}
		kernel_close(kernel);
	}
}

/* By the sizes there is no slot at all: nothing is said of what lies above vmalloc. */
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
			expect_region(kernel, 0xffffe000, REGION_FIXMAP,
				      0xffffe000, 0xffffefff);
		else
			assert_null(kernel_region(kernel, 0xffffe000, NULL));
		kernel_close(kernel);
	}
}

/* One who names the start of vmalloc by hand: it cannot lie in the direct map, whose end is
 * c0400000 here. */
static void where_vmalloc_may_begin(void **state)
{
	static const struct {
		const char *option;
		uint64_t first; /* 0: not known */
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
			expect_region(kernel, 0xc0800000, REGION_VMALLOC,
				      rows[i].first, 0);
		else
			assert_null(kernel_region(kernel, 0xc0800000, NULL));
		kernel_close(kernel);
	}
}

/* The IDT in memory says more than sizes do: where it begins elsewhere, the end of the
 * area is not known. */
static void an_idt_corrects_types(void **state)
{
	static const struct slot slots[] = {
		{ "FIX_HOLE", 0 },
		{ "__end_of_permanent_fixed_addresses", 16 },
		{ "__end_of_fixed_addresses", 32 },
		{ NULL, 0 },
	};
	static const struct part area[] = { { "gdt", 4096, 0 },
					    { NULL, 0, 0 } };
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
			expect_region(kernel, by_types, REGION_CPU_ENTRY_AREA,
				      by_types, by_types + 0x1fff);
			expect_region(kernel, 0xfffef000, REGION_FIXMAP, 0, 0);
		} else {
			assert_null(kernel_region(kernel, idt, NULL));
			assert_null(kernel_region(kernel, 0xfffef000, NULL));
			expect_region(kernel, idt - 1, REGION_LDT_REMAP,
				      idt - 0x400000, idt - 1);
		}
		kernel_close(kernel);
	}
}

/* pgd_t: eight bytes with PAE. arch/x86/include/asm/pgtable-3level_types.h */
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
		kernel_close(kernel);
	}
	assert_int_equal(arch_i386.modes, 1 << MODE_I386 | 1 << MODE_PAE);
	assert_int_equal(arch_x86_64.modes, 1 << MODE_X86_64);
}

/* Types of a vmlinux of another kernel are used, and told as doubtful. */
static void types_of_another_kernel(void **state)
{
	static const struct part parts[] = { { "gdt", 16, 0 }, { NULL, 0, 0 } };

	(void)state;
	for (int foreign = 0; foreign < 2; foreign++)
		for (int with_types = 0; with_types < 2; with_types++) {
			unsigned int doubts =
				foreign && with_types ? RESTS_ON_TYPES : 0;
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
			assert_ptr_equal(kernel_types(kernel),
					 kernel->vmlinux->types);
			assert_int_equal(kernel->facts->doubtful &
						 RESTS_ON_TYPES,
					 doubts);
			kernel_close(kernel);
		}
}

/* --- the cpu entry area --- */

#define AREA UINT64_C(0xfffffe0000000000)

/* 64 words of the page (4.14 to 4.19), under both names. */
static void a_short_entry_stack(void **state)
{
	static const struct part words[] = { { "words", 512, 0 },
					     { NULL, 0, 0 } };
	static const char *const names[] = { "entry_stack", "SYSENTER_stack" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct part area[] = { { i ? "SYSENTER_stack_page" :
					     "entry_stack_page",
					 0x1000, 0 },
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
		region = kernel_region(kernel, AREA, NULL);
		assert_non_null(region);
		for (uint64_t at = 0x1000; at < 0x3000; at += 8) {
			assert_true(arch_x86_64.cpu_entry_at(
				kernel, region, AREA + at, &place));
			if (at >= 0x1200 && at < 0x2000) {
				assert_int_equal(place.stack.kind, STACK_NONE);
				continue;
			}
			assert_int_equal(place.stack.kind, STACK_ENTRY);
			assert_true(place.stack.guard == (at >= 0x2000));
			assert_true(place.stack.last ==
				    AREA + (at < 0x2000 ? 0x11ff : 0x2fff));
		}
		kernel_close(kernel);
	}
}

/* Two CPUs of 0 to 3, of 5000 bytes each, behind the page of the IDT. */
static void parts_of_the_cpu_entry_area(void **state)
{
	static const struct part area[] = { { "gdt", 0x1000, 0 },
					    { "entry_stack_page", 0x1000, 0 },
					    { "tss", 0x1000, 0 },
					    { "unknown", 0x1000, 0 },
					    { "exception_stacks", 0x1000, 0 },
					    { NULL, 0, 0 } };
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
		/* the numbers change places since 6.2 */
		put(0x6000, IMAGE + 0x8000, 8);
		put(0x6018, IMAGE + 0x9000, 8);
		put(0x8010, 3, 8);
		put(0x9010, 0, 8);
		kernel = open_kernel("page_offset=ffff888000000000");
		region = kernel_region(kernel, AREA, NULL);
		assert_non_null(region);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			uint64_t vaddr = AREA + rows[i].offset;
			struct cpu_entry_place place;

			if (arch_x86_64.cpu_entry_at(kernel, region, vaddr,
						     &place) != rows[i].found)
				fail_msg("%llx", (unsigned long long)vaddr);
			if (!rows[i].found)
				continue;
			assert_string_equal(place.member, rows[i].member);
			assert_int_equal(place.has_cpu, rows[i].has_cpu);
			assert_true(place.first == (vaddr & -UINT64_C(4096)));
			assert_true(place.last == (vaddr | 4095));
			if (rows[i].has_cpu)
				assert_int_equal(place.cpu,
						 random ? 3 - rows[i].cpu :
							  rows[i].cpu);
			assert_int_equal(place.stack.kind, rows[i].stack);
		}
		kernel_close(kernel);
	}
}

/* __cpu_..._mask since 4.5, cpu_..._bits since 2.6.29, before cpu_..._map. */
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
		assert_int_equal(kernel_possible_cpus(kernel, &cpus, NULL),
				 i < 3);
		if (i < 3)
			assert_true(cpus.nr == 64 && cpus.mask[0] == 5);
		assert_int_equal(kernel_present_cpus(kernel, &cpus, NULL), i < 3);
		if (i < 3)
			assert_true(cpus.nr == 64 && cpus.mask[0] == 4);
		kernel_close(kernel);
	}
}

/* A damaged number: so many parts of 5000 bytes are 2^64 bytes five times, which would begin
 * where the first part does. */
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
		region = kernel_region(kernel, AREA, NULL);
		assert_non_null(region);
		assert_int_equal(arch_x86_64.cpu_entry_at(kernel, region,
							  AREA + 0x1000, &place),
				 rows[i].found);
		kernel_close(kernel);
	}
}

/* struct cea_exception_stacks: 5.2 (7623f37e411156e6). */
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
			{ "estacks", 0xa000,
			  add_struct("cea_exception_stacks", stacks) },
			{ NULL, 0, 0 },
		};

		add_struct("cpu_entry_area", area);
	}
	kernel = open_kernel("page_offset=ffff888000000000");
	region = kernel_region(kernel, AREA, NULL);
	assert_non_null(region);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cpu_entry_place place;

		assert_true(arch_x86_64.cpu_entry_at(
			kernel, region, AREA + rows[i].offset, &place));
		assert_int_equal(place.stack.kind, rows[i].kind);
		if (!rows[i].kind)
			continue;
		assert_int_equal(!place.stack.exception, !rows[i].exception);
		if (rows[i].exception)
			assert_string_equal(place.stack.exception,
					    rows[i].exception);
		assert_int_equal(place.stack.guard, rows[i].guard);
		assert_true(place.stack.last - place.stack.first + 1 ==
			    rows[i].size);
		assert_true(place.first == AREA + rows[i].first);
	}
	kernel_close(kernel);
}

/* --- stacks of CPUs --- */

/* CPUs 0 and 2 of four, whose memory begins at 8000 and 9000. */
static void add_cpus(bool narrow)
{
	uint64_t base = narrow ? 0xc0000000 : IMAGE, word = narrow ? 4 : 8;

	linked_add(&linked, "__per_cpu_offset", base + 0x6000, 4 * word);
	linked_add(&linked, "__cpu_possible_mask", base + 0x7000, word);
	put(0x7000, 5, word);
	put(0x6000, base + 0x8000, word);
	put(0x6000 + 2 * word, base + 0x9000, word);
}

static void expect_stack(struct kernel *kernel, uint64_t vaddr,
			 enum stack_kind kind, unsigned int cpu,
			 uint64_t first, uint64_t last)
{
	struct stack stack;

	if (kernel_stack_at(kernel, vaddr, &stack) != (kind != STACK_NONE))
		fail_msg("%llx", (unsigned long long)vaddr);
	if (!kind)
		return;
	assert_int_equal(stack.kind, kind);
	assert_int_equal(stack.cpu, cpu);
	assert_null(stack.task);
	if (stack.first != first || stack.last != last)
		fail_msg("%llx: %llx to %llx", (unsigned long long)vaddr,
			 (unsigned long long)stack.first,
			 (unsigned long long)stack.last);
}

/* CPU 0 is in the mask or not, as all others. */
static void possible_cpus(void **state)
{
	struct kernel *kernel;
	struct cpu_set cpus;

	(void)state;
	start_64("6.1.0");
	add_cpus(false);
	put(0x7000, 6 | UINT64_C(1) << 63, 8);
	kernel = open_kernel(NULL);
	assert_true(kernel_possible_cpus(kernel, &cpus, NULL));
	assert_int_equal(cpus.nr, 64);
	for (unsigned int cpu = 0; cpu < 65; cpu++)
		assert_int_equal(cpu_set_has(&cpus, cpu),
				 cpu == 1 || cpu == 2 || cpu == 63);
	kernel_close(kernel);
	/* NR_CPUS may be larger, to 8192 */
	start_64("6.1.0");
	linked_add(&linked, "__per_cpu_offset", IMAGE + 0x6000, 8 * 128);
	linked_add(&linked, "__cpu_possible_mask", IMAGE + 0x7000, 16);
	put(0x7000, UINT64_C(1) << 40, 8);
	put(0x7008, 2 | UINT64_C(1) << 35, 8);
	kernel = open_kernel(NULL);
	assert_true(kernel_possible_cpus(kernel, &cpus, NULL));
	assert_int_equal(cpus.nr, 128);
	for (unsigned int cpu = 0; cpu < 130; cpu++)
		assert_int_equal(cpu_set_has(&cpus, cpu),
				 cpu == 40 || cpu == 65 || cpu == 99);
	kernel_close(kernel);
	/* one CPU, without SMP */
	start_64("6.1.0");
	kernel = open_kernel(NULL);
	assert_true(kernel_possible_cpus(kernel, &cpus, NULL));
	assert_true(cpu_set_has(&cpus, 0) && !cpu_set_has(&cpus, 1));
	kernel_close(kernel);
}

/* The top, 64 bytes below it (before 4.14), or its last word (5.12); by a variable or
 * in pcpu_hot (6.2 to 6.14, d7b6d709a76a). */
static void stacks_of_interrupts(void **state)
{
	static const struct part stack[] = { { "stack", 0x4000, 0 },
					     { NULL, 0, 0 } };
	static const struct part hot[] = { { "current_task", 8, 0 },
					   { "hardirq_stack_ptr", 8, 0 },
					   { NULL, 0, 0 } };
	static const struct {
		const char *variable;
		uint64_t below; /* the top */
	} rows[] = {
		{ "hardirq_stack_ptr", 0 },	  { "hardirq_stack_ptr", 8 },
		{ "irq_stack_ptr", 64 },	  { "pcpu_hot", 8 },
		{ "per_cpu__irq_stack_ptr", 64 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool is_hot = !strcmp(rows[i].variable, "pcpu_hot");
		uint64_t at = is_hot ? 0x18 : 0x10;
		struct kernel *kernel;

		start_64("6.1.0");
		add_struct("irq_stack", stack);
		if (is_hot)
			add_struct("pcpu_hot", hot);
		add_cpus(false);
		linked_add(&linked, rows[i].variable, 0x10, 8);
		put(0x8000 + at, 0xffffc9000001c000 - rows[i].below, 8);
		put(0x9000 + at, 0xffffc90000024000 - rows[i].below, 8);
		kernel = open_kernel("page_offset=ffff888000000000");
		for (unsigned int cpu = 0; cpu < 4; cpu += 2) {
			uint64_t first =
				cpu ? 0xffffc90000020000 : 0xffffc90000018000;

			expect_stack(kernel, first, STACK_IRQ, cpu, first,
				     first + 0x3fff);
			expect_stack(kernel, first + 0x3fff, STACK_IRQ, cpu, first,
				     first + 0x3fff);
			expect_stack(kernel, first - 1, STACK_NONE, 0, 0, 0);
			expect_stack(kernel, first + 0x4000, STACK_NONE, 0, 0, 0);
		}
		kernel_close(kernel);
	}
}

/* i386 keeps the bottom, of two kinds. */
static void stacks_of_interrupts_of_i386(void **state)
{
	static const struct part stack[] = { { "stack", 0x2000, 0 },
					     { NULL, 0, 0 } };

	(void)state;
	for (int old = 0; old < 2; old++) {
		struct kernel *kernel;

		start_32();
		add_struct("irq_stack", stack);
		add_cpus(true);
		linked_add(&linked, old ? "hardirq_stack" : "hardirq_stack_ptr",
			   0xc0000010, 4);
		linked_add(&linked, old ? "softirq_stack" : "softirq_stack_ptr",
			   0xc0000014, 4);
		/* the offset is from where the variable is linked */
		put(0x6000, 0x8000, 4);
		put(0x6008, 0x9000, 4);
		put(0x8010, 0xc0100000, 4);
		put(0x8014, 0xc0102000, 4);
		put(0x9010, 0xc0104000, 4);
		kernel = open_kernel(NULL);
		expect_stack(kernel, 0xc0100000, STACK_HARDIRQ, 0, 0xc0100000,
			     0xc0101fff);
		expect_stack(kernel, 0xc0102000, STACK_SOFTIRQ, 0, 0xc0102000,
			     0xc0103fff);
		expect_stack(kernel, 0xc0105fff, STACK_HARDIRQ, 2, 0xc0104000,
			     0xc0105fff);
		expect_stack(kernel, 0xc0106000, STACK_NONE, 0, 0, 0);
		expect_stack(kernel, 0xc00fffff, STACK_NONE, 0, 0, 0);
		expect_stack(kernel, 0, STACK_NONE, 0, 0, 0);
		kernel_close(kernel);
	}
}

/* Tops of struct orig_ist until 5.1: four or five, the one before the last is twice as
 * large. cpu_init(), arch/x86/kernel/cpu/common.c */
static void stacks_of_exceptions_before_5_2(void **state)
{
	static const struct {
		uint64_t tops[6];
		const char *names[5];
	} rows[] = {
		{ { 0x1000, 0x2000, 0x4000, 0x5000 },
		  { "DF", "NMI", "DB", "MCE" } },
		{ { 0x1000, 0x2000, 0x3000, 0x5000, 0x6000 },
		  { "SS", "DF", "NMI", "DB", "MCE" } },
		{ { 0x2000, 0x4000, 0x8000, 0xa000 },
		  { "DF", "NMI", "DB", "MCE" } },
		/* no such row */
		{ { 0x1000, 0x2000, 0x3000, 0x4000 }, { NULL } },
		{ { 0x1000, 0x3000, 0x5000, 0x6000 }, { NULL } },
		{ { 0x1000, 0x2000, 0x4000 }, { NULL } },
		{ { 0x1000, 0x2000, 0x3000, 0x4000, 0x6000, 0x7000 },
		  { NULL } },
		{ { 0x1800, 0x3000, 0x6000, 0x7800 }, { NULL } },
	};
	const uint64_t base = 0xffff888000000000;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t size;

		start_64("4.9.0");
		add_cpus(false);
		linked_add(&linked, "orig_ist", 0x100, 56);
		for (unsigned int nr = 0; nr < 6 && rows[i].tops[nr]; nr++)
			put(0x9100 + 8 * nr, base + rows[i].tops[nr], 8);
		kernel = open_kernel("page_offset=ffff880000000000");
		size = rows[i].tops[1] - rows[i].tops[0];
		for (unsigned int nr = 0; nr < 5 && rows[i].names[nr]; nr++) {
			uint64_t top = base + rows[i].tops[nr];
			bool debug = !strcmp(rows[i].names[nr], "DB");
			struct stack stack;

			expect_stack(kernel, top - 1, STACK_EXCEPTION, 2,
				     top - (debug ? 2 * size : size), top - 1);
			assert_true(kernel_stack_at(kernel, top - 1, &stack));
			assert_string_equal(stack.exception, rows[i].names[nr]);
		}
		if (!rows[i].names[0])
			for (unsigned int nr = 0; nr < 6; nr++)
				expect_stack(kernel,
					     base + rows[i].tops[nr] - 1, STACK_NONE,
					     0, 0, 0);
		kernel_close(kernel);
	}
}

/* 64 bytes for each CPU, mapped at each value of bits 31:16. */
static void stacks_of_espfix(void **state)
{
	static const struct {
		uint64_t vaddr, first;
		unsigned int cpu;
	} rows[] = {
		{ 0xffffff0000000040, 0xffffff0000000040, 0 },
		{ 0xffffff000000007f, 0xffffff0000000040, 0 },
		{ 0xffffff0012340050, 0xffffff0012340040, 0 },
		{ 0xffffff0000000080, 0xffffff0000000080, 2 },
		{ 0xffffff00ffff00bf, 0xffffff00ffff0080, 2 },
		{ 0xffffff000000003f, 0, 0 },
		{ 0xffffff00000000c0, 0, 0 },
		{ 0xffffff0100000040, 0, 0 },
	};
	struct kernel *kernel;

	(void)state;
	start_64("6.1.0");
	add_cpus(false);
	linked_add(&linked, "espfix_stack", 0x20, 8);
	put(0x8020, 0xffffff0000000040, 8);
	put(0x9020, 0xffffff0000000080, 8);
	kernel = open_kernel("page_offset=ffff888000000000");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stack stack;

		assert_int_equal(
			arch_x86_64.espfix_stack(kernel, rows[i].vaddr, &stack),
			rows[i].first != 0);
		if (!rows[i].first)
			continue;
		assert_true(stack.first == rows[i].first);
		assert_true(stack.last == rows[i].first + 63);
		assert_int_equal(stack.cpu, rows[i].cpu);
	}
	kernel_close(kernel);
}

/* --- the kernel image --- */

/* Sections, and parts of them, the first that holds an address; each ends before its end. In the
 * direct map of i386 only what a symbol bounds is of the image. */
static void parts_of_the_image(void **state)
{
	enum { TEXT = 0x1000, IRQ = 0x1100, ENTRY = 0x1200, DATA = 0x3000, BSS = 0x5000,
	       BRK = 0x5800, END = 0x6000 };
	static const struct {
		const char *name;
		uint64_t offset;
	} symbols[] = {
		{ "_etext", 0x2000 },
		{ "__irqentry_text_start", IRQ }, { "__irqentry_text_end", ENTRY },
		{ "__entry_text_start", IRQ },	  { "__entry_text_end", ENTRY + 0x80 },
		{ "_sdata", DATA }, /* and no end */
		{ "__init_begin", 0x4000 },	  { "__init_end", 0x4800 },
		{ "__bss_start", BSS },		  { "__bss_stop", BRK },
		{ "__brk_base", BRK },		  { "__brk_limit", END },
	};
	static const struct {
		uint64_t offset;
		enum image_section section;
		const char *part;
	} rows[] = {
		{ 0, IMAGE_TEXT, NULL },
		{ IRQ - 1, IMAGE_TEXT, NULL },
		{ IRQ, IMAGE_TEXT, "irqentry-text" },
		{ ENTRY - 1, IMAGE_TEXT, "irqentry-text" },
		{ ENTRY, IMAGE_TEXT, "entry-text" },
		{ ENTRY + 0x7f, IMAGE_TEXT, "entry-text" },
		{ ENTRY + 0x80, IMAGE_TEXT, NULL },
		{ 0x1fff, IMAGE_TEXT, NULL },
		{ 0x2000, IMAGE_NO_SECTION, NULL },
		{ DATA, IMAGE_NO_SECTION, NULL },
		{ 0x4000, IMAGE_INIT, NULL },
		{ 0x47ff, IMAGE_INIT, NULL },
		{ 0x4800, IMAGE_NO_SECTION, NULL },
		{ BSS, IMAGE_BSS, NULL },
		{ BRK - 1, IMAGE_BSS, NULL },
		{ BRK, IMAGE_NO_SECTION, "brk" },
		{ END - 1, IMAGE_NO_SECTION, "brk" },
		{ END, IMAGE_NO_SECTION, NULL },
	};
	static const enum region_kind kinds[] = { REGION_KERNEL_IMAGE, REGION_DIRECT_MAP,
						  REGION_VMALLOC };
	struct kernel *kernel;

	(void)state;
	start_64("6.1.0");
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		linked_add(&linked, symbols[i].name, LINKED_BASE + symbols[i].offset, 0);
	kernel = open_kernel(NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t kind = 0; kind < 3; kind++) {
			const struct region region = { 0, UINT64_MAX, kinds[kind] };
			struct image_place place;
			bool found = kernel_image_at(kernel, &region,
						     LINKED_BASE + rows[i].offset, &place);
			bool known = rows[i].section || rows[i].part;

			if (found != (kind == 0 || (kind == 1 && known)))
				fail_msg("row %zu", i);
			if (!found)
				continue;
			if (place.section != rows[i].section || !place.part != !rows[i].part ||
			    (place.part && strcmp(place.part, rows[i].part)))
				fail_msg("row %zu: %s, %s", i, image_section_names[place.section],
					 place.part);
			assert_int_equal(place.is_entry_text,
					 place.part && !strcmp(place.part, "entry-text"));
		}
	kernel_close(kernel);
}

/* --- modules --- */

/* ac3b43283923 (6.4): mem[], whose elements the enum numbers; a type that it does not have, or
 * that is not in the array, is none. */
static void memories_of_modules(void **state)
{
	static const char *const parts[] = { "text", "data", "rodata", "ro-after-init",
					     "init-text", "init-data", "init-rodata" };
	static const struct slot types[] = {
		{ "MOD_TEXT", 0 },	{ "MOD_DATA", 1 },	{ "MOD_RODATA", 2 },
		{ "MOD_RO_AFTER_INIT", 3 }, { "MOD_INIT_TEXT", 4 }, { "MOD_INIT_DATA", 5 },
		{ "MOD_INIT_RODATA", 6 }, { NULL, 0 },
	};
	static const struct {
		unsigned int array, element, without; /* without: the type of that number */
		int base, size; /* where a struct module_memory has them; -1: it has not */
		unsigned int nr;
	} rows[] = {
		{ 7 * 24, 24, 9, 0, 16, 7 },  { 7 * 24 - 1, 24, 9, 0, 16, 6 },
		{ 7 * 24 + 23, 24, 9, 0, 16, 7 }, { 7 * 24, 24, 3, 0, 16, 6 },
		{ 7 * 24, 24, 0, 0, 16, 6 },  { 24, 24, 9, 0, 16, 1 },
		{ 23, 24, 9, 0, 16, 0 },      { 7 * 24, 0, 9, 0, 16, 0 },
		{ 7 * 24, 24, 9, -1, 16, 0 }, { 7 * 24, 24, 9, 0, -1, 0 },
		{ 7 * 24, 24, 9, 8, 16, 7 },
	};
	enum { HEAD = 0x5000, MODULE = 0x6000, MEM = 0x40 };
	const uint64_t text = 0xffffffffc0000000;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int negative = 0; negative < 2; negative++) {
			const struct module_range *range;
			struct member *members;
			struct kernel *kernel;
			char line[64];
			size_t nr;

			snprintf(line, sizeof(line), "SIZE(module_memory)=%u\n",
				 rows[i].element);
			start_with("6.6.0", line);
			linked_add(&linked, "modules", IMAGE + HEAD, 16);
			put(HEAD, IMAGE + MODULE + 8, 8);
			put(HEAD + 8, IMAGE + MODULE + 8, 8);
			put(MODULE + 8, IMAGE + HEAD, 8);
			put(MODULE + 16, IMAGE + HEAD, 8);
			put(MODULE + 0x20, 'm', 1);
			btf__add_enum(btf, "mod_mem_type", 4);
			for (unsigned int type = 0; types[type].name; type++) {
				uint64_t at = MODULE + MEM + type * 24 +
					      (rows[i].base > 0 ? 8 : 0);

				if (type != rows[i].without)
					btf__add_enum_value(btf, types[type].name,
							    negative && type == 5 ? -1 :
										    types[type].value);
				put(at, text + type * 0x2000, 8);
				put(MODULE + MEM + type * 24 + 16, 0x1800, 4);
			}
			kernel = open_kernel(NULL);
			members = kernel_state(kernel, &state_members);
			members[MODULE_LIST] = (struct member){ true, true, 8, 16 };
			members[MODULE_NAME] = (struct member){ true, true, 0x20, 8 };
			members[MODULE_MEM] = (struct member){ true, true, MEM, rows[i].array };
			members[MODULE_MEMORY_BASE] = (struct member){
				true, rows[i].base >= 0, (uint32_t)rows[i].base, 8 };
			members[MODULE_MEMORY_SIZE] = (struct member){
				true, rows[i].size >= 0, (uint32_t)rows[i].size, 4 };
			range = kernel_module_ranges(kernel, 0, UINT64_MAX, &nr);
			if (nr != rows[i].nr - (negative && rows[i].nr > 5))
				fail_msg("row %zu: %zu", i, nr);
			for (size_t at = 0; at < nr; at++) {
				uint64_t type = (range[at].first - text) / 0x2000;

				assert_string_equal(module_part_names[range[at].part], parts[type]);
				assert_true(range[at].first == text + type * 0x2000);
				assert_true(range[at].last == range[at].first + 0x17ff);
				assert_true(type != rows[i].without);
			}
			kernel_close(kernel);
		}
}

/* --- resources --- */

/* struct resource by its members alone: the symbol has no size. Each is the only child
 * of the one before it, one too many of them. */
static void resources_by_types(void **state)
{
	static const struct part members[] = {
		{ "start", 8, 0 },   { "end", 8, 0 },	{ "name", 8, 0 },
		{ "flags", 8, 0 },   { "desc", 16, 0 }, { "parent", 8, 0 },
		{ "sibling", 8, 0 }, { "child", 8, 0 }, { NULL, 0, 0 },
	};
	enum { AT = 0x8000, SIZE = 0x50, NR = MAX_RESOURCE_DEPTH + 1 };

	(void)state;
	for (unsigned int nr = NR - 1; nr <= NR; nr++) {
		const struct resource_tree *tree;
		struct kernel *kernel;

		start_64("6.1.0");
		add_struct("resource", members);
		linked_add(&linked, "iomem_resource", IMAGE + AT, 0);
		for (uint64_t i = 0; i <= nr; i++) {
			uint64_t at = AT + SIZE * i;

			put(at, i << 12, 8);
			put(at + 8, UINT32_MAX, 8);
			put(at + 0x30, i ? IMAGE + at - SIZE : 0, 8);
			put(at + 0x40, i < nr ? IMAGE + at + SIZE : 0, 8);
		}
		kernel = open_kernel(NULL);
		tree = kernel_resources(kernel, RESOURCE_MEMORY, NULL);
		assert_non_null(tree);
		assert_int_equal(tree->nr, NR - 1);
		assert_true(tree->root_end == UINT32_MAX);
		assert_int_equal(tree->nr_damages, nr == NR);
		for (size_t i = 0; i < tree->nr; i++) {
			assert_true(tree->resource[i].start == (i + 1) << 12);
			assert_true(tree->resource[i].end == UINT32_MAX);
			assert_int_equal(tree->resource[i].depth, i);
			assert_int_equal(tree->resource[i].cut,
					 nr == NR && i == tree->nr - 1);
		}
		kernel_close(kernel);
	}
}

/* Without types: the size of the symbol tells which members there are, and how wide they are:
 * desc since 4.6, and resource_size_t of eight bytes with PAE. */
static void resources_by_size(void **state)
{
	static const struct {
		bool narrow;
		unsigned int size;
		unsigned int address, longs; /* 0: no such layout */
	} rows[] = {
		{ false, 64, 8, 2 }, { false, 56, 8, 1 }, { false, 48, 0, 0 }, { false, 72, 0, 0 },
		{ false, 0, 0, 0 },  { false, 60, 0, 0 },
		{ true, 28, 4, 1 },  { true, 32, 4, 2 },  { true, 36, 8, 1 },  { true, 40, 8, 2 },
		{ true, 24, 0, 0 },  { true, 44, 0, 0 },  { true, 30, 0, 0 },
	};
	enum { ROOT = 0x8000, ONE = 0x8100, TWO = 0x8200, NAME = 0x8300 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int word = rows[i].narrow ? 4 : 8, wide = rows[i].address;
		unsigned int name = 2 * wide, parent = name + (1 + rows[i].longs) * word;
		uint64_t base = rows[i].narrow ? 0xc0000000 : IMAGE;
		const struct resource_tree *tree;
		struct kernel *kernel;

		if (rows[i].narrow)
			start_32();
		else
			start_64("6.1.0");
		linked_add(&linked, "iomem_resource", base + ROOT, rows[i].size);
		put(ROOT + wide, wide == 8 ? 0xfffffffff : 0xffffffff, wide);
		put(ROOT + parent + 2 * word, base + ONE, word);
		put(ONE, 0x1000, wide);
		put(ONE + wide, 0x1fff, wide);
		put(ONE + name, base + NAME, word);
		put(ONE + parent, base + ROOT, word);
		put(ONE + parent + word, base + TWO, word);
		put(TWO, wide == 8 ? 0x200000000 : 0x20000000, wide);
		put(TWO + wide, wide == 8 ? 0x2ffffffff : 0x2fffffff, wide);
		put(TWO + parent, base + ROOT, word);
		memcpy(image.bytes + MEMORY + NAME, "System RAM", 10);
		without_types = true;
		kernel = open_kernel(NULL);
		tree = kernel_resources(kernel, RESOURCE_MEMORY, NULL);
		if (!tree != !wide)
			fail_msg("row %zu", i);
		if (tree) {
			assert_int_equal(tree->nr, 2);
			assert_int_equal(tree->nr_damages, 0);
			assert_true(tree->root_end == (wide == 8 ? 0xfffffffff : 0xffffffff));
			assert_true(tree->resource[0].start == 0x1000);
			assert_true(tree->resource[0].end == 0x1fff);
			assert_string_equal(tree->resource[0].name, "System RAM");
			assert_string_equal(tree->resource[1].name, "<BAD>");
			assert_true(tree->resource[1].start ==
				    (wide == 8 ? 0x200000000 : 0x20000000));
		}
		kernel_close(kernel);
	}
}

/* Two siblings, the second with a child, behind which another follows. A list that is out of
 * order, or whose parent is another, is cut there; what is above it stays. */
static void resources_out_of_order(void **state)
{
	enum { ROOT = 0x8000, A = 0x8100, B = 0x8200, C = 0x8300, D = 0x8400 };
	static const struct {
		uint64_t at, value;
		size_t nr, damages;
		int cut; /* index; -1: none */
		uint64_t cut_from;
	} rows[] = {
		{ 0x7000, 0, 4, 0, -1, 0 },
		{ B, 0x1fff, 1, 1, -1, 0 },	   { B, 0x2000, 4, 0, -1, 0 },
		{ B + 8, 0x2fff, 1, 1, -1, 0 },	   { B + 8, 0x3000, 4, 0, -1, 0 },
		{ C, 0x2fff, 4, 0, -1, 0 },	   { C + 8, 0x3fff, 4, 0, -1, 0 },
		{ C + 0x28, IMAGE + ROOT, 3, 1, 1, 0 },
		{ B + 0x28, IMAGE + A, 1, 1, -1, 0 },
		{ C + 0x30, IMAGE + C, 4, 1, 1, 0x4000 },
		{ D + 0x30, IMAGE + A, 4, 1, -1, 0 },
		{ A + 8, UINT64_MAX, 1, 1, -1, 0 },
		{ B + 0x30, 0x1234, 3, 1, -1, 0 }, { B + 0x38, 0x1234, 3, 1, 1, 0 },
		{ C + 8, 0x2fff, 3, 1, 1, 0 },	   { C + 8, 0x3000, 4, 0, -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const struct {
			uint64_t at, start, end, parent, sibling, child;
		} resources[] = {
			{ ROOT, 0, UINT64_MAX, 0, 0, A },
			{ A, 0x1000, 0x1fff, ROOT, B, 0 },
			{ B, 0x3000, 0x4fff, ROOT, D, C },
			{ C, 0x3000, 0x3fff, B, 0, 0 },
			{ D, 0x8000, 0x8fff, ROOT, 0, 0 },
		};
		const struct resource_tree *tree;
		struct kernel *kernel;

		start_64("6.1.0");
		linked_add(&linked, "iomem_resource", IMAGE + ROOT, 64);
		for (size_t nr = 0; nr < 5; nr++) {
			uint64_t at = resources[nr].at;

			put(at, resources[nr].start, 8);
			put(at + 8, resources[nr].end, 8);
			put(at + 0x28, resources[nr].parent ? IMAGE + resources[nr].parent : 0, 8);
			put(at + 0x30, resources[nr].sibling ? IMAGE + resources[nr].sibling : 0, 8);
			put(at + 0x38, resources[nr].child ? IMAGE + resources[nr].child : 0, 8);
		}
		put(rows[i].at, rows[i].value, 8);
		without_types = true;
		kernel = open_kernel(NULL);
		tree = kernel_resources(kernel, RESOURCE_MEMORY, NULL);
		assert_non_null(tree);
		if (tree->nr != rows[i].nr || tree->nr_damages != rows[i].damages)
			fail_msg("row %zu: %zu, %zu, %s", i, tree->nr, tree->nr_damages,
				 tree->damage.message);
		for (size_t nr = 0; nr < tree->nr; nr++) {
			assert_int_equal(tree->resource[nr].cut, (int)nr == rows[i].cut);
			if (tree->resource[nr].cut && tree->resource[nr].cut_from != rows[i].cut_from)
				fail_msg("row %zu: %llx", i,
					 (unsigned long long)tree->resource[nr].cut_from);
			assert_int_equal(tree->resource[nr].depth,
					 tree->resource[nr].address == IMAGE + C);
		}
		kernel_close(kernel);
	}
}

/* Members that lie behind 256 bytes are not believed, which the size of the symbol replaces; those
 * of other sizes than these are none. */
static void places_in_a_resource(void **state)
{
	static const struct {
		unsigned int before; /* bytes before the first member */
		unsigned int address; /* bytes of it */
		bool known;
	} rows[] = {
		{ 0, 8, true },	  { 200, 8, true },  { 208, 8, true },	{ 209, 8, false },
		{ 216, 8, false }, { 0, 2, false }, { 0, 16, false }, { 0, 4, true },
	};
	enum { ROOT = 0x8000, ONE = 0x8200 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct part members[] = {
			{ "before", rows[i].before + !rows[i].before, 0 },
			{ "start", rows[i].address, 0 }, { "end", rows[i].address, 0 },
			{ "name", 8, 0 },   { "parent", 8, 0 },
			{ "sibling", 8, 0 }, { "child", 8, 0 }, { NULL, 0, 0 },
		};
		const struct part *from = rows[i].before ? members : members + 1;
		uint64_t at = rows[i].before, pointers = at + 2 * rows[i].address;
		const struct resource_tree *tree;
		struct kernel *kernel;

		start_64("6.1.0");
		add_struct("resource", from);
		linked_add(&linked, "iomem_resource", IMAGE + ROOT, 0);
		put(ROOT + pointers + 24, IMAGE + ONE, 8);
		put(ONE + at, 0x1000, 4);
		put(ONE + at + rows[i].address, 0x1fff, 4);
		put(ONE + pointers + 8, IMAGE + ROOT, 8);
		kernel = open_kernel(NULL);
		tree = kernel_resources(kernel, RESOURCE_MEMORY, NULL);
		if (!tree != !rows[i].known)
			fail_msg("row %zu", i);
		if (tree) {
			assert_int_equal(tree->nr, 1);
			assert_true(tree->resource[0].end == 0x1fff);
		}
		kernel_close(kernel);
	}
}

static void names_of_ram(void **state)
{
	static const struct {
		const char *name;
		bool ram;
	} rows[] = {
		{ "System RAM", true }, { "System RAM (kmem)", true }, { "System RAM (", true },
		{ "System RAM ", false }, { "System RAMs", false }, { "Reserved", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct resource resource = { 0 };

		strcpy(resource.name, rows[i].name);
		assert_int_equal(resource_is_ram(&resource), rows[i].ram);
	}
}

/* Each resource that holds an address, the outermost first; the last of them is the innermost,
 * but where what is below it is not known. */
static void resources_at_an_address(void **state)
{
	struct resource resources[] = {
		{ .start = 0x1000, .end = 0x1fff },
		{ .start = 0x4000, .end = 0xffff },
		{ .start = 0x5000, .end = 0x6fff, .depth = 1 },
		{ .start = 0x6000, .end = 0x6000, .depth = 2 },
		{ .start = 0x8000, .end = 0x8fff, .depth = 1,
		  .cut = true, .cut_from = 0x8800 },
	};
	const struct resource_tree tree = { .resource = resources, .nr = 5 };
	static const struct {
		uint64_t at;
		int chain[4]; /* indexes; -1: the end */
		int innermost;
	} rows[] = {
		{ 0xfff, { -1 }, -1 },		 { 0x1000, { 0, -1 }, 0 },
		{ 0x1fff, { 0, -1 }, 0 },	 { 0x2000, { -1 }, -1 },
		{ 0x4000, { 1, -1 }, 1 },	 { 0x5000, { 1, 2, -1 }, 2 },
		{ 0x6000, { 1, 2, 3, -1 }, 3 },	 { 0x6001, { 1, 2, -1 }, 2 },
		{ 0x6fff, { 1, 2, -1 }, 2 },	 { 0x7000, { 1, -1 }, 1 },
		{ 0x8000, { 1, 4, -1 }, 4 },	 { 0x87ff, { 1, 4, -1 }, 4 },
		{ 0x8800, { 1, 4, -1 }, -1 },	 { 0x8fff, { 1, 4, -1 }, -1 },
		{ 0xffff, { 1, -1 }, 1 },	 { 0x10000, { -1 }, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct resource *chain[MAX_RESOURCE_DEPTH];
		const struct resource *innermost;
		unsigned int nr = resource_chain(&tree, rows[i].at, chain), at = 0;

		for (; rows[i].chain[at] >= 0; at++)
			assert_true(at < nr && chain[at] == resources + rows[i].chain[at]);
		assert_int_equal(nr, at);
		innermost = resource_innermost(chain, nr, rows[i].at);
		if (innermost != (rows[i].innermost < 0 ? NULL : resources + rows[i].innermost))
			fail_msg("%llx", (unsigned long long)rows[i].at);
	}
}

/* From the highest bit of the flags down: the node, the zone (include/linux/
 * page-flags-layout.h). ZONES_SHIFT is 0 to 3, for 1, 2, 4 and 8 zones. */
static void nodes_and_zones_of_pages(void **state)
{
	static const struct {
		unsigned int nodes;
		int zones;
		uint64_t flags, node;
		const char *zone;
	} rows[] = {
		{ 1024, 4, UINT64_C(0x2a5) << 54 | UINT64_C(2) << 52 | 1, 0x2a5, "Normal" },
		{ 1024, 4, UINT64_C(1) << 54 | UINT64_C(3) << 52, 1, "Movable" },
		{ 1024, 4, UINT64_C(1023) << 54, 1023, "DMA" },
		{ 64, 5, UINT64_C(63) << 58 | UINT64_C(4) << 55, 63, "Device" },
		{ 64, 5, UINT64_C(1) << 55 | UINT64_C(1) << 54, 0, "DMA32" },
		{ 1024, 2, UINT64_C(1) << 53, 0, "DMA32" },
		{ 1, 4, UINT64_C(2) << 62 | UINT64_C(1) << 61, 0, "Normal" },
		{ 1, 1, UINT64_MAX, 0, "DMA" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_info info;
		struct kernel *kernel;
		char lines[128];

		snprintf(lines, sizeof(lines),
			 "SIZE(page)=64\nOFFSET(page.flags)=0\n"
			 "SYMBOL(mem_map)=ffffffff80006000\nLENGTH(node_data)=%u\n",
			 rows[i].nodes);
		start_with("6.1.0", lines);
		put(0x5000, rows[i].flags, 8);
		btf__add_enum(btf, "zone_type", 4);
		btf__add_enum_value(btf, "ZONE_DMA", 0);
		btf__add_enum_value(btf, "ZONE_DMA32", 1);
		btf__add_enum_value(btf, "ZONE_NORMAL", 2);
		btf__add_enum_value(btf, "ZONE_MOVABLE", 3);
		btf__add_enum_value(btf, "ZONE_DEVICE", 4);
		btf__add_enum_value(btf, "__MAX_NR_ZONES", rows[i].zones);
		btf__add_enum(btf, "pageflags", 4);
		btf__add_enum_value(btf, "PG_locked", 0);
		btf__add_enum_value(btf, "__NR_PAGEFLAGS", 24);
		kernel = open_kernel(NULL);
		assert_true(kernel_page_info(kernel, IMAGE + 0x5000, &info, NULL));
		assert_true(info.has_node);
		if (info.node != rows[i].node || !info.zone ||
		    strcmp(info.zone, rows[i].zone))
			fail_msg("row %zu: node %llx, zone %s", i,
				 (unsigned long long)info.node, info.zone);
		kernel_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_and_zones_of_pages),
		cmocka_unit_test(resources_at_an_address),
		cmocka_unit_test(resources_by_size),
		cmocka_unit_test(resources_out_of_order),
		cmocka_unit_test(places_in_a_resource),
		cmocka_unit_test(names_of_ram),
		cmocka_unit_test(resources_by_types),
		cmocka_unit_test(memories_of_modules),
		cmocka_unit_test(parts_of_the_image),
		cmocka_unit_test(possible_cpus),
		cmocka_unit_test(stacks_of_interrupts),
		cmocka_unit_test(stacks_of_interrupts_of_i386),
		cmocka_unit_test(stacks_of_exceptions_before_5_2),
		cmocka_unit_test(stacks_of_espfix),
		cmocka_unit_test(exception_stacks),
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
		cmocka_unit_test(a_short_entry_stack),
		cmocka_unit_test(parts_of_the_cpu_entry_area),
		cmocka_unit_test(masks_of_cpus_by_their_names),
		cmocka_unit_test(a_part_beyond_the_cpu_entry_area),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void without_libbpf(void **state)
{
	(void)state;
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(without_libbpf) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
