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

struct request {
	struct picture_wish wish;
	unsigned int json;
	unsigned int diff; /* with another dump, */
	char **other;      /* whose files these are */
};

static bool parse(struct session *session, char **words,
		  struct request *request, struct error *err)
{
	struct picture_wish *wish = &request->wish;
	const struct command_option options[] = {
		{ "w", .value = &wish->file },
		{ "f", &wish->force, .set_to = true },
		{ "-json", &request->json, .set_to = true },
		{ "-diff", &request->diff, .set_to = true },
		{ 0 },
	};

	if (!command_options(&words, options, err))
		return false;
	if (*words && !request->diff)
		return fail(err, ERROR_USAGE, "%s: report takes no such argument",
			    *words);
	if (request->diff && !*words)
		return fail(err, ERROR_USAGE,
			    "--diff: name the dump to compare with");
	request->other = words;
	if (request->json && wish->file)
		return fail(err, ERROR_USAGE,
			    "--json is in place of -w: it may go to a file by >");
	if (!wish->file && !output_json(session->output) && !request->json)
		return fail(err, ERROR_USAGE,
			    "-w OUT.html must say where the page goes to");
	return true;
}

static bool answer(struct session *session, const struct request *request,
		   const struct pair *pair, struct error *err)
{
	struct report *report = calloc(1, sizeof(*report));
	bool done = true;

	if (!report)
		return fail(err, ERROR_SYSTEM, "out of memory");
	report_make(report, session, pair);
	if (report->whole && request->wish.file)
		done = write_page(session, report, &request->wish, err);
	else if (report->whole)
		answer_json(session, report);
	if (done && session_interrupted(session))
		done = fail(err, ERROR_INTERRUPTED, "interrupted");
	report_release(report);
	free(report);
	return done;
}

static bool run(struct session *session, char **words, struct error *err)
{
	struct request request = { .json = false };
	struct kernel *other;
	struct pair pair;
	bool done;

	if (!parse(session, words, &request, err))
		return false;
	if (!request.diff)
		return answer(session, &request, NULL, err);
	if (!session->open_other)
		return fail(err, ERROR_USAGE,
			    "another dump cannot be opened here");
	other = session->open_other(session, request.other, err);
	if (!other)
		return false;
	pair_compare(&pair, session->kernel, other);
	done = answer(session, &request, &pair, err);
	session->close_other(other);
	return done;
}

const struct command command_report = {
	.name = "report",
	.usage = "[-f] -w OUT.html | --json [--diff [VMLINUX] DUMP...]",
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
		"          without -w\n"
		"  --diff  also what differs from another dump, as diff tells it: an earlier one\n"
		"          of the machine, or a good one; up to 200 differences of each part",
	.rests_on = RESTS_ON_FRAMES,
	.reads_options = true,
	.opens_files = true,
	.opens_with = 'w',
	.reads_dumps = true,
	.run = run,
};
