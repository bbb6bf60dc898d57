/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The work of each command, which --stats shows. */
#pragma once

#include <stdint.h>

#include "base/counts.h"

/* A zeroed struct belongs to a program that has not run a command yet. */
struct stats {
	struct read_counts counts; /* of all commands, and of opening the dump */
	/* The values when the running command began. */
	struct read_counts before;
	uint64_t started, used; /* elapsed time and processor time in nanoseconds */
};
