/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Free text. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/output_state.h"

/* Are answers kept, so that text that is not in columns must be dropped? The text of chosen columns needs
 * none, and sorted answers cannot have it. */
static bool drops_text(struct kept *kept)
{
	if (!is_kept(kept))
		return false;
	if (!kept->nr_columns && !kept->err.code && (kept->nr || kept->part == OF_TEXT))
		fail(&kept->err, ERROR_USAGE,
		     "-K cannot sort the lines of text in this answer: choose columns with -O, or use --json");
	return kept->nr_columns || kept->err.code;
}

/* Must be called before free text that follows rows. Returns false if the text must not be written. */
static bool begin_text(struct output *output)
{
	if (is_records(output) || drops_text(output->kept))
		return false;
	output_forget_heading(output);
	return true;
}

void output_text_part(struct output *output, enum style style, const char *text, size_t size)
{
	if (line_needed(&output->table.screen))
		free_line_add(&output->line, style, text, size);
	else
		writer_put_clean(&output->writer, text, size);
}

void output_text_end(struct output *output)
{
	const struct screen *screen = &output->table.screen;

	if (line_needed(screen))
		free_line_end(&output->line, screen, &output->writer);
	else
		writer_end_line(&output->writer);
}

void output_text_line(struct output *output, const char *line, size_t size)
{
	output_styled_line(output, line, size, NULL, 0);
}

void output_styled_line(struct output *output, const char *line, size_t size,
			const struct span *spans, unsigned int nr)
{
	size_t at = 0;

	if (!begin_text(output))
		return;
	for (unsigned int i = 0; i < nr; at = spans[i++].end) {
		output_text_part(output, STYLE_PLAIN, line + at, spans[i].start - at);
		output_text_part(output, spans[i].style, line + spans[i].start,
				 spans[i].end - spans[i].start);
	}
	output_text_part(output, STYLE_PLAIN, line + at, size - at);
	output_text_end(output);
}

/* Writes a literal. If the literal begins with a tab, it consists only of the tab, which is written
 * as blanks on a screen. */
static void put_own_text(struct output *output, const char *text, size_t size)
{
	static const char blanks[] = "        ";
	const size_t tab = sizeof(blanks) - 1;

	if (!line_needed(&output->table.screen))
		writer_put(&output->writer, text, size);
	else if (*text == '\t')
		output_text_part(output, STYLE_PLAIN, blanks, tab - output->line.used % tab);
	else
		output_text_part(output, STYLE_PLAIN, text, size);
}

void output_own_text(struct output *output, const char *text)
{
	const char *end;

	if (!begin_text(output))
		return;
	for (; (end = strchr(text, '\n')); text = end + 1) {
		put_own_text(output, text, (size_t)(end - text));
		output_text_end(output);
	}
	put_own_text(output, text, strlen(text));
}

void output_textf(struct output *output, const char *fmt, ...)
{
	size_t length = strlen(fmt);
	bool ends_line = length && fmt[length - 1] == '\n';
	va_list args;
	char usual[1024], *text = usual;
	int size;

	if (!begin_text(output))
		return;
	va_start(args, fmt);
	size = vsnprintf(usual, sizeof(usual), fmt, args);
	va_end(args);
	if (size >= (int)sizeof(usual)) {
		va_start(args, fmt);
		size = vasprintf(&text, fmt, args);
		va_end(args);
	}
	if (size < 0) {
		output->writer.error = ENOMEM;
		return;
	}
	output_text_part(output, STYLE_PLAIN, text, (size_t)size - ends_line);
	if (text != usual)
		free(text);
	if (ends_line)
		output_text_end(output);
}
