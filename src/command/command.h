/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands: one file and one table entry each. The table serves dispatch,
 * help and completion. To add one: cmd_NAME.c ending in
 * "const struct command command_NAME", its line in FOR_EACH_COMMAND, its line
 * in Makefile.am.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "command/output.h"
#include "command/work.h"
#include "kernel/kernel.h"
#include "kernel/mm.h"

/* What a command works on; owned by main. */
struct session {
	struct kernel *kernel;
	struct output *output;
	const struct command *command; /* the running one */
	struct process process; /* that set chose; valid where has_process */
	bool has_process;
	bool has_doubts; /* the open answer's list of them is begun */
	bool failed;   /* a command could not be answered: exit status 1 */
	bool quit;     /* "quit" was given */
	bool interactive; /* at a prompt on a terminal: help may use a pager */
	volatile sig_atomic_t *interrupted; /* set by Ctrl-C: see command_interrupted() */
	bool told_interrupt; /* the running command has said that it was interrupted */
	struct work work; /* of the running command */
	struct status_line *status_line; /* borrowed */
};

struct command {
	const char *name;
	const char *usage;   /* the arguments: "[-u|-k] ADDR..." */
	const char *summary; /* one line, no full stop */
	const char *details; /* paragraphs for "help NAME"; lines up to 78 columns, the last without newline */
	unsigned int rests_on; /* facts that its answers are as sure as: see facts.h */
	bool tells_doubts; /* in text its answers say so themselves */
	int min_args, max_args; /* after the name, options included; max -1: no limit */
	/* argv[0] is the command's name, argv[argc] is NULL. Answers and
	 * complaints are made on the way. False with err set means that the
	 * command as a whole could not run (wrong option, missing fact). */
	bool (*run)(struct session *session, int argc, char **argv,
		    struct error *err);
	/* Instead of run, where each argument has an answer of its own: called
	 * for each, complained of where it fails, until interrupted. */
	bool (*answer)(struct session *session, const char *argument,
		       struct error *err);
};

// clang-format off
#define FOR_EACH_COMMAND(X) \
	X(areas) X(btop) X(check) X(help) X(info) X(iomem) X(ioports) X(page) \
	X(page_to_pfn) X(page_to_phys) X(pagemap) X(pfn_to_page) \
	X(phys_to_page) X(pt) X(pte) X(ptob) X(ptov) X(quit) X(rd) X(region) \
	X(regions) X(set) X(shared) X(sym) X(tasks) X(virt_to_page) \
	X(vmas) X(vtop)
// clang-format on

#define DECLARE_COMMAND(NAME) extern const struct command command_##NAME;
FOR_EACH_COMMAND(DECLARE_COMMAND)
#undef DECLARE_COMMAND

/* All commands in alphabetical order, NULL-terminated. */
extern const struct command *const commands[];

/* Exact name (or alias: q, exit), else the unique command that starts with it. */
const struct command *command_find(const char *name, struct error *err);

/* Runs the commands of one line, separated by ';': words, "!shell", "command |
 * shell" (see words.h). line is modified. Empty lines and comments do nothing.
 * Failures are complained of, noted in session->failed, and end nothing. */
void command_run_line(struct session *session, char *line);

/* Runs a text of lines (argument of -c). */
void command_run_text(struct session *session, const char *text);

/* No more commands are to be run: quit was given, or standard output is gone. */
bool command_stop(const struct session *session);

/* A command that loops must look: Ctrl-C was pressed, or nobody reads the
 * answers any more. Shows progress, too. */
bool command_interrupted(struct session *session);

/* Between a search that Ctrl-C ended and the answers from what it found: these
 * end at the next Ctrl-C. Goes in pairs; interrupted is what the first gave. */
bool command_put_off_interrupt(struct session *session);
void command_resume_interrupt(struct session *session, bool interrupted);

/* Complains "kwalk: COMMAND: ARGUMENT: message" on standard error, answers an
 * error object in JSON mode, and marks the session failed. argument may be NULL.
 * An ERROR_INTERRUPTED for want of a reader is no failure. */
void command_complain(struct session *session, const char *argument,
		      const struct error *err);

/* The same where the answer itself already says in JSON what is wrong. */
void command_complain_of_answer(struct session *session, const char *argument,
				const struct error *err);

/* The doubtful facts that the running command's answers rest on, for an answer's
 * own text: "vmemmap (why); ...". False where there are none. */
bool command_doubts(const struct session *session, char *text, size_t size);

/* Parses NUMBER (hex, with or without 0x), SYMBOL, &SYMBOL and sums of these
 * with + and -. A word of hexadecimal digits alone is a number. */
bool command_parse_address(struct session *session, const char *text,
			   uint64_t *address, struct error *err);

/* The same of a physical address: no symbols. */
bool command_parse_physical(const char *text, uint64_t *paddr,
			    struct error *err);

/* Hexadecimal number, with or without 0x, nothing else. */
bool command_parse_hex(const char *text, uint64_t *value, struct error *err);
/* Decimal unless 0x is written. */
bool command_parse_count(const char *text, uint64_t *value, struct error *err);
