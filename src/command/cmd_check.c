/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answers/check.h"
#include "session/command.h"

#define LINE "%-13s  %-7s  %s\n"

static void tell(void *arg, const char *check, enum check_status status,
		 const char *message)
{
	struct session *session = arg;
	struct output *output = session->output;

	if (status == CHECK_ERROR)
		session->failed = true;
	output_textf(output, LINE, check, check_status_names[status], message);
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
	output_textf(session->output, LINE, "CHECK", "STATUS", "MESSAGE");
	kernel_check(&checker);
	return true;
}

const struct command command_check = {
	.name = "check",
	.usage = "",
	.summary = "look for damage and contradictions in the dump",
	.details = "Compares facts with each other and with the page table, and the direct map\n"
		   "with the memory of the machine. Looks for missing and corrupt tables,\n"
		   "kernel pages that are both writable and executable or that processes can\n"
		   "access, frames mapped with different cache types by the kernel or by\n"
		   "processes, and loops in the lists of resources and tasks. One line per\n"
		   "check: ok, warning (a weakness, or unknown) or error (damage); an error\n"
		   "makes the exit status 1.",
	.run = run,
};
