/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The work of each command, which --stats shows. */
#pragma once

#include "base/counts.h"
#include "output/output.h"

/* A zeroed struct belongs to a program that has not run a command yet. */
struct stats {
	struct read_counts counts; /* of all commands, and of opening the dump */
	/* The values when the running command began. */
	struct read_counts before;
	uint64_t started, used; /* elapsed time and processor time in nanoseconds */
};

/* Both do nothing if stats is NULL. stats_say() writes a line on standard error, after
 * all answers. */
void stats_start(struct stats *stats);
void stats_say(const struct stats *stats, struct output *output, const char *command);
