/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Decodes instructions, using the library capstone. The library is loaded when it is first needed,
 * because it takes longer to load than most answers take. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct code; /* a decoder; defined in code.c */

enum { CODE_REGISTER = 8, CODE_MEMORIES = 2 };

/* Memory that an instruction accesses, at base + index * scale + displacement. */
struct code_memory {
	/* Names in lower case of the whole register: "rbx", "x19", "sp", "rip"; "": none. For "rip", the
	 * instruction's target is the address. An index of arm64 that is extended from 32 bits: index_size is 4. */
	char base[CODE_REGISTER], index[CODE_REGISTER];
	unsigned int scale; /* 1, 2, 4, 8 or 16 */
	unsigned int index_size; /* bytes of the index that count: 8, or 4 */
	bool index_signed; /* the 4 bytes are a signed number */
	int64_t displacement;
	/* "fs" or "gs": the address is relative to this base of x86; "": none. */
	char segment[4];
	unsigned int size; /* in bytes; 0: not known */
	bool is_read, is_write;
	/* Of push, pop, call and ret: base is the stack pointer, displacement already right. memory[0] is an operand that
	 * the instruction names, if there is one. */
	bool is_stack;
	bool is_atomic; /* an atomic access, which arm64 needs aligned, or with lock on x86 */
};

struct code_instruction {
	unsigned int size; /* in bytes */
	/* In the syntax of AT&T on x86. The library may not know an instruction: then ".byte 0x0f" on
	 * x86, and ".inst 0xf8200041" on arm64 and riscv64. */
	char text[192];
	bool known; /* text is not one of these */
	/* The address that a jump or call goes to, or that an operand relative to the instruction
	 * pointer has. */
	bool has_target, is_branch;
	uint64_t target;
	/* The memory that the instruction accesses: only operands that are certain. */
	struct code_memory memory[CODE_MEMORIES];
	unsigned int nr_memories;
	bool is_call, is_return; /* a jump is a branch that is no call */
	/* The register that an indirect call or jump goes to, or that a division divides by; "": none. */
	char operand[CODE_REGISTER];
	unsigned int operand_size; /* bytes of it that count */
	bool is_division; /* x86's div and idiv: `operand`, or memory[0], is the divisor */
	/* The register into which memory, or another register, is loaded as a whole ("rbx", also for ebx, which clears
	 * the upper half); "": none, or only a part. */
	char loaded[CODE_REGISTER];
	char source[CODE_REGISTER]; /* the other register; "": `loaded` comes from memory[0] or is what has_addend says */
	uint32_t written; /* use code_writes() */
	/* A constant that is added to `loaded` and nothing else ("sub $0x10,%eax": -0x10; "lea -8(%rdi),%rax"
	 * has memory[0] and is_address). */
	bool has_addend;
	int64_t addend;
	bool is_address; /* memory[0] is computed, not accessed: lea */
	bool is_trap; /* ud2, int3, brk */
	bool is_inside; /* certainly of registers and constants only: no memory is accessed, and nothing can be refused */
};

enum { CODE_LONGEST = 16 }; /* bytes that are enough for one instruction */

/* Opens a decoder. machine: EM_X86_64, EM_386, EM_AARCH64 or EM_RISCV. Returns NULL and sets err if the library is
 * missing or does not know the machine, or if kwalk was built without it. */
struct code *code_open(unsigned int machine, struct error *err);
void code_close(struct code *code); /* may be NULL */
/* The addresses of all instructions are multiples of this. */
unsigned int code_alignment(const struct code *code);

/* May the instruction change this general register, named as in struct code_memory? True if that is not known. A call
 * changes the registers that its ABI lets it change. */
bool code_writes(const struct code_instruction *instruction, const char *name);

/* Decodes the instruction at the start of the bytes, which are at a virtual address. size: at least 1; if
 * the bytes end within an instruction, it is not known. */
void code_decode(struct code *code, uint64_t address, const uint8_t *bytes, size_t size,
		 struct code_instruction *instruction);

/* Decodes an instruction of arm64 or riscv64 without the library, as far as arm64.h and riscv.h say. Returns false if it
 * is of another machine, or if the bytes end within it. */
bool code_decode_alone(unsigned int machine, uint64_t address, const uint8_t *bytes, size_t size,
		       struct code_instruction *instruction);
