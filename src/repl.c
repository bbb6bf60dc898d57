/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* readline's headers want stdio.h before them. */
#include <readline/history.h>
#include <readline/readline.h>

#include "history_file.h"

#define HISTORY_LINES 1000

static char history_path[PATH_MAX]; /* empty: nothing is kept */

/* readline's callbacks and signal handlers take no argument. */
static volatile sig_atomic_t interrupted;
static struct session *completing;

static void note_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void forget_line(void)
{
	if (!interrupted)
		return;
	interrupted = 0;
	rl_replace_line("", 0);
	rl_crlf();
	rl_on_new_line();
	rl_redisplay();
}

/* Until there is input or a signal; none can slip in between looking for one
 * that readline has noted and the wait. False: no more input will come. */
static bool wait_for_input(struct pollfd *input)
{
	sigset_t all, usual;
	int ready = 0, error;

	input->revents = 0;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &usual);
	if (!interrupted && !rl_pending_signal())
		ready = ppoll(input, 1, NULL, &usual);
	error = errno;
	sigprocmask(SIG_SETMASK, &usual, NULL);
	return ready >= 0 || error == EINTR;
}

/* In place of rl_getc(), which a Ctrl-C between two keys leaves waiting for
 * the next one before anything is shown. */
static int read_key(FILE *stream)
{
	struct pollfd input = { .fd = fileno(stream), .events = POLLIN };
	unsigned char key;
	ssize_t size;

	while (wait_for_input(&input)) {
		rl_check_signals(); /* calls note_interrupt() */
		forget_line();
		if (!input.revents)
			continue;
		size = read(input.fd, &key, 1);
		if (size == 1)
			return key;
		if ((size < 0 && errno != EINTR) ||
		    (input.revents & (POLLHUP | POLLERR)))
			break;
	}
	return EOF;
}

/* Ctrl-C throws away what was typed, perhaps after it was seen to be there:
 * reading must not wait then. */
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

/* Names found for one completion; readline frees the names. */
static struct {
	char **names;
	size_t nr_names, room, next;
} found;

static bool add_name(const char *name, void *arg)
{
	(void)arg;
	if (found.nr_names == found.room) {
		size_t room = found.room ? 2 * found.room : 64;
		char **larger = reallocarray(found.names, room, sizeof(*larger));

		if (!larger)
			return false;
		found.names = larger;
		found.room = room;
	}
	found.names[found.nr_names] = strdup(name);
	return found.names[found.nr_names++];
}

static char *next_name(const char *text, int state)
{
	(void)text;
	(void)state;
	return found.next < found.nr_names ? found.names[found.next++] : NULL;
}

static void add_commands(const char *prefix)
{
	for (const struct command *const *at = commands; *at; at++) {
		if (!strncmp((*at)->name, prefix, strlen(prefix)))
			add_name((*at)->name, NULL);
	}
}

/* Start of the command that the line's first length bytes end in. */
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
	if (*line == '!' || memchr(line, '|', before))
		return NULL; /* the shell's: file names */
	rl_attempted_completion_over = 1;
	found.nr_names = found.next = 0;
	if (!before || !strncmp(line, "help ", 5))
		add_commands(text);
	else if (*text)
		kernel_symbols_complete(completing->kernel, text, add_name,
					NULL);
	return found.nr_names ? rl_completion_matches(text, next_name) : NULL;
}

static void load_history(void)
{
	using_history();
	stifle_history(HISTORY_LINES);
	if (history_file_place(history_path, sizeof(history_path)))
		read_history(history_path);
	else
		history_path[0] = '\0';
}

/* Written line by line: a session that dies and sessions side by side lose
 * nothing. */
static void remember(const char *line)
{
	HIST_ENTRY *last = history_get(history_base + history_length - 1);

	if (!line[strspn(line, " \t")] || (last && !strcmp(last->line, line)))
		return;
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

/* After Ctrl-D; readline does it itself where it brackets pasted text. */
static void end_line(void)
{
	const char *brackets = rl_variable_value("enable-bracketed-paste");

	if (!brackets || strcmp(brackets, "on"))
		fputc('\n', rl_outstream);
}

static void read_lines(struct session *session)
{
	char *line;

	while (!command_stop(session)) {
		interrupted = 0;
		line = readline("kwalk> ");
		if (!line) {
			end_line();
			break;
		}
		remember(line);
		command_run_line(session, line);
		output_flush(session->output);
		free(line);
	}
}

static void show_banner(struct session *session)
{
	char line[512];

	kernel_describe(session->kernel, line, sizeof(line));
	output_textf(session->output, "%s\n", line);
	output_flush(session->output);
}

void repl_run(struct session *session, bool quiet)
{
	struct sigaction interrupt = { .sa_handler = note_interrupt,
				       .sa_flags = SA_RESTART };
	struct sigaction before;

	session->interactive = true;
	session->interrupted = &interrupted;
	if (!quiet && output_is_terminal(session->output))
		show_banner(session);
	prepare_readline(session);
	sigaction(SIGINT, &interrupt, &before);
	read_lines(session);
	sigaction(SIGINT, &before, NULL);
	save_history();
	free(found.names);
}
