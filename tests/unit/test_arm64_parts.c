/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results that follow from the symbols and types of an arm64 kernel: KASAN's shadow, the image and
 * its parts, slots of the fixmap, stacks of CPUs, and the registers of a task that does not run. */
#include "dump/registers.h"
#include "linux/module/slots.h"
#include "linux/task/stack.h"
#include "linux/unwind/unwind.h"
#include "kernel/arch.h"
#include "kernel/entry.h"
#include "open/archs.h"
#include "query/validity.h"
#include "made_types.h"
#include "regions_check.h"

#ifdef HAVE_LIBBPF

/* The image, of 2M, and the linear map. Both map the first 2M of memory. */
#define IMAGE_AT UINT64_C(0xffff800008000000)
#define LINEAR_AT UINT64_C(0xffff000000000000)
#define TOP_6_1 UINT64_C(0xfffffbfffe000000) /* FIXADDR_TOP */

enum { BLOCK = 0x701, TABLE = 3, ROOT = 0x1000 };

static const char *release = "6.1.0", *kaslr = "0";

static void start_arm64(const char *more)
{
	char note[1024];

	snprintf(note, sizeof(note),
		 "OSRELEASE=%s\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\nNUMBER(TCR_EL1_T1SZ)=0x10\n"
		 "NUMBER(PHYS_OFFSET)=0\nNUMBER(kimage_voffset)=0xffff800008000000\n"
		 "KERNELOFFSET=%s\nSYMBOL(swapper_pg_dir)=ffff800008001000\n%s",
		 release, kaslr, more);
	memory_start(false, note);
	image.machine = EM_AARCH64;
	put(ROOT + 8 * 256, 0x2000 | TABLE, 8);
	put(0x2000, 0x3000 | TABLE, 8);
	put(0x3000 + 8 * 64, BLOCK, 8);
	put(ROOT, 0x4000 | TABLE, 8);
	put(0x4000, 0x5000 | TABLE, 8);
	put(0x5000, BLOCK, 8);
	start_types(false);
	linked.machine = EM_AARCH64;
	linked.nr = 0;
	linked_add(&linked, "_stext", IMAGE_AT + 0x10000, 0);
	linked_add(&linked, "swapper_pg_dir", IMAGE_AT + ROOT, 0);
}

static struct kernel *open_arm64(void)
{
	return open_kernel("page_offset=ffff000000000000");
}

/* The addresses in memory.rst: the shadow is at the end of the linear map. With tags, it is half as
 * large. */
static void the_shadow(void **state)
{
	static const struct {
		const char *symbol;
		uint64_t shadow;
	} rows[] = {
		{ NULL, 0 },
		{ "kasan_init", 0xffff600000000000 },
		{ "kasan_init_sw_tags", 0xffff700000000000 },
		{ "kasan_init_tags", 0xffff700000000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		start_arm64("");
		if (rows[i].symbol)
			linked_add(&linked, "kasan_init", IMAGE_AT + 0x20000, 8);
		if (i > 1)
			linked_add(&linked, rows[i].symbol, IMAGE_AT + 0x20010, 8);
		kernel = open_arm64();
		expect_region(kernel, LINEAR_AT, "direct-map", LINEAR_AT,
			      rows[i].shadow ? rows[i].shadow - 1 : 0xffff7fffffffffff);
		if (rows[i].shadow)
			expect_region(kernel, rows[i].shadow, "kasan-shadow", rows[i].shadow,
				      0xffff7fffffffffff);
		open_close(kernel);
	}
}

/* A boot log of 4.3: the shadow is at the start of the kernel's half, and vmalloc follows. */
static void an_early_shadow(void **state)
{
	static const char *const overrides[] = { "root=0", "page_offset=ffffffc000000000" };
	struct kernel *kernel;

	(void)state;
	memory_start(false, "OSRELEASE=4.3.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=39\n"
			    "SYMBOL(swapper_pg_dir)=ffffffc0008c0000\nKERNELOFFSET=0\n"
			    "NUMBER(PHYS_OFFSET)=0\n");
	image.machine = EM_AARCH64;
	linked = (struct linked){ .machine = EM_AARCH64 };
	linked_add(&linked, "kasan_init", 0xffffffc000090000, 8);
	kernel = memory_open_with(linked_open(&linked), overrides, 2);
	expect_region(kernel, 0xffffff8000000000, "kasan-shadow", 0xffffff8000000000,
		      0xffffff8fffffffff);
	expect_region(kernel, 0xffffff9000000000, "vmalloc", 0xffffff9000000000,
		      0xffffffbdbffeffff);
	open_close(kernel);
}

/* If the link address of the image is unknown, the release determines where modules are; until 5.10
 * they follow the shadow: memory.rst of 5.3 (arm64/memory.txt), 5.4 and 5.11. */
static void shadows_by_release(void **state)
{
	static const struct {
		const char *release, *option, *symbol;
		uint64_t swapper, shadow, shadow_last, modules;
	} rows[] = {
		{ "4.14.0", "page_offset=ffff800000000000", "kasan_init", 0xffff200009000000,
		  0xffff000000000000, 0xffff1fffffffffff, 0xffff200000000000 },
		{ "5.10.0", "page_offset=ffff000000000000", "kasan_init", 0xffffa00011000000,
		  0xffff800000000000, 0xffff9fffffffffff, 0xffffa00008000000 },
		{ "5.10.0", "page_offset=ffff000000000000", "kasan_init_sw_tags",
		  0xffff900011000000, 0xffff800000000000, 0xffff8fffffffffff, 0xffff900008000000 },
		{ "5.11.0", "page_offset=ffff000000000000", "kasan_init", 0xffff800011000000,
		  0xffff600000000000, 0xffff7fffffffffff, 0xffff800008000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *overrides[] = { "root=0", rows[i].option };
		struct kernel *kernel;
		char note[256];

		snprintf(note, sizeof(note),
			 "OSRELEASE=%s\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\nNUMBER(PHYS_OFFSET)=0\n"
			 "SYMBOL(swapper_pg_dir)=%llx\nKERNELOFFSET=0\n",
			 rows[i].release, (unsigned long long)rows[i].swapper);
		memory_start(false, note);
		image.machine = EM_AARCH64;
		linked = (struct linked){ .machine = EM_AARCH64 };
		linked_add(&linked, "kasan_init", rows[i].swapper - 0x100000, 8);
		linked_add(&linked, rows[i].symbol, rows[i].swapper - 0x100000, 8);
		kernel = memory_open_with(linked_open(&linked), overrides, 2);
		expect_region(kernel, rows[i].shadow, "kasan-shadow", rows[i].shadow,
			      rows[i].shadow_last);
		expect_region(kernel, rows[i].modules, "modules", rows[i].modules,
			      rows[i].modules + 0x7ffffff);
		open_close(kernel);
	}
}

static void expect_linear_map_in_upper_half(void)
{
	struct kernel *kernel;
	uint64_t value;

	put(ROOT + 8 * 256, 0x4000 | TABLE, 8);
	put(0x4000, 0x5000 | TABLE, 8);
	put(0x5000, BLOCK, 8);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_PAGE_OFFSET, &value));
	assert_int_equal(value, 0xffff800000000000);
	open_close(kernel);
}

/* memory.rst of 5.3: the linear map is the upper half, and the image is in the lower half. Until
 * 4.5 the image was in the linear map (a7f8de168ace). */
static void linear_maps_until_5_3(void **state)
{
	(void)state;
	memory_start(false, "OSRELEASE=4.19.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\n"
			    "NUMBER(PHYS_OFFSET)=0\nNUMBER(kimage_voffset)=0xffff000008000000\n"
			    "KERNELOFFSET=0\nSYMBOL(swapper_pg_dir)=ffff000008001000\n");
	image.machine = EM_AARCH64;
	put(ROOT, 0x2000 | TABLE, 8);
	put(0x2000, 0x3000 | TABLE, 8);
	put(0x3000 + 8 * 64, BLOCK, 8);
	expect_linear_map_in_upper_half();
	memory_start(false, "OSRELEASE=4.5.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\n"
			    "NUMBER(PHYS_OFFSET)=0\nNUMBER(kimage_voffset)=0xffff800000000000\n"
			    "KERNELOFFSET=0\nSYMBOL(swapper_pg_dir)=ffff800000001000\n");
	image.machine = EM_AARCH64;
	expect_linear_map_in_upper_half();
}

/* Documentation/arch/arm64/booting.rst: bits 2:1 of the flags are 1 for 4K, 2 for 16K and 3 for
 * 64K. Bit 3 does not belong to the page size. */
static void page_size_in_the_header(void **state)
{
	static const struct {
		uint64_t flags, size;
	} rows[] = { { 0xa, 4096 }, { 0xc, 16384 }, { 0xe, 65536 }, { 2, 4096 }, { 8, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value;

		memory_start(false, "OSRELEASE=6.1.0\n");
		image.machine = EM_AARCH64;
		linked = (struct linked){ .machine = EM_AARCH64 };
		linked_add(&linked, "_stext", IMAGE_AT + 0x10000, 0);
		linked_add(&linked, "_kernel_flags_le_lo32", rows[i].flags, 0);
		linked.symbols[linked.nr - 1].section = SHN_ABS;
		kernel = memory_open(linked_open(&linked), "root=1000");
		assert_int_equal(kernel_fact(kernel, FACT_PAGE_SIZE, &value), rows[i].size != 0);
		if (rows[i].size)
			assert_int_equal(value, rows[i].size);
		open_close(kernel);
	}
}

/* asm/memory.h of 5.4 to 6.8: a kernel for 52 bits has the number in use in vabits_actual. */
static void bits_in_use_in_the_image(void **state)
{
	struct kernel *kernel;
	uint64_t value;

	(void)state;
	memory_start(false, "OSRELEASE=6.1.0\nPAGESIZE=65536\nNUMBER(VA_BITS)=52\n"
			    "NUMBER(kimage_voffset)=0xffff800008000000\nKERNELOFFSET=0\n");
	image.machine = EM_AARCH64;
	put(0x8000, 48, 8);
	linked = (struct linked){ .machine = EM_AARCH64 };
	linked_add(&linked, "vabits_actual", IMAGE_AT + 0x8000, 8);
	kernel = memory_open(linked_open(&linked), "root=1000");
	assert_true(kernel_fact(kernel, FACT_VA_BITS, &value));
	assert_int_equal(value, 48);
	assert_true(kernel_fact(kernel, FACT_CONFIG_VA_BITS, &value));
	assert_int_equal(value, 52);
	open_close(kernel);
}

/* PHYS_OFFSET is what PAGE_OFFSET maps, whether or not there is memory. Here the linear map begins
 * 2M higher. */
static void start_of_the_linear_map(void **state)
{
	struct kernel *kernel;
	uint64_t value;

	(void)state;
	memory_start(false, "OSRELEASE=6.1.0\nPAGESIZE=4096\nNUMBER(VA_BITS)=48\n"
			    "NUMBER(TCR_EL1_T1SZ)=0x10\nKERNELOFFSET=0\n"
			    "NUMBER(kimage_voffset)=0xffff800008000000\n"
			    "SYMBOL(swapper_pg_dir)=ffff800008001000\n");
	image.machine = EM_AARCH64;
	put(ROOT + 8 * 256, 0x2000 | TABLE, 8);
	put(0x2000, 0x3000 | TABLE, 8);
	put(0x3000 + 8 * 64, BLOCK, 8);
	put(ROOT, 0x4000 | TABLE, 8);
	put(0x4000, 0x5000 | TABLE, 8);
	put(0x5000 + 8, 0x40200000 | BLOCK, 8);
	kernel = memory_open(NULL, "page_offset=ffff000000000000");
	assert_true(kernel_fact(kernel, FACT_PHYS_OFFSET, &value));
	assert_int_equal(value, 0x40000000);
	open_close(kernel);
}

/* AAPCS64: a frame record has two words, and x29 of the outermost function is 0. So sp is after the
 * record. */
static void sp_after_the_last_record(void **state)
{
	struct unwind_state unwind = { 0 };
	struct kernel *kernel;

	(void)state;
	start_arm64("");
	put(0x9000, 0, 8);
	put(0x9008, IMAGE_AT + 0x40, 8);
	kernel = open_arm64();
	registers_set(&unwind.registers, CPU_IP, IMAGE_AT + 0x30);
	registers_set(&unwind.registers, CPU_X29, IMAGE_AT + 0x9000);
	assert_true(kernel->arch->unwind_step(kernel, &unwind, NULL));
	assert_false(unwind.interrupted || unwind.outermost);
	assert_true(unwind.registers.value[CPU_IP] == IMAGE_AT + 0x40);
	assert_true(unwind.registers.value[CPU_SP] == IMAGE_AT + 0x9010);
	open_close(kernel);
}

/* The table maps itself, because the image contains it. If even the first entry on the way is
 * empty, the page is not the table. */
static void a_root_that_is_empty(void **state)
{
	struct kernel *kernel;
	uint64_t value;

	(void)state;
	for (unsigned int mapped = 0; mapped < 2; mapped++) {
		start_arm64("");
		if (!mapped)
			put(ROOT + 8 * 256, 0, 8);
		kernel = open_arm64();
		assert_int_equal(kernel_fact(kernel, FACT_ROOT, &value), mapped);
		open_close(kernel);
	}
}

/* With symbols, the image ends at the end of the page that contains _end. Without symbols, the
 * image is what is mapped. */
static void the_image(void **state)
{
	struct image_place place;
	struct validity validity;
	struct kernel *kernel;

	(void)state;
	start_arm64("");
	linked_add(&linked, "_text", IMAGE_AT, 0);
	linked_add(&linked, "_end", IMAGE_AT + 0xf800, 0);
	linked_add(&linked, "idmap_pg_dir", IMAGE_AT + 0x1000, 0);
	linked_add(&linked, "__init_begin", IMAGE_AT + 0x3000, 0);
	kernel = open_arm64();
	expect_region(kernel, IMAGE_AT, "kernel-image", IMAGE_AT, IMAGE_AT + 0xffff);
	expect_region(kernel, IMAGE_AT + 0x10000, "vmalloc", IMAGE_AT + 0x10000, 0);
	assert_true(region_image_at(kernel, region_of(kernel, IMAGE_AT + 0x2fff, NULL),
				    IMAGE_AT + 0x2fff, &place));
	assert_string_equal(place.part, "page-tables");
	validity = query_validity(kernel, region_of(kernel, IMAGE_AT, NULL), IMAGE_AT);
	assert_int_equal(validity.virt_to_phys, YES);
	assert_int_equal(validity.virt_to_page, NO);
	assert_non_null(strstr(validity.why_not.message, "lm_alias"));
	validity = query_validity(kernel, region_of(kernel, LINEAR_AT, NULL), LINEAR_AT);
	assert_int_equal(validity.virt_to_phys, YES);
	assert_int_not_equal(validity.virt_to_page, NO);
	open_close(kernel);
	start_arm64("");
	kernel = open_arm64();
	expect_region(kernel, IMAGE_AT, "kernel-image", IMAGE_AT, IMAGE_AT + 0x1fffff);
	open_close(kernel);
	/* .bss follows swapper_pg_dir, and vmalloc follows .bss */
	start_arm64("");
	put(0x3000 + 8 * 65, 0x200000 | BLOCK, 8);
	put(0x3000 + 8 * 66, 0x600000 | BLOCK, 8);
	kernel = open_arm64();
	expect_region(kernel, IMAGE_AT, "kernel-image", IMAGE_AT, IMAGE_AT + 0x3fffff);
	open_close(kernel);
}

/* The image has whole pages, and is in vmalloc, which begins at the end of the modules and ends at
 * fffffbff_f0000000 (memory.rst of 6.1). Symbols that contradict this are not used. */
static void ends_of_the_image(void **state)
{
	static const struct {
		uint64_t text, end; /* symbols; 0: missing */
		uint64_t vaddr;
		const char *region;
		uint64_t first, last;
	} rows[] = {
		{ IMAGE_AT, IMAGE_AT + 0x10000, IMAGE_AT, "kernel-image", IMAGE_AT,
		  IMAGE_AT + 0xffff },
		{ IMAGE_AT, IMAGE_AT + 0x10001, IMAGE_AT, "kernel-image", IMAGE_AT,
		  IMAGE_AT + 0x10fff },
		{ IMAGE_AT, IMAGE_AT + 0x10002, IMAGE_AT, "kernel-image", IMAGE_AT,
		  IMAGE_AT + 0x10fff },
		{ IMAGE_AT + 0x1800, IMAGE_AT + 0x3000, IMAGE_AT + 0x1000, "kernel-image",
		  IMAGE_AT + 0x1000, IMAGE_AT + 0x2fff },
		{ IMAGE_AT + 0x1000, 0, IMAGE_AT, "kernel-image", IMAGE_AT, IMAGE_AT + 0x1fffff },
		{ 0, IMAGE_AT + 0x1000, IMAGE_AT, "kernel-image", IMAGE_AT, IMAGE_AT + 0x1fffff },
		{ IMAGE_AT + 0x1000, IMAGE_AT + 0x1000, IMAGE_AT, "kernel-image", IMAGE_AT,
		  IMAGE_AT + 0x1fffff },
		{ 0xfffffbffefff0000, 0xfffffbfff0000000, 0xfffffbffefff0000, "kernel-image",
		  0xfffffbffefff0000, 0xfffffbffefffffff },
		{ 0xfffffbffefff0000, 0xfffffbfff0001000, IMAGE_AT, "vmalloc", IMAGE_AT,
		  0xfffffbffefffffff },
		/* where the page table does not map the header */
		{ IMAGE_AT - 0x1000, IMAGE_AT + 0x1000, IMAGE_AT, "kernel-image", IMAGE_AT,
		  IMAGE_AT + 0xfff },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		start_arm64("");
		if (rows[i].text)
			linked_add(&linked, "_text", rows[i].text, 0);
		if (rows[i].end)
			linked_add(&linked, "_end", rows[i].end, 0);
		kernel = open_arm64();
		expect_region(kernel, rows[i].vaddr, rows[i].region, rows[i].first, rows[i].last);
		open_close(kernel);
	}
}

/* If the layout above the image is unknown, the image is still known. */
static void an_image_in_an_unknown_layout(void **state)
{
	struct kernel *kernel;

	(void)state;
	release = "";
	start_arm64("");
	linked_add(&linked, "_text", IMAGE_AT + 0x1000, 0);
	linked_add(&linked, "_end", IMAGE_AT + 0x10000, 0);
	kernel = open_arm64();
	expect_region(kernel, IMAGE_AT, "unknown", IMAGE_AT, IMAGE_AT + 0xfff);
	expect_region(kernel, IMAGE_AT + 0x1000, "kernel-image", IMAGE_AT + 0x1000,
		      IMAGE_AT + 0xffff);
	expect_region(kernel, UINT64_MAX, "unknown", IMAGE_AT + 0x10000, UINT64_MAX);
	open_close(kernel);
	release = "6.1.0";
}

/* From 5.11 on, kernels may leave the header unmapped: the image begins with the first page that is mapped. */
static void an_image_without_its_header(void **state)
{
	static const struct {
		unsigned int page; /* the first that is mapped */
		uint64_t first;
	} rows[] = { { 1, IMAGE_AT + 0x1000 },
		     { 16, IMAGE_AT + 0x10000 },
		     { 0x180, IMAGE_AT + 0x180000 },
		     { 0x1ff, IMAGE_AT + 0x1ff000 },
		     { 0x200, IMAGE_AT + 0x200000 } };
	struct kernel *kernel;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start_arm64("");
		put(0x3000 + 8 * 64, 0x6000 | TABLE, 8);
		for (unsigned int page = rows[i].page; page < 0x200; page++)
			put(0x6000 + 8 * page, page << 12 | 0x703, 8);
		put(0x3000 + 8 * 65, 0x200000 | BLOCK, 8);
		kernel = open_arm64();
		expect_region(kernel, IMAGE_AT + 0x200000, "kernel-image", rows[i].first,
			      IMAGE_AT + 0x3fffff);
		open_close(kernel);
	}
	/* KASLR moved the image by 2M, but not the modules. */
	kaslr = "200000";
	start_arm64("");
	put(0x3000 + 8 * 64, 0, 8);
	put(0x3000 + 8 * 65, 0x6000 | TABLE, 8);
	for (unsigned int page = 1; page < 0x200; page++)
		put(0x6000 + 8 * page, page << 12 | 0x200703, 8);
	kernel = open_arm64();
	expect_region(kernel, IMAGE_AT + 0x300000, "kernel-image", IMAGE_AT + 0x201000,
		      IMAGE_AT + 0x3fffff);
	open_close(kernel);
	kaslr = "0";
}

/* Some of the slots in asm/fixmap.h of 6.1. */
static void slots_of_the_fixmap(void **state)
{
	static const struct slot slots[] = {
		{ "FIX_HOLE", 0 },
		{ "FIX_FDT_END", 1 },
		{ "FIX_FDT", 1024 },
		{ "FIX_EARLYCON_MEM_BASE", 1025 },
		{ "FIX_ENTRY_TRAMP_TEXT1", 1031 },
		{ "__end_of_permanent_fixed_addresses", 1032 },
		{ "FIX_BTMAP_END", 1032 },
		{ "FIX_PGD", 1490 },
		{ "__end_of_fixed_addresses", 1491 },
		{ NULL, 0 },
	};
	struct fixmap_slot slot;
	struct kernel *kernel;

	(void)state;
	start_arm64("");
	add_slots(slots);
	kernel = open_arm64();
	expect_region(kernel, TOP_6_1 - 1, "fixmap", TOP_6_1 - 1491 * 4096, TOP_6_1 - 1);
	expect_region(kernel, TOP_6_1 - 1492 * 4096, "hole", 0xfffffbfff0000000, 0);
	expect_region(kernel, UINT64_MAX, "hole", 0xfffffe0000000000, UINT64_MAX);
	assert_true(kernel->arch->fixmap_slot(kernel, TOP_6_1 - 1, &slot));
	assert_string_equal(slot.name, "FIX_FDT_END");
	assert_true(slot.index == 1 && slot.offset == 0);
	assert_true(kernel->arch->fixmap_slot(kernel, TOP_6_1 - 1031 * 4096, &slot));
	assert_string_equal(slot.name, "FIX_ENTRY_TRAMP_TEXT1");
	assert_true(slot.index == 1031 && slot.offset == 0);
	assert_true(kernel->arch->fixmap_slot(kernel, TOP_6_1 - 1490 * 4096, &slot));
	assert_string_equal(slot.name, "FIX_PGD");
	assert_false(kernel->arch->fixmap_slot(kernel, TOP_6_1 - 1491 * 4096, &slot));
	assert_false(kernel->arch->fixmap_slot(kernel, TOP_6_1, &slot));
	open_close(kernel);
}

/* The slots fill the room above vmalloc, or are more than its 57,344 pages. */
static void slots_that_fill_the_room(void **state)
{
	(void)state;
	for (int nr = 57344; nr <= 57345; nr++) {
		const struct slot slots[] = { { "FIX_HOLE", 0 },
					      { "__end_of_fixed_addresses", nr },
					      { NULL, 0 } };
		struct kernel *kernel;

		start_arm64("");
		add_slots(slots);
		kernel = open_arm64();
		expect_region(kernel, TOP_6_1 - 1, nr == 57344 ? "fixmap" : "unknown",
			      0xfffffbfff0000000, TOP_6_1 - 1);
		open_close(kernel);
	}
}

static void expect_stack(struct kernel *kernel, uint64_t vaddr, enum stack_kind kind,
			 const char *exception, uint64_t first, uint64_t size)
{
	struct stack stack;

	if (!task_stack_at(kernel, vaddr, &stack))
		fail_msg("%llx", (unsigned long long)vaddr);
	assert_int_equal(stack.kind, kind);
	assert_true(stack.first == first && stack.last == first + size - 1);
	if (exception)
		assert_string_equal(stack.exception, exception);
}

/* One CPU, whose memory begins at 6000. It has pointers to two stacks of 16K, and one stack of
 * 4K. */
static void stacks_of_cpus(void **state)
{
	struct kernel *kernel;
	struct stack stack;

	(void)state;
	start_arm64("");
	linked_add(&linked, "__per_cpu_offset", IMAGE_AT + 0x6000, 8);
	linked_add(&linked, "__cpu_possible_mask", IMAGE_AT + 0x6008, 8);
	linked_add(&linked, "irq_stack_ptr", IMAGE_AT + 0x7000, 8);
	linked_add(&linked, "sdei_stack_normal_ptr", IMAGE_AT + 0x7008, 8);
	linked_add(&linked, "sdei_stack_critical_ptr", IMAGE_AT + 0x7010, 8);
	linked_add(&linked, "overflow_stack", IMAGE_AT + 0x8000, 4096);
	linked_add(&linked, "__start_init_task", IMAGE_AT + 0xa000, 0);
	linked_add(&linked, "__end_init_task", IMAGE_AT + 0xe000, 0);
	put(0x6008, 1, 8);
	put(0x7000, 0xffff800009000000, 8);
	put(0x7008, 0xffff800009008000, 8);
	kernel = open_arm64();
	expect_stack(kernel, 0xffff800009000000, STACK_IRQ, NULL, 0xffff800009000000, 0x4000);
	expect_stack(kernel, 0xffff80000900bfff, STACK_EXCEPTION, "SDEI-normal", 0xffff800009008000,
		     0x4000);
	expect_stack(kernel, IMAGE_AT + 0x8fff, STACK_EXCEPTION, "overflow", IMAGE_AT + 0x8000,
		     0x1000);
	assert_false(task_stack_at(kernel, 0xffff800009004000, &stack));
	assert_false(task_stack_at(kernel, 0, &stack)); /* the kernel has no SDEI */
	open_close(kernel);
}

/* Before 4.14 the stack of interrupts is a variable (f60fe78f1332). If the size of tasks' stacks is
 * unknown, only the overflow stack is known. */
static void other_stacks_of_cpus(void **state)
{
	(void)state;
	for (unsigned int sized = 0; sized < 2; sized++) {
		struct kernel *kernel;
		struct stack stack;

		start_arm64("");
		linked_add(&linked, "__per_cpu_offset", IMAGE_AT + 0x6000, 8);
		linked_add(&linked, "__cpu_possible_mask", IMAGE_AT + 0x6010, 8);
		linked_add(&linked, "sdei_stack_critical_ptr", IMAGE_AT + 0x7010, 8);
		linked_add(&linked, "overflow_stack", IMAGE_AT + 0x8000, 4096);
		linked_add(&linked, "irq_stack", IMAGE_AT + 0xa000, 0x4000);
		if (sized) {
			linked_add(&linked, "__start_init_task", IMAGE_AT + 0x10000, 0);
			linked_add(&linked, "__end_init_task", IMAGE_AT + 0x14000, 0);
		}
		put(0x6010, 1, 8);
		put(0x7010, 0xffff800009000000, 8);
		kernel = open_arm64();
		expect_stack(kernel, IMAGE_AT + 0x8000, STACK_EXCEPTION, "overflow",
			     IMAGE_AT + 0x8000, 0x1000);
		if (sized) {
			expect_stack(kernel, IMAGE_AT + 0xd000, STACK_IRQ, NULL, IMAGE_AT + 0xa000,
				     0x4000);
			expect_stack(kernel, 0xffff800009003fff, STACK_EXCEPTION, "SDEI-critical",
				     0xffff800009000000, 0x4000);
		} else {
			assert_false(task_stack_at(kernel, IMAGE_AT + 0xa000, &stack));
			assert_false(task_stack_at(kernel, 0xffff800009000000, &stack));
		}
		open_close(kernel);
	}
}

/* Reads struct cpu_context. A struct that only another kernel has is not read. */
static void switched_registers(void **state)
{
	(void)state;
	for (unsigned int size = 104; size <= 112; size += 8) {
		struct part context[] = { { "x19", size, 0 }, { NULL, 0, 0 } };
		struct part thread[] = { { "cpu_context", size, 0 }, { NULL, 0, 0 } };
		struct part task[] = { { "flags", 16, 0 }, { "thread", size, 0 }, { NULL, 0, 0 } };
		struct registers registers;
		struct kernel *kernel;
		struct error err;

		start_arm64("");
		thread[0].type = add_struct("cpu_context", context);
		task[1].type = add_struct("thread_struct", thread);
		add_struct("task_struct", task);
		for (unsigned int i = 0; i < 13; i++)
			put(0x9010 + 8 * i, 0x1900 + i, 8);
		kernel = open_arm64();
		assert_int_equal(kernel->arch->switched_registers(kernel, IMAGE_AT + 0x9000,
								  &registers, &err),
				 size == 104);
		for (unsigned int i = 19; size == 104 && i < 30; i++)
			assert_true(registers.value[CPU_X0 + i] == 0x1900 + i - 19);
		if (size == 104) {
			assert_true(registers.value[CPU_SP] == 0x190b);
			assert_true(registers.value[CPU_IP] == 0x190c);
			assert_true(registers.value[CPU_X30] == 0x190c);
			assert_false(registers_have(&registers, CPU_X0 + 18));
			assert_false(registers_have(&registers, CPU_FLAGS));
		}
		open_close(kernel);
	}
}

/* Instructions before a return address: B, BL, BLR, BLRAA and others (Arm ARM, C6.2). */
static void calls(void **state)
{
	static const struct {
		uint32_t code;
		bool is_call;
		int64_t distance; /* from the instruction to the function; 0: unknown */
	} rows[] = {
		{ 0x94000001, true, 4 },	 { 0x97ffffff, true, -4 },
		{ 0x95ffffff, true, 0x7fffffc }, { 0x96000000, true, -0x8000000 },
		{ 0x14000001, false, 0 }, /* B */
		{ 0xd63f0000, true, 0 }, /* BLR X0 */
		{ 0xd63f0020, true, 0 }, /* BLR X1 */
		{ 0xd63f03c0, true, 0 }, /* BLR X30 */
		{ 0xd63f0001, false, 0 },	 { 0xd63f03e1, false, 0 },
		{ 0xd61f0000, false, 0 }, /* BR X0 */
		{ 0xd63f081f, true, 0 }, /* BLRAAZ X0 */
		{ 0xd63f0c1f, true, 0 }, /* BLRABZ X0 */
		{ 0xd73f0821, true, 0 }, /* BLRAA X1, X1 */
		{ 0xd73f0fff, true, 0 }, /* BLRAB X31, SP */
		{ 0xd65f03c0, false, 0 }, /* RET */
		{ 0xd503201f, false, 0 }, /* NOP */
	};
	struct kernel *kernel;
	uint64_t target;

	(void)state;
	start_arm64("");
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		put(0x9000 + 4 * i, rows[i].code, 4);
	kernel = open_arm64();
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t at = IMAGE_AT + 0x9000 + 4 * i;

		if (kernel->arch->follows_call(kernel, at + 4, &target) != rows[i].is_call ||
		    target != (rows[i].distance ? at + (uint64_t)rows[i].distance : 0))
			fail_msg("%x: %llx", rows[i].code, (unsigned long long)target);
	}
	assert_false(kernel->arch->follows_call(kernel, IMAGE_AT + 0x9006, &target));
	open_close(kernel);
}

/* The entry code stored these registers when it interrupted a function of the kernel. */
static void interrupted_registers(void **state)
{
	enum { REGS = 0xa000, RECORD = REGS + 304, NR_X = 31 };
	struct unwind_state unwind = { 0 };
	struct kernel *kernel;

	(void)state;
	start_arm64("");
	for (unsigned int i = 0; i < NR_X; i++)
		put(REGS + 8 * i, 0x1000 + i, 8);
	put(REGS + 8 * NR_X, IMAGE_AT + 0xb000, 8);
	put(REGS + 8 * (NR_X + 1), IMAGE_AT + 0x20, 8);
	put(REGS + 8 * (NR_X + 2), 0x600000c5, 8);
	put(RECORD, 0x1000 + 29, 8);
	put(RECORD + 8, IMAGE_AT + 0x20, 8);
	kernel = open_arm64();
	registers_set(&unwind.registers, CPU_IP, IMAGE_AT + 0x30);
	registers_set(&unwind.registers, CPU_X29, IMAGE_AT + RECORD);
	assert_true(kernel->arch->unwind_step(kernel, &unwind, NULL));
	assert_true(unwind.interrupted && unwind.exact && !unwind.user);
	for (unsigned int i = 0; i < NR_X; i++)
		assert_int_equal(unwind.registers.value[CPU_X0 + i], 0x1000 + i);
	assert_true(unwind.registers.value[CPU_SP] == IMAGE_AT + 0xb000);
	assert_true(unwind.registers.value[CPU_IP] == IMAGE_AT + 0x20);
	assert_int_equal(unwind.registers.value[CPU_FLAGS], 0x600000c5);
	assert_true(registers_have(&unwind.registers, CPU_X29));
	open_close(kernel);
}

/* MT_* of asm/memory.h, if index 0 is normal memory. */
static void memory_types(void **state)
{
	static const char *const rows[][2] = {
		{ "5.10.0", "Normal-WT" },
		{ "5.13.19", "Normal-WT" },
		{ "5.14.0", "Device-nGnRnE" },
		{ "6.12.0", "Device-nGnRnE" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct entry_rules *rules;
		struct kernel *kernel;

		release = rows[i][0];
		start_arm64("");
		kernel = open_arm64();
		rules = kernel_entry_rules(kernel);
		assert_true(rules->cache_known);
		assert_string_equal(rules->memory_type[0], "Normal-WB");
		assert_string_equal(rules->memory_type[3], rows[i][1]);
		open_close(kernel);
	}
	release = "6.1.0";
}

/* The modes EL0t, EL1t, EL1h, EL2h and EL0 of AArch32 in PSTATE: C5.2.19. */
static void modes(void **state)
{
	static const struct {
		uint64_t pstate;
		bool user;
	} rows[] = { { 0x80001000, true }, { 0x4, false }, { 0x600000c5, false },
		     { 0x9, false },	   { 0x1, false }, { 0x10, true } };
	struct registers registers = { 0 };

	(void)state;
	assert_false(arch_arm64.in_user_mode(&registers));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		registers_set(&registers, CPU_FLAGS, rows[i].pstate);
		assert_int_equal(arch_arm64.in_user_mode(&registers), rows[i].user);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shadow),
		cmocka_unit_test(an_early_shadow),
		cmocka_unit_test(shadows_by_release),
		cmocka_unit_test(linear_maps_until_5_3),
		cmocka_unit_test(start_of_the_linear_map),
		cmocka_unit_test(sp_after_the_last_record),
		cmocka_unit_test(bits_in_use_in_the_image),
		cmocka_unit_test(a_root_that_is_empty),
		cmocka_unit_test(page_size_in_the_header),
		cmocka_unit_test(the_image),
		cmocka_unit_test(ends_of_the_image),
		cmocka_unit_test(an_image_without_its_header),
		cmocka_unit_test(an_image_in_an_unknown_layout),
		cmocka_unit_test(slots_of_the_fixmap),
		cmocka_unit_test(slots_that_fill_the_room),
		cmocka_unit_test(stacks_of_cpus),
		cmocka_unit_test(other_stacks_of_cpus),
		cmocka_unit_test(switched_registers),
		cmocka_unit_test(calls),
		cmocka_unit_test(modes),
		cmocka_unit_test(interrupted_registers),
		cmocka_unit_test(memory_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
