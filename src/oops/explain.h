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
	const char *system_call; /* NULL: not known; owned */
	struct oops_note *note; /* owned; by line, and by `at` */
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
