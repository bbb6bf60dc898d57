/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a dump that extract copies at each level. */
#pragma once

#include "dump/dump.h"
#include "extract/keep.h"
#include "extract/scrub.h"
#include "cli/command.h"
#include "dump/write/whole_memory.h"

struct choice {
	enum keep_level level;
	bool scrubs; /* names and texts are replaced */
	/* For KEEP_PROCESS; owned. */
	struct process *processes;
	size_t nr_processes;
	/* Set by choice_make(): */
	struct keep keep;
	struct kept *kept; /* owned; NULL: KEEP_ALL */
	struct scrub *scrub; /* owned; NULL: without scrubbing */
	/* Number of chosen frames that the dump lacks, by the state of their pages. */
	uint64_t lost[NR_PAGE_STATES];
	bool lacked_before; /* the dump lacked memory even before the extract */
	struct memory_out all; /* the memory passed to choice_make() */
};

/* Reads the processes from the arguments. Returns false if the level cannot be used in this way, or
 * if there is no such process. */
bool choice_parse(struct choice *choice, struct session *session, char **words, struct error *err);

/* Reduces memory to the chosen frames. memory must outlive the choice. Returns false if out of
 * memory, or stopped. */
bool choice_make(struct choice *choice, struct session *session, struct whole_memory *memory,
		 struct error *err);

void choice_release(struct choice *choice); /* choice may be zeroed */
