/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The description of the machine, for the headers and notes of a new dump. */
#pragma once

#include "extract/note_text.h"
#include "dump/write/dump_out.h"

struct cpu_state;
struct kernel;
struct registers;

/* The description, together with the memory that it borrows. Only data of the open dump are
 * borrowed from elsewhere. */
struct machine_known {
	struct machine_out machine;
	struct note_text note; /* lines can be added before machine_known_finish() */
	struct registers *stopped;
	struct cpu_state *cpus; /* owned; NULL: the description uses the CPUs of the dump */
	uint8_t *cpu_notes; /* notes of cpus */
};

/* Finds the description. Returns false and sets err if the machine is unknown, or if the user
 * stopped the search. If it returns false, *known need not be released. */
bool machine_known_find(struct machine_known *known, struct kernel *kernel, struct error *err);
/* Reads the names in init_uts_ns, and sets *address to its virtual address. Returns false if the
 * symbol or the layout of init_uts_ns is unknown. */
bool machine_out_names(struct kernel *kernel, char names[NR_UTS_NAMES][UTS_NAME_SIZE],
		       uint64_t *address);
/* Puts the finished note into the description. Call this after all lines were added to the note.
 * Returns false if memory is exhausted. */
bool machine_known_finish(struct machine_known *known, struct error *err);
void machine_known_release(struct machine_known *known);
