/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "base/array.h"
#include "cli/command.h"
#include "cli/commands/needs.h"
#include "cli/show_kernel.h"

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
	.fields =
		(const struct field[]){
			COLUMN("check", .width = 13),
			COLUMN("status", .width = 11, .rank = KEPT),
			COLUMN("message"),
			LINE("places", .heading = ""),
			{ 0 },
		},
};

const struct command command_check = {
	.name = "check",
	.group = GROUP_DUMP,
	.common = true,
	.options = options,
	.given_size = GIVEN(check_options),
	.record = &record,
	.summary = "look for damage and contradictions in the dump",
	.details =
		"Compares facts with each other and with the page table, and the direct map with\n"
		"the memory of the machine. Looks for missing and corrupt tables, pages of the\n"
		"kernel and of processes that are both writable and executable, kernel pages\n"
		"that processes can access, table entries of processes that make no sense, point\n"
		"outside of memory, or map kernel addresses differently than the kernel's table,\n"
		"frames mapped with different cache types by the kernel or by processes, damaged\n"
		"lists of mappings, areas of vmalloc, free objects and free frames, missing\n"
		"records of the log, and loops in the lists of resources and tasks. One line per\n"
		"check: ok, inapplicable (to this kernel), not-checked (wholly or in part: the\n"
		"line gives the reason), warning (a weakness) or error (damage). After an error,\n"
		"the exit status is 1. The last line lists what was checked, and what was not.",
	.run = commands_check_run,
};
