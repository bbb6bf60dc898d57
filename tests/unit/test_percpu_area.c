/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory of each CPU: static variables with their names, and chunks. For an address, the CPU
 * and the per-CPU pointer are found. mm/percpu.c and mm/percpu-internal.h, with the offsets given
 * here. */
#include "linux/area_members.h"
#include "linux/percpu_area.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "memory.h"
#include "placed.h"

#include "unit.h"

enum {
	OFFSETS = 0x6000,
	MASK = 0x7000,
	BASE = 0x7008,
	NR_SLOTS = 0x7010,
	LISTS = 0x7018,
	RESERVED = 0x7020,
	HEADS = 0x8000,
	CHUNK = 0x9000,
	STEP = 0x80
};

/* Offsets of CPU 0 and CPU 2. There are four CPUs, and 1 and 3 are not possible. */
#define CPU_0 UINT64_C(0xffff888010000000)
#define CPU_2 UINT64_C(0xffff888020000000)
/* pcpu_base_addr: start of CPU 0's memory in the first chunk */
#define FIRST UINT64_C(0xffff888010000000)

static struct linked linked;

static void add(const char *name, uint64_t address, uint64_t size, uint16_t section)
{
	linked.symbols[linked.nr++] = (struct linked_symbol){ name, address, size, section };
}

/* at: start of the static variables, which have 1000 bytes */
static void start(uint64_t at)
{
	memory_start_64("6.1.0", "");
	linked = (struct linked){ .nr = 0 };
	add("_stext", LINKED_BASE, 0, 0);
	add("__per_cpu_offset", IMAGE + OFFSETS, 32, 0);
	add("__cpu_possible_mask", IMAGE + MASK, 8, 0);
	add("__per_cpu_start", at, 0, LINKED_DATA);
	add("__per_cpu_end", at + 0x1000, 0, LINKED_DATA);
	add("counter", at + 0x10, 8, LINKED_DATA);
	add("elsewhere", at + 0x18, 8, LINKED_TEXT);
	add("table", at + 0x40, 0x40, LINKED_DATA);
	add("pcpu_base_addr", IMAGE + BASE, 8, 0);
	add("pcpu_nr_slots", IMAGE + NR_SLOTS, 4, 0);
	put(MASK, 5, 8);
	put(OFFSETS, CPU_0 - at, 8);
	put(OFFSETS + 16, CPU_2 - at, 8);
	put(BASE, FIRST, 8);
	put(NR_SLOTS, 2 | UINT64_C(1) << 32, 8);
	put(LISTS, IMAGE + HEADS, 8);
	put(RESERVED, 0, 8);
	for (unsigned int slot = 0; slot < 3; slot++)
		for (unsigned int word = 0; word < 2; word++)
			put(HEADS + 16 * slot + 8 * word, IMAGE + HEADS + 16 * slot, 8);
}

/* Adds a chunk to the start of a list. distance: from the start of the first chunk's memory, in
 * bytes. */
static void put_chunk(unsigned int nr, unsigned int slot, uint64_t distance, uint64_t pages,
		      uint64_t before, uint64_t after)
{
	uint64_t at = CHUNK + nr * STEP, head = HEADS + 16 * slot;
	uint64_t next;

	memcpy(&next, image.bytes + MEMORY + head, 8);
	next = le64toh(next);
	put(at + 0x10, next, 8);
	put(at + 0x18, IMAGE + head, 8);
	put(next - IMAGE + 8, IMAGE + at + 0x10, 8);
	put(head, IMAGE + at + 0x10, 8);
	put(at + 0x20, FIRST + distance, 8);
	put(at + 0x28, pages, 4);
	put(at + 0x30, before, 4);
	put(at + 0x38, after, 4);
}

static const unsigned int members_of_a_chunk[] = { CHUNK_LIST, CHUNK_BASE, CHUNK_PAGES,
						   CHUNK_START_OFFSET, CHUNK_END_OFFSET };

static struct kernel *open_kernel(void)
{
	static const uint32_t offsets[] = { 0x10, 0x20, 0x28, 0x30, 0x38 };
	static const uint32_t sizes[] = { 16, 8, 4, 4, 4 };
	struct kernel *kernel = memory_open(linked_open(&linked), "page_offset=ffff888000000000");

	for (size_t i = 0; i < 5; i++)
		placed_set(kernel, members_of_a_chunk[i], offsets[i], sizes[i]);
	return kernel;
}

static void expect_place(struct kernel *kernel, uint64_t vaddr, const char *kind, unsigned int cpu,
			 uint64_t pointer)
{
	struct percpu_place place;

	if (percpu_at(kernel, vaddr, &place) != (kind != NULL))
		fail_msg("%llx", (unsigned long long)vaddr);
	if (!kind)
		return;
	assert_string_equal(place.kind, kind);
	assert_int_equal(place.cpu, cpu);
	if (place.pointer != pointer)
		fail_msg("%llx: pointer %llx", (unsigned long long)vaddr,
			 (unsigned long long)place.pointer);
}

/* --- static variables --- */

/* Until 6.14, these are offsets from 0. Since then, they are addresses in the image
 * (9d7de2aa8b41). */
static void variables_and_their_names(void **state)
{
	static const struct {
		uint64_t offset, in; /* in: offset in the variable */
		const char *name;
	} rows[] = {
		{ 0, 0, NULL },		 { 0xf, 0, NULL },  { 0x10, 0, "counter" },
		{ 0x17, 7, "counter" },	 { 0x3f, 0, NULL }, { 0x40, 0, "table" },
		{ 0x7f, 0x3f, "table" }, { 0x80, 0, NULL }, { 0xfff, 0, NULL },
	};
	static const uint64_t starts[] = { 0, 0xffffffff81001000 };

	(void)state;
	for (int way = 0; way < 2; way++) {
		struct kernel *kernel;

		start(starts[way]);
		kernel = open_kernel();
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			for (unsigned int cpu = 0; cpu < 4; cpu += 2) {
				uint64_t vaddr = (cpu ? CPU_2 : CPU_0) + rows[i].offset;
				struct percpu_place place;

				expect_place(kernel, vaddr, "static", cpu,
					     starts[way] + rows[i].offset);
				assert_true(percpu_at(kernel, vaddr, &place));
				if (!rows[i].name != !place.symbol ||
				    (place.symbol && (strcmp(place.symbol, rows[i].name) ||
						      place.symbol_offset != rows[i].in)))
					fail_msg("%llx: %s", (unsigned long long)rows[i].offset,
						 place.symbol);
			}
		expect_place(kernel, CPU_0 - 1, NULL, 0, 0);
		expect_place(kernel, CPU_0 + 0x1000, NULL, 0, 0);
		expect_place(kernel, CPU_2 - 1, NULL, 0, 0);
		expect_place(kernel, CPU_2 + 0x1000, NULL, 0, 0);
		open_close(kernel);
	}
}

/* Is the symbol a per-CPU variable? Its address decides, and its section if vmlinux has the
 * symbol. */
static void symbols_of_variables(void **state)
{
	static const struct {
		uint64_t address;
		uint16_t section;
		bool is;
	} rows[] = {
		{ 0, 0, true },		  { 0x10, 0, true },	       { 0xfff, 0, true },
		{ 0x1000, 0, false },	  { 0x10, LINKED_DATA, true }, { 0x18, LINKED_TEXT, false },
		{ UINT64_MAX, 0, false },
	};
	struct kernel *kernel;

	(void)state;
	start(0);
	kernel = open_kernel();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kernel_symbol symbol = { .address = rows[i].address,
						      .section = rows[i].section };

		if (percpu_has_symbol(kernel, &symbol) != rows[i].is)
			fail_msg("row %zu", i);
	}
	open_close(kernel);
}

/* The variables of a module are in a chunk. Absolute symbols are in no chunk. */
static void variables_of_modules(void **state)
{
	static const struct {
		uint64_t address;
		uint16_t section;
		bool is;
	} rows[] = {
		{ 0x10, 1, false },
		{ 0x100fff, 1, false },
		{ 0x101000, 1, true },
		{ 0x102fff, 1, true },
		{ 0x103000, 1, false },
		{ 0x200000, 1, true },
		{ 0x101000, SHN_LORESERVE, false },
		{ 0x101000, SHN_LORESERVE - 1, true },
		{ 0x101000, SHN_ABS, false },
	};
	struct kernel *kernel;

	(void)state;
	start(0);
	add("pcpu_chunk_lists", IMAGE + LISTS, 8, 0);
	put_chunk(0, 0, 0x101000, 2, 0, 0);
	put_chunk(1, 1, 0x200000, 1, 0, 0);
	kernel = open_kernel();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kernel_symbol symbol = { .address = rows[i].address,
						      .section = rows[i].section,
						      .module = "m" };

		if (percpu_has_symbol(kernel, &symbol) != rows[i].is)
			fail_msg("row %zu", i);
	}
	open_close(kernel);
}

/* --- CPUs --- */

static void each_cpu_and_its_copy(void **state)
{
	static const struct {
		unsigned int asked, cpu;
		bool there;
	} rows[] = { { 0, 0, true }, { 1, 2, true }, { 2, 2, true }, { 3, 0, false } };
	struct error err = { .code = ERROR_NONE };
	struct kernel *kernel;
	uint64_t vaddr;

	(void)state;
	start(0);
	kernel = open_kernel();
	for (size_t i = 0; i < 4; i++) {
		unsigned int cpu = rows[i].asked;

		assert_int_equal(percpu_next(kernel, &cpu), rows[i].there);
		if (rows[i].there)
			assert_int_equal(cpu, rows[i].cpu);
	}
	assert_true(percpu_copy_of(kernel, 0x123, 0, &vaddr, NULL));
	assert_true(vaddr == CPU_0 + 0x123);
	assert_true(percpu_copy_of(kernel, 0x123, 2, &vaddr, NULL));
	assert_true(vaddr == CPU_2 + 0x123);
	assert_false(percpu_copy_of(kernel, 0x123, 1, &vaddr, &err));
	assert_int_equal(err.code, ERROR_NO_ANSWER);
	open_close(kernel);
}

/* One offset, or all of them, are not in the dump; or it is unknown which CPUs there are. */
static void offsets_that_are_missing(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		struct error err = { .code = ERROR_NONE };
		struct kernel *kernel;
		uint64_t vaddr;

		start(0);
		if (way == 0) /* the offset of CPU 2 is after the end of memory */
			linked.symbols[1].address = IMAGE + 0xfff8;
		if (way == 1)
			linked.symbols[1].address = IMAGE + 0x20000;
		if (way == 2)
			linked.symbols[2].name = "no_mask";
		if (way == 3)
			linked.symbols[4].name = "no_end";
		put(0xfff8, CPU_0, 8);
		kernel = open_kernel();
		expect_place(kernel, CPU_0 + 0x10, way ? NULL : "static", 0, 0x10);
		expect_place(kernel, CPU_2 + 0x10, NULL, 0, 0);
		/* an address that is near no offset */
		expect_place(kernel, 0x10, NULL, 0, 0);
		if (way == 0) {
			assert_true(percpu_copy_of(kernel, 0, 0, &vaddr, NULL));
			assert_false(percpu_copy_of(kernel, 0, 2, &vaddr, &err));
			assert_int_equal(err.code, ERROR_UNREADABLE);
		}
		open_close(kernel);
	}
	for (int smp = 0; smp < 2; smp++) {
		struct kernel *kernel;
		unsigned int cpu = 0;

		start(0);
		if (!smp) /* with a single CPU, there are no copies */
			linked.symbols[1].name = "no_offsets";
		kernel = open_kernel();
		expect_place(kernel, CPU_0 + 0x10, smp ? "static" : NULL, 0, 0x10);
		assert_int_equal(percpu_next(kernel, &cpu), smp);
		open_close(kernel);
	}
}

/* --- chunks --- */

/* The parts at both ends of a chunk may belong to other chunks. The distances are the same for all
 * CPUs. */
static void memory_of_chunks(void **state)
{
	static const uint64_t starts[] = { 0, 0xffffffff81001000 };

	(void)state;
	for (int way = 0; way < 4; way++) {
		uint64_t at = starts[way & 1];
		struct kernel *kernel;

		start(at);
		add(way & 2 ? "pcpu_slot" : "pcpu_chunk_lists", IMAGE + LISTS, 8, 0);
		add("pcpu_reserved_chunk", IMAGE + RESERVED, 8, 0);
		put(RESERVED, IMAGE + CHUNK + 5 * STEP, 8);
		put_chunk(5, 2, 0x2000, 1, 0, 0); /* in a list that is not read */
		put_chunk(0, 0, 0x100000, 2, 0x100, 0x200);
		put_chunk(1, 0, 0x300000, 1, 0, 0);
		put_chunk(2, 1, 0x500000, 1, 0xfff, 0);
		put_chunk(3, 1, 0x700000, 1, 0x800, 0x7ff);
		kernel = open_kernel();
		for (unsigned int cpu = 0; cpu < 4; cpu += 2) {
			static const struct {
				uint64_t first, last;
				const char *kind;
			} chunks[] = {
				{ 0, 0xfff, "static" },
				{ 0x2000, 0x2fff, "reserved" },
				{ 0x100100, 0x101dff, "dynamic" },
				{ 0x300000, 0x300fff, "dynamic" },
				{ 0x500fff, 0x500fff, "dynamic" },
				{ 0x700800, 0x700800, "dynamic" },
			};
			uint64_t from = cpu ? CPU_2 : CPU_0;

			for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
				uint64_t first = chunks[i].first, last = chunks[i].last;

				expect_place(kernel, from + first, chunks[i].kind, cpu, at + first);
				expect_place(kernel, from + last, chunks[i].kind, cpu, at + last);
				expect_place(kernel, from + first - 1, NULL, 0, 0);
				expect_place(kernel, from + last + 1, NULL, 0, 0);
			}
		}
		open_close(kernel);
	}
}

/* Sizes that a chunk cannot have, and members that are needed. */
static bool count_range(uint64_t first, uint64_t last, void *arg)
{
	size_t *nr = arg;

	assert_true(last >= first);
	(*nr)++;
	return true;
}

static void chunks_that_cannot_be(void **state)
{
	static const struct {
		uint64_t pages, before, after;
		bool there;
	} rows[] = {
		{ 1, 0, 0, true },	    { 0, 0, 0, false },
		{ 1 << 18, 0, 0, true },    { (1 << 18) + 1, 0, 0, false },
		{ 1, 0x1000, 0, false },    { 1, 0x1001, 0, false },
		{ 1, 0xfff, 1, false },	    { 1, 0xffe, 1, true },
		{ 1, 0x800, 0x801, false }, { 1, 0x800, 0x800, false },
		{ 1, 0, 0x1000, false },    { 1, 0, 0xfff, true },
		{ 1, 0, 0x1001, false },    { 1, 0, 0x200000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct percpu_place place;
		struct kernel *kernel;
		size_t nr = 0;

		start(0);
		add("pcpu_chunk_lists", IMAGE + LISTS, 8, 0);
		put_chunk(0, 0, 0x100000, rows[i].pages, rows[i].before, rows[i].after);
		put_chunk(1, 0, 0x80000000, 1, 0, 0);
		kernel = open_kernel();
		if (percpu_at(kernel, CPU_0 + 0x100000 + rows[i].before, &place) != rows[i].there)
			fail_msg("row %zu", i);
		/* the other chunks are still found */
		assert_true(percpu_at(kernel, CPU_0 + 0x80000000, &place));
		/* the variables and one or two chunks, of two CPUs */
		percpu_each_range(kernel, count_range, &nr);
		assert_int_equal(nr, rows[i].there ? 6 : 4);
		open_close(kernel);
	}
	for (size_t i = 0; i < 5; i++) {
		struct member *members;
		struct kernel *kernel;

		start(0);
		add("pcpu_chunk_lists", IMAGE + LISTS, 8, 0);
		put_chunk(0, 0, 0x100000, 1, 0, 0);
		kernel = open_kernel();
		members = kernel_state(kernel, &state_members);
		members[members_of_a_chunk[i]].known = false;
		expect_place(kernel, CPU_0 + 0x100000, NULL, 0, 0);
		expect_place(kernel, CPU_0 + 0x10, "static", 0, 0x10);
		open_close(kernel);
	}
}

/* As many lists are read as the number shows. Each list is read up to the first damage. */
static void lists_of_chunks(void **state)
{
	static const struct {
		uint64_t at, value;
		bool first, second, other; /* chunks of list 0, and the chunk of list 1 */
	} rows[] = {
		{ 0x4000, 0, true, true, true },
		{ NR_SLOTS, 1, true, true, false },
		{ NR_SLOTS, 0, false, false, false },
		{ NR_SLOTS, 256, true, true, true },
		{ NR_SLOTS, 257, false, false, false },
		{ NR_SLOTS, 0x01000002, false, false, false },
		{ CHUNK + 0x18, 0, true, false, true }, /* a pointer back */
		{ CHUNK + STEP + 0x18, 0, false, false, true },
		{ CHUNK + STEP + 0x10, 0x1234, true, false, true },
		{ CHUNK + 0x10, IMAGE + CHUNK + STEP + 0x10, true, true, true },
		{ HEADS, 0, false, false, true },
		{ BASE, FIRST + 0x1000000, false, false, false },
	};
	static const char *const needed[] = { "pcpu_base_addr", "pcpu_nr_slots",
					      "pcpu_chunk_lists" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct percpu_place place;
		struct kernel *kernel;

		start(0);
		add("pcpu_chunk_lists", IMAGE + LISTS, 8, 0);
		put_chunk(0, 0, 0x100000, 1, 0, 0);
		put_chunk(1, 0, 0x300000, 1, 0, 0);
		put_chunk(2, 1, 0x500000, 1, 0, 0);
		/* list 0 has chunk 1 and then chunk 0 */
		put(CHUNK + 0x18, IMAGE + CHUNK + STEP + 0x10, 8);
		put(rows[i].at, rows[i].value, rows[i].at == NR_SLOTS ? 4 : 8);
		kernel = open_kernel();
		if (percpu_at(kernel, CPU_0 + 0x300000, &place) != rows[i].first &&
		    rows[i].at != CHUNK + 0x18)
			fail_msg("row %zu: the first", i);
		if (percpu_at(kernel, CPU_0 + 0x100000, &place) != rows[i].second)
			fail_msg("row %zu: the second", i);
		if (percpu_at(kernel, CPU_0 + 0x500000, &place) != rows[i].other)
			fail_msg("row %zu: the other", i);
		open_close(kernel);
	}
	for (size_t i = 0; i < 3; i++) {
		struct kernel *kernel;

		start(0);
		add("pcpu_chunk_lists", IMAGE + LISTS, 8, 0);
		put_chunk(0, 0, 0x100000, 1, 0, 0);
		for (unsigned int nr = 0; nr < linked.nr; nr++)
			if (!strcmp(linked.symbols[nr].name, needed[i]))
				linked.symbols[nr].name = "nothing";
		kernel = open_kernel();
		expect_place(kernel, CPU_0 + 0x100000, NULL, 0, 0);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_and_their_names),
		cmocka_unit_test(symbols_of_variables),
		cmocka_unit_test(variables_of_modules),
		cmocka_unit_test(each_cpu_and_its_copy),
		cmocka_unit_test(offsets_that_are_missing),
		cmocka_unit_test(memory_of_chunks),
		cmocka_unit_test(chunks_that_cannot_be),
		cmocka_unit_test(lists_of_chunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
