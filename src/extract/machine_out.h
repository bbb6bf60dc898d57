/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The description of the machine in the headers and notes of a dump that is written. */
#pragma once

#include "extract/note_text.h"
#include "dump/write/dump_out.h"

struct cpu_state;
struct kernel;
struct registers;

/* Owns the data that machine borrows, except data of the dump. */
struct machine_known {
	struct machine_out machine;
	struct note_text note; /* lines may be added; see machine_known_finish() */
	struct registers *stopped;
	struct cpu_state *cpus; /* NULL: machine's are the dump's... */
	uint8_t *cpu_notes; /* ...otherwise these hold their notes */
};

/* False if the machine is not known, or if interrupted; then nothing needs to be released. */
bool machine_known_find(struct machine_known *known, struct kernel *kernel, struct error *err);
/* The names in init_uts_ns, and its address; false where its symbol or layout is not known. */
bool machine_out_names(struct kernel *kernel, char names[NR_UTS_NAMES][UTS_NAME_SIZE],
		       uint64_t *address);
/* To be called when the note has all its lines. False: out of memory. */
bool machine_known_finish(struct machine_known *known, struct error *err);
void machine_known_release(struct machine_known *known);
