/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <errno.h>
#include <fcntl.h>
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

/* readline's headers want stdio.h before them. */
#include <readline/chardefs.h>
#include <readline/history.h>
#include <readline/readline.h>

#include "base/array.h"
#include "base/printable.h"
#include "command/commands.h"
#include "open/open.h"
#include "session/interrupt.h"

#define HISTORY_LINES 1000

static char history_path[PATH_MAX]; /* empty: no history is kept */

/* Static, as readline's callbacks take no argument. */
static struct session *completing;

/* Ctrl-C while a line is typed. SIGINT is blocked then and read from a signalfd:
 * readline's own handler would free completions that a question still shows. */
static struct {
	sigset_t signals; /* SIGINT */
	int fd; /* -1: no signalfd, and our handler notes the signal */
	bool came; /* and the line is not yet cleared */
} interrupt;

enum { INPUT, INTERRUPT, NR_AWAITED };

static void open_interrupts(void)
{
	sigemptyset(&interrupt.signals);
	sigaddset(&interrupt.signals, SIGINT);
	interrupt.fd =
		signalfd(-1, &interrupt.signals, SFD_CLOEXEC | SFD_NONBLOCK);
	/* On other signals readline restores the terminal before they end us. */
	rl_catch_signals = interrupt.fd >= 0;
	if (interrupt.fd < 0)
		sigemptyset(&interrupt.signals); /* none to block */
}

/* Waits for input or a signal. Signals are blocked between the check of those that
 * readline has noted and the wait, so none is lost. False: no more input. */
static bool wait_for_input(struct pollfd awaited[NR_AWAITED])
{
	sigset_t all, usual;
	int ready = 0, error;

	for (int i = 0; i < NR_AWAITED; i++)
		awaited[i].revents = 0;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &usual);
	if (!rl_pending_signal())
		ready = ppoll(awaited, NR_AWAITED, NULL, &usual);
	error = errno;
	sigprocmask(SIG_SETMASK, &usual, NULL);
	return ready >= 0 || error == EINTR;
}

/* The key that Ctrl-C stands for. A command line is cleared and ended; the next one
 * has a fresh prompt. In a search or argument, also nested ones, abort leads back to
 * the command line. A question about completions takes RUBOUT for no. */
static int end_by_interrupt(void)
{
	if (RL_ISSTATE(RL_STATE_COMPLETING))
		return RUBOUT;
	if (!RL_ISSTATE(RL_STATE_READCMD))
		return ABORT_CHAR;
	interrupt.came = false;
	rl_echo_signal_char(SIGINT);
	rl_replace_line("", 0);
	rl_done = 1; /* whatever is bound to this key */
	return NEWLINE;
}

/* Replaces rl_getc(), which after Ctrl-C shows nothing before the next key. */
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

	if (interrupt.came && RL_ISSTATE(RL_STATE_READCMD))
		return end_by_interrupt();
	while (wait_for_input(awaited)) {
		rl_check_signals();
		if (awaited[INTERRUPT].revents &&
		    read(interrupt.fd, &signal, sizeof(signal)) > 0) {
			interrupt.came = true;
			return end_by_interrupt();
		}
		if (!*input)
			continue;
		size = read(awaited[INPUT].fd, &key, 1);
		if (size == 1)
			return key;
		if ((size < 0 && errno != EINTR) ||
		    (*input & (POLLHUP | POLLERR)))
			break;
	}
	return EOF;
}

/* Makes read() return at once: Ctrl-C discards input that ppoll() may have seen. */
static void prepare_terminal(int meta)
{
	struct termios terminal;

	rl_prep_terminal(meta);
	if (tcgetattr(STDIN_FILENO, &terminal) < 0)
		return;
	terminal.c_cc[VMIN] = 0;
	terminal.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal);
}

/* Names found for one completion; the strings are freed by readline. */
static struct {
	char **names;
	size_t nr_names, room, next;
} found;

static bool add_name(const char *name, void *arg)
{
	char *copy;

	(void)arg;
	/* Names from the dump or vmlinux must not contain shell syntax. */
	if (!printable_is_name(name))
		return true;
	copy = strdup(name);
	if (copy && array_add(&found.names, &found.nr_names, &found.room, &copy,
			      sizeof(copy)))
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

/* Skips files whose names contain shell syntax. */
static char *next_file(const char *text, int state)
{
	char *name;

	rl_filename_completion_desired = 1;
	for (; (name = rl_filename_completion_function(text, state));
	     state = 1) {
		if (printable_is_path(name))
			break;
		free(name);
	}
	return name;
}

static void add_commands(const char *prefix)
{
	for (const struct command *const *at = commands; *at; at++) {
		if (!strncmp((*at)->name, prefix, strlen(prefix)))
			add_name((*at)->name, NULL);
	}
}

/* Start of the last command in the first length bytes of line. */
static const char *open_command(const char *line, size_t length)
{
	const char *separator = memrchr(line, ';', length);
	const char *start = separator ? separator + 1 : line;

	return start + strspn(start, " \t");
}

static char **complete(const char *text, int start, int end)
{
	const char *line = open_command(rl_line_buffer, start);
	size_t before = rl_line_buffer + start - line;

	(void)end;
	rl_attempted_completion_over = 1;
	if (*line == '!' || memchr(line, '|', before))
		return rl_completion_matches(text, next_file); /* a shell command */
	found.nr_names = found.next = 0;
	if (!before || !strncmp(line, "help ", 5))
		add_commands(text);
	else if (*text)
		kernel_symbols_complete(completing->kernel, text, add_name,
					NULL);
	return found.nr_names ? rl_completion_matches(text, next_name) : NULL;
}

/* ${XDG_STATE_HOME:-~/.local/state}/kwalk/history */
static bool find_history(void)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	bool has_state = state && *state == '/';

	if (!has_state && !(home && *home == '/'))
		return false;
	return snprintf(history_path, sizeof(history_path),
			"%s%s/kwalk/history", has_state ? state : home,
			has_state ? "" : "/.local/state") <
	       (int)sizeof(history_path);
}

/* Creates missing folders and the file. False if it cannot be written. */
static bool make_history(void)
{
	int fd;

	for (char *slash = strchr(history_path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(history_path, 0700); /* a failure shows in open() */
		*slash = '/';
	}
	fd = open(history_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void load_history(void)
{
	using_history();
	stifle_history(HISTORY_LINES);
	if (find_history() && make_history())
		read_history(history_path);
	else
		history_path[0] = '\0';
}

/* Appends to the file at once: nothing is lost by a crash or parallel sessions. */
static void remember(const char *line)
{
	HIST_ENTRY *last = history_get(history_base + history_length - 1);

	if (!line[strspn(line, " \t")] || (last && !strcmp(last->line, line)))
		return;
	/* A pasted newline would make two lines of the file; other control characters
	 * would steer a terminal. */
	for (const char *at = line; *at; at++) {
		if ((unsigned char)*at < ' ' && *at != '\t')
			return;
	}
	add_history(line);
	if (history_path[0])
		append_history(1, history_path);
}

static void save_history(void)
{
	if (history_path[0])
		history_truncate_file(history_path, HISTORY_LINES);
	clear_history();
}

static void prepare_readline(struct session *session)
{
	rl_readline_name = "kwalk";
	rl_attempted_completion_function = complete;
	rl_completer_word_break_characters = " \t&+-;|!";
	rl_getc_function = read_key;
	rl_prep_term_function = prepare_terminal;
	if (output_json(session->output) || !isatty(STDOUT_FILENO))
		rl_outstream = stderr; /* standard output is for answers */
	completing = session;
	load_history();
}

/* After Ctrl-D. With bracketed paste readline does it itself. */
static void end_line(void)
{
	const char *brackets = rl_variable_value("enable-bracketed-paste");

	if (!brackets || strcmp(brackets, "on"))
		rl_crlf();
}

static void read_lines(struct session *session)
{
	char *line;

	while (!session_ended(session)) {
		sigprocmask(SIG_BLOCK, &interrupt.signals, NULL);
		interrupt.came = false;
		interrupt_came = false;
		line = readline("kwalk> ");
		sigprocmask(SIG_UNBLOCK, &interrupt.signals, NULL);
		if (!line) {
			end_line();
			break;
		}
		remember(line);
		session_run_line(session, line);
		output_flush(session->output);
		free(line);
	}
}

void repl_run(struct session *session, bool quiet)
{
	char banner[512];

	session->interactive = true;
	if (!quiet && output_is_terminal(session->output)) {
		kernel_describe(session->kernel, banner, sizeof(banner));
		output_textf(session->output, "%s\n", banner);
		output_flush(session->output);
	}
	prepare_readline(session);
	open_interrupts();
	read_lines(session);
	close(interrupt.fd);
	save_history();
	free(found.names);
}
