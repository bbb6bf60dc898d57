/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts run as main runs them, answers going nowhere. Ctrl-C comes after a fifth
 * of a second: what then goes on and on is a finding. */
#pragma once

#include "input.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "command/commands.h"
#include "session/command.h"
#include "session/interrupt.h"

static timer_t timer;
static int nowhere;

static inline void interrupt(int signal)
{
	(void)signal;
	interrupt_came = 1;
}

static inline bool script_stops(void *arg)
{
	(void)arg;
	return interrupt_came;
}

static struct listener script_listener = { .stop = script_stops };

/* Once, before the first script. */
static inline void script_prepare(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL };
	struct sigaction action = { .sa_handler = interrupt };

	nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	event.sigev_signo = SIGRTMIN;
	sigaction(SIGRTMIN, &action, NULL);
	if (nowhere < 0 || timer_create(CLOCK_MONOTONIC, &event, &timer))
		abort();
}

static inline void set_timer(long nanoseconds)
{
	struct itimerspec time = { .it_value.tv_nsec = nanoseconds };

	timer_settime(timer, 0, &time, NULL);
}

static inline void script_run(struct kernel *kernel, const char *script,
			      bool json)
{
	struct status_line line = { .asked = true }; /* there is no terminal */
	struct session session = {
		.kernel = kernel,
		.commands = commands,
		.work.line = &line,
		.output = output_create(nowhere, json),
	};

	interrupt_came = 0;
	set_timer(200000000);
	session_run_text(&session, script);
	set_timer(0);
	PROMISED(output_failed(session.output) == 0);
	output_destroy(session.output);
}
