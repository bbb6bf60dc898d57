/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The registers of a CPU, from a note of the dump or from the kernel's memory. */
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
	CPU_X0, /* first of x0 to x30; arm64's pc, sp, pstate are the first registers */
	CPU_X29 = CPU_X0 + 29,
	CPU_X30,
	/* The mask of the address bits that contain a pointer authentication code. This is not a
	 * register of the CPU. */
	CPU_PAC_MASK,
	NR_CPU_REGISTERS
};

struct registers {
	uint64_t known; /* a bit 1 << enum cpu_register for each known register */
	int32_t pid; /* pid of the task, if the kernel wrote the note; otherwise 0 */
	/* Candidates for the start of the CPU's per-CPU memory: the bases of segments. */
	uint64_t bases[2];
	uint64_t value[NR_CPU_REGISTERS];
};

enum { PRSTATUS_MOST = 400 }; /* in bytes: no machine has a larger struct elf_prstatus */

/* The state of a CPU that QEMU saved. */
struct cpu_state {
	uint64_t cr0, cr3, cr4, idt_base;
	struct registers registers;
	struct bytes note; /* the whole note; borrowed from the file */
};

/* The size in bytes of struct elf_prstatus (include/linux/elfcore.h) of a machine (EM_*), or 0 if
 * the machine is unknown. */
size_t prstatus_size(uint16_t machine);

/* Reads the registers of an NT_PRSTATUS note. If all are zero, no register is known. Returns the
 * machine that has notes of this size, or EM_NONE if there is no such machine. */
uint16_t registers_of_prstatus(struct registers *registers, struct bytes prstatus);

/* Writes an NT_PRSTATUS note to a buffer of prstatus_size() bytes. Unknown registers are written as
 * zero. */
void registers_to_prstatus(const struct registers *registers, uint16_t machine, uint8_t *to);

/* Offsets in bytes in QEMU's note for a CPU, struct QEMUCPUState of target/i386/arch_dump.c,
 * version 1. The note consists of two words, 18 registers, ten segments of 24 bytes (the last 8
 * bytes are the base), CR0 to CR4, and kernel_gs_base. */
enum {
	QEMU_REGISTERS = 8,
	QEMU_SEGMENTS = QEMU_REGISTERS + 18 * 8,
	QEMU_IDT_BASE = QEMU_SEGMENTS + 9 * 24 + 16,
	QEMU_CR = QEMU_SEGMENTS + 10 * 24,
	QEMU_SIZE = QEMU_CR + 5 * 8, /* the smallest size of the note */
};

void registers_of_qemu(struct registers *registers, struct bytes state);

/* Returns the name of a register: "rip", or "eip" on i386, "pc" on arm64. The name is static.
 * Returns NULL if the machine lacks the register, or if answers do not show the register (data
 * segments, bases). */
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
