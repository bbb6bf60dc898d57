/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The regions of x86-64: results that depend on both symbols and releases. */
#include "base/text.h"
#include "kernel/kernel.h"
#include "made_eras.h"
#include "memory.h"
#include "regions_check.h"

#include "unit.h"

#define NEW "ffff888000000000"
#define NEW_AT UINT64_C(0xffff888000000000)
#define NEW_5 "ff11000000000000"

/* The region that a kernel has at an address. */
struct mapped {
	const char *release, *symbols, *note, *page_offset;
	uint64_t vaddr;
	const char *name;
	uint64_t first, last; /* 0: not checked */
};

/* A direct map from ff00000000000000 to before ffff000000000000 means five levels. */
static void expect_map(const struct mapped *row)
{
	unsigned int levels =
		starts_with(row->page_offset, "ff") && !starts_with(row->page_offset, "ffff") ? 5 :
												4;
	struct kernel *kernel;
	char option[64];

	start_x86_64(row->release, levels, row->note);
	snprintf(option, sizeof(option), "page_offset=%s", row->page_offset);
	kernel = memory_open(vmlinux_with(row->symbols), option);
	if (strcmp(row->name, "-") != 0 || region_of(kernel, row->vaddr, NULL))
		expect_region(kernel, row->vaddr, row->name, row->first, row->last);
	open_close(kernel);
}

static void expect_maps(const struct mapped *rows, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		expect_map(rows + i);
}

#define EXPECT_MAPS(ROWS) expect_maps(ROWS, sizeof(ROWS) / sizeof((ROWS)[0]))

static void maps_with_espfix(void **state)
{
	static const struct mapped rows[] = {
		{ "2.6.11", NULL, "", "ffff810000000000", 0xffffc20000000000, "vmalloc",
		  0xffffc20000000000, 0xffffe1ffffffffff },
		/* earlier releases have another direct map */
		{ "2.6.10", NULL, "", "ffff810000000000", 0xffffc20000000000, "unknown", 0, 0 },
		{ "2.6.10", NULL, "", "0x10000000000", 0xffffff0000000000, "vmalloc",
		  0xffffff0000000000, 0xffffff7fffffffff },
		{ "2.4.21", NULL, "", "0x10000000000", 0x1ffffffffff, "direct-map", 0x10000000000,
		  0x1ffffffffff },
		/* espfix: 3891a04aafd6, in 3.16 and in kernels that backported it */
		{ "3.15.0", "", OFFSET_0, OLD, 0xffffff0000000000, "hole", 0, 0 },
		{ "3.15.0", "init_espfix_bsp", OFFSET_0, OLD, 0xffffff0000000000, "espfix",
		  0xffffff0000000000, 0xffffff7fffffffff },
		{ "3.16.0", "", OFFSET_0, OLD, 0xffffff0000000000, "espfix", 0, 0 },
		{ "", NULL, "", NEW, 0xffffff0000000000, "unknown", 0, 0 },
		{ "3.15.0", NULL, "", OLD, 0xffffff0000000000, "hole", 0, 0 },
		{ "3.15.0-x", NULL, "", OLD, 0xffffff0000000000, "unknown", 0, 0 },
		{ "3.15.0-x", "", OFFSET_0, OLD, 0xffffff0000000000, "hole", 0, 0 },
		{ "", "", OFFSET_0, NEW, 0xffffff0000000000, "hole", 0, 0 },
		{ "", "init_espfix_bsp", OFFSET_0, NEW, 0xffffff0000000000, "espfix", 0, 0 },
	};

	(void)state;
	EXPECT_MAPS(rows);
}

static void maps_with_cpu_entry_areas(void **state)
{
	static const struct mapped rows[] = {
		/* the separate table of EFI: d2f7cbe7b26a, 3.14 */
		{ "3.13.0", "", OFFSET_0, OLD, 0xffffffef00000000, "hole", 0, 0 },
		{ "3.13.0", "efi_map_region", OFFSET_0, OLD, 0xffffffef00000000, "efi-runtime",
		  0xffffffef00000000, 0xfffffffeffffffff },
		{ "3.14.0", "", OFFSET_0, OLD, 0xffffffef00000000, "efi-runtime", 0, 0 },
		{ "", NULL, "", NEW, 0xffffffef00000000, "unknown", 0, 0 },
		/* cpu_entry_area: 92a0f81d8957 (4.15) and f2078904810373, together with the LDT */
		{ "4.14.10", "", OFFSET_0, OLD, 0xfffffe0000000000, "hole", 0, 0 },
		{ "4.14.10", "setup_cpu_entry_areas", OFFSET_0, OLD, 0xfffffe0000000000,
		  "cpu-entry-area", 0xfffffe0000000000, 0xfffffe7fffffffff },
		{ "4.14.10", "setup_cpu_entry_areas", OFFSET_0, OLD, 0xfffffe8000000000,
		  "ldt-remap", 0xfffffe8000000000, 0xfffffeffffffffff },
		{ "4.14.12", "setup_cpu_entry_areas", OFFSET_0, OLD, 0xfffffe0000000000, "unknown",
		  0, 0 },
		{ "4.14.13", "", OFFSET_0, OLD, 0xfffffe0000000000, "cpu-entry-area", 0, 0 },
		{ "", NULL, "", NEW, 0xfffffe0000000000, "unknown", 0, 0 },
		{ "4.18.0-80.el8", "setup_cpu_entry_areas", OFFSET_0, "ff12000000000000",
		  0xfffffe8000000000, "hole", 0, 0 },
	};

	(void)state;
	EXPECT_MAPS(rows);
}

static void ends_of_images(void **state)
{
	static const struct mapped rows[] = {
		/* the image has 512M, or 1G with CONFIG_RANDOMIZE_BASE (82fa9637a2ba, 3.14) */
		{ "2.6.25", NULL, "", "ffff810000000000", 0xffffffff88000000, "modules",
		  0xffffffff88000000, 0xfffffffffeffffff },
		{ "2.6.25", NULL, "", "ffff810000000000", 0xffffffff87ffffff, "kernel-image",
		  0xffffffff80000000, 0xffffffff87ffffff },
		{ "2.6.26", NULL, "", "ffff810000000000", 0xffffffff9fffffff, "kernel-image",
		  0xffffffff80000000, 0xffffffff9fffffff },
		{ "3.13.11", NULL, "", OLD, 0xffffffff9fffffff, "kernel-image", 0xffffffff80000000,
		  0xffffffff9fffffff },
		{ "3.14.0", NULL, "", OLD, 0xffffffff9fffffff, "kernel-image", 0xffffffff80000000,
		  0xffffffffbfffffff },
		{ "", NULL, "", NEW, 0xffffffff9fffffff, "kernel-image", 0xffffffff80000000,
		  0xffffffffbfffffff },
		{ "6.1.0", "", OFFSET_0, NEW, 0xffffffffa0000000, "modules", 0xffffffffa0000000,
		  0xfffffffffeffffff },
		{ "6.1.0", "kaslr_get_random_long", OFFSET_0, NEW, 0xffffffffa0000000,
		  "kernel-image", 0, 0xffffffffbfffffff },
		{ "6.1.0", "module_load_offset", OFFSET_0, NEW, 0xffffffffa0000000, "kernel-image",
		  0, 0xffffffffbfffffff },
		{ "3.13.0", "module_load_offset", OFFSET_0, OLD, 0xffffffffa0000000, "kernel-image",
		  0, 0xffffffffbfffffff },
		/* a kernel without modules lacks the function that places them; before 4.8 this is
		 * so even with the option */
		{ "4.7.10", "", OFFSET_0, OLD, 0xffffffffa0000000, "kernel-image", 0,
		  0xffffffffbfffffff },
		{ "4.7.10", "load_module", OFFSET_0, OLD, 0xffffffffa0000000, "modules",
		  0xffffffffa0000000, 0xfffffffffeffffff },
		{ "4.8.0", "", OFFSET_0, OLD, 0xffffffffa0000000, "modules", 0xffffffffa0000000,
		  0xfffffffffeffffff },
		{ "6.1.0", "", "KERNELOFFSET=1000000\n", NEW, 0xffffffffa0000000, "kernel-image", 0,
		  0xffffffffbfffffff },
		{ "6.1.0", NULL, "NUMBER(KERNEL_IMAGE_SIZE)=0x20000000\n", NEW, 0xffffffffa0000000,
		  "modules", 0xffffffffa0000000, 0 },
		{ "6.1.0", NULL, "NUMBER(KERNEL_IMAGE_SIZE)=0x7f000000\n", NEW, 0xffffffffa0000000,
		  "kernel-image", 0, 0xfffffffffeffffff },
		{ "6.1.0", NULL, "NUMBER(KERNEL_IMAGE_SIZE)=0x7f000001\n", NEW, 0xffffffffa0000000,
		  "kernel-image", 0, 0xffffffffbfffffff },
	};

	(void)state;
	EXPECT_MAPS(rows);
}

static void shadows_of_kasan(void **state)
{
	static const struct mapped rows[] = {
		/* KASAN's shadow, if KASAN is built in and nothing was moved */
		{ "6.1.0", "kasan_init", OFFSET_0, NEW, 0xffffec0000000000, "kasan-shadow",
		  0xffffec0000000000, 0xfffffbffffffffff },
		{ "6.1.0", "kasan_init", OFFSET_0, NEW, 0xfffffc0000000000, "hole",
		  0xfffffc0000000000, 0xfffffdffffffffff },
		{ "6.1.0", "kasan_init", OFFSET_0, "ffff8a0000000000", 0xffffec0000000000, "-", 0,
		  0 },
		{ "6.1.0", "", OFFSET_0, NEW, 0xffffec0000000000, "hole", 0, 0 },
		{ "2.6.31", "kasan_init", OFFSET_0, OLD, 0xffffec0000000000, "kasan-shadow", 0, 0 },
		{ "2.6.30", "kasan_init", OFFSET_0, OLD, 0xffffec0000000000, "hole", 0, 0 },
		{ "6.1.0", "kasan_init", OFFSET_0, NEW_5, 0xffdf000000000000, "kasan-shadow",
		  0xffdf000000000000, 0xfffffbffffffffff },
		{ "4.17.0", "kasan_init", OFFSET_0, "ff10000000000000", 0xffdf000000000000,
		  "kasan-shadow", 0xffdf000000000000, 0xfffffbffffffffff },
	};

	(void)state;
	EXPECT_MAPS(rows);
}

static void bases_out_of_order(void **state)
{
	static const struct mapped rows[] = {
		/* without a release, the start of the direct map decides */
		{ "", NULL, "", OLD, 0xffffc90000000000, "vmalloc", 0xffffc90000000000, 0 },
		{ "", NULL, "", "ffff810000000000", 0xffffc20000000000, "vmalloc",
		  0xffffc20000000000, 0 },
		/* bases that cannot be true, because bases must be in order, above the direct
		 * map */
		{ "6.1.0", NULL,
		  "SYMBOL(vmemmap)=ffff880000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n",
		  NEW, 0xffffea0000000000, "hole", 0, 0 },
		{ "6.1.0", NULL,
		  "SYMBOL(vmemmap)=ffffc00000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n",
		  NEW, 0xffffc00000000000, "direct-map", NEW_AT, 0 },
		{ "6.1.0", NULL,
		  "SYMBOL(vmemmap)=ffffff0000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n",
		  NEW, 0xffffff0000000000, "espfix", 0, 0 },
		{ "6.1.0", NULL,
		  "SYMBOL(vmemmap)=ffffd00000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n",
		  NEW, 0xffffd00000000000, "vmemmap", 0xffffd00000000000, 0xffffd0ffffffffff },
		{ "6.1.0", NULL,
		  "SYMBOL(vmemmap)=ffffd00000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n",
		  NEW, 0xffffcfffffffffff, "vmalloc", 0xffffc90000000000, 0xffffcfffffffffff },
		{ "6.1.0", NULL, "NUMBER(VMALLOC_START)=0xffffc00000000000\n", NEW,
		  0xffffbfffffffffff, "direct-map", NEW_AT, 0xffffbfffffffffff },
		/* no other region is where KASAN's shadow begins */
		{ "6.1.0", "kasan_init",
		  OFFSET_0
		  "SYMBOL(vmemmap)=ffffec0000000000\nNUMBER(VMALLOC_START)=0xffffc90000000000\n",
		  NEW, 0xffffec0000000000, "kasan-shadow", 0xffffec0000000000, 0 },
		/* 64K of memory whose direct map extends into the LDT's remap, and has precedence,
		 * or does not (d52888aa2753) */
		{ "4.17.3", NULL, "", "ff8fffffffff0000", 0xff90000000001000, "unknown",
		  0xff90000000000000, 0xff90ffffffffffff },
		{ "4.17.3", NULL, "", "ff8fffffffff0001", 0xff90000000001000, "-", 0, 0 },
		/* KASLR may place the region so that its full size does not fit */
		{ "6.1.0", NULL,
		  "SYMBOL(vmemmap)=fffe000000000001\nNUMBER(VMALLOC_START)=0xffa0000000000000\n",
		  NEW_5, 0xfffe000000000001, "vmemmap", 0xfffe000000000001, 0 },
	};

	(void)state;
	EXPECT_MAPS(rows);
}

static void maps_as_documented(void **state)
{
	static const struct mapped rows[] = {
		/* Documentation/x86/x86_64/mm.txt of 3.0 and 4.17, mm.rst of 6.1 */
		{ "3.0.0", NULL, "", OLD, 0xffff880000000000, "direct-map", 0xffff880000000000,
		  0xffffc7ffffffffff },
		{ "2.6.27", NULL, "", OLD, 0xffffe20000000000, "vmemmap", 0xffffe20000000000,
		  0xffffe2ffffffffff },
		{ "6.1.0", NULL, "", NEW, 0x00007fffffffffff, "user", 0, 0x00007fffffffffff },
		{ "6.1.0", NULL, "", NEW, 0x0000800000000000, "non-canonical", 0x0000800000000000,
		  0xffff7fffffffffff },
		{ "6.1.0", NULL, "", NEW, 0xffff800000000000, "guard-hole", 0xffff800000000000,
		  0xffff87ffffffffff },
		{ "6.1.0", NULL, "", NEW, 0xffff880000000000, "ldt-remap", 0xffff880000000000,
		  0xffff887fffffffff },
		{ "6.1.0", NULL, "", NEW, 0xffff888000000000, "direct-map", 0xffff888000000000,
		  0xffffc87fffffffff },
		{ "6.1.0", NULL, "", NEW, 0xffffc90000000000, "vmalloc", 0xffffc90000000000,
		  0xffffe8ffffffffff },
		{ "6.1.0", NULL, "", NEW, 0xffffea0000000000, "vmemmap", 0xffffea0000000000,
		  0xffffeaffffffffff },
		{ "6.1.0", NULL, "", NEW_5, 0x00ffffffffffffff, "user", 0, 0x00ffffffffffffff },
		{ "6.1.0", NULL, "", NEW_5, 0xff00000000000000, "guard-hole", 0xff00000000000000,
		  0xff0fffffffffffff },
		{ "6.1.0", NULL, "", NEW_5, 0xff10000000000000, "ldt-remap", 0xff10000000000000,
		  0xff10ffffffffffff },
		{ "6.1.0", NULL, "", NEW_5, 0xff11000000000000, "direct-map", 0xff11000000000000,
		  0xff90ffffffffffff },
		{ "6.1.0", NULL, "", NEW_5, 0xffa0000000000000, "vmalloc", 0xffa0000000000000,
		  0xffd1ffffffffffff },
		{ "6.1.0", NULL, "", NEW_5, 0xffd4000000000000, "vmemmap", 0xffd4000000000000,
		  0xffd5ffffffffffff },
		{ "4.17.0", NULL, "", "ff10000000000000", 0xffa0000000000000, "vmalloc",
		  0xffa0000000000000, 0xffd1ffffffffffff },
		{ "4.17.0", NULL, "", "ff10000000000000", 0xffd4000000000000, "vmemmap",
		  0xffd4000000000000, 0xffd5ffffffffffff },
	};

	(void)state;
	EXPECT_MAPS(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_with_espfix),   cmocka_unit_test(maps_with_cpu_entry_areas),
		cmocka_unit_test(ends_of_images),     cmocka_unit_test(shadows_of_kasan),
		cmocka_unit_test(bases_out_of_order), cmocka_unit_test(maps_as_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
