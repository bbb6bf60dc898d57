/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The parts of a crash that are equal on different boots and machines: the message without its
 * numbers, the function, and its callers. */
#pragma once

#include "linux/crash/panic.h"
#include "linux/crash/title.h"

struct signature {
	char title[PANIC_TEXT]; /* numbers are '#'; "": not in the log */
	struct trace trace; /* trace of the report or message in title */
	bool guessed; /* all callers in the log had "?": the frames are these callers */
	uint64_t hash; /* hash of the title, the function and its callers */
};

/* The signature of a crash found by panic_read(). False: the kernel did not end, or its end is
 * unknown. */
bool signature_of(struct kernel *kernel, const struct panic *panic, struct signature *signature);
