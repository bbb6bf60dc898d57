/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a dump that the command extract copies at each level. */
#pragma once

#include "dump/dump.h"
#include "extract/keep.h"
#include "extract/scrub.h"
#include "cli/command.h"
#include "dump/write/whole_memory.h"

struct choice {
	enum keep_level level;
	bool scrubs; /* names and texts are replaced */
	/* The processes of level KEEP_PROCESS; owned. */
	struct process *processes;
	size_t nr_processes;
	/* Set by choice_make(): */
	struct keep keep;
	struct kept *kept; /* owned; NULL: KEEP_ALL */
	struct scrub *scrub; /* owned; NULL: nothing is scrubbed */
	/* Number of chosen frames that are not in the dump, by the state of their pages. */
	uint64_t lost[NR_PAGE_STATES];
	bool lacked_before; /* the dump lacks memory, for example because it is an extract itself */
	struct memory_out all; /* the whole memory, which was passed to choice_make() */
};

/* Reads the names of processes from the arguments. Fails if the level does not allow these
 * arguments or --scrub, or if a process does not exist. */
bool choice_parse(struct choice *choice, struct session *session, char **words, struct error *err);

/* Reduces memory to the chosen frames. memory must exist longer than the choice. Fails if memory is
 * exhausted or the user stopped the command. */
bool choice_make(struct choice *choice, struct session *session, struct whole_memory *memory,
		 struct error *err);

void choice_release(struct choice *choice); /* all members of choice may be zero */
