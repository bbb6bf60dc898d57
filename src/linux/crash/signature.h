/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The parts that are the same in equal crashes of different boots and machines: the message
 * without its numbers, the function, and the functions that called it. */
#pragma once

#include "linux/crash/panic.h"
#include "linux/crash/title.h"

struct signature {
	char title[PANIC_TEXT]; /* numbers are '#'; "": not in the log */
	struct trace trace; /* of the report or message of the title */
	bool guessed; /* the trace had callers with "?" alone: these are its frames */
	uint64_t hash; /* of the title, the function and its callers */
};

/* The signature of a crash that panic_read() found. False: nothing ended this kernel, or nothing
 * is known of its end. */
bool signature_of(struct kernel *kernel, const struct panic *panic, struct signature *signature);
