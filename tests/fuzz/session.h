/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands, which are run as main() does. Their answers and complaints are collected, and must be
 * safe for a terminal: lines of text or JSON, without characters that control a terminal, and
 * without a line that begins with text from a file. Ctrl-C is sent after a fifth of a second, and
 * again after each further fifth, because the first Ctrl-C may only end a search, whose results are
 * then printed. A command that still does not end is a finding. */
#pragma once

#include "input.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "clean.h"
#include "cli/commands/commands.h"
#include "listing/listing.h"
#include "open/open.h"
#include "output/say.h"
#include "cli/pager.h"
#include "cli/command.h"
#include "cli/interrupt.h"

static timer_t timer;
/* Files in memory, of which the first is standard input; and the real standard error. */
static int typed, answers = -1, complaints, standard_error;

static inline void interrupt(int signal)
{
	(void)signal;
	interrupt_came = 1;
}

static inline bool session_stops(void *arg)
{
	(void)arg;
	return interrupt_came;
}

static inline void hear_warning(void *arg, const char *text)
{
	(void)arg;
	say("kwalk: warning: %s", text);
}

static inline void say_fact(void *arg, const char *text)
{
	(void)arg;
	say("kwalk: fact: %s", text);
}

static inline void say_trouble(void *arg, const char *text)
{
	(void)arg;
	say("kwalk: file: %s", text);
}

/* Returns a new listener for each input, because it counts troubles. */
static inline struct listener *session_listener(void)
{
	static struct listener listener;

	listener = (struct listener){
		.warning = hear_warning,
		.fact = say_fact,
		.trouble = say_trouble,
		.stop = session_stops,
	};
	return &listener;
}

/* The time is multiplied by FUZZ_PATIENCE. This is needed when lines are counted, which a busy
 * machine may not reach in time. */
static inline void set_timer(long nanoseconds)
{
	const char *patience = getenv("FUZZ_PATIENCE");
	long long all = nanoseconds * (patience ? atoll(patience) : 1);
	struct timespec each = { (time_t)(all / 1000000000), (long)(all % 1000000000) };
	struct itimerspec time = { .it_value = each, .it_interval = each };

	timer_settime(timer, 0, &time, NULL);
}

static inline void prepare_capture(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL };
	struct sigaction action = { .sa_handler = interrupt, .sa_flags = SA_RESTART };

	typed = memfd_create("typed", MFD_CLOEXEC);
	answers = memfd_create("answers", MFD_CLOEXEC);
	complaints = memfd_create("complaints", MFD_CLOEXEC);
	standard_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	event.sigev_signo = SIGRTMIN;
	sigaction(SIGRTMIN, &action, NULL);
	if (typed < 0 || dup2(typed, STDIN_FILENO) < 0 || answers < 0 || complaints < 0 ||
	    standard_error < 0 || timer_create(CLOCK_MONOTONIC, &event, &timer))
		abort();
}

/* Sets the text that annotate reads. */
static inline void session_give(const char *text)
{
	size_t size = strlen(text);

	if (ftruncate(typed, 0) || pwrite(typed, text, size, 0) != (ssize_t)size)
		abort();
}

/* From here on, standard error is a file. Sanitizers write to the real standard error if
 * -close_fd_mask=2 was given. */
static inline void capture_begin(void)
{
	if (answers < 0)
		prepare_capture();
	interrupt_came = 0;
	dup2(complaints, STDERR_FILENO);
}

/* Checks the text that was written, and removes it. */
static inline void capture_check(int fd, enum kind_of_text kind)
{
	off_t size = lseek(fd, 0, SEEK_CUR);
	char *text;

	if (size > 0) {
		text = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
		PROMISED(text != MAP_FAILED);
		check_text(text, (size_t)size, kind);
		munmap(text, (size_t)size);
		if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET))
			abort();
	}
}

static inline void capture_end(bool json)
{
	dup2(standard_error, STDERR_FILENO);
	capture_check(answers, json ? JSON_LINES : TEXT);
	capture_check(complaints, MESSAGES);
}

/* A session for several lines. Use it between capture_begin() and capture_end(). */
struct fuzz_session {
	struct session session;
	struct pager pager; /* no pager is used */
	struct listings listings;
	struct status_line line;
};

static inline void session_begin(struct fuzz_session *begun, struct kernel *kernel, bool json)
{
	*begun = (struct fuzz_session){
		.line.asked = true, /* there is no terminal */
		.session = { .kernel = kernel,
			     .front.commands = commands,
			     .front.aliases = aliases,
			     .front.forget = open_forget,
			     .front.each_kernel = open_each_kernel,
			     .front.pager = &begun->pager,
			     .front.listings = &begun->listings,
			     .output = output_create(answers, json) },
	};
	begun->session.work.line = &begun->line;
	output_set_address_width(begun->session.output, 2 * kernel_pointer_size(kernel));
}

static inline void session_line(struct fuzz_session *begun, const char *line)
{
	interrupt_came = 0;
	begun->session.quit = false;
	lseek(typed, 0, SEEK_SET);
	set_timer(200000000);
	session_run_text(&begun->session, line);
	set_timer(0);
}

static inline void session_end(struct fuzz_session *begun)
{
	output_flush(begun->session.output);
	PROMISED(output_failed(begun->session.output) == 0);
	output_destroy(begun->session.output);
	listings_release(&begun->listings);
}
