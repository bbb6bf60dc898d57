/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The description of the machine, for headers and notes of a written dump. */
#pragma once

#include "extract/note_text.h"
#include "dump/write/dump_out.h"

struct cpu_state;
struct kernel;
struct registers;

/* Owns the data that machine borrows, except data of the dump. */
struct machine_known {
	struct machine_out machine;
	struct note_text note; /* lines can be added until machine_known_finish() */
	struct registers *stopped;
	struct cpu_state *cpus; /* NULL: machine uses the CPUs of the dump... */
	uint8_t *cpu_notes; /* ...otherwise these are their notes */
};

/* False: the machine is not known, or interrupted; then nothing needs to be released. */
bool machine_known_find(struct machine_known *known, struct kernel *kernel, struct error *err);
/* The names in init_uts_ns, and their address. False: its symbol or layout is not known. */
bool machine_out_names(struct kernel *kernel, char names[NR_UTS_NAMES][UTS_NAME_SIZE],
		       uint64_t *address);
/* Call it when the note has all its lines. False: out of memory. */
bool machine_known_finish(struct machine_known *known, struct error *err);
void machine_known_release(struct machine_known *known);
