/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types are unchanged, and memory is changed. The input gives the scene, the changes of words in
 * its dump that are not 0, and commands of all kinds. */
#include "script.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	lines_load();
	scenes_load("scenes", note_words, NULL);
	return 0;
}

static const struct part *dump_of(const struct scene *scene)
{
	return &scene->dump;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	if (size >= 3)
		scene_run(&input, dump_of);
	return 0;
}
