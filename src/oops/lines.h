/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads a text that contains lines of a kernel's log, in any form in which such texts are sent: the output of
 * dmesg, /dev/kmsg, netconsole, syslog, the journal, pstore, mail, HTML, a terminal with colours. Removes what
 * these put around the kernel's words, joins lines that were broken, and puts parts into order. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/listener.h"

/* A line as the kernel printed it. */
struct oops_line {
	/* Without time, level, caller, host and quotation marks; ends with a NUL, contains no control character
	 * except tabs. Owned by struct oops_lines. */
	const char *text;
	size_t size;
	/* The lines of the text from which it was made, counted from 1; both inclusive. Lines of pstore may be out
	 * of order, so `first` may be lower than in the line before. A line that was torn between two parts of
	 * pstore has the numbers of its first half. */
	size_t first, last;
	bool has_time;
	uint64_t usec; /* microseconds since the boot, by the kernel's clock */
	uint16_t nsec; /* nanoseconds after usec; 0 unless a record of the kernel has them */
	/* Who printed the line (printk_caller_id()): 'T' and the id of a thread, 'C' and the number of a CPU; 0:
	 * not in the text. */
	char caller_kind;
	uint32_t caller;
	/* The line is the first one of a record of another boot or event: the transport says so (a further event
	 * of pstore). */
	bool begins_event;
};

struct oops_lines {
	struct oops_line *line; /* owned */
	size_t nr, room;
	char *text; /* owned: the texts of all lines */
	size_t text_size, text_room; /* of text, while oops_lines_add() is called */
	/* A part of an event of pstore is missing, or the text has too many or too long lines: a sentence, or "". */
	char missing[128];
	/* Borrowed: all loops over the lines ask it whether to stop. NULL: they never stop. */
	const struct listener *listener;
};

/* Returns true, and sets err, if the user wants to stop. */
static inline bool oops_lines_stopped(const struct oops_lines *lines, struct error *err)
{
	return listener_stops(lines->listener) && !fail(err, ERROR_INTERRUPTED, "interrupted");
}

/* Reads the text of size bytes. Returns false and sets err if memory runs out, or if the listener stops it; then, too,
 * oops_lines_release() must be called. Takes linear time. */
bool oops_lines_read(struct oops_lines *lines, const char *text, size_t size,
		     const struct listener *listener, struct error *err);

/* Adds the lines of a message of the kernel's log. `record` has its time and caller, and its number as first and last.
 * Before the first call, *lines must be zeroed, but for the listener. Returns false if memory runs out. */
bool oops_lines_add(struct oops_lines *lines, const struct oops_line *record, const char *message);
/* Must be called after the last message, before the lines are read. */
void oops_lines_end(struct oops_lines *lines);

void oops_lines_release(struct oops_lines *lines);
