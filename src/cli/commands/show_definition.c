/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_definition.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "value/value.h"

struct shown {
	struct session *session;
	const char *input;
	const struct ctype *type;
	struct ctype_facts facts;
	char name[256]; /* of the type */
	bool has_members;
	char first[512]; /* the first line */
};

/* The names of the first members or enumerators. */
struct sketch {
	char *text;
	size_t size;
	unsigned int nr;
};

enum { MOST_SKETCHED = 4 };

static bool sketch_name(const char *name, void *arg)
{
	struct sketch *sketch = arg;

	if (*name)
		text_append(sketch->text, sketch->size, "%s%.64s", sketch->nr++ ? ", " : " ", name);
	return sketch->nr < MOST_SKETCHED;
}

static bool sketch_enumerator(const char *name, int64_t value, void *arg)
{
	(void)value;
	return sketch_name(name, arg);
}

static void put_size(struct output *output, const char *name, const struct ctype_facts *facts)
{
	if (facts->size || facts->kind == CTYPE_STRUCT || facts->kind == CTYPE_UNION ||
	    facts->kind == CTYPE_ARRAY)
		output_count(output, name, facts->size);
}

static void begin(const struct shown *shown)
{
	struct output *output = shown->session->output;

	output_begin(output, shown->session->command->name, shown->input, NULL);
	output_string(output, "type_source", ctype_source(shown->type));
}

static void put_member(const struct shown *shown, const struct definition_line *line)
{
	struct output *output = shown->session->output;
	const struct ctype_member *member = &line->member;
	struct ctype_facts facts = ctype_describe(&member->type);
	char type[512];

	begin(shown);
	output_string(output, "struct", shown->name);
	output_count(output, "struct_size", shown->facts.size);
	output_string(output, "member", line->path);
	ctype_declare(&member->type, "", type, sizeof(type));
	output_string(output, "type", type);
	output_count(output, "offset", member->bit_offset / 8);
	put_size(output, "size", &facts);
	if (member->bit_size) {
		output_count(output, "bit_offset", member->bit_offset % 8);
		output_count(output, "bit_size", member->bit_size);
	}
	output_end(output);
}

static void put_enumerator(const struct shown *shown, const struct definition_line *line)
{
	struct output *output = shown->session->output;

	begin(shown);
	output_string(output, "enum", shown->name);
	output_string(output, "enumerator", line->path);
	output_integer(output, "value", line->value);
	output_end(output);
}

/* A type without members, such as a typedef of an integer, or an empty struct. */
static void put_type(const struct shown *shown)
{
	struct output *output = shown->session->output;
	bool empty = shown->facts.kind == CTYPE_STRUCT || shown->facts.kind == CTYPE_UNION;

	begin(shown);
	output_string(output, empty ? "struct" : "type", shown->name);
	if (!empty)
		output_string(output, "definition", shown->first);
	put_size(output, empty ? "struct_size" : "size", &shown->facts);
	output_end(output);
}

static bool show_line(const struct definition_line *line, void *arg)
{
	struct shown *shown = arg;

	if (!*shown->first)
		snprintf(shown->first, sizeof(shown->first), "%s", line->text);
	output_text_line(shown->session->output, line->text, strlen(line->text));
	if (line->path) {
		shown->has_members = true;
		if (line->is_enumerator)
			put_enumerator(shown, line);
		else
			put_member(shown, line);
	}
	return !session_interrupted(shown->session);
}

/* Text shows lines, and not a table of the records. */
static const struct record unseen = { .closed = true };

void show_definition_hide(struct session *session)
{
	output_declare(session->output, &unseen);
}

void show_definition_unhide(struct session *session)
{
	output_declare(session->output, session->command->record);
}

static bool visit_none(const struct definition_line *line, void *arg)
{
	(void)line;
	(void)arg;
	return true;
}

/* Complains of the members that are not there, and leaves them out of *form. kept: has room for all.
 * Fails if none is left. */
static bool keep_known(const struct shown *shown, struct definition_form *form, char *kept,
		       struct error *err)
{
	const struct error none = { 0 };
	struct definition_form one = *form;
	char path[1024];
	size_t size;

	*kept = '\0';
	*err = none;
	for (const char *at = form->members; at; at = at[size] ? at + size + 1 : NULL) {
		struct error why;

		size = strcspn(at, ",");
		snprintf(path, sizeof(path), "%.*s", (int)size, at);
		one.members = path;
		if (size < sizeof(path) &&
		    definition_lines(shown->type, &one, visit_none, NULL, &why)) {
			sprintf(kept + strlen(kept), "%s%s", *kept ? "," : "", path);
			continue;
		}
		if (err->code)
			session_complain(shown->session, shown->input, err);
		*err = size < sizeof(path) ? why : none;
		if (size >= sizeof(path))
			fail(err, ERROR_USAGE, "the name of a member is too long");
	}
	if (!*kept)
		return false;
	if (err->code)
		session_complain(shown->session, shown->input, err);
	form->members = kept;
	return true;
}

void show_definition_note_others(struct session *session, const char *name,
				 const struct ctype *type)
{
	struct ctype_definitions found;
	char text[1024];
	struct sketch sketch = { text, sizeof(text), 0 };

	if (strchr(name, '#'))
		return;
	value_definitions(session->kernel, type, &found);
	for (size_t i = 0; i < found.nr && found.nr > 1; i++) {
		sketch.nr = 0;
		snprintf(text, sizeof(text), "%s#%zu%s has %" PRIu64 " bytes:", name, i + 1,
			 i ? "" : ", which is shown, is one of several types of this name. It",
			 ctype_describe(&found.type[i]).size);
		ctype_each_name(&found.type[i], sketch_name, &sketch);
		ctype_each_enumerator(&found.type[i], sketch_enumerator, &sketch);
		session_say(session, text);
	}
}

bool show_definition(struct session *session, const char *input, const struct ctype *type,
		     const struct definition_form *form, bool source, struct error *err)
{
	struct shown shown = { session, input, type, ctype_describe(type), .has_members = false };
	struct definition_form known = *form;
	char *kept = form->members && strchr(form->members, ',') ? strdup(form->members) : NULL;
	bool shows;

	if (kept && !keep_known(&shown, &known, kept, err)) {
		free(kept);
		return false;
	}
	show_definition_hide(session);
	ctype_declare(type, "", shown.name, sizeof(shown.name));
	shows = definition_lines(type, &known, show_line, &shown, err);
	free(kept);
	if (shows && !shown.has_members)
		put_type(&shown);
	if (shows && source)
		output_textf(session->output, "TYPES: %s\n", ctype_source(type));
	show_definition_unhide(session);
	return shows;
}
