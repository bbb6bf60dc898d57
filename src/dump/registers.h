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
	CPU_X0, /* first register of arm64, whose pc, sp and pstate are the first three registers */
	CPU_X29 = CPU_X0 + 29,
	CPU_X30,
	/* Mask of the address bits that hold a pointer authentication code; not a CPU register. */
	CPU_PAC_MASK,
	NR_CPU_REGISTERS
};

struct registers {
	uint64_t known; /* a bit 1 << enum cpu_register for each known register */
	int32_t pid; /* pid of the task, noted by the kernel; 0 in QEMU's notes */
	/* Candidates for the start of the CPU's per-CPU memory: bases of segments. */
	uint64_t bases[2];
	uint64_t value[NR_CPU_REGISTERS];
};

enum { PRSTATUS_MOST = 400 }; /* no machine has a larger struct elf_prstatus */

/* A CPU in the form that QEMU saved. */
struct cpu_state {
	uint64_t cr0, cr3, cr4, idt_base;
	struct registers registers;
	struct bytes note; /* the whole note; borrowed from the file */
};

/* sizeof(struct elf_prstatus), include/linux/elfcore.h, of a machine (EM_*); 0: unknown machine. */
size_t prstatus_size(uint16_t machine);

/* Reads the registers of an NT_PRSTATUS; if all are zero, no register is known. Returns the machine
 * that the note's size shows; EM_NONE: no machine has this size. */
uint16_t registers_of_prstatus(struct registers *registers, struct bytes prstatus);

/* Writes an NT_PRSTATUS: the buffer to has prstatus_size() bytes. Unknown registers are written as
 * zero. */
void registers_to_prstatus(const struct registers *registers, uint16_t machine, uint8_t *to);

/* Offsets in QEMU's note for a CPU: struct QEMUCPUState of target/i386/arch_dump.c, version 1: two
 * words, 18 registers, ten segments of 24 bytes (the base is the last 8 bytes), CR0 to CR4,
 * kernel_gs_base. */
enum {
	QEMU_REGISTERS = 8,
	QEMU_SEGMENTS = QEMU_REGISTERS + 18 * 8,
	QEMU_IDT_BASE = QEMU_SEGMENTS + 9 * 24 + 16,
	QEMU_CR = QEMU_SEGMENTS + 10 * 24,
	QEMU_SIZE = QEMU_CR + 5 * 8, /* smallest size of the note */
};

void registers_of_qemu(struct registers *registers, struct bytes state);

/* The static name of a register: "rip", or "eip" on i386, "pc" on arm64. NULL: the machine lacks
 * the register, or answers do not show it (data segments, bases). */
const char *register_name(enum cpu_register which, uint16_t machine);

static inline void registers_set(struct registers *registers, enum cpu_register which,
				 uint64_t value)
{
	registers->value[which] = value;
	registers->known |= UINT64_C(1) << which;
}

static inline bool registers_have(const struct registers *registers, enum cpu_register which)
{
	return registers->known >> which & 1;
}
