/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What the parts of the explanation share: the report, and the verdict to which they add sentences and
 * notes. */
#pragma once

#include <inttypes.h>

#include "oops/explain.h"
#include "oops/instruction.h"

struct explainer {
	const struct oops_reports *reports;
	const struct oops_report *report;
	const struct oops_context *context; /* of the report; NULL: none */
	const struct oops_context *user; /* with which the process entered the kernel; NULL: none */
	struct oops_verdict *verdict;
	struct oops_instruction instruction;
	bool out_of_memory;
	struct oops_note lost; /* what is returned for a note if memory runs out */
};

/* Adds a sentence, which begins with a capital letter and ends with a full stop. Sentences after the last possible
 * one are left out. */
void explainer_say(struct explainer *explainer, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Names the register that the last sentence was about as the bad one. */
void explainer_name_bad(struct explainer *explainer, const struct oops_register *reg,
			enum oops_grade grade);
/* Adds a note to a word in a line. Returns it; it is valid until the next one is added. */
struct oops_note *explainer_note(struct explainer *explainer, size_t line, size_t at, size_t size,
				 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Notes that a word is no address. */
void explainer_mute(struct explainer *explainer, size_t line, size_t at, size_t size);

static inline const char *explainer_line(const struct explainer *explainer, size_t line)
{
	return explainer->reports->lines.line[line].text;
}

/* Few digits would look like a decimal number. */
#define HEX "%s%" PRIx64
#define HEX_OF(value) (value) >> 28 ? "" : (value) > 9 ? "0x" : "", (value)

/* Writes the name of a register as kernels print it: "RBX", "x19". */
const char *register_text(const struct explainer *explainer, const char *name,
			  char text[REGISTER_TEXT]);

/* Writes "tulip_lookup+0x4c [tulipfs]". */
enum { SYMBOL_TEXT = OOPS_NAME + OOPS_MODULE + 32 };
const char *oops_symbol_text(const struct oops_symbol *symbol, char text[SYMBOL_TEXT]);

/* The first frame that is certain and no machinery of reports or waiting, after the place of the report. Leaves out
 * functions for which is_left_out is true; NULL: none. Returns NULL if there is no such frame. */
const struct oops_frame *explainer_caller(const struct explainer *explainer,
					  bool (*is_left_out)(const char *function));
/* Does the function only check or allocate memory? Then its caller is of interest. */
bool is_checker(const char *function);
/* Does the function wait for a spinlock, or another lock that spins? */
bool is_spinning(const char *function);

/* explain_fault.c: page faults and general protection faults, by their instruction. */
void explain_fault(struct explainer *explainer);
/* The first lines of the report are missing. CR2 and the instruction may show that it was a page fault. */
void explain_lost_head(struct explainer *explainer);
/* explain_kinds.c: all other kinds. */
void explain_kind(struct explainer *explainer);
/* Hashes of pointers in any report. */
void explain_hashes(struct explainer *explainer);
