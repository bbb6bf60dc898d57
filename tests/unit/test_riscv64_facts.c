/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts of riscv64 kernels, and what follows from them: levels, the root, the linear map, regions.
 * The facts are from arch/riscv/kernel/vmcore_info.c, asm/page.h and asm/pgtable.h, and the regions
 * from Documentation/arch/riscv/vm-layout.rst. */
#include "kernel/entry.h"
#include "kernel/table_search.h"
#include "linked.h"
#include "made_riscv64.h"
#include "open/archs.h"
#include "regions_check.h"
#include "paging/family.h"
#include "facts_check.h"

#include "unit.h"

#define NO_ROOT "root=0"

/* --- levels --- */

/* Bits of addresses, or the mode in satp, which counts without the bits. */
static void levels_of_notes(void **state)
{
	static const struct {
		const char *note;
		uint64_t levels;
	} rows[] = {
		{ "NUMBER(VA_BITS)=39\n", 3 },
		{ "NUMBER(VA_BITS)=48\n", 4 },
		{ "NUMBER(VA_BITS)=57\n", 5 },
		{ "NUMBER(VA_BITS)=57\nNUMBER(satp)=0x8000000000081fcb\n", 5 },
		{ "NUMBER(VA_BITS)=50\nNUMBER(satp)=0x8000000000081fcb\n", 3 },
		{ "NUMBER(satp)=0x8000000000081fcb\n", 3 },
		{ "NUMBER(satp)=0x9000000000081fcb\n", 4 },
		{ "NUMBER(satp)=0xa000000000081fcb\n", 5 },
		{ "NUMBER(satp)=0xb000000000081fcb\n", UNKNOWN },
		{ "NUMBER(satp)=0x7000000000081fcb\n", UNKNOWN },
		{ "", UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		start_riscv64("6.12.0", rows[i].note);
		kernel = memory_open(NULL, NO_ROOT);
		expect("levels", i, fact_of(kernel, FACT_LEVELS), rows[i].levels);
		assert_int_equal(fact_of(kernel, FACT_MODE), MODE_RISCV64);
		open_close(kernel);
	}
}

/* pgtable_l4_enabled and pgtable_l5_enabled are bytes of the image, read at its offset. */
static void levels_of_flags(void **state)
{
	static const struct {
		unsigned int four, five;
		uint64_t at, levels; /* at: of the flags */
	} rows[] = {
		{ 1, 1, LINK + 0x9000, 5 },	   { 1, 0, LINK + 0x9000, 4 },
		{ 0, 0, LINK + 0x9000, 3 },	   { 2, 0, LINK + 0x9000, UNKNOWN },
		{ 1, 2, LINK + 0x9000, UNKNOWN },  { 0xff, 1, LINK + 0x9000, UNKNOWN },
		{ 0, 0, LINK + 0x20000, UNKNOWN },
	};
	const struct fact_source *source = arch_riscv64.sources;

	(void)state;
	while (source->fact != FACT_LEVELS || source->use == SOURCE_CHEAP)
		source++;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .machine = EM_RISCV };
		struct kernel *kernel;
		uint64_t value;

		start_riscv64("6.12.0", IMAGE_NOTE);
		put(0x9000, rows[i].four, 1);
		put(0x9001, rows[i].five, 1);
		put(0x9002, 0x55, 1);
		linked_add(&linked, "_stext", LINK + 0x2000, 0);
		linked_add(&linked, "pgtable_l4_enabled", rows[i].at, 1);
		linked_add(&linked, "pgtable_l5_enabled", rows[i].at + 1, 1);
		kernel = memory_open(linked_open(&linked), NO_ROOT);
		if (!source->find(kernel, source->arg, &value))
			value = UNKNOWN;
		expect("flags", i, value, rows[i].levels);
		open_close(kernel);
	}
}

/* --- the root --- */

/* swapper_pg_dir maps itself. If not, the root is doubtful, or satp has it. */
static void roots(void **state)
{
	static const struct {
		const char *note;
		uint64_t paddr; /* what the image's first page maps */
		uint64_t at, entry; /* at: of another entry; 0: none */
		uint64_t root;
		const char *doubt;
	} rows[] = {
		{ IMAGE_NOTE, 0, 0, 0, ROOT, "" },
		{ IMAGE_NOTE, 0x200000, 0, 0, ROOT, "does not map itself" },
		{ IMAGE_NOTE, 0, 0x2000, 0x40000000 >> 2 | VALID, ROOT, "not in the dump" },
		{ IMAGE_NOTE, 0, 0x2000, 2, ROOT, "does not map itself" },
		{ IMAGE_NOTE, 0, ROOT + 8 * 510, 0x40000000 >> 2 | VALID, UNKNOWN,
		  "not in the dump" },
		{ IMAGE_NOTE, 0, ROOT + 8 * 510, 2, UNKNOWN, "does not map itself" },
		{ "NUMBER(satp)=0x8000000000000001\n", 0, 0, 0, ROOT, "" },
		{ "NUMBER(satp)=0x8123400000000001\n", 0, 0, 0, ROOT, "" },
		{ "NUMBER(satp)=0x9000000000000001\n", 0, 0, 0, UNKNOWN, "" },
		{ "SYMBOL(swapper_pg_dir)=ffffffff80001000\nNUMBER(satp)=0x8000000000000002\n", 0,
		  0, 0, 0x2000, "" },
		{ "", 0, 0, 0, UNKNOWN, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		const char *doubt;
		char note[512];

		snprintf(note, sizeof(note), NOTE_OF_SV39 "%s", rows[i].note);
		start_riscv64("6.12.0", note);
		map_riscv64(3, LINK, rows[i].paddr);
		if (rows[i].at)
			put(rows[i].at, rows[i].entry, 8);
		kernel = memory_open(NULL, NULL);
		expect("root", i, fact_of(kernel, FACT_ROOT), rows[i].root);
		doubt = kernel->facts->root_doubt;
		if (*rows[i].doubt ? !strstr(doubt, rows[i].doubt) : *doubt != 0)
			fail_msg("row %zu: %s", i, doubt);
		if (!strstr(rows[i].doubt, "dump"))
			assert_null(strstr(doubt, "not in the dump"));
		open_close(kernel);
	}
}

/* A table that a search found. */
static void facts_of_a_found_table(void **state)
{
	static const struct {
		enum fact_id fact;
		uint64_t value;
	} wanted[] = { { FACT_MODE, MODE_RISCV64 },
		       { FACT_LEVELS, 5 },
		       { FACT_KIMAGE_VOFFSET, LINK },
		       { FACT_SWAPPER_PG_DIR, LINK + ROOT },
		       { FACT_ROOT, ROOT } };
	size_t nr = 0;
	struct kernel *kernel;

	(void)state;
	start_riscv64("6.12.0", "");
	kernel = memory_open(NULL, NO_ROOT);
	*kernel->table = (struct found_table){
		.root = ROOT,
		.vaddr = LINK + ROOT,
		.choice = { .mode = MODE_RISCV64, .levels = 5 },
	};
	for (const struct fact_source *source = arch_riscv64.sources; source->find; source++) {
		uint64_t value = UNKNOWN;

		if (strcmp(source->name, "page table found in memory") != 0)
			continue;
		kernel->table->known = false;
		assert_false(source->find(kernel, NULL, &value));
		kernel->table->known = true;
		assert_true(source->find(kernel, NULL, &value));
		assert_int_equal(source->fact, wanted[nr].fact);
		expect("table", nr, value, wanted[nr].value);
		nr++;
	}
	assert_int_equal(nr, sizeof(wanted) / sizeof(wanted[0]));
	kernel->table->known = false;
	open_close(kernel);
}

/* --- the linear map --- */

/* The starts of the linear map: Sv39 until 5.16, 5.17 to 6.8, and since; Sv48, Sv57. The table has
 * no other source. It must map the table's own page, and the note must not contradict it. */
static void linear_maps(void **state)
{
	static const struct {
		const char *release; /* phys_ram_base begins the linear map since 6.4 */
		unsigned int levels;
		uint64_t vaddr, paddr; /* what is mapped */
		const char *note;
		uint64_t page_offset, phys_offset;
	} rows[] = {
		{ "6.4.0", 3, 0xffffffe000000000, 0, "", 0xffffffe000000000, 0 },
		{ "6.4.0", 3, 0xffffffd800000000, 0, "", 0xffffffd800000000, 0 },
		{ "6.4.0", 3, LINEAR_SV39, 0, "", LINEAR_SV39, 0 },
		{ "6.4.0", 4, LINEAR_SV48, 0, "", LINEAR_SV48, 0 },
		{ "6.4.0", 5, LINEAR_SV57, 0, "", LINEAR_SV57, 0 },
		/* The last 2M of a quarter of the addresses, and those after it. */
		{ "6.4.0", 4, LINEAR_SV48 + 0x3fffffe00000, 0, "", UNKNOWN, UNKNOWN },
		{ "6.4.0", 4, LINEAR_SV48 - 0x200000, 0, "", UNKNOWN, UNKNOWN },
		/* A table that maps memory at its own addresses, as early tables do. */
		{ "6.4.0", 4, 0, 0, "", UNKNOWN, UNKNOWN },
		/* Other memory is mapped, or the page of the table is before it. */
		{ "6.4.0", 3, LINEAR_SV39, 0x40000000, "", UNKNOWN, UNKNOWN },
		{ "6.4.0", 3, LINEAR_SV39 + 0x200000, 0, "", UNKNOWN, UNKNOWN },
		{ "6.4.0", 3, LINEAR_SV39, 0, "NUMBER(phys_ram_base)=0x0\n", LINEAR_SV39, 0 },
		{ "6.4.0", 3, LINEAR_SV39, 0, "NUMBER(phys_ram_base)=0x200000\n", LINEAR_SV39, 0 },
		{ "6.4.0", 3, LINEAR_SV39, 0x40000000, "NUMBER(phys_ram_base)=0x200000\n", UNKNOWN,
		  0x200000 },
		{ "6.3.13", 3, LINEAR_SV39, 0x40000000, "NUMBER(phys_ram_base)=0x200000\n", UNKNOWN,
		  UNKNOWN },
		{ "6.3.13", 3, LINEAR_SV39, 0, "NUMBER(phys_ram_base)=0x0\n", LINEAR_SV39, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), "NUMBER(VA_BITS)=%u\n" IMAGE_NOTE "%s",
			 9 * rows[i].levels + 12, rows[i].note);
		start_riscv64(rows[i].release, note);
		map_riscv64(rows[i].levels, LINK, 0);
		map_riscv64(rows[i].levels, rows[i].vaddr, rows[i].paddr);
		kernel = memory_open(NULL, NULL);
		expect("page_offset", i, fact_of(kernel, FACT_PAGE_OFFSET), rows[i].page_offset);
		expect("phys_offset", i, fact_of(kernel, FACT_PHYS_OFFSET), rows[i].phys_offset);
		open_close(kernel);
	}
}

static void other_facts_of_the_note(void **state)
{
	static const struct {
		const char *note;
		enum fact_id fact;
		uint64_t value;
	} rows[] = {
		{ "NUMBER(VMALLOC_START)=0xffffffc600000000\n", FACT_VMALLOC_START,
		  0xffffffc600000000 },
		{ "NUMBER(VMEMMAP_END)=0xffffffc500000000\n", FACT_VMALLOC_START,
		  0xffffffc500000000 },
		{ "", FACT_VMALLOC_START, UNKNOWN },
		{ "SYMBOL(vmemmap)=ffffffc4fe000000\n", FACT_VMEMMAP, 0xffffffc4fe000000 },
		{ "KERNELOFFSET=1c00000\n", FACT_KASLR_OFFSET, 0x1c00000 },
		{ "NUMBER(va_kernel_pa_offset)=0xffffffff00e00000\n", FACT_KIMAGE_VOFFSET,
		  0xffffffff00e00000 },
		{ "", FACT_KIMAGE_VOFFSET, UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), NOTE_OF_SV39 "%s", rows[i].note);
		start_riscv64("6.12.0", note);
		kernel = memory_open(NULL, NO_ROOT);
		expect("note", i, fact_of(kernel, rows[i].fact), rows[i].value);
		open_close(kernel);
	}
}

/* The kernel was moved by 28M: symbols of vmlinux that are addresses of the kernel move with it. */
static void kaslr(void **state)
{
	static const uint64_t moved = 0x1c00000;
	struct linked linked = { .machine = EM_RISCV };
	struct kernel *kernel;
	uint64_t address;

	(void)state;
	start_riscv64("6.12.0", NOTE_OF_SV39 "SYMBOL(_stext)=ffffffff81c02000\n");
	linked_add(&linked, "_stext", LINK + 0x2000, 0);
	linked_add(&linked, "jiffies_64", LINK + 0x9000, 8);
	linked_add(&linked, "__per_cpu_value", 0x1000, 8);
	kernel = memory_open(linked_open(&linked), NO_ROOT);
	expect("kaslr", 0, fact_of(kernel, FACT_KASLR_OFFSET), moved);
	assert_true(kernel_symbol(kernel, "jiffies_64", &address, NULL));
	expect("kaslr", 1, address, LINK + 0x9000 + moved);
	assert_true(kernel_symbol(kernel, "__per_cpu_value", &address, NULL));
	expect("kaslr", 2, address, 0x1000);
	open_close(kernel);
}

/* __va_to_pa_nodebug(): the first and last addresses of the linear map, and the image. */
static void addresses_of_virt_to_phys(void **state)
{
	static const struct {
		unsigned int bits;
		const char *page_offset, *note;
		uint64_t vaddr, paddr;
	} rows[] = {
		{ 39, "page_offset=ffffffd600000000", "", LINEAR_SV39, 0x80000000 },
		{ 39, "page_offset=ffffffd600000000", "", LINEAR_SV39 + 0x1fffffffff,
		  0x207fffffff },
		{ 39, "page_offset=ffffffd600000000", "", LINEAR_SV39 + 0x2000000000, UNKNOWN },
		{ 39, "page_offset=ffffffd600000000", "", LINEAR_SV39 - 1, UNKNOWN },
		{ 48, "page_offset=ffffaf8000000000", "", 0xffffef7fffffffff, 0x40007fffffff },
		{ 48, "page_offset=ffffaf8000000000", "", 0xffffef8000000000, UNKNOWN },
		{ 39, "page_offset=ffffffd600000000", IMAGE_NOTE, LINK + 0x123456, 0x123456 },
		{ 39, "page_offset=ffffffd600000000", IMAGE_NOTE, LINK, 0 },
		{ 39, "page_offset=ffffffd600000000", IMAGE_NOTE, LINK - 1, UNKNOWN },
		/* Until 5.16; until 5.12 the image is in the linear map. */
		{ 39, "page_offset=ffffffe000000000", IMAGE_NOTE, LINK + 0x123456, 0x123456 },
		{ 39, "page_offset=ffffffe000000000", IMAGE_NOTE, LINK - 1, 0x1fffffffff },
		{ 39, "page_offset=ffffffe000000000", "SYMBOL(swapper_pg_dir)=ffffffe000001000\n",
		  LINK, 0x2000000000 },
		{ 39, "page_offset=ffffffd600000000", "", LINK, UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *options[] = { NO_ROOT, rows[i].page_offset, "phys_offset=80000000" };
		struct kernel *kernel;
		uint64_t paddr;
		char note[512];

		snprintf(note, sizeof(note), "NUMBER(VA_BITS)=%u\n%s", rows[i].bits, rows[i].note);
		start_riscv64("6.12.0", note);
		kernel = memory_open_with(NULL, options, 3);
		if (!kernel->arch->virt_to_phys(kernel, rows[i].vaddr, &paddr))
			paddr = UNKNOWN;
		expect("virt_to_phys", i, paddr, rows[i].paddr);
		open_close(kernel);
	}
}

/* --- the image --- */

/* boot-image-header.rst: magic2, "RSC\x05", is at 56 of the image's first page. */
static void start_of_the_image(void **state)
{
	static const struct {
		const char *magic; /* 4 bytes */
		unsigned int at;
		const char *note;
		uint64_t vaddr, found; /* found: 0 if unknown */
	} rows[] = {
		{ "RSC\x05", 56, IMAGE_NOTE, LINK, LINK },
		{ "RSC\x05", 57, IMAGE_NOTE, LINK, 0 },
		{ "RSC\x04", 56, IMAGE_NOTE, LINK, 0 },
		{ "XSC\x05", 56, IMAGE_NOTE, LINK, 0 },
		{ "RSC\x05", 56, "SYMBOL(swapper_pg_dir)=ffffffff80001000\n", LINK, 0 },
		{ "RSC\x05", 56, "NUMBER(va_kernel_pa_offset)=0xffffffff80000000\n", LINK, 0 },
		/* KASLR */
		{ "RSC\x05", 56,
		  "NUMBER(va_kernel_pa_offset)=0xffffffff90200000\n"
		  "SYMBOL(swapper_pg_dir)=ffffffff90201000\n",
		  LINK + 0x10200000, LINK + 0x10200000 },
		/* Until 5.12 the image is in the linear map; before its start it is not looked for. */
		{ "RSC\x05", 56,
		  "NUMBER(PAGE_OFFSET)=0xffffffe000000000\n"
		  "NUMBER(va_kernel_pa_offset)=0xffffffe000000000\n"
		  "SYMBOL(swapper_pg_dir)=ffffffe000001000\n",
		  0xffffffe000000000, 0xffffffe000000000 },
		{ "RSC\x05", 56,
		  "NUMBER(PAGE_OFFSET)=0xffffffe000200000\n"
		  "NUMBER(va_kernel_pa_offset)=0xffffffe000000000\n"
		  "SYMBOL(swapper_pg_dir)=ffffffe000001000\n",
		  0xffffffe000000000, 0 },
		{ "RSC\x05", 56,
		  "NUMBER(va_kernel_pa_offset)=0x3f00000000\nSYMBOL(swapper_pg_dir)=3f00001000\n",
		  0x3f00000000, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *names[2] = { NULL, NULL };
		struct kernel *kernel;
		struct space space;
		uint64_t address = 0;
		char note[512];

		snprintf(note, sizeof(note), "NUMBER(VA_BITS)=39\n%s", rows[i].note);
		start_riscv64("6.12.0", note);
		/* A page with another offset is not of the image. */
		map_riscv64(3, rows[i].vaddr, 0);
		map_riscv64(3, LINK + 0x30000000, 0);
		memcpy(image.bytes + MEMORY + rows[i].at, rows[i].magic, 4);
		kernel = memory_open(NULL, "root=1000");
		assert_true(kernel_unrooted_space(kernel, &space, NULL));
		space_set_kernel_root(&space, ROOT);
		if (!kernel->arch->known_function(kernel, &space, names, &address))
			address = 0;
		expect("_start", i, address, rows[i].found);
		if (address) {
			assert_string_equal(names[0], "_start");
			assert_string_equal(names[1], "_start");
		}
		open_close(kernel);
	}
}

/* --- regions --- */

#define TOP UINT64_MAX

/* No table and no types, so what of its range the fixmap fills is unknown: FIXADDR_TOP ends it. */
struct layout {
	unsigned int bits;
	const char *page_offset, *note;
	bool kasan;
	uint64_t start, end; /* the image; 0: unknown */
	struct region_row rows[MOST_REGION_ROWS];
};

// clang-format off
/* The regions of Sv39 since 6.9 below the image's. */
#define SV39_UP_TO_DIRECT_MAP \
	{ "hole", 0xffffffc000000000, 0xffffffc4fe7fffff }, \
	{ "unknown", 0xffffffc4fe800000, 0xffffffc4feffffff }, \
	{ "pci-io", 0xffffffc4ff000000, 0xffffffc4ffffffff }, \
	{ "vmemmap", 0xffffffc500000000, 0xffffffc5ffffffff }, \
	{ "vmalloc", 0xffffffc600000000, 0xffffffd5ffffffff }, \
	{ "direct-map", 0xffffffd600000000, 0xfffffff5ffffffff }

static const struct layout layouts[] = {
	/* vm-layout.rst of 6.12, with and without KASAN. */
	{ 39, "page_offset=ffffffd600000000", "", false, LINK, LINK + 0x1e6c122, {
		SV39_UP_TO_DIRECT_MAP,
		{ "hole", 0xfffffff600000000, 0xffffffff01e6cfff },
		{ "modules", 0xffffffff01e6d000, 0xffffffff77ffffff },
		{ "bpf-jit", 0xffffffff78000000, 0xffffffff7fffffff },
		{ "kernel-image", LINK, 0xffffffff81ffffff },
		{ "hole", 0xffffffff82000000, TOP } } },
	{ 39, "page_offset=ffffffd800000000", "", true, 0, 0, {
		{ "hole", 0xffffffc000000000, 0xffffffc6fe7fffff },
		{ "unknown", 0xffffffc6fe800000, 0xffffffc6feffffff },
		{ "pci-io", 0xffffffc6ff000000, 0xffffffc6ffffffff },
		{ "vmemmap", 0xffffffc700000000, 0xffffffc7ffffffff },
		{ "vmalloc", 0xffffffc800000000, 0xffffffd7ffffffff },
		{ "direct-map", 0xffffffd800000000, 0xfffffff6ffffffff },
		{ "kasan-shadow", 0xfffffff700000000, 0xfffffffeffffffff },
		{ "hole", 0xffffffff00000000, TOP } } },
	{ 48, "page_offset=ffffaf8000000000", "", true, 0, 0, {
		{ "hole", 0xffff800000000000, 0xffff8d7ffe7fffff },
		{ "unknown", 0xffff8d7ffe800000, 0xffff8d7ffeffffff },
		{ "pci-io", 0xffff8d7fff000000, 0xffff8d7fffffffff },
		{ "vmemmap", 0xffff8d8000000000, 0xffff8f7fffffffff },
		{ "vmalloc", 0xffff8f8000000000, 0xffffaf7fffffffff },
		{ "direct-map", 0xffffaf8000000000, 0xffffef7fffffffff },
		{ "kasan-shadow", 0xffffef8000000000, 0xfffffffeffffffff },
		{ "hole", 0xffffffff00000000, TOP } } },
	{ 57, "page_offset=ff60000000000000", "", true, 0, 0, {
		{ "hole", 0xff00000000000000, 0xff1bfffffe7fffff },
		{ "unknown", 0xff1bfffffe800000, 0xff1bfffffeffffff },
		{ "pci-io", 0xff1bffffff000000, 0xff1bffffffffffff },
		{ "vmemmap", 0xff1c000000000000, 0xff1fffffffffffff },
		{ "vmalloc", 0xff20000000000000, 0xff5fffffffffffff },
		{ "direct-map", 0xff60000000000000, 0xffdeffffffffffff },
		{ "kasan-shadow", 0xffdf000000000000, 0xfffffffeffffffff },
		{ "hole", 0xffffffff00000000, TOP } } },
	{ 57, "page_offset=ff60000000000000", "", false, 0, 0, {
		{ "hole", 0xff00000000000000, 0xff1bfffffe7fffff },
		{ "unknown", 0xff1bfffffe800000, 0xff1bfffffeffffff },
		{ "pci-io", 0xff1bffffff000000, 0xff1bffffffffffff },
		{ "vmemmap", 0xff1c000000000000, 0xff1fffffffffffff },
		{ "vmalloc", 0xff20000000000000, 0xff5fffffffffffff },
		{ "direct-map", 0xff60000000000000, 0xffdfffffffffffff },
		{ "hole", 0xffe0000000000000, TOP } } },
	/* Debian's 5.10: the image is in the linear map, so modules are in vmalloc. The note has the
	 * start of the memory map. */
	{ 39, "page_offset=ffffffe000000000",
	  "NUMBER(VMALLOC_START)=0xffffffd000000000\nNUMBER(VMEMMAP_START)=0xffffffcf00000000\n",
	  false, 0xffffffe000000000, 0xffffffe001600000, {
		{ "hole", 0xffffffc000000000, 0xffffffcefe7fffff },
		{ "unknown", 0xffffffcefe800000, 0xffffffcefeffffff },
		{ "pci-io", 0xffffffceff000000, 0xffffffceffffffff },
		{ "vmemmap", 0xffffffcf00000000, 0xffffffcfffffffff },
		{ "vmalloc", 0xffffffd000000000, 0xffffffdfffffffff },
		{ "direct-map", 0xffffffe000000000, TOP } } },
	/* Until 5.16, the shadow was at the start of the kernel's half. */
	{ 39, "page_offset=ffffffe000000000", "", true, 0, 0, {
		{ "kasan-shadow", 0xffffffc000000000, 0xffffffc7ffffffff },
		{ "hole", 0xffffffc800000000, 0xffffffcefe7fffff },
		{ "unknown", 0xffffffcefe800000, 0xffffffcefeffffff },
		{ "pci-io", 0xffffffceff000000, 0xffffffceffffffff },
		{ "vmemmap", 0xffffffcf00000000, 0xffffffcfffffffff },
		{ "vmalloc", 0xffffffd000000000, 0xffffffdfffffffff },
		{ "direct-map", 0xffffffe000000000, TOP } } },
	/* From 5.13 to 5.16, the image and modules are above the linear map, which has 124G. */
	{ 39, "page_offset=ffffffe000000000", "", true, LINK, LINK + 0x1600000, {
		{ "kasan-shadow", 0xffffffc000000000, 0xffffffc7ffffffff },
		{ "hole", 0xffffffc800000000, 0xffffffcefe7fffff },
		{ "unknown", 0xffffffcefe800000, 0xffffffcefeffffff },
		{ "pci-io", 0xffffffceff000000, 0xffffffceffffffff },
		{ "vmemmap", 0xffffffcf00000000, 0xffffffcfffffffff },
		{ "vmalloc", 0xffffffd000000000, 0xffffffdfffffffff },
		{ "direct-map", 0xffffffe000000000, 0xffffffff015fffff },
		{ "modules", 0xffffffff01600000, 0xffffffff77ffffff },
		{ "bpf-jit", 0xffffffff78000000, 0xffffffff7fffffff },
		{ "kernel-image", LINK, LINK + 0x15fffff },
		{ "hole", LINK + 0x1600000, TOP } } },
	/* _end is not after _start. */
	{ 39, "page_offset=ffffffd600000000", "", false, LINK + 0x400000, LINK + 0x200000, {
		SV39_UP_TO_DIRECT_MAP,
		{ "hole", 0xfffffff600000000, TOP } } },
	{ 39, "page_offset=ffffffd600000000", "", false, LINK + 0x401000, LINK + 0x401000, {
		SV39_UP_TO_DIRECT_MAP,
		{ "hole", 0xfffffff600000000, TOP } } },
	/* MODULES_VADDR of the note, if it is near: the end of the image is not at a page of 2M. */
	{ 39, "page_offset=ffffffd600000000", "NUMBER(MODULES_VADDR)=0xffffffff01e00000\n", false,
	  LINK, LINK + 0x1e6c122, {
		SV39_UP_TO_DIRECT_MAP,
		{ "hole", 0xfffffff600000000, 0xffffffff01e6cfff },
		{ "modules", 0xffffffff01e6d000, 0xffffffff77ffffff },
		{ "bpf-jit", 0xffffffff78000000, 0xffffffff7fffffff },
		{ "kernel-image", LINK, 0xffffffff81ffffff },
		{ "hole", 0xffffffff82000000, TOP } } },
	{ 39, "page_offset=ffffffd600000000", "NUMBER(MODULES_VADDR)=0xffffffff01e00001\n", false,
	  LINK, LINK + 0x1e6c122, {
		SV39_UP_TO_DIRECT_MAP,
		{ "hole", 0xfffffff600000000, 0xffffffff01e00000 },
		{ "modules", 0xffffffff01e00001, 0xffffffff77ffffff },
		{ "bpf-jit", 0xffffffff78000000, 0xffffffff7fffffff },
		{ "kernel-image", LINK, 0xffffffff81ffffff },
		{ "hole", 0xffffffff82000000, TOP } } },
};
// clang-format on

static void regions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		const struct layout *layout = &layouts[i];
		const char *options[] = { NO_ROOT, layout->page_offset };
		struct linked linked = { .machine = EM_RISCV };
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), "NUMBER(VA_BITS)=%u\nKERNELOFFSET=0\n%s", layout->bits,
			 layout->note);
		start_riscv64("6.12.0", note);
		if (layout->kasan)
			linked_add(&linked, "kasan_init", LINK + 0x3000, 8);
		if (layout->end) {
			linked_add(&linked, "_start", layout->start, 0);
			linked_add(&linked, "_end", layout->end, 0);
		}
		linked_add(&linked, "_stext", LINK + 0x2000, 0);
		kernel = memory_open_with(linked_open(&linked), options, 2);
		check_regions("layouts", i, kernel, (UINT64_C(1) << (layout->bits - 1)) - 1,
			      layout->rows);
		open_close(kernel);
	}
}

/* The image is mapped by pages of 2M. Modules begin 2G below its last page of 4K. */
static void ends_of_the_image(void **state)
{
	static const uint64_t rows[][3] = {
		/* _end, the end of the last page of 2M, the start of modules minus 2G */
		{ 0x1e00000, 0x1e00000, 0x1e00000 },
		{ 0x1e00001, 0x2000000, 0x1e01000 },
		{ 0x1e6c000, 0x2000000, 0x1e6c000 },
		{ 0x1fffffe, 0x2000000, 0x2000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const char *const options[] = { NO_ROOT, "page_offset=ffffffd600000000" };
		struct linked linked = { .machine = EM_RISCV };
		struct kernel *kernel;

		start_riscv64("6.12.0", "NUMBER(VA_BITS)=39\nKERNELOFFSET=0\n");
		linked_add(&linked, "_start", LINK, 0);
		linked_add(&linked, "_end", LINK + rows[i][0], 0);
		kernel = memory_open_with(linked_open(&linked), options, 2);
		expect("image", i, region_of(kernel, LINK, NULL)->last, LINK + rows[i][1] - 1);
		expect("modules", i, region_of(kernel, LINK - 0x10000000, NULL)->first,
		       LINK - 0x80000000 + rows[i][2]);
		open_close(kernel);
	}
}

/* Where the image may be: from the link address on, or in the linear map until 1G after
 * swapper_pg_dir. */
static void ranges_of_the_image(void **state)
{
	static const struct {
		const char *note;
		uint64_t first, last; /* 0: unknown */
	} rows[] = {
		{ "SYMBOL(swapper_pg_dir)=ffffffff80000000\n", LINK, TOP },
		{ "SYMBOL(swapper_pg_dir)=ffffffff7ffff000\n", 0, 0 },
		{ "SYMBOL(swapper_pg_dir)=ffffffff7ffff000\nNUMBER(PAGE_OFFSET)=0xffffffe000000000\n",
		  0xffffffe000000000, 0xffffffffbffff000 },
		{ "SYMBOL(swapper_pg_dir)=ffffffe000000000\nNUMBER(PAGE_OFFSET)=0xffffffe000000000\n",
		  0xffffffe000000000, 0xffffffe040000000 },
		{ "SYMBOL(swapper_pg_dir)=ffffffdffffff000\nNUMBER(PAGE_OFFSET)=0xffffffe000000000\n",
		  0, 0 },
		{ "SYMBOL(swapper_pg_dir)=4000000000001000\nNUMBER(PAGE_OFFSET)=0x4000000000000000\n",
		  0, 0 },
		{ "NUMBER(PAGE_OFFSET)=0xffffffe000000000\n", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t first = 0, last = 0;
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), "NUMBER(VA_BITS)=39\n%s", rows[i].note);
		start_riscv64("5.12.0", note);
		kernel = memory_open(NULL, NO_ROOT);
		if (!kernel->arch->image_range(kernel, NULL, &first, &last))
			first = last = 0;
		expect("first", i, first, rows[i].first);
		expect("last", i, last, rows[i].last);
		open_close(kernel);
	}
}

/* Regions that are asked for without types: the fixmap needs types. */
static void regions_without_types(void **state)
{
	struct region_list list = { 0 };
	struct kernel *kernel;
	size_t i = 0;

	(void)state;
	start_sv39("6.12.0", "");
	kernel = memory_open(NULL, NULL);
	assert_true(kernel->arch->regions(kernel, false, &list, NULL));
	while (list.region[i].kind != REGION_NEEDS_TYPES)
		i++;
	expect("first", 0, list.region[i].first, 0xffffffc4fe800000);
	expect("last", 0, list.region[i].last, 0xffffffc4feffffff);
	assert_int_equal(list.region[i + 1].kind, REGION_PCI_IO);
	open_close(kernel);
}

/* Without symbols the table shows the image: pages of 2M at its offset, and modules begin 2G below
 * its last one, which is one of the last 2M. */
static void image_in_the_table(void **state)
{
	static const struct {
		uint64_t vaddr;
		const char *name;
		uint64_t first, last;
	} rows[] = {
		{ LINK, "kernel-image", LINK, LINK + 0x3fffff },
		{ LINK - 1, "bpf-jit", LINK - 0x8000000, LINK - 1 },
		{ LINK - 0x8000001, "modules", LINK - 0x7fe00000, LINK - 0x8000001 },
	};
	struct kernel *kernel;

	(void)state;
	start_sv39("6.12.0", "");
	map_riscv64(3, LINK + 0x200000, 0x200000);
	map_riscv64(3, LINK + 0x400000, 0);
	kernel = memory_open(NULL, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		expect_region(kernel, rows[i].vaddr, rows[i].name, rows[i].first, rows[i].last);
	}
	open_close(kernel);
}

/* --- entries --- */

/* MAX_PHYSMEM_BITS is 56, in each mode and release. PMA says not whether memory is cached. */
static void rules_of_entries(void **state)
{
	const struct entry_rules *rules;
	struct kernel *kernel;

	(void)state;
	start_sv39("6.12.0", "");
	kernel = memory_open(NULL, NULL);
	rules = kernel_entry_rules(kernel);
	assert_int_equal(rules->pfn_bits, 44);
	assert_false(rules->cache_known);
	assert_int_equal(rules->last_memory, MEMORY_SIZE - 1);
	assert_string_equal(rules->memory_type[0], "PMA");
	assert_string_equal(rules->memory_type[1], "NC");
	assert_string_equal(rules->memory_type[2], "IO");
	assert_int_equal(rules->cache[1], CACHE_NC);
	assert_int_equal(rules->cache[2], CACHE_UC);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_of_notes),
		cmocka_unit_test(levels_of_flags),
		cmocka_unit_test(roots),
		cmocka_unit_test(facts_of_a_found_table),
		cmocka_unit_test(linear_maps),
		cmocka_unit_test(other_facts_of_the_note),
		cmocka_unit_test(kaslr),
		cmocka_unit_test(addresses_of_virt_to_phys),
		cmocka_unit_test(start_of_the_image),
		cmocka_unit_test(regions),
		cmocka_unit_test(ends_of_the_image),
		cmocka_unit_test(ranges_of_the_image),
		cmocka_unit_test(regions_without_types),
		cmocka_unit_test(image_in_the_table),
		cmocka_unit_test(rules_of_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
