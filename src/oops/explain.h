/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Concludes from a report what happened: the instruction, the address that it used, the register that was bad,
 * and what that register's value is. A conclusion is proved by the text alone, given by its words, or it
 * fits and names its rivals. */
#pragma once

#include "code/code.h"
#include "oops/report.h"

enum oops_grade { OOPS_NO_GRADE, OOPS_PROVED, OOPS_GIVEN, OOPS_FITS };
extern const char *const oops_grade_names[]; /* "proved" and so on; NULL for OOPS_NO_GRADE */

enum { OOPS_SENTENCE = 512, OOPS_SENTENCES = 12, OOPS_INSTRUCTION = 192 };

/* An explanation of a word in a line, or only the fact that the word is no address. */
struct oops_note {
	size_t line; /* index in struct oops_lines */
	size_t at, size; /* of the word in the line */
	const char *
		text; /* owned by struct oops_verdict; NULL: the word needs no explanation, and is no address */
	bool is_part; /* files may say more about the word, such as the frame of an entry */
	bool is_plain; /* a kernel, if one is known, says the same */
};

struct oops_verdict {
	char sentence[OOPS_SENTENCES][OOPS_SENTENCE];
	size_t nr;
	struct oops_symbol
		place; /* where it happened, or the code that caused it; name is "": not known */
	/* The instruction at the place; "": not known. */
	char instruction[OOPS_INSTRUCTION];
	bool has_effective;
	uint64_t effective; /* the address that the instruction used */
	bool compared; /* effective and the report's address are both known */
	bool agrees;
	char bad_register[12]; /* "": none is named */
	uint64_t bad_value;
	/* How many sentences there are up to the one that names the bad register. */
	size_t nr_to_bad;
	bool by_memory; /* the register is bad as a part of `memory`, which the instruction accessed */
	struct code_memory memory;
	enum oops_grade grade;
	enum oops_access access;
	bool of_user; /* the access was one of user mode */
	bool fits_fault; /* no line says what happened, and the registers fit a fault */
	const char *system_call; /* NULL: not known; owned */
	struct oops_note *note; /* owned; in no order */
	size_t nr_notes, note_room;
};

/* Fills the verdict of reports->report[at]. Returns false and sets err only if memory runs out; then, too,
 * oops_verdict_release() must be called. */
bool oops_explain(const struct oops_reports *reports, size_t at, struct oops_verdict *verdict,
		  struct error *err);
void oops_verdict_release(struct oops_verdict *verdict);

/* Inserts a sentence as sentence number `at`. If there are too many, the last one is lost. */
void oops_verdict_insert(struct oops_verdict *verdict, size_t at, const char *text);

/* Writes the name of a register as this machine's kernels print it: "RBX", "x19". */
enum { REGISTER_TEXT = 16 };
const char *oops_register_text(uint16_t machine, const char *name, char text[REGISTER_TEXT]);

/* Is it an address of the kernel's half? */
bool oops_is_kernel_address(uint16_t machine, uint64_t address);

/* --- instruction.c --- */

/* The instruction at which a report happened, decoded from the bytes after "Code:", with the registers of the
 * report put into its operands. */
struct oops_instruction {
	bool known;
	struct code_instruction code; /* valid if known */
	const char *why_not; /* why it is not known; NULL if known */
	char text[192]; /* as in code, but jumps have names instead of numbers that are not known */
};

void oops_instruction_read(const struct oops_context *context,
			   struct oops_instruction *instruction);

/* Computes the address of memory from the registers of the context. Returns false if one of them is
 * not known. */
bool oops_memory_address(const struct oops_context *context, const struct code_instruction *code,
			 const struct code_memory *memory, uint64_t *address);

/* Where the value of a register came from, by the instructions before the place. */
struct oops_origin {
	bool found;
	bool is_sum; /* it is another register plus `addend` (lea, or a sum after a load) */
	bool is_result; /* it was returned by a function that was called */
	bool after_call; /* the instruction directly before the place is a call */
	/* Another register, unchanged since, was added last, or what is at `memory`; `addend` is the rest of the sum. */
	bool is_added;
	char added[CODE_REGISTER];
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
void oops_origin_find(const struct oops_context *context, const char *reg,
		      struct oops_origin *origin);
