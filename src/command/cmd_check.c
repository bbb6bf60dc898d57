/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/command.h"
#include "kernel/check.h"

static void text_line(struct output *output, const char *check,
		      const char *status, const char *message)
{
	output_textf(output, "%-13s  %-7s  %s\n", check, status, message);
}

static void tell(void *arg, const char *check, enum check_status status,
		 const char *message)
{
	struct session *session = arg;
	struct output *output = session->output;

	if (status == CHECK_ERROR)
		session->failed = true;
	if (!output_json(output)) {
		text_line(output, check, check_status_names[status], message);
		return;
	}
	output_begin(output, "check", NULL, check_status_names[status]);
	output_string(output, "check", check);
	output_string(output, "message", message);
	output_end(output);
}

static bool stop(void *arg)
{
	return command_interrupted(arg);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct checker checker = {
		.kernel = session->kernel,
		.tell = tell,
		.stop = stop,
		.arg = session,
	};

	(void)argc, (void)argv, (void)err;
	text_line(session->output, "CHECK", "STATUS", "MESSAGE");
	kernel_check(&checker);
	return true;
}

const struct command command_check = {
	.name = "check",
	.usage = "",
	.summary = "what looks damaged or contradicts itself",
	.details = "Facts against each other and against the page table, the direct map against\n"
		   "the memory that is there, tables that are missing or corrupt, kernel pages\n"
		   "that can be written and run or that processes may touch, frames mapped\n"
		   "with different cache types by the kernel or processes, lists of resources\n"
		   "and tasks that loop. One line each: ok,\n"
		   "warning (a weakness, or nothing tells) or error (damage); an error makes\n"
		   "the exit status 1.",
	.min_args = 0,
	.max_args = 0,
	.run = run,
};
