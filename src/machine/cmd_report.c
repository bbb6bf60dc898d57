/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "html/picture_out.h"
#include "html/page_parts.h"
#include "report/report.h"

static void draw(struct markup *markup, const void *arg)
{
	page_write(markup, arg);
}

static bool write_page(struct session *session, const struct report *report,
		       const struct picture_wish *wish, struct error *err)
{
	struct output *output = session->output;
	uint64_t bytes;

	if (!markup_to_file(session, wish->file, wish->force, draw, report,
			    &bytes, err))
		return false;
	output_begin(output, "report", NULL, "ok");
	output_string(output, "file", wish->file);
	output_count(output, "bytes", bytes);
	output_end(output);
	return true;
}

/* The answer is JSON whatever the others are. */
static void answer_json(struct session *session, const struct report *report)
{
	struct output *output = session->output;
	enum output_format format = output_format(output);

	if (format != OUTPUT_JSON)
		output_set_format(output, OUTPUT_JSON);
	output_begin(output, "report", NULL, "ok");
	report_json(report, session);
	output_end(output);
	if (format != OUTPUT_JSON)
		output_set_format(output, format);
}

static bool parse(struct session *session, char **words,
		  struct picture_wish *wish, unsigned int *json,
		  struct error *err)
{
	const struct command_option options[] = {
		{ "w", .value = &wish->file },
		{ "f", &wish->force, .set_to = true },
		{ "-json", json, .set_to = true },
		{ 0 },
	};

	if (!command_options(&words, options, err))
		return false;
	if (*words)
		return fail(err, ERROR_USAGE, "%s: report takes no such argument",
			    *words);
	if (*json && wish->file)
		return fail(err, ERROR_USAGE,
			    "--json is in place of -w: it may go to a file by >");
	if (!wish->file && !output_json(session->output) && !*json)
		return fail(err, ERROR_USAGE,
			    "-w OUT.html must say where the page goes to");
	return true;
}

static bool run(struct session *session, char **words, struct error *err)
{
	struct picture_wish wish = { .force = false };
	unsigned int json = false;
	struct report *report;
	bool done = true;

	if (!parse(session, words, &wish, &json, err))
		return false;
	report = calloc(1, sizeof(*report));
	if (!report)
		return fail(err, ERROR_SYSTEM, "out of memory");
	report_make(report, session);
	if (!report->whole)
		done = fail(err, ERROR_INTERRUPTED, "interrupted");
	else if (wish.file)
		done = write_page(session, report, &wish, err);
	else
		answer_json(session, report);
	report_release(report);
	free(report);
	return done;
}

const struct command command_report = {
	.name = "report",
	.usage = "[-f] -w OUT.html | --json",
	.summary = "all that can be told of a dump, as one page with pictures",
	.details =
		"Writes an HTML page that needs no network and no script to be read: what dump\n"
		"and kernel, the facts with their sources, what ended it, the findings of check,\n"
		"the address space and what is mapped in it, physical memory as a map of uses,\n"
		"processes, slab caches, vmalloc by caller, and the end of the log, explained.\n"
		"What is not known is drawn hatched, damage crossed, and both are said.\n"
		"  -w      the file to be written; it is there when it is complete\n"
		"  -f      replaces a file of that name\n"
		"  --json  the same data as one JSON object instead; so does kwalk --json\n"
		"          without -w",
	.rests_on = RESTS_ON_FRAMES,
	.reads_options = true,
	.opens_files = true,
	.opens_with = 'w',
	.run = run,
};
