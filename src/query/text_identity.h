/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds out whether a text is about this kernel, and about the boot that is in the dump. Only then do the
 * kernel's symbols say anything about the text, and only then does the memory in the dump. */
#pragma once

#include "base/address_set.h"
#include "linux/task/mm.h"
#include "oops/report.h"
#include "symbols/symbol.h"

struct kernel;
struct text_evidence; /* defined in text_identity.c */

/* --- the process that a text names --- */

struct pid_index;

/* The result of the last look-up. Must be zeroed before the first look-up. */
struct named_process {
	const struct oops_report *report; /* for which `known` and `process` were set; NULL: none */
	bool known;
	struct process process; /* valid if known */
	struct pid_index *pids; /* owned; sorted by pid; NULL: not made yet */
	size_t nr_pids;
};

/* Finds the process of the report. Returns NULL if the report is NULL, or if the process is not in the dump. */
const struct process *named_process(struct named_process *named, struct kernel *kernel,
				    const struct oops_report *report);
void named_process_release(struct named_process *named);

/* --- the functions that a text names --- */

/* Finds the functions that a text names, as in "vfs_read+0x1c/0x310". The size that kernels print is the
 * distance to the next symbol, so it is compared exactly: it shows which of several functions of one
 * name is meant, and that a text is about another build. */

struct text_symbol {
	size_t nr; /* symbols with this name, in the module that the text names */
	/* How many of them have the size in the text; all of nr if the text has no size, or if the size
	 * of a symbol is unknown. */
	size_t nr_fitting;
	struct kernel_symbol symbol; /* the first one that fits; if none fits, the first one */
	uint64_t room; /* the size that this kernel prints for symbol; 0: unknown */
	uint64_t address; /* to which the text refers; valid if nr_fitting is not 0 */
};

/* Returns false if there is no such symbol. */
bool text_symbol_find(struct kernel *kernel, const struct oops_symbol *symbol,
		      struct text_symbol *found);

/* --- the identity --- */

enum text_match {
	/* The text has only numbers, and does not say of which boot they are: the user does. */
	TEXT_GIVEN,
	TEXT_SAME_BOOT, /* proved */
	/* The text is about this kernel. There is no dump; or the text is about another boot; or nothing
	 * shows of which boot it is. */
	TEXT_NO_DUMP,
	TEXT_OTHER_BOOT,
	TEXT_UNKNOWN_BOOT,
	TEXT_OTHER_KERNEL,
	TEXT_OTHER_MACHINE,
};

enum { IDENTITY_TEXT = 512 };

struct text_identity {
	enum text_match match;
	/* The text shows the KASLR offset of its boot. delta: the number that must be added to an
	 * image address of the text. */
	bool has_delta;
	uint64_t delta;
	/* The text may be about a similar build: it shows no release, and the sizes of its functions agree. */
	bool is_doubtful;
	char text[IDENTITY_TEXT]; /* a text about the match, in one line; "": none is needed */
};

struct text_identifier {
	struct kernel *kernel;
	const struct oops_reports *reports; /* of the text; borrowed */
	bool is_own_log; /* the text is the log in the dump */
	bool is_given; /* the text is about the boot in the dump, because the user says so */
	struct text_evidence *evidence; /* owned; in the order of boots */
	size_t nr, room;
	/* The times of lines of the text in microseconds, boot after boot. */
	uint64_t *usec; /* owned */
	size_t nr_usec, usec_room;
	struct address_set log; /* keys of lines in the dump's log, and of their times */
	bool has_log; /* `log` was filled */
	bool log_has_times; /* the whole log was read, and its records have times */
	bool log_is_complete; /* and its first record is the first one of the boot */
	/* The times of its first and last record with a time, in microseconds. */
	uint64_t log_start, log_end;
	struct named_process named; /* the process that the text names last */
	size_t boot; /* the number of the boot of `identity`, counted from 1; 0: none */
	struct text_identity identity;
};

/* Looks for evidence in all lines of the text. */
void text_identifier_read(struct text_identifier *identifier);
void text_identifier_release(struct text_identifier *identifier);

/* Sets *usec to the time from `from` to the end of the dump's log. Returns false if the log has no times, or ends
 * earlier. */
bool text_identifier_age(struct text_identifier *identifier, uint64_t from, uint64_t *usec);

/* Returns the identity of a boot of the text. boot: its number, counted from 1. The result is valid until the next
 * call. */
const struct text_identity *text_identify(struct text_identifier *identifier, size_t boot);
