/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/script.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/array.h"
#include "base/printable.h"
#include "base/text.h"
#include "program/line_editor.h"
#include "open/open.h"
#include "sandbox/memory.h"
#include "sandbox/outside.h"
#include "cli/complete.h"
#include "cli/interrupt.h"
#include "cli/pager.h"

#define HISTORY_LINES 1000

static char history_path[PATH_MAX]; /* "": no history is kept */

/* The session of the prompt. It is static, because readline's callbacks cannot receive a pointer to
 * it. */
static struct session *completing;

/* How Ctrl-C is detected while the user types a line. SIGINT is blocked and read from a signalfd,
 * because readline's handler would free the list of completions while readline still asks whether
 * to show the list. */
static struct {
	sigset_t signals; /* SIGINT */
	int fd; /* signalfd; -1: there is none, so SIGINT only sets interrupt_came */
	bool came; /* SIGINT was received, but the line was not cleared yet */
	/* The key for which the terminal sends SIGINT. While readline reads a quoted key, the
	 * terminal sends the key itself. 0: there is no such key. */
	unsigned char key;
} interrupt;

enum { INPUT, INTERRUPT, NR_AWAITED };

static void open_interrupts(void)
{
	sigemptyset(&interrupt.signals);
	interrupt.fd = -1;
	if (!editor.readline)
		return;
	sigaddset(&interrupt.signals, SIGINT);
	interrupt.fd = signalfd(-1, &interrupt.signals, SFD_CLOEXEC | SFD_NONBLOCK);
	/* readline catches other signals, because it must restore the terminal before they end the
	 * program. */
	*editor.catch_signals = interrupt.fd >= 0;
	if (interrupt.fd < 0)
		sigemptyset(&interrupt.signals); /* without a signalfd, no signals are blocked */
}

/* Waits for input or a signal. Returns false if there is no more input. All signals are blocked
 * while the function checks whether readline has a pending signal, and ppoll() unblocks them, so
 * that no signal is lost between the check and the wait. */
static bool wait_for_input(struct pollfd awaited[NR_AWAITED])
{
	sigset_t all, usual;
	int ready = 0, error;

	for (int i = 0; i < NR_AWAITED; i++)
		awaited[i].revents = 0;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &usual);
	if (!editor.pending_signal())
		ready = ppoll(awaited, NR_AWAITED, NULL, &usual);
	error = errno;
	sigprocmask(SIG_SETMASK, &usual, NULL);
	return ready >= 0 || error == EINTR;
}

/* Returns the key that readline will handle in place of Ctrl-C. At the command line, clears the
 * line and returns NEWLINE, so a new prompt follows. In a search or a numeric argument, the key is
 * "abort", which returns to the command line. In a question about completions, the key is RUBOUT,
 * which means no. */
static int end_by_interrupt(void)
{
	if (line_editor_in_state(RL_STATE_COMPLETING))
		return RUBOUT;
	if (!line_editor_in_state(RL_STATE_READCMD))
		return ABORT_CHAR;
	if (line_editor_in_state(RL_STATE_MACRODEF))
		editor.free_line_state(); /* ends the recording of a macro */
	interrupt.came = false;
	editor.echo_signal_char(SIGINT);
	editor.replace_line("", 0);
	*editor.done = 1; /* ends the line even if NEWLINE is bound to another function */
	return NEWLINE;
}

/* Replaces rl_getc(), with which Ctrl-C would have no effect before the next key. */
static int read_key(FILE *stream)
{
	struct pollfd awaited[NR_AWAITED] = {
		[INPUT] = { .fd = fileno(stream), .events = POLLIN },
		[INTERRUPT] = { .fd = interrupt.fd, .events = POLLIN },
	};
	const short *input = &awaited[INPUT].revents;
	struct signalfd_siginfo signal;
	unsigned char key;
	ssize_t size;

	if (interrupt.came && line_editor_in_state(RL_STATE_READCMD))
		return end_by_interrupt();
	while (wait_for_input(awaited)) {
		editor.check_signals();
		if (awaited[INTERRUPT].revents && read(interrupt.fd, &signal, sizeof(signal)) > 0) {
			interrupt.came = true;
			return end_by_interrupt();
		}
		if (!*input)
			continue;
		size = read(awaited[INPUT].fd, &key, 1);
		if (size == 1 && key && key == interrupt.key) {
			interrupt.came = true;
			return end_by_interrupt();
		}
		if (size == 1)
			return key;
		if ((size < 0 && errno != EINTR) || (*input & (POLLHUP | POLLERR)))
			break;
	}
	return EOF;
}

/* Makes read() return at once if there is no input. Without this, read() could block, because
 * Ctrl-C may discard input that ppoll() has already reported. */
static void prepare_terminal(int meta)
{
	struct termios terminal;

	editor.prep_terminal(meta);
	if (tcgetattr(STDIN_FILENO, &terminal) < 0)
		return;
	interrupt.key = terminal.c_cc[VINTR];
	terminal.c_cc[VMIN] = 0;
	terminal.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal);
}

/* The words that were found for a completion. readline frees the strings. */
static struct {
	char **names;
	size_t nr_names, room, next;
} found;

static bool add_name(const char *name)
{
	char *copy;

	/* Skips names from a dump or vmlinux that contain special characters of the shell. */
	if (!printable_is_name(name))
		return true;
	copy = strdup(name);
	if (copy && array_add(&found.names, &found.nr_names, &found.room, &copy, sizeof(copy)))
		return true;
	free(copy);
	return false;
}

static char *next_name(const char *text, int state)
{
	(void)text;
	(void)state;
	return found.next < found.nr_names ? found.names[found.next++] : NULL;
}

/* Returns the next name of a file, and skips names that contain special characters of the shell. */
static char *next_file(const char *text, int state)
{
	char *name;

	*editor.filename_completion_desired = 1;
	for (; (name = editor.filename_completion_function(text, state)); state = 1) {
		if (printable_is_path(name))
			break;
		free(name);
	}
	return name;
}

static char *find_breaks(void)
{
	return (char *)complete_breaks(completing, *editor.line_buffer, (size_t)*editor.point);
}

/* Finds words for a completion. Ctrl-C ends this search. The signalfd then still reports the
 * Ctrl-C, so it also ends the line. Returns false if the word is the name of a file. */
static bool find_names(const char *text, int start)
{
	struct kernel *kernel = completing->kernel;
	bool names;

	interrupt_poll(true);
	limit_hold();
	names = complete_word(completing, *editor.line_buffer, (size_t)start, text, add_name);
	if (kernel_stopped(kernel))
		open_forget(kernel);
	limit_lift();
	interrupt_poll(false);
	interrupt_came = STOP_NONE;
	return names;
}

static int compare_names(const void *one, const void *two)
{
	return strcmp(*(char *const *)one, *(char *const *)two);
}

/* Sorts the names as readline does, but faster: the names of the kernel are sorted already, and the
 * names of modules follow them. Returns false if memory is exhausted. */
static bool sort_names(void)
{
	char **names = found.names, **rest;
	size_t nr = 1, end = found.nr_names, nr_rest;

	while (nr < end && strcmp(names[nr - 1], names[nr]) <= 0)
		nr++;
	nr_rest = end - nr;
	rest = malloc((nr_rest + 1) * sizeof(*rest));
	if (!rest)
		return false;
	memcpy(rest, names + nr, nr_rest * sizeof(*rest));
	qsort(rest, nr_rest, sizeof(*rest), compare_names);
	while (nr_rest) {
		bool last = !nr || strcmp(names[nr - 1], rest[nr_rest - 1]) <= 0;

		names[--end] = last ? rest[--nr_rest] : names[--nr];
	}
	free(rest);
	return true;
}

/* Returns the number of bytes at the start of all names that are equal. */
static size_t equal_bytes(void)
{
	const char *first = found.names[0];
	size_t equal = strlen(first);

	for (size_t i = 1; i < found.nr_names; i++) {
		const char *name = found.names[i];
		size_t at = 0;

		while (at < equal && name[at] == first[at])
			at++;
		equal = at;
	}
	return equal;
}

/* Returns what rl_completion_matches() returns for the names: the start that they share, and the
 * names. For many names, that function takes most of the time of a completion, because it converts
 * each character to a wide character. All characters of the names are ASCII characters. */
static char **list_names(const char *text)
{
	const char *ignores_case = editor.variable_value("completion-ignore-case");
	char **list = calloc(found.nr_names + 2, sizeof(*list));

	if (list)
		list[0] = strndup(found.names[0], equal_bytes());
	if (!list || !list[0] || found.nr_names == 1 || !ignores_case ||
	    strcmp(ignores_case, "off") != 0) {
		free(list ? list[0] : NULL);
		free(list);
		return editor.completion_matches(text, next_name);
	}
	memcpy(list + 1, found.names, found.nr_names * sizeof(*list));
	return list;
}

static char **complete(const char *text, int start, int end)
{
	const char *name;

	(void)end;
	*editor.attempted_completion_over = *editor.sort_completion_matches = 1;
	found.nr_names = found.next = 0;
	if (!find_names(text, start))
		return editor.completion_matches(text, next_file);
	if (!found.nr_names)
		return NULL;
	/* No blank is added after "MODULE:", because a symbol must follow. */
	name = found.names[0];
	*editor.completion_suppress_append = found.nr_names == 1 && name[strlen(name) - 1] == ':';
	*editor.sort_completion_matches = !sort_names();
	return list_names(text);
}

/* Sets history_path to ${XDG_STATE_HOME:-~/.local/state}/kwalk/history. */
static bool find_history(void)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	bool has_state = state && *state == '/';

	if (!has_state && !(home && *home == '/'))
		return false;
	return snprintf(history_path, sizeof(history_path), "%s%s/kwalk/history",
			has_state ? state : home,
			has_state ? "" : "/.local/state") < (int)sizeof(history_path);
}

/* Creates the file of the history, and missing folders. Returns false if the file cannot be
 * written. */
static bool make_history(void)
{
	int fd;

	for (char *slash = strchr(history_path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(history_path, 0700); /* an error is ignored, because open() will fail, too */
		*slash = '/';
	}
	fd = open(history_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void load_history(void)
{
	editor.using_history();
	editor.stifle_history(HISTORY_LINES);
	if (find_history())
		editor.read_history(history_path);
}

/* Returns true if the line may be stored in the history. A newline would make two lines in the
 * file, and other control characters could control a terminal that shows the file. */
static bool can_be_kept(const char *line)
{
	for (const char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' && *at != '\t')
			return false;
	return true;
}

void repl_keep(const char *line)
{
	if (!can_be_kept(line) || !find_history() || !make_history() || !line_editor_load(NULL))
		return;
	if (!*line) {
		editor.history_truncate_file(history_path, HISTORY_LINES);
		return;
	}
	editor.add_history(line);
	editor.append_history(1, history_path);
}

/* Asks the helper to store a line. A failure is not reported. */
static void ask_to_keep(const char *line)
{
	size_t room = sizeof(REPL_REQUEST) + strlen(line);
	char *request = malloc(room);
	struct outside_answer answer;

	if (request) {
		snprintf(request, room, REPL_REQUEST "%s", line);
		outside_ask(request, &answer, NULL);
	}
	free(request);
}

/* Appends the line to the history file at once, so that it is not lost if kwalk crashes or if
 * another session writes the file. */
static void remember(const char *line)
{
	HIST_ENTRY *last;

	if (!editor.readline || !line[strspn(line, " \t")] || !can_be_kept(line))
		return;
	last = editor.history_get(*editor.history_base + *editor.history_length - 1);
	if (last && !strcmp(last->line, line))
		return;
	editor.add_history(line);
	ask_to_keep(line);
}

void repl_prepare(struct session *session)
{
	struct error err;

	if (!line_editor_load(&err)) {
		say_warning("kwalk: warning: lines cannot be edited: %s", err.message);
		return;
	}
	*editor.readline_name = "kwalk";
	*editor.attempted_completion_function = complete;
	*editor.completion_word_break_hook = find_breaks;
	*editor.getc_function = read_key;
	*editor.prep_term_function = prepare_terminal;
	if (output_is_reserved(session->output) || !isatty(STDOUT_FILENO))
		*editor.outstream = stderr; /* standard output is for answers */
	completing = session;
	load_history();
	editor.initialize(); /* reads the configuration file inputrc and the terminfo files */
}

/* Moves to the next line of the terminal after Ctrl-D. If bracketed paste is enabled, readline
 * itself has already done this. */
static void end_line(void)
{
	const char *brackets;

	if (!editor.readline)
		return;
	brackets = editor.variable_value("enable-bracketed-paste");
	if (!brackets || strcmp(brackets, "on"))
		editor.crlf();
}

/* Makes a prompt such as "kwalk init:1> ", which shows the choices on which answers depend. */
static void make_prompt(const struct session *session, char *prompt, size_t size)
{
	const struct fact *root = &session->kernel->facts->fact[FACT_ROOT];
	const struct process *process = &session->chosen.process;

	if (session->front.like_crash) {
		snprintf(prompt, size, CRASH_PROMPT);
		return;
	}
	snprintf(prompt, size, "kwalk");
	if (session->guest)
		text_append(prompt, size, " guest %.64s", session->guest);
	if (root->given)
		text_append(prompt, size, " root %" PRIx64, root->value);
	if (session->chosen.has_process && process->has_task)
		text_append(prompt, size, " %s:%" PRId32, process->task.comm, process->task.pid);
	else if (session->chosen.has_process)
		text_append(prompt, size, " mm %" PRIx64, process->mm);
	prompt[printable_clean(prompt, strlen(prompt))] = '\0';
	text_append(prompt, size, "> ");
}

static void read_lines(struct session *session)
{
	char *line, prompt[192];

	while (!session_ended(session)) {
		sigprocmask(SIG_BLOCK, &interrupt.signals, NULL);
		interrupt.came = false;
		interrupt_came = STOP_NONE;
		/* without the limit, because readline would end the program if memory ran out */
		limit_lift();
		make_prompt(session, prompt, sizeof(prompt));
		line = line_editor_read(prompt);
		sigprocmask(SIG_UNBLOCK, &interrupt.signals, NULL);
		if (!line) {
			end_line();
			break;
		}
		remember(line);
		session_run_line(session, line);
		pager_end(session);
		session_complain_of_changes(session);
		free(line);
	}
}

void repl_run(struct session *session, bool quiet)
{
	char banner[512];

	session->front.interactive = true;
	if (!quiet && output_is_terminal(session->output)) {
		open_describe(session->kernel, banner, sizeof(banner));
		output_textf(session->output, "%s\n", banner);
		output_text(session->output, "Type \"help\" for a list of commands.\n");
		output_flush(session->output);
	}
	open_interrupts();
	read_lines(session);
	if (editor.readline) {
		close(interrupt.fd);
		ask_to_keep("");
		editor.clear_history();
	}
	free(found.names);
	memset(&found, 0, sizeof(found)); /* cleared, because another prompt may follow */
}
