/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of the kernel, for the commands that show it. */
#pragma once

#include "linux/crash/signature.h"
#include "cli/command.h"
#include "cli/show/show_area.h"

/* Returns the message of panic(), or a text if there is no message. The result is text, or is
 * borrowed from panic, or static. */
enum { PANIC_END = 640 };
const char *show_panic_end(const struct kernel *kernel, const struct panic *panic,
			   char text[PANIC_END]);

/* The status of an answer: "ok" (the kernel panicked), "no-panic" or "unknown". */
const char *show_panic_status(const struct panic *panic);

/* The frames to show: the innermost frames of the CPU that panicked, all frames of that CPU, or all
 * frames of every CPU. */
enum trace_wish { TRACE_TOP, TRACE_PANICKED, TRACE_ALL };

/* Shows the fields "signature", "crash", "uptime" and "panic" of the open answer. signature may be
 * NULL: then the first two are left out. */
void show_end(struct session *session, const struct panic *panic, const struct signature *signature,
	      enum trace_wish wish);

/* Shows all that is known of the panic, as fields of the open answer or object. */
void show_panic_fields(struct session *session, const struct panic *panic, enum trace_wish wish);

/* Columns of the fields "reports" and "cpus" in text. */
extern const struct field show_panic_reports[], show_panic_cpus[];
