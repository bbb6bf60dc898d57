/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The instruction at which a report happened, decoded from the bytes after "Code:", with the registers of the
 * report put into its operands. */
#pragma once

#include "code/code.h"
#include "oops/report.h"

struct oops_instruction {
	bool known;
	struct code_instruction code; /* valid if known */
	const char *why_not; /* why it is not known; NULL if known */
	char text[192]; /* as in code, but jumps have names instead of numbers that are not known */
};

void oops_instruction_read(const struct oops_context *context, uint16_t machine,
			   struct oops_instruction *instruction);

/* Computes the address of memory from the registers of the context. Returns false if one of them is
 * not known. */
bool oops_memory_address(const struct oops_context *context, uint16_t machine,
			 const struct code_instruction *code, const struct code_memory *memory,
			 uint64_t *address);

/* Where the value of a register came from, by the instructions before the place. */
struct oops_origin {
	bool found;
	bool is_sum; /* it is another register plus `addend` (lea, or a sum after a load) */
	bool is_result; /* it was returned by a function that was called */
	struct code_memory memory; /* from which it was read, or whose address is_sum means */
	int64_t addend; /* what was added after it was loaded */
	/* The registers in `memory` still have the values that they had then. */
	bool has_address;
	uint64_t address; /* valid if has_address: of the memory, or the sum itself */
	char text[192], then[192]; /* the instruction, and the one that added `addend`; "": none */
};

/* Finds where the register's value came from. The bytes before the place are decoded from the start of the
 * function, or from another place where an instruction certainly begins. A jump from elsewhere may lead between
 * the two instructions, so the result fits, and is not proved. */
void oops_origin_find(const struct oops_context *context, uint16_t machine, const char *reg,
		      struct oops_origin *origin);
