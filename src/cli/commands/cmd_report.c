/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/printable.h"
#include "cli/redirect.h"
#include "cli/show_panic.h"
#include "diff/diff.h"
#include "output/new_file.h"
#include "report/report.h"

/* --- the page --- */

/* A report as one HTML file, which consists of page.html, the style, the script, and the data as
 * JSON. The script draws the page from the data. */

struct page_page {
	struct session *session;
	struct new_file file;
	uint64_t bytes;
	bool failed;
	struct error err; /* why writing failed */
};

static void page_put(struct page_page *page, const char *data, size_t size)
{
	if (page->failed || !size)
		return;
	if (session_interrupted(page->session))
		page->failed = !fail(&page->err, ERROR_INTERRUPTED,
				     "interrupted: %s was not written", page->file.path);
	else
		page->failed = !new_file_write(&page->file, data, size, &page->err);
	page->bytes += size;
}

/* Writes text. Replaces characters that begin markup by escape sequences: of JSON if json is true,
 * or else of HTML. */
static void page_put_escaped(struct page_page *page, const char *data, size_t size, bool json)
{
	for (size_t i = 0, from = 0; i <= size; i++) {
		char text[16];
		int length = 0;

		if (i < size && !memchr("<>&", data[i], 3))
			continue;
		page_put(page, data + from, i - from);
		from = i + 1;
		if (i < size)
			length = snprintf(text, sizeof(text), json ? "\\u%04x" : "&#%u;",
					  (unsigned int)data[i]);
		page_put(page, text, (size_t)length);
	}
}

/* --- the data --- */

/* Receives the JSON data. In JSON, characters that begin markup occur only within strings, so they
 * can be replaced by escape sequences, like the characters that writer_put_quoted() escapes. */
static void page_take_data(void *arg, const char *data, size_t size)
{
	page_put_escaped(arg, data, size, true);
}

static void put_data(struct page_page *page, const struct report *report)
{
	struct session *session = page->session;
	struct output *before = session->output;
	struct output *output = output_create(-1, OUTPUT_JSON);

	if (!output) {
		page->failed = !out_of_memory(&page->err);
		return;
	}
	output_sink(output, page_take_data, page);
	output_at_end(output, session_add_doubts, session);
	session->output = output;
	report_answer(report, session);
	session->output = before;
	output_destroy(output);
}

/* --- text that needs no script --- */

static void put_text(struct page_page *page, char *text)
{
	page_put_escaped(page, text, printable_clean(text, strlen(text)), false);
}

static void __attribute__((format(printf, 3, 4)))
page_put_line(struct page_page *page, const char *name, const char *format, ...)
{
	char text[2048];
	va_list args;

	page_put(page, text, (size_t)snprintf(text, sizeof(text), "<dt>%s</dt><dd>", name));
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_text(page, text);
	page_put(page, "</dd>\n", 6);
}

static void put_summary(struct page_page *page, const struct report *report)
{
	const struct kernel *kernel = report->kernel;
	char end[PANIC_END];

	page_put_line(page, "Dump", "%s, %s", kernel->dump->file.path, kernel->dump->format_name);
	if (kernel->dump->warning[0])
		page_put_line(page, "Trouble", "%s", kernel->dump->warning);
	page_put_line(page, "Kernel", "%s",
		      kernel->identity->release[0] ? kernel->identity->release :
						     "release not known");
	page_put_line(page, "What ended it", "%s",
		      report->has_panic ? show_panic_end(kernel, &report->panic, end) :
					  "not known");
	if (report->log.nr_cause)
		page_put_line(page, "It began with", "%s", report->log.cause[0].text);
	for (size_t i = 0; i < report->first.verdict.nr; i++)
		page_put_line(page, "What happened", "%s", report->first.verdict.sentence[i]);
	for (size_t i = 0; i < report->findings.nr; i++) {
		const struct finding *finding = &report->findings.finding[i];

		if (finding->status > CHECK_INAPPLICABLE || finding->check == CHECK_OF_ALL)
			page_put_line(page, check_status_names[finding->status], "%s",
				      finding->message);
	}
}

/* --- the file --- */

static bool may_make(const struct session *session, const char *path, bool force, struct error *err)
{
	struct stat status;

	if (!session_may_write(session, path, err))
		return false;
	return force || lstat(path, &status) != 0 ||
	       fail(err, ERROR_USAGE, "%s exists; -f replaces it", path);
}

static void page_put_piece(struct page_page *page, unsigned int piece)
{
	page_put(page, page_pieces[piece], strlen(page_pieces[piece]));
}

static void put_page(struct page_page *page, const struct report *report)
{
	char title[256];

	snprintf(title, sizeof(title), "%s: report of a dump", report->kernel->dump->file.path);
	page_put_piece(page, PIECE_TITLE);
	put_text(page, title);
	page_put_piece(page, PIECE_SUMMARY);
	put_summary(page, report);
	page_put_piece(page, PIECE_DATA);
	put_data(page, report);
	page_put_piece(page, PIECE_END);
}

/* Writes the report to a new file, which becomes visible only when it is complete, and answers with
 * the file's path and size. If the file exists, fails unless force is true. Always fails if the
 * file is an input file of kwalk. */
static bool report_write_page(const struct report *report, struct session *session,
			      const char *path, bool force, struct error *err)
{
	struct output *output = session->output;
	struct page_page page = { .session = session };

	if (!may_make(session, path, force, err) || !new_file_open(&page.file, path, err))
		return false;
	put_page(&page, report);
	if (page.failed) {
		new_file_abandon(&page.file);
		if (err)
			*err = page.err;
		return false;
	}
	if (!new_file_finish(&page.file, err))
		return false;
	output_begin(output, "report", NULL, NULL);
	output_string(output, "file", path);
	output_count(output, "bytes", page.bytes);
	output_end(output);
	return true;
}

/* --- the command --- */

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
