/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "diff/diff.h"
#include "report/page.h"

/* Writes the report as a JSON answer, even if the output has another format. */
static void answer_json(struct session *session, const struct report *report)
{
	struct output *output = session->output;
	enum output_format format = output_set_format(output, OUTPUT_JSON);

	report_answer(report, session);
	output_set_format(output, format);
}

struct report_options {
	const char *file;
	unsigned int force, json;
	unsigned int diff; /* compare with another dump, whose files are the arguments */
};

static bool commands_report_answer(struct session *session, const struct pair *pair,
				   struct error *err)
{
	const struct report_options *given = session->given;
	struct report *report = calloc(1, sizeof(*report));
	bool done = true;

	if (!report)
		return out_of_memory(err);
	report_make(report, session, pair);
	if (report->whole && given->file)
		done = report_write_page(report, session, given->file, given->force, err);
	else if (report->whole)
		answer_json(session, report);
	if (done && session_interrupted(session))
		done = fail(err, ERROR_INTERRUPTED, "interrupted");
	report_release(report);
	free(report);
	return done;
}

static bool report_run(struct session *session, char **words, struct error *err)
{
	const struct report_options *given = session->given;
	struct kernel *other;
	struct pair pair;
	bool done;

	if (!given->file && !given->json && !output_is_reserved(session->output))
		return fail(err, ERROR_USAGE, "-w OUT.html is missing");
	if (!HAVE_DIFF || !given->diff)
		return commands_report_answer(session, NULL, err);
	if (!session->front.open_other)
		return fail(err, ERROR_USAGE, "another dump cannot be opened here");
	other = session->front.open_other(session, words, err);
	if (!other)
		return false;
	pair_compare(&pair, session->kernel, other);
	done = commands_report_answer(session, &pair, err);
	session->front.close_other(other);
	return done;
}

static const struct command_option options[] = {
	{ "w", WORD_FILE_NEW, AT(report_options, file), .value = "OUT.html", .group = 'o',
	  .help = "the file to be written; it appears when it is complete" },
	{ "f", AT(report_options, force), .with = "w", .help = "replace OUT.html if it exists" },
	{ "-json", AT(report_options, json), .group = 'o',
	  .help = "print the same data as one JSON object, instead of writing\n"
		  "a page; kwalk --json without -w also does this" },
	{ "-diff", AT(report_options, diff), .feature = FEATURE_DIFF,
	  .help = "also show the differences from another dump, as diff does:\n"
		  "for example an earlier dump of the machine, or a dump\n"
		  "without trouble; at most 200 of each kind" },
	{ 0 }
};

static const struct record record = {
	.fields = FIELDS(COLUMN("file", .width = FITTED)),
};

const struct command command_report = {
	.name = "report",
	.group = GROUP_DUMP,
	.common = true,
	.options = options,
	.arguments = ARGUMENTS({ "VMLINUX", WORD_DUMP, .most = 1, .with = "-diff" },
			       { "DUMP", WORD_DUMP, 1, .most = MANY, .with = "-diff" }),
	.given_size = GIVEN(report_options),
	.record = &record,
	.summary = "one page with pictures of all that is known of a dump",
	.details =
		"Writes an HTML page that needs no network: time, host, load, what ended the\n"
		"kernel, the blocked tasks and who holds their locks, the stacks, registers, what\n"
		"to type next, the command line and modules, the findings of check, physical\n"
		"memory as a map of uses, processes and what they wait for, slab caches,\n"
		"vmalloc by caller, the address space and what is mapped in it, the end of the\n"
		"log, explained, and the facts with their sources. A script in the page draws\n"
		"this; a summary can be read without the script. The page can save its pictures\n"
		"as SVG. Unknown parts are hatched, damaged parts are crossed, each with the\n"
		"reason.",
	.rests_on = RESTS_ON_MEMORY,
	.run = report_run,
};
