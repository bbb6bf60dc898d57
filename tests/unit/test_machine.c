/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about the machine from a dump without a note: the paging mode, phys_base, and the function
 * that a gate in the IDT of i386 points to. */
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/table_search.h"
#include "linked.h"
#include "memory.h"
#include "open/archs.h"

#include "unit.h"

/* --- i386 --- */

/* pkmap_count[LAST_PKMAP] is an array of int: arch/x86/include/asm/pgtable_32_types.h. */
static void modes_by_the_size_of_kmap(void **state)
{
	static const struct {
		uint64_t size;
		bool known;
		enum kernel_mode mode;
	} rows[] = {
		{ 512 * 4, true, MODE_PAE },
		{ 1024 * 4, true, MODE_I386 },
		{ 512 * 4 + 4, false, 0 },
		{ 1024 * 4 + 4, false, 0 },
		{ 512 * 4 - 4, false, 0 },
		{ 1024 * 4 - 4, false, 0 },
		{ 0, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .narrow = true };
		struct kernel *kernel;
		uint64_t mode, levels;

		memory_init(true);
		show_memory_load();
		linked_add(&linked, "_stext", LINKED_BASE_32, 0);
		linked_add(&linked, "pkmap_count", LINKED_BASE_32 + 0x1000, rows[i].size);
		kernel = memory_open_with(linked_open(&linked), NULL, 0);
		assert_int_equal(kernel_fact(kernel, FACT_MODE, &mode), rows[i].known);
		if (rows[i].known) {
			assert_true(mode == rows[i].mode);
			assert_true(kernel_fact(kernel, FACT_LEVELS, &levels));
			assert_true(levels == (mode == MODE_PAE ? 3 : 2));
		}
		open_close(kernel);
	}
}

enum { ROOT_32 = 0x1000, HIGH_PTE = 0x2000, LOW_PTE = 0x3000, GATES = 0x4000 };
#define BANNER UINT64_C(0xc1800000)

/* A gate of the IDT: SDM vol. 3A, 6.11. */
static void put_gate(uint64_t at, unsigned int vector, uint64_t handler, unsigned int selector,
		     unsigned int type)
{
	put(at + 8 * vector,
	    (handler & 0xffff) | (uint64_t)selector << 16 | (uint64_t)type << 32 |
		    (handler >> 16) << 48,
	    8);
}

static void put_gates(uint64_t handler)
{
	put_gate(GATES, 0, handler, 0x60, 0x8e00);
	put_gate(GATES, 6, handler + 0x60, 0x60, 0x8e00);
	put_gate(GATES, 13, handler + 0xd0, 0x60, 0x8e00);
	put_gate(GATES, 14, handler + 0xe0, 0x60, 0x8e00);
}

/* Exceptions 0, 6, 13 and 14 have interrupt gates of the kernel's segment, which point to code near
 * linux_banner. The IDT is in a page of 4K that is mapped near the end of the address space. */
static const struct {
	uint64_t vaddr, handler;
	unsigned int vector, selector, type; /* of one gate that differs; type 0: none */
	uint64_t other;
	bool found;
} idts[] = {
	{ 0xff800000, 0xc1234568, 0, 0, 0, 0, true },
	{ 0xfc000000, 0xc1234568, 0, 0, 0, 0, true },
	{ 0xfbfff000, 0xc1234568, 0, 0, 0, 0, false },
	{ 0xfffff000, 0xc1234568, 0, 0, 0, 0, true },
	{ 0xff800000, BANNER - (64 << 20), 0, 0, 0, 0, true },
	{ 0xff800000, BANNER - (64 << 20) - 1, 0, 0, 0, 0, false },
	{ 0xff800000, BANNER + (64 << 20) - 0xe0, 0, 0, 0, 0, true },
	{ 0xff800000, BANNER + (64 << 20) - 0xdf, 0, 0, 0, 0, false },
	{ 0xff800000, 0xc1234568, 14, 0x61, 0x8e00, 0xc1234568, false },
	{ 0xff800000, 0xc1234568, 13, 0x60, 0x8f00, 0xc1234568, false },
	{ 0xff800000, 0xc1234568, 6, 0x60, 0x8e00, 0x1234568, false },
	{ 0xff800000, 0xc1234568, 1, 0x61, 0x8f00, 0x1234568, true },
};

static const char *const of_i386[] = { "arch=i386", "page_offset=0xc0000000", "root=0x1000" };

static void a_function_in_the_idt(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(idts) / sizeof(idts[0]); i++) {
		uint64_t vaddr = idts[i].vaddr, address = 0;
		const struct space *space;
		const char *names[2];
		struct kernel *kernel;

		memory_init(true);
		/* a large page before the IDT */
		put(ROOT_32 + 4 * 0x3f2, 0x400000 | P | RW | PS, 4);
		put(ROOT_32 + 4 * (vaddr >> 22), HIGH_PTE | P | RW, 4);
		put(HIGH_PTE + 4 * (vaddr >> 12 & 1023), GATES | P, 4);
		put_gates(idts[i].handler);
		if (idts[i].type)
			put_gate(GATES, idts[i].vector, idts[i].other, idts[i].selector,
				 idts[i].type);
		show_memory_load();
		kernel = memory_open_with(NULL, of_i386, 3);
		space = kernel_space(kernel, NULL);
		assert_non_null(space);
		assert_false(arch_i386.known_function(kernel, space, names, &address));
		kernel->table->known = true;
		kernel->table->banner_vaddr[0] = BANNER;
		if (arch_i386.known_function(kernel, space, names, &address) != idts[i].found ||
		    (idts[i].found && address != idts[i].handler))
			fail_msg("row %zu: %llx", i, (unsigned long long)address);
		if (idts[i].found) {
			assert_string_equal(names[0], "asm_exc_divide_error");
			assert_string_equal(names[1], "divide_error");
		}
		open_close(kernel);
	}
}

/* The range of the image begins at _stext or, without this symbol, below linux_banner. */
static void where_the_image_of_i386_lies(void **state)
{
	const struct space *space;
	uint64_t first, last;
	struct kernel *kernel;

	(void)state;
	memory_init(true);
	show_memory_load();
	kernel = memory_open_with(NULL, of_i386, 3);
	space = kernel_space(kernel, NULL);
	assert_false(arch_i386.image_range(kernel, space, &first, &last));
	kernel->table->known = true;
	kernel->table->banner_vaddr[0] = 0xc3000123;
	assert_true(arch_i386.image_range(kernel, space, &first, &last));
	assert_true(first == 0xc1000000 && last == 0xc4ffffff);
	kernel->table->banner_vaddr[0] = 32 << 20;
	assert_true(arch_i386.image_range(kernel, space, &first, &last));
	assert_true(first == 0 && last == (64 << 20) - 1);
	kernel->table->banner_vaddr[0] = (32 << 20) - 1;
	assert_false(arch_i386.image_range(kernel, space, &first, &last));
	kernel->table->banner_vaddr[0] = 0xfe000000;
	assert_true(arch_i386.image_range(kernel, space, &first, &last));
	assert_true(first == 0xfc000000 && last == UINT32_MAX);
	open_close(kernel);
}

/* --- x86-64 --- */

/* phys_base follows from the program header of the image. If there are several, the lowest is
 * used. */
static void phys_base_by_segments(void **state)
{
	static const struct {
		uint64_t vaddr[2], paddr;
		bool known;
		uint64_t phys_base;
	} rows[] = {
		{ { IMAGE, 0 }, 0x200000, true, 0x200000 },
		{ { IMAGE + 0x1000000, 0 }, 0x3000000, true, 0x2000000 },
		{ { IMAGE + 0x1001000, IMAGE + 0x1000000 }, 0x3000000, true, 0x2001000 },
		{ { IMAGE - 0x1000, 0 }, 0x200000, false, 0 },
		{ { IMAGE + 0x3ffff000, 0 }, 0x40000000, true, 0x1000 },
		{ { IMAGE + 0x40000000, 0 }, 0x40000000, false, 0 },
	};
	static const char *const overrides[] = { "root=0x1000", "levels=4" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value;
		bool known;

		memory_init(false);
		show_memory_load();
		for (unsigned int nr = 0; nr < 2; nr++)
			if (rows[i].vaddr[nr])
				image_add(&image,
					  (struct header){ .type = PT_LOAD,
							   .vaddr = rows[i].vaddr[nr],
							   .paddr = rows[i].paddr + 0x1000 * nr,
							   .memsz = 0x1000 });
		kernel = memory_open_with(NULL, overrides, 2);
		known = kernel_fact(kernel, FACT_PHYS_BASE, &value);
		if (known != rows[i].known || (known && value != rows[i].phys_base))
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		open_close(kernel);
	}
}

static const char *const by_trial[] = {
	"levels=4",
	"release=6.1.0",
	"swapper_pg_dir=0xffffffff80001000",
};

/* The image may begin at any multiple of 2M. The table is tried at each place that the symbol
 * gives, and must map itself. */
static void phys_base_by_trial(void **state)
{
	(void)state;
	for (unsigned int copies = 0; copies < 3; copies++) {
		uint64_t value;
		struct kernel *kernel;
		bool known;

		memory_init(false);
		/* 1000 + copy * 200000; there is memory for three copies */
		for (uint64_t nr = 0; nr < 3; nr++) {
			uint64_t at = nr * 0x4000, base = nr << 21;

			if (nr >= copies)
				break;
			put(at + 0x1ff8, (base + 0x2000) | P | RW, 8);
			put(at + 0x2ff0, (base + 0x3000) | P | RW, 8);
			put(at + 0x3000, base | P | RW | PS, 8);
		}
		for (uint64_t nr = 0; nr < 3; nr++)
			image_load(&image, MEMORY + nr * 0x4000, nr << 21, 0x4000);
		kernel = memory_open_with(NULL, by_trial, 3);
		known = kernel_fact(kernel, FACT_PHYS_BASE, &value);
		assert_int_equal(known, copies == 1);
		if (known)
			assert_true(value == 0);
		open_close(kernel);
	}
}

/* Memory continues at 600000, after a hole that does not end at a multiple of 2M. */
static void phys_base_behind_a_hole(void **state)
{
	static const uint64_t from[] = { 0x600000, 0x601000, 0x5ff000 };

	(void)state;
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		struct kernel *kernel;
		uint64_t value = 1;

		memory_init(false);
		put(0x9ff8, 0x602000 | P | RW, 8);
		put(0xaff0, 0x603000 | P | RW, 8);
		put(0xb000, 0x600000 | P | RW | PS, 8);
		image_load(&image, MEMORY, 0, 0x4000);
		image_load(&image, MEMORY + 0x4000, from[i], 0x601000 - from[i]);
		image_load(&image, MEMORY + 0x9000, 0x601000, 0x3000);
		kernel = memory_open_with(NULL, by_trial, 3);
		assert_true(kernel_fact(kernel, FACT_PHYS_BASE, &value));
		assert_true(value == 0x600000);
		open_close(kernel);
	}
}

/* The image is aligned to 2M, so a table at another distance is not the kernel's. */
static void phys_base_beside_a_step(void **state)
{
	(void)state;
	for (int beside = 0; beside < 2; beside++) {
		struct kernel *kernel;
		uint64_t value = 1;

		memory_init(false);
		memory_put_tables();
		/* the same table at 101000, with pages of 4K */
		put(0x5ff8, 0x102000 | P | RW, 8);
		put(0x6ff0, 0x103000 | P | RW, 8);
		put(0x7000, 0x104000 | P | RW, 8);
		put(0x8008, 0x101000 | P | RW, 8);
		image_load(&image, MEMORY, 0, 0x4000);
		if (beside)
			image_load(&image, MEMORY + 0x4000, 0x100000, 0x5000);
		kernel = memory_open_with(NULL, by_trial, 3);
		assert_true(kernel_fact(kernel, FACT_PHYS_BASE, &value));
		assert_true(value == 0);
		open_close(kernel);
	}
}

static void where_the_image_of_x86_64_lies(void **state)
{
	uint64_t first, last;

	(void)state;
	assert_true(arch_x86_64.image_range(NULL, NULL, &first, &last));
	assert_true(first == IMAGE && last == IMAGE + (1 << 30) - 1);
}

/* sme_me_mask must be one of the bits of a frame. physical_mask gives the first address bit that is
 * missing in it, which must be above the bits that each CPU has. */
static void bits_of_encryption(void **state)
{
	static const struct {
		const char *symbol;
		uint64_t value, mask;
	} rows[] = {
		{ "sme_me_mask", UINT64_C(1) << 47, UINT64_C(1) << 47 },
		{ "sme_me_mask", UINT64_C(1) << 51, UINT64_C(1) << 51 },
		{ "sme_me_mask", UINT64_C(1) << 52, 0 },
		{ "sme_me_mask", UINT64_C(1) << 12, UINT64_C(1) << 12 },
		{ "sme_me_mask", UINT64_C(1) << 11, 0 },
		{ "sme_me_mask", UINT64_C(3) << 46, 0 },
		{ "sme_me_mask", 0, 0 },
		{ "physical_mask", (UINT64_C(1) << 52) - 1, 0 },
		{ "physical_mask", (UINT64_C(1) << 51) - 1, UINT64_C(1) << 51 },
		{ "physical_mask", (UINT64_C(1) << 47) - 1, UINT64_C(1) << 47 },
		{ "physical_mask", (UINT64_C(1) << 36) - 1, UINT64_C(1) << 36 },
		{ "physical_mask", (UINT64_C(1) << 35) - 1, 0 },
		{ "physical_mask", (UINT64_C(1) << 36) - 2, 0 },
		{ "physical_mask", 0, 0 },
	};
	static const char *const overrides[] = {
		"levels=4", "release=6.1.0", "root=0x1000", "phys_base=0", "kaslr_offset=0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { 0 };
		struct kernel *kernel;
		uint64_t mask;

		memory_init(false);
		put(0x5000, rows[i].value, 8);
		show_memory_load();
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		linked_add(&linked, rows[i].symbol, IMAGE + 0x5000, 8);
		kernel = memory_open_with(linked_open(&linked), overrides, 5);
		assert_true(kernel_fact(kernel, FACT_SME_MASK, &mask));
		if (mask != rows[i].mask)
			fail_msg("row %zu: %llx", i, (unsigned long long)mask);
		open_close(kernel);
	}
}

/* NUMBER(sme_mask) in the note (65f750e5457a, 5.1) is one bit of a frame, or 0. */
static void bits_of_encryption_by_the_note(void **state)
{
	static const struct {
		const char *value;
		uint64_t mask;
	} rows[] = {
		{ "0", 0 },
		{ "0x800000000000", UINT64_C(1) << 47 },
		{ "0x8000000000000", UINT64_C(1) << 51 },
		{ "0xc00000000000", 0 },
		{ "0x10000000000000", 0 },
		{ "0x800", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t mask;
		char note[256];

		snprintf(note, sizeof(note),
			 "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
			 "NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=0\n"
			 "NUMBER(sme_mask)=%s\n",
			 rows[i].value);
		memory_start(false, note);
		memory_put_tables();
		kernel = memory_open(NULL, NULL);
		assert_true(kernel_fact(kernel, FACT_SME_MASK, &mask));
		if (mask != rows[i].mask)
			fail_msg("row %zu: %llx", i, (unsigned long long)mask);
		open_close(kernel);
	}
}

/* __pgtable_l5_enabled is an int in the image. */
static void levels_of_the_image(void **state)
{
	static const char *const overrides[] = {
		"release=6.1.0",
		"root=0x1000",
		"phys_base=0",
		"kaslr_offset=0",
	};

	(void)state;
	for (int way = 0; way < 4; way++) {
		struct linked linked = { 0 };
		struct kernel *kernel;
		uint64_t levels;

		memory_init(false);
		/* the next byte is ignored; the symbol may be cut off */
		put(0x5000, way == 1 ? 1 : way == 2 ? UINT64_C(1) << 32 : 0, 8);
		show_memory_load();
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		linked_add(&linked, "__pgtable_l5_enabled", IMAGE + (way == 3 ? 0x20000 : 0x5000),
			   4);
		kernel = memory_open_with(linked_open(&linked), overrides, 4);
		assert_int_equal(kernel_fact(kernel, FACT_LEVELS, &levels), way != 3);
		if (way != 3)
			assert_int_equal(levels, way == 1 ? 5 : 4);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_by_the_size_of_kmap),
		cmocka_unit_test(a_function_in_the_idt),
		cmocka_unit_test(where_the_image_of_i386_lies),
		cmocka_unit_test(phys_base_by_segments),
		cmocka_unit_test(phys_base_by_trial),
		cmocka_unit_test(phys_base_behind_a_hole),
		cmocka_unit_test(phys_base_beside_a_step),
		cmocka_unit_test(where_the_image_of_x86_64_lies),
		cmocka_unit_test(bits_of_encryption),
		cmocka_unit_test(bits_of_encryption_by_the_note),
		cmocka_unit_test(levels_of_the_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
