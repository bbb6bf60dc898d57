/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What extract hands on at each level. */
#pragma once

#include "keep/keep.h"
#include "session/command.h"

struct choice {
	struct keep keep;
	struct kept *kept; /* owned */
	uint64_t lost[NR_PAGE_STATES]; /* frames that were chosen, but the dump lacks */
};

/* Of frames below nr_frames. processes: for KEEP_PROCESS. False, with nothing to release:
 * out of memory, or stopped. */
bool choice_make(struct choice *choice, struct session *session,
		 enum keep_level level, const struct process *processes,
		 size_t nr_processes, uint64_t nr_frames, struct error *err);
void choice_release(struct choice *choice);
