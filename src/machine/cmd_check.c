/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "answers/check.h"
#include "output/style.h"
#include "session/command.h"

/* A line of text. */
static void put_line(struct output *output, const char *check,
		     const char *status, const char *message)
{
	enum { STATUS = 15, MESSAGE = 24, LONGEST = 4096 };
	struct span span = { .start = STATUS, .end = STATUS + strlen(status) };
	char line[LONGEST];
	int size = snprintf(line, sizeof(line), "%-*s%-*s%s", STATUS, check,
			    MESSAGE - STATUS, status, message);

	span.style = style_of("status", status, strlen(status), false);
	if (size >= LONGEST)
		size = LONGEST - 1;
	output_styled_line(output, line, (size_t)size, &span, 1);
}

static void tell(void *arg, const char *check, enum check_status status,
		 const char *message)
{
	struct session *session = arg;
	struct output *output = session->output;

	if (status == CHECK_ERROR)
		session->failed = true;
	put_line(output, check, check_status_names[status], message);
	if (!output_json(output))
		return;
	output_begin(output, "check", NULL, check_status_names[status]);
	output_string(output, "check", check);
	output_string(output, "message", message);
	output_end(output);
}

static bool run(struct session *session, char **words, struct error *err)
{
	struct checker checker = {
		.kernel = session->kernel,
		.tell = tell,
		.arg = session,
	};

	(void)words, (void)err;
	put_line(session->output, "CHECK", "STATUS", "MESSAGE");
	kernel_check(&checker);
	return true;
}

const struct command command_check = {
	.name = "check",
	.usage = "",
	.summary = "look for damage and contradictions in the dump",
	.details = "Compares facts with each other and with the page table, and the direct map\n"
		   "with the memory of the machine. Looks for missing and corrupt tables,\n"
		   "pages of the kernel and of processes that are both writable and executable,\n"
		   "kernel pages that processes can access, frames mapped with different cache\n"
		   "types by the kernel or by processes, and loops in the lists of resources\n"
		   "and tasks. One line per check: ok, warning (a weakness, or unknown) or\n"
		   "error (damage); an error makes the exit status 1.",
	.run = run,
};
