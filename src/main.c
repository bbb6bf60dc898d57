/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/commands.h"
#include "open/open.h"
#include "options.h"
#include "output/say.h"
#include "script.h"
#include "session/interrupt.h"

enum { STATUS_ANSWERED, STATUS_FAILED, STATUS_NOTHING };

/* If standard descriptors are closed, a dump could be opened as number 1 and be
 * written to. Fills the gaps with descriptors that can be neither read nor written. */
static void hold_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_PATH);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* SIGBUS: a read error of a mapped file. */
static void die_of_lost_file(int signal)
{
	(void)signal;
	say_in_handler(
		"kwalk: a file became shorter or unreadable while it was in use\n");
	_exit(STATUS_NOTHING);
}

struct program {
	struct options options;
	struct session *session; /* NULL until the dump is open */
	struct status_line status_line;
	bool holds_troubles; /* until the warning or error that they belong to */
	struct held_lines troubles;
};

/* --- callbacks --- */

static void report_progress(void *arg, const char *text)
{
	struct program *program = arg;

	status_line_show(&program->status_line, "%s", text);
}

static void release_troubles(struct program *program)
{
	program->holds_troubles = false;
	say_held(&program->troubles);
}

/* The first warning says what is wrong with the dump, the troubles say where. */
static void report_warning(void *arg, const char *text)
{
	struct program *program = arg;

	status_line_hide(&program->status_line);
	say("kwalk: warning: %s", text);
	release_troubles(program);
}

static void report_fact(void *arg, const char *text)
{
	struct program *program = arg;

	status_line_hide(&program->status_line);
	release_troubles(program);
	say("kwalk: fact: %s", text);
}

static void report_trouble(void *arg, const char *text)
{
	struct program *program = arg;

	if (program->holds_troubles)
		say_hold(&program->troubles, "kwalk: file: %s", text);
	else
		say("kwalk: file: %s", text);
}

static bool stop(void *arg)
{
	struct program *program = arg;

	return program->session && session_interrupted(program->session);
}

static void fetch_vmlinux(void *arg, struct kernel *kernel)
{
	struct program *program = arg;
	const struct options *options = &program->options;
	/* Is there a user at a terminal, waiting for the prompt? */
	bool can_ask = !options->nr_batches && isatty(STDIN_FILENO) &&
		       isatty(STDERR_FILENO);

	status_line_hide(&program->status_line);
	debuginfod_fetch(kernel, options->debuginfod, can_ask);
}

/* --- commands --- */

static void run_standard_input(struct session *session, bool quiet)
{
	struct error err;
	int fd;

	if (isatty(STDIN_FILENO)) {
		repl_run(session, quiet);
	} else if ((fd = script_open("-", &err)) >= 0) {
		script_run(session, fd);
	} else {
		say("kwalk: %s", err.message);
		session->failed = true;
	}
}

static int write_status(int error)
{
	if (error && error != EPIPE)
		say("kwalk: cannot write answers: %s", strerror(error));
	return error ? STATUS_FAILED : STATUS_ANSWERED;
}

/* Answers on a terminal end the status line for good; elsewhere both can be shown. */
static void before_answers(void *arg)
{
	struct session *session = arg;

	if (session->work.command && output_is_seen(session->output))
		work_end(&session->work);
}

static void run_batches(struct session *session, const struct options *options)
{
	interrupt_watch();
	for (size_t i = 0; i < options->nr_batches; i++) {
		const struct batch *batch = &options->batches[i];

		if (session_ended(session) || interrupt_came)
			return;
		if (batch->text)
			session_run_text(session, batch->text);
		else
			script_run(session, batch->script);
	}
	if (!options->nr_batches)
		run_standard_input(session, options->quiet);
}

static int run(struct kernel *kernel, struct program *program)
{
	struct options *options = &program->options;
	struct session session = {
		.kernel = kernel,
		.commands = commands,
		.output = output_create(STDOUT_FILENO, options->json),
		.work.line = &program->status_line,
	};
	bool written;

	if (!session.output) {
		say("kwalk: out of memory");
		return STATUS_NOTHING;
	}
	program->session = &session;
	output_set_address_width(session.output,
				 2 * kernel_pointer_size(kernel));
	output_before_write(session.output, before_answers, &session);
	run_batches(&session, options);
	output_flush(session.output);
	written = write_status(output_failed(session.output)) == STATUS_ANSWERED;
	output_destroy(session.output);
	program->session = NULL;
	return written && !session.failed ? STATUS_ANSWERED : STATUS_FAILED;
}

static int open_and_run(struct program *program)
{
	struct options *options = &program->options;
	struct listener listener = {
		.warning = report_warning,
		.fact = options->verbose ? report_fact : NULL,
		.trouble = options->verbose ? report_trouble : NULL,
		.progress = report_progress,
		.stop = stop,
		.arg = program,
	};
	const struct opening opening = {
		.paths = options->files,
		.nr_paths = options->nr_files,
		.overrides = options->overrides,
		.nr_overrides = options->nr_overrides,
		.debug_path = getenv("KWALK_DEBUG_PATH"),
		.strict = options->strict,
		.listener = &listener,
		.fetch = fetch_vmlinux,
		.arg = program,
	};
	struct error err;
	struct kernel *kernel;
	int status = STATUS_NOTHING;

	program->holds_troubles = true;
	kernel = kernel_open(&opening, &err);
	status_line_hide(&program->status_line);
	if (!kernel)
		say("kwalk: %s", err.message);
	release_troubles(program);
	if (kernel)
		status = run(kernel, program);
	kernel_close(kernel);
	return status;
}

int main(int argc, char **argv)
{
	struct program program = { 0 };
	int status = STATUS_NOTHING;

	hold_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGBUS, die_of_lost_file);
	switch (options_parse(&program.options, argc, argv)) {
	case OPTIONS_RUN:
		status = open_and_run(&program);
		break;
	case OPTIONS_DONE:
		status = write_status(say_on_stdout(program.options.text));
		break;
	case OPTIONS_WRONG:
		break;
	}
	options_release(&program.options);
	return status;
}
