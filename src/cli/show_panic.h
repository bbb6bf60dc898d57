/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the kernel ended, for several commands. */
#pragma once

#include "cli/command.h"
#include "cli/show_area.h"
#include "linux/crash/panic.h"
#include "oops/explain.h"
#include "output/output.h"

/* Returns the message of panic(). If there is no message, returns another text about the end. The
 * result is a literal, is written to the buffer text, or is borrowed from panic. */
enum { PANIC_END = 640 };
const char *show_panic_end(const struct kernel *kernel, const struct panic *panic,
			   char text[PANIC_END]);

/* Writes a time in seconds since 1970 as a date. */
void show_panic_utc(uint64_t time, char *text, size_t size);

/* Returns the status for an answer: "ok" (the kernel panicked), "no-panic" or "unknown". */
const char *show_panic_status(const struct panic *panic);

/* Which frames are shown. TRACE_TOP: the innermost frames of the CPU that panicked. TRACE_PANICKED:
 * all frames of that CPU. TRACE_ALL: all frames of all CPUs. */
enum trace_wish { TRACE_TOP, TRACE_PANICKED, TRACE_ALL };

/* Adds the fields "signature", "crash", "uptime" and "panic" to the open answer. If signature is
 * NULL, leaves out the first two. */
void show_end(struct session *session, const struct panic *panic, const struct signature *signature,
	      enum trace_wish wish);

/* Adds all that is known about the panic to the open answer or object. */
void show_panic_fields(struct session *session, const struct panic *panic, enum trace_wish wish);

/* How text shows the fields "reports" and "cpus". */
extern const struct field show_panic_reports[], show_panic_cpus[], show_hardware_errors[],
	show_panic_registers[];

/* --- reports --- */

/* Add the sentences of a verdict, and a symbol, to the open object. */
void show_verdict_json(struct output *output, const struct oops_verdict *verdict);
void show_symbol_json(struct output *output, const struct oops_symbol *symbol);
