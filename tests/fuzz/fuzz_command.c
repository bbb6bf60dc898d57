/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The input is a script, run on the dump that FUZZ_DUMP names; its first byte
 * says whether answers are text or JSON. Shell commands are taken out. Ctrl-C
 * comes after a fifth of a second: what then goes on and on is a finding.
 */
#include "input.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "command/command.h"

static volatile sig_atomic_t interrupted;
static struct kernel *kernel;
static timer_t timer;
static int nowhere;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static struct kernel *open_kernel(void)
{
	const char *path = getenv("FUZZ_DUMP");
	struct kernel *opened = NULL;
	struct error err = { .message = "FUZZ_DUMP does not name a dump" };
	struct dump *dump = NULL;
	struct file file;

	if (path && file_open(&file, path, &err))
		dump = dump_open(&file, &err);
	if (dump)
		opened = kernel_create(dump, NULL, &err);
	if (!opened || !kernel_start(opened, &err)) {
		fprintf(stderr, "fuzz_command: %s\n", err.message);
		exit(2);
	}
	return opened;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL };
	struct sigaction action = { .sa_handler = interrupt };

	(void)argc, (void)argv;
	kernel = open_kernel();
	nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	event.sigev_signo = SIGRTMIN;
	sigaction(SIGRTMIN, &action, NULL);
	if (nowhere < 0 || timer_create(CLOCK_MONOTONIC, &event, &timer))
		abort();
	return 0;
}

static void set_timer(long nanoseconds)
{
	struct itimerspec time = { .it_value.tv_nsec = nanoseconds };

	timer_settime(timer, 0, &time, NULL);
}

static char *script_of(const uint8_t *data, size_t size)
{
	char *script = strndup((const char *)data, size);

	for (char *at = script; *at; at++) {
		if (*at == '!' || *at == '|')
			*at = ' ';
	}
	return script;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct status_line line = { .asked = true }; /* there is no terminal */
	struct session session = {
		.kernel = kernel,
		.interrupted = &interrupted,
		.status_line = &line,
	};
	char *script;

	if (size < 1)
		return 0;
	script = script_of(data + 1, size - 1);
	session.output = output_create(nowhere, data[0] & 1);
	interrupted = 0;
	set_timer(200000000);
	command_run_text(&session, script);
	set_timer(0);
	PROMISED(output_failed(session.output) == 0);
	output_destroy(session.output);
	free(script);
	return 0;
}
