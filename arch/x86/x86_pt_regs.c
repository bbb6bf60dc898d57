/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "arch/x86/x86_pt_regs.h"

#include "arch/x86/x86.h"
#include "dump/registers.h"

/* The register that each word of struct pt_regs contains: asm/ptrace.h. NR_CPU_REGISTERS means that
 * the word is not used here. */
static const uint8_t pt_regs_64[PT_REGS_WORDS_64] = {
	CPU_R15, CPU_R14,	   CPU_R13, CPU_R12, CPU_BP,	CPU_BX, CPU_R11,
	CPU_R10, CPU_R9,	   CPU_R8,  CPU_AX,  CPU_CX,	CPU_DX, CPU_SI,
	CPU_DI,	 NR_CPU_REGISTERS, CPU_IP,  CPU_CS,  CPU_FLAGS, CPU_SP, CPU_SS,
};
static const uint8_t pt_regs_32[PT_REGS_WORDS_32] = {
	CPU_BX, CPU_CX, CPU_DX,		  CPU_SI, CPU_DI, CPU_BP,    CPU_AX, CPU_DS, CPU_ES,
	CPU_FS, CPU_GS, NR_CPU_REGISTERS, CPU_IP, CPU_CS, CPU_FLAGS, CPU_SP, CPU_SS,
};

enum { RIGHTS = 3 };

bool x86_in_user_mode(const struct registers *registers)
{
	return (registers_have(registers, CPU_CS) && registers->value[CPU_CS] & RIGHTS) ||
	       (registers_have(registers, CPU_FLAGS) && registers->value[CPU_FLAGS] & EFLAGS_VM);
}

bool x86_mode_is_possible(const struct registers *registers)
{
	/* LDT: the selector is of the LDT, which only processes use. NR_SEGMENTS: GDT_ENTRIES
	 * (asm/segment.h) is 16 or 32. XEN_FIRST: the first segment of Xen; Xen also runs 32-bit
	 * kernels with the rights 1 (xen/interface/xen.h, asm/segment.h). */
	enum { LDT = 4, NR_SEGMENTS = 32, XEN_FIRST = 0xe000, XEN_KERNEL_32 = 0x61 };
	uint64_t cs = registers->value[CPU_CS];

	if (!registers_have(registers, CPU_CS) || !cs || cs == XEN_KERNEL_32 ||
	    (registers_have(registers, CPU_FLAGS) && registers->value[CPU_FLAGS] & EFLAGS_VM))
		return true;
	if (cs >= XEN_FIRST)
		return cs <= UINT16_MAX;
	if ((cs & RIGHTS) != RIGHTS)
		return !(cs & RIGHTS) && !(cs & LDT) && cs >> 3 < NR_SEGMENTS;
	return cs & LDT || cs >> 3 < NR_SEGMENTS;
}

/* Does the pt_regs lack SP and SS? i386 kernels before 5.3 (3c88c692c287) pushed neither if they
 * interrupted kernel code. */
static bool lacks_sp(struct kernel *kernel, const struct registers *registers)
{
	return kernel_pointer_size(kernel) == 4 && !x86_in_user_mode(registers) &&
	       kernel_version(kernel) && kernel_version(kernel) < KERNEL_VERSION(5, 3, 0);
}

bool x86_load_pt_regs(struct kernel *kernel, uint64_t regs, unsigned int first,
		      struct registers *registers, struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);
	unsigned int nr = word == 8 ? PT_REGS_WORDS_64 : PT_REGS_WORDS_32;
	const uint8_t *which = word == 8 ? pt_regs_64 : pt_regs_32;
	uint64_t value;

	for (unsigned int i = first; i < nr; i++) {
		if (!kernel_read_pointer(kernel, regs + word * i, &value, err))
			return false;
		/* With FRED, the bits above the 16 bits of a selector contain other data. */
		if (which[i] == CPU_CS || which[i] == CPU_SS)
			value &= 0xffff;
		if (which[i] != NR_CPU_REGISTERS)
			registers_set(registers, which[i], value);
	}
	if (lacks_sp(kernel, registers)) {
		registers_set(registers, CPU_SP, regs + word * (PT_REGS_WORDS_32 - 2));
		registers->known &= ~(UINT64_C(1) << CPU_SS);
	}
	return true;
}

void x86_enter_interrupted(struct unwind_state *state, const struct registers *registers)
{
	if (!registers->value[CPU_IP] && !registers->value[CPU_CS]) {
		state->outermost = true;
		return;
	}
	state->registers = *registers;
	state->interrupted = true;
	state->exact = true;
	state->user = x86_in_user_mode(registers);
}

void x86_enter_caller(struct unwind_state *state, uint64_t ip, uint64_t sp)
{
	struct registers *registers = &state->registers;

	state->outermost = !ip;
	if (!ip)
		return;
	registers->known &= UINT64_C(1) << CPU_BP;
	registers_set(registers, CPU_IP, ip);
	registers_set(registers, CPU_SP, sp);
	state->exact = false;
}
