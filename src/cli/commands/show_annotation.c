/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_annotation.h"

#include <stdio.h>

#include "cli/commands/show_whatis.h"

struct show_annotation_shown_line {
	struct session *session;
	const struct annotated_line *line;
	bool as_answers, has_list;
	const struct line_notes *notes; /* NULL: there are none */
	bool has_kernel;
	size_t next; /* the first note that was not shown yet */
};

enum { WORD_MAX = 320 };

static void show_annotation_complain(const struct show_annotation_shown_line *shown,
				     const char *word, const struct error *trouble)
{
	struct error err;

	fail(&err, trouble->code, "line %zu of %s: %s", shown->line->number, shown->line->name,
	     trouble->message);
	session_complain(shown->session, word, &err);
}

static void word_of(const void *arg, char *text, size_t size)
{
	snprintf(text, size, "%s", (const char *)arg);
}

/* Shows the notes at or before this offset. */
static void show_notes(struct show_annotation_shown_line *shown, size_t at)
{
	struct output *output = shown->session->output;
	const struct line_notes *notes = shown->notes;
	char word[WORD_MAX];

	for (; notes && shown->next < notes->nr && notes->note[shown->next]->at <= at;
	     shown->next++) {
		const struct oops_note *note = notes->note[shown->next];

		if (!note->text || (note->is_plain && shown->has_kernel))
			continue;
		snprintf(word, sizeof(word), "%.*s", (int)note->size, notes->line->text + note->at);
		output_begin(output, shown->session->command->name, word, NULL);
		output_summary(output, "word", word_of, word);
		output_count(output, "line", notes->line->last);
		output_string(output, "kind", "report");
		output_string(output, "text", note->text);
		output_end(output);
	}
}

/* Is nothing left to say about the word beside its note, or is it no address? */
static bool is_noted(const struct show_annotation_shown_line *shown,
		     const struct annotation *annotation)
{
	const struct line_notes *notes = shown->notes;

	for (size_t i = 0; notes && i < notes->nr; i++) {
		const struct oops_note *note = notes->note[i];

		if (!note->is_part && !note->is_plain &&
		    note->at < annotation->at + annotation->size &&
		    note->at + note->size > annotation->at)
			return true;
	}
	return false;
}

static void as_answer(struct show_annotation_shown_line *shown, const char *word,
		      const struct annotation *annotation)
{
	struct output *output = shown->session->output;

	output_begin(output, shown->session->command->name, word, NULL);
	output_summary(output, "word", word_of, word);
	output_count(output, "line", shown->line->number);
	if (annotation->whatis) {
		show_whatis_fields(shown->session, annotation->whatis, annotation->text);
	} else {
		output_string(output, "kind", whatis_kind_names[WHATIS_UNKNOWN]);
		output_string(output, "text",
			      annotation->trouble ? annotation->trouble->message :
						    annotation->text);
	}
	output_end(output);
}

static void as_item(struct show_annotation_shown_line *shown, const char *word,
		    const struct annotation *annotation)
{
	struct output *output = shown->session->output;

	if (!shown->has_list)
		output_list_begin(output, "addresses");
	shown->has_list = true;
	output_object_begin(output, NULL);
	output_string(output, "input", word);
	output_string(output, "kind",
		      whatis_kind_names[annotation->whatis ? annotation->whatis->kind :
							     WHATIS_UNKNOWN]);
	output_string(output, "text", annotation->text);
	output_object_end(output);
}

static void show_annotation_show(void *arg, const struct annotation *annotation)
{
	struct show_annotation_shown_line *shown = arg;
	char word[WORD_MAX];

	snprintf(word, sizeof(word), "%.*s", (int)annotation->size,
		 annotation->line + annotation->at);
	show_notes(shown, annotation->at);
	if (is_noted(shown, annotation))
		return;
	if (annotation->trouble && !shown->as_answers)
		show_annotation_complain(shown, word, annotation->trouble);
	else if (shown->as_answers)
		as_answer(shown, word, annotation);
	else
		as_item(shown, word, annotation);
}

void show_annotations(struct session *session, struct annotator *annotator,
		      const struct annotated_line *line)
{
	struct show_annotation_shown_line shown = { .session = session, .line = line };

	annotator_record(annotator, show_annotation_show, &shown);
	if (shown.has_list)
		output_list_end(session->output);
}

void show_annotation_answers(struct session *session, struct annotator *annotator, const char *name,
			     const struct line_notes *notes)
{
	const struct annotated_line line = { name, notes->line->last };
	struct show_annotation_shown_line shown = {
		.session = session,
		.line = &line,
		.as_answers = true,
		.notes = notes,
		.has_kernel = annotator,
	};

	if (annotator)
		annotator_line(annotator, notes->at, show_annotation_show, &shown);
	show_notes(&shown, SIZE_MAX);
}
