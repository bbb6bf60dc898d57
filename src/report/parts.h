/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a report that consist of lists. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "check/check.h"
#include "debuginfo/lines.h"
#include "kernel/kernel.h"
#include "report/frame_map.h"
#include "report/users/amounts.h"
#include "report/users/process_map.h"

/* --- the last lines of the log, and the first report of trouble in it --- */

enum { LOG_PAGE_LINES = 60, LOG_CAUSE_LINES = 96, LOG_LINE_NOTES = 8, LOG_TEXT = 1024 };

struct log_note {
	char word[160], text[320]; /* word: an address as it is in the line; text: its meaning */
	char file[CODE_PATH_MAX]; /* the source file of the code there; "": not known */
	unsigned int line;
};

struct log_line {
	bool has_time, has_level;
	uint64_t ts_nsec; /* nanoseconds since boot, as the log's clock counted them */
	uint8_t level; /* syslog level; 0 is the most serious level */
	bool of_process; /* a process wrote it, not the kernel */
	bool cut; /* the record was too long, so text contains only its start */
	char text[LOG_TEXT];
	struct log_note note[LOG_LINE_NOTES];
	size_t nr_notes;
};

struct log_page {
	bool known;
	struct error why;
	struct log_line *line; /* owned; sorted, the oldest first */
	size_t nr;
	/* owned; the lines of the first report, beginning with the line that begins the trouble */
	struct log_line *cause;
	size_t nr_cause;
	uint64_t nr_records; /* number of all records in the log */
	struct damages damages;
};

/* --- the findings of the command check, and the places at which it found trouble --- */

struct finding {
	enum check check;
	enum check_status status;
	char *message; /* owned */
	/* True if the places that the check found are listed with this finding. They are listed
	 * with the check's first finding that is not CHECK_OK, if there are at least two places. */
	bool has_places;
};

/* A place at which a check found trouble. */
struct finding_place {
	enum check check; /* the check that found the place */
	char *text; /* owned */
};

struct findings {
	struct finding *finding; /* owned */
	size_t nr, room;
	struct finding_place *place; /* owned; in the order in which the checks found the places */
	size_t nr_places, room_places;
	bool cut; /* memory was exhausted, so findings are missing */
};
