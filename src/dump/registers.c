/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/registers.h"

#include <elf.h>

enum { ABSENT = NR_CPU_REGISTERS };
#define X(NUMBER) (CPU_X0 + (NUMBER))

// clang-format off
/* The register that each word of a note contains. For x86, the words are struct user_regs_struct,
 * arch/x86/include/asm/user_64.h and user_32.h. The members fs_base and gs_base are missing here,
 * because they belong to user mode (ELF_CORE_COPY_REGS). For arm64, the words are struct
 * user_pt_regs, arch/arm64/include/uapi/asm/ptrace.h. For riscv64, they are struct
 * user_regs_struct, arch/riscv/include/uapi/asm/ptrace.h. */
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
static const uint8_t order_arm64[] = {
	X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10), X(11), X(12),
	X(13), X(14), X(15), X(16), X(17), X(18), X(19), X(20), X(21), X(22), X(23), X(24),
	X(25), X(26), X(27), X(28), X(29), X(30), CPU_SP, CPU_IP, CPU_FLAGS,
};
static const uint8_t order_riscv64[] = {
	CPU_IP, X(0), CPU_SP, X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10), X(11),
	X(12), X(13), X(14), X(15), X(16), X(17), X(18), X(19), X(20), X(21), X(22), X(23),
	X(24), X(25), X(26), X(27), X(28), X(29), X(30),
};

static const char *const names_64[NR_CPU_REGISTERS] = {
	[CPU_IP] = "rip", [CPU_SP] = "rsp", [CPU_FLAGS] = "rflags",
	[CPU_AX] = "rax", [CPU_BX] = "rbx", [CPU_CX] = "rcx", [CPU_DX] = "rdx",
	[CPU_SI] = "rsi", [CPU_DI] = "rdi", [CPU_BP] = "rbp",
	[CPU_R8] = "r8", [CPU_R9] = "r9", [CPU_R10] = "r10", [CPU_R11] = "r11",
	[CPU_R12] = "r12", [CPU_R13] = "r13", [CPU_R14] = "r14", [CPU_R15] = "r15",
	[CPU_CS] = "cs", [CPU_SS] = "ss",
	[CPU_CR0] = "cr0", [CPU_CR2] = "cr2", [CPU_CR3] = "cr3", [CPU_CR4] = "cr4",
};
static const char *const names_32[NR_CPU_REGISTERS] = {
	[CPU_IP] = "eip", [CPU_SP] = "esp", [CPU_FLAGS] = "eflags",
	[CPU_AX] = "eax", [CPU_BX] = "ebx", [CPU_CX] = "ecx", [CPU_DX] = "edx",
	[CPU_SI] = "esi", [CPU_DI] = "edi", [CPU_BP] = "ebp",
	[CPU_CS] = "cs", [CPU_SS] = "ss",
	[CPU_CR0] = "cr0", [CPU_CR2] = "cr2", [CPU_CR3] = "cr3", [CPU_CR4] = "cr4",
};
static const char *const names_arm64[NR_CPU_REGISTERS] = {
	[CPU_IP] = "pc", [CPU_SP] = "sp", [CPU_FLAGS] = "pstate",
	[X(0)] = "x0", [X(1)] = "x1", [X(2)] = "x2", [X(3)] = "x3", [X(4)] = "x4",
	[X(5)] = "x5", [X(6)] = "x6", [X(7)] = "x7", [X(8)] = "x8", [X(9)] = "x9",
	[X(10)] = "x10", [X(11)] = "x11", [X(12)] = "x12", [X(13)] = "x13", [X(14)] = "x14",
	[X(15)] = "x15", [X(16)] = "x16", [X(17)] = "x17", [X(18)] = "x18", [X(19)] = "x19",
	[X(20)] = "x20", [X(21)] = "x21", [X(22)] = "x22", [X(23)] = "x23", [X(24)] = "x24",
	[X(25)] = "x25", [X(26)] = "x26", [X(27)] = "x27", [X(28)] = "x28", [X(29)] = "x29",
	[X(30)] = "x30",
};
static const char *const names_riscv64[NR_CPU_REGISTERS] = {
	[CPU_IP] = "pc", [CPU_SP] = "sp", [CPU_FLAGS] = "status",
	[X(0)] = "ra", [X(2)] = "gp", [X(3)] = "tp", [X(4)] = "t0", [X(5)] = "t1",
	[X(6)] = "t2", [X(7)] = "s0", [X(8)] = "s1", [X(9)] = "a0", [X(10)] = "a1",
	[X(11)] = "a2", [X(12)] = "a3", [X(13)] = "a4", [X(14)] = "a5", [X(15)] = "a6",
	[X(16)] = "a7", [X(17)] = "s2", [X(18)] = "s3", [X(19)] = "s4", [X(20)] = "s5",
	[X(21)] = "s6", [X(22)] = "s7", [X(23)] = "s8", [X(24)] = "s9", [X(25)] = "s10",
	[X(26)] = "s11", [X(27)] = "t3", [X(28)] = "t4", [X(29)] = "t5", [X(30)] = "t6",
};
// clang-format on

/* The layout of struct elf_prstatus of each machine: struct elf_prstatus_common, the registers, and
 * pr_fpvalid. struct elf_prstatus_common consists of 12 bytes, two longs, four pids, four timevals
 * of two longs each, and padding. */
static const struct machine_registers {
	uint16_t machine, size; /* size: the size in bytes of the whole struct elf_prstatus */
	uint8_t word, nr;
	/* QEMU may have written the note. pr_fpvalid is then 1, and the pid is the number of the
	 * CPU (target/arm/arch_dump.c). The kernel leaves pr_fpvalid 0 (crash_save_cpu()), and so
	 * does QEMU on riscv64: linux/crash/panic_cpus.c. */
	bool qemu_writes;
	const uint8_t *order;
	const char *const *names;
} machines[] = {
	{ EM_X86_64, 336, 8, sizeof(order_64), false, order_64, names_64 },
	{ EM_386, 144, 4, sizeof(order_32), false, order_32, names_32 },
	{ EM_AARCH64, 392, 8, sizeof(order_arm64), true, order_arm64, names_arm64 },
	{ EM_RISCV, 376, 8, sizeof(order_riscv64), false, order_riscv64, names_riscv64 },
};
enum { NR_MACHINES = sizeof(machines) / sizeof(machines[0]) };

static const struct machine_registers *registers_of_machine(uint16_t machine)
{
	for (size_t i = 0; i < NR_MACHINES; i++)
		if (machines[i].machine == machine)
			return &machines[i];
	return NULL;
}

size_t prstatus_size(uint16_t machine)
{
	const struct machine_registers *of = registers_of_machine(machine);

	return of ? of->size : 0;
}

static size_t pid_at(const struct machine_registers *of)
{
	return 16 + 2 * of->word;
}

static size_t registers_at(const struct machine_registers *of)
{
	return pid_at(of) + 16 + 8 * of->word;
}

static void registers_load(struct registers *registers, const uint8_t *order, size_t nr,
			   const uint8_t *at, size_t word)
{
	for (size_t i = 0; i < nr; i++)
		if (order[i] != ABSENT)
			registers_set(registers, order[i], load_le(at + i * word, word));
}

/* If all registers are zero, marks them as unknown, because they were never saved. No CPU runs with
 * a null selector in CS (SDM Vol. 3A, 3.4.2), and no kernel has an instruction at address 0. */
static void forget_unsaved(struct registers *registers)
{
	for (size_t i = 0; i < NR_CPU_REGISTERS; i++)
		if (registers->value[i])
			return;
	memset(registers->known, false, sizeof(registers->known));
}

static bool is_of_kernel(const struct machine_registers *of, const uint8_t *prstatus)
{
	return !of->qemu_writes ||
	       !load_le32(prstatus + registers_at(of) + (size_t)of->nr * of->word);
}

uint16_t registers_of_prstatus(struct registers *registers, struct bytes prstatus)
{
	const struct machine_registers *of = machines;

	*registers = (struct registers){ 0 };
	while (of < machines + NR_MACHINES && of->size != prstatus.size)
		of++;
	if (of == machines + NR_MACHINES)
		return EM_NONE;
	if (is_of_kernel(of, prstatus.data))
		registers->pid = (int32_t)load_le32(prstatus.data + pid_at(of));
	registers_load(registers, of->order, of->nr, prstatus.data + registers_at(of), of->word);
	forget_unsaved(registers);
	return of->machine;
}

void registers_to_prstatus(const struct registers *registers, uint16_t machine, uint8_t *to)
{
	const struct machine_registers *of = registers_of_machine(machine);

	if (!of)
		return;
	memset(to, 0, of->size);
	store_le(to + pid_at(of), (uint32_t)registers->pid, 4);
	to += registers_at(of);
	for (size_t i = 0; i < of->nr; i++)
		if (of->order[i] != ABSENT && registers_have(registers, of->order[i]))
			store_le(to + i * of->word, registers->value[of->order[i]], of->word);
}

/* Reads the registers of a CPU from QEMU's note. The order of the segments is cs, ds, es, fs, gs,
 * ss and others. The first word of each segment is the selector. */
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
	/* Candidates for the start of per-CPU memory. On x86-64 it is the base of gs, or in user
	 * mode the base that swapgs will load. On i386 it is the base of fs. */
	registers->bases[0] = load_le64(segments + 4 * 24 + 16);
	registers->bases[1] = load_le64(segments + 3 * 24 + 16);
	if (state.size >= QEMU_SIZE + 8 && load_le64(cr + 5 * 8))
		registers->bases[1] = load_le64(cr + 5 * 8);
}

const char *register_name(enum cpu_register which, uint16_t machine)
{
	const struct machine_registers *of = registers_of_machine(machine);

	return of ? of->names[which] : NULL;
}
