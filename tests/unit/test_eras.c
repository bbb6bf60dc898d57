/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of eras, for what symbols and releases tell together: each row is a
 * kernel at an edge or a step beside it, and names the change. What the release
 * alone tells is in test_entry.c (entries), test_page.c (frames, sections) and
 * test_region.c (layouts of x86-64).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "linux/region/region.h"
#include "linux/module/slots.h"
#include "linux/vmalloc/vmalloc.h"
#include "kernel/arch.h"
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "memory.h"
#include "arch/x86/x86_members.h"
#include "linux/area_members.h"
#include "open/archs.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

/* The table at 1000, of an image from 0 on; with five levels 2000 is below it. */
static void start_x86_64(const char *release, unsigned int levels, const char *more)
{
	char note[1024];

	snprintf(note, sizeof(note),
		 "%s%s%sSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
		 "NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=%d\n%s",
		 *release ? "OSRELEASE=" : "", release, *release ? "\n" : "", levels == 5, more);
	memory_start(false, note);
	if (levels == 5)
		put(0x1ff8, 0x2000 | P | RW, 8);
	put(levels == 5 ? 0x2ff8 : 0x1ff8, 0x3000 | P | RW, 8);
	put(0x3ff0, 0x4000 | P | RW, 8);
	put(0x4000, P | RW | PS, 8);
}

/* names: symbols, with blanks between them; NULL: there is no table of symbols. */
static struct vmlinux *vmlinux_with(const char *names)
{
	static struct linked linked;
	static char text[256];

	if (!names)
		return NULL;
	linked = (struct linked){ 0 };
	snprintf(text, sizeof(text), "%s", names);
	linked_add(&linked, "_stext", LINKED_BASE, 0);
	for (char *name = strtok(text, " "); name; name = strtok(NULL, " "))
		linked_add(&linked, name, LINKED_BASE + 0x1000 * linked.nr, 16);
	return linked_open(&linked);
}

/* --- the map of x86-64 --- */

#define OLD "ffff880000000000"
#define NEW "ffff888000000000"
#define NEW_AT UINT64_C(0xffff888000000000)
#define NEW_5 "ff11000000000000"
#define OFFSET_0 "KERNELOFFSET=0\n"

static const struct {
	const char *release, *symbols, *note, *page_offset;
	unsigned int levels;
	uint64_t vaddr;
	const char *name;
	uint64_t first, last; /* 0: whatever it is */
} regions[] = {
	// clang-format off
	/* the oldest layout is that of all before it */
	{ "2.6.10", NULL, "", "ffff810000000000", 4, 0xffffc20000000000, "vmalloc", 0xffffc20000000000, 0xffffe1ffffffffff },
	/* espfix: 3891a04aafd6, 3.16 and what has carried it back */
	{ "3.15.0", "", OFFSET_0, OLD, 4, 0xffffff0000000000, "hole", 0, 0 },
	{ "3.15.0", "init_espfix_bsp", OFFSET_0, OLD, 4, 0xffffff0000000000, "espfix", 0xffffff0000000000, 0xffffff7fffffffff },
	{ "3.16.0", "", OFFSET_0, OLD, 4, 0xffffff0000000000, "espfix", 0, 0 },
	{ "", NULL, "", NEW, 4, 0xffffff0000000000, "unknown", 0, 0 },
	{ "3.15.0", NULL, "", OLD, 4, 0xffffff0000000000, "hole", 0, 0 },
	{ "3.15.0-x", NULL, "", OLD, 4, 0xffffff0000000000, "unknown", 0, 0 },
	{ "3.15.0-x", "", OFFSET_0, OLD, 4, 0xffffff0000000000, "hole", 0, 0 },
	{ "", "", OFFSET_0, NEW, 4, 0xffffff0000000000, "hole", 0, 0 },
	{ "", "init_espfix_bsp", OFFSET_0, NEW, 4, 0xffffff0000000000, "espfix", 0, 0 },
	/* EFI's own table: d2f7cbe7b26a, 3.14 */
	{ "3.13.0", "", OFFSET_0, OLD, 4, 0xffffffef00000000, "hole", 0, 0 },
	{ "3.13.0", "efi_map_region", OFFSET_0, OLD, 4, 0xffffffef00000000, "efi-runtime", 0xffffffef00000000, 0xfffffffeffffffff },
	{ "3.14.0", "", OFFSET_0, OLD, 4, 0xffffffef00000000, "efi-runtime", 0, 0 },
	{ "", NULL, "", NEW, 4, 0xffffffef00000000, "unknown", 0, 0 },
	/* cpu_entry_area: 92a0f81d8957, 4.15, and f2078904810373; with the LDT */
	{ "4.14.10", "", OFFSET_0, OLD, 4, 0xfffffe0000000000, "hole", 0, 0 },
	{ "4.14.10", "setup_cpu_entry_areas", OFFSET_0, OLD, 4, 0xfffffe0000000000, "cpu-entry-area", 0xfffffe0000000000, 0xfffffe7fffffffff },
	{ "4.14.10", "setup_cpu_entry_areas", OFFSET_0, OLD, 4, 0xfffffe8000000000, "ldt-remap", 0xfffffe8000000000, 0xfffffeffffffffff },
	{ "4.14.12", "setup_cpu_entry_areas", OFFSET_0, OLD, 4, 0xfffffe0000000000, "unknown", 0, 0 },
	{ "4.14.13", "", OFFSET_0, OLD, 4, 0xfffffe0000000000, "cpu-entry-area", 0, 0 },
	{ "", NULL, "", NEW, 4, 0xfffffe0000000000, "unknown", 0, 0 },
	{ "4.18.0-80.el8", "setup_cpu_entry_areas", OFFSET_0, "ff12000000000000", 5, 0xfffffe8000000000, "hole", 0, 0 },
	/* the image: 512M, 1G with CONFIG_RANDOMIZE_BASE (82fa9637a2ba, 3.14) */
	{ "2.6.25", NULL, "", "ffff810000000000", 4, 0xffffffff88000000, "modules", 0xffffffff88000000, 0xfffffffffeffffff },
	{ "2.6.25", NULL, "", "ffff810000000000", 4, 0xffffffff87ffffff, "kernel-image", 0xffffffff80000000, 0xffffffff87ffffff },
	{ "2.6.26", NULL, "", "ffff810000000000", 4, 0xffffffff9fffffff, "kernel-image", 0xffffffff80000000, 0xffffffff9fffffff },
	{ "3.13.11", NULL, "", OLD, 4, 0xffffffff9fffffff, "kernel-image", 0xffffffff80000000, 0xffffffff9fffffff },
	{ "3.14.0", NULL, "", OLD, 4, 0xffffffff9fffffff, "kernel-image", 0xffffffff80000000, 0xffffffffbfffffff },
	{ "", NULL, "", NEW, 4, 0xffffffff9fffffff, "kernel-image", 0xffffffff80000000, 0xffffffffbfffffff },
	{ "6.1.0", "", OFFSET_0, NEW, 4, 0xffffffffa0000000, "modules", 0xffffffffa0000000, 0xfffffffffeffffff },
	{ "6.1.0", "kaslr_get_random_long", OFFSET_0, NEW, 4, 0xffffffffa0000000, "kernel-image", 0, 0xffffffffbfffffff },
	{ "6.1.0", "module_load_offset", OFFSET_0, NEW, 4, 0xffffffffa0000000, "kernel-image", 0, 0xffffffffbfffffff },
	{ "3.13.0", "module_load_offset", OFFSET_0, OLD, 4, 0xffffffffa0000000, "kernel-image", 0, 0xffffffffbfffffff },
	/* a kernel without modules lacks what places them, before 4.8 also with the option */
	{ "4.7.10", "", OFFSET_0, OLD, 4, 0xffffffffa0000000, "kernel-image", 0, 0xffffffffbfffffff },
	{ "4.7.10", "load_module", OFFSET_0, OLD, 4, 0xffffffffa0000000, "modules", 0xffffffffa0000000, 0xfffffffffeffffff },
	{ "4.8.0", "", OFFSET_0, OLD, 4, 0xffffffffa0000000, "modules", 0xffffffffa0000000, 0xfffffffffeffffff },
	{ "6.1.0", "", "KERNELOFFSET=1000000\n", NEW, 4, 0xffffffffa0000000, "kernel-image", 0, 0xffffffffbfffffff },
	{ "6.1.0", NULL, "NUMBER(KERNEL_IMAGE_SIZE)=0x20000000\n", NEW, 4, 0xffffffffa0000000, "modules", 0xffffffffa0000000, 0 },
	{ "6.1.0", NULL, "NUMBER(KERNEL_IMAGE_SIZE)=0x7f000000\n", NEW, 4, 0xffffffffa0000000, "kernel-image", 0, 0xfffffffffeffffff },
	{ "6.1.0", NULL, "NUMBER(KERNEL_IMAGE_SIZE)=0x7f000001\n", NEW, 4, 0xffffffffa0000000, "kernel-image", 0, 0xffffffffbfffffff },
	/* KASAN's shadow, where it is built in and nothing was moved */
	{ "6.1.0", "kasan_init", OFFSET_0, NEW, 4, 0xffffec0000000000, "kasan-shadow", 0xffffec0000000000, 0xfffffbffffffffff },
	{ "6.1.0", "kasan_init", OFFSET_0, NEW, 4, 0xfffffc0000000000, "hole", 0xfffffc0000000000, 0xfffffdffffffffff },
	{ "6.1.0", "kasan_init", OFFSET_0, "ffff8a0000000000", 4, 0xffffec0000000000, "-", 0, 0 },
	{ "6.1.0", "", OFFSET_0, NEW, 4, 0xffffec0000000000, "hole", 0, 0 },
	{ "2.6.31", "kasan_init", OFFSET_0, OLD, 4, 0xffffec0000000000, "kasan-shadow", 0, 0 },
	{ "2.6.30", "kasan_init", OFFSET_0, OLD, 4, 0xffffec0000000000, "hole", 0, 0 },
	{ "6.1.0", "kasan_init", OFFSET_0, NEW_5, 5, 0xffdf000000000000, "kasan-shadow", 0xffdf000000000000, 0xfffffbffffffffff },
	{ "4.17.0", "kasan_init", OFFSET_0, "ff10000000000000", 5, 0xffdf000000000000, "kasan-shadow", 0xffdf000000000000, 0xfffffbffffffffff },
	/* without a release, by where the direct map begins */
	{ "", NULL, "", OLD, 4, 0xffffc90000000000, "vmalloc", 0xffffc90000000000, 0 },
	{ "", NULL, "", "ffff810000000000", 4, 0xffffc20000000000, "vmalloc", 0xffffc20000000000, 0 },
	/* bases that cannot be: they lie in order, above the direct map */
	{ "6.1.0", NULL, "SYMBOL(vmemmap)=ffff880000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n", NEW, 4, 0xffffea0000000000, "hole", 0, 0 },
	{ "6.1.0", NULL, "SYMBOL(vmemmap)=ffffc00000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n", NEW, 4, 0xffffc00000000000, "direct-map", NEW_AT, 0 },
	{ "6.1.0", NULL, "SYMBOL(vmemmap)=ffffff0000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n", NEW, 4, 0xffffff0000000000, "espfix", 0, 0 },
	{ "6.1.0", NULL, "SYMBOL(vmemmap)=ffffd00000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n", NEW, 4, 0xffffd00000000000, "vmemmap", 0xffffd00000000000, 0xffffd0ffffffffff },
	{ "6.1.0", NULL, "SYMBOL(vmemmap)=ffffd00000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n", NEW, 4, 0xffffcfffffffffff, "vmalloc", 0xffffc90000000000, 0xffffcfffffffffff },
	{ "6.1.0", NULL, "NUMBER(VMALLOC_START)=0xffffc00000000000\n", NEW, 4, 0xffffbfffffffffff, "direct-map", NEW_AT, 0xffffbfffffffffff },
	/* where KASAN's shadow begins there is nothing else */
	{ "6.1.0", "kasan_init", OFFSET_0 "SYMBOL(vmemmap)=ffffec0000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n", NEW, 4, 0xffffec0000000000, "kasan-shadow", 0xffffec0000000000, 0 },
	/* memory of 64K that reaches the LDT's remap, and wins, or does not (d52888aa2753) */
	{ "4.17.3", NULL, "", "ff8fffffffff0000", 5, 0xff90000000001000, "unknown", 0xff90000000000000, 0xff90ffffffffffff },
	{ "4.17.3", NULL, "", "ff8fffffffff0001", 5, 0xff90000000001000, "-", 0, 0 },
	/* KASLR may place it so that its full size does not fit */
	{ "6.1.0", NULL, "SYMBOL(vmemmap)=fffe000000000001\nNUMBER(VMALLOC_START)=0xffa0000000000000\n", NEW_5, 5, 0xfffe000000000001, "vmemmap", 0xfffe000000000001, 0 },
	/* Documentation/x86/x86_64/mm.txt of 3.0 and 4.17, mm.rst of 6.1 */
	{ "3.0.0", NULL, "", OLD, 4, 0xffff880000000000, "direct-map", 0xffff880000000000, 0xffffc7ffffffffff },
	{ "2.6.27", NULL, "", OLD, 4, 0xffffe20000000000, "vmemmap", 0xffffe20000000000, 0xffffe2ffffffffff },
	{ "6.1.0", NULL, "", NEW, 4, 0x00007fffffffffff, "user", 0, 0x00007fffffffffff },
	{ "6.1.0", NULL, "", NEW, 4, 0x0000800000000000, "non-canonical", 0x0000800000000000, 0xffff7fffffffffff },
	{ "6.1.0", NULL, "", NEW, 4, 0xffff800000000000, "guard-hole", 0xffff800000000000, 0xffff87ffffffffff },
	{ "6.1.0", NULL, "", NEW, 4, 0xffff880000000000, "ldt-remap", 0xffff880000000000, 0xffff887fffffffff },
	{ "6.1.0", NULL, "", NEW, 4, 0xffff888000000000, "direct-map", 0xffff888000000000, 0xffffc87fffffffff },
	{ "6.1.0", NULL, "", NEW, 4, 0xffffc90000000000, "vmalloc", 0xffffc90000000000, 0xffffe8ffffffffff },
	{ "6.1.0", NULL, "", NEW, 4, 0xffffea0000000000, "vmemmap", 0xffffea0000000000, 0xffffeaffffffffff },
	{ "6.1.0", NULL, "", NEW_5, 5, 0x00ffffffffffffff, "user", 0, 0x00ffffffffffffff },
	{ "6.1.0", NULL, "", NEW_5, 5, 0xff00000000000000, "guard-hole", 0xff00000000000000, 0xff0fffffffffffff },
	{ "6.1.0", NULL, "", NEW_5, 5, 0xff10000000000000, "ldt-remap", 0xff10000000000000, 0xff10ffffffffffff },
	{ "6.1.0", NULL, "", NEW_5, 5, 0xff11000000000000, "direct-map", 0xff11000000000000, 0xff90ffffffffffff },
	{ "6.1.0", NULL, "", NEW_5, 5, 0xffa0000000000000, "vmalloc", 0xffa0000000000000, 0xffd1ffffffffffff },
	{ "6.1.0", NULL, "", NEW_5, 5, 0xffd4000000000000, "vmemmap", 0xffd4000000000000, 0xffd5ffffffffffff },
	{ "4.17.0", NULL, "", "ff10000000000000", 5, 0xffa0000000000000, "vmalloc", 0xffa0000000000000, 0xffd1ffffffffffff },
	{ "4.17.0", NULL, "", "ff10000000000000", 5, 0xffd4000000000000, "vmemmap", 0xffd4000000000000, 0xffd5ffffffffffff },
	// clang-format on
};

static void maps_of_x86_64(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		struct error err = { .message = "" };
		const struct region *region;
		struct kernel *kernel;
		char option[64];

		start_x86_64(regions[i].release, regions[i].levels, regions[i].note);
		snprintf(option, sizeof(option), "page_offset=%s", regions[i].page_offset);
		kernel = memory_open(vmlinux_with(regions[i].symbols), option);
		region = region_of(kernel, regions[i].vaddr, &err);
		if (!region && !strcmp(regions[i].name, "-")) {
			open_close(kernel);
			continue;
		}
		if (!region)
			fail_msg("row %zu: %s", i, err.message);
		if (strcmp(region_names[region->kind], regions[i].name) ||
		    (regions[i].first && region->first != regions[i].first) ||
		    (regions[i].last && region->last != regions[i].last))
			fail_msg("row %zu, %s: %llx is %s from %llx to %llx", i, regions[i].release,
				 (unsigned long long)regions[i].vaddr, region_names[region->kind],
				 (unsigned long long)region->first,
				 (unsigned long long)region->last);
		open_close(kernel);
	}
}

/* Where vmalloc begins is not known, and memory lies at 64T, which is more than the layout of
 * 6.1 has room for. */
static void memory_beyond_the_direct_map(void **state)
{
	const uint64_t TB = UINT64_C(1) << 40, base = 0xffff9c2380000000;
	static const uint64_t tera[] = { 63, 64 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct region *region;
		struct kernel *kernel;
		uint64_t last = i == 0 ? 63 * TB + 0xfff : 64 * TB - 1;

		start_x86_64("6.1.0", 4, "");
		image_load(&image, MEMORY, tera[i] * TB, 0x1000);
		kernel = memory_open(NULL, "page_offset=ffff9c2380000000");
		region = region_of(kernel, base, NULL);
		assert_non_null(region);
		assert_int_equal(region->kind, REGION_DIRECT_MAP);
		assert_true(region->first == base);
		assert_true(region->last == base + last);
		open_close(kernel);
	}
}

/* Which layout it is where neither release nor base tells: by what page_offset_base
 * is linked to be. d52888aa2753 */
static void layouts_by_linked_value(void **state)
{
	static const struct {
		const char *release;
		uint64_t linked;
		const char *name; /* of ffff880000000000 */
	} rows[] = {
		{ "4.15.0-213-generic", 0xffff888000000000, "ldt-remap" },
		{ "4.15.0-213-generic", 0xffff880000000000, "hole" },
		{ "4.15.0-213-generic", 0xffff900000000000, "unknown" },
		{ "4.12.14-197.105-default", 0xffff900000000000, "unknown" },
		{ "4.14.35-1902.el7uek", 0xffff900000000000, "unknown" },
		{ "4.12.14", 0xffff900000000000, "hole" },
		{ "4.19.2", 0xffff888000000000, "ldt-remap" },
		{ "4.20.0", 0xffff880000000000, "hole" },
		{ "", 0xffff888000000000, "ldt-remap" },
		{ "", 0xffff880000000000, "hole" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .data = { 0, rows[i].linked } };
		const struct region *region;
		struct kernel *kernel;

		linked_add(&linked, "page_offset_base", LINKED_BASE + LINKED_DATA_AT + 8, 8);
		linked_add(&linked, "setup_cpu_entry_areas", LINKED_BASE, 8);
		start_x86_64(rows[i].release, 4, OFFSET_0);
		kernel = memory_open(linked_open(&linked), "page_offset=ffff9c2380000000");
		region = region_of(kernel, 0xffff880000000000, NULL);
		assert_non_null(region);
		if (strcmp(region_names[region->kind], rows[i].name))
			fail_msg("row %zu: %s", i, region_names[region->kind]);
		open_close(kernel);
	}
}

/* A base by its variable: in the kernel's half, moved by whole GiB. */
static void bases_that_kaslr_moved(void **state)
{
	static const struct {
		uint64_t value;
		bool taken;
	} rows[] = {
		{ 0xffffa00040000000, true },  { 0xffffa00000000000, true },
		{ 0xffffa00020000000, false }, { 0xffffa00000001000, false },
		{ 0x7fffc0000000, false },     { 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .nr = 0 };
		struct kernel *kernel;
		uint64_t value = 0;

		start_x86_64("6.1.0", 4, OFFSET_0);
		put(0x5000, rows[i].value, 8);
		linked_add(&linked, "vmalloc_base", IMAGE + 0x5000, 8);
		kernel = memory_open(linked_open(&linked), "page_offset=ffff888000000000");
		assert_true(kernel_fact(kernel, FACT_VMALLOC_START, &value));
		if (value != (rows[i].taken ? rows[i].value : UINT64_C(0xffffc90000000000)))
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		open_close(kernel);
	}
}

/* The direct map as the table has it: moved by whole GiB, never in the image. */
static void direct_maps_of_tables(void **state)
{
	static const struct {
		unsigned int pgd, pud; /* of a page of 1G; 0: none */
		uint64_t paddr, base; /* 0: none is found */
	} rows[] = {
		{ 273, 0, 0, 0xffff888000000000 },
		{ 273, 1, 0, 0xffff888040000000 },
		{ 274, 511, 0, 0xffff897fc0000000 },
		{ 258, 0, 0, 0xffff810000000000 },
		{ 257, 0, 0, 0xffff808000000000 },
		{ 256, 0, 0, 0 }, /* what 2.6.18 was started with */
		{ 273, 1, 0x40000000, 0 }, /* another page, without the table */
		{ 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value = 0;

		start_x86_64("6.1.0", 4, "");
		if (rows[i].pgd) {
			put(0x1000 + 8 * rows[i].pgd, 0x5000 | P | RW, 8);
			put(0x5000 + 8 * rows[i].pud, rows[i].paddr | P | RW | PS, 8);
		}
		kernel = memory_open(NULL, NULL);
		if (kernel_fact(kernel, FACT_PAGE_OFFSET, &value) != (rows[i].base != 0) ||
		    (rows[i].base && value != rows[i].base))
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		open_close(kernel);
	}
}

/* The direct map as a program header has it, which the table must prove; no other source
 * takes a base that is not a whole GiB. Never a user's address, nor the image's. */
static void direct_maps_of_segments(void **state)
{
	static const struct {
		unsigned int pgd; /* whose second 2M are the first of memory */
		uint64_t vaddr;
		bool taken;
	} rows[] = {
		{ 273, 0xffff888000200000, true },  { 256, 0xffff800000200000, true },
		{ 273, 0xffff888000400000, false }, { 274, 0xffff888000200000, false },
		{ 100, 0x320000200000, false },	    { 100, 0xffffffff80000000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value = 0;

		start_x86_64("6.1.0", 4, "");
		image.headers[image.nr - 1].vaddr = rows[i].vaddr;
		put(0x1000 + 8 * rows[i].pgd, 0x5000 | P | RW, 8);
		put(0x5000, 0x6000 | P | RW, 8);
		put(0x6008, P | RW | PS, 8);
		kernel = memory_open(NULL, NULL);
		if (kernel_fact(kernel, FACT_PAGE_OFFSET, &value) != rows[i].taken ||
		    (rows[i].taken && value != rows[i].vaddr))
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		open_close(kernel);
	}
}

/* --- the top of i386 --- */

/* f9a6cd2ee2b5... of 4.15: cpu_entry_area; LDT_BASE_ADDR below it, and above kmap,
 * since 4.19 (7757d607c6b3). include/asm/pgtable_32_types.h */
static const struct {
	bool pae;
	const char *release;
	bool has_kmap;
	int ldt, kmap; /* reaches of a last-level table below the area; 0: none */
} tops[] = {
	{ false, "4.18.20", true, 0, 1 },  { false, "4.19.0", true, 1, 2 },
	{ false, "4.18.20", false, 0, 0 }, { false, "4.19.0", false, 1, 0 },
	{ true, "4.18.20", true, 0, 1 },   { true, "4.19.0", true, 1, 2 },
	{ true, "4.18.20", false, 0, 0 },  { true, "4.19.0", false, 1, 0 },
	{ true, "6.1.0", true, 1, 2 },
};

enum { ROOT_32 = 0x1000, DIRECT = 0x2000, HIGH = 0x5000, HIGH_PTE = 0x6000, GATES = 0x7000 };
#define AREA UINT64_C(0xff800000)

/* A direct map of 4M, and the IDT in a page of its own at AREA. PAE's four
 * directories are the tables from 2000 on, the last of which is for high memory. */
static void start_i386(bool pae, const char *release)
{
	size_t size = pae ? 8 : 4;
	unsigned int shift = pae ? 21 : 22;
	uint64_t table = pae ? HIGH : ROOT_32, at = pae ? AREA & 0x3fffffff : AREA;
	char note[256];

	snprintf(note, sizeof(note),
		 "OSRELEASE=%s\nSYMBOL(swapper_pg_dir)=c0001000\n"
		 "SYMBOL(_stext)=c2000000\n%s",
		 release, pae ? "CONFIG_X86_PAE=y\n" : "");
	memory_start(true, note);
	if (pae) {
		put(ROOT_32 + 3 * 8, HIGH | P, 8);
		put(HIGH, 0 | P | RW | PS, 8);
		put(HIGH + 8, 0x200000 | P | RW | PS, 8);
	} else {
		put(ROOT_32 + 4 * (0xc0000000 >> 22), P | RW | PS, 4);
	}
	put(table + size * (at >> shift), HIGH_PTE | P | RW, size);
	/* tables of what may lie below it */
	for (unsigned int i = 1; i <= 2; i++)
		put(table + size * ((at >> shift) - i), 0x8000 | P | RW, size);
	put(HIGH_PTE, GATES | P, size);
	put(GATES, 0xc2008e0000601234, 8);
}

static void tops_of_i386(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		uint64_t reach = tops[i].pae ? 2 << 20 : 4 << 20;
		struct linked linked = { .narrow = true };
		struct error err = { .message = "" };
		const struct region *region;
		struct kernel *kernel;

		/* moved by 1000000 */
		linked_add(&linked, "_stext", LINKED_BASE_32, 0);
		linked_add(&linked, "divide_error", LINKED_BASE_32 + 0x1234, 8);
		linked_add(&linked, "setup_cpu_entry_areas", LINKED_BASE_32, 8);
		if (tops[i].has_kmap)
			linked_add(&linked, "kmap_high", LINKED_BASE_32, 8);
		start_i386(tops[i].pae, tops[i].release);
		kernel = memory_open(linked_open(&linked), NULL);
		for (int nr = 1; nr <= 3; nr++) {
			const char *name = nr == tops[i].ldt  ? "ldt-remap" :
					   nr == tops[i].kmap ? "kmap" :
								"vmalloc";
			uint64_t first = AREA - nr * reach;

			region = region_of(kernel, first, &err);
			if (!region)
				fail_msg("row %zu: %s", i, err.message);
			if (strcmp(region_names[region->kind], name) ||
			    (nr != 3 && strcmp(name, "vmalloc") && region->first != first))
				fail_msg("row %zu, %llx: %s", i, (unsigned long long)first,
					 region_names[region->kind]);
			if (nr == tops[i].kmap)
				assert_true(region->last - first + 1 ==
					    (tops[i].pae ? 512 : 1024) * 4096);
			if (nr == tops[i].ldt)
				assert_true(region->last == first + reach - 1);
		}
		open_close(kernel);
	}
}

/* Arithmetic is for the 4M that are mapped, and no byte beyond. */
static void the_direct_map_of_i386(void **state)
{
	(void)state;
	for (int pae = 0; pae < 2; pae++) {
		struct kernel *kernel;
		uint64_t paddr;

		start_i386(pae, "6.1.0");
		kernel = memory_open(NULL, NULL);
		assert_true(arch_i386.virt_to_phys(kernel, 0xc0000000, &paddr));
		assert_true(paddr == 0);
		assert_true(arch_i386.virt_to_phys(kernel, 0xc03fffff, &paddr));
		assert_true(paddr == 0x3fffff);
		assert_false(arch_i386.virt_to_phys(kernel, 0xc0400000, &paddr));
		assert_false(arch_i386.virt_to_phys(kernel, 0xbfffffff, &paddr));
		open_close(kernel);
	}
}

/* One who names bases by hand is told where they cannot be true. */
static void bases_of_i386_out_of_order(void **state)
{
	static const char *const rows[][3] = {
		{ "page_offset=0", "high_memory=c0400000", "vmalloc_start=c0c00000" },
		{ "page_offset=c0000000", "high_memory=c0000000", "vmalloc_start=c0c00000" },
		{ "page_offset=c0000000", "high_memory=100000000", "vmalloc_start=100800000" },
		{ "page_offset=c0000000", "high_memory=c0400000", "vmalloc_start=100000000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { .message = "" };
		struct kernel *kernel;

		start_i386(false, "6.1.0");
		kernel = memory_open_with(NULL, rows[i], 3);
		assert_null(region_of(kernel, 0xc0000000, &err));
		assert_non_null(strstr(err.message, "are not in order below 4 GiB"));
		open_close(kernel);
	}
}

/* pkmap_page_table names the table that maps kmap, which is one of four places below
 * the cpu_entry_area; pkmap_count has the number of its slots. */
static void kmap_by_its_table(void **state)
{
	(void)state;
	for (int pae = 0; pae < 2; pae++)
		for (unsigned int place = 0; place <= 5; place++) {
			uint64_t reach = pae ? 2 << 20 : 4 << 20;
			uint64_t base = AREA - place * reach, size = pae ? 8 : 4;
			unsigned int at = (unsigned int)((pae ? base & 0x3fffffff : base) / reach);
			struct linked linked = { .narrow = true };
			const struct region *region;
			struct kernel *kernel;

			linked_add(&linked, "_stext", LINKED_BASE_32, 0);
			linked_add(&linked, "divide_error", LINKED_BASE_32 + 0x1234, 8);
			linked_add(&linked, "setup_cpu_entry_areas", LINKED_BASE_32, 8);
			linked_add(&linked, "pkmap_count", LINKED_BASE_32, 4 * 300);
			linked_add(&linked, "pkmap_page_table", 0xbf009000, 4);
			start_i386(pae, "4.19.0");
			if (place)
				put((pae ? HIGH : ROOT_32) + size * at, 0xa000 | P | RW, size);
			put(0x9000, 0xc000a000, 4);
			kernel = memory_open(linked_open(&linked), NULL);
			region = region_of(kernel, base, NULL);
			if (place < 1 || place > 4) {
				assert_null(region);
			} else {
				const struct region *below = region_of(kernel, base - 0x2001, NULL);

				assert_non_null(region);
				assert_int_equal(region->kind, REGION_KMAP);
				assert_true(region->first == base);
				assert_true(region->last == base + 300 * 4096 - 1);
				/* two pages are left free */
				assert_non_null(below);
				assert_int_equal(below->kind, REGION_VMALLOC);
				assert_true(below->last == base - 0x2001);
				region = region_of(kernel, AREA - reach, NULL);
				assert_int_equal(region->kind,
						 place == 1 ? REGION_KMAP : REGION_LDT_REMAP);
			}
			open_close(kernel);
		}
}

/* By the release alone, a table has to be there; nothing else is a guess. */
static void kmap_without_its_table(void **state)
{
	(void)state;
	for (int cut = 0; cut < 2; cut++) {
		struct linked linked = { .narrow = true };
		struct kernel *kernel;

		linked_add(&linked, "_stext", LINKED_BASE_32, 0);
		linked_add(&linked, "divide_error", LINKED_BASE_32 + 0x1234, 8);
		linked_add(&linked, "setup_cpu_entry_areas", LINKED_BASE_32, 8);
		linked_add(&linked, "kmap_high", LINKED_BASE_32, 8);
		start_i386(false, "4.19.0");
		if (cut)
			put(ROOT_32 + 4 * ((AREA >> 22) - 2), 0, 4);
		kernel = memory_open(linked_open(&linked), NULL);
		assert_int_equal(region_of(kernel, AREA - (8 << 20), NULL) == NULL, cut);
		open_close(kernel);
	}
}

/* --- symbols that KASLR moves --- */

static void symbols_that_are_moved(void **state)
{
	(void)state;
	/* per-CPU symbols begin at 0 (arch/x86/kernel/vmlinux.lds.S, until 6.15) */
	assert_false(arch_x86_64.relocated(0, LINKED_DATA));
	assert_false(arch_x86_64.relocated(0x1f000, LINKED_DATA));
	assert_false(arch_x86_64.relocated(IMAGE - 1, LINKED_DATA));
	assert_true(arch_x86_64.relocated(IMAGE, LINKED_DATA));
	assert_true(arch_x86_64.relocated(IMAGE, SHN_ABS));
	assert_true(arch_i386.relocated(0, LINKED_DATA));
	assert_true(arch_i386.relocated(0xc1000000, LINKED_DATA));
	assert_false(arch_i386.relocated(0xc1000000, SHN_ABS));
}

static void a_moved_kernel(void **state)
{
	struct linked linked = { .nr = 3,
				 .symbols = { { "_stext", LINKED_BASE, 0, LINKED_TEXT },
					      { "in_image", LINKED_BASE + 0x100, 8, LINKED_TEXT },
					      { "per_cpu", 0x1f000, 8, LINKED_DATA } } };
	struct kernel_symbol symbol;
	struct kernel *kernel;
	uint64_t address;

	(void)state;
	start_x86_64("6.1.0", 4, "KERNELOFFSET=3000000\n");
	kernel = memory_open(linked_open(&linked), NULL);
	assert_true(kernel_symbol(kernel, "in_image", &address, NULL));
	assert_true(address == LINKED_BASE + 0x3000100);
	assert_true(kernel_symbol(kernel, "per_cpu", &address, NULL));
	assert_true(address == 0x1f000);
	assert_true(kernel_image_symbol_at(kernel, LINKED_BASE + 0x3000107, &symbol, NULL));
	assert_string_equal(symbol.name, "in_image");
	assert_true(symbol.address == LINKED_BASE + 0x3000100);
	assert_true(symbol.size == 8);
	assert_false(kernel_image_symbol_at(kernel, LINKED_BASE + 0x2ffffff, &symbol, NULL));
	assert_false(kernel_image_symbol_at(kernel, 0x301f000, &symbol, NULL));
	open_close(kernel);
	linked = (struct linked){ .narrow = true,
				  .nr = 3,
				  .symbols = {
					  { "_stext", LINKED_BASE_32, 0, LINKED_TEXT },
					  { "in_image", LINKED_BASE_32 + 0x100, 8, LINKED_TEXT },
					  { "absolute", LINKED_BASE_32 + 0x200, 8, SHN_ABS } } };
	start_i386(false, "6.1.0");
	kernel = memory_open(linked_open(&linked), NULL);
	assert_true(kernel_symbol(kernel, "in_image", &address, NULL));
	assert_true(address == LINKED_BASE_32 + 0x1000100);
	assert_true(kernel_symbol(kernel, "absolute", &address, NULL));
	assert_true(address == LINKED_BASE_32 + 0x200);
	open_close(kernel);
}

/* --- pages that processes may read --- */

/* Slots of VVAR_PAGE and VSYSCALL_HPET until 3.14, gone with f40c330091c7. */
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
		{ "", 0xffffffffff5fe000, true }, /* it may be an old one */
		{ "", 0xffffffffff600000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixmap_slot slot;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, "");
		kernel = memory_open(NULL, NULL);
		/* without types no slot has a name */
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
		/* the upper part of a stack that was split; one page alone */
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x13000);
		assert_true(vma_shown_start(kernel, &list, vmas + 2) == 0x17000);
		vmas[1].flags = 0;
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x13000);
		vmas[1].flags = VMA_GROWSDOWN;
		vmas[0].flags = 0; /* what is below it is no part of it */
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x13000 + page);
		vmas[1].flags = 0;
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x13000);
		vmas[0].flags = vmas[1].flags = VMA_GROWSDOWN;
		vmas[1].first = 0x14000; /* a hole below it */
		assert_true(vma_shown_start(kernel, &list, vmas + 1) == 0x14000 + page);
		vmas[1].first = 0x13000;
		open_close(kernel);
	}
}

static void set_member(struct kernel *kernel, unsigned int id, uint32_t offset, uint32_t size)
{
	struct member *members = kernel_state(kernel, &state_members);

	members[id] = (struct member){ true, true, offset, size };
}

/* vma_is_initial_heap() of 6.6 (11250fd12eb8, 6.6), is_heap of fs/proc before. */
static void heaps(void **state)
{
	static const struct {
		const char *release;
		uint64_t first, last;
		bool heap;
	} rows[] = {
		/* it is from 20000 to 23000 */
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
		set_member(kernel, MM_START_BRK, 0, 8);
		set_member(kernel, MM_BRK, 8, 8);
		set_member(kernel, MM_START_STACK, 16, 8);
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
		set_member(kernel, VM_NEXT, 0, 8);
		set_member(kernel, VM_ADDR, 8, 8);
		set_member(kernel, VM_SIZE, 16, 8);
		set_member(kernel, VM_FLAGS, 24, 8);
		set_member(kernel, VM_PAGES, 32, 8);
		set_member(kernel, VM_NR_PAGES, 40, 4);
		set_member(kernel, VM_PHYS_ADDR, 48, 8);
		list = vmalloc_areas(kernel, NULL);
		assert_non_null(list);
		assert_int_equal(list->nr, 1);
		if (list->area[0].flags != rows[i].flags)
			fail_msg("%s: %x", rows[i].release, list->area[0].flags);
		open_close(kernel);
	}
}

/* The last page of an area is its guard, where it may have one and is not mapped. */
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
		/* mapped to its end */
		area.last = area.last - area.first + IMAGE;
		area.first = IMAGE;
		assert_true(vmalloc_area_used_last(kernel, &area) == area.last);
	}
	open_close(kernel);
}

/* --- entries --- */

/* Kernels before 4.19 invert if their symbols say so (6b28baca9b1f). */
static void inversion_by_symbol(void **state)
{
	static const struct {
		const char *release, *symbols;
		enum certainty inverted;
		uint8_t type_shift;
	} rows[] = {
		{ "4.18.0", "", NO, 9 },
		{ "4.18.0", "cpu_show_l1tf", YES, 59 },
		{ "4.18.0", "l1tf_mitigation", YES, 59 },
		{ "4.19.0", "", YES, 59 },
		{ "4.4.155", "cpu_show_l1tf", YES, 59 },
		{ "4.4.140", "", NO, 1 },
		{ "", "l1tf_mitigation", YES, 59 },
		{ "", "", NO, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct entry_rules *rules;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, OFFSET_0);
		kernel = memory_open(vmlinux_with(rows[i].symbols), NULL);
		rules = kernel_entry_rules(kernel);
		if (rules->inverted != rows[i].inverted ||
		    rules->swap.type.shift != rows[i].type_shift ||
		    rules->swap_known != (rows[i].type_shift != 0))
			fail_msg("row %zu, %s", i, rows[i].release);
		open_close(kernel);
	}
}

/* Releases of distributions: text behind the numbers, but for -rc. */
static void releases_of_distributions(void **state)
{
	static const struct {
		const char *release;
		bool is_one;
	} rows[] = {
		{ "4.4.155", false },
		{ "2.6.32.20", false },
		{ "5.15.0-rc3", false },
		{ "", false },
		{ "2.6.32-754.el6.x86_64", true },
		{ "3.10.0-1062.el7.x86_64", true },
		{ "4.12.14-197.105-default", true },
		{ "4.15.0-213-generic", true },
		{ "5.4.17-2136.300.7.el8uek.x86_64", true },
		{ "4.14.355-271.569.amzn2.x86_64", true },
		{ "3.16.0-4-amd64", true },
		{ "6.1.0+", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, "");
		kernel = memory_open(NULL, NULL);
		if (kernel_is_distribution(kernel) != rows[i].is_one)
			fail_msg("%s", rows[i].release);
		open_close(kernel);
	}
}

/* 00839ee3b299 (4.8), which RHEL 7.3 (3.10) has: a doubt from 3.0 to 4.7, as RHEL 6 has
 * it not, where nothing is inverted. */
static void swap_codings_in_doubt(void **state)
{
	static const struct {
		const char *release, *symbols;
		bool doubtful;
		uint8_t later_offset;
	} rows[] = {
		{ "2.6.39-0.el6", "", false, 0 },
		{ "3.0.0-x", "", true, 15 },
		{ "3.10.0-514.el7.x86_64", "", true, 15 },
		{ "3.10.0-514.el7.x86_64", NULL, true, 15 },
		{ "3.10.0-1062.el7.x86_64", "l1tf_mitigation", false, 0 },
		{ "3.10.108", "", false, 0 },
		{ "4.7.10-x", "", true, 15 },
		{ "4.8.0-x", "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct entry_rules *rules;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, OFFSET_0);
		kernel = memory_open(vmlinux_with(rows[i].symbols), NULL);
		rules = kernel_entry_rules(kernel);
		if (rules->swap_doubtful != rows[i].doubtful ||
		    (rows[i].doubtful && rules->later_swap.offset.shift != rows[i].later_offset))
			fail_msg("row %zu, %s", i, rows[i].release);
		open_close(kernel);
	}
}

/* Where the areas end, which tells of the two codings: swap_info[], efa90a981bbc. */
static void swap_areas_of_a_dump(void **state)
{
	enum { TABLE = 0x5000, FIRST = 0x6000, OFF = 0x6010, USED = 1, WRITABLE = 2 };
	static const struct {
		unsigned int length;
		uint64_t second, last;
		unsigned int nr; /* 0: they are not known */
	} rows[] = {
		/* behind the table is something else */
		{ 3, 0, IMAGE + OFF, 3 }, { 2, 0, 1, 2 },   { 3, 0, 1, 0 },
		{ 3, 1, IMAGE + OFF, 0 }, { 32, 0, 0, 32 }, { 33, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .nr = 0 };
		const struct entry_rules *rules;
		struct kernel *kernel;

		start_x86_64("3.10.0-514.el7.x86_64", 4, OFFSET_0);
		put(TABLE, IMAGE + FIRST, 8);
		put(TABLE + 8, rows[i].second, 8);
		put(TABLE + 16, rows[i].last, 8);
		put(TABLE + 24, rows[i].length == 3, 8);
		put(FIRST, USED | WRITABLE, 8);
		put(FIRST + 8, 0x1234, 4);
		put(OFF, WRITABLE, 8);
		put(OFF + 8, 0x99, 4);
		linked_add(&linked, "swap_info", IMAGE + TABLE, 8 * rows[i].length);
		kernel = memory_open(linked_open(&linked), NULL);
		set_member(kernel, SWAP_FLAGS, 0, 8);
		set_member(kernel, SWAP_MAX, 8, 4);
		rules = kernel_entry_rules(kernel);
		assert_true(rules->swap_doubtful);
		if (rules->nr_areas != rows[i].nr)
			fail_msg("row %zu: %u", i, rules->nr_areas);
		if (rows[i].nr) {
			assert_true(rules->swap_end[0] == 0x1234);
			assert_true(rules->swap_end[1] == 0);
			assert_true(rules->swap_end[2] == 0);
		}
		open_close(kernel);
	}
}

/* Without a word of the note or a symbol: modules show where the image's range ends. RHEL
 * 7.4 (3.10) has CONFIG_RANDOMIZE_BASE. */
static void images_by_their_modules(void **state)
{
	enum { NO_MODULES, FROM_512M, FROM_1G };
	static const struct {
		const char *release, *note;
		int modules;
		uint64_t last; /* of the image */
	} rows[] = {
		{ "3.10.0-693.el7.x86_64", OFFSET_0, FROM_1G, 0xffffffffbfffffff },
		{ "3.10.0-693.el7.x86_64", OFFSET_0, FROM_512M, 0xffffffff9fffffff },
		{ "3.10.0-693.el7.x86_64", OFFSET_0, NO_MODULES, 0xffffffff9fffffff },
		{ "3.13.11", OFFSET_0, FROM_1G, 0xffffffffbfffffff },
		{ "3.14.0", OFFSET_0, FROM_512M, 0xffffffff9fffffff },
		{ "3.14.0", OFFSET_0, NO_MODULES, 0xffffffffbfffffff },
		/* of a moved image this may be the image */
		{ "6.1.0", "", FROM_512M, 0xffffffffbfffffff },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct region *region;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, rows[i].note);
		if (rows[i].modules == FROM_512M)
			put(0x4000 + 8 * 256, P | RW | PS, 8);
		if (rows[i].modules == FROM_1G) {
			put(0x3ff8, 0x5000 | P | RW, 8);
			put(0x5000, P | RW | PS, 8);
		}
		kernel = memory_open(NULL, "page_offset=" OLD);
		region = region_of(kernel, 0xffffffff90000000, NULL);
		assert_non_null(region);
		if (region->kind != REGION_KERNEL_IMAGE || region->last != rows[i].last)
			fail_msg("row %zu, %s: to %llx", i, rows[i].release,
				 (unsigned long long)region->last);
		open_close(kernel);
	}
}

/* RHEL 7 has the PAT MSR of 4.2 and the kernel's table of it: where the table is known
 * not to be there, the release tells. */
static void cache_types_of_distributions(void **state)
{
	static const struct {
		const char *release, *symbols;
		bool known;
		enum cache_type last;
	} rows[] = {
		{ "2.6.25-x", NULL, true, CACHE_UC },
		{ "2.6.26-x", NULL, false, CACHE_UC },
		{ "2.6.26-x", "", true, CACHE_UC },
		{ "3.10.0-1062.el7.x86_64", NULL, false, CACHE_UC },
		{ "3.10.0-1062.el7.x86_64", "__pte2cachemode_tbl", false, CACHE_UC },
		{ "4.1.12-x", "", true, CACHE_UC },
		{ "4.1.12-x", NULL, false, CACHE_UC },
		{ "4.2.0-x", NULL, true, CACHE_WT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct entry_rules *rules;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, OFFSET_0);
		kernel = memory_open(vmlinux_with(rows[i].symbols), NULL);
		rules = kernel_entry_rules(kernel);
		if (rules->cache_known != rows[i].known ||
		    (rules->cache_known && rules->cache[7] != rows[i].last))
			fail_msg("row %zu, %s", i, rows[i].release);
		open_close(kernel);
	}
}

/* include/linux/swap.h and swapops.h of each release: MAX_SWAPFILES is 32 less all
 * that is special. 6c287605fd56, 679d10331910 (both 5.19); b756a3b5e7ea (5.14);
 * 6.14 (bc84dc3f0b8c...) joined two types of devices. */
static const struct {
	const char *release;
	unsigned int files; /* MAX_SWAPFILES */
	const char *symbols;
	bool known;
	struct special_types special; /* markers, devices, migrations, hwpoisons */
} specials[] = {
	{ "5.18.19", 29, "memory_failure migrate_pages", true, { 0, 0, 2, 1 } },
	{ "5.13.19", 27, "memory_failure migrate_pages", true, { 0, 2, 2, 1 } },
	{ "5.18.19", 25, "memory_failure migrate_pages", true, { 0, 4, 2, 1 } },
	{ "5.18.19", 24, "memory_failure migrate_pages", false, { 0 } },
	{ "5.19.0", 28, "memory_failure migrate_pages", true, { 0, 0, 3, 1 } },
	{ "5.19.0", 27, "memory_failure migrate_pages", true, { 1, 0, 3, 1 } },
	{ "5.19.0", 26, "memory_failure migrate_pages", true, { 2, 0, 3, 1 } },
	{ "6.14.0", 24, "memory_failure migrate_pages", true, { 1, 3, 3, 1 } },
	{ "5.19.0", 23, "memory_failure migrate_pages", true, { 1, 4, 3, 1 } },
	{ "6.1.0", 22, "memory_failure migrate_pages", true, { 2, 4, 3, 1 } },
	{ "6.1.0", 21, "memory_failure migrate_pages", false, { 0 } },
	{ "6.1.0", 29, "memory_failure migrate_pages", false, { 0 } },
	{ "6.1.0", 28, "migrate_pages", true, { 1, 0, 3, 0 } },
	{ "6.1.0", 30, "memory_failure", true, { 1, 0, 0, 1 } },
	{ "6.1.0", 31, "", true, { 1, 0, 0, 0 } },
	{ "6.1.0", 32, "", true, { 0, 0, 0, 0 } },
	{ "6.1.0", 33, "", false, { 0 } },
	{ "6.1.0", 0, "", false, { 0 } },
	{ "", 28, "memory_failure migrate_pages", false, { 0 } },
	/* a distribution may have the third migration type: only types tell */
	{ "5.14.0-x", 29, "memory_failure migrate_pages", true, { 0, 0, 2, 1 } },
	{ "5.14.0-x", 28, "memory_failure migrate_pages", false, { 0 } },
	{ "5.14.0-x", 25, "memory_failure migrate_pages", false, { 0 } },
	{ "5.19.0-x", 27, "memory_failure migrate_pages", true, { 1, 0, 3, 1 } },
};

static void special_types_of_each_era(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		for (int narrow = 0; narrow < 2; narrow++) {
			uint64_t base = narrow ? LINKED_BASE_32 : LINKED_BASE;
			struct linked linked = { .narrow = narrow };
			const struct entry_rules *rules;
			struct kernel *kernel;
			char names[64];

			snprintf(names, sizeof(names), "%s", specials[i].symbols);
			linked_add(&linked, "_stext", base, 0);
			linked_add(&linked, "swap_info", base,
				   specials[i].files * (narrow ? 4 : 8));
			for (char *name = strtok(names, " "); name; name = strtok(NULL, " "))
				linked_add(&linked, name, base, 8);
			if (narrow)
				start_i386(true, specials[i].release);
			else
				start_x86_64(specials[i].release, 4, OFFSET_0);
			kernel = memory_open(linked_open(&linked), NULL);
			rules = kernel_entry_rules(kernel);
			if (rules->special_known != specials[i].known ||
			    (specials[i].known &&
			     memcmp(&rules->special, &specials[i].special, sizeof(rules->special))))
				fail_msg("row %zu, %s: %d %u %u %u %u", i, specials[i].release,
					 rules->special_known, rules->special.markers,
					 rules->special.devices, rules->special.migrations,
					 rules->special.hwpoisons);
			open_close(kernel);
		}
}

/* The kernel's own table (3.19), where it can be and is sound. */
static void cache_types_of_the_dump(void **state)
{
	static const uint8_t table[8] = { 0, 5, 4, 3, 2, 1, 0, 0 };
	const struct entry_rules *rules;

	(void)state;
	for (int last = 0; last < 8; last++) {
		struct kernel *kernel;

		start_x86_64("6.1.0", 4, "SYMBOL(__pte2cachemode_tbl)=ffffffff80005000\n");
		memcpy(image.bytes + MEMORY + 0x5000, table, 8);
		image.bytes[MEMORY + 0x5007] = (uint8_t)last;
		kernel = memory_open(NULL, NULL);
		rules = kernel_entry_rules(kernel);
		assert_true(rules->cache_known);
		for (int i = 0; i < 7; i++)
			if (last < NR_CACHE_TYPES)
				assert_int_equal(rules->cache[i], table[i]);
		assert_int_equal(rules->cache[7], last < NR_CACHE_TYPES ? last : (int)CACHE_WT);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_of_x86_64),
		cmocka_unit_test(memory_beyond_the_direct_map),
		cmocka_unit_test(layouts_by_linked_value),
		cmocka_unit_test(bases_that_kaslr_moved),
		cmocka_unit_test(direct_maps_of_tables),
		cmocka_unit_test(direct_maps_of_segments),
		cmocka_unit_test(tops_of_i386),
		cmocka_unit_test(the_direct_map_of_i386),
		cmocka_unit_test(bases_of_i386_out_of_order),
		cmocka_unit_test(kmap_by_its_table),
		cmocka_unit_test(kmap_without_its_table),
		cmocka_unit_test(symbols_that_are_moved),
		cmocka_unit_test(a_moved_kernel),
		cmocka_unit_test(the_time_in_the_fixmap),
		cmocka_unit_test(guard_pages_of_stacks),
		cmocka_unit_test(heaps),
		cmocka_unit_test(flags_of_areas),
		cmocka_unit_test(guards_of_areas),
		cmocka_unit_test(inversion_by_symbol),
		cmocka_unit_test(releases_of_distributions),
		cmocka_unit_test(swap_codings_in_doubt),
		cmocka_unit_test(swap_areas_of_a_dump),
		cmocka_unit_test(images_by_their_modules),
		cmocka_unit_test(cache_types_of_distributions),
		cmocka_unit_test(special_types_of_each_era),
		cmocka_unit_test(cache_types_of_the_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
