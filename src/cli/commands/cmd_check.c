/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dump/dump.h"
#include "cli/show_kernel.h"
#include "cli/command.h"
#include "check/check.h"
#include "base/array.h"

/* --- what check -n needs --- */

/* The commands that a dump of the kernel's own memory must answer. Each is run, and its answer is
 * dropped. */
static const char *const questions[] = {
	"info", "iomem", "ioports", "areas", "tasks", "zones", "slabs", "log", "panic", "bt -A",
};

static const struct record needs_record = {
	.fields = FIELDS(COLUMN("need", .width = 12, .rank = KEPT),
			 COLUMN("status", .width = 8, .rank = KEPT),
			 COLUMN("frames", .kind = KIND_NUMBER, .width = 8),
			 COLUMN("missing", .kind = KIND_NUMBER, .width = 8),
			 COLUMN("dump_level", .heading = "LEVEL", .width = 5), COLUMN("questions"),
			 LINE("message", .heading = "")),
	.fixed = true,
};

struct unread {
	bool found;
	struct error first;
};

static void take_unread(void *arg, enum error_code code, const char *message)
{
	struct unread *unread = arg;

	if (code == ERROR_UNREADABLE && !unread->found) {
		unread->found = true;
		fail(&unread->first, code, "%s", message);
	}
}

static void needs_drop(void *arg, const char *data, size_t size)
{
	(void)arg, (void)data, (void)size;
}

/* Runs a command, and finds out whether it lacks memory of the dump. */
static bool answers_question(struct session *outer, const char *question, struct unread *unread)
{
	struct status_line no_line = { .asked = true };
	struct session session = {
		.kernel = outer->kernel,
		.front.commands = outer->front.commands,
		.front.forget = outer->front.forget,
		.output = output_create(-1, OUTPUT_JSON),
		.work.line = &no_line,
		.front.take_complaint = take_unread,
		.front.complaint_arg = unread,
	};
	char line[32];

	if (!session.output)
		return false;
	output_sink(session.output, needs_drop, NULL);
	snprintf(line, sizeof(line), "%s", question);
	session_run_line(&session, line);
	output_destroy(session.output);
	return true;
}

static bool show_questions(struct session *session, struct error *err)
{
	enum { NR = sizeof(questions) / sizeof(*questions) };

	for (size_t i = 0; i < NR && !session_interrupted(session); i++) {
		struct unread unread = { false, { .code = ERROR_NONE } };

		if (!answers_question(session, questions[i], &unread))
			return out_of_memory(err);
		if (!unread.found)
			continue;
		output_declare(session->output, &needs_record);
		output_begin_styled(session->output, "check", NULL, "partly", STYLE_CAUTION);
		output_string(session->output, "need", "command");
		output_string(session->output, "questions", questions[i]);
		output_string(session->output, "message", unread.first.message);
		output_end(session->output);
	}
	return !session_interrupted(session) || fail(err, ERROR_INTERRUPTED, "interrupted");
}

/* Frames that all levels keep are missing: makedumpfile takes them for pages of another kind. It
 * does so if its version does not know struct page of this kernel (makedumpfile issue 21). */
static void put_lost(struct session *session, const struct need_count *count)
{
	char text[300];

	snprintf(text, sizeof(text),
		 "all levels keep these frames, so makedumpfile took them for frames of another kind; the first is %" PRIx64
		 ". A version of makedumpfile that knows this kernel, or -d 1, keeps them",
		 count->first_missing);
	output_string(session->output, "message", text);
}

static void put_kept(struct session *session, const struct need_count *count, unsigned int level)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "%" PRIu64
		 " of these frames are in the dump, although level %u leaves them out: makedumpfile did not recognize them",
		 count->frames - count->missing, level);
	output_string(session->output, "message", text);
}

/* level: the level of makedumpfile that wrote the dump, or NULL if makedumpfile did not write it, or
 * wrote an ELF core. In an ELF core, a page that was left out cannot be distinguished from a page of
 * zeros, so that no page is known to be lost. */
static void show_need(struct session *session, enum need need, const struct need_count *count,
		      const unsigned int *level)
{
	struct output *output = session->output;
	bool kernel = need == NEED_KERNEL || need == NEED_UNKNOWN;
	bool lost = kernel && count->missing && level;
	const char *status = lost			     ? "lost" :
			     !count->frames		     ? "none" :
			     !count->missing		     ? "in-dump" :
			     count->missing == count->frames ? "left-out" :
							       "partly";

	if (need == NEED_UNKNOWN && !count->frames)
		return;
	session->failed |= lost;
	output_declare(output, &needs_record);
	output_begin_styled(output, "check", NULL, status,
			    lost	   ? STYLE_FAULT :
			    count->missing ? STYLE_CAUTION :
					     STYLE_GOOD);
	output_string(output, "need", need_rows[need].name);
	output_count(output, "frames", count->frames);
	output_count(output, "missing", count->missing);
	output_count(output, "dump_level", need_rows[need].level);
	output_string(output, "questions", need_rows[need].questions);
	if (lost && need == NEED_KERNEL)
		put_lost(session, count);
	else if (need == NEED_FREE && level && *level & LEVEL_WITHOUT_FREE &&
		 count->missing < count->frames)
		put_kept(session, count, *level);
	else if (kernel && count->missing && !dump_is_reduced(session->kernel->dump))
		output_string(output, "message",
			      "some or all of the missing frames may be pages of zeros");
	output_end(output);
}

/* The last row: the level that the file names, and the highest level that keeps what is missing. */
static void show_summary(struct session *session, const struct need_count *count,
			 const unsigned int *level)
{
	bool reduced = dump_is_reduced(session->kernel->dump);
	char text[200], own[80] = "the dump does not contain the level with which it was written";
	unsigned int wanted = 31;

	for (enum need need = 0; need < NR_NEEDS; need++)
		if (count[need].missing)
			wanted &= need_rows[need].level;
	if (session->kernel->dump->extract != EXTRACT_NONE)
		snprintf(own, sizeof(own), "kwalk's extract wrote the dump");
	else if (level)
		snprintf(own, sizeof(own), "makedumpfile -d %u wrote the dump", *level);
	snprintf(text, sizeof(text),
		 wanted == 31 || reduced ? "%s" : "%s; -d %u keeps all that is missing", own,
		 wanted);
	output_declare(session->output, &needs_record);
	output_begin(session->output, "check", NULL, NULL);
	output_string(session->output, "need", "summary");
	if (level)
		output_count(session->output, "dump_level", *level);
	output_string(session->output, "message", text);
	output_end(session->output);
}

static bool needs_show(struct session *session, struct error *err)
{
	const struct dump *dump = session->kernel->dump;
	const unsigned int *level = dump->has_level && !dump_is_reduced(dump) ? &dump->level : NULL;
	struct need_count count[NR_NEEDS];

	if (!check_count_needs(session->kernel, count, err))
		return false;
	for (enum need need = 0; need < NR_NEEDS; need++)
		show_need(session, need, &count[need], level);
	if (!show_questions(session, err))
		return false;
	show_summary(session, count, level);
	return true;
}

/* --- the command --- */

/* Places that a check found, for -v. They are kept until the result of the check is shown. */
struct places {
	struct session *session;
	bool wanted;
	struct place_text {
		enum check check;
		char text[512];
	} * place; /* owned */
	size_t nr, room;
};

static void add_place(void *arg, enum check check, const char *text)
{
	struct places *places = arg;
	struct place_text place = { .check = check };

	snprintf(place.text, sizeof(place.text), "%s", text);
	array_add(&places->place, &places->nr, &places->room, &place, sizeof(place));
}

static void put_places(struct places *places, enum check check)
{
	struct output *output = places->session->output;
	size_t kept = 0;

	output_list_begin(output, "places");
	for (size_t i = 0; i < places->nr; i++)
		if (places->place[i].check == check)
			output_string(output, NULL, places->place[i].text);
		else
			places->place[kept++] = places->place[i];
	output_list_end(output);
	places->nr = kept;
}

static void commands_check_tell(void *arg, enum check check, enum check_status status,
				const char *message)
{
	struct places *places = arg;
	struct output *output = places->session->output;

	if (status == CHECK_ERROR)
		places->session->failed = true;
	output_begin_styled(output, "check", NULL, check_status_names[status],
			    style_of_check(status));
	output_string(output, "check", check_rows[check].name);
	output_string(output, "message", message);
	if (status == CHECK_ERROR)
		output_error_kind(output, ERROR_FORMAT);
	if (places->wanted)
		put_places(places, check);
	output_end(output);
}

struct check_options {
	unsigned int all, needs;
};

static bool commands_check_run(struct session *session, char **words, struct error *err)
{
	const struct check_options *given = session->given;
	struct places places = { .session = session, .wanted = given->all };
	struct checker checker = {
		.kernel = session->kernel,
		.tell = commands_check_tell,
		.place = given->all ? add_place : NULL,
		.arg = &places,
	};

	(void)words;
	if (given->needs)
		return needs_show(session, err);
	check_kernel(&checker);
	free(places.place);
	return true;
}

static const struct command_option options[] = {
	{ "-needs", AT(check_options, needs), .group = 'n',
	  .help = "instead: the kinds of pages that a filtered dump has and\n"
		  "lacks, and the questions that need them" },
	{ "v", AT(check_options, all), .group = 'n',
	  .help = "also list the places that each line counts, at most 32 of\n"
		  "each kind" },
	{ 0 }
};

static const struct record record = {
	.fields = FIELDS(COLUMN("check", .width = 13), COLUMN("status", .width = 11, .rank = KEPT),
			 COLUMN("message"), LINE("places", .heading = "")),
};

const struct command command_check = {
	.name = "check",
	.group = GROUP_DUMP,
	.options = options,
	.given_size = GIVEN(check_options),
	.record = &record,
	.summary = "look for damage and contradictions in the dump",
	.details =
		"Compares facts with each other and with the page table, and looks for:\n"
		"- missing and corrupt page tables, and entries that point outside of memory\n"
		"- pages that are writable and executable, and kernel pages open to processes\n"
		"- frames mapped with different cache types\n"
		"- damaged lists of tasks, mappings, areas, free objects, frames and resources\n"
		"- missing records of the log\n"
		"A line for each check: ok, inapplicable (to this kernel), not-checked (the line\n"
		"gives the reason), warning (a weakness) or error (damage). After an error, the\n"
		"exit status is 1. The last line lists what was checked, and what was not.",
	.run = commands_check_run,
};
