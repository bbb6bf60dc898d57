/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Registers of a CPU, from a note of the dump or from the kernel's own memory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum cpu_register {
	CPU_IP,
	CPU_SP,
	CPU_FLAGS,
	CPU_AX,
	CPU_BX,
	CPU_CX,
	CPU_DX,
	CPU_SI,
	CPU_DI,
	CPU_BP,
	CPU_R8,
	CPU_R9,
	CPU_R10,
	CPU_R11,
	CPU_R12,
	CPU_R13,
	CPU_R14,
	CPU_R15,
	CPU_CS,
	CPU_SS,
	CPU_CR0,
	CPU_CR2,
	CPU_CR3,
	CPU_CR4,
	CPU_DS,
	CPU_ES,
	CPU_FS,
	CPU_GS,
	CPU_FS_BASE,
	CPU_GS_BASE,
	NR_CPU_REGISTERS
};

struct registers {
	uint32_t known; /* 1 << enum cpu_register each */
	int32_t pid; /* that the kernel noted for the task; QEMU's has none: 0 */
	/* Where the CPU's per-CPU memory may begin: bases of segments. */
	uint64_t bases[2];
	uint64_t value[NR_CPU_REGISTERS];
};

/* sizeof(struct elf_prstatus), include/linux/elfcore.h, of both machines. */
enum { PRSTATUS_SIZE_386 = 144, PRSTATUS_SIZE_X86_64 = 336 };

/* A CPU as QEMU saved it. */
struct cpu_state {
	uint64_t cr0, cr3, cr4, idt_base;
	struct registers registers;
	struct bytes note; /* all of it; borrowed from the file */
};

/* The registers in an NT_PRSTATUS, none of them known if all are zero; false if its size fits
 * neither machine. */
bool registers_of_prstatus(struct registers *registers, struct bytes prstatus);

/* The other way, for a machine of pointer_size bytes: to has PRSTATUS_SIZE_X86_64 bytes, or
 * PRSTATUS_SIZE_386. Unknown registers are zero. */
void registers_to_prstatus(const struct registers *registers, unsigned int pointer_size,
			   uint8_t *to);

/* Offsets in QEMU's note, one per CPU: struct QEMUCPUState of target/i386/arch_dump.c,
 * version 1: two words, 18 registers, ten segments of 24 bytes (the base is the
 * last 8), CR0 to CR4, kernel_gs_base. */
enum {
	QEMU_REGISTERS = 8,
	QEMU_SEGMENTS = QEMU_REGISTERS + 18 * 8,
	QEMU_IDT_BASE = QEMU_SEGMENTS + 9 * 24 + 16,
	QEMU_CR = QEMU_SEGMENTS + 10 * 24,
	QEMU_SIZE = QEMU_CR + 5 * 8, /* at least */
};

void registers_of_qemu(struct registers *registers, struct bytes state);

/* "rip", or "eip" where pointers have 4 bytes: static. NULL: that machine has none, or
 * answers do not show it (segments of data, bases). */
const char *register_name(enum cpu_register which, unsigned int pointer_size);

static inline void registers_set(struct registers *registers, enum cpu_register which,
				 uint64_t value)
{
	registers->value[which] = value;
	registers->known |= UINT32_C(1) << which;
}

static inline bool registers_have(const struct registers *registers, enum cpu_register which)
{
	return registers->known >> which & 1;
}
