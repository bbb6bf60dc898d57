/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "session/interrupt.h"

/* --- progress --- */

enum { FIRST_AFTER = 1000, THEN_EVERY = 200 }; /* milliseconds */

/* The coarse clock costs a few nanoseconds and no system call. */
static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

void work_start(struct work *work, const char *command)
{
	const char *wanted;

	work->command = status_line_usable(work->line) ? command : NULL;
	if (!work->command)
		return;
	wanted = getenv("KWALK_PROGRESS");
	work->nr_steps = 0;
	work->started = now();
	work->next = work->started +
		     (wanted ? strtoull(wanted, NULL, 10) : FIRST_AFTER);
}

/* One more table, page or task was looked at. */
static void work_step(struct work *work)
{
	uint64_t time;

	if (!work->command)
		return;
	work->nr_steps++;
	time = now();
	if (time < work->next)
		return;
	work->next = time + THEN_EVERY;
	status_line_show(work->line,
			 "kwalk: %s: %" PRIu64 " s, %" PRIu64
			 " looked at; Ctrl-C ends it",
			 work->command, (time - work->started) / 1000,
			 work->nr_steps);
}

void work_end(struct work *work)
{
	status_line_hide(work->line);
	work->command = NULL;
}

/* --- complaints --- */

static void say_complaint(struct session *session, const char *command,
			  const char *argument, const char *message)
{
	output_flush(session->output); /* keeps the order on a terminal */
	status_line_hide(session->work.line);
	say("kwalk: %s: %s%s%s", command, argument ? argument : "",
	    argument ? ": " : "", message);
}

void session_complain_as(struct session *session, const char *command,
			 const char *argument, const struct error *err)
{
	if (err->code == ERROR_INTERRUPTED) {
		if (!interrupt_came)
			return;
		session->told_interrupt = true;
	}
	session->failed = true;
	output_error(session->output, command, argument, err->message);
	say_complaint(session, command, argument, err->message);
}

void session_complain_of_answer(struct session *session, const char *argument,
				const struct error *err)
{
	session->failed = true;
	say_complaint(session, session->command->name, argument, err->message);
}

void session_complain(struct session *session, const char *argument,
		      const struct error *err)
{
	session_complain_as(session, session->command->name, argument, err);
}

void session_complain_of_damages(struct session *session,
				 const struct damages *damages)
{
	struct error rest;

	for (size_t i = 0; i < damages->nr && i < MAX_DAMAGES; i++)
		session_complain(session, NULL, &damages->error[i]);
	if (damages->nr <= MAX_DAMAGES)
		return;
	fail(&rest, ERROR_FORMAT, "and %zu more places like these",
	     damages->nr - MAX_DAMAGES);
	session_complain(session, NULL, &rest);
}

bool session_interrupted(struct session *session)
{
	work_step(&session->work);
	return interrupt_came || output_failed(session->output);
}

bool session_ended(const struct session *session)
{
	return session->quit || output_failed(session->output);
}

/* --- doubtful facts --- */

static void append_doubt(void *arg, const char *fact, const char *why)
{
	char *text = arg;

	text_append(text, DOUBTS_SIZE, "%s%s (%s)", *text ? "; " : "", fact,
		    why);
}

bool session_doubts(const struct session *session, char text[DOUBTS_SIZE])
{
	text[0] = '\0';
	kernel_doubts(session->kernel, session->command->rests_on, append_doubt,
		      text);
	return text[0];
}

void session_complain_of_doubts(struct session *session)
{
	char doubts[DOUBTS_SIZE], line[DOUBTS_SIZE + 16];

	if (session->command->tells_doubts || output_json(session->output) ||
	    !session_doubts(session, doubts))
		return;
	snprintf(line, sizeof(line), "doubtful: %s", doubts);
	say_complaint(session, session->command->name, NULL, line);
}

static void list_doubt(void *arg, const char *fact, const char *why)
{
	struct output *output = arg;

	output_object_begin(output, NULL);
	output_string(output, "fact", fact);
	output_string(output, "why", why);
	output_object_end(output);
}

void session_add_doubts(void *arg)
{
	struct session *session = arg;
	char doubts[DOUBTS_SIZE];

	if (!session_doubts(session, doubts))
		return;
	output_list_begin(session->output, "doubts");
	kernel_doubts(session->kernel, session->command->rests_on, list_doubt,
		      session->output);
	output_list_end(session->output);
}
