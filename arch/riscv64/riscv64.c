/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The entry points of riscv64. The paging modes are in riscv64_paging.c, the sources of facts in
 * riscv64_facts.c, and the address space in riscv64_regions.c. */
#include "arch/riscv64/riscv64.h"

#include <elf.h>
#include <inttypes.h>

#include "arch/riscv64/riscv64_members.h"
#include "base/bytes.h"
#include "base/text.h"
#include "kernel/percpu.h"
#include "linux/region.h"
#include "linux/task/stack.h"
#include "linux/unwind/unwind.h"
#include "linux/unwind/unwind_code.h"
#include "symbols/symbol_lookup.h"

/* --- unwinding --- */

/* Finds the caller of a function on riscv64 using frame pointers: walk_stackframe() in
 * arch/riscv/kernel/stacktrace.c. */

static bool riscv64_in_user_mode(const struct registers *registers)
{
	enum { SPP = 1 << 8 }; /* the mode before the exception was the kernel's */

	return registers_have(registers, CPU_FLAGS) && !(registers->value[CPU_FLAGS] & SPP);
}

/* A call writes its return address to ra: jalr (its address is in a register, which an auipc before
 * it may have set), jal, and c.jalr, which has two bytes. */
static bool riscv64_follows_call(struct kernel *kernel, uint64_t vaddr, uint64_t *target)
{
	enum { OPCODE_RD = 0xfff, JAL = 0xef, JALR = 0xe7, AUIPC = 0x97, RA = 1 };
	uint64_t code, before;

	*target = 0;
	if (vaddr % 2)
		return false;
	if (kernel_read_number(kernel, vaddr - 4, 4, &code, NULL)) {
		if ((code & OPCODE_RD) == JAL) {
			/* The immediate is imm[20|10:1|11|19:12]. */
			uint64_t offset = (code >> 31 & 1) << 20 | (code >> 21 & 0x3ff) << 1 |
					  (code >> 20 & 1) << 11 | (code >> 12 & 0xff) << 12;

			*target = vaddr - 4 + ((offset ^ 1 << 20) - (1 << 20));
			return true;
		}
		if ((code & OPCODE_RD) == JALR && !(code >> 12 & 7)) {
			if ((code >> 15 & 31) == RA &&
			    kernel_read_number(kernel, vaddr - 8, 4, &before, NULL) &&
			    (before & OPCODE_RD) == AUIPC)
				*target = vaddr - 8 + (uint64_t)(int32_t)(before & 0xfffff000) +
					  (uint64_t)((int32_t)code >> 20);
			return true;
		}
	}
	/* c.jalr: 1001, the register, 00000, 10. Register 0: c.ebreak. */
	return kernel_read_number(kernel, vaddr - 2, 2, &code, NULL) && (code & 0xf07f) == 0x9002 &&
	       (code >> 7 & 31);
}

/* Loads struct pt_regs (asm/ptrace.h), which the entry code saves at the end of its stack: epc, x1 to
 * x31, status. */
static bool load_pt_regs(struct kernel *kernel, uint64_t at, struct registers *registers)
{
	enum { NR_X = 31, STATUS = NR_X + 1, NR_WORDS };
	uint8_t words[8 * NR_WORDS];

	if (!kernel_read(kernel, at, words, sizeof(words), NULL))
		return false;
	*registers = (struct registers){ 0 };
	registers_set(registers, CPU_IP, load_le64(words));
	for (unsigned int i = 0; i < NR_X; i++)
		registers_set(registers, i == 1 ? CPU_SP : CPU_X0 + i,
			      load_le64(words + 8 * (i + 1)));
	registers_set(registers, CPU_FLAGS, load_le64(words + 8 * STATUS));
	return true;
}

/* Is this an address in the code that enters and leaves the kernel? Its functions follow each other:
 * handle_exception, ret_from_exception. */
static bool is_entry_code(struct kernel *kernel, uint64_t ip)
{
	const uint64_t usual_size = 0x400;
	uint64_t start, end;

	if (!kernel_symbol(kernel, "handle_exception", &start, NULL))
		return false;
	if (!kernel_symbol(kernel, "ret_from_exception_end", &end, NULL) || end < start)
		end = start + usual_size;
	return ip > start && ip <= end;
}

/* Does the task begin here? A new task has no frame: copy_thread() in arch/riscv/kernel/process.c. Where
 * a CPU began, s0 is still the firmware's: arch/riscv/kernel/head.S. The names with _asm are of later
 * kernels (7.2), where C functions have those without it. */
static bool begins_task(struct kernel *kernel, uint64_t ip)
{
	static const char *const starts[] = {
		"ret_from_fork",	  "ret_from_kernel_thread", "ret_from_fork_kernel_asm",
		"ret_from_fork_user_asm", "_start_kernel",	    "secondary_start_sbi"
	};
	struct kernel_symbol symbol;
	size_t place;

	return symbol_lookup_at(kernel->symbols, ip - 1, &symbol, NULL) &&
	       text_place(symbol.name, starts, sizeof(starts) / sizeof(starts[0]), &place);
}

/* Continues with the caller. Only its ip, sp and s0 are known. */
static void riscv64_enter_caller(struct unwind_state *state, uint64_t ip, uint64_t sp, uint64_t fp)
{
	state->registers = (struct registers){ 0 };
	state->exact = false;
	registers_set(&state->registers, CPU_IP, ip);
	registers_set(&state->registers, CPU_SP, sp);
	registers_set(&state->registers, RISCV64_S0, fp);
}

/* Did the function not yet make a frame, or is it a leaf? Then s0 is the caller's, and ra the return
 * address. As proof, the instruction before it must call this function, or, if the function is no
 * code, an address in a register. */
static bool has_no_frame(struct kernel *kernel, const struct unwind_state *state, uint64_t saved_ra)
{
	const struct registers *registers = &state->registers;
	struct kernel_symbol symbol;
	uint64_t target, ra = registers->value[RISCV64_RA];

	if (!state->exact || !registers_have(registers, RISCV64_RA) || ra == saved_ra ||
	    !riscv64_follows_call(kernel, ra, &target))
		return false;
	if (!unwind_is_code(kernel, registers->value[CPU_IP]))
		return !target;
	return target &&
	       symbol_lookup_at(kernel->symbols, registers->value[CPU_IP], &symbol, NULL) &&
	       target == symbol.address;
}

/* A frame ends at s0: below are the return address and the s0 of the caller. A leaf function stores
 * only s0, directly below. */
static bool riscv64_unwind_step(struct kernel *kernel, struct unwind_state *state,
				struct error *err)
{
	const struct registers *registers = &state->registers;
	uint64_t fp = registers->value[RISCV64_S0], sp = registers->value[CPU_SP], ra, caller_fp;
	bool has_record;

	state->interrupted = false;
	if (is_entry_code(kernel, registers->value[CPU_IP]) && !state->exact) {
		if (!load_pt_regs(kernel, sp, &state->registers))
			return fail(err, ERROR_UNREADABLE,
				    "the registers at %" PRIx64 " cannot be read", sp);
		state->interrupted = true;
		state->exact = true;
		state->user = riscv64_in_user_mode(&state->registers);
		return true;
	}
	if (!registers_have(registers, RISCV64_S0))
		return fail(err, ERROR_UNKNOWN, "the frame pointer, s0, is not known");
	state->outermost = begins_task(kernel, registers->value[CPU_IP]);
	if (state->outermost)
		return true;
	has_record = fp % 8 == 0 && kernel_read_pointer(kernel, fp - 8, &ra, NULL) &&
		     kernel_read_pointer(kernel, fp - 16, &caller_fp, NULL);
	if (has_no_frame(kernel, state, has_record ? ra : 0)) {
		riscv64_enter_caller(state, registers->value[RISCV64_RA], sp, fp);
		return true;
	}
	if (!has_record)
		return fail(err, ERROR_FORMAT, "there is no frame at s0, %" PRIx64, fp);
	/* ra is on the stack: the leaf stored s0 in its place, and its return address is in ra. */
	if (state->exact && ra > fp && ra - fp < 1 << 16 && registers_have(registers, RISCV64_RA))
		riscv64_enter_caller(state, registers->value[RISCV64_RA], fp, ra);
	else
		riscv64_enter_caller(state, ra, fp, caller_fp);
	state->outermost = !state->registers.value[CPU_IP];
	return true;
}

/* --- stacks --- */

/* The stacks of riscv64 CPUs, and the registers of a task that is not running, which the kernel
 * saved when it switched to another task. */

static void riscv64_add_stack(struct stack_list *list, enum stack_kind kind, unsigned int cpu,
			      uint64_t first, uint64_t size)
{
	stack_add(list, &(struct stack){
				.kind = kind,
				.exception = kind == STACK_EXCEPTION ? "overflow" : NULL,
				.first = first,
				.last = first + size - 1,
				.cpu = cpu,
			});
}

/* Interrupts have a stack since 6.6 (163e76cc6ef4, arch/riscv/kernel/irq.c). The stack for overflows
 * of other stacks exists since 5.14 (31da94c25aea, traps.c). */
static void riscv64_add_cpu_stacks(struct kernel *kernel, struct stack_list *list)
{
	enum { OVERFLOW_STACK_SIZE = 4096 };
	struct cpu_set cpus;
	uint64_t size, at;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return;
	for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
		if (!cpu_set_has(&cpus, cpu))
			continue;
		if (stack_task_size(kernel, &size) &&
		    kernel_per_cpu(kernel, "irq_stack_ptr", cpu, &at, NULL) &&
		    kernel_read_pointer(kernel, at, &at, NULL) && at)
			riscv64_add_stack(list, STACK_IRQ, cpu, at, size);
		if (kernel_per_cpu(kernel, "overflow_stack", cpu, &at, NULL))
			riscv64_add_stack(list, STACK_EXCEPTION, cpu, at, OVERFLOW_STACK_SIZE);
	}
}

static bool riscv64_saved_sp(struct kernel *kernel, uint64_t task, uint64_t *sp)
{
	return kernel_read_member(kernel, task, THREAD_SP, sp, NULL);
}

/* The words of thread_struct (asm/processor.h) that __switch_to() of entry.S fills. */
static bool riscv64_switched_registers(struct kernel *kernel, uint64_t task,
				       struct registers *registers, struct error *err)
{
	enum { NR_S = 12 };
	const struct member *s = kernel_member(kernel, THREAD_S, err);
	uint8_t words[8 * NR_S];
	uint64_t ra, sp;

	*registers = (struct registers){ 0 };
	if (!s || !kernel_read_member(kernel, task, THREAD_RA, &ra, err) ||
	    !kernel_read_member(kernel, task, THREAD_SP, &sp, err) ||
	    !kernel_read(kernel, task + s->offset, words, sizeof(words), err))
		return false;
	registers_set(registers, CPU_IP, ra);
	registers_set(registers, RISCV64_RA, ra);
	registers_set(registers, CPU_SP, sp);
	registers_set(registers, RISCV64_S0, load_le64(words));
	registers_set(registers, RISCV64_S1, load_le64(words + 8));
	for (unsigned int i = 2; i < NR_S; i++)
		registers_set(registers, RISCV64_S2 + i - 2, load_le64(words + 8 * i));
	return true;
}

/* --- the machine --- */

/* KASLR (6.6) moves all symbols of the image. */
static bool riscv64_relocated(uint64_t address, uint16_t section)
{
	return section != SHN_ABS && address >> 63;
}

/* asm/sparsemem.h */
static struct sparse_defaults riscv64_sparse_defaults(struct kernel *kernel,
						      const struct paging *paging)
{
	(void)kernel, (void)paging;
	return (struct sparse_defaults){ .section_bits = 27, .memory_bits = 56, .extreme = true };
}

/* Most CPUs have Sv39 or Sv48; Linux uses the largest mode. */
static void riscv64_suppose_facts(struct kernel *kernel)
{
	kernel_suppose_fact(kernel, FACT_LEVELS, 4);
}

/* arch/riscv/kernel/vmcore_info.c */
static const struct note_fact riscv64_note_facts[] = {
	{ "NUMBER(PAGE_OFFSET)", FACT_PAGE_OFFSET, true, false, NULL, NULL },
	{ "NUMBER(va_kernel_pa_offset)", FACT_KIMAGE_VOFFSET, true, true, NULL, NULL },
	{ 0 },
};

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.machine = EM_RISCV,
	.modes = 1 << MODE_RISCV64,
	.has_phys_offset = true,
	.remaps_for_dma = true, /* dma_common_contiguous_remap() */
	.levels_vary = true,
	.pointer_size = 8,
	.first_argument = RISCV64_A0,
	.traced_register = RISCV64_S0, /* prepare_ftrace_return() */
	.cpu_numbers = "__cpuid_to_hartid_map", /* any hart may boot the kernel */
	.page_shift = 12,
	.address_mask = UINT64_MAX,
	.image_is_apart = true, /* since 5.13, 2bfc6cd81bd1 */
	/* Until 5.12 modules are in vmalloc. */
	.module_regions = 1 << REGION_MODULES | 1 << REGION_BPF_JIT | 1 << REGION_VMALLOC,
	.sources = riscv64_sources,
	.note_facts = riscv64_note_facts,
	.paging = riscv64_paging,
	.root_of_register = riscv64_root_of_register,
	.root_register = "satp",
	.root_tag = riscv64_root_tag,
	.kernel_table = riscv64_kernel_table,
	.try_table = riscv64_try_table,
	.relocated = riscv64_relocated,
	.image_range = riscv64_image_range,
	.known_function = riscv64_known_function,
	.regions = riscv64_regions,
	.fixmap_slot = riscv64_fixmap_slot,
	.add_cpu_stacks = riscv64_add_cpu_stacks,
	.switched_registers = riscv64_switched_registers,
	.saved_sp = riscv64_saved_sp,
	.virt_to_phys = riscv64_virt_to_phys,
	.unwind_step = riscv64_unwind_step,
	.follows_call = riscv64_follows_call,
	.in_user_mode = riscv64_in_user_mode,
	.sparse_defaults = riscv64_sparse_defaults,
	.entry_rules = riscv64_entry_rules,
	.describe_entry = riscv64_describe_entry,
	.entry_flags = riscv64_entry_flags,
	.suppose_facts = riscv64_suppose_facts,
};
