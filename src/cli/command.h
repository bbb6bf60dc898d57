/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands, and the session that they run in. Each command has a row in the table
 * (cli/commands/commands.h) that serves dispatch, help and completion. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kernel.h"
#include "output/output.h"
#include "output/say.h"
#include "cli/arguments.h"
#include "cli/option.h"
#include "linux/task/mm.h"

struct alias;
struct damages;
struct pager;

/* A line on the terminal if a command runs for more than a second without output. */
struct work {
	struct status_line *line; /* borrowed; set by the owner */
	const char *command; /* borrowed; NULL: show nothing */
	uint64_t started, next; /* update of the line, in milliseconds */
	uint64_t nr_steps;
	/* Milliseconds without an answer or progress that end a command; 0: no end. */
	uint64_t timeout;
	uint64_t quiet_since;
	uint64_t written; /* output_written() at that time */
	bool has_end; /* the work's end is known: show percent, not the steps */
	unsigned int percent;
};

/* The page table that a command walks: see tables.h. */
struct table_choice {
	const char *process_word, *root_word; /* values of -p and -r, or NULL */
	bool given; /* given by an option: kernel addresses are walked in it, too */
	bool chosen; /* by an option or by set */
	struct process process; /* valid if chosen */
};

/* Owned by main; kernel and output outlive it. */
struct session {
	struct kernel *kernel;
	struct output *output;
	const struct command *const *commands; /* NULL-terminated */
	const struct alias *aliases; /* of the commands (alias.h); may be NULL */
	const struct command *command; /* the running one, or NULL */
	const char *script; /* the file that commands are read from, or NULL */
	uint64_t script_line; /* line of the script, or of standard input; 0: neither */
	bool in_script; /* commands, or requests, are read from a script or standard input */
	const char *pasted; /* text that annotate explains in place of a file, or NULL */
	struct process process; /* chosen by set; valid if has_process */
	bool has_process;
	const char *guest; /* the open virtual machine, as named by the user; NULL: none */
	struct table_choice table; /* of the running command */
	/* The running command's struct of options: zero where an option is not given. */
	void *given;
	uint64_t max_lines; /* of the answers of one command; 0: no bound */
	bool failed; /* a command or argument had no answer: exit status 1 */
	bool quit; /* no more commands are to be run */
	struct pager *pager; /* pager.h; borrowed */
	bool interactive; /* tables repeat their heading for each command */
	bool told_table; /* that a CPU happened to use */
	bool told_changes; /* changes of files since they were opened have been reported */
	bool told_interrupt; /* the running command has reported it */
	struct work work; /* of the running command */
	/* Does the program that commands come from want the running one to end? May be
	 * NULL. */
	bool (*peer_interrupts)(void *peer);
	void *peer;
	/* Receives complaints and notes in place of standard error; notes come with ERROR_NONE.
	 * May be NULL. */
	void (*take_complaint)(void *arg, enum error_code code, const char *message);
	void *complaint_arg;
	/* Has the kernel forget what a command that was stopped may have left
	 * incomplete; may be NULL. */
	void (*forget)(struct kernel *kernel);
	/* Opens another dump beside the open one, and closes it again; one at a time. The words
	 * of a command name its files, as on a command line. Both are NULL where this is not
	 * possible. */
	struct kernel *(*open_other)(struct session *session, char **words, struct error *err);
	void (*close_other)(struct kernel *other);
	struct kernel *other; /* opened by open_other(); NULL: none */
};

/* Facts that the answers of most commands rest on: commands that walk page tables, and commands
 * that also show struct pages. */
enum {
	RESTS_ON_WALKS = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	RESTS_ON_FRAMES = RESTS_ON_WALKS | RESTS_ON_PAGES,
};

/* Which words of a command are virtual addresses: NAME:all stands for several there. */
enum command_addresses {
	NO_ADDRESSES,
	MANY_ADDRESSES, /* one answer for each */
	ONE_ADDRESS, /* the command is run for each CPU */
};

enum command_group {
	GROUP_TRANSLATE,
	GROUP_MEMORY,
	GROUP_PROCESSES,
	GROUP_KERNEL,
	GROUP_DEVICES,
	GROUP_DUMP,
	GROUP_SESSION,
	NR_COMMAND_GROUPS
};

/* The size of a command's struct of options, and the offset of a row's member in it. */
enum { MOST_GIVEN = 256 };
#define GIVEN(STRUCT)                                                                              \
	(sizeof(struct STRUCT) + 0 * sizeof(char[sizeof(struct STRUCT) <= MOST_GIVEN ? 1 : -1]))
#define AT(STRUCT, MEMBER) .at = offsetof(struct STRUCT, MEMBER)
/* A table of these rows. */
#define ARGUMENTS(...) ((const struct command_argument[]){ __VA_ARGS__, { 0 } })

struct command {
	const char *name;
	/* Other names of the command, and words that it is suggested for, separated by blanks.
	 * NULL: none. */
	const char *also, *meant_by;
	enum command_group group; /* under which help lists it */
	const struct command_option *options; /* NULL: none */
	const struct command_argument *arguments; /* NULL: none */
	size_t given_size; /* of its struct of options: GIVEN() */
	const struct record *record; /* the fields of its answers; NULL: usual fields */
	const char *summary; /* one line, no full stop */
	/* For "help NAME", before the options: lines of up to 78 columns, no newline at the end. */
	const char *details;
	unsigned int rests_on; /* set of facts (facts.h) behind the answers */
	enum command_addresses addresses;
	bool takes_values; /* words like -22 are arguments; options come first */
	bool answers_unopened; /* in JSON, "error" for a dump that cannot be opened */
	bool chooses_table; /* run() calls session_choose_table() itself */
	bool silent; /* an empty answer in text is a success */
	bool tells_doubts; /* text answers show session_doubts() themselves */
	/* words are the arguments, NULL-terminated, as many as the command takes; options are in
	 * session->given. Prints answers, and reports
	 * arguments that have none. False with err set: the command as a whole
	 * failed (wrong option, missing fact). */
	bool (*run)(struct session *session, char **words, struct error *err);
	/* If run is NULL: answers one argument, or fails and is reported. */
	bool (*answer)(struct session *session, const char *argument, struct error *err);
};

/* Fields that are the same in all commands. */
extern const struct field common_fields[];

/* The command of that name, or else the only one whose name starts with it. NULL with err set if
 * there is none or more than one: err suggests the nearest name, also among aliases (may be
 * NULL). */
const struct command *command_find(const struct command *const *commands,
				   const struct alias *aliases, const char *name,
				   struct error *err);

/* The command of that very name; NULL: there is none. */
const struct command *command_exactly(const struct command *const *commands, const char *name);

/* Runs the commands of one line (see words.h for the syntax); modifies line. A
 * failed command is reported and noted in session->failed; the next one runs. */
void session_run_line(struct session *session, char *line);
/* Runs the lines of a text (argument of -c). */
void session_run_text(struct session *session, const char *text);
/* Complains that Ctrl-C, which came between two commands, ended the session. */
void session_complain_of_rest(struct session *session);

/* Run no more commands: after quit, or when standard output failed. */
bool session_ended(const struct session *session);

/* To be called in every loop of a command: true after Ctrl-C, beyond the bounds of time
 * and memory, and when standard output failed. Counts as a step of progress. */
bool session_interrupted(struct session *session);

/* Reports how much of the work is done. */
void session_progress(struct session *session, uint64_t done, uint64_t total);

/* Shows nothing if standard error is no terminal. */
void work_start(struct work *work, const char *command);
/* Ends the display, at the latest when the command ends. */
void work_end(struct work *work);

/* Prints "kwalk: COMMAND: ARGUMENT: message" on standard error and marks the session failed; in
 * JSON mode also prints an error object. A command from a script has "FILE:LINE: " before its
 * name; a command from standard input has its line after its name. argument may be NULL.
 * ERROR_INTERRUPTED because of a closed pipe is not reported. */
void session_complain(struct session *session, const char *argument, const struct error *err);
/* The same if no command runs: command is "!" or "|" or the word given. */
void session_complain_as(struct session *session, const char *command, const char *argument,
			 const struct error *err);
/* The same without an error object: the JSON answer has the message. */
void session_complain_of_answer(struct session *session, const char *argument,
				const struct error *err);
/* Prints "kwalk: COMMAND: text" on standard error; for notes that are not failures. */
void session_say(struct session *session, const char *text);
/* Reports each of the damages, then the number of further ones. */
void session_complain_of_damages(struct session *session, const struct damages *damages);

/* Reports each file that was written to since it was opened, once. */
void session_complain_of_changes(struct session *session);

/* The doubtful facts among those that the running command rests on, as text:
 * "vmemmap (why); ...". False if there are none. */
enum { DOUBTS_SIZE = 1024 };
bool session_doubts(const struct session *session, char text[DOUBTS_SIZE]);
/* Reports the doubtful facts on standard error, in text mode. Doubts for which
 * kernel_rests_on_foreign() is true are a failure, in JSON too. */
void session_complain_of_doubts(struct session *session);
/* Adds the doubtful facts as a list to the open JSON answer; arg is the session. */
void session_add_doubts(void *arg);
