/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "dump/dump.h"
#include "sandbox/memory.h"
#include "cli/interrupt.h"
#include "debuginfo/vmlinux.h"

/* --- progress --- */

enum { FIRST_AFTER = 1000, THEN_EVERY = 200 }; /* milliseconds */

void work_start(struct work *work, const char *command)
{
	const char *wanted;

	work->quiet_since = clock_coarse();
	work->command = status_line_usable(work->line) ? command : NULL;
	if (!work->command)
		return;
	wanted = getenv("KWALK_PROGRESS");
	work->nr_steps = 0;
	work->has_end = false;
	work->started = clock_coarse();
	work->next = work->started + (wanted ? strtoull(wanted, NULL, 10) : FIRST_AFTER);
}

/* Counts one more step. A step is a table, page or task. */
static void work_step(struct work *work)
{
	char how_far[32];
	uint64_t time;

	if (!work->command)
		return;
	work->nr_steps++;
	time = clock_coarse();
	if (time < work->next)
		return;
	work->next = time + THEN_EVERY;
	if (work->has_end)
		snprintf(how_far, sizeof(how_far), "%u%%", work->percent);
	else
		snprintf(how_far, sizeof(how_far), "%" PRIu64 " items read", work->nr_steps);
	status_line_show(work->line, "kwalk: %s: %" PRIu64 " s, %s; Ctrl-C ends it", work->command,
			 (time - work->started) / 1000, how_far);
}

void session_progress(struct session *session, uint64_t done, uint64_t total)
{
	session->work.quiet_since = clock_coarse();
	session->work.has_end = true;
	session->work.percent = (unsigned int)(100.0 * (double)done / ((double)total + 1.0));
}

void work_end(struct work *work)
{
	status_line_hide(work->line);
	work->command = NULL;
}

/* --- complaints --- */

enum { SCRIPT_PLACE_SIZE = PATH_MAX + 24 };

/* Returns "FILE:LINE" in the running script. Returns NULL if no script runs, or if the script has
 * no name. */
static const char *script_place(const struct session *session, char place[SCRIPT_PLACE_SIZE])
{
	if (!session->front.script)
		return NULL;
	snprintf(place, SCRIPT_PLACE_SIZE, "%.*s:%" PRIu64, PATH_MAX, session->front.script,
		 session->front.script_line);
	return place;
}

/* Reports a failure. If code is ERROR_NONE, reports a note, which is not a failure. */
static void complain(struct session *session, const char *command, const char *argument,
		     enum error_code code, const char *message)
{
	char buffer[SCRIPT_PLACE_SIZE], line[48] = "";
	const char *place = script_place(session, buffer);
	size_t length = argument ? strlen(argument) : 0;
	bool has_colon = length && argument[length - 1] == ':';

	if (session->front.take_complaint) {
		session->front.take_complaint(session->front.complaint_arg, code, message);
		return;
	}
	/* Write the waiting answers first, because on a terminal they must appear before the
	 * message. */
	output_flush(session->output);
	status_line_hide(session->work.line);
	if (!place && session->front.script_line)
		snprintf(line, sizeof(line), " (line %" PRIu64 " of standard input)",
			 session->front.script_line);
	say_styled(code ? STYLE_FAULT : STYLE_CAUTION, "kwalk: %s%s%s: %s%s%s%s",
		   place ? place : "", place ? ": " : "", command, argument ? argument : "",
		   !argument ? "" :
		   has_colon ? " " :
			       ": ",
		   message, line);
}

/* Returns the message for standard error. If it is long, and the same message was just written for
 * another argument of the command, refers to this argument. Otherwise, a dump that is cut short
 * would repeat a long reason for each address. */
static const char *short_message(struct session *session, const char *argument,
				 const struct error *err, char text[128])
{
	enum { LONG = 100 };
	struct last_reason *reason = &session->last_reason;
	bool again = argument && !strcmp(reason->message, err->message) && *reason->message;

	if (again) {
		snprintf(text, 128, "the same reason as for %s", reason->argument);
		return text;
	}
	*reason->message = '\0';
	if (argument && strlen(err->message) > LONG &&
	    strlen(argument) < sizeof(reason->argument)) {
		strcpy(reason->argument, argument);
		strcpy(reason->message, err->message);
	}
	return err->message;
}

/* What seems to be damaged on a running machine may have changed while it was read. */
static const struct error *doubt_damage(const struct session *session, const struct error *err,
					struct error *doubted)
{
	if (err->code != ERROR_FORMAT || !session->kernel ||
	    !session->kernel->dump->format->running)
		return err;
	fail(doubted, err->code, "%s (the machine is running, so this may be a change)",
	     err->message);
	return doubted;
}

void session_complain_as(struct session *session, const char *command, const char *argument,
			 const struct error *found)
{
	const struct table_choice *table = &session->chosen.table;
	char place[SCRIPT_PLACE_SIZE], text[128];
	struct error doubted;
	const struct error *err = doubt_damage(session, found, &doubted);

	if (err->code == ERROR_INTERRUPTED) {
		if (!interrupt_came)
			return;
		session->reported_interrupt = true;
	}
	if (output_gave_up(session->output))
		return; /* the command ended for a reason that will be reported */
	session->failed = true;
	session->misused |= err->code == ERROR_USAGE;
	output_error(session->output,
		     &(struct output_complaint){
			     .command = command,
			     .input = argument,
			     .err = err,
			     .script = script_place(session, place),
			     .has_pid = session->command && table->given && table->has_process &&
					table->process.has_task,
			     .pid = table->process.task.pid,
		     });
	complain(session, command, argument, err->code,
		 session->front.take_complaint ? err->message :
						 short_message(session, argument, err, text));
}

/* If a command was running, it has already reported the reason, so nothing is reported twice. */
void session_complain_of_rest(struct session *session)
{
	struct error err;

	if (session->reported_interrupt)
		return;
	fail(&err, ERROR_INTERRUPTED, "interrupted: the remaining commands are not run");
	session_complain_as(session, "command", NULL, &err);
}

void session_complain_of_input(struct session *session, const struct error *err)
{
	session->failed = true;
	output_flush(session->output);
	say_error("kwalk: %s", err->message);
	output_error(session->output, &(struct output_complaint){ .command = "kwalk", .err = err });
}

void session_complain_of_answer(struct session *session, const char *argument,
				const struct error *err)
{
	session->failed = true;
	complain(session, session->command->name, argument, err->code, err->message);
}

void session_end_answer(struct session *session, const char *argument, const struct error *trouble)
{
	if (trouble->code)
		output_trouble(session->output, trouble);
	output_end(session->output);
	if (trouble->code)
		session_complain_of_answer(session, argument, trouble);
}

void session_say(struct session *session, const char *text)
{
	complain(session, session->command->name, NULL, ERROR_NONE, text);
}

void session_say_unlike_crash(struct session *session, const char *format, ...)
{
	char text[512];
	va_list arguments;

	if (output_is_reserved(session->output))
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	session_say(session, text);
}

void session_complain(struct session *session, const char *argument, const struct error *err)
{
	session_complain_as(session, session->command->name, argument, err);
}

void session_complainf(struct session *session, const char *argument, enum error_code code,
		       const char *format, ...)
{
	struct error err = { .code = code };
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(err.message, sizeof(err.message), format, arguments);
	va_end(arguments);
	session_complain(session, argument, &err);
}

void session_complain_of_task(struct session *session, const char *argument)
{
	session_complainf(session, argument, ERROR_NO_ANSWER,
			  "no task has this pid, name or address");
}

void session_complain_of_damages(struct session *session, const struct damages *damages)
{
	for (size_t i = 0; i < damages->nr && i < MAX_DAMAGES; i++)
		session_complain(session, NULL, &damages->error[i]);
	if (damages->nr > MAX_DAMAGES)
		session_complainf(session, NULL, ERROR_FORMAT,
				  "%zu more errors like these are not shown",
				  damages->nr - MAX_DAMAGES);
}

/* Returns true if the running command has worked too long without an answer or progress. */
static bool is_late(struct session *session)
{
	struct work *work = &session->work;
	uint64_t written;

	if (!work->timeout || !session->command)
		return false;
	written = output_written(session->output);
	if (written != work->written || work->command)
		work->quiet_since = clock_coarse();
	work->written = written;
	return clock_coarse() - work->quiet_since >= work->timeout;
}

static void complain_of_change(void *arg, const struct kernel_file *file)
{
	struct session *session = arg;

	if (!file_changed(file->file))
		return;
	session->reported_changes = session->failed = true;
	output_flush(session->output);
	say_warning("kwalk: warning: %s was changed while it was open: answers may be wrong",
		    file->file->path);
}

void session_complain_of_changes(struct session *session)
{
	if (!session->reported_changes)
		kernel_each_file(session->kernel, complain_of_change, session);
}

bool session_interrupted(struct session *session)
{
	work_step(&session->work);
	interrupt_asked = 1;
	if (interrupt_came || interrupt_pending())
		return true;
	if (session->front.peer_interrupts && session->front.peer_interrupts(session->front.peer))
		interrupt_for(STOP_CTRL_C);
	else if (limit_ran_out())
		interrupt_for(STOP_MEMORY);
	else if (output_overran(session->output))
		interrupt_for(STOP_LINES);
	else if (is_late(session))
		interrupt_for(STOP_TIME);
	return interrupt_came || output_failed(session->output) || output_gave_up(session->output);
}

bool session_ended(const struct session *session)
{
	return session->quit || output_failed(session->output);
}

/* --- doubtful facts --- */

static void append_doubt(void *arg, const char *fact, const char *why)
{
	char *text = arg;

	text_append(text, DOUBTS_SIZE, "%s%s (%s)", *text ? "; " : "", fact, why);
}

static unsigned int session_rests_on(const struct session *session)
{
	bool by_process = session->chosen.has_process || session->chosen.table.process_word;
	unsigned int rests_on = session->command->rests_on;

	if (rests_on && by_process)
		rests_on |= RESTS_ON_STRUCTS;
	if ((rests_on & RESTS_ON_STRUCTS) && session->kernel->facts->used_members)
		kernel_types_misfit(session->kernel);
	return rests_on;
}

bool session_doubts(const struct session *session, char text[DOUBTS_SIZE])
{
	text[0] = '\0';
	kernel_doubts(session->kernel, session_rests_on(session), append_doubt, text);
	return text[0];
}

/* If answers use the vmlinux of another kernel, writes advice to text. If not, writes "". */
static void foreign_text(struct session *session, char *text, size_t size)
{
	char offset[24] = "";
	uint64_t value;

	text[0] = '\0';
	if (!kernel_rests_on_foreign(session->kernel, session->command->rests_on))
		return;
	if (kernel_fact(session->kernel, FACT_KASLR_OFFSET, &value))
		fact_value_text(FACT_KASLR_OFFSET, value, offset, sizeof(offset));
	snprintf(text, size, "; to use this vmlinux, set -o kaslr_offset=%s", offset);
}

struct said {
	struct session *session;
	const char *line;
};

/* For text only, because records contain a list of doubts. */
static void say_doubts(const void *arg)
{
	const struct said *said = arg;

	session_say(said->session, said->line);
}

void session_complain_of_doubts(struct session *session)
{
	char doubts[DOUBTS_SIZE], foreign[80], line[DOUBTS_SIZE + 96];

	if (!session_doubts(session, doubts))
		return;
	foreign_text(session, foreign, sizeof(foreign));
	snprintf(line, sizeof(line), "doubtful: %s%s", doubts, foreign);
	if (foreign[0]) {
		session->failed = true;
		complain(session, session->command->name, NULL, ERROR_UNKNOWN, line);
	} else if (!session->command->shows_doubts) {
		output_in_text(session->output, say_doubts, &(struct said){ session, line });
	}
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
	static const char *const certainties[] = {
		[UNSURE] = "unknown", [NO] = "no", [YES] = "yes"
	};
	struct session *session = arg;
	char doubts[DOUBTS_SIZE];

	if (session->kernel->dump->format->running)
		output_boolean(session->output, "live", true);
	if (session->tag.has_tag) {
		output_hex(session->output, "tag", session->tag.tag);
		output_string(session->output, "tag_used", certainties[session->tag.ignored]);
	}
	if (!session_doubts(session, doubts))
		return;
	output_list_begin(session->output, "doubts");
	kernel_doubts(session->kernel, session_rests_on(session), list_doubt, session->output);
	output_list_end(session->output);
}
