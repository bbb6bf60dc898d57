/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands, and the session that they run in. Each command has a row in the table
 * (command/commands.h) that serves dispatch, help and completion. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/kernel.h"
#include "output/output.h"
#include "output/say.h"
#include "session/arguments.h"
#include "tasks/mm.h"

struct damages;

/* A line on the terminal if a command runs for more than a second without output. */
struct work {
	struct status_line *line; /* borrowed; set by the owner */
	const char *command; /* borrowed; NULL: show nothing */
	uint64_t started, next; /* update of the line, in milliseconds */
	uint64_t nr_steps;
};

/* Owned by main; kernel and output outlive it. */
struct session {
	struct kernel *kernel;
	struct output *output;
	const struct command *const *commands; /* NULL-terminated */
	const struct command *command; /* the running one, or NULL */
	struct process process; /* chosen by set; valid if has_process */
	bool has_process;
	bool failed; /* a command or argument had no answer: exit status 1 */
	bool quit; /* no more commands are to be run */
	bool interactive; /* tables repeat their heading, help may use a pager */
	bool told_interrupt; /* the running command has reported it */
	struct work work; /* of the running command */
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
	const char *usage; /* the arguments, "[-u|-k] ADDR..."; "": none */
	const char *summary; /* one line, no full stop */
	/* For "help NAME": lines of up to 78 columns, no newline at the end. */
	const char *details;
	unsigned int rests_on; /* set of facts (facts.h) behind the answers */
	bool tells_doubts; /* text answers show session_doubts() themselves */
	unsigned int min_args; /* including options; at least 1 with answer() */
	unsigned int max_args; /* 0: no limit, or none if usage is empty */
	/* words are the arguments, NULL-terminated. Prints answers, and reports
	 * arguments that have none. False with err set: the command as a whole
	 * failed (wrong option, missing fact). */
	bool (*run)(struct session *session, char **words, struct error *err);
	/* If run is NULL: answers one argument, or fails and is reported. */
	bool (*answer)(struct session *session, const char *argument,
		       struct error *err);
};

/* The command of that name or alias (q, exit), or else the only one whose name
 * starts with it. NULL with err set if there is none or more than one. */
const struct command *command_find(const struct command *const *commands,
				   const char *name, struct error *err);

/* Runs the commands of one line (see words.h for the syntax); modifies line. A
 * failed command is reported and noted in session->failed; the next one runs. */
void session_run_line(struct session *session, char *line);
/* Runs the lines of a text (argument of -c). */
void session_run_text(struct session *session, const char *text);

/* Run no more commands: after quit, or when standard output failed. */
bool session_ended(const struct session *session);

/* To be called in every loop of a command: true after Ctrl-C and when standard
 * output failed. Counts as a step of progress. */
bool session_interrupted(struct session *session);

/* Shows nothing if standard error is no terminal. */
void work_start(struct work *work, const char *command);
/* Ends the display, at the latest when the command ends. */
void work_end(struct work *work);

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
void session_complain_of_damages(struct session *session,
				 const struct damages *damages);

/* The doubtful facts among those that the running command rests on, as text:
 * "vmemmap (why); ...". False if there are none. */
enum { DOUBTS_SIZE = 1024 };
bool session_doubts(const struct session *session, char text[DOUBTS_SIZE]);
/* Reports them on standard error, in text mode. */
void session_complain_of_doubts(struct session *session);
/* Adds them as a list to the open JSON answer; arg is the session. */
void session_add_doubts(void *arg);
