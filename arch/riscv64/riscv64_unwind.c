/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the caller of a function on riscv64 using frame pointers: walk_stackframe() in
 * arch/riscv/kernel/stacktrace.c. */
#include <inttypes.h>

#include "arch/riscv64/riscv64.h"
#include "base/bytes.h"
#include "base/text.h"
#include "linux/unwind/unwind.h"
#include "linux/unwind/unwind_code.h"
#include "symbols/symbol_lookup.h"

bool riscv64_in_user_mode(const struct registers *registers)
{
	enum { SPP = 1 << 8 }; /* the mode before the exception was the kernel's */

	return registers_have(registers, CPU_FLAGS) && !(registers->value[CPU_FLAGS] & SPP);
}

/* A call writes its return address to ra: jalr (its address is in a register, which an auipc before
 * it may have set), jal, and c.jalr, which has two bytes. */
bool riscv64_follows_call(struct kernel *kernel, uint64_t vaddr, uint64_t *target)
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
bool riscv64_unwind_step(struct kernel *kernel, struct unwind_state *state, struct error *err)
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
