/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "dump/registers.h"

enum { ABSENT = NR_CPU_REGISTERS };

// clang-format off
/* struct user_regs_struct, arch/x86/include/asm/user_64.h and user_32.h, in words. What
 * it calls fs_base and gs_base are of user mode (ELF_CORE_COPY_REGS). */
static const uint8_t order_64[] = {
	CPU_R15, CPU_R14, CPU_R13, CPU_R12, CPU_BP, CPU_BX, CPU_R11, CPU_R10,
	CPU_R9,	 CPU_R8,  CPU_AX,  CPU_CX,  CPU_DX, CPU_SI, CPU_DI,  ABSENT,
	CPU_IP,	 CPU_CS,  CPU_FLAGS, CPU_SP, CPU_SS, ABSENT, ABSENT, CPU_DS,
	CPU_ES,	 CPU_FS,  CPU_GS,
};
static const uint8_t order_32[] = {
	CPU_BX, CPU_CX, CPU_DX, CPU_SI, CPU_DI, CPU_BP, CPU_AX, CPU_DS, CPU_ES,
	CPU_FS, CPU_GS, ABSENT, CPU_IP, CPU_CS, CPU_FLAGS, CPU_SP, CPU_SS,
};
static const uint8_t order_qemu[] = {
	CPU_AX,	 CPU_BX,  CPU_CX,  CPU_DX,  CPU_SI,  CPU_DI,
	CPU_SP,	 CPU_BP,  CPU_R8,  CPU_R9,  CPU_R10, CPU_R11,
	CPU_R12, CPU_R13, CPU_R14, CPU_R15, CPU_IP,  CPU_FLAGS,
};
// clang-format on

static void registers_load(struct registers *registers, const uint8_t *order, size_t nr,
			   const uint8_t *at, size_t word)
{
	for (size_t i = 0; i < nr; i++)
		if (order[i] != ABSENT)
			registers_set(registers, order[i], load_le(at + i * word, word));
}

/* Nobody saved registers that are all zero: no CPU runs with a null selector in CS (SDM Vol. 3A,
 * 3.4.2). */
static void forget_unsaved(struct registers *registers)
{
	for (size_t i = 0; i < NR_CPU_REGISTERS; i++)
		if (registers->value[i])
			return;
	registers->known = 0;
}

/* struct elf_prstatus_common is followed by the registers: it has 12 bytes, two longs,
 * four pids and four timevals of two longs, padded. */
bool registers_of_prstatus(struct registers *registers, struct bytes prstatus)
{
	*registers = (struct registers){ 0 };
	if (prstatus.size == PRSTATUS_SIZE_X86_64) {
		registers->pid = (int32_t)load_le32(prstatus.data + 32);
		registers_load(registers, order_64, sizeof(order_64), prstatus.data + 112, 8);
		forget_unsaved(registers);
		return true;
	}
	if (prstatus.size == PRSTATUS_SIZE_386) {
		registers->pid = (int32_t)load_le32(prstatus.data + 24);
		registers_load(registers, order_32, sizeof(order_32), prstatus.data + 72, 4);
		forget_unsaved(registers);
		return true;
	}
	return false;
}

void registers_to_prstatus(const struct registers *registers, unsigned int pointer_size,
			   uint8_t *to)
{
	bool wide = pointer_size == 8;
	const uint8_t *order = wide ? order_64 : order_32;
	size_t nr = wide ? sizeof(order_64) : sizeof(order_32);

	memset(to, 0, wide ? PRSTATUS_SIZE_X86_64 : PRSTATUS_SIZE_386);
	store_le(to + (wide ? 32 : 24), (uint32_t)registers->pid, 4);
	to += wide ? 112 : 72;
	for (size_t i = 0; i < nr; i++)
		if (order[i] != ABSENT && registers_have(registers, order[i]))
			store_le(to + i * pointer_size, registers->value[order[i]], pointer_size);
}

/* Segments are cs, ds, es, fs, gs, ss, ...: the selector is their first word. */
void registers_of_qemu(struct registers *registers, struct bytes state)
{
	const uint8_t *segments = state.data + QEMU_SEGMENTS;
	const uint8_t *cr = state.data + QEMU_CR;

	*registers = (struct registers){ 0 };
	registers_load(registers, order_qemu, sizeof(order_qemu), state.data + QEMU_REGISTERS, 8);
	registers_set(registers, CPU_CS, load_le32(segments));
	registers_set(registers, CPU_SS, load_le32(segments + 5 * 24));
	registers_set(registers, CPU_CR0, load_le64(cr));
	registers_set(registers, CPU_CR2, load_le64(cr + 2 * 8));
	registers_set(registers, CPU_CR3, load_le64(cr + 3 * 8));
	registers_set(registers, CPU_CR4, load_le64(cr + 4 * 8));
	registers_set(registers, CPU_DS, load_le32(segments + 24));
	registers_set(registers, CPU_ES, load_le32(segments + 2 * 24));
	registers_set(registers, CPU_FS, load_le32(segments + 3 * 24));
	registers_set(registers, CPU_GS, load_le32(segments + 4 * 24));
	registers_set(registers, CPU_FS_BASE, load_le64(segments + 3 * 24 + 16));
	registers_set(registers, CPU_GS_BASE, load_le64(segments + 4 * 24 + 16));
	/* x86-64 finds per-CPU memory by gs, in user mode by what swapgs will load;
	 * i386 by fs. */
	registers->bases[0] = load_le64(segments + 4 * 24 + 16);
	registers->bases[1] = load_le64(segments + 3 * 24 + 16);
	if (state.size >= QEMU_SIZE + 8 && load_le64(cr + 5 * 8))
		registers->bases[1] = load_le64(cr + 5 * 8);
}

// clang-format off
/* On x86-64 and on i386, which has no r8 to r15. */
static const char *const register_names[NR_CPU_REGISTERS][2] = {
	[CPU_IP] = { "rip", "eip" }, [CPU_SP] = { "rsp", "esp" },
	[CPU_FLAGS] = { "rflags", "eflags" },
	[CPU_AX] = { "rax", "eax" }, [CPU_BX] = { "rbx", "ebx" },
	[CPU_CX] = { "rcx", "ecx" }, [CPU_DX] = { "rdx", "edx" },
	[CPU_SI] = { "rsi", "esi" }, [CPU_DI] = { "rdi", "edi" },
	[CPU_BP] = { "rbp", "ebp" }, [CPU_R8] = { "r8" }, [CPU_R9] = { "r9" },
	[CPU_R10] = { "r10" }, [CPU_R11] = { "r11" }, [CPU_R12] = { "r12" },
	[CPU_R13] = { "r13" }, [CPU_R14] = { "r14" }, [CPU_R15] = { "r15" },
	[CPU_CS] = { "cs", "cs" }, [CPU_SS] = { "ss", "ss" },
	[CPU_CR0] = { "cr0", "cr0" }, [CPU_CR2] = { "cr2", "cr2" },
	[CPU_CR3] = { "cr3", "cr3" }, [CPU_CR4] = { "cr4", "cr4" },
};
// clang-format on

const char *register_name(enum cpu_register which, unsigned int pointer_size)
{
	return register_names[which][pointer_size != 8];
}
