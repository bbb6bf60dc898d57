/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads what the kernel and loggers print before the text of a line: level, time, caller, date, host. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	bool after_gap; /* "** 12 printk messages dropped **" was before the text */
};

/* Reads the prefix of a line that ends with a NUL. Returns the text after the prefix, or the line. */
const char *prefix_read(const char *line, struct prefix *prefix);
