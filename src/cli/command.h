/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands, and the session in which commands run. Each command has a row in the table
 * (cli/commands/commands.h), which is used to run commands and for help and completion. */
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
struct found_kernel;
struct listings;
struct pager;
struct stats;

/* The work of the running command. If a command runs for more than a second without output, a
 * status line on the terminal shows its progress. */
struct work {
	struct status_line *line; /* borrowed; set by the owner of the session */
	const char *command; /* borrowed; NULL: the status line is not shown */
	/* in milliseconds: the time of the start, and the time of the next update */
	uint64_t started, next;
	uint64_t nr_steps;
	/* If a command gives no answer and makes no progress for this many milliseconds, it is
	 * ended. 0: no limit. */
	uint64_t timeout;
	uint64_t quiet_since;
	uint64_t written; /* the value of output_written() at the time quiet_since */
	/* true if the total amount of work is known; then percents are shown, and not steps */
	bool has_end;
	unsigned int percent;
};

/* --- the session --- */

/* The page table with which the running command translates addresses: see tables.h. */
struct table_choice {
	const char *process_word, *root_word; /* values of the options -p and -r, or NULL */
	bool given; /* an option chose the table, so it is also used for kernel addresses */
	bool has_process; /* an option or the command set chose the table */
	struct process process; /* valid if has_process */
};

/* What the user chose. */
struct chosen {
	/* Of the command set, for the commands that follow it: valid if has_process. */
	struct process process;
	bool has_process;
	/* Valid while a command runs that has options for a table. */
	struct table_choice table;
};

enum { THREAD_PER_CPU = 1 << 16 };

/* The part of the program that runs the commands: main with -c, a script, the prompt, gdb, or a
 * command that runs other commands. The front end sets these members before its first command.
 * Members may be zero or NULL, except commands. */
struct front_end {
	const struct command *const *commands; /* ends with NULL */
	const struct alias *aliases; /* names of crash's commands (alias.h) */
	struct pager *pager; /* pager.h; borrowed */
	struct listings *listings; /* listing/listing.h; borrowed */
	struct stats *stats; /* NULL: nothing is counted (stats.h) */
	/* the largest number of lines in the answers of a command; 0: no limit */
	uint64_t max_lines;
	/* of a search; 0: only the caller's thread; THREAD_PER_CPU: one for each CPU */
	unsigned int nr_threads;
	/* commands come from the prompt, so tables repeat their heading for each command */
	bool interactive;
	/* The program is kwalk-crash. echoes: it shows each line that it reads from a file or pipe,
	 * after the prompt, as crash does without -s. */
	bool like_crash, echoes;
	bool in_script; /* commands or requests come from a script or from standard input */
	const char *script; /* name of the running script, or NULL */
	/* Line number in the script or in standard input. 0: the command is from neither of
	 * them. */
	uint64_t script_line;
	/* Returns true if the program that sends the commands asked to end the running command. */
	bool (*peer_interrupts)(void *peer);
	void *peer;
	/* Receives errors and notes, which are then not written to standard error. A note has the
	 * code ERROR_NONE. */
	void (*take_complaint)(void *arg, enum error_code code, const char *message);
	void *complaint_arg;
	/* Called before and after each command. Returns false and sets err if there is no answer
	 * any more, for example because the running guest was reset. */
	bool (*begin)(struct session *session, struct error *err);
	bool (*finish)(struct session *session, struct error *err);
	/* Makes the kernel forget all data that may be incomplete because a command was stopped. */
	void (*forget)(struct kernel *kernel);
	/* Calls visit for each kernel in memory (open_each_kernel()). */
	bool (*each_kernel)(struct kernel *kernel,
			    bool (*visit)(void *arg, const struct found_kernel *found), void *arg,
			    struct error *err);
	/* Open and close a second dump. At most one can be open at a time. words: names of files,
	 * as on the command line. NULL if no second dump can be opened. */
	struct kernel *(*open_other)(struct session *session, char **words, struct error *err);
	void (*close_other)(struct kernel *other);
};

/* The prompt of kwalk-crash, for which programs wait that drive crash. */
#define CRASH_PROMPT "crash> "

/* Owned by the front end. */
struct session {
	/* What is open. kernel and output are borrowed, and valid for the whole session. */
	struct kernel *kernel;
	struct kernel *other; /* the dump that open_other() opened; NULL: none */
	struct output *output;
	/* The word with which the user opened the virtual machine. NULL: no virtual machine is
	 * open. */
	const char *guest;

	struct chosen chosen;
	unsigned int base; /* of numbers, without -x and -d: 16 after "set hex", or else 0 */
	struct front_end front;

	/* The running command. Valid while a command runs. */
	const struct command *command; /* NULL: no command runs */
	/* The command's struct of options. Members for options that were not given are zero. */
	void *given;
	/* The values of its options -O and -K, or NULL. Borrowed from its words. */
	const char *columns, *sort_key;
	const char *pasted; /* text that the command annotate reads instead of a file, or NULL */
	struct pointer_tag tag; /* of the last address that the command read from a word */
	struct work work;
	/* The last long error message of the command, and the argument that it was about. If the
	 * next argument fails for the same reason, a short text is written instead. */
	struct last_reason {
		char message[sizeof(((struct error *)NULL)->message)];
		char argument[64];
	} last_reason;
	bool reported_interrupt; /* a message has reported that the command was interrupted */

	/* The result of the session so far. */
	bool failed; /* a command or argument had no answer, so the exit status will be 1 */
	bool quit; /* no further commands are run */
	/* a message has reported that addresses are translated with the table of a CPU */
	bool reported_table;
	bool misused; /* an error was of usage */
	bool reported_changes; /* a message has reported that files changed after they were opened */
};

/* --- commands --- */

/* Sets of facts on which answers depend: RESTS_ON_ADDRESSES for commands that only walk page tables,
 * RESTS_ON_WALKS for commands that also read structs, RESTS_ON_FRAMES for commands that also show
 * struct pages, RESTS_ON_MEMORY for commands that look at all struct pages. If a process was
 * chosen, answers rest on structs in any case. */
enum {
	RESTS_ON_ADDRESSES = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	RESTS_ON_WALKS = RESTS_ON_ADDRESSES | RESTS_ON_STRUCTS,
	RESTS_ON_FRAMES = RESTS_ON_WALKS | RESTS_ON_PAGES,
	RESTS_ON_MEMORY = RESTS_ON_FRAMES | 1 << FACT_MAX_PFN,
};

/* How many arguments of a command are virtual addresses. In place of each of them, NAME:all can be
 * used, which means the addresses of a per-CPU variable on all CPUs. */
enum command_addresses {
	NO_ADDRESSES,
	MANY_ADDRESSES, /* any number of addresses, with one answer for each */
	ONE_ADDRESS, /* one address; if it is NAME:all, the command runs once for each CPU */
};

enum command_group {
	GROUP_FIRST,
	GROUP_TRANSLATE,
	GROUP_MEMORY,
	GROUP_PROCESSES,
	GROUP_KERNEL,
	GROUP_DEVICES,
	GROUP_DUMP,
	GROUP_SESSION,
	NR_COMMAND_GROUPS
};

/* The largest size of a command's struct of options. GIVEN() returns the size of such a struct, and
 * checks it at compile time. */
enum { MOST_GIVEN = 256 };
#define GIVEN(STRUCT)                                                                              \
	(sizeof(struct STRUCT) + 0 * sizeof(char[sizeof(struct STRUCT) <= MOST_GIVEN ? 1 : -1]))
#define AT(STRUCT, MEMBER) .at = offsetof(struct STRUCT, MEMBER)
/* Makes a table of these rows, which ends with a row without a name. */
#define ARGUMENTS(...) ((const struct command_argument[]){ __VA_ARGS__, { 0 } })

struct command {
	const char *name;
	/* also: other names of the command. meant_by: words for which help suggests the command. In
	 * both, words are separated by blanks. NULL: no words. */
	const char *also, *meant_by;
	enum command_group group; /* the list in help shows the command in this group */
	bool common; /* help without arguments shows the summary of the command */
	const struct command_option *options; /* NULL: no options */
	const struct command_argument *arguments; /* NULL: no arguments */
	size_t given_size; /* size of the command's struct of options, which GIVEN() returns */
	/* form of the command's answers; NULL: only the fields that all commands share */
	const struct record *record;
	const char *summary; /* one line without a full stop, of this command alone */
	/* "help all" lists several commands in one line: the first of them has the line's text in
	 * listed_as, the others have the name of the first in listed_with. Otherwise NULL. */
	const char *listed_as, *listed_with;
	/* Text that "help NAME" shows before the options. Lines have at most 78 columns, and the
	 * last line has no newline. */
	const char *details;
	unsigned int rests_on; /* set of the facts on which the answers depend (facts.h) */
	enum command_addresses addresses;
	/* Words such as -22 can be arguments, so all options must precede the arguments. */
	bool takes_values;
	/* If the dump cannot be opened, the command still writes an answer in JSON, with the status
	 * "error". */
	bool answers_unopened;
	bool needs_no_dump; /* if it is the first command, it can run with a vmlinux and no dump */
	bool needs_no_files; /* it can run without any file */
	bool chooses_table; /* run() calls session_choose_table() itself, so the caller does not */
	/* A prefix that also begins another command selects the other one, which is older. */
	bool younger;
	bool columns_vary; /* the columns are the fields of the record that it declares when it runs */
	bool silent; /* if it writes no text, that means success */
	/* If there is nothing to list, JSON gets an object with "rows": 0, so a program can
	 * distinguish this from a command that did not run. */
	bool counts_none;
	/* its text answers contain the result of session_doubts(), so no message repeats it */
	bool shows_doubts;
	/* Runs the command. words: the arguments, ending with NULL; their number was already
	 * checked. The options are in session->given. Writes answers, and reports each argument
	 * that has no answer. If the whole command failed, for example because a fact is missing,
	 * sets err and returns false. */
	bool (*run)(struct session *session, char **words, struct error *err);
	/* If run is NULL, this function is called for each argument, and writes the argument's
	 * answer. If there is no answer, sets err and returns false, and the caller reports err. */
	bool (*answer)(struct session *session, const char *argument, struct error *err);
};

/* The fields that have the same form in all commands. */
extern const struct field common_fields[];

/* Runs the commands of one line (syntax: words.h), which is modified. If a command fails, reports
 * the error, sets session->failed, and runs the next command. */
void session_run_line(struct session *session, char *line);
/* Runs the lines of a text, which is the argument of -c. */
void session_run_text(struct session *session, const char *text);
/* Reports that a Ctrl-C between two commands ended the session. */
void session_complain_of_rest(struct session *session);

/* Returns true if no further commands must be run: after quit, or after a write to standard output
 * failed. */
bool session_ended(const struct session *session);

/* Must be called in every loop of a command. Counts one step of progress. Returns true if the
 * command must end: after Ctrl-C, if a limit of time or memory is exceeded, or after a write to
 * standard output failed. */
bool session_interrupted(struct session *session);

/* Reports the progress: `done` of `total` steps. */
void session_progress(struct session *session, uint64_t done, uint64_t total);

/* Starts the status line. It is not shown if standard error is not a terminal. */
void work_start(struct work *work, const char *command);
/* Removes the status line. It is also removed when the command ends. */
void work_end(struct work *work);

/* Prints "kwalk: COMMAND: ARGUMENT: message" on standard error and sets session->failed. In JSON
 * mode, also prints an error object. In a script, "FILE:LINE: " precedes the command's name; for
 * standard input, the line number follows the name. argument may be NULL. Does not report
 * ERROR_INTERRUPTED if a closed pipe is the cause. */
void session_complain(struct session *session, const char *argument, const struct error *err);
/* Like session_complain(), with the code and the message of an error. */
void session_complainf(struct session *session, const char *argument, enum error_code code,
		       const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Like session_complain(), but for use while no command runs. command: "!", "|", or the word that
 * was typed as a command. */
void session_complain_as(struct session *session, const char *command, const char *argument,
			 const struct error *err);
/* Reports that commands cannot be read. The error object is of kwalk itself. */
void session_complain_of_input(struct session *session, const struct error *err);
/* Like session_complain(), but prints no error object, because the JSON answer already contains the
 * message. */
void session_complain_of_answer(struct session *session, const char *argument,
				const struct error *err);
/* Ends the answer. If trouble has a code, the answer states it, and it is reported. */
void session_end_answer(struct session *session, const char *argument, const struct error *trouble);
/* Prints the note "kwalk: COMMAND: text" on standard error. */
void session_say(struct session *session, const char *text);
/* Prints a note about a line to which crash gives another answer. Only text has such notes, because
 * a program that reads records was written for kwalk. */
void session_say_unlike_crash(struct session *session, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Reports that the argument names no task. */
void session_complain_of_task(struct session *session, const char *argument);
/* Reports each damage in the list, and then how many further damages were found. */
void session_complain_of_damages(struct session *session, const struct damages *damages);

/* Reports each file that was written to after it was opened, but only once. */
void session_complain_of_changes(struct session *session);

/* Writes the facts that are doubtful and on which the running command depends, as "vmemmap (why);
 * ...". Returns false if there are none. */
enum { DOUBTS_SIZE = 1024 };
bool session_doubts(const struct session *session, char text[DOUBTS_SIZE]);
/* In text mode, reports the doubtful facts on standard error. If answers use data of another
 * kernel's vmlinux (kernel_rests_on_foreign()), reports a failure in all modes. */
void session_complain_of_doubts(struct session *session);
/* Adds to the open JSON answer that the machine runs, the tag of the address that was asked for, and
 * the doubtful facts as a list. arg: the session. */
void session_add_doubts(void *arg);
