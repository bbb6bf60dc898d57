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
	/* A command is ended after this many milliseconds without an answer or progress. 0: it is
	 * never ended. */
	uint64_t timeout;
	uint64_t quiet_since;
	uint64_t written; /* output_written() at quiet_since */
	bool has_end; /* the total amount of work is known: show percents instead of steps */
	unsigned int percent;
};

/* The page table in which a command looks up addresses: see tables.h. */
struct table_choice {
	const char *process_word, *root_word; /* the values of -p and -r, or NULL */
	bool given; /* an option chose the table, which is then used for kernel addresses, too */
	bool chosen; /* an option or the command set chose the table */
	struct process process; /* valid if chosen */
};

/* Owned by main(); kernel and output outlive the session. */
struct session {
	struct kernel *kernel;
	struct output *output;
	const struct command *const *commands; /* ends with NULL */
	const struct alias *aliases; /* aliases of commands (alias.h); may be NULL */
	const struct command *command; /* the command that runs, or NULL */
	const char *script; /* name of the script that runs, or NULL */
	/* Line number in the script or in standard input; 0: the command comes from elsewhere. */
	uint64_t script_line;
	bool in_script; /* commands or requests are read from a script or from standard input */
	const char *pasted; /* text that the command annotate reads instead of a file, or NULL */
	struct process process; /* the process that the command set chose; valid if has_process */
	bool has_process;
	/* The name under which the user opened the virtual machine; NULL: none is open. */
	const char *guest;
	struct table_choice table; /* table of the running command */
	/* The running command's struct of options. A member whose option is not given is zero. */
	void *given;
	uint64_t max_lines; /* limit for the answers of one command; 0: no limit */
	bool failed; /* a command or argument had no answer: exit status 1 */
	bool quit; /* no more commands are run */
	struct pager *pager; /* pager.h; borrowed */
	bool interactive; /* tables repeat their heading for each command */
	bool told_table; /* it was reported that addresses are looked up in a CPU's table */
	bool told_changes; /* it was reported that files changed after they were opened */
	bool told_interrupt; /* it was reported that the running command was interrupted */
	struct work work; /* work of the running command */
	/* Did the program that sends the commands ask to end the running command? May be NULL. */
	bool (*peer_interrupts)(void *peer);
	void *peer;
	/* Receives complaints and notes instead of standard error. A note has the code ERROR_NONE.
	 * May be NULL. */
	void (*take_complaint)(void *arg, enum error_code code, const char *message);
	void *complaint_arg;
	/* Makes the kernel forget data that a stopped command may have left incomplete. May be
	 * NULL. */
	void (*forget)(struct kernel *kernel);
	/* Open and close another dump besides the open dump, at most one at a time. words are names
	 * of files, as on a command line. Both functions are NULL if no other dump can be
	 * opened. */
	struct kernel *(*open_other)(struct session *session, char **words, struct error *err);
	void (*close_other)(struct kernel *other);
	struct kernel *other; /* the dump opened by open_other(); NULL: none */
};

/* Facts that the answers of most commands depend on. RESTS_ON_WALKS: of commands that walk page
 * tables. RESTS_ON_FRAMES: of commands that also show struct pages. */
enum {
	RESTS_ON_WALKS = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	RESTS_ON_FRAMES = RESTS_ON_WALKS | RESTS_ON_PAGES,
};

/* Which words of a command are virtual addresses. For such a word, NAME:all stands for the
 * variable's addresses on all CPUs. */
enum command_addresses {
	NO_ADDRESSES,
	MANY_ADDRESSES, /* any number; one answer for each */
	ONE_ADDRESS, /* one; for NAME:all the command runs once for each CPU */
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

/* MOST_GIVEN is the largest size of a command's struct of options. GIVEN() checks the size of such
 * a struct. */
enum { MOST_GIVEN = 256 };
#define GIVEN(STRUCT)                                                                              \
	(sizeof(struct STRUCT) + 0 * sizeof(char[sizeof(struct STRUCT) <= MOST_GIVEN ? 1 : -1]))
#define AT(STRUCT, MEMBER) .at = offsetof(struct STRUCT, MEMBER)
/* Makes a table of these rows, which ends with a row without a name. */
#define ARGUMENTS(...) ((const struct command_argument[]){ __VA_ARGS__, { 0 } })

struct command {
	const char *name;
	/* also: other names of the command. meant_by: words for which help suggests the command.
	 * Both lists are separated by blanks, and NULL if empty. */
	const char *also, *meant_by;
	enum command_group group; /* heading of the command in the list of help */
	const struct command_option *options; /* NULL: no options */
	const struct command_argument *arguments; /* NULL: no arguments */
	size_t given_size; /* size of the command's struct of options: GIVEN() */
	const struct record *record; /* fields of the command's answers; NULL: only common fields */
	const char *summary; /* one line, no full stop */
	/* Text that "help NAME" shows before the options: lines of up to 78 columns, without a
	 * newline at the end. */
	const char *details;
	unsigned int rests_on; /* set of facts (facts.h) that the answers depend on */
	enum command_addresses addresses;
	/* Words such as -22 are arguments, so options must come before the arguments. */
	bool takes_values;
	/* In JSON, the command answers with the status "error" for a dump that cannot be opened. */
	bool answers_unopened;
	bool needs_no_dump; /* as the first command, it can run with a vmlinux and without a dump */
	bool chooses_table; /* run() calls session_choose_table() itself */
	bool silent; /* in text, no output means success */
	bool tells_doubts; /* text answers contain the result of session_doubts() */
	/* Runs the command. words: the arguments, ending with NULL; their number is already
	 * checked. Options are in session->given. Prints answers, and reports each argument that
	 * has no answer. Returns false and sets err if the whole command failed, for example
	 * because of a missing fact. */
	bool (*run)(struct session *session, char **words, struct error *err);
	/* Used if run is NULL: answers one argument. Returns false and sets err if there is no
	 * answer; the caller reports the error. */
	bool (*answer)(struct session *session, const char *argument, struct error *err);
};

/* The fields that have the same form in all commands. */
extern const struct field common_fields[];

/* Finds a command by its name, or by the start of its name if no other command begins so. Returns
 * NULL and sets err if no command or several match. err suggests the nearest name, also from
 * aliases. aliases may be NULL. */
const struct command *command_find(const struct command *const *commands,
				   const struct alias *aliases, const char *name,
				   struct error *err);

/* Finds a command by its whole name. Returns NULL if there is no such command. */
const struct command *command_exactly(const struct command *const *commands, const char *name);

/* Runs the commands of one line, whose syntax is in words.h. Modifies the line. A command that
 * fails is reported and sets session->failed, and the next command is run. */
void session_run_line(struct session *session, char *line);
/* Runs the lines of a text, which is the argument of -c. */
void session_run_text(struct session *session, const char *text);
/* Reports that the session was ended by a Ctrl-C between two commands. */
void session_complain_of_rest(struct session *session);

/* Must no more commands be run? True after quit, and after a write to standard output failed. */
bool session_ended(const struct session *session);

/* Called in every loop of a command. Returns true if the command must end: after Ctrl-C, when a
 * limit of time or memory is exceeded, and when a write to standard output failed. Counts one step
 * of progress. */
bool session_interrupted(struct session *session);

/* Reports progress: done of total steps. */
void session_progress(struct session *session, uint64_t done, uint64_t total);

/* Starts the status line. Shows nothing if standard error is not a terminal. */
void work_start(struct work *work, const char *command);
/* Removes the status line. The end of the command does this, too. */
void work_end(struct work *work);

/* Prints "kwalk: COMMAND: ARGUMENT: message" on standard error and sets session->failed. In JSON
 * mode, also prints an error object. In a script, "FILE:LINE: " comes before the command's name;
 * for standard input, the line number comes after it. argument may be NULL. Does not report
 * ERROR_INTERRUPTED if the cause is a closed pipe. */
void session_complain(struct session *session, const char *argument, const struct error *err);
/* The same, while no command runs. command is "!", "|", or the word that was typed as a command. */
void session_complain_as(struct session *session, const char *command, const char *argument,
			 const struct error *err);
/* The same without an error object, because the JSON answer already contains the message. */
void session_complain_of_answer(struct session *session, const char *argument,
				const struct error *err);
/* Prints the note "kwalk: COMMAND: text" on standard error. */
void session_say(struct session *session, const char *text);
/* Reports each damage, and then the number of damages that are not in the list. */
void session_complain_of_damages(struct session *session, const struct damages *damages);

/* Reports once for each file that it was written to after it was opened. */
void session_complain_of_changes(struct session *session);

/* Of the facts that the running command depends on, writes the doubtful ones: "vmemmap (why); ...".
 * Returns false if no fact is doubtful. */
enum { DOUBTS_SIZE = 1024 };
bool session_doubts(const struct session *session, char text[DOUBTS_SIZE]);
/* In text, reports the doubtful facts on standard error. If answers use data of another kernel's
 * vmlinux (kernel_rests_on_foreign()), reports a failure, also in JSON. */
void session_complain_of_doubts(struct session *session);
/* Adds the doubtful facts to the open JSON answer, as a list. arg is the session. */
void session_add_doubts(void *arg);
