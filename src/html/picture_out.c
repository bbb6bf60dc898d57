/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "html/picture_out.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "output/new_file.h"
#include "session/redirect.h"

/* --- a file --- */

struct file_sink {
	struct session *session;
	struct new_file file;
	struct error err;
};

static bool to_file(void *arg, const char *data, size_t size)
{
	struct file_sink *sink = arg;

	if (session_interrupted(sink->session))
		return fail(&sink->err, ERROR_INTERRUPTED,
			    "interrupted: %s was not written", sink->file.path);
	return new_file_write(&sink->file, data, size, &sink->err);
}

static bool may_make(const struct session *session, const char *path, bool force,
		     struct error *err)
{
	struct stat status;

	if (!session_may_write(session, path, err))
		return false;
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return fail(err, ERROR_USAGE,
			    "%s is a directory: name a file in it", path);
	return force || lstat(path, &status) != 0 ||
	       fail(err, ERROR_USAGE, "%s is there already; -f replaces it",
		    path);
}

bool markup_to_file(struct session *session, const char *path, bool force,
		    void (*draw)(struct markup *markup, const void *arg),
		    const void *arg, uint64_t *bytes, struct error *err)
{
	struct file_sink sink = { .session = session };
	struct markup *markup;
	bool whole;

	if (!may_make(session, path, force, err) ||
	    !new_file_open(&sink.file, path, err))
		return false;
	markup = markup_create(to_file, &sink);
	if (!markup)
		out_of_memory(&sink.err);
	else
		draw(markup, arg);
	whole = markup && markup_finish(markup);
	*bytes = markup ? markup_written(markup) : 0;
	markup_destroy(markup);
	if (whole && !session_interrupted(session))
		return new_file_finish(&sink.file, err);
	new_file_abandon(&sink.file);
	if (whole)
		return fail(err, ERROR_INTERRUPTED,
			    "interrupted: %s was not written", path);
	if (err)
		*err = sink.err;
	return false;
}

/* --- among the answers --- */

struct text_sink {
	char *text; /* owned; NUL-terminated */
	size_t size, room;
};

static bool to_text(void *arg, const char *data, size_t size)
{
	struct text_sink *sink = arg;
	size_t room = sink->room ? sink->room : 1 << 16;
	char *text = sink->text;

	while (room - sink->size <= size)
		room *= 2;
	if (room != sink->room)
		text = realloc(sink->text, room);
	if (!text)
		return false;
	memcpy(text + sink->size, data, size);
	sink->text = text;
	sink->room = room;
	sink->size += size;
	text[sink->size] = '\0';
	return true;
}

static void print(struct output *output, const char *command,
		  const struct text_sink *sink)
{
	const char *at = sink->text, *end;

	if (output_json(output)) {
		output_begin(output, command, NULL, "ok");
		output_string(output, "svg", sink->text);
		output_end(output);
		return;
	}
	for (; (end = strchr(at, '\n')); at = end + 1)
		output_text_line(output, at, (size_t)(end - at));
}

static bool answer_itself(struct session *session,
			  void (*draw)(struct markup *markup, const void *arg),
			  const void *arg, struct error *err)
{
	struct text_sink sink = { 0 };
	struct markup *markup = markup_create(to_text, &sink);
	bool whole = false;

	if (markup) {
		draw(markup, arg);
		whole = markup_finish(markup) && sink.text;
	}
	if (whole)
		print(session->output, session->command->name, &sink);
	markup_destroy(markup);
	free(sink.text);
	return whole || out_of_memory(err);
}

bool picture_answer(struct session *session, const struct picture_wish *wish,
		    void (*draw)(struct markup *markup, const void *arg),
		    const void *arg, struct error *err)
{
	struct output *output = session->output;
	uint64_t bytes;

	if (!wish->file)
		return answer_itself(session, draw, arg, err);
	if (!markup_to_file(session, wish->file, wish->force, draw, arg, &bytes,
			    err))
		return false;
	output_begin(output, session->command->name, NULL, "ok");
	output_string(output, "file", wish->file);
	output_count(output, "bytes", bytes);
	output_end(output);
	return true;
}
