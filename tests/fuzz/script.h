/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens a scene, and runs the commands in the rest of the input. Between commands, one of the files
 * is changed. */
#pragma once

#include "line.h"
#include "made.h"
#include "open/open.h"
#include "scene.h"
#include "session.h"

struct script {
	const char *const *paths; /* the dump, and the vmlinux if there is one */
	unsigned int nr_paths;
	const struct part *members; /* words that commands can name */
	const struct part *changing;
	struct listener *listener;
	bool json;
};

/* The dumps that diff opens as the other dump: if the first word is "same", the same dump, and if
 * not, the dump of the next scene, whatever file the word names. */
static const char *const *other_paths[2];
static unsigned int nr_other_paths[2];

static inline struct kernel *open_other(struct session *session, char **words, struct error *err)
{
	bool next = strcmp(words[0], "same") != 0;
	const struct opening opening = {
		.paths = other_paths[next],
		.nr_paths = nr_other_paths[next],
		.listener = session->kernel->listener,
		.debug_path = "",
	};

	return open_kernel_dump(&opening, err);
}

/* One byte determines what follows: a line of commands, or a change before the next line. */
static inline void script_run(const struct script *script, struct input *input)
{
	enum { MOST_SCRIPT_LINES = 6 };
	const struct opening opening = {
		.paths = script->paths,
		.nr_paths = script->nr_paths,
		.listener = script->listener,
		.debug_path = "",
	};
	struct kernel *kernel;
	struct fuzz_session session;

	capture_begin();
	session_give(text_of_lines);
	kernel = open_kernel_dump(&opening, NULL);
	if (kernel) {
		session_begin(&session, kernel, script->json);
		session.session.front.open_other = open_other;
		session.session.front.close_other = open_close;
		for (int i = 0; i < MOST_SCRIPT_LINES && input->size; i++)
			if (take(input, 1) % 4 == 3)
				change_take(input, script->changing);
			else
				session_line(&session,
					     line_take(input, member_of_dump, script->members));
		session_end(&session);
	}
	open_close(kernel);
	capture_end(script->json);
	capture_begin();
	made_ask(script->listener);
	capture_end(false);
}

/* The first bytes of the input give the scene and the output, the number of changes of part(scene),
 * and these changes. The rest is the script. */
static inline void scene_run(struct input *input, const struct part *(*part)(const struct scene *))
{
	uint64_t first = take(input, 1), nr = take(input, 1) % 8;
	const struct scene *scene = &scenes[(first >> 1) % nr_scenes];
	const struct scene *next = &scenes[((first >> 1) + 1) % nr_scenes];
	const char *const paths[] = { scene->dump.path, scene->vmlinux.path };
	const char *const next_paths[] = { next->dump.path, next->vmlinux.path };
	const struct script script = {
		.paths = paths,
		.nr_paths = scene->nr_files,
		.json = first & 1,
		.members = &scene->dump,
		.changing = part(scene),
		.listener = session_listener(),
	};

	other_paths[0] = paths;
	nr_other_paths[0] = scene->nr_files;
	other_paths[1] = next_paths;
	nr_other_paths[1] = next->nr_files;
	for (; nr && input->size; nr--)
		change_take(input, script.changing);
	script_run(&script, input);
	changes_undo();
}
