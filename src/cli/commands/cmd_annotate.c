/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/printable.h"
#include "sandbox/outside.h"
#include "cli/interrupt.h"
#include "cli/tables.h"
#include "cli/commands/show_annotation.h"

enum { MOST_TEXT = 64 << 20 };

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

/* Returns true if the line is text. Tabs are text. If it is not, sets *at to the offset of the
 * first byte that is not text. */
static bool is_text(const struct annotated_line *line, size_t *at)
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
				 const struct annotated_line *line, size_t at)
{
	struct error err;

	if (text->complained)
		return;
	text->complained = true;
	fail(&err, ERROR_FORMAT,
	     "line %zu is not text: byte %zu is %02x; such bytes are shown as ?", line->number,
	     at + 1, (unsigned char)line->text[at]);
	session_complain(session, text->name, &err);
}

static void annotate(struct session *session, struct annotate_text *text,
		     struct annotator *annotator)
{
	struct annotated_line line = { .name = text->name, .text = text->data };
	const char *end = text->data + text->size;
	struct error err;
	size_t number, at;

	while (line.text < end && !session_interrupted(session)) {
		const char *newline = memchr(line.text, '\n', (size_t)(end - line.text));
		size_t size = (size_t)((newline ? newline : end) - line.text);

		line.number++;
		line.size = size && line.text[size - 1] == '\r' ? size - 1 : size;
		print_line(session->output, line.text, line.size);
		if (!is_text(&line, &at))
			annotate_complain_of(session, text, &line, at);
		show_annotation_answers(session, annotator, &line);
		line.text += size + 1;
	}
	/* Not reported for a line that was typed at the prompt, because it may be a part of a
	 * longer text. */
	if (!session->pasted && annotator_cut(annotator, &number, &err)) {
		char where[64];

		snprintf(where, sizeof(where), "line %zu", number);
		session_complain(session, where, &err);
	}
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

static bool annotate_run(struct session *session, char **words, struct error *err)
{
	struct annotator *annotator;
	struct annotate_text text = { 0 };
	bool done = true;

	if (!annotate_read_text(session, *words, &text, &done, err))
		return false;
	annotator = annotator_create(session->kernel,
				     session->chosen.table.has_process ?
					     &session->chosen.table.process :
					     NULL,
				     !session->pasted		? TEXT_OF_LOG :
				     session->front.interactive ? TEXT_TYPED :
								  TEXT_PASTED);
	if (!annotator)
		done = out_of_memory(err);
	/* If the text is too long, shows the part that was read. */
	if (annotator && text.data) {
		annotator_read(annotator, text.data,
			       text.size - (text.size && text.data[text.size - 1] == '\n'));
		annotate(session, &text, annotator);
	}
	annotator_destroy(annotator);
	free(text.data);
	return done;
}

static const struct command_option options[] = {
	TABLE_OPTIONS("p",
		      "take user addresses as addresses of this process (default:\n"
		      "the process that the text names, as in PID: 1 Comm: init)",
		      "r",
		      "walk user addresses in the page table at ROOT, a physical\n"
		      "address or a value of CR3 or TTBR"),
	{ 0 }
};

static const struct record record = {
	.plain = true,
	.fields = (const struct field[]){ COLUMN("word", TEXT(.before = "    ^ ", .after = ":")),
					  COLUMN("text"),
					  { 0 } },
};

const struct command command_annotate = {
	.name = "annotate",
	.group = GROUP_TRANSLATE,
	.common = true,
	.options = options,
	.record = &record,
	.arguments = ARGUMENTS({ "FILE", WORD_FILE_READ, .most = 1 }),
	.summary = "a text, with each of its addresses explained below the line",
	.details =
		"FILE is any text, such as an oops, a log, a mail or output of crash. Without\n"
		"FILE, or if FILE is -, standard input is read. Each address is explained once,\n"
		"at its first place in the text, as whatis does: registers, symbols with\n"
		"offsets, words of a stack, page: and pfn:, entries of page tables, physical\n"
		"addresses of MCE and EDAC, accesses that an IOMMU refused (DMAR:, AMD-Vi:). The\n"
		"bytes after Code: are compared with the dump. If the text is of another boot\n"
		"(its line Kernel Offset: differs from the KASLR offset of the dump), addresses\n"
		"of the kernel image are moved by the difference; other addresses are not\n"
		"explained.\n"
		"As the first command with -c, annotate needs no dump: a vmlinux alone explains\n"
		"symbols and, if the text has the line Kernel Offset:, addresses of the image.",
	.rests_on = RESTS_ON_FRAMES,
	.silent = true,
	.needs_no_dump = true,
	.run = annotate_run,
};
