/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The readers of the forms in which texts are sent, which lines.c calls. */
#pragma once

#include "oops/lines.h"

/* --- prefixes: prefix.c --- */

/* Reads what the kernel and loggers print before the text of a line: level, time, caller, date, host. */

struct prefix {
	bool found; /* the line has a prefix */
	bool is_glued; /* no blank is between the prefix and the text */
	bool has_time;
	uint64_t usec;
	char caller_kind; /* as in struct oops_line */
	uint32_t caller;
	bool of_logger; /* of syslog or of the journal, which write control characters as #011 */
	/* A record of /dev/kmsg or of an extended netconsole, in which "\x09" is a tab. */
	bool of_record;
	uint64_t sequence;
	char flag; /* 'c' or '+': the record is a part of a line; '-' */
	bool is_fragment; /* the rest of a record that netconsole has split */
};

/* Reads the prefix of a line that ends with a NUL. Returns the text after the prefix, or the line. */
const char *prefix_read(const char *line, struct prefix *prefix);

/* --- broken lines: wrapped.c --- */

/* Recognises lines of the kernel that a mailer has broken: a line that ends within a record whose form is known, and
 * the next one begins with what is missing. Lines that the kernel prints one after the other are never taken for
 * a broken one. */

/* Is `next` the rest of `line`? Both end with a NUL and have no prefix (prefix.c). */
bool wrapped_goes_on(const char *line, const char *next);

/* --- pstore: pstore.c --- */

/* Records of pstore: the kernel cuts the end of its log into parts and writes the newest one first, so that the
 * lines of part 1 come after the lines of part 2 (pstore_dump() in fs/pstore/platform.c). */

enum { PSTORE_MOST_PART = 255, PSTORE_EVENT = 24 };

struct pstore_part {
	char event[PSTORE_EVENT]; /* "Oops#1" */
	unsigned int part; /* 1 to PSTORE_MOST_PART */
	uint64_t seconds; /* when it was written, by the name of its file; 0: not known */
	size_t start, end; /* its lines */
	size_t nr; /* of the event */
};

struct pstore {
	struct pstore_part *part; /* owned; in the order of the text */
	size_t nr, room;
};

/* Reads a line such as "Oops#1 Part2", which begins a part. */
bool pstore_head(const char *text, struct pstore_part *part);
/* Is it a line that names the file of the next part, or the line that ramoops writes first? */
bool pstore_is_name(const char *text, uint64_t *seconds);

/* Puts the parts of each event into order, the oldest lines first. Joins lines that were torn between two parts, and
 * sets lines->missing. `spare` has as many bytes as the texts of the lines, with their NULs. */
bool pstore_order(struct oops_lines *lines, struct pstore *pstore, char *spare, struct error *err);
