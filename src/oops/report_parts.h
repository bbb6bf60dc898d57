/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the parts of a report, each from one line: registers, the bytes of the code, callers, entries of page
 * tables, the process. report.c decides to which report a line belongs. */
#pragma once

#include "oops/report.h"

enum oops_phase {
	OOPS_HEAD, /* only what happened was read */
	OOPS_BODY, /* the process, registers or callers */
	OOPS_END, /* "end trace", or the end of a block */
};

enum oops_trace_state { OOPS_NO_TRACE, OOPS_IN_TRACE, OOPS_AFTER_TRACE };

/* A report that is being read. */
struct oops_reading {
	struct oops_report report;
	enum oops_phase phase;
	enum oops_trace_state trace;
	bool is_message; /* the title is of oops_title.is_message */
	unsigned int head_rank; /* of report.head; 0: there is none */
	bool has_victim; /* the OOM killer's line about its victim was read */
	size_t context; /* 1 + index of the context whose registers are read; 0: none */
	bool place_is_head; /* the place is from the lines that say what happened */
	bool repeats; /* the registers are the ones of report.context[0] again */
	bool goes_on; /* a line with the process, and another trace, will follow */
	bool just_ended; /* the line before this one was the last one of the report */
	bool panicked; /* panic() was called because of it */
	bool wants_next; /* the title goes on in the next line */
	bool wants_ip; /* the next line is the address of the instruction, or the whole place */
	bool shows_cr2; /* a line that only page faults print */
	bool leaves; /* marks said that the frames of an interrupt or NMI end; no frame has followed */
	bool is_x86; /* the title has words that only x86 prints */
	/* What comes is of another CPU or task than the one that the report is about. */
	enum { OOPS_OWN, OOPS_FOREIGN } owner;
	/* Who printed the lines, as in struct oops_line; the other CPU answers an NMI. */
	char caller_kind, other_kind;
	uint32_t caller, other;
	bool has_time;
	uint64_t usec; /* of the last line */
	size_t overlapped; /* 1 + index of the report that this one followed before that was complete; 0: none */
};

/* A line: `text` is line->text without the blanks at its start. */
struct oops_part {
	const struct oops_line *line;
	const char *text;
	size_t index;
};

/* Each returns false if the line is of another form. Nothing is changed then. */
bool oops_part_place(struct oops_reading *reading, const struct oops_part *part);
bool oops_part_registers(struct oops_reading *reading, const struct oops_part *part);
bool oops_part_code(struct oops_reading *reading, const struct oops_part *part);
bool oops_part_entries(struct oops_reading *reading, const struct oops_part *part);

/* Does the line show a place; does it show a place, or at least two registers? */
bool oops_part_shows_place(const char *text);
bool oops_part_shows_registers(const char *text);
/* Does the line show bytes of code, one of them marked? */
bool oops_part_shows_code(const char *text);

static inline void leave_trace(struct oops_reading *reading)
{
	if (reading->trace == OOPS_IN_TRACE)
		reading->trace = OOPS_AFTER_TRACE;
}

/* Reads a caller, or only marks such as <TASK>, at `text` in the line. Returns the text of the next caller in the line, ""
 * if there is none, or NULL if the line is of another form. */
const char *oops_part_frame(const struct oops_part *part, const char *text,
			    struct oops_frame *frame);

/* Judges the bytes of the code when the machine and the kernel's release ("": unknown) are known. */
void oops_part_settle_code(struct oops_context *context, uint16_t machine, const char *release);

/* Adds a context. Returns NULL, and reads no registers until the next place, if there is no room. */
struct oops_context *oops_part_context(struct oops_reading *reading, size_t line);

/* Stores a number, which need not have all digits, in the current context under this name. */
void oops_part_register(struct oops_reading *reading, const struct oops_part *part,
			const char *name, const char *digits);

/* Notes that digits of a number are missing, or that there are too many. */
void oops_part_damage(struct oops_report *report, const char *name, bool missing);

/* Reads a hexadecimal number, perhaps after "0x", or "(null)" after blanks. Returns the text after it, or NULL.
 * *digits: 0 for "(null)"; the value is 0 if there are more than 16. */
const char *oops_part_number(const char *text, uint64_t *value, size_t *digits);
/* Returns such a number after the first of the marks that a number follows, or NULL. '|' separates the marks. A number
 * after a mark that ends with "0x" includes the "0x". */
const char *oops_number_after(const char *text, const char *marks);
/* Reads such a number, which the line of the part contains at `text`, and where its digits are. */
const char *oops_part_read(const struct oops_part *part, const char *text,
			   struct oops_number *number);

/* --- report_who.c: who the report is about, and what its first line says: CPU, process, kernel, taint, address, code --- */

/* "CPU: 3 PID: 2417 Comm: tulipd Tainted: G  6.8.0 #1", "Pid: 2417, comm: tulipd ..." or "task:tulipd state:D":
 * the line that names the process. */
bool oops_who_is_line(const char *text);
/* Takes the CPU or the process that printed the line, by its id, if none is known. */
void oops_who_caller(struct oops_report *report, char kind, uint32_t caller);
/* Reads such a line, and others that name a process, a workqueue, the kernel's release or the taint. Returns false
 * if the line is none of them. */
bool oops_who_read(struct oops_reading *reading, const struct oops_part *part);

/* Reads the taint, the release and the CPU that old i386 kernels print in the lines of registers: "EIP:    0060:[<c01a2b3c>]
 * Tainted: P      VLI", "EFLAGS: 00010246   (2.6.12)". */
void oops_who_old(struct oops_report *report, const struct oops_part *part);

/* Reads what the first line, or a later line about what happened, says. */
void oops_who_title(struct oops_reading *reading, const struct oops_part *part);
/* Is it a line within a report, which cannot be its first one? */
bool oops_who_is_detail(const char *text);
/* Reads a line that explains what happened. Returns false if it is another line. */
bool oops_who_detail(struct oops_reading *reading, const struct oops_part *part);

/* --- report_kinds.c: the lines with which kernels of all releases begin a report, and what each says about its kind --- */

enum {
	TITLE_ANYWHERE = 1, /* the line contains the start */
	/* The line names the cause, and the kernel reports it by BUG(), WARN() or an exception before or
	 * after this line. */
	TITLE_MESSAGE = 2,
	/* The line continues a report that has only begun; without one, it begins a report. */
	TITLE_LATE = 4,
	TITLE_X86 = 8, /* only x86 prints it */
	TITLE_NO_PLACE = 16, /* the trace is not of the code that it is about */
	TITLE_STACK = 32, /* of the stack segment */
	TITLE_WHOLE = 64, /* the line names the kind of report in its own words */
};

struct oops_title {
	const char *starts; /* '|' separates them; the line begins with one */
	const char *also; /* NULL, or a text that comes later in the line */
	enum oops_kind kind;
	unsigned int is;
};

/* Returns NULL if the line begins no report. `text` has no blanks at its start. */
const struct oops_title *oops_title_find(const char *text);

/* Does a title of this kind say more about the cause than one of `other`? */
bool oops_kind_outranks(enum oops_kind kind, enum oops_kind other);

/* Is the kind one of a set of KIND(WARNING) and so on? */
#define KIND(kind) (UINT64_C(1) << OOPS_##kind)
static inline bool oops_kind_is_any(enum oops_kind kind, uint64_t set)
{
	return set >> kind & 1;
}

/* Returns the message of a panic, or NULL. */
const char *oops_panic_message(const char *text);
/* Does this message only say that an earlier report was the cause? */
bool oops_panic_is_consequence(const char *message, enum oops_kind kind);

/* --- boot.c: a line that contradicts the lines before it is of another boot --- */

/* Reads what the line shows. A line with the time of Linux is of Linux. */
void oops_boot_read(const struct oops_line *line, struct oops_boot *shown);
/* Does what a line shows contradict the boot? */
bool oops_boot_differs(const struct oops_boot *boot, const struct oops_boot *shown);
/* Adds what a line shows to the boot. */
void oops_boot_add(struct oops_boot *boot, const struct oops_boot *shown);
