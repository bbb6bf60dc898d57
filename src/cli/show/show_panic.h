/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of the kernel, for several commands. */
#pragma once

#include "linux/crash/signature.h"
#include "cli/command.h"
#include "cli/show/show_area.h"

/* Returns the message of panic(), or another text if there is no message. The result is static, is
 * the buffer text, or is borrowed from panic. */
enum { PANIC_END = 640 };
const char *show_panic_end(const struct kernel *kernel, const struct panic *panic,
			   char text[PANIC_END]);

/* Returns the status of an answer: "ok" (the kernel panicked), "no-panic" or "unknown". */
const char *show_panic_status(const struct panic *panic);

/* The frames to show. TRACE_TOP: the innermost frames of the CPU that panicked. TRACE_PANICKED: all
 * frames of that CPU. TRACE_ALL: all frames of every CPU. */
enum trace_wish { TRACE_TOP, TRACE_PANICKED, TRACE_ALL };

/* Adds the fields "signature", "crash", "uptime" and "panic" to the open answer. signature may be
 * NULL, which leaves out the first two. */
void show_end(struct session *session, const struct panic *panic, const struct signature *signature,
	      enum trace_wish wish);

/* Adds everything that is known about the panic to the open answer or object. */
void show_panic_fields(struct session *session, const struct panic *panic, enum trace_wish wish);

/* The columns of the fields "reports" and "cpus" in text. */
extern const struct field show_panic_reports[], show_panic_cpus[];
