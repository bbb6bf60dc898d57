/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What the parts of the explanation share: the report, and the verdict to which they add sentences and
 * notes. */
#pragma once

#include <inttypes.h>

#include "oops/explain.h"
#include "oops/facts.h"

enum { FIRST_PAGE = 4096, PAGE = 4096 };

/* Registers of a machine by their use. */
struct register_uses {
	const char *stack, *frame;
	/* Of a system call. x86-64 and arm64 have the first argument of a function in the same register. */
	const char *number, *argument, *result;
	const char *
		high; /* of a division: the upper half of the dividend; `result` has the lower one */
	const char *link; /* with the return address; "": it is on the stack */
};

struct explainer {
	const struct oops_reports *reports;
	const struct oops_report *report;
	const struct oops_context *context; /* of the report; NULL: none */
	const struct oops_context *user; /* with which the process entered the kernel; NULL: none */
	struct oops_verdict *verdict;
	struct oops_instruction instruction;
	struct fact_syndrome syndrome; /* of arm64, riscv64; all is 0: the report does not show it */
	const struct register_uses *names;
	bool out_of_memory;
	struct oops_note lost; /* what is returned for a note if memory runs out */
};

/* Adds a sentence, which begins with a capital letter and ends with a full stop. Sentences after the last possible
 * one are left out. */
void ex_say(struct explainer *ex, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Names the register that the last sentence was about as the bad one. */
void ex_name_bad(struct explainer *ex, const struct oops_number *reg, enum oops_grade grade);
/* Adds a note to a word in a line. Returns it; it is valid until the next one is added. */
struct oops_note *ex_note(struct explainer *ex, struct oops_number word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The first place of `word` in the line, or the start of the line. */
struct oops_number ex_word(const struct explainer *ex, size_t line, const char *word);
/* Is the text in a line of the report? */
bool ex_shows(const struct explainer *ex, const char *word);
/* Notes that a word is no address. */
void ex_mute(struct explainer *ex, struct oops_number word);

static inline const char *ex_line(const struct explainer *ex, size_t line)
{
	return ex->reports->lines.line[line].text;
}

/* The value in hexadecimal digits; HEX: after 0x if few digits would look like a decimal number. The text is valid in
 * the block. */
enum { HEX_TEXT = 20 };
#define DIGITS(VALUE) hex_text(VALUE, "", (char[HEX_TEXT]){ "" })
#define HEX(VALUE) hex_text(VALUE, "0x", (char[HEX_TEXT]){ "" })
const char *hex_text(uint64_t value, const char *mark, char text[HEX_TEXT]);

/* The name of a register as kernels print it: "RBX", "x19". The text is valid in the block. */
#define REGISTER(EXPLAINER, NAME)                                                                  \
	oops_register_text((EXPLAINER)->report->machine, NAME, (char[REGISTER_TEXT]){ "" })

/* "tulip_lookup+0x4c [tulipfs]". The text is valid in the block. */
enum { SYMBOL_TEXT = OOPS_NAME + OOPS_MODULE + 32 };
#define SYMBOL(SYMBOL) oops_symbol_text(SYMBOL, (char[SYMBOL_TEXT]){ "" })
const char *oops_symbol_text(const struct oops_symbol *symbol, char text[SYMBOL_TEXT]);

/* The value of a register; 0 if the text does not show it. */
uint64_t ex_value(const struct explainer *ex, const char *name);
/* Is the report of a machine that kwalk knows? Others have other codes, addresses and instructions. */
bool ex_is_read(const struct explainer *ex);
/* Is the code of the report the error code of an x86 page fault? */
bool ex_has_fault_code(const struct explainer *ex);
/* What entry number `at` of the page tables says. */
void ex_entry(const struct explainer *ex, size_t at, struct fact_entry *found);
/* Adds the sentence about the syndrome of arm64 or the cause of riscv64, if there is one. */
void ex_say_syndrome(struct explainer *ex);

/* The first frame that is certain and no machinery of reports or waiting, after the place of the report, and has none of
 * the roles (FUNCTION_CHECKS and so on). NULL: there is none. */
const struct oops_frame *ex_caller(const struct explainer *ex, unsigned int without);

/* explain_fault.c: page faults and general protection faults, by their instruction. */
void explain_fault(struct explainer *ex);
/* The first lines of the report are missing. CR2 and the instruction may show that it was a page fault. */
void explain_lost_head(struct explainer *ex);
/* explain_rights.c: why the page of a page fault could not be accessed. */
void explain_rights(struct explainer *ex);
/* explain_kinds.c: all other kinds. */
void explain_kind(struct explainer *ex);
/* Hashes of pointers in any report. */
void explain_hashes(struct explainer *ex);

/* The address in the lower 56 bits. The CPU may ignore the upper byte (TCR_EL1.TBI0, TBI1). */
static inline uint64_t without_tag(uint64_t address)
{
	return (uint64_t)((int64_t)(address << 8) >> 8);
}

/* --- pointer.c: what a value is that an instruction has used as a pointer, although it is none --- */

enum oops_pointer {
	OOPS_POINTER_OTHER,
	OOPS_POINTER_NULL,
	OOPS_POINTER_POISON,
	OOPS_POINTER_KERNEL
};

struct oops_meaning {
	enum oops_pointer kind;
	char text[256]; /* with the readings that are possible, such as "NULL", "LIST_POISON1, ..."; a phrase after "holds" or "is" */
};

/* context: its other registers may show a flipped bit. is_mapped: a page is at the address, so the value is not
 * damaged. address: what the instruction accessed, which decides between readings. */
void oops_pointer_read(const struct oops_context *context, uint64_t value, bool is_mapped,
		       uint64_t address, struct oops_meaning *meaning);

/* The bits of an address of x86-64: 48, or 57 with five levels of page tables (CR4.LA57, since 4.14). 0: the text does
 * not show CR4. */
unsigned int oops_address_bits(const struct oops_context *context);
/* Can a page table map the address? If the text does not show how many bits addresses have, the most are assumed.
 * context may be NULL. */
bool oops_is_canonical(uint16_t machine, const struct oops_context *context, uint64_t address);

/* If the values differ in one or two bits, writes "bit 15" or "bits 49 and 52". */
bool oops_bits_differ(uint64_t one, uint64_t other, char text[32]);
