/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/printable.h"
#include "sandbox/outside.h"
#include "cli/interrupt.h"
#include "cli/tables.h"
#include "cli/commands/show_annotation.h"
#include "cli/commands/show_report.h"
#include "kernel/kernel.h"

enum { MOST_TEXT = 64 << 20 };

struct annotate_given {
	unsigned int verdicts; /* -s: only what happened, not the text */
};

/* The text that was read from a file or pipe. */
struct annotate_text {
	const char *name;
	char *data; /* owned */
	size_t size;
	bool complained; /* a message has reported that the content is not text */
};

static int open_text(const char *path, struct error *err)
{
	struct stat status;
	int fd = outside_open(path, OUTSIDE_READ, err);

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) < 0)
		system_error(err, path);
	else if (S_ISDIR(status.st_mode))
		fail(err, ERROR_SYSTEM, "%s: it is a directory", path);
	else
		return fd;
	close(fd);
	return -1;
}

static bool annotate_read_all(struct annotate_text *text, int fd, struct error *err)
{
	size_t room = 0;
	ssize_t got = 1;

	while (got > 0 && !interrupt_came) {
		if (text->size == room) {
			char *more;

			if (room >= MOST_TEXT)
				return fail(err, ERROR_FORMAT, "%s: more than %d MiB of text",
					    text->name, MOST_TEXT >> 20);
			room = room ? 2 * room : 1 << 16;
			more = realloc(text->data, room);
			if (!more)
				return out_of_memory(err);
			text->data = more;
		}
		got = read(fd, text->data + text->size, room - text->size);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got < 0)
			return system_error(err, text->name);
		else
			text->size += (size_t)got;
	}
	return true;
}

/* A line of the text. */
struct text_line {
	size_t number; /* counted from 1 */
	const char *text;
	size_t size;
};

/* Returns true if the line is text. Tabs are text. If it is not, sets *at to the offset of the
 * first byte that is not text. */
static bool is_text(const struct text_line *line, size_t *at)
{
	uint32_t code;

	for (*at = 0; *at < line->size;) {
		unsigned int length = utf8_length(line->text + *at, line->size - *at, &code);

		if (!length || (printable_steers(code) && code != '\t'))
			return false;
		*at += length;
	}
	return true;
}

/* --- the lines of the text --- */

/* A text whose lines are shown with their explanations. Lines are numbered from 1. */
struct shown_text {
	struct session *session;
	struct annotate_text *text;
	struct text_reports *reports;
	struct annotator *annotator; /* NULL: no kernel is known */
	const char **start; /* owned: where each line starts; one more for the end of the text */
	size_t nr_lines;
	bool *done; /* owned: the line was shown */
	bool *used; /* owned: a line of the kernel's log was made from it */
	const struct oops_note **note; /* owned: the notes of all reports, in the order of lines */
	size_t nr_notes, next_note;
	bool found; /* a report, or the explanation of a word, was shown */
};

static bool find_lines(struct shown_text *shown)
{
	const char *at = shown->text->data, *end = at + shown->text->size, *newline;
	size_t nr = 1;

	for (const char *c = at; (c = memchr(c, '\n', (size_t)(end - c))); c++)
		nr++;
	shown->start = calloc(nr + 2, sizeof(*shown->start));
	shown->done = calloc(nr + 2, sizeof(*shown->done));
	shown->used = calloc(nr + 2, sizeof(*shown->used));
	if (!shown->start || !shown->done || !shown->used)
		return false;
	while (at < end) {
		shown->start[++shown->nr_lines] = at;
		newline = memchr(at, '\n', (size_t)(end - at));
		at = newline ? newline + 1 : end;
	}
	shown->start[shown->nr_lines + 1] = at;
	for (size_t i = 0; i < shown->reports->read.lines.nr; i++) {
		if (session_interrupted(shown->session))
			return true;
		const struct oops_line *line = &shown->reports->read.lines.line[i];

		for (size_t j = line->first; j <= line->last && j <= shown->nr_lines; j++)
			shown->used[j] = true;
	}
	return true;
}

static int by_line(const void *one, const void *other)
{
	const struct oops_note *a = *(const struct oops_note *const *)one,
			       *b = *(const struct oops_note *const *)other;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static bool collect_notes(struct shown_text *shown)
{
	const struct text_reports *reports = shown->reports;
	size_t nr = 0;

	for (size_t i = 0; i < reports->read.nr; i++)
		nr += reports->verdict[i].nr_notes;
	shown->note = calloc(nr + 1, sizeof(*shown->note));
	if (!shown->note)
		return false;
	for (size_t i = 0; i < reports->read.nr; i++)
		for (size_t j = 0; j < reports->verdict[i].nr_notes; j++)
			shown->note[shown->nr_notes++] = &reports->verdict[i].note[j];
	qsort(shown->note, nr, sizeof(*shown->note), by_line);
	return true;
}

/* Returns a line of the text without its newline. */
static struct text_line line_of(const struct shown_text *shown, size_t number)
{
	struct text_line line = {
		.number = number,
		.text = shown->start[number],
		.size = (size_t)(shown->start[number + 1] - shown->start[number]),
	};

	if (line.size && line.text[line.size - 1] == '\n')
		line.size--;
	if (line.size && line.text[line.size - 1] == '\r')
		line.size--;
	return line;
}

/* Prints the line, without the explanations of its addresses. */
static void print_line(struct output *output, const char *line, size_t size)
{
	const char *tab;

	while ((tab = memchr(line, '\t', size))) {
		output_textf(output, "%.*s", (int)(tab - line), line);
		output_text(output, "\t");
		size -= (size_t)(tab + 1 - line);
		line = tab + 1;
	}
	output_text_line(output, line, size);
}

static void annotate_complain_of(struct session *session, struct annotate_text *text,
				 const struct text_line *line, size_t at)
{
	if (text->complained)
		return;
	text->complained = true;
	session_complainf(session, text->name, ERROR_FORMAT,
			  "line %zu is not text: byte %zu is %02x; such bytes are shown as ?",
			  line->number, at + 1, (unsigned char)line->text[at]);
}

/* Colours (ESC) and wide characters (NUL) are known transports of text. */
static bool is_transport(const struct text_line *line, size_t at)
{
	return line->text[at] == '\033' || memchr(line->text, '\0', line->size);
}

/* Shows a line of the text; cleaned: what the kernel printed, shown instead if the line has characters that
 * steer a terminal, or NULL. */
static void show_line(struct shown_text *shown, size_t number, const struct oops_line *cleaned)
{
	struct text_line line = line_of(shown, number);
	size_t at;

	if (shown->done[number])
		return;
	shown->done[number] = true;
	if (is_text(&line, &at))
		print_line(shown->session->output, line.text, line.size);
	else if (cleaned && is_transport(&line, at))
		print_line(shown->session->output, cleaned->text, cleaned->size);
	else if (shown->text->size >= 2 && !memcmp(shown->text->data, "\xff\xfe", 2))
		return; /* the end of a text of wide characters */
	else {
		print_line(shown->session->output, line.text, line.size);
		annotate_complain_of(shown->session, shown->text, &line, at);
	}
}

/* Lines that are no lines of the kernel's log are shown with the line after them. */
static void show_lines(struct shown_text *shown, const struct oops_line *line)
{
	size_t first = line->first;

	while (first > 1 && !shown->used[first - 1] && !shown->done[first - 1])
		first--;
	for (size_t i = first; i <= line->last && !session_interrupted(shown->session); i++)
		show_line(shown, i, i == line->last ? line : NULL);
	/* A line that was torn between two parts has its end in an earlier line. */
	show_line(shown, line->last, line);
}

static void annotate_line(struct shown_text *shown, size_t at)
{
	const struct oops_line *line = &shown->reports->read.lines.line[at];
	struct line_notes notes = {
		.at = at,
		.line = line,
		.note = shown->note + shown->next_note,
	};
	uint64_t written;

	while (shown->next_note < shown->nr_notes && shown->note[shown->next_note]->line == at) {
		shown->next_note++;
		notes.nr++;
	}
	show_lines(shown, line);
	written = output_written(shown->session->output);
	show_annotation_answers(shown->session, shown->annotator, shown->text->name, &notes);
	shown->found |= output_written(shown->session->output) != written;
}

static void annotate(struct shown_text *shown)
{
	const struct oops_lines *lines = &shown->reports->read.lines;

	for (size_t i = 0; i < lines->nr && !session_interrupted(shown->session); i++)
		annotate_line(shown, i);
	for (size_t i = 1; i <= shown->nr_lines && !session_interrupted(shown->session); i++)
		show_line(shown, i, NULL);
}

/* --- a text without a report --- */

/* drivers/gpu/drm/drm_panic_qr.rs: the QR code of a panic screen is the address of a page that decodes the log. */
static const char *nothing_text(const struct shown_text *shown)
{
	const struct oops_reports *read = &shown->reports->read;
	const char *data = shown->text->data;

	if (data && memmem(data, shown->text->size, "#?a=", 4) &&
	    memmem(data, shown->text->size, "&z", 2))
		return "The text has no report of the kernel, but the address of a panic screen's QR code: the log is in it, compressed; the page that it names shows the log.";
	for (size_t i = 0; i < read->nr; i++)
		if (read->report[i].nr_frames > 1)
			return "The text has only a part of a report of the kernel: no line says what happened.";
	return "No report of the kernel, such as an oops, a warning or a trace, was found in the text.";
}

static void put_nothing_text(const void *arg)
{
	const char *text = nothing_text(arg);

	output_text_line(((const struct shown_text *)arg)->session->output, text, strlen(text));
}

static void put_nothing_record(const void *arg)
{
	const struct shown_text *shown = arg;
	struct output *output = shown->session->output;

	output_begin(output, shown->session->command->name, shown->text->name, NULL);
	output_string(output, "report", "none");
	output_string(output, "text", nothing_text(shown));
	output_end(output);
}

/* What is pasted at the prompt holds an address. */
static void show_nothing(struct shown_text *shown)
{
	if (shown->found || shown->session->pasted || session_interrupted(shown->session))
		return;
	output_in_text(shown->session->output, put_nothing_text, shown);
	output_in_records(shown->session->output, put_nothing_record, shown);
}

static void use_kernel(const struct shown_text *shown)
{
	struct text_reports *reports = shown->reports;

	for (size_t i = 0; i < reports->read.nr && !session_interrupted(shown->session); i++)
		verdict_use_kernel(&reports->verdict[i], &reports->read, &reports->read.report[i],
				   shown->session->kernel, shown->annotator);
}

static bool show_text(struct shown_text *shown, struct error *err)
{
	const struct annotate_given *given = shown->session->given;
	bool done = find_lines(shown) && collect_notes(shown);

	if (done && shown->annotator)
		use_kernel(shown);
	if (done)
		shown->found = show_reports(shown->session, shown->reports);
	if (done && !given->verdicts)
		annotate(shown);
	if (done)
		show_nothing(shown);
	free(shown->start);
	free(shown->done);
	free(shown->used);
	free(shown->note);
	return done || out_of_memory(err);
}

/* Reads the text. Returns false if the file cannot be opened or memory is exhausted. If the text
 * cannot be read to its end, sets *whole to false and sets err. */
static bool annotate_read_text(struct session *session, const char *path,
			       struct annotate_text *text, bool *whole, struct error *err)
{
	bool standard = !path || !strcmp(path, "-");
	int fd;

	if (session->pasted) {
		text->name = "what was typed";
		text->data = strdup(session->pasted);
		text->size = strlen(session->pasted);
		return text->data || out_of_memory(err);
	}
	text->name = standard ? "standard input" : path;
	fd = standard ? STDIN_FILENO : open_text(path, err);
	if (fd < 0)
		return false;
	if (standard && isatty(fd))
		session_say(session, "paste the text, then Ctrl-D");
	*whole = annotate_read_all(text, fd, err);
	if (!standard)
		close(fd);
	return true;
}

static struct annotator *create_annotator(struct session *session,
					  const struct oops_reports *reports)
{
	return annotator_create(session->kernel,
				session->chosen.table.has_process ? &session->chosen.table.process :
								    NULL,
				!session->pasted	   ? TEXT_OF_LOG :
				session->front.interactive ? TEXT_TYPED :
							     TEXT_PASTED,
				reports);
}

static bool annotate_run(struct session *session, char **words, struct error *err)
{
	struct annotate_text text = { 0 };
	struct text_reports reports;
	struct shown_text shown = { .session = session, .text = &text, .reports = &reports };
	bool whole = true, done;

	if (!annotate_read_text(session, *words, &text, &whole, err)) {
		free(text.data);
		return false;
	}
	/* If the text is too long, shows the part that was read. */
	done = text_reports_read(&reports, text.data ? text.data : "", text.size,
				 session->kernel->listener, err);
	if (done && !kernel_is_blank(session->kernel)) {
		shown.annotator = create_annotator(session, &reports.read);
		done = shown.annotator || out_of_memory(err);
	}
	done = done && show_text(&shown, err);
	annotator_destroy(shown.annotator);
	text_reports_release(&reports);
	free(text.data);
	return done && whole;
}

static const struct command_option options[] = {
	TABLE_OPTIONS("p",
		      "take user addresses as addresses of this process (default:\n"
		      "the process that the text names, as in PID: 1 Comm: init)",
		      "r",
		      "walk user addresses in the page table at ROOT, a physical\n"
		      "address or a value of CR3 or TTBR"),
	{ "s", AT(annotate_given, verdicts),
	  .help = "only what happened: a few sentences for each report" },
	{ 0 }
};

static const struct record record = {
	.plain = true,
	.fields = FIELDS(COLUMN("word", TEXT(.before = "    ^ ", .after = ":")), COLUMN("text")),
};

const struct command command_annotate = {
	.name = "annotate",
	.group = GROUP_TRANSLATE,
	.common = true,
	.options = options,
	.given_size = GIVEN(annotate_given),
	.record = &record,
	.arguments = ARGUMENTS({ "FILE", WORD_FILE_READ, .most = 1 }),
	.summary = "an oops or log: what happened, and each address explained",
	.details =
		"FILE is any text, such as an oops, a log, a mail or output of crash. Without\n"
		"FILE, or if FILE is -, standard input is read. For each report of the kernel,\n"
		"such as an oops, a few sentences say what happened. Then the text follows, with\n"
		"each address explained once, at its first place, as whatis does: registers,\n"
		"symbols with offsets, words of a stack, page: and pfn:, entries of page tables,\n"
		"physical addresses of MCE and EDAC, accesses that an IOMMU refused (DMAR:,\n"
		"AMD-Vi:). The bytes after Code: are compared with the dump. If the text is of\n"
		"another boot (its line Kernel Offset: differs from the KASLR offset of the\n"
		"dump), addresses of the kernel image are moved by the difference; other\n"
		"addresses are not explained.\n"
		"\"kwalk annotate FILE\" needs no other file: then the text alone is explained.\n"
		"\"kwalk annotate FILE VMLINUX\" explains symbols, too, and, if the text has the\n"
		"line Kernel Offset:, addresses of the image.",
	.rests_on = RESTS_ON_FRAMES,
	.silent = true,
	.needs_no_dump = true,
	.needs_no_files = true,
	.run = annotate_run,
};
