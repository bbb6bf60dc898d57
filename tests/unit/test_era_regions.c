/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The regions of the address space in kernels of each era. Each dump contains the release and the
 * direct map. */
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "memory.h"
#include "open/open.h"
#include "regions_check.h"

#include "unit.h"

enum {
	ROOT = 0x1000,
	IMAGE_PUD = 0x2000,
	IMAGE_PMD = 0x3000,
	HIGH_PUD = 0x4000,
	HIGH_PMD = 0x5000,
	HIGH_PTE = 0x6000,
	IDT = 0x7000,
	P4D = 0x8000,
	FIXMAP_PMD = 0x9000,
	FIXMAP_PTE = 0xa000,
};

static void put64(uint64_t paddr, uint64_t entry)
{
	put(paddr, entry, 8);
}

/* The top-level table is at 1000 and maps the image's first 2M. With five levels, there is another
 * table between them. */
static void start_era(const char *release, unsigned int levels)
{
	uint64_t top = levels == 5 ? P4D : ROOT;
	char note[256];

	snprintf(note, sizeof(note),
		 "%s%s%sSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
		 "NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=%d\n",
		 release ? "OSRELEASE=" : "", release ? release : "", release ? "\n" : "",
		 levels == 5);
	memory_start(false, note);
	if (levels == 5)
		put64(ROOT + 8 * 511, P4D | P | RW);
	put64(top + 8 * 511, IMAGE_PUD | P | RW);
	put64(IMAGE_PUD + 8 * 510, IMAGE_PMD | P | RW);
	put64(IMAGE_PMD, P | RW | PS);
}

/* Writes the page at 7000, with the first gate of an IDT. It is mapped at the start of the range of
 * the entry slot in the top-level table. */
static void put_idt(unsigned int slot)
{
	put64(ROOT + 8 * slot, HIGH_PUD | P | RW);
	put64(HIGH_PUD, HIGH_PMD | P | RW);
	put64(HIGH_PMD, HIGH_PTE | P | RW);
	put64(HIGH_PTE, IDT | P);
	put64(IDT, 0x80008e0000101234);
	put64(IDT + 8, 0xffffffff);
}

static struct kernel *open_era(const char *page_offset)
{
	struct kernel *kernel;
	struct error err;
	char option[64];

	snprintf(option, sizeof(option), "page_offset=%s", page_offset);
	kernel = image_open_kernel(&image, option, &err);
	if (!kernel)
		fail_msg("%s", err.message);
	return kernel;
}

static const char before[] = "ffff880000000000", newest[] = "ffff888000000000",
		  moved[] = "ffff9c2380000000"; /* moved by KASLR */

/* Both sides of each limit, and releases that do not determine the layout:
 * Documentation/x86/x86_64/mm.txt (mm.rst since 5.0) of each release. */
static const struct era {
	const char *release, *page_offset;
	unsigned int levels;
	uint64_t vaddr;
	const char *name;
	uint64_t first, last; /* 0: not checked */
} eras[] = {
	// clang-format off
	/* 85eb69a16aab moved the direct map from ffff810000000000 to ffff880000000000 */
	{ "2.6.26", "ffff810000000000", 4, 0xffff810000000000, "direct-map", 0xffff810000000000, 0xffffc0ffffffffff },
	{ "2.6.26", "ffff810000000000", 4, 0xffff880000000000, "direct-map", 0xffff810000000000, 0 },
	{ "2.6.26", "ffff810000000000", 4, 0xffff80ffffffffff, "guard-hole", 0xffff800000000000, 0xffff80ffffffffff },
	{ "2.6.24", "ffff810000000000", 4, 0xffffe20000000000, "vmemmap", 0xffffe20000000000, 0 },
	{ "2.6.23", "ffff810000000000", 4, 0xffffe20000000000, "hole", 0xffffe20000000000, 0xffffffff7fffffff },
	{ "2.6.26", "ffff810000000000", 4, 0xffffc20000000000, "vmalloc", 0xffffc20000000000, 0xffffe1ffffffffff },
	{ "2.6.27", before, 4, 0xffff87ffffffffff, "guard-hole", 0xffff800000000000, 0xffff87ffffffffff },
	{ "2.6.27", before, 4, 0xffff880000000000, "direct-map", 0xffff880000000000, 0xffffc0ffffffffff },
	/* 2.6.31: the direct map has 64T, and vmalloc and vmemmap are above it */
	{ "2.6.30", before, 4, 0xffffc20000000000, "vmalloc", 0xffffc20000000000, 0xffffe1ffffffffff },
	{ "2.6.30", before, 4, 0xffffc10000000000, "hole", 0, 0 },
	{ "2.6.31", before, 4, 0xffffc10000000000, "direct-map", 0, 0xffffc7ffffffffff },
	{ "2.6.31", before, 4, 0xffffc90000000000, "vmalloc", 0xffffc90000000000, 0xffffe8ffffffffff },
	{ "2.6.31", before, 4, 0xffffea0000000000, "vmemmap", 0xffffea0000000000, 0xffffeaffffffffff },
	/* 3.14: d2f7cbe7b26a and 82fa9637a2ba */
	{ "3.13.0", before, 4, 0xffffffef00000000, "hole", 0, 0 },
	{ "3.13.0", before, 4, 0xffffffffa0000000, "modules", 0xffffffffa0000000, 0xfffffffffeffffff },
	{ "3.14.0", before, 4, 0xffffffef00000000, "efi-runtime", 0xffffffef00000000, 0xfffffffeffffffff },
	{ "3.14.0", before, 4, 0xffffffffa0000000, "kernel-image", 0xffffffff80000000, 0xffffffffbfffffff },
	/* 3.16: 3891a04aafd6 */
	{ "3.15.0", before, 4, 0xffffff0000000000, "hole", 0, 0 },
	{ "3.16.0", before, 4, 0xffffff0000000000, "espfix", 0xffffff0000000000, 0xffffff7fffffffff },
	/* 4.15, 4.14.11: 92a0f81d8957, f55f0501cbf6; in 4.14.11 their order was the opposite
	 * (f2078904810373) */
	{ "4.13.0", before, 4, 0xfffffe0000000000, "hole", 0, 0 },
	{ "4.14.10", before, 4, 0xfffffe0000000000, "hole", 0, 0 },
	{ "4.14.11", before, 4, 0xfffffe0000000000, "unknown", 0, 0 },
	{ "4.14.11", before, 4, 0xfffffe8000000000, "unknown", 0, 0 },
	{ "4.14.12", before, 4, 0xfffffe0000000000, "unknown", 0, 0 },
	{ "4.14.13", before, 4, 0xfffffe0000000000, "cpu-entry-area", 0xfffffe0000000000, 0xfffffe7fffffffff },
	{ "4.14.13", before, 4, 0xfffffe8000000000, "ldt-remap", 0xfffffe8000000000, 0xfffffeffffffffff },
	{ "4.15.1", before, 4, 0xfffffe0000000000, "cpu-entry-area", 0xfffffe0000000000, 0xfffffe7fffffffff },
	{ "4.15.1", before, 4, 0xfffffe8000000000, "ldt-remap", 0xfffffe8000000000, 0xfffffeffffffffff },
	/* d52888aa2753: 4.20, 4.19.5, 4.14.84; without KASLR, the direct map shows it, too */
	{ "4.14.83", moved, 4, 0xffff880000000000, "hole", 0, 0 },
	{ "4.14.84", moved, 4, 0xffff880000000000, "ldt-remap", 0xffff880000000000, 0xffff887fffffffff },
	{ "4.18.20", moved, 4, 0xffff880000000000, "hole", 0, 0 },
	{ "4.18.20", moved, 4, 0xfffffe8000000000, "ldt-remap", 0, 0 },
	{ "4.19.4", moved, 4, 0xfffffe8000000000, "ldt-remap", 0xfffffe8000000000, 0xfffffeffffffffff },
	{ "4.19.4", moved, 4, 0xffff880000000000, "hole", 0, 0 },
	{ "4.19.5", moved, 4, 0xfffffe8000000000, "hole", 0, 0 },
	{ "4.19.5", moved, 4, 0xffff880000000000, "ldt-remap", 0xffff880000000000, 0xffff887fffffffff },
	{ "4.19.95", moved, 4, 0xffff880000000000, "ldt-remap", 0xffff880000000000, 0xffff887fffffffff },
	{ "4.20.0", moved, 4, 0xfffffe8000000000, "hole", 0, 0 },
	{ "4.20.0", moved, 4, 0xffff880000000000, "ldt-remap", 0xffff880000000000, 0xffff887fffffffff },
	{ "4.19.0-27-amd64", newest, 4, 0xffff880000000000, "ldt-remap", 0xffff880000000000, 0xffff887fffffffff },
	{ "4.19.0-27-amd64", before, 4, 0xfffffe8000000000, "ldt-remap", 0xfffffe8000000000, 0xfffffeffffffffff },
	/* The third number of a distribution's release has no meaning. */
	{ "4.15.0-213-generic", moved, 4, 0xffff880000000000, "unknown", 0xffff880000000000, 0xffff887fffffffff },
	{ "4.15.0-213-generic", moved, 4, 0xfffffe8000000000, "unknown", 0xfffffe8000000000, 0xfffffeffffffffff },
	{ "4.19.0-27-amd64", moved, 4, 0xffff880000000000, "unknown", 0, 0 },
	/* Five levels: since 4.17, and again d52888aa2753 */
	{ "4.17.1", "ff10000000000000", 5, 0xff90000000000000, "ldt-remap", 0xff90000000000000, 0xff90ffffffffffff },
	{ "4.19.4", "ff10000000000000", 5, 0xff10000000000000, "direct-map", 0xff10000000000000, 0xff8fffffffffffff },
	{ "4.19.4", "ff10000000000000", 5, 0xff90000000000000, "ldt-remap", 0xff90000000000000, 0xff90ffffffffffff },
	{ "4.19.4", "ff35000000000000", 5, 0xff90000000000000, "unknown", 0xff90000000000000, 0xff90ffffffffffff },
	{ "4.19.4", "ff90000000000000", 5, 0xff90000000000000, "direct-map", 0xff90000000000000, 0 },
	{ "4.18.0-553.el8", "ff35000000000000", 5, 0xff90000000000000, "unknown", 0, 0 },
	{ "4.18.0-553.el8", "ff35000000000000", 5, 0xff10000000000000, "unknown", 0xff10000000000000, 0xff10ffffffffffff },
	{ "4.19.5", "ff11000000000000", 5, 0xff90000000000000, "direct-map", 0xff11000000000000, 0xff90ffffffffffff },
	{ "4.20.0", "ff11000000000000", 5, 0xff10000000000000, "ldt-remap", 0xff10000000000000, 0xff10ffffffffffff },
	// clang-format on
};

static void layouts_of_each_era(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
		const struct era *era = &eras[i];
		struct kernel *kernel;

		start_era(era->release, era->levels);
		kernel = open_era(era->page_offset);
		expect_region(kernel, era->vaddr, era->name, era->first, era->last);
		open_close(kernel);
	}
}

/* An IDT in the first page proves that there is a cpu_entry_area, and shows in which of two slots
 * it is. The other slot has the LDT's remap. */
static void an_idt_proves_a_cpu_entry_area(void **state)
{
	static const struct {
		const char *release;
		unsigned int slot;
		uint64_t cpu_entry, ldt;
	} kernels[] = {
		{ "4.14.100", 508, 0xfffffe0000000000, 0 },
		{ "4.14.74", 508, 0xfffffe0000000000, 0xfffffe8000000000 },
		{ "4.14.11", 509, 0xfffffe8000000000, 0xfffffe0000000000 },
		{ "4.13.0-26-generic", 509, 0xfffffe8000000000, 0xfffffe0000000000 },
		{ NULL, 508, 0xfffffe0000000000, 0xfffffe8000000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct kernel *kernel;

		start_era(kernels[i].release, 4);
		put_idt(kernels[i].slot);
		kernel = open_era(kernels[i].ldt ? before : moved);
		expect_region(kernel, kernels[i].cpu_entry, "cpu-entry-area", kernels[i].cpu_entry,
			      kernels[i].cpu_entry + 0x7fffffffff);
		if (kernels[i].ldt)
			expect_region(kernel, kernels[i].ldt, "ldt-remap", kernels[i].ldt,
				      kernels[i].ldt + 0x7fffffffff);
		open_close(kernel);
	}
	/* If another page is there, it is not an IDT, but the range is not a hole, either. */
	for (int i = 0; i < 3; i++) {
		struct kernel *kernel;

		start_era("4.13.16", 4);
		put_idt(508);
		if (i == 0)
			put64(IDT, 0x80008e0000331234); /* a user's segment */
		else if (i == 1)
			put64(IDT, 0x8000890000101234); /* a TSS */
		else
			put64(IDT + 8, 0xffff8880);
		kernel = open_era(before);
		expect_region(kernel, 0xfffffe0000000000, "unknown", 0, 0);
		expect_region(kernel, 0xffffffff7fffffff, "hole", 0, 0);
		open_close(kernel);
	}
}

/* A page that the table maps is not in a hole. The same is true if a table is not in the dump. */
static void holes_are_proved(void **state)
{
	static const struct {
		unsigned int levels;
		const char *page_offset;
		uint64_t vaddr; /* an address in a hole of 6.1 */
		const char *empty;
	} places[] = {
		{ 4, "ffff888000000000", 0xffffc88000000000, "hole" },
		{ 4, "ffff888000000000", 0xffff800000000000, "guard-hole" },
		{ 4, "ffff888000000000", 0xffffff8000000000, "hole" },
		{ 5, "ff11000000000000", 0xff91000000000000, "hole" },
		{ 5, "ff11000000000000", 0xff0f000000000000, "guard-hole" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (int way = 0; way < 3; way++) {
			unsigned int top = places[i].levels == 5 ? 48 : 39;
			uint64_t vaddr = places[i].vaddr;
			uint64_t slot = ROOT + 8 * (vaddr >> top & 511);
			uint64_t entry;
			struct kernel *kernel;

			start_era("6.1.0", places[i].levels);
			memcpy(&entry, image.bytes + MEMORY + slot, 8);
			if (way && le64toh(entry)) /* neighbour of espfix */
				put64(IMAGE_PUD, HIGH_PMD | P | RW);
			else if (way)
				put64(slot, (way == 1 ? HIGH_PUD : 0x123000) | P | RW);
			put64(HIGH_PUD, (places[i].levels == 5 ? HIGH_PMD : 0) | P | RW | PS);
			put64(HIGH_PMD, P | RW | PS);
			if (places[i].levels == 5)
				put64(HIGH_PUD, HIGH_PMD | P | RW);
			kernel = open_era(places[i].page_offset);
			expect_region(kernel, vaddr, way ? "unknown" : places[i].empty, 0, 0);
			open_close(kernel);
		}
}

/* Without vsyscall, the page above the address of the vsyscall page is a slot of the fixmap. If
 * only the table is known, the page is not in a hole. */
static void a_fixmap_without_types(void **state)
{
	struct kernel *kernel;

	(void)state;
	start_era("6.1.0", 4);
	put64(IMAGE_PUD + 8 * 511, FIXMAP_PMD | P | RW);
	put64(FIXMAP_PMD + 8 * 506, FIXMAP_PTE | P | RW);
	put64(FIXMAP_PTE + 8 * 509, 0xfee00000 | P | RW);
	kernel = open_era("ffff888000000000");
	/* The fixmap begins at the first page that is mapped, or before. */
	expect_region(kernel, 0xffffffffff57a000, "unknown", 0xffffffffff000000,
		      0xffffffffff5fcfff);
	expect_region(kernel, 0xffffffffff5fd000, "fixmap", 0xffffffffff5fd000, 0xffffffffff5fffff);
	expect_region(kernel, 0xffffffffff600000, "vsyscall", 0xffffffffff600000,
		      0xffffffffff600fff);
	expect_region(kernel, 0xffffffffff7fc000, "hole", 0xffffffffff601000, 0);
	open_close(kernel);
	put64(FIXMAP_PMD + 8 * 507, FIXMAP_PTE | P | RW);
	put64(FIXMAP_PTE + 8 * 508, 0xfec00000 | P | RW);
	kernel = open_era("ffff888000000000");
	expect_region(kernel, 0xffffffffff7fc000, "unknown", 0xffffffffff601000, 0);
	open_close(kernel);
	/* The kernel maps another page at the address of the vsyscall page. */
	put64(FIXMAP_PTE, 0xfed00000 | P | RW);
	kernel = open_era("ffff888000000000");
	expect_region(kernel, 0xffffffffff600000, "fixmap", 0, 0xffffffffff7fffff);
	expect_region(kernel, 0xffffffffff7fc000, "fixmap", 0, 0xffffffffff7fffff);
	expect_region(kernel, 0xffffffffff800000, "hole", 0, UINT64_MAX);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_of_each_era),
		cmocka_unit_test(an_idt_proves_a_cpu_entry_area),
		cmocka_unit_test(holes_are_proved),
		cmocka_unit_test(a_fixmap_without_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
