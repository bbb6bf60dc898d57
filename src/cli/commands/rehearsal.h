/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs commands over a recorder, without output, so that all data that they read is kept. The
 * written dump then gives the same answers as the whole dump. */
#pragma once

#include "extract/keep.h"
#include "extract/scrub.h"
#include "cli/command.h"

struct rehearsal {
	struct session *session; /* its commands, kernel and limits are used */
	struct keep *keep;
	enum keep_level level;
	const struct process *processes; /* borrowed: the processes of KEEP_PROCESS */
	size_t nr_processes;
	struct scrub *scrub; /* borrowed: records data that is read; may be NULL */
};

/* Runs the commands with vmlinux, and once more without it: readers of the dump may lack vmlinux.
 * Forgets all facts. False with err: out of memory. */
bool rehearse(const struct rehearsal *rehearsal, struct error *err);
