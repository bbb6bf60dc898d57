/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/line_editor.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dlopen_note.h"
#include "cli/interrupt.h"
#include "output/say.h"

#define TEXT_OF(number) #number
#define READLINE_SONAME_OF(version) "libreadline.so." TEXT_OF(version)
#define READLINE_SONAME READLINE_SONAME_OF(RL_VERSION_MAJOR)

DLOPEN_NOTE("prompt", READLINE_SONAME, "Edits the lines of the prompt");

struct line_editor editor;

bool line_editor_load(struct error *err)
{
#define SYMBOL(member, name) { #name, offsetof(struct line_editor, member) },
	static const struct {
		const char *name;
		size_t offset;
	} symbols[] = { FOR_EACH_OF_READLINE(SYMBOL) };
#undef SYMBOL
	void *library;

	if (editor.readline)
		return true;
	library = dlopen(READLINE_SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return fail(err, ERROR_SYSTEM, "%s", dlerror());
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *symbol = dlsym(library, symbols[i].name);

		if (!symbol) {
			editor = (struct line_editor){ 0 };
			return fail(err, ERROR_SYSTEM, "%s lacks %s", READLINE_SONAME,
				    symbols[i].name);
		}
		memcpy((char *)&editor + symbols[i].offset, &symbol, sizeof(symbol));
	}
	return true;
}

/* Waits for a line. Ctrl-C discards what was typed: the terminal does this, and a new prompt follows.
 * SIGINT must be blocked; usual: the signals that are blocked otherwise. */
static void wait_for_line(const char *prompt, const sigset_t *usual)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	say_question("%s", prompt);
	while (ppoll(&input, 1, NULL, usual) < 0 && errno == EINTR)
		if (interrupt_came) {
			interrupt_came = STOP_NONE;
			say("%s", "");
			say_question("%s", prompt);
		}
}

static char *read_plain_line(const char *prompt)
{
	sigset_t interrupt, usual;
	char *line = NULL;
	size_t room = 0;

	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigprocmask(SIG_BLOCK, &interrupt, &usual);
	wait_for_line(prompt, &usual);
	if (getline(&line, &room, stdin) < 0) {
		say("%s", "");
		free(line);
		line = NULL;
	} else {
		line[strcspn(line, "\n")] = '\0';
	}
	sigprocmask(SIG_SETMASK, &usual, NULL);
	return line;
}

char *line_editor_read(const char *prompt)
{
	return editor.readline ? editor.readline(prompt) : read_plain_line(prompt);
}
