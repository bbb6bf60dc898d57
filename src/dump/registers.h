/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The registers of a CPU. They are from a note of the dump, or from the kernel's memory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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
	/* X0 to x30 of arm64; pc, sp and pstate are the first three registers of this enum. X1 to x31
	 * of riscv64, in which the place of sp, x2, is not used. */
	CPU_X0,
	CPU_X29 = CPU_X0 + 29,
	CPU_X30,
	/* A mask of the address bits that contain a pointer authentication code. The mask is not a
	 * register of the CPU, but is stored like one. */
	CPU_PAC_MASK,
	NR_CPU_REGISTERS
};

struct registers {
	bool known[NR_CPU_REGISTERS]; /* the registers whose value is known */
	int32_t pid; /* the pid of the task, if the kernel wrote the note; 0 if not */
	/* The bases of segments. One of them may be the start of the CPU's per-CPU memory. */
	uint64_t bases[2];
	uint64_t value[NR_CPU_REGISTERS];
};

enum { PRSTATUS_MOST = 400 }; /* in bytes; struct elf_prstatus is not larger on any machine */

/* The state of a CPU, which QEMU saved in a note. */
struct cpu_state {
	struct registers registers;
	uint64_t vector_table; /* of interrupts and exceptions (x86: the IDT); 0: unknown */
	struct bytes note; /* the whole note; borrowed from the file */
};

/* Returns the size in bytes of struct elf_prstatus (include/linux/elfcore.h) of a machine (EM_*),
 * or 0 if the machine is unknown. */
size_t prstatus_size(uint16_t machine);

/* Reads the registers from an NT_PRSTATUS note. If all are zero, all count as unknown. The size of
 * the note determines the machine. Returns the machine, or EM_NONE if no machine has notes of this
 * size. */
uint16_t registers_of_prstatus(struct registers *registers, struct bytes prstatus);

/* Writes an NT_PRSTATUS note to a buffer of prstatus_size() bytes. Registers that are unknown are
 * written as zero. */
void registers_to_prstatus(const struct registers *registers, uint16_t machine, uint8_t *to);

/* Offsets in bytes in the note that QEMU writes for a CPU, struct QEMUCPUState of
 * target/i386/arch_dump.c, version 1. The note consists of two words, 18 registers, ten segments of
 * 24 bytes (of which the last 8 bytes are the base), CR0 to CR4, and kernel_gs_base. */
enum {
	QEMU_REGISTERS = 8,
	QEMU_SEGMENTS = QEMU_REGISTERS + 18 * 8,
	QEMU_IDT_BASE = QEMU_SEGMENTS + 9 * 24 + 16,
	QEMU_CR = QEMU_SEGMENTS + 10 * 24,
	QEMU_SIZE = QEMU_CR + 5 * 8, /* the smallest size of the note, without kernel_gs_base */
};

void registers_of_qemu(struct registers *registers, struct bytes state);

/* Returns the name of a register: for example, CPU_IP is "rip", on i386 "eip", and on arm64 "pc".
 * The name is static. Returns NULL if the machine does not have the register, or if answers never
 * show it (data segments, bases). */
const char *register_name(enum cpu_register which, uint16_t machine);

static inline void registers_set(struct registers *registers, enum cpu_register which,
				 uint64_t value)
{
	registers->value[which] = value;
	registers->known[which] = true;
}

static inline bool registers_have(const struct registers *registers, enum cpu_register which)
{
	return registers->known[which];
}

static inline bool registers_have_any(const struct registers *registers)
{
	return memchr(registers->known, true, sizeof(registers->known));
}
