/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt: keys that are typed at a terminal, a System.map (FUZZ_MAP, beside FUZZ_DUMP) with
 * additional hostile names for completion, and a history, which is the first part of the input.
 * Keys and history do not contain characters that run a shell command, so if a command runs, a name
 * has caused it. No name that contains FORGED may be offered. */
#include "open/open.h"
#include "sandbox/outside.h"
#include "session.h"
#include "src/program/script.h"
#include "terminal.h"

#include <sys/stat.h>

static struct kernel *kernel;
static char folder[] = "/dev/shm/kwalk-prompt-XXXXXX";
static char history[64];

static const char *const names[] = {
	"s;!" FORGED,		"s|" FORGED,	    "s`" FORGED "`", "s$(" FORGED ")",
	"s\x1b]0;" FORGED,	"s\xc2\x9b" FORGED, "s\r!" FORGED,   "s'" FORGED,
	"sc\\" FORGED,		"init_;!" FORGED,   "s#" FORGED,     "s\"" FORGED,
	"s\xe2\x80\xae" FORGED, "s&" FORGED,	    "s>" FORGED,     "s!" FORGED,
};

bool __wrap_shell_run(const char *command, int output, struct error *err);
bool __wrap_shell_pipe_open(int *fd, const char *command, struct error *err);

bool __wrap_shell_run(const char *command, int output, struct error *err)
{
	(void)command, (void)output, (void)err;
	PROMISED(!"a shell command runs");
	return false;
}

bool __wrap_shell_pipe_open(int *fd, const char *command, struct error *err)
{
	(void)fd, (void)command, (void)err;
	PROMISED(!"a shell command runs");
	return false;
}

bool __wrap_outside_ask(const char *request, struct outside_answer *answer, struct error *err);

/* Does what the helper outside of the sandbox does. */
bool __wrap_outside_ask(const char *request, struct outside_answer *answer, struct error *err)
{
	size_t length = strlen(REPL_REQUEST);

	(void)answer, (void)err;
	PROMISED(!strncmp(request, REPL_REQUEST, length));
	repl_keep(request + length);
	return true;
}

/* Writes the map and the hostile names to a file in memory. */
static void make_map(char *path, size_t size)
{
	FILE *file = fopen(fuzz_file("FUZZ_MAP", "System.map"), "r");
	int fd = memfd_create("map", MFD_CLOEXEC);
	char line[1024];

	while (file && fgets(line, sizeof(line), file))
		dprintf(fd, "%s", line);
	if (!file || fclose(file)) {
		fputs("fuzz_prompt: no System.map\n", stderr);
		exit(2);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		dprintf(fd, "%zx T %s\n", UINT64_C(0xffffffff81300000) + 64 * i, names[i]);
	snprintf(path, size, "/proc/self/fd/%d", fd);
}

/* Writes an inputrc without keys for vi-editing-mode: there, a motion with an argument never ends at
 * the end of a line. */
static const char *keys_file(void)
{
	static char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/inputrc", folder);
	file = fopen(path, "w");
	if (!file || fputs("\"\\e\\C-j\": abort\n\"\\e\\C-m\": abort\n", file) < 0 ||
	    fclose(file)) {
		fputs("fuzz_prompt: no inputrc\n", stderr);
		exit(2);
	}
	return path;
}

static bool nothing(struct session *session, char **words, struct error *err)
{
	(void)session, (void)words, (void)err;
	return true;
}

/* Commands without answers, so that the typed text cannot be in an answer. */
static const struct command_argument any[] = { { "ANY", WORD_TEXT, .most = MANY }, { 0 } };
static const struct command silent = { .name = "vtop", .arguments = any, .run = nothing };
static const struct command *const silent_commands[] = { &silent, NULL };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char map[64], dump[4096];
	const char *const paths[] = { dump, map };
	const struct opening opening = {
		.paths = paths,
		.nr_paths = 2,
		.listener = session_listener(),
		.debug_path = "",
	};

	(void)argc, (void)argv;
	make_map(map, sizeof(map));
	snprintf(dump, sizeof(dump), "%s", fuzz_file("FUZZ_DUMP", "dump"));
	kernel = open_kernel_dump(&opening, NULL);
	if (!kernel || !mkdtemp(folder)) {
		fputs("fuzz_prompt: no dump\n", stderr);
		exit(2);
	}
	terminal_open();
	setenv("XDG_STATE_HOME", folder, 1);
	setenv("INPUTRC", keys_file(), 1);
	setenv("TERM", "xterm", 1);
	snprintf(history, sizeof(history), "%s/kwalk", folder);
	mkdir(history, 0700);
	snprintf(history, sizeof(history), "%s/kwalk/history", folder);
	return 0;
}

/* Removes the characters that FORGED or a shell command needs. */
static char *harmless(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	for (char *at = text; *at; at++)
		if (strchr("@!|", *at))
			*at = 's';
	return text;
}

static void write_history(const char *text, size_t size)
{
	int fd = open(history, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, size) != (ssize_t)size)
		abort();
	close(fd);
}

/* Checks that only lines of text were added to the history. */
static void check_history(size_t before)
{
	int fd = open(history, O_RDONLY | O_CLOEXEC);
	char text[4096];
	ssize_t size = pread(fd, text, sizeof(text), (off_t)before);

	PROMISED(fd >= 0 && size >= 0);
	close(fd);
	for (ssize_t i = 0; i < size; i++)
		PROMISED((uint8_t)text[i] >= ' ' || text[i] == '\n' || text[i] == '\t');
	PROMISED(!memmem(text, (size_t)size, FORGED, 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t half = size ? data[0] % size : 0;
	static const char end_of_paste[] = "\x1b[201~";
	char *old, *keys;
	int input = dup(STDIN_FILENO);
	struct fuzz_session begun;

	if (size < 2)
		return 0;
	old = harmless(data + 1, half);
	keys = harmless(data + 1 + half, size - 1 - half);
	write_history(old, strlen(old));
	/* At the end of a paste that the terminal does not end, readline 8.2 reads after the end of
	 * the text (kill.c, _rl_bracketed_text()). */
	keys = realloc(keys, strlen(keys) + sizeof(end_of_paste));
	strcat(keys, end_of_paste);
	terminal_type((uint8_t *)keys, strlen(keys));
	capture_begin();
	dup2(terminal.slave, STDIN_FILENO);
	session_begin(&begun, kernel, false);
	begun.session.front.commands = silent_commands;
	interrupt_watch();
	repl_prepare(&begun.session);
	repl_run(&begun.session, true);
	session_end(&begun);
	dup2(input, STDIN_FILENO);
	close(input);
	fflush(stderr);
	dup2(standard_error, STDERR_FILENO);
	capture_check(answers, TEXT);
	capture_check(complaints, TERMINAL);
	check_history(strlen(old));
	free(keys);
	free(old);
	return 0;
}
