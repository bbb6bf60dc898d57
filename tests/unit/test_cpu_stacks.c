/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stacks of interrupts and exceptions, and the CPUs to which they belong. */
#include "linux/module/modules.h"
#include "linux/region.h"
#include "linux/resource.h"
#include "linux/module/slots.h"
#include "linux/page/page_info.h"
#include "kernel/arch.h"
#include "linux/area_members.h"
#include "kernel/percpu.h"
#include "open/archs.h"
#include "made_types.h"

#ifdef HAVE_LIBBPF

/* --- stacks of CPUs --- */

/* Adds CPUs 0 and 2 of four. Their memory begins at 8000 and 9000. */
static void add_cpus(bool narrow)
{
	uint64_t base = narrow ? 0xc0000000 : IMAGE, word = narrow ? 4 : 8;

	linked_add(&linked, "__per_cpu_offset", base + 0x6000, 4 * word);
	linked_add(&linked, "__cpu_possible_mask", base + 0x7000, word);
	put(0x7000, 5, word);
	put(0x6000, base + 0x8000, word);
	put(0x6000 + 2 * word, base + 0x9000, word);
}

static void expect_stack(struct kernel *kernel, uint64_t vaddr, enum stack_kind kind,
			 unsigned int cpu, uint64_t first, uint64_t last)
{
	struct stack stack;

	if (task_stack_at(kernel, vaddr, &stack) != (kind != STACK_NONE))
		fail_msg("%llx", (unsigned long long)vaddr);
	if (!kind)
		return;
	assert_int_equal(stack.kind, kind);
	assert_int_equal(stack.cpu, cpu);
	assert_null(stack.task);
	if (stack.first != first || stack.last != last)
		fail_msg("%llx: %llx to %llx", (unsigned long long)vaddr,
			 (unsigned long long)stack.first, (unsigned long long)stack.last);
}

/* CPU 0 may be missing in the mask, as any other CPU. */
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
		assert_int_equal(cpu_set_has(&cpus, cpu), cpu == 1 || cpu == 2 || cpu == 63);
	open_close(kernel);
	/* NR_CPUS may be larger, up to 8192 */
	start_64("6.1.0");
	linked_add(&linked, "__per_cpu_offset", IMAGE + 0x6000, 8 * 128);
	linked_add(&linked, "__cpu_possible_mask", IMAGE + 0x7000, 16);
	put(0x7000, UINT64_C(1) << 40, 8);
	put(0x7008, 2 | UINT64_C(1) << 35, 8);
	kernel = open_kernel(NULL);
	assert_true(kernel_possible_cpus(kernel, &cpus, NULL));
	assert_int_equal(cpus.nr, 128);
	for (unsigned int cpu = 0; cpu < 130; cpu++)
		assert_int_equal(cpu_set_has(&cpus, cpu), cpu == 40 || cpu == 65 || cpu == 99);
	open_close(kernel);
	/* one CPU, in a kernel without SMP */
	start_64("6.1.0");
	kernel = open_kernel(NULL);
	assert_true(kernel_possible_cpus(kernel, &cpus, NULL));
	assert_true(cpu_set_has(&cpus, 0) && !cpu_set_has(&cpus, 1));
	open_close(kernel);
}

/* The pointer is the top of the stack, 64 bytes below it (before 4.14), or its last word (5.12). It
 * is in a variable or in pcpu_hot (6.2 to 6.14, d7b6d709a76a). */
static void stacks_of_interrupts(void **state)
{
	static const struct part stack[] = { { "stack", 0x4000, 0 }, { NULL, 0, 0 } };
	static const struct part hot[] = { { "current_task", 8, 0 },
					   { "hardirq_stack_ptr", 8, 0 },
					   { NULL, 0, 0 } };
	static const struct {
		const char *variable;
		uint64_t below; /* distance of the pointer from the top */
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
			uint64_t first = cpu ? 0xffffc90000020000 : 0xffffc90000018000;

			expect_stack(kernel, first, STACK_IRQ, cpu, first, first + 0x3fff);
			expect_stack(kernel, first + 0x3fff, STACK_IRQ, cpu, first, first + 0x3fff);
			expect_stack(kernel, first - 1, STACK_NONE, 0, 0, 0);
			expect_stack(kernel, first + 0x4000, STACK_NONE, 0, 0, 0);
		}
		open_close(kernel);
	}
}

/* i386 stores the bottom of the stack. There are two kinds of stacks. */
static void stacks_of_interrupts_of_i386(void **state)
{
	static const struct part stack[] = { { "stack", 0x2000, 0 }, { NULL, 0, 0 } };

	(void)state;
	for (int old = 0; old < 2; old++) {
		struct kernel *kernel;

		start_32();
		add_struct("irq_stack", stack);
		add_cpus(true);
		linked_add(&linked, old ? "hardirq_stack" : "hardirq_stack_ptr", 0xc0000010, 4);
		linked_add(&linked, old ? "softirq_stack" : "softirq_stack_ptr", 0xc0000014, 4);
		/* the offset is relative to the variable's linked address */
		put(0x6000, 0x8000, 4);
		put(0x6008, 0x9000, 4);
		put(0x8010, 0xc0100000, 4);
		put(0x8014, 0xc0102000, 4);
		put(0x9010, 0xc0104000, 4);
		kernel = open_kernel(NULL);
		expect_stack(kernel, 0xc0100000, STACK_HARDIRQ, 0, 0xc0100000, 0xc0101fff);
		expect_stack(kernel, 0xc0102000, STACK_SOFTIRQ, 0, 0xc0102000, 0xc0103fff);
		expect_stack(kernel, 0xc0105fff, STACK_HARDIRQ, 2, 0xc0104000, 0xc0105fff);
		expect_stack(kernel, 0xc0106000, STACK_NONE, 0, 0, 0);
		expect_stack(kernel, 0xc00fffff, STACK_NONE, 0, 0, 0);
		expect_stack(kernel, 0, STACK_NONE, 0, 0, 0);
		open_close(kernel);
	}
}

/* Until 5.1, struct orig_ist contains the tops of four or five stacks. The last but one is twice as
 * large as the others. cpu_init(), arch/x86/kernel/cpu/common.c */
static void stacks_of_exceptions_before_5_2(void **state)
{
	static const struct {
		uint64_t tops[6];
		const char *names[5];
	} rows[] = {
		{ { 0x1000, 0x2000, 0x4000, 0x5000 }, { "DF", "NMI", "DB", "MCE" } },
		{ { 0x1000, 0x2000, 0x3000, 0x5000, 0x6000 }, { "SS", "DF", "NMI", "DB", "MCE" } },
		{ { 0x2000, 0x4000, 0x8000, 0xa000 }, { "DF", "NMI", "DB", "MCE" } },
		/* orders that do not exist */
		{ { 0x1000, 0x2000, 0x3000, 0x4000 }, { NULL } },
		{ { 0x1000, 0x3000, 0x5000, 0x6000 }, { NULL } },
		{ { 0x1000, 0x2000, 0x4000 }, { NULL } },
		{ { 0x1000, 0x2000, 0x3000, 0x4000, 0x6000, 0x7000 }, { NULL } },
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
			assert_true(task_stack_at(kernel, top - 1, &stack));
			assert_string_equal(stack.exception, rows[i].names[nr]);
		}
		if (!rows[i].names[0])
			for (unsigned int nr = 0; nr < 6; nr++)
				expect_stack(kernel, base + rows[i].tops[nr] - 1, STACK_NONE, 0, 0,
					     0);
		open_close(kernel);
	}
}

/* A stack has 64 bytes for each CPU, and is mapped at each value of bits 31:16. */
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

		assert_int_equal(arch_x86_64.espfix_stack(kernel, rows[i].vaddr, &stack),
				 rows[i].first != 0);
		if (!rows[i].first)
			continue;
		assert_true(stack.first == rows[i].first);
		assert_true(stack.last == rows[i].first + 63);
		assert_int_equal(stack.cpu, rows[i].cpu);
	}
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(possible_cpus),
		cmocka_unit_test(stacks_of_interrupts),
		cmocka_unit_test(stacks_of_interrupts_of_i386),
		cmocka_unit_test(stacks_of_exceptions_before_5_2),
		cmocka_unit_test(stacks_of_espfix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
