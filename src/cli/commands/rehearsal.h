/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that answer into nothing over a recorder, so that what they read is kept: then
 * the dump that is written answers them as the whole one does. */
#pragma once

#include "extract/keep.h"
#include "extract/scrub.h"
#include "cli/command.h"

struct rehearsal {
	struct session *session; /* whose commands, kernel and bounds */
	struct keep *keep;
	enum keep_level level;
	const struct process *processes; /* borrowed: asked for by KEEP_PROCESS */
	size_t nr_processes;
	struct scrub *scrub; /* borrowed: records what is read; may be NULL */
};

/* With vmlinux, and once more without it: who gets the dump may have none. All facts are
 * forgotten. False with err: out of memory. */
bool rehearse(const struct rehearsal *rehearsal, struct error *err);
