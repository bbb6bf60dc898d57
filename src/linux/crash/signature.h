/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The signature of a crash consists of the parts that are equal on different boots and machines:
 * the message without its numbers, the function, and its callers. */
#pragma once

#include "linux/crash/panic.h"
#include "linux/crash/title.h"

struct signature {
	char title[PANIC_TEXT]; /* message with '#' instead of numbers; "": not in the log */
	struct trace trace; /* the trace of the report or message in title */
	bool guessed; /* true: all frames of trace are doubtful (marked with "?" in the log) */
	uint64_t hash; /* hash of title, function and callers */
};

/* Makes the signature of a crash that panic_read() found. Returns false if the kernel did not
 * crash, or if its end is unknown. */
bool signature_of(struct kernel *kernel, const struct panic *panic, struct signature *signature);
