/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results that follow from the symbols, types and code of a riscv64 kernel: slots of the fixmap,
 * stacks of CPUs, registers of a task that does not run, calls, and steps to the caller. Frames are
 * as walk_stackframe() reads them, calls are from The RISC-V Instruction Set Manual, volume I. */
#include "dump/registers.h"
#include "linux/module/slots.h"
#include "linux/page/page.h"
#include "linux/task/stack.h"
#include "linux/unwind/unwind.h"
#include "made_types.h"
#include "open/archs.h"

#ifdef HAVE_LIBBPF

#include "made_riscv64.h"
#include "regions_check.h"

#define AT(PADDR) (LINK + (PADDR))
#define FIXADDR_TOP UINT64_C(0xffffffc4ff000000)

static void start_parts(void)
{
	start_sv39("6.12.0", "NUMBER(phys_ram_base)=0x0\n");
	start_types(false);
	linked.machine = EM_RISCV;
	linked.nr = 0;
	linked_add(&linked, "_stext", AT(0x2000), 0);
}

/* --- the fixmap and stacks --- */

/* Some of the slots in asm/fixmap.h of 6.12. */
static void slots_of_the_fixmap(void **state)
{
	static const struct slot slots[] = {
		{ "FIX_HOLE", 0 },
		{ "FIX_PTE", 1 },
		{ "FIX_P4D", 4 },
		{ "FIX_EARLYCON_MEM_BASE", 6 },
		{ "__end_of_permanent_fixed_addresses", 7 },
		{ "FIX_BTMAP_END", 7 },
		{ "__end_of_fixed_addresses", 455 },
		{ NULL, 0 },
	};
	struct fixmap_slot slot;
	struct kernel *kernel;

	(void)state;
	start_parts();
	add_slots(slots);
	kernel = open_kernel(NULL);
	expect_region(kernel, FIXADDR_TOP - 1, "fixmap", FIXADDR_TOP - 455 * 4096, FIXADDR_TOP - 1);
	expect_region(kernel, FIXADDR_TOP, "pci-io", 0, 0);
	assert_true(kernel->arch->fixmap_slot(kernel, FIXADDR_TOP - 1, &slot));
	assert_string_equal(slot.name, "FIX_PTE");
	assert_true(slot.index == 1 && slot.offset == 0);
	assert_true(kernel->arch->fixmap_slot(kernel, FIXADDR_TOP - 6 * 4096, &slot));
	assert_string_equal(slot.name, "FIX_EARLYCON_MEM_BASE");
	assert_false(kernel->arch->fixmap_slot(kernel, FIXADDR_TOP - 456 * 4096, &slot));
	assert_false(kernel->arch->fixmap_slot(kernel, FIXADDR_TOP, &slot));
	open_close(kernel);
}

/* The slots fill 8M, or, which cannot be, more. Then the fixmap is what is mapped. */
static void slots_that_fill_the_room(void **state)
{
	(void)state;
	for (int nr = 2048; nr <= 2049; nr++) {
		const struct slot slots[] = { { "FIX_HOLE", 0 },
					      { "__end_of_fixed_addresses", nr },
					      { NULL, 0 } };
		uint64_t first = FIXADDR_TOP - (nr == 2048 ? 0x800000 : 0x200000);
		struct kernel *kernel;

		start_parts();
		add_slots(slots);
		map_riscv64(3, FIXADDR_TOP - 0x200000, 0);
		kernel = open_kernel(NULL);
		expect_region(kernel, FIXADDR_TOP - 1, "fixmap", first, FIXADDR_TOP - 1);
		expect_region(kernel, FIXADDR_TOP - 0x800000, nr == 2048 ? "fixmap" : "unknown", 0,
			      0);
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
	assert_int_equal(stack.cpu, 1);
	assert_true(stack.first == first && stack.last == first + size - 1);
	if (exception)
		assert_string_equal(stack.exception, exception);
	else
		assert_null(stack.exception);
}

/* CPU 1 of two possible ones has its memory at 5000; CPU 0 is not possible. The stack of interrupts
 * has the size of a task's. If this is unknown, only the overflow stack is known. */
static void stacks_of_cpus(void **state)
{
	(void)state;
	for (unsigned int sized = 0; sized < 3; sized++) {
		struct kernel *kernel;
		struct stack stack;

		start_parts();
		linked_add(&linked, "__per_cpu_offset", AT(0x6000), 16);
		linked_add(&linked, "__cpu_possible_mask", AT(0x6010), 8);
		linked_add(&linked, "irq_stack_ptr", AT(0x7000) - AT(0), 8);
		linked_add(&linked, "overflow_stack", AT(0x8000) - AT(0), 4096);
		if (sized) {
			linked_add(&linked, "__start_init_task", AT(0x10000), 0);
			linked_add(&linked, "__end_init_task", AT(0x14000), 0);
		}
		put(0x6000, 0, 8);
		put(0x6008, AT(0x1000), 8);
		put(0x6010, 2, 8);
		put(0x8000, sized < 2 ? 0xffffffc600008000 : 0, 8); /* 0: there is none yet */
		kernel = open_kernel(NULL);
		expect_stack(kernel, AT(0x9000), STACK_EXCEPTION, "overflow", AT(0x9000), 0x1000);
		expect_stack(kernel, AT(0x9fff), STACK_EXCEPTION, "overflow", AT(0x9000), 0x1000);
		if (sized == 1)
			expect_stack(kernel, 0xffffffc60000bfff, STACK_IRQ, NULL,
				     0xffffffc600008000, 0x4000);
		else
			assert_false(task_stack_at(kernel, 0xffffffc600008000, &stack));
		assert_false(task_stack_at(kernel, 0xffffffc60000c000, &stack));
		assert_false(task_stack_at(kernel, 0x1000, &stack));
		open_close(kernel);
	}
}

/* ra, sp, s0 to s11 of thread_struct. */
static void switched_registers(void **state)
{
	enum { TASK = 0x9000, THREAD = 16 };
	struct part thread[] = { { "ra", 8, 0 }, { "sp", 8, 0 }, { "s", 96, 0 }, { NULL, 0, 0 } };
	struct part task[] = { { "flags", THREAD, 0 }, { "thread", 112, 0 }, { NULL, 0, 0 } };
	struct registers registers;
	struct kernel *kernel;
	uint64_t sp;

	(void)state;
	start_parts();
	thread[0].type = thread[1].type = btf__add_int(btf, "unsigned long", 8, 0);
	task[1].type = add_struct("thread_struct", thread);
	add_struct("task_struct", task);
	for (unsigned int i = 0; i < 14; i++)
		put(TASK + THREAD + 8 * i, 0x1900 + i, 8);
	kernel = open_kernel(NULL);
	assert_true(kernel->arch->switched_registers(kernel, AT(TASK), &registers, NULL));
	assert_true(kernel->arch->saved_sp(kernel, AT(TASK), &sp));
	assert_int_equal(sp, 0x1901);
	assert_int_equal(registers.value[CPU_IP], 0x1900);
	assert_int_equal(registers.value[RISCV64_RA], 0x1900);
	assert_int_equal(registers.value[CPU_SP], 0x1901);
	/* x8, x9, x18 to x27 */
	assert_int_equal(registers.value[CPU_X0 + 7], 0x1902);
	assert_int_equal(registers.value[CPU_X0 + 8], 0x1903);
	for (unsigned int i = 2; i < 12; i++)
		assert_int_equal(registers.value[CPU_X0 + 15 + i], 0x1902 + i);
	for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++)
		assert_int_equal(registers_have(&registers, i),
				 i == CPU_IP || i == CPU_SP || i == CPU_X0 || i == CPU_X0 + 7 ||
					 i == CPU_X0 + 8 || (i >= CPU_X0 + 17 && i <= CPU_X0 + 26));
	/* The end of the struct is not in the dump. */
	assert_false(kernel->arch->switched_registers(kernel, AT(0x10000 - 40), &registers, NULL));
	open_close(kernel);
}

/* --- calls --- */

static void calls(void **state)
{
	static const struct {
		uint32_t before, code; /* a code of 2 bytes is the upper half */
		bool is_call;
		int64_t distance; /* from the code to the function; 0: unknown */
	} rows[] = {
		{ 0, 0x008000ef, true, 8 }, /* jal ra */
		{ 0, 0xffdff0ef, true, -4 },
		{ 0, 0x001000ef, true, 0x800 },
		{ 0, 0x000010ef, true, 0x1000 },
		{ 0, 0x000ff0ef, true, 0xff000 },
		{ 0, 0x7fe000ef, true, 0x7fe },
		{ 0, 0x7ffff0ef, true, 0xffffe },
		{ 0, 0x800000ef, true, -0x100000 },
		{ 0, 0x0080006f, false, 0 }, /* jal zero */
		{ 0, 0x008002ef, false, 0 }, /* jal t0 */
		{ 0, 0x000280e7, true, 0 }, /* jalr ra, t0 */
		{ 0, 0x000080e7, true, 0 }, /* jalr ra, ra */
		{ 0, 0x000290e7, false, 0 },
		{ 0, 0x0002c0e7, false, 0 },
		{ 0, 0x00028067, false, 0 }, /* jalr zero, t0 */
		{ 0x00001097, 0x010080e7, true, 0x1000 + 16 - 4 }, /* auipc ra; jalr ra, ra */
		{ 0xfffff097, 0xff0080e7, true, -0x1000 - 16 - 4 },
		{ 0x80000097, 0x7ff080e7, true, -INT64_C(0x80000000) + 0x7ff - 4 },
		{ 0x7ffff097, 0x800080e7, true, 0x7ffff000 - 0x800 - 4 },
		{ 0x00001097, 0x010280e7, true, 0 }, /* jalr ra, t0 */
		{ 0x00001297, 0x010080e7, true, 0 }, /* auipc t0 */
		{ 0x00001017, 0x010080e7, true, 0 },
		{ 0, 0x97820001, true, 0 }, /* c.jalr a5 */
		{ 0, 0x90820001, true, 0 }, /* c.jalr ra */
		{ 0, 0x98020001, true, 0 }, /* c.jalr a6 */
		{ 0, 0x9f820001, true, 0 }, /* c.jalr t6 */
		{ 0, 0x90020001, false, 0 }, /* c.ebreak */
		{ 0, 0x87820001, false, 0 }, /* c.jr a5 */
		{ 0, 0x97ba0001, false, 0 }, /* c.add a5, a4 */
		{ 0, 0x97830001, false, 0 },
		{ 0, 0xb7820001, false, 0 },
		{ 0, 0x80820001, false, 0 }, /* c.ret */
	};
	struct kernel *kernel;
	uint64_t target;

	(void)state;
	start_parts();
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(0xa000 + 16 * i, rows[i].before, 4);
		put(0xa004 + 16 * i, rows[i].code, 4);
	}
	put(0xb001, 0x008000ef, 4);
	kernel = open_kernel(NULL);
	assert_false(kernel->arch->follows_call(kernel, AT(0xb005), &target));
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t at = AT(0xa004) + 16 * i;

		if (kernel->arch->follows_call(kernel, at + 4, &target) != rows[i].is_call ||
		    target != (rows[i].distance ? at + (uint64_t)rows[i].distance : 0))
			fail_msg("%x: %llx", rows[i].code, (unsigned long long)target);
	}
	/* c.jalr is the first code of the page; what is before it is not in the dump. */
	assert_false(kernel->arch->follows_call(kernel, AT(0), &target));
	open_close(kernel);
}

/* --- the caller --- */

enum { FRAME = 0x9000, REGS = 0x8800, CALLEE = 0xc000, AFTER_JAL = 0xd014, AFTER_JALR = 0xd020 };
enum { ENTRY = 0xb100, ENTRY_END = 0xb200, FORK = 0xb800, SPP = 0x100 };
enum result { STEP, USER, KERNEL, OUTERMOST, ERROR };
/* The stack is in the linear map. */
#define STACK(PADDR) (LINEAR_SV39 + (PADDR))
#define SP STACK(REGS)
#define WILD UINT64_C(0xdead000000000000)

/* The registers of a function, of which ra may be unknown (0); what is below s0; epc and status of
 * struct pt_regs at sp. Then the result, and the caller's ip, sp, s0. */
// clang-format off
static const struct row {
	uint64_t ip, fp, ra;
	bool exact;
	uint64_t saved_fp, saved_ra;
	uint64_t epc, status;
	enum result result;
	uint64_t caller[3];
} steps[] = {
	/* The function has no frame yet. */
	{ AT(CALLEE), STACK(FRAME), AT(AFTER_JAL), true, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(AFTER_JAL), SP, STACK(FRAME) } },
	{ AT(CALLEE), STACK(0x400000), AT(AFTER_JAL), true, 0, 0, 0, 0, STEP,
	  { AT(AFTER_JAL), SP, STACK(0x400000) } },
	/* It has, or ra is from another call. */
	{ AT(CALLEE), STACK(FRAME), AT(AFTER_JAL), false, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	{ AT(CALLEE), STACK(FRAME), 0, true, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	{ AT(CALLEE), STACK(FRAME), AT(AFTER_JAL), true, STACK(0x9100), AT(AFTER_JAL), 0, 0, STEP,
	  { AT(AFTER_JAL), STACK(FRAME), STACK(0x9100) } },
	{ AT(CALLEE), STACK(FRAME), AT(AFTER_JAL) + 4, true, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	{ AT(CALLEE), STACK(FRAME), AT(AFTER_JALR), true, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	{ AT(0xd040), STACK(FRAME), AT(AFTER_JAL), true, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	{ AT(0xd000), STACK(FRAME), AT(AFTER_JAL), true, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	/* A call of an address that is not code. */
	{ WILD, STACK(FRAME), AT(AFTER_JALR), true, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(AFTER_JALR), SP, STACK(FRAME) } },
	{ WILD, STACK(FRAME), AT(AFTER_JALR), false, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	{ WILD, STACK(FRAME), AT(AFTER_JAL), true, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	/* A leaf stores s0 where others have ra. */
	{ AT(CALLEE), STACK(FRAME), AT(0xd060), true, 0x1234, STACK(0x9100), 0, 0, STEP,
	  { AT(0xd060), STACK(FRAME), STACK(0x9100) } },
	{ AT(CALLEE), STACK(FRAME), AT(0xd060), true, 0x1234, STACK(FRAME) + 1, 0, 0, STEP,
	  { AT(0xd060), STACK(FRAME), STACK(FRAME) + 1 } },
	{ AT(CALLEE), STACK(FRAME), AT(0xd060), true, 0x1234, STACK(FRAME), 0, 0, STEP,
	  { STACK(FRAME), STACK(FRAME), 0x1234 } },
	{ AT(CALLEE), STACK(FRAME), AT(0xd060), true, 0x1234, STACK(FRAME) + 0xffff, 0, 0, STEP,
	  { AT(0xd060), STACK(FRAME), STACK(FRAME) + 0xffff } },
	{ AT(CALLEE), STACK(FRAME), AT(0xd060), true, 0x1234, STACK(FRAME) + 0x10000, 0, 0, STEP,
	  { STACK(FRAME) + 0x10000, STACK(FRAME), 0x1234 } },
	{ AT(CALLEE), STACK(FRAME), 0, true, 0x1234, STACK(0x9100), 0, 0, STEP,
	  { STACK(0x9100), STACK(FRAME), 0x1234 } },
	{ AT(CALLEE), STACK(FRAME), AT(0xd060), false, 0x1234, STACK(0x9100), 0, 0, STEP,
	  { STACK(0x9100), STACK(FRAME), 0x1234 } },
	/* No frame, the end, and the start of a task. */
	{ AT(CALLEE), STACK(0x400000), 0, true, 0, 0, 0, 0, ERROR, { 0 } },
	{ AT(CALLEE), STACK(FRAME) + 4, 0, true, 0, 0, 0, 0, ERROR, { 0 } },
	{ AT(CALLEE), STACK(0), 0, true, 0, 0, 0, 0, ERROR, { 0 } },
	{ AT(CALLEE), STACK(FRAME), 0, true, STACK(0x9100), 0, 0, 0, OUTERMOST, { 0 } },
	{ AT(FORK + 1), STACK(FRAME), 0, false, STACK(0x9100), AT(0xd100), 0, 0, OUTERMOST, { 0 } },
	{ AT(FORK + 17), STACK(FRAME), 0, false, STACK(0x9100), AT(0xd100), 0, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	/* The entry code has struct pt_regs at sp. */
	{ AT(ENTRY + 2), STACK(FRAME), 0, false, STACK(0x9100), AT(0xd100), AT(0xd200), SPP | 0x22,
	  KERNEL, { AT(0xd200), 0x1002, 0x1008 } },
	{ AT(ENTRY_END), STACK(FRAME), 0, false, 0, 0, 0x401000, 0x8000000200004020, USER,
	  { 0x401000, 0x1002, 0x1008 } },
	{ AT(ENTRY), STACK(FRAME), 0, false, STACK(0x9100), AT(0xd100), 0x401000, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	{ AT(ENTRY_END + 2), STACK(FRAME), 0, false, STACK(0x9100), AT(0xd100), 0x401000, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
	{ AT(ENTRY + 2), STACK(FRAME), 0, true, STACK(0x9100), AT(0xd100), 0x401000, 0, STEP,
	  { AT(0xd100), STACK(FRAME), STACK(0x9100) } },
};
// clang-format on

static uint64_t end_of_entry = AT(ENTRY_END); /* 0: unknown */

static struct kernel *open_row(const struct row *row)
{
	start_parts();
	put(AFTER_JAL - 4, 0xff1fe0ef, 4); /* jal ra, -0x1010 */
	put(AFTER_JALR - 4, 0x000780e7, 4); /* jalr ra, a5 */
	put(FRAME - 16, row->saved_fp, 8);
	put(FRAME - 8, row->saved_ra, 8);
	put(REGS, row->epc, 8);
	for (unsigned int i = 1; i < 32; i++)
		put(REGS + 8 * i, 0x1000 + i, 8);
	put(REGS + 8 * 32, row->status, 8);
	linked_add(&linked, "handle_exception", AT(ENTRY), 0x80);
	if (end_of_entry)
		linked_add(&linked, "ret_from_exception_end", end_of_entry, 0);
	linked_add(&linked, "ret_from_fork", AT(FORK), 16);
	linked_add(&linked, "other", AT(FORK + 16), 16);
	linked_add(&linked, "callee", AT(CALLEE), 0x1000);
	linked_add(&linked, "caller", AT(0xd000), 0x1000);
	return open_kernel(NULL);
}

static enum result step(struct kernel *kernel, const struct row *row, struct unwind_state *unwind)
{
	*unwind = (struct unwind_state){ .exact = row->exact, .interrupted = true };
	registers_set(&unwind->registers, CPU_IP, row->ip);
	registers_set(&unwind->registers, CPU_SP, SP);
	registers_set(&unwind->registers, RISCV64_S0, row->fp);
	if (row->ra)
		registers_set(&unwind->registers, RISCV64_RA, row->ra);
	if (!kernel->arch->unwind_step(kernel, unwind, NULL))
		return ERROR;
	if (unwind->interrupted) {
		assert_true(unwind->exact);
		assert_int_equal(unwind->registers.value[CPU_X0], 0x1001);
		for (unsigned int i = 3; i < 32; i++)
			assert_int_equal(unwind->registers.value[CPU_X0 + i - 1], 0x1000 + i);
		/* x1 to x31 with sp, epc, status */
		for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++)
			assert_int_equal(registers_have(&unwind->registers, i),
					 i <= CPU_FLAGS || (i >= CPU_X0 && i < CPU_X0 + 31 &&
							    i != CPU_X0 + 1));
		return unwind->user ? USER : KERNEL;
	}
	if (unwind->outermost)
		return OUTERMOST;
	assert_false(unwind->exact);
	for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++)
		assert_int_equal(registers_have(&unwind->registers, i),
				 i == CPU_IP || i == CPU_SP || i == RISCV64_S0);
	return STEP;
}

static void callers(void **state)
{
	struct unwind_state unwind;

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct row *row = &steps[i];
		struct kernel *kernel = open_row(row);
		const uint64_t *value = unwind.registers.value;
		enum result result = step(kernel, row, &unwind);

		if (result != row->result)
			fail_msg("row %zu: result %d", i, result);
		if (row->caller[0] &&
		    (value[CPU_IP] != row->caller[0] || value[CPU_SP] != row->caller[1] ||
		     value[RISCV64_S0] != row->caller[2]))
			fail_msg("row %zu: %llx %llx %llx", i, (unsigned long long)value[CPU_IP],
				 (unsigned long long)value[CPU_SP],
				 (unsigned long long)value[RISCV64_S0]);
		open_close(kernel);
	}
}

/* Without its end, or if this is before its start, the entry code has 1,024 bytes. */
static void entry_code_without_an_end(void **state)
{
	static const struct {
		uint64_t end, last;
	} rows[] = { { 0, AT(ENTRY + 0x400) },
		     { AT(ENTRY - 2), AT(ENTRY + 0x400) },
		     { AT(ENTRY), 0 },
		     { AT(ENTRY + 4), AT(ENTRY + 4) } };
	struct row row = { AT(0),      STACK(FRAME), 0, false, STACK(0x9100),
			   AT(0xd100), 0x401000,     0, USER,  { 0 } };
	struct unwind_state unwind;
	struct kernel *kernel;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		end_of_entry = rows[i].end;
		kernel = open_row(&row);
		row.ip = rows[i].last ? rows[i].last : AT(ENTRY + 2);
		assert_int_equal(step(kernel, &row, &unwind), rows[i].last ? USER : STEP);
		row.ip++;
		assert_int_equal(step(kernel, &row, &unwind), STEP);
		open_close(kernel);
	}
	end_of_entry = AT(ENTRY_END);
}

static void without_registers(void **state)
{
	struct unwind_state unwind = { .exact = true };
	struct kernel *kernel = open_row(&steps[0]);

	(void)state;
	registers_set(&unwind.registers, CPU_IP, AT(CALLEE));
	registers_set(&unwind.registers, CPU_SP, SP);
	assert_false(kernel->arch->unwind_step(kernel, &unwind, NULL));
	/* struct pt_regs is not in the dump */
	unwind.exact = false;
	registers_set(&unwind.registers, CPU_IP, AT(ENTRY + 2));
	registers_set(&unwind.registers, CPU_SP, STACK(0x10000 - 8 * 32));
	assert_false(kernel->arch->unwind_step(kernel, &unwind, NULL));
	registers_set(&unwind.registers, CPU_SP, STACK(0x10000 - 8 * 33));
	assert_true(kernel->arch->unwind_step(kernel, &unwind, NULL));
	open_close(kernel);
}

/* --- constants --- */

static void constants(void **state)
{
	struct registers registers = { 0 };
	struct sparse_defaults defaults;

	(void)state;
	assert_false(arch_riscv64.in_user_mode(&registers));
	registers_set(&registers, CPU_FLAGS, 0x8000000200006020);
	assert_true(arch_riscv64.in_user_mode(&registers));
	registers_set(&registers, CPU_FLAGS, 0x8000000200006120);
	assert_false(arch_riscv64.in_user_mode(&registers));
	defaults = arch_riscv64.sparse_defaults(NULL, NULL);
	assert_int_equal(defaults.section_bits, 27);
	assert_int_equal(defaults.memory_bits, 56);
	assert_true(defaults.extreme);
	assert_true(arch_riscv64.relocated(LINK, 1));
	assert_false(arch_riscv64.relocated(LINK, SHN_ABS));
	assert_false(arch_riscv64.relocated(LINK >> 1, 1));
	assert_int_equal(arch_riscv64.pointer_size, 8);
	assert_int_equal(arch_riscv64.page_shift, 12);
	for (unsigned int kind = 0; kind < 32; kind++)
		assert_int_equal(arch_riscv64.module_regions >> kind & 1,
				 kind == REGION_MODULES || kind == REGION_BPF_JIT ||
					 kind == REGION_VMALLOC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_of_the_fixmap),
		cmocka_unit_test(slots_that_fill_the_room),
		cmocka_unit_test(stacks_of_cpus),
		cmocka_unit_test(switched_registers),
		cmocka_unit_test(calls),
		cmocka_unit_test(callers),
		cmocka_unit_test(entry_code_without_an_end),
		cmocka_unit_test(without_registers),
		cmocka_unit_test(constants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
