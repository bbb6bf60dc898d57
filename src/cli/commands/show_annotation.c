/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_annotation.h"

#include <stdio.h>

#include "cli/commands/show_whatis.h"

struct show_annotation_shown_line {
	struct session *session;
	const struct annotated_line *line;
	bool as_answers, has_list;
};

enum { WORD_MAX = 320 };

/* Copies the word that the annotation explains, and adds a NUL. */
static void copy_word(const struct show_annotation_shown_line *shown,
		      const struct annotation *annotation, char word[WORD_MAX])
{
	snprintf(word, WORD_MAX, "%.*s", (int)annotation->size, shown->line->text + annotation->at);
}

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
		output_string(output, "text", annotation->text);
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

	copy_word(shown, annotation, word);
	if (annotation->trouble)
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

	annotator_line(annotator, line->text, line->size, show_annotation_show, &shown);
	if (shown.has_list)
		output_list_end(session->output);
}

void show_annotation_answers(struct session *session, struct annotator *annotator,
			     const struct annotated_line *line)
{
	struct show_annotation_shown_line shown = {
		.session = session,
		.line = line,
		.as_answers = true,
	};

	annotator_line(annotator, line->text, line->size, show_annotation_show, &shown);
}
