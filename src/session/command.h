/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands, and the session that they run in. Each command has a file and a row
 * in the table (command/commands.h) that serves dispatch, help and completion.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/kernel.h"
#include "output/output.h"
#include "session/work.h"
#include "tasks/mm.h"

struct damages;

/* Owned by main; kernel and output outlive it. */
struct session {
	struct kernel *kernel;
	struct output *output;
	const struct command *const *commands; /* NULL-terminated */
	const struct command
		*command; /* the running one; NULL between commands */
	struct process process; /* chosen by set; valid if has_process */
	bool has_process;
	bool failed; /* a command or argument had no answer: exit status 1 */
	bool quit; /* no more commands are to be run */
	bool interactive; /* at the prompt: tables repeat their heading, help may use a pager */
	bool told_interrupt; /* the running command has reported its interruption */
	struct work work; /* progress of the running command */
};

/* Facts that the answers of most commands rest on: of those that walk page tables,
 * and of those that show struct pages as well. */
enum {
	RESTS_ON_WALKS = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES |
			 RESTS_ON_SYMBOLS,
	RESTS_ON_FRAMES = RESTS_ON_WALKS | RESTS_ON_PAGES,
};

struct command {
	const char *name;
	const char *usage;   /* the arguments: "[-u|-k] ADDR..." */
	const char *summary; /* one line, no full stop */
	const char *
		details; /* for "help NAME": lines of up to 78 columns, no newline at the end */
	unsigned int
		rests_on; /* set of facts that the answers depend on: see facts.h */
	bool tells_doubts; /* text answers show session_doubts() themselves */
	int min_args, max_args; /* including options; max_args -1: no limit */
	/* argv[0] is the command's name, argv[argc] is NULL. Prints answers, and
	 * reports arguments that have none. False with err set: the command as a
	 * whole failed (wrong option, missing fact). */
	bool (*run)(struct session *session, int argc, char **argv,
		    struct error *err);
	/* Used if run is NULL: answers one argument, or fails and leaves the
	 * report to the caller. */
	bool (*answer)(struct session *session, const char *argument,
		       struct error *err);
};

/* The command of that name or alias (q, exit), or else the only one whose name
 * starts with it. NULL with err set if there is none or more than one. */
const struct command *command_find(const struct command *const *commands,
				   const char *name, struct error *err);

/* Run no more commands: after quit, or when standard output failed. */
bool session_ended(const struct session *session);

/* To be called in every loop of a command: true after Ctrl-C and when standard
 * output failed. Counts as a step of progress. */
bool session_interrupted(struct session *session);

/* Prints "kwalk: COMMAND: ARGUMENT: message" on standard error and, in JSON
 * mode, an error object, and marks the session failed. argument may be NULL.
 * ERROR_INTERRUPTED without a Ctrl-C (a closed pipe) is not reported. */
void session_complain(struct session *session, const char *argument,
		      const struct error *err);
/* The same if no command runs: command is "!" or "|" or the word given. */
void session_complain_as(struct session *session, const char *command,
			 const char *argument, const struct error *err);
/* The same without an error object: the JSON answer has the message. */
void session_complain_of_answer(struct session *session, const char *argument,
				const struct error *err);
/* Reports each of the damages, then the number of further ones. */
void session_complain_of_damages(struct session *session, const char *argument,
				 const struct damages *damages);

/* The doubtful facts among those that the running command rests on, as text:
 * "vmemmap (why); ...". False if there are none. */
bool session_doubts(const struct session *session, char *text, size_t size);
/* Reports them on standard error, in text mode. */
void session_complain_of_doubts(struct session *session);
/* Adds them as a list to the open JSON answer; arg is the session. */
void session_add_doubts(void *arg);

/* NUMBER (hexadecimal, 0x is optional), SYMBOL, &SYMBOL, and sums and
 * differences of these. A word of hexadecimal digits is a number. */
bool parse_address(struct session *session, const char *text, uint64_t *address,
		   struct error *err);
/* The same for a physical address: without symbols. */
bool parse_physical(const char *text, uint64_t *paddr, struct error *err);
/* A hexadecimal number; 0x is optional. */
bool parse_hex(const char *text, uint64_t *value, struct error *err);
/* A decimal number, or a hexadecimal one with 0x. */
bool parse_count(const char *text, uint64_t *value, struct error *err);
