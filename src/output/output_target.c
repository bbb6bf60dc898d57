/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The destination and format of answers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/output_state.h"

struct output *output_create(int fd, enum output_format format)
{
	struct output *output = calloc(1, sizeof(*output));

	if (!output)
		return NULL;
	output->writer.fd = output->screen_fd = fd;
	output->form.innermost = output->form.open;
	output_set_format(output, format);
	output->table.address_digits = 16;
	output->table.writer = &output->writer;
	/* Only lines that are fitted to a terminal need the locale, and loading a locale takes file
	 * accesses and memory. */
	if (isatty(fd))
		screen_create(&output->table.screen);
	return output;
}

void output_destroy(struct output *output)
{
	if (!output)
		return;
	output_end_rows(output);
	output_flush(output);
	screen_destroy(&output->table.screen);
	cells_release(&output->form.cells);
	cells_release(&output->table.waiting);
	cells_release(&output->line);
	if (output->csv.cells || output->csv.text)
		csv_release(&output->csv);
	free(output);
}

enum output_format output_set_format(struct output *output, enum output_format format)
{
	enum output_format before = output->format;

	output_end_rows(output);
	output->format = format;
	output->measured = false;
	if (format == OUTPUT_CSV)
		csv_start(&output->csv);
	output->records = format == OUTPUT_CSV ? &output->csv.cell : &output->writer;
	output_forget_heading(output);
	return before;
}

enum output_format output_format(const struct output *output)
{
	return output->format;
}

bool output_is_reserved(const struct output *output)
{
	return is_records(output);
}

void output_common_fields(struct output *output, const struct field *fields)
{
	output->form.common = fields;
}

void output_end_csv(struct output *output)
{
	if (output->format == OUTPUT_CSV && csv_print(&output->csv, &output->writer))
		output->writer.error = ENOMEM;
}

void output_end_rows(struct output *output)
{
	kept_flush(output->kept, output);
	output_end_csv(output);
}

void output_set_address_width(struct output *output, unsigned int digits)
{
	output->table.address_digits = digits;
}

unsigned int output_address_width(const struct output *output)
{
	return output->table.address_digits;
}

/* --- the terminal --- */

void output_use_colour(struct output *output, enum colour_wish wish)
{
	output->colour = wish;
	output->measured = false;
	output_measure(output);
}

void output_measure(struct output *output)
{
	struct screen *screen = &output->table.screen;

	if (output->measured)
		return;
	output->measured = !isatty(output->screen_fd);
	table_release(&output->table);
	table_measure(&output->table, output->screen_fd);
	screen->colour = colour_wanted(output->colour, output->screen_fd);
	if (!is_records(output))
		return;
	screen->columns = 0; /* records are not fitted to the terminal */
	screen->colour = false;
}

unsigned int output_columns(const struct output *output)
{
	return output->table.screen.columns;
}

bool output_fills_screen(const struct output *output)
{
	const struct screen *screen = &output->table.screen;
	const struct writer *writer = &output->writer;
	unsigned int nr = 0;

	for (size_t i = 0; i < writer->used; i++)
		nr += writer->buffer[i] == '\n';
	return screen->columns && nr >= screen->lines;
}

int output_swap(struct output *output, int fd)
{
	int previous = output->writer.fd;

	output->writer.fd = fd;
	output->writer.error = 0;
	return previous;
}

/* --- writing --- */

void output_flush(struct output *output)
{
	table_release(&output->table);
	writer_flush(&output->writer);
}

void output_rescue(struct output *output)
{
	const struct writer *writer = &output->writer;
	const char *end;

	table_release(&output->table);
	output_end_csv(output);
	end = memrchr(writer->buffer, '\n', writer->used);
	if (end && !writer->error && !writer->closed)
		writer_all(writer->fd, writer->buffer, (size_t)(end - writer->buffer) + 1);
}

bool output_is_terminal(const struct output *output)
{
	return isatty(output->writer.fd);
}

bool output_is_seen(const struct output *output)
{
	return output->writer.fd != STDOUT_FILENO || output_is_terminal(output);
}

int output_failed(const struct output *output)
{
	return output->writer.error;
}

bool output_gave_up(const struct output *output)
{
	return output->kept && output->kept->err.code;
}

uint64_t output_written(const struct output *output)
{
	return output->writer.flushed + output->writer.used + output->table.waiting.used +
	       output->csv.used + (output->kept ? output->kept->nr : 0);
}

void output_set_most_lines(struct output *output, uint64_t most)
{
	output->writer.most_lines = most;
}

bool output_overran(const struct output *output)
{
	const struct writer *writer = &output->writer;

	return writer->overran || (writer->closed && writer->used);
}

void output_restart_lines(struct output *output)
{
	if (output_overran(output))
		output_forget_heading(output); /* the row with the heading may have been dropped */
	writer_restart(&output->writer);
}

void output_before_write(struct output *output, void (*before)(void *arg), void *arg)
{
	output->writer.before = before;
	output->writer.before_arg = arg;
}

void output_sink(struct output *output, void (*take)(void *arg, const char *data, size_t size),
		 void *arg)
{
	output->writer.sink = take;
	output->writer.sink_arg = arg;
}

int output_redirect(struct output *output, int fd)
{
	int previous;

	output_end_rows(output);
	output_flush(output);
	previous = output_swap(output, fd);
	output->screen_fd = fd;
	output->measured = false;
	if (previous == STDOUT_FILENO)
		output->printed = output->csv.printed;
	output->csv.printed = fd == STDOUT_FILENO && output->printed;
	output_forget_heading(output);
	output_measure(output);
	return previous;
}

void output_begin_table(struct output *output)
{
	table_release(&output->table);
	table_forget_heading(&output->table);
}

void output_forget_heading(struct output *output)
{
	table_release(&output->table);
	table_forget_heading(&output->table);
	csv_forget_heading(&output->csv);
}
