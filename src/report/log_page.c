/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/log_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/printk/log.h"
#include "query/annotate.h"

/* The lines are a ring while the log is read. */
struct log_page_reading {
	struct log_page *page;
	struct kernel *kernel;
};

static bool take_record(void *arg, const struct log_record *record)
{
	struct log_page_reading *reading = arg;
	struct log_page *page = reading->page;
	struct log_line *line = &page->line[page->nr_records++ % LOG_PAGE_LINES];

	line->has_time = record->has_time;
	line->ts_nsec = record->ts_nsec;
	line->has_level = record->has_level;
	line->level = record->level;
	line->cut = snprintf(line->text, sizeof(line->text), "%s", record->text) >=
		    (int)sizeof(line->text);
	return !kernel_stopped(reading->kernel);
}

/* Turns the ring until its oldest line comes first. */
static bool straighten(struct log_page *page)
{
	size_t at = page->nr_records % LOG_PAGE_LINES;
	struct log_line *line;

	page->nr = page->nr_records < LOG_PAGE_LINES ? page->nr_records : LOG_PAGE_LINES;
	if (page->nr < LOG_PAGE_LINES || !at)
		return true;
	line = calloc(LOG_PAGE_LINES, sizeof(*line));
	if (!line)
		return out_of_memory(&page->why);
	memcpy(line, page->line + at, (LOG_PAGE_LINES - at) * sizeof(*line));
	memcpy(line + LOG_PAGE_LINES - at, page->line, at * sizeof(*line));
	free(page->line);
	page->line = line;
	return true;
}

static void log_page_add_note(void *arg, const struct annotation *annotation)
{
	struct log_line *line = arg;
	struct log_note *note = &line->note[line->nr_notes];

	if (annotation->trouble || !annotation->text || line->nr_notes == LOG_LINE_NOTES)
		return;
	snprintf(note->word, sizeof(note->word), "%.*s", (int)annotation->size,
		 line->text + annotation->at);
	snprintf(note->text, sizeof(note->text), "%s", annotation->text);
	line->nr_notes++;
}

static void log_page_explain(struct log_page *page, struct kernel *kernel)
{
	struct annotator *annotator = annotator_create(kernel, NULL);

	for (size_t i = 0; annotator && i < page->nr; i++)
		annotator_read(annotator, page->line[i].text, strlen(page->line[i].text));
	for (size_t i = 0; annotator && i < page->nr; i++) {
		struct log_line *line = &page->line[i];

		if (kernel_stopped(kernel))
			break;
		annotator_line(annotator, line->text, strlen(line->text), log_page_add_note, line);
	}
	annotator_destroy(annotator);
}

void log_page_make(struct log_page *page, struct kernel *kernel)
{
	struct log_page_reading reading = { page, kernel };

	*page = (struct log_page){ 0 };
	page->line = calloc(LOG_PAGE_LINES, sizeof(*page->line));
	if (!page->line) {
		out_of_memory(&page->why);
		return;
	}
	page->known = log_each(kernel, take_record, &reading, &page->damages, &page->why) &&
		      straighten(page);
	if (page->known)
		log_page_explain(page, kernel);
}

void log_page_release(struct log_page *page)
{
	free(page->line);
	page->line = NULL;
}
