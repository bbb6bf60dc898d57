/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "inputs.h"
#include "kernel/debug_file.h"
#include "kernel/kernel.h"
#include "kernel/vmlinux_search.h"
#include "options.h"
#include "repl.h"
#include "script.h"

enum { STATUS_ANSWERED, STATUS_FAILED, STATUS_NOTHING };

/* A dump must not be opened as descriptor 1 and be written to. One that was
 * closed is opened so that using it fails. */
static void hold_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_PATH);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* The dump is read through a mapping: what would be a failed read elsewhere
 * arrives as this signal. */
static void die_of_lost_file(int signal)
{
	static const char text[] =
		"kwalk: a file became shorter or unreadable while it was in use\n";
	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signal;
	(void)written;
	_exit(STATUS_NOTHING);
}

static void handle_signals(void)
{
	struct sigaction lost_file = { .sa_handler = die_of_lost_file };

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGBUS, &lost_file, NULL);
}

static void report_progress(void *arg, const char *text)
{
	struct options *options = arg;

	status_line_show(&options->status_line, "%s", text);
}

/* Where something is wrong with a file; what is wrong is to be said first. */
static void report_trouble(void *arg, const char *text)
{
	struct options *options = arg;

	if (options->verbose)
		fprintf(options->held ? options->held : stderr,
			"kwalk: file: %s\n", text);
}

static void hold_troubles(struct options *options)
{
	options->held = open_memstream(&options->held_text,
				       &options->held_size);
}

static void release_troubles(struct options *options)
{
	if (!options->held)
		return;
	if (!fclose(options->held))
		fputs(options->held_text, stderr);
	options->held = NULL;
	free(options->held_text);
}

static void report_event(void *arg, enum kernel_event event, const char *text)
{
	struct options *options = arg;

	if (event == KERNEL_PROGRESS) {
		report_progress(options, text);
	} else if (event == KERNEL_WARNING) {
		fprintf(stderr, "kwalk: warning: %s\n", text);
	} else if (options->verbose) {
		fprintf(stderr, "kwalk: fact: %s\n", text);
	}
}

/* Somebody sits there, and waits for a prompt. */
static bool can_ask(const struct options *options)
{
	return !options->nr_batches && isatty(STDIN_FILENO) &&
	       isatty(STDERR_FILENO);
}

static bool prepare(struct kernel *kernel, struct options *options,
		    struct error *err)
{
	const char *debug_path = getenv("KWALK_DEBUG_PATH");
	const struct dump *dump = kernel->dump;
	bool started;

	if (dump->warning[0])
		fprintf(stderr, "kwalk: warning: %s: %s\n", dump->file.path,
			dump->warning);
	release_troubles(options);
	kernel->listener = report_event;
	kernel->listener_arg = options;
	for (size_t i = 0; i < options->nr_overrides; i++) {
		if (!kernel_override(kernel, options->overrides[i], err))
			return false;
	}
	if (kernel->vmlinux)
		debug_file_search(kernel->vmlinux, debug_path);
	started = kernel_start(kernel, err);
	status_line_hide(&options->status_line);
	if (!started)
		return false;
	kernel_search_vmlinux(kernel, debug_path);
	debuginfod_fetch(kernel, options->debuginfod, can_ask(options));
	if (options->strict && kernel->identity.match == VMLINUX_DIFFERS)
		return fail(err, ERROR_FORMAT,
			    "%s: does not belong to the dump (--strict)",
			    kernel->vmlinux->file.path);
	return true;
}

static void run_batch(struct session *session, const struct batch *batch)
{
	if (batch->text)
		command_run_text(session, batch->text);
	else
		script_run(session, batch->script);
}

static void run_standard_input(struct session *session, bool quiet)
{
	struct error err;
	int fd;

	if (isatty(STDIN_FILENO)) {
		repl_run(session, quiet);
	} else if ((fd = script_open("-", &err)) >= 0) {
		script_run(session, fd);
	} else {
		fprintf(stderr, "kwalk: %s\n", err.message);
		session->failed = true;
	}
}

static int write_status(int error)
{
	if (error && error != EPIPE)
		fprintf(stderr, "kwalk: cannot write answers: %s\n",
			strerror(error));
	return error ? STATUS_FAILED : STATUS_ANSWERED;
}

static volatile sig_atomic_t interrupted;

/* The second one that nobody looked at ends the program. */
static void note_interrupt(int signal)
{
	if (interrupted)
		_exit(128 + signal);
	interrupted = true;
}

/* Answers on the terminal are progress enough; elsewhere they do not disturb
 * its line. */
static void before_answers(void *arg)
{
	struct session *session = arg;

	if (session->work.command &&
	    (output_is_piped(session->output) ||
	     output_is_terminal(session->output)))
		work_end(&session->work);
}

static void run_batches(struct session *session, const struct options *options)
{
	const struct sigaction interrupt = { .sa_handler = note_interrupt };
	struct sigaction before;

	sigaction(SIGINT, &interrupt, &before);
	if (before.sa_handler == SIG_IGN) /* of a job in the background */
		sigaction(SIGINT, &before, NULL);
	for (size_t i = 0; i < options->nr_batches; i++) {
		if (!command_stop(session) && !interrupted)
			run_batch(session, &options->batches[i]);
	}
	if (!options->nr_batches)
		run_standard_input(session, options->quiet);
}

static int run(struct kernel *kernel, struct options *options)
{
	struct session session = {
		.kernel = kernel,
		.output = output_create(STDOUT_FILENO, options->json),
		.interrupted = &interrupted,
		.status_line = &options->status_line,
	};
	int status = STATUS_FAILED;

	if (!session.output) {
		fputs("kwalk: out of memory\n", stderr);
		return STATUS_NOTHING;
	}
	output_set_address_width(session.output,
				 2 * kernel_pointer_size(kernel));
	output_before_write(session.output, before_answers, &session);
	run_batches(&session, options);
	output_flush(session.output);
	if (write_status(output_failed(session.output)) == STATUS_ANSWERED &&
	    !session.failed)
		status = STATUS_ANSWERED;
	output_destroy(session.output);
	return status;
}

static int open_and_run(struct options *options)
{
	struct listener listener = {
		.progress = report_progress,
		.trouble = report_trouble,
		.arg = options,
	};
	struct kernel *kernel;
	struct error err;
	int status = STATUS_NOTHING;

	hold_troubles(options);
	kernel = inputs_open(options->files, options->nr_files, &listener,
			     &err);
	status_line_hide(&options->status_line);
	if (kernel && prepare(kernel, options, &err))
		status = run(kernel, options);
	else
		fprintf(stderr, "kwalk: %s\n", err.message);
	release_troubles(options);
	kernel_destroy(kernel);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	int status = STATUS_NOTHING;

	hold_standard_descriptors();
	handle_signals();
	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_RUN:
		status = open_and_run(&options);
		break;
	case OPTIONS_DONE:
		status = write_status(fflush(stdout) ? errno : 0);
		break;
	case OPTIONS_WRONG:
		break;
	}
	options_release(&options);
	return status;
}
