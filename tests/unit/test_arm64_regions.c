/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The regions of arm64 in kernels of each era. The expected values are from the tables in
 * Documentation/arm64/memory.rst, from the tables that kernels until 4.14 printed while they booted
 * ("Virtual kernel memory layout"), and from the notes of Debian's 6.1 and 6.12. */
#include "linux/module/slots.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "memory.h"
#include "open/open.h"
#include "regions_check.h"

#include "unit.h"

#define TOP UINT64_MAX

/* A kernel, and the regions of its half of the address space. The kernel has neither a table nor
 * types, so it is unknown how much of its range the slots of the fixmap fill. */
struct layout {
	const char *release;
	unsigned int page_size, config_bits, bits;
	const char *page_offset, *vmemmap, *struct_page; /* values for -o; NULL: not given */
	/* Addresses as linked; stext 0: unknown, and the offset of KASLR is unknown, too. */
	uint64_t stext, swapper;
	const char *note; /* more lines for the note */
	struct region_row rows[MOST_REGION_ROWS];
};

static struct kernel *open_layout(const struct layout *layout, uint64_t kaslr)
{
	const char *overrides[4] = { "root=0" };
	char note[1024], options[3][64];
	const char *const values[] = { layout->page_offset, layout->vmemmap, layout->struct_page };
	static const char *const names[] = { "page_offset", "vmemmap", "struct_page_size" };
	size_t nr = 1;

	snprintf(note, sizeof(note),
		 "%s%s%sPAGESIZE=%u\nNUMBER(VA_BITS)=%u\nNUMBER(TCR_EL1_T1SZ)=0x%x\n"
		 "SYMBOL(swapper_pg_dir)=%llx\nNUMBER(PHYS_OFFSET)=0\n%s",
		 *layout->release ? "OSRELEASE=" : "", layout->release,
		 *layout->release ? "\n" : "", layout->page_size, layout->config_bits,
		 64 - layout->bits, (unsigned long long)(layout->swapper + kaslr),
		 layout->note ? layout->note : "");
	if (layout->stext)
		snprintf(note + strlen(note), sizeof(note) - strlen(note),
			 "SYMBOL(_stext)=%llx\nKERNELOFFSET=%llx\n",
			 (unsigned long long)(layout->stext + kaslr), (unsigned long long)kaslr);
	memory_start(false, note);
	image.machine = EM_AARCH64;
	for (size_t i = 0; i < 3; i++)
		if (values[i]) {
			snprintf(options[i], sizeof(options[i]), "%s=%s", names[i], values[i]);
			overrides[nr++] = options[i];
		}
	return memory_open_with(NULL, overrides, nr);
}

static void compare(size_t nr, const struct layout *layout, uint64_t kaslr)
{
	struct kernel *kernel = open_layout(layout, kaslr);

	check_regions(layout->release, nr, kernel, (UINT64_C(1) << layout->bits) - 1, layout->rows);
	open_close(kernel);
}

// clang-format off
/* Until 5.10, I/O of PCI has 16M between holes of 2M. */
#define PCI_IO_BELOW(END) \
	{ "hole", (END) - 0x1400000, (END) - 0x1200001 }, \
	{ "pci-io", (END) - 0x1200000, (END) - 0x200001 }, \
	{ "hole", (END) - 0x200000, (END) - 1 }
/* The regions above the memory map. */
#define TOP_OF_4_4 \
	{ "unknown", 0xffffffbfc0000000, 0xffffffbffabfffff }, \
	PCI_IO_BELOW(0xffffffbffc000000), \
	{ "modules", 0xffffffbffc000000, 0xffffffbfffffffff }, \
	{ "direct-map", 0xffffffc000000000, TOP }
/* The regions above vmalloc. */
#define TOP_OF_5_4 \
	{ "unknown", 0xfffffdffbfff0000, 0xfffffdfffe9fffff }, \
	PCI_IO_BELOW(0xfffffdffffe00000), \
	{ "vmemmap", 0xfffffdffffe00000, 0xffffffffffdfffff }, \
	{ "hole", 0xffffffffffe00000, TOP }
#define PCI_IO_OF_5_11 \
	{ "unknown", 0xfffffbfff0000000, 0xfffffbfffdffffff }, \
	{ "hole", 0xfffffbfffe000000, 0xfffffbfffe7fffff }, \
	{ "pci-io", 0xfffffbfffe800000, 0xfffffbffff7fffff }, \
	{ "hole", 0xfffffbffff800000, 0xfffffbffffffffff }
/* The regions above the memory map. */
#define TOP_OF_6_9 \
	{ "hole", 0xffffffffc0000000, 0xffffffffc07fffff }, \
	{ "pci-io", 0xffffffffc0800000, 0xffffffffc17fffff }, \
	{ "unknown", 0xffffffffc1800000, 0xffffffffff7fffff }, \
	{ "hole", 0xffffffffff800000, TOP }
/* All regions, with 48 bits. */
#define LAYOUT_OF_5_10 \
	{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff }, \
	{ "bpf-jit", 0xffff800000000000, 0xffff800007ffffff }, \
	{ "modules", 0xffff800008000000, 0xffff80000fffffff }, \
	{ "vmalloc", 0xffff800010000000, 0xfffffdffbffeffff }, \
	TOP_OF_5_4
#define LAYOUT_OF_5_17 \
	{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff }, \
	{ "modules", 0xffff800000000000, 0xffff800007ffffff }, \
	{ "vmalloc", 0xffff800008000000, 0xfffffbffefffffff }, \
	PCI_IO_OF_5_11, \
	{ "vmemmap", 0xfffffc0000000000, 0xfffffdffffffffff }, \
	{ "hole", 0xfffffe0000000000, TOP }
#define LAYOUT_OF_6_12 \
	{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff }, \
	{ "modules", 0xffff800000000000, 0xffff80007fffffff }, \
	{ "vmalloc", 0xffff800080000000, 0xfffffdffbf7fffff }, \
	{ "hole", 0xfffffdffbf800000, 0xfffffdffbfffffff }, \
	{ "vmemmap", 0xfffffdffc0000000, 0xffffffffbfffffff }, \
	TOP_OF_6_9

static const struct layout layouts[] = {
	/* Boot logs: 3.10; Android's 3.18, with struct pages of 176 bytes; 4.x, with struct pages
	 * of 64 and 56 bytes, and with 48 bits. */
	{ "3.10.0", 4096, 39, 39, "ffffffc000000000", "ffffffbc00000000", NULL,
	  0xffffffc000080000, 0xffffffc00007d000, NULL, {
		{ "vmalloc", 0xffffff8000000000, 0xffffffbbfffeffff },
		{ "hole", 0xffffffbbffff0000, 0xffffffbbffffffff },
		{ "vmemmap", 0xffffffbc00000000, 0xffffffbdffffffff },
		{ "unknown", 0xffffffbe00000000, 0xffffffbffbffffff },
		{ "modules", 0xffffffbffc000000, 0xffffffbfffffffff },
		{ "direct-map", 0xffffffc000000000, TOP } } },
	{ "3.18.22", 4096, 39, 39, "ffffffc000000000", "ffffffba40000000", "176",
	  0xffffffc000080000, 0xffffffc00007d000, NULL, {
		{ "vmalloc", 0xffffff8000000000, 0xffffffba3ffeffff },
		{ "hole", 0xffffffba3fff0000, 0xffffffba3fffffff },
		{ "vmemmap", 0xffffffba40000000, 0xffffffbfbfffffff },
		{ "unknown", 0xffffffbfc0000000, 0xffffffbffbffffff },
		{ "modules", 0xffffffbffc000000, 0xffffffbfffffffff },
		{ "direct-map", 0xffffffc000000000, TOP } } },
	{ "4.4.0", 4096, 39, 39, "ffffffc000000000", "ffffffbdc0000000", NULL,
	  0xffffffc000080000, 0xffffffc001560000, NULL, {
		{ "vmalloc", 0xffffff8000000000, 0xffffffbdbffeffff },
		{ "hole", 0xffffffbdbfff0000, 0xffffffbdbfffffff },
		{ "vmemmap", 0xffffffbdc0000000, 0xffffffbfbfffffff },
		TOP_OF_4_4 } },
	{ "4.4.0", 4096, 39, 39, "ffffffc000000000", "ffffffbe00000000", "56",
	  0xffffffc000080000, 0xffffffc001560000, NULL, {
		{ "vmalloc", 0xffffff8000000000, 0xffffffbdfffeffff },
		{ "hole", 0xffffffbdffff0000, 0xffffffbdffffffff },
		{ "vmemmap", 0xffffffbe00000000, 0xffffffbfbfffffff },
		TOP_OF_4_4 } },
	{ "4.1.0", 4096, 48, 48, "ffff800000000000", NULL, NULL,
	  0xffff800000080000, 0xffff80000007d000, NULL, {
		{ "vmalloc", 0xffff000000000000, 0xffff7bffbffeffff },
		{ "hole", 0xffff7bffbfff0000, 0xffff7bffbfffffff },
		{ "vmemmap", 0xffff7bffc0000000, 0xffff7fffbfffffff },
		{ "unknown", 0xffff7fffc0000000, 0xffff7ffffabfffff },
		PCI_IO_BELOW(0xffff7ffffc000000),
		{ "modules", 0xffff7ffffc000000, 0xffff7fffffffffff },
		{ "direct-map", 0xffff800000000000, TOP } } },
	/* Boot logs: Android's 4.4 has the layout of 4.6. Memory begins 128M after the start of its
	 * section. */
	{ "4.4.22", 4096, 39, 39, "ffffffc000000000", "ffffffbdc0200000", NULL,
	  0xffffff8008080000, 0xffffff80097e0000, NULL, {
		{ "modules", 0xffffff8000000000, 0xffffff8007ffffff },
		{ "vmalloc", 0xffffff8008000000, 0xffffffbdbffeffff },
		{ "hole", 0xffffffbdbfff0000, 0xffffffbdbfffffff },
		{ "vmemmap", 0xffffffbdc0000000, 0xffffffbfbfffffff },
		{ "unknown", 0xffffffbfc0000000, 0xffffffbffebfffff },
		PCI_IO_BELOW(0xffffffc000000000),
		{ "direct-map", 0xffffffc000000000, TOP } } },
	/* Boot logs: 4.14 with and without KASAN, and 4.11 with pages of 64K. */
	{ "4.14.154", 4096, 48, 48, "ffff800000000000", "ffff7e0000000000", NULL,
	  0xffff000008081000, 0xffff00000a1e8000, NULL, {
		{ "modules", 0xffff000000000000, 0xffff000007ffffff },
		{ "vmalloc", 0xffff000008000000, 0xffff7dffbffeffff },
		{ "unknown", 0xffff7dffbfff0000, 0xffff7dfffebfffff },
		PCI_IO_BELOW(0xffff7e0000000000),
		{ "vmemmap", 0xffff7e0000000000, 0xffff7fffffffffff },
		{ "direct-map", 0xffff800000000000, TOP } } },
	{ "4.12.0", 4096, 48, 48, "ffff800000000000", "ffff7e0000000000", NULL,
	  0xffff200008081000, 0xffff20000a8f2000, NULL, {
		{ "kasan-shadow", 0xffff000000000000, 0xffff1fffffffffff },
		{ "modules", 0xffff200000000000, 0xffff200007ffffff },
		{ "vmalloc", 0xffff200008000000, 0xffff7dffbffeffff },
		{ "unknown", 0xffff7dffbfff0000, 0xffff7dfffebfffff },
		PCI_IO_BELOW(0xffff7e0000000000),
		{ "vmemmap", 0xffff7e0000000000, 0xffff7fffffffffff },
		{ "direct-map", 0xffff800000000000, TOP } } },
	{ "4.11.0", 65536, 48, 48, "ffff800000000000", NULL, NULL,
	  0xffff000008090000, 0xffff000009a70000, NULL, {
		{ "modules", 0xffff000000000000, 0xffff000007ffffff },
		{ "vmalloc", 0xffff000008000000, 0xffff7bdffffeffff },
		{ "unknown", 0xffff7bdfffff0000, 0xffff7fdffebfffff },
		PCI_IO_BELOW(0xffff7fe000000000),
		{ "vmemmap", 0xffff7fe000000000, 0xffff7fffffffffff },
		{ "direct-map", 0xffff800000000000, TOP } } },
	/* memory.rst of 5.4, with KASAN. */
	{ "5.4.0", 4096, 48, 48, NULL, "fffffdffffe00000", NULL,
	  0xffffa00010081000, 0xffffa00011500000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "kasan-shadow", 0xffff800000000000, 0xffff9fffffffffff },
		{ "bpf-jit", 0xffffa00000000000, 0xffffa00007ffffff },
		{ "modules", 0xffffa00008000000, 0xffffa0000fffffff },
		{ "vmalloc", 0xffffa00010000000, 0xfffffdffbffeffff },
		TOP_OF_5_4 } },
	{ "5.4.0", 65536, 52, 52, NULL, "fffffc1fffe00000", NULL,
	  0xffffa00010090000, 0xffffa00011500000, NULL, {
		{ "direct-map", 0xfff0000000000000, 0xfff7ffffffffffff },
		{ "hole", 0xfff8000000000000, 0xfffd9fffffffffff },
		{ "kasan-shadow", 0xfffda00000000000, 0xffff9fffffffffff },
		{ "bpf-jit", 0xffffa00000000000, 0xffffa00007ffffff },
		{ "modules", 0xffffa00008000000, 0xffffa0000fffffff },
		{ "vmalloc", 0xffffa00010000000, 0xfffff81ffffeffff },
		{ "unknown", 0xfffff81fffff0000, 0xfffffc1ffe9fffff },
		PCI_IO_BELOW(0xfffffc1fffe00000),
		{ "vmemmap", 0xfffffc1fffe00000, 0xffffffffffdfffff },
		{ "hole", 0xffffffffffe00000, TOP } } },
	/* With the shadow offset of tags (CONFIG_KASAN_SHADOW_OFFSET of 5.4), the shadow is half as
	 * large. */
	{ "5.4.0", 4096, 48, 48, NULL, "fffffdffffe00000", NULL,
	  0xffff900010081000, 0xffff900011500000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "kasan-shadow", 0xffff800000000000, 0xffff8fffffffffff },
		{ "bpf-jit", 0xffff900000000000, 0xffff900007ffffff },
		{ "modules", 0xffff900008000000, 0xffff90000fffffff },
		{ "vmalloc", 0xffff900010000000, 0xfffffdffbffeffff },
		TOP_OF_5_4 } },
	/* memory.rst of RHEL 8: the lower half is as in 5.11, and the upper half as in 5.4. */
	{ "4.18.0-553.el8.aarch64", 4096, 48, 48, NULL, "fffffdffffe00000", NULL,
	  0xffff800010081000, 0xffff800011500000, NULL, {
		LAYOUT_OF_5_10 } },
	/* memory.rst of 6.1. The address of the memory map is not given, so the release decides. */
	{ "6.1.0", 4096, 48, 48, NULL, NULL, NULL,
	  0xffff800008010000, 0xffff80000938f000, NULL, {
		LAYOUT_OF_5_17 } },
	/* memory.rst of 6.5. */
	{ "6.5.0", 65536, 52, 52, NULL, "fffffc0000000000", NULL,
	  0xffff800080010000, 0xffff800081500000, NULL, {
		{ "direct-map", 0xfff0000000000000, 0xffff7fffffffffff },
		{ "modules", 0xffff800000000000, 0xffff80007fffffff },
		{ "vmalloc", 0xffff800080000000, 0xfffffbffefffffff },
		PCI_IO_OF_5_11,
		{ "vmemmap", 0xfffffc0000000000, 0xffffffdfffffffff },
		{ "hole", 0xffffffe000000000, TOP } } },
	/* The limits in the notes of Debian's 6.12 (VMALLOC_END, VMEMMAP_START ...), which are
	 * found here without these notes: on a CPU with 52 bits, and on one with fewer. */
	{ "6.12.117", 4096, 52, 52, NULL, "ffffc1ffc0000000", NULL,
	  0xffff800080010000, 0xffff800081879000, NULL, {
		{ "direct-map", 0xfff0000000000000, 0xffff7fffffffffff },
		{ "modules", 0xffff800000000000, 0xffff80007fffffff },
		{ "vmalloc", 0xffff800080000000, 0xffffc1ffbf7fffff },
		{ "hole", 0xffffc1ffbf800000, 0xffffc1ffbfffffff },
		{ "vmemmap", 0xffffc1ffc0000000, 0xffffffffbfffffff },
		TOP_OF_6_9 } },
	{ "6.12.117", 16384, 52, 52, NULL, "fffff03fc0000000", NULL,
	  0xffffc00080010000, 0xffffc00081d64000, NULL, {
		{ "direct-map", 0xfff0000000000000, 0xffffbfffffffffff },
		{ "modules", 0xffffc00000000000, 0xffffc0007fffffff },
		{ "vmalloc", 0xffffc00080000000, 0xfffff03fbf7fffff },
		{ "hole", 0xfffff03fbf800000, 0xfffff03fbfffffff },
		{ "vmemmap", 0xfffff03fc0000000, 0xffffffffbfffffff },
		TOP_OF_6_9 } },
	{ "6.12.117", 16384, 52, 47, NULL, "fffff03fc0000000", NULL,
	  0xffffc00080010000, 0xffffc00081d64000, NULL, {
		{ "direct-map", 0xffff800000000000, 0xffffbfffffffffff },
		{ "modules", 0xffffc00000000000, 0xffffc0007fffffff },
		{ "vmalloc", 0xffffc00080000000, 0xffffffbfbf7fffff },
		{ "hole", 0xffffffbfbf800000, 0xffffffbfbfffffff },
		{ "vmemmap", 0xffffffbfc0000000, 0xffffffffbfffffff },
		TOP_OF_6_9 } },
	{ "6.12.117", 4096, 52, 48, NULL, "ffffc1ffc0000000", NULL,
	  0xffff800080010000, 0xffff800081879000, NULL, {
		LAYOUT_OF_6_12 } },
	/* deepin's 6.6 has the layout of 6.9, as the address of the memory map shows. */
	{ "6.6.0-arm64-desktop", 4096, 48, 48, NULL, "fffffdffc0000000", NULL,
	  0xffff800080010000, 0xffff800081879000, NULL, {
		LAYOUT_OF_6_12 } },
	/* A boot log with 64K pages, 42 bits and two levels. Then struct pages of 80 bytes, and of
	 * an impossible size, which is not used. */
	{ "4.14.0", 65536, 42, 42, "fffffe0000000000", "fffffdff80000000", NULL,
	  0xfffffc0008090000, 0xfffffc0009a70000, NULL, {
		{ "modules", 0xfffffc0000000000, 0xfffffc0007ffffff },
		{ "vmalloc", 0xfffffc0008000000, 0xfffffdff5ffeffff },
		{ "unknown", 0xfffffdff5fff0000, 0xfffffdff7ebfffff },
		PCI_IO_BELOW(0xfffffdff80000000),
		{ "vmemmap", 0xfffffdff80000000, 0xfffffdffffffffff },
		{ "direct-map", 0xfffffe0000000000, TOP } } },
	{ "6.12.0", 4096, 48, 48, NULL, NULL, "80", 0xffff800080010000, 0xffff800081879000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "modules", 0xffff800000000000, 0xffff80007fffffff },
		{ "vmalloc", 0xffff800080000000, 0xfffffd7fbf7fffff },
		{ "hole", 0xfffffd7fbf800000, 0xfffffd7fbfffffff },
		{ "vmemmap", 0xfffffd7fc0000000, 0xffffffffbfffffff },
		TOP_OF_6_9 } },
	{ "6.1.0", 4096, 48, 48, NULL, NULL, "80", 0xffff800008010000, 0xffff80000938f000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "modules", 0xffff800000000000, 0xffff800007ffffff },
		{ "vmalloc", 0xffff800008000000, 0xfffff7ffefffffff },
		{ "unknown", 0xfffff7fff0000000, 0xfffff7fffdffffff },
		{ "hole", 0xfffff7fffe000000, 0xfffff7fffe7fffff },
		{ "pci-io", 0xfffff7fffe800000, 0xfffff7ffff7fffff },
		{ "hole", 0xfffff7ffff800000, 0xfffff7ffffffffff },
		{ "vmemmap", 0xfffff80000000000, 0xfffffbffffffffff },
		{ "hole", 0xfffffc0000000000, TOP } } },
	{ "6.1.0", 4096, 48, 48, NULL, NULL, "65536", 0xffff800008010000, 0xffff80000938f000, NULL, {
		LAYOUT_OF_5_17 } },
	/* 16K pages and 48 bits: no kernel supports fewer bits. */
	{ "6.1.0", 16384, 48, 48, NULL, NULL, NULL, 0xffff800008010000, 0xffff80000938f000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "modules", 0xffff800000000000, 0xffff800007ffffff },
		{ "vmalloc", 0xffff800008000000, 0xfffffeffefffffff },
		{ "unknown", 0xfffffefff0000000, 0xfffffefffdffffff },
		{ "hole", 0xfffffefffe000000, 0xfffffefffe7fffff },
		{ "pci-io", 0xfffffefffe800000, 0xfffffeffff7fffff },
		{ "hole", 0xfffffeffff800000, 0xfffffeffffffffff },
		{ "vmemmap", 0xffffff0000000000, 0xffffff7fffffffff },
		{ "hole", 0xffffff8000000000, TOP } } },
	/* RHEL 8, if the address of the memory map is not given: the oldest top that fits the
	 * halves is used. */
	{ "4.18.0-553.el8.aarch64", 4096, 48, 48, NULL, NULL, NULL,
	  0xffff800010081000, 0xffff800011500000, NULL, {
		LAYOUT_OF_5_10 } },
	/* The first release in which the linear map has all addresses below the middle of 48
	 * bits. */
	{ "5.11.0", 65536, 52, 52, NULL, NULL, NULL, 0, 0xffff800011500000, NULL, {
		{ "direct-map", 0xfff0000000000000, 0xffff7fffffffffff },
		{ "bpf-jit", 0xffff800000000000, 0xffff800007ffffff },
		{ "modules", 0xffff800008000000, 0xffff80000fffffff },
		{ "vmalloc", 0xffff800010000000, 0xfffffbffefffffff },
		PCI_IO_OF_5_11,
		{ "vmemmap", 0xfffffc0000000000, 0xffffffdfffffffff },
		{ "hole", 0xffffffe000000000, TOP } } },
	/* Only the release is given: 4.19, 5.10, 5.17. Without it, nothing is known. */
	{ "4.19.0", 4096, 48, 48, "ffff800000000000", NULL, NULL, 0, 0xffff00000a1e8000, NULL, {
		{ "modules", 0xffff000000000000, 0xffff000007ffffff },
		{ "vmalloc", 0xffff000008000000, 0xffff7dffbffeffff },
		{ "unknown", 0xffff7dffbfff0000, 0xffff7dfffebfffff },
		PCI_IO_BELOW(0xffff7e0000000000),
		{ "vmemmap", 0xffff7e0000000000, 0xffff7fffffffffff },
		{ "direct-map", 0xffff800000000000, TOP } } },
	{ "5.10.0", 4096, 48, 48, NULL, NULL, NULL, 0, 0xffff800011500000, NULL, {
		LAYOUT_OF_5_10 } },
	/* memory.rst of 5.11 to 5.16. */
	{ "5.16.0", 4096, 48, 48, NULL, NULL, NULL, 0, 0xffff800011500000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "bpf-jit", 0xffff800000000000, 0xffff800007ffffff },
		{ "modules", 0xffff800008000000, 0xffff80000fffffff },
		{ "vmalloc", 0xffff800010000000, 0xfffffbffefffffff },
		PCI_IO_OF_5_11,
		{ "vmemmap", 0xfffffc0000000000, 0xfffffdffffffffff },
		{ "hole", 0xfffffe0000000000, TOP } } },
	{ "5.17.0", 4096, 48, 48, NULL, NULL, NULL, 0, 0xffff800009500000, NULL, {
		LAYOUT_OF_5_17 } },
	{ "", 4096, 48, 48, NULL, "fffffdffc0000000", NULL, 0, 0xffff800081879000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "unknown", 0xffff800000000000, TOP } } },
	/* An image at an address at which no kernel is linked, so the release decides. */
	{ "6.5.0", 4096, 48, 48, NULL, NULL, NULL, 0xffff800012340000, 0xffff800013400000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "modules", 0xffff800000000000, 0xffff80007fffffff },
		{ "vmalloc", 0xffff800080000000, 0xfffffbffefffffff },
		PCI_IO_OF_5_11,
		{ "vmemmap", 0xfffffc0000000000, 0xfffffdffffffffff },
		{ "hole", 0xfffffe0000000000, TOP } } },
	/* Neither the release nor the memory map is given; then a memory map at an address that no
	 * layout has. */
	{ "", 4096, 48, 48, NULL, NULL, NULL,
	  0xffff800080010000, 0xffff800081879000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "modules", 0xffff800000000000, 0xffff80007fffffff },
		{ "unknown", 0xffff800080000000, TOP } } },
	{ "6.12.0", 4096, 48, 48, NULL, "fffffdffd0000000", NULL,
	  0xffff800080010000, 0xffff800081879000, NULL, {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "modules", 0xffff800000000000, 0xffff80007fffffff },
		{ "unknown", 0xffff800080000000, TOP } } },
	/* The note contains the limits, which are right. The release 6.0 would give others. */
	{ "6.12.0", 4096, 48, 48, NULL, NULL, NULL, 0xffff800080010000, 0xffff800081879000,
	  "NUMBER(MODULES_VADDR)=0xffff800000000000\nNUMBER(MODULES_END)=0xffff800040000000\n"
	  "NUMBER(VMALLOC_END)=0xfffffdffb0000000\nNUMBER(VMEMMAP_START)=0xfffffdffc0000000\n", {
		{ "direct-map", 0xffff000000000000, 0xffff7fffffffffff },
		{ "modules", 0xffff800000000000, 0xffff80003fffffff },
		{ "vmalloc", 0xffff800040000000, 0xfffffdffafffffff },
		{ "hole", 0xfffffdffb0000000, 0xfffffdffbfffffff },
		{ "vmemmap", 0xfffffdffc0000000, 0xffffffffbfffffff },
		TOP_OF_6_9 } },
};
// clang-format on

/* KASLR moves the image and nothing else. */
static void layouts_of_each_era(void **state)
{
	static const uint64_t moves[] = { 0, 0x1bee22200000 };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (i % 2 && layouts[i / 2].config_bits < 48)
			continue; /* KASLR has no room to move the image */
		compare(i / 2, &layouts[i / 2], moves[i % 2]);
	}
}

/* Only the release shows the layout. Releases on both sides of each change have the same layout as
 * the kernel of the release like. */
static void layouts_by_release(void **state)
{
	static const struct {
		const char *release, *like;
	} rows[] = {
		{ "3.16.0", "3.10.0" },	 { "3.17.0", "3.18.22" },
		{ "3.19.0", "3.18.22" }, { "4.0.0", "4.4.0" },
		{ "4.6.0", "4.4.22" },	 { "4.7.0", "4.14.154" },
		{ "5.3.0", "4.14.154" }, { "5.4.0", "5.10.0" },
		{ "5.11.0", "5.16.0" },	 { "6.4.0", "5.17.0" },
		{ "6.8.0", "6.5.0" },	 { "6.9.0", "6.6.0-arm64-desktop" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct layout *like = layouts;
		struct layout layout;

		while (strcmp(like->release, rows[i].like) != 0)
			like++;
		layout = *like;
		layout.release = rows[i].release;
		layout.vmemmap = NULL;
		layout.stext = 0;
		compare(i, &layout, 0);
	}
}

/* 6.1 without KASLR: the image is the first 2M of memory. The linear map begins at a random
 * address, below the memory. */
static void parts_of_the_image(void **state)
{
	enum { BLOCK = 0x701, TABLE = 3, ROOT = 0x1000 };
	const uint64_t image_at = 0xffff800008000000, linear_at = 0xffff000040000000;
	static const struct {
		uint64_t vaddr;
		bool valid;
		uint64_t paddr;
	} rows[] = {
		{ 0xffff800008001234, true, 0x1234 },
		{ 0xffff000040001234, true, 0x1234 },
		{ 0xffff7fffffffffff, true, UINT64_C(0x7fffbfffffff) },
		{ 0xffff000000000000, true, -UINT64_C(0x40000000) },
		{ 0xfffeffffffffffff, false, 0 },
		{ 0xffff800000000000, false, 0 },
		{ 0xffff800000000fff, false, 0 },
		{ 0xfffffc0000000000, false, 0 },
		{ 0x8001234, false, 0 },
	};
	struct kernel *kernel;
	uint64_t paddr = 0, vaddr = 0;

	(void)state;
	memory_start(false, "OSRELEASE=6.1.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\n"
			    "NUMBER(TCR_EL1_T1SZ)=0x10\nNUMBER(PHYS_OFFSET)=0xffffffffc0000000\n"
			    "NUMBER(kimage_voffset)=0xffff800008000000\nKERNELOFFSET=0\n"
			    "SYMBOL(_stext)=ffff800008010000\n"
			    "SYMBOL(swapper_pg_dir)=ffff800008001000\n");
	image.machine = EM_AARCH64;
	put(ROOT + 8 * 256, 0x2000 | TABLE, 8);
	put(0x2000, 0x3000 | TABLE, 8);
	put(0x3000 + 8 * 63, BLOCK | 0x400000, 8); /* neighbours of the image in vmalloc */
	put(0x3000 + 8 * 64, BLOCK, 8);
	put(0x3000 + 8 * 65, BLOCK | 0x600000, 8);
	put(ROOT, 0x4000 | TABLE, 8);
	put(0x4000 + 8, 0x5000 | TABLE, 8);
	put(0x5000, BLOCK, 8);
	kernel = memory_open(NULL, "page_offset=ffff000000000000");
	expect_region(kernel, image_at, "kernel-image", image_at, image_at + 0x1fffff);
	expect_region(kernel, image_at + 0x200000, "vmalloc", 0, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (kernel->arch->virt_to_phys(kernel, rows[i].vaddr, &paddr) != rows[i].valid ||
		    (rows[i].valid && paddr != rows[i].paddr))
			fail_msg("%llx: %llx", (unsigned long long)rows[i].vaddr,
				 (unsigned long long)paddr);
	assert_true(region_linear(kernel, image_at, &paddr) && paddr == 0);
	assert_true(region_linear(kernel, linear_at, &paddr) && paddr == 0);
	assert_false(region_linear(kernel, linear_at + 0x200000, &paddr));
	assert_true(region_phys_to_virt(kernel, 0x1234, &vaddr, NULL));
	assert_true(vaddr == linear_at + 0x1234);
	open_close(kernel);
}

/* Numbers from a hostile note. */
static void impossible_bits(void **state)
{
	static const char *const bits[] = { "0", "35", "53", "64", "-1", "0xffffffffffffffff" };

	(void)state;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		struct kernel *kernel;
		char note[256];
		uint64_t paddr;

		snprintf(note, sizeof(note),
			 "OSRELEASE=6.1.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=%s\n"
			 "NUMBER(PHYS_OFFSET)=0\nSYMBOL(swapper_pg_dir)=ffff800008001000\n",
			 bits[i]);
		memory_start(false, note);
		image.machine = EM_AARCH64;
		kernel = memory_open(NULL, "page_offset=ffff000000000000");
		assert_null(region_all(kernel, NULL));
		assert_false(kernel->arch->virt_to_phys(kernel, 0xffff000000001000, &paddr));
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(impossible_bits),
		cmocka_unit_test(layouts_by_release),
		cmocka_unit_test(layouts_of_each_era),
		cmocka_unit_test(parts_of_the_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
