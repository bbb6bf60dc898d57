/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs commands while a recorder records which data they read, so that the extract contains all
 * these data. The answers are dropped. The same commands will give the same answers for the extract
 * as for the whole dump. */
#pragma once

#include "extract/keep.h"
#include "extract/scrub.h"
#include "cli/command.h"

struct rehearsal {
	struct session *session; /* the commands, kernel and limits of this session are used */
	struct keep *keep;
	enum keep_level level;
	const struct process *processes; /* borrowed; the processes of level KEEP_PROCESS */
	size_t nr_processes;
	struct scrub *scrub; /* borrowed; records names in the data that are read; may be NULL */
};

/* Runs the commands with vmlinux, and again without vmlinux, because readers of the extract may not
 * have it. Forgets all facts. Returns false and sets err if memory is exhausted. */
bool rehearse(const struct rehearsal *rehearsal, struct error *err);
