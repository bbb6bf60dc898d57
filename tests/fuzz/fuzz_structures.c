/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Types stay as they are, memory changes: the input says which of the scenes in
 * the folder FUZZ_SCENES (0.dump, 0.vmlinux, 1.dump, ...) to take, which line of
 * the file FUZZ_COMMANDS to run, and what to write over words of the dump that
 * hold something: members of structures, pointers, entries of page tables.
 */
#include "script.h"

#include <fcntl.h>

#include "base/bytes.h"
#include "open/open.h"

enum { MOST_SCENES = 16, MOST_LINES = 128, MOST_CHANGES = 16, PAGE = 4096 };

struct scene {
	int dump; /* a file in memory */
	char vmlinux[4096]; /* path */
	uint32_t *words; /* offsets in the dump of those that are not 0 */
	size_t nr_words;
};

static struct scene scenes[MOST_SCENES];
static unsigned int nr_scenes;
static char *lines[MOST_LINES];
static unsigned int nr_lines;

static void note_words(struct scene *scene, const uint8_t *page,
		       uint32_t offset)
{
	for (uint32_t at = 0; at < PAGE; at += 8) {
		if (!load_le64(page + at))
			continue;
		scene->words = realloc(scene->words, (scene->nr_words + 1) *
							     sizeof(uint32_t));
		if (!scene->words)
			abort();
		scene->words[scene->nr_words++] = offset + at;
	}
}

/* Sparse, as the file is. */
static bool load_scene(struct scene *scene, const char *folder, unsigned int nr)
{
	static const uint8_t zeros[PAGE];
	uint8_t page[PAGE] = { 0 };
	char path[4096];
	ssize_t size;
	off_t at = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%u.dump", folder, nr);
	snprintf(scene->vmlinux, sizeof(scene->vmlinux), "%s/%u.vmlinux",
		 folder, nr);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	scene->dump = memfd_create("dump", MFD_CLOEXEC);
	while ((size = read(fd, page, sizeof(page))) > 0) {
		if (memcmp(page, zeros, (size_t)size) != 0) {
			if (pwrite(scene->dump, page, (size_t)size, at) != size)
				abort();
			if (size == PAGE)
				note_words(scene, page, (uint32_t)at);
		}
		at += size;
	}
	close(fd);
	return !ftruncate(scene->dump, at) && scene->nr_words;
}

/* As fuzz_command, without the shell's. */
static void load_lines(const char *path)
{
	FILE *file = path ? fopen(path, "r") : NULL;
	char line[1024];

	while (file && nr_lines < MOST_LINES &&
	       fgets(line, sizeof(line), file)) {
		for (char *at = line; *at; at++)
			if (*at == '!' || *at == '|')
				*at = ' ';
		if (line[0] != '#')
			lines[nr_lines++] = strdup(line);
	}
	if (file)
		fclose(file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *folder = getenv("FUZZ_SCENES");

	(void)argc, (void)argv;
	while (folder && nr_scenes < MOST_SCENES &&
	       load_scene(&scenes[nr_scenes], folder, nr_scenes))
		nr_scenes++;
	load_lines(getenv("FUZZ_COMMANDS"));
	if (!nr_scenes || !nr_lines) {
		fputs("fuzz_structures: FUZZ_SCENES has no scenes, or FUZZ_COMMANDS no lines\n",
		      stderr);
		exit(2);
	}
	script_prepare();
	return 0;
}

static uint64_t word_at(const struct scene *scene, uint32_t offset)
{
	uint8_t bytes[8];

	if (pread(scene->dump, bytes, sizeof(bytes), offset) != sizeof(bytes))
		abort();
	return load_le64(bytes);
}

static void set_word(const struct scene *scene, uint32_t offset, uint64_t word)
{
	word = htole64(word);
	if (pwrite(scene->dump, &word, sizeof(word), offset) != sizeof(word))
		abort();
}

/* What bounds are wrong for, other words of the dump, and any number. */
static uint64_t changed(const struct scene *scene, uint64_t word, uint64_t how,
			uint64_t number)
{
	uint64_t other = word_at(scene, scene->words[number % scene->nr_words]);

	switch (how % 10) {
	case 0:
		return 0;
	case 1:
		return word ^ UINT64_C(1) << number % 64;
	case 2:
		return other;
	case 3:
		return word + (int16_t)number;
	case 4:
		return UINT64_C(1) << number % 64;
	case 5:
		return (UINT64_C(1) << number % 64) - 1;
	case 6: /* the upper half alone: of two members of 4 bytes, one */
		return (uint32_t)word | number << 32;
	case 7:
		return (word & ~(uint64_t)UINT32_MAX) | number;
	case 8:
		return (word & 0xfff) | (other & ~UINT64_C(0xfff));
	default:
		return number;
	}
}

static struct kernel *open_kernel(const struct scene *scene)
{
	char path[64];
	const char *const paths[] = { path, scene->vmlinux };
	const struct opening opening = {
		.paths = paths, .nr_paths = 2,
		.listener = &script_listener, .debug_path = "",
	};

	snprintf(path, sizeof(path), "/proc/self/fd/%d", scene->dump);
	return kernel_open(&opening, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct {
		uint32_t offset;
		uint64_t before;
	} changes[MOST_CHANGES];
	const struct scene *scene;
	struct kernel *kernel;
	unsigned int nr = 0;
	const char *line;
	uint64_t first;

	if (size < 2)
		return 0;
	first = take(&input, 1);
	scene = &scenes[(first >> 1) % nr_scenes];
	line = lines[take(&input, 1) % nr_lines];
	for (; input.size >= 8 && nr < MOST_CHANGES; nr++) {
		uint64_t how = take(&input, 1), where = take(&input, 3);

		changes[nr].offset = scene->words[where % scene->nr_words];
		changes[nr].before = word_at(scene, changes[nr].offset);
		set_word(scene, changes[nr].offset,
			 changed(scene, changes[nr].before, how,
				 take(&input, 4)));
	}
	kernel = open_kernel(scene);
	if (kernel)
		script_run(kernel, line, first & 1);
	kernel_close(kernel);
	while (nr-- > 0)
		set_word(scene, changes[nr].offset, changes[nr].before);
	return 0;
}
