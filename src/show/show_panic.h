/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ended the kernel, for the commands that tell it. */
#pragma once

#include "answers/signature.h"
#include "session/command.h"
#include "show/show_area.h"

/* What to say where there is no message of panic(). Borrowed from panic, or static. */
const char *show_panic_end(const struct panic *panic);

/* "ok" (it panicked), "no-panic", "unknown": status of a JSON answer. */
const char *show_panic_status(const struct panic *panic);

/* The fields "signature" and "crash" (signature: NULL if there is none), "uptime" and "panic"
 * of the open JSON answer. */
void show_end(struct session *session, const struct panic *panic,
	      const struct signature *signature);

/* All that is known of it, as fields of the open JSON answer or object. */
void show_panic_fields(struct session *session, const struct panic *panic);

/* The name in this kernel's mode; NULL: the machine has no such register, or its value is
 * not known. */
const char *show_register_name(const struct session *session,
			       const struct registers *registers,
			       enum cpu_register which);

/* What an instruction pointer points to: a symbol, or else the name of a region. */
struct code_target {
	char symbol[SYMBOL_TEXT]; /* "": none */
	const char *region; /* NULL: unknown */
};
struct code_target show_code_target(struct session *session, uint64_t ip);

/* A report of the log as one line: its time, text and count. */
enum { LOG_REPORT_TEXT = REPORT_TEXT + 64 };
void log_report_text(const struct log_report *report,
		     char text[LOG_REPORT_TEXT]);

/* The reports of the log, a line of text each behind the heading, the first one first.
 * but: not this one, if it came once; NULL: all. */
void show_reports(struct session *session, const struct log_reports *reports,
		  const char *but, const char *heading);
