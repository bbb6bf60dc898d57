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
	bool scrubs; /* replace names and texts */
	/* With KEEP_PROCESS; owned. */
	struct process *processes;
	size_t nr_processes;
	/* Set by choice_make(): */
	struct keep keep;
	struct kept *kept; /* owned; NULL: KEEP_ALL */
	struct scrub *scrub; /* owned; NULL: without scrubbing */
	uint64_t lost[NR_PAGE_STATES]; /* chosen frames that the dump lacks, by state */
	bool lacked_before; /* the dump already lacked memory */
	struct memory_out all; /* the memory passed to choice_make() */
};

/* Parses the processes of the level. False: an error of usage, or no such process. */
bool choice_parse(struct choice *choice, struct session *session, char **words, struct error *err);

/* Reduces memory, which must outlive the choice, to the chosen frames. False: out of memory, or
 * stopped. */
bool choice_make(struct choice *choice, struct session *session, struct whole_memory *memory,
		 struct error *err);

void choice_release(struct choice *choice); /* zeroed is fine */
