/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands, and the session in which they run. Each command has a row in the table
 * (cli/commands/commands.h), used for running, help and completion. */
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

/* A status line on the terminal, shown when a command runs for more than a second without
 * output. */
struct work {
	struct status_line *line; /* borrowed; set by the owner */
	const char *command; /* borrowed; NULL: show nothing */
	uint64_t started, next; /* times of the start and of the next update, in milliseconds */
	uint64_t nr_steps;
	/* A command is ended after this many milliseconds without an answer or progress; 0:
	 * never. */
	uint64_t timeout;
	uint64_t quiet_since;
	uint64_t written; /* output_written() at quiet_since */
	bool has_end; /* the total amount of work is known: show percents instead of steps */
	unsigned int percent;
};

/* The page table in which a command looks up addresses: see tables.h. */
struct table_choice {
	const char *process_word, *root_word; /* values of -p and -r, or NULL */
	bool given; /* an option chose the table: kernel addresses are looked up in it, too */
	bool chosen; /* an option, or the command set, chose the table */
	struct process process; /* valid if chosen */
};

/* Owned by main(); kernel and output outlive the session. */
struct session {
	struct kernel *kernel;
	struct output *output;
	const struct command *const *commands; /* NULL-terminated */
	const struct alias *aliases; /* aliases of commands (alias.h); may be NULL */
	const struct command *command; /* the command that runs, or NULL */
	const char *script; /* name of the script that runs, or NULL */
	uint64_t script_line; /* line number in the script or standard input; 0: neither */
	bool in_script; /* commands, or requests, are read from a script or standard input */
	const char *pasted; /* text for the command annotate, in place of a file, or NULL */
	struct process process; /* process chosen by the command set; valid if has_process */
	bool has_process;
	const char *guest; /* the open virtual machine, by the user's name for it; NULL: none */
	struct table_choice table; /* table of the running command */
	/* The running command's struct of options; members of options that are not given are
	 * zero. */
	void *given;
	uint64_t max_lines; /* limit for the answers of one command; 0: no limit */
	bool failed; /* a command or argument had no answer: exit status 1 */
	bool quit; /* run no more commands */
	struct pager *pager; /* pager.h; borrowed */
	bool interactive; /* tables repeat their heading for each command */
	bool told_table; /* has reported that addresses use a CPU's table */
	bool told_changes; /* has reported that files changed after they were opened */
	bool told_interrupt; /* the running command has reported its interruption */
	struct work work; /* work of the running command */
	/* Has the program that sends the commands asked to end the running command? May be NULL. */
	bool (*peer_interrupts)(void *peer);
	void *peer;
	/* Receives complaints and notes in place of standard error; notes have the code ERROR_NONE.
	 * May be NULL. */
	void (*take_complaint)(void *arg, enum error_code code, const char *message);
	void *complaint_arg;
	/* Makes the kernel forget data that a stopped command may have left incomplete; may be
	 * NULL. */
	void (*forget)(struct kernel *kernel);
	/* Open and close another dump besides the open one; one at a time. words are names of
	 * files, as on a command line. Both are NULL if another dump cannot be opened. */
	struct kernel *(*open_other)(struct session *session, char **words, struct error *err);
	void (*close_other)(struct kernel *other);
	struct kernel *other; /* the dump opened by open_other(); NULL: none */
};

/* Facts used by the answers of most commands: by commands that walk page tables, and by commands
 * that also show struct pages. */
enum {
	RESTS_ON_WALKS = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	RESTS_ON_FRAMES = RESTS_ON_WALKS | RESTS_ON_PAGES,
};

/* Which words of a command are virtual addresses. There NAME:all stands for the variable's
 * addresses on all CPUs. */
enum command_addresses {
	NO_ADDRESSES,
	MANY_ADDRESSES, /* any number; one answer for each */
	ONE_ADDRESS, /* one; with NAME:all the command runs once for each CPU */
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

/* The largest size of a command's struct of options; the offset of a member, for rows of
 * options. */
enum { MOST_GIVEN = 256 };
#define GIVEN(STRUCT)                                                                              \
	(sizeof(struct STRUCT) + 0 * sizeof(char[sizeof(struct STRUCT) <= MOST_GIVEN ? 1 : -1]))
#define AT(STRUCT, MEMBER) .at = offsetof(struct STRUCT, MEMBER)
/* Makes a table of these rows. */
#define ARGUMENTS(...) ((const struct command_argument[]){ __VA_ARGS__, { 0 } })

struct command {
	const char *name;
	/* Other names of the command; words for which help suggests the command. Both separated by
	 * blanks. NULL: none. */
	const char *also, *meant_by;
	enum command_group group; /* heading in the list of help */
	const struct command_option *options; /* NULL: no options */
	const struct command_argument *arguments; /* NULL: no arguments */
	size_t given_size; /* size of its struct of options: GIVEN() */
	const struct record *record; /* the fields of its answers; NULL: only common fields */
	const char *summary; /* one line, no full stop */
	/* For "help NAME", shown before the options: lines of up to 78 columns, no newline at the
	 * end. */
	const char *details;
	unsigned int rests_on; /* set of facts (facts.h) that answers depend on */
	enum command_addresses addresses;
	bool takes_values; /* words such as -22 are arguments, and options come before arguments */
	/* In JSON: answers with status "error" for a dump that cannot be opened. */
	bool answers_unopened;
	bool needs_no_dump; /* as the first command, with a vmlinux alone */
	bool chooses_table; /* run() calls session_choose_table() itself */
	bool silent; /* in text, an empty answer means success */
	bool tells_doubts; /* text answers show the result of session_doubts() themselves */
	/* Runs the command. words: the arguments, NULL-terminated, as many as the command takes;
	 * options are in session->given. Prints answers, and reports arguments without an answer.
	 * False with err set: the command as a whole failed (wrong option, missing fact). */
	bool (*run)(struct session *session, char **words, struct error *err);
	/* If run is NULL: answers one argument. False with err set: no answer, which the caller
	 * reports. */
	bool (*answer)(struct session *session, const char *argument, struct error *err);
};

/* Fields with the same form in all commands. */
extern const struct field common_fields[];

/* Finds a command by its name, or by the start of a name if no other command's name starts so. NULL
 * with err set: no command, or several; err suggests the nearest name, also from aliases, which may
 * be NULL. */
const struct command *command_find(const struct command *const *commands,
				   const struct alias *aliases, const char *name,
				   struct error *err);

/* Finds a command by its whole name; NULL: no such command. */
const struct command *command_exactly(const struct command *const *commands, const char *name);

/* Runs the commands of one line, whose syntax is in words.h; modifies the line. A failed command is
 * reported, sets session->failed, and does not keep the next command from running. */
void session_run_line(struct session *session, char *line);
/* Runs the lines of a text (argument of -c). */
void session_run_text(struct session *session, const char *text);
/* Reports that Ctrl-C, which came between two commands, ended the session. */
void session_complain_of_rest(struct session *session);

/* Must no more commands run? After quit, or when standard output failed. */
bool session_ended(const struct session *session);

/* Called in every loop of a command. True after Ctrl-C, when a limit of time or memory is exceeded,
 * and when standard output failed. Counts a step of progress. */
bool session_interrupted(struct session *session);

/* Reports progress: done of total. */
void session_progress(struct session *session, uint64_t done, uint64_t total);

/* Starts the status line. Shows nothing if standard error is not a terminal. */
void work_start(struct work *work, const char *command);
/* Removes the status line; the end of the command does so, too. */
void work_end(struct work *work);

/* Prints "kwalk: COMMAND: ARGUMENT: message" on standard error and sets session->failed; in JSON
 * mode also prints an error object. For a script "FILE:LINE: " is before the command's name; for
 * standard input the line number is after the name. argument may be NULL. ERROR_INTERRUPTED because
 * of a closed pipe is not reported. */
void session_complain(struct session *session, const char *argument, const struct error *err);
/* The same if no command runs: command is "!", "|", or the given word. */
void session_complain_as(struct session *session, const char *command, const char *argument,
			 const struct error *err);
/* The same without an error object, because the JSON answer contains the message. */
void session_complain_of_answer(struct session *session, const char *argument,
				const struct error *err);
/* Prints the note "kwalk: COMMAND: text" on standard error. */
void session_say(struct session *session, const char *text);
/* Reports each damage, and then the number of further ones. */
void session_complain_of_damages(struct session *session, const struct damages *damages);

/* Reports each file that was written to after it was opened, once for each file. */
void session_complain_of_changes(struct session *session);

/* Writes the doubtful facts among those that the running command depends on: "vmemmap (why); ...".
 * False: there are no doubtful facts. */
enum { DOUBTS_SIZE = 1024 };
bool session_doubts(const struct session *session, char text[DOUBTS_SIZE]);
/* Reports the doubtful facts on standard error, in text mode. If answers use data of another
 * kernel's vmlinux (kernel_rests_on_foreign()), this is a failure, in JSON too. */
void session_complain_of_doubts(struct session *session);
/* Adds the doubtful facts to the open JSON answer, as a list; arg is the session. */
void session_add_doubts(void *arg);
