/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs commands while a recorder notes which data they read, so that the extract contains all of
 * this data. The answers of these commands are dropped. Later, the same commands give the same
 * answers for the extract as for the whole dump. */
#pragma once

#include "extract/keep.h"
#include "extract/scrub.h"
#include "cli/command.h"

struct rehearsal {
	struct session *session; /* the session's commands, kernel and limits are used */
	struct keep *keep;
	enum keep_level level;
	const struct process *processes; /* borrowed: the processes of KEEP_PROCESS */
	size_t nr_processes;
	struct scrub *scrub; /* borrowed: records the data that is read; may be NULL */
};

/* Runs the commands with vmlinux and once more without it, because readers of the extract may not
 * have vmlinux. Forgets all facts. Returns false and sets err if out of memory. */
bool rehearse(const struct rehearsal *rehearsal, struct error *err);
