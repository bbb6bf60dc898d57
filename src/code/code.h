/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Decodes instructions, using the library capstone. The library is loaded when it is first needed,
 * because it takes longer to load than most answers take. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct code; /* a decoder; defined in code.c */

struct code_instruction {
	unsigned int size; /* in bytes */
	/* In the syntax of AT&T on x86. The library may not know an instruction: then ".byte 0x0f" on
	 * x86, and ".inst 0xf8200041" on arm64. */
	char text[192];
	bool known; /* the library knows the instruction */
	/* The address that a jump or call goes to, or that an operand relative to the instruction
	 * pointer has. */
	bool has_target, is_branch;
	uint64_t target;
};

enum { CODE_LONGEST = 16 }; /* bytes that are enough for one instruction */

/* Opens a decoder. machine: EM_X86_64, EM_386 or EM_AARCH64. Returns NULL and sets err if the library is
 * missing, or if kwalk was built without it. */
struct code *code_open(unsigned int machine, struct error *err);
void code_close(struct code *code); /* may be NULL */
/* The addresses of all instructions are multiples of this. */
unsigned int code_alignment(const struct code *code);

/* Decodes the instruction at the start of the bytes, which are at a virtual address. size: at least 1; if
 * the bytes end within an instruction, it is not known. */
void code_decode(struct code *code, uint64_t address, const uint8_t *bytes, size_t size,
		 struct code_instruction *instruction);
