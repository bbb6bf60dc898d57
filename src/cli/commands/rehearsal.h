/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs commands over a recorder, without output, so that all that they read is kept. The dump
 * that is written then gives the same answers as the whole dump. */
#pragma once

#include "extract/keep.h"
#include "extract/scrub.h"
#include "cli/command.h"

struct rehearsal {
	struct session *session; /* its commands, kernel and bounds are used */
	struct keep *keep;
	enum keep_level level;
	const struct process *processes; /* borrowed: asked for by KEEP_PROCESS */
	size_t nr_processes;
	struct scrub *scrub; /* borrowed: records what is read; may be NULL */
};

/* Runs with vmlinux, and once more without it: readers of the dump may have no vmlinux. All
 * facts are forgotten. False with err: out of memory. */
bool rehearse(const struct rehearsal *rehearsal, struct error *err);
