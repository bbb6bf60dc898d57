/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the caller of a function on x86, using ORC (see arch/x86/kernel/unwind_orc.c) or frame
 * pointers. */
#include <inttypes.h>

#include "arch/x86/x86.h"
#include "arch/x86/x86_members.h"
#include "arch/x86/x86_orc.h"
#include "arch/x86/x86_pointers.h"
#include "arch/x86/x86_pt_regs.h"
#include "dump/registers.h"
#include "linux/unwind/unwind.h"
#include "symbols/symbol_lookup.h"

/* --- ORC --- */

static const struct {
	enum cpu_register which;
	const char *name;
} bases[] = {
	[ORC_AX] = { CPU_AX, "ax" },	      [ORC_DX] = { CPU_DX, "dx" },
	[ORC_DI] = { CPU_DI, "di" },	      [ORC_BP] = { CPU_BP, "bp" },
	[ORC_SP] = { CPU_SP, "sp" },	      [ORC_R10] = { CPU_R10, "r10" },
	[ORC_R13] = { CPU_R13, "r13" },	      [ORC_BP_INDIRECT] = { CPU_BP, "bp" },
	[ORC_SP_INDIRECT] = { CPU_SP, "sp" },
};

/* Is the offset of SP_INDIRECT added to the word that is read at SP? This is so since 5.12
 * (87ccc826bf1c). Before 5.12, the offset was added to SP before the read. The symbol
 * hardirq_stack_inuse, which came with the change, shows backports. */
static bool adds_after(struct kernel *kernel)
{
	return kernel_version(kernel) >= KERNEL_VERSION(5, 12, 0) ||
	       kernel_has_symbol(kernel, "hardirq_stack_inuse") == YES ||
	       kernel_member(kernel, PCPU_HOT_INUSE, NULL);
}

/* Computes the SP of the caller, or the address of the saved registers, using the ORC entry. */
static bool find_sp(struct kernel *kernel, const struct orc *orc, const struct registers *registers,
		    uint64_t *sp, struct error *err)
{
	int64_t offset = orc->sp_offset;

	if (orc->sp_base == ORC_PREV_SP || orc->sp_base == ORC_UNDEFINED ||
	    orc->sp_base == ORC_INVALID)
		return fail(err, ERROR_FORMAT,
			    "the ORC entry of %" PRIx64
			    " does not describe how to find the caller's SP",
			    registers->value[CPU_IP]);
	if (!registers_have(registers, bases[orc->sp_base].which))
		return fail(err, ERROR_UNKNOWN,
			    "the caller of %" PRIx64
			    " can be found only by the value of %s, which is not known",
			    registers->value[CPU_IP], bases[orc->sp_base].name);
	*sp = registers->value[bases[orc->sp_base].which];
	if (orc->sp_base == ORC_SP_INDIRECT && adds_after(kernel)) {
		if (!kernel_read_pointer(kernel, *sp, sp, err))
			return false;
		*sp += (uint64_t)offset;
		return true;
	}
	*sp += (uint64_t)offset;
	return (orc->sp_base != ORC_SP_INDIRECT && orc->sp_base != ORC_BP_INDIRECT) ||
	       kernel_read_pointer(kernel, *sp, sp, err);
}

/* Restores the BP of the caller from the stack. `bp` is the BP of the function itself. If the
 * function did not save BP, the register is left unchanged. */
static bool restore_bp(struct kernel *kernel, const struct orc *orc, uint64_t sp, uint64_t bp,
		       struct registers *registers, struct error *err)
{
	uint64_t base = orc->bp_base == ORC_BP ? bp : sp, value;

	if (orc->bp_base != ORC_PREV_SP && orc->bp_base != ORC_BP)
		return true;
	if (!kernel_read_pointer(kernel, base + (uint64_t)(int64_t)orc->bp_offset, &value, err))
		return false;
	registers_set(registers, CPU_BP, value);
	return true;
}

static bool step_by_orc(struct kernel *kernel, const struct orc *orc, struct unwind_state *state,
			struct error *err)
{
	struct registers registers = state->registers;
	uint64_t sp, ip, bp = registers.value[CPU_BP];
	bool partial = orc->type == ORC_REGS_PARTIAL;

	if (orc->type == ORC_END) {
		state->outermost = true;
		return true;
	}
	if (orc->type == ORC_LOST)
		return fail(err, ERROR_UNKNOWN,
			    "the ORC data do not describe the caller of %" PRIx64,
			    registers.value[CPU_IP]);
	if (!find_sp(kernel, orc, &registers, &sp, err))
		return false;
	if (orc->type == ORC_CALL) {
		if (!kernel_read_pointer(kernel, sp - 8, &ip, err) ||
		    !restore_bp(kernel, orc, sp, bp, &state->registers, err))
			return false;
		x86_enter_caller(state, ip, sp);
	} else {
		unsigned int first = partial ? PT_REGS_WORDS_64 - PT_REGS_HARDWARE_WORDS : 0;

		if (!x86_load_pt_regs(kernel, sp - 8 * first, first, &registers, err) ||
		    !restore_bp(kernel, orc, sp, bp, &registers, err))
			return false;
		x86_enter_interrupted(state, &registers);
	}
	state->exact = orc->exact;
	return true;
}

/* --- both --- */

bool x86_unwind_step(struct kernel *kernel, struct unwind_state *state, struct error *err)
{
	uint64_t ip = state->registers.value[CPU_IP], caller;
	struct symbol_lookup const *symbols = kernel->symbols;
	struct kernel_symbol symbol;
	struct orc orc;

	state->interrupted = false;
	if (state->replaced && x86_orc_exists(kernel))
		return fail(err, ERROR_UNKNOWN,
			    "ORC cannot find the caller of an unknown function");
	if (x86_orc_find(kernel, state->exact ? ip : ip - 1, &orc))
		return step_by_orc(kernel, &orc, state, err);
	/* If a call jumped to a wrong address, there is no frame: only the return address was
	 * pushed. */
	if (state->exact && !symbol_lookup_at(symbols, ip, &symbol, NULL)) {
		uint64_t sp = state->registers.value[CPU_SP];

		if (!kernel_read_pointer(kernel, sp, &caller, err))
			return false;
		state->unsure |= ip != 0;
		x86_enter_caller(state, caller, sp + kernel_pointer_size(kernel));
		return true;
	}
	if (!x86_orc_exists(kernel) && !x86_pointers_exist(kernel))
		return fail(
			err, ERROR_UNKNOWN,
			"the stacks of this kernel cannot be unwound: it has no ORC tables of a known layout, and its code keeps no frame pointers");
	/* In a kernel with ORC tables, code without an entry is probably made at run time. Such
	 * code uses frame pointers, but this is not sure. */
	state->unsure |= x86_orc_exists(kernel);
	return x86_pointer_step(kernel, state, err);
}
