/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file changes after it was opened, while a command runs: words of the file, or its end, at a
 * moment that the input gives. Moments are counted in searches for a place in memory and in
 * questions whether to stop. Only the dump changes, because libelf and libdw do not check a vmlinux
 * again (SECURITY.md). */
#include "script.h"

#include "dump/dump.h"

enum { MOST_MOMENTS = 8 };

static struct {
	struct part *part;
	struct {
		uint64_t at; /* number of questions after the last change */
		uint8_t change[8]; /* the change, in the form of change_take() */
	} moments[MOST_MOMENTS];
	unsigned int nr, next;
	uint64_t questions;
	off_t shortest; /* the smallest size that the file had */
} change;

/* Makes the file shorter. It may become empty. If a missing page is read, SIGBUS is sent. */
static void cut_off(uint64_t number)
{
	off_t size = (off_t)(number % (uint64_t)change.part->size);

	if (ftruncate(change.part->file, size))
		abort();
	if (size < change.shortest)
		change.shortest = size;
}

static void one_more_question(void)
{
	struct input input = { NULL, 8 };

	while (change.next < change.nr && change.questions >= change.moments[change.next].at) {
		input.data = change.moments[change.next].change;
		input.size = 8;
		change.questions = 0;
		change.next++;
		if (input.data[0] >= 0xe0)
			cut_off(load_le64(input.data));
		else
			change_take(&input, change.part);
	}
	change.questions++;
}

void __real_dump_find(struct dump *dump, uint64_t paddr, struct extent *extent);
void __wrap_dump_find(struct dump *dump, uint64_t paddr, struct extent *extent);

void __wrap_dump_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	one_more_question();
	__real_dump_find(dump, paddr, extent);
}

static bool stop_after_change(void *arg)
{
	one_more_question();
	return session_stops(arg);
}

/* kwalk would end here with a message. The target continues with zeros, which could also have been
 * in the file. */
static void lost_page(int signal, siginfo_t *info, void *context)
{
	uintptr_t page = (uintptr_t)info->si_addr & ~(uintptr_t)(SCENE_PAGE - 1);

	(void)signal, (void)context;
	if (mmap((void *)page, SCENE_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	lines_load();
	scenes_load("containers", note_words, NULL);
	return 0;
}

/* Restores the part that was cut off. */
static void restore(unsigned int nr)
{
	const struct part *part = change.part;
	char path[4096];
	uint8_t page[SCENE_PAGE];
	off_t at = change.shortest & ~(off_t)(SCENE_PAGE - 1), data;
	int fd;

	if (change.shortest == part->size)
		return;
	snprintf(path, sizeof(path), "%s/%u.dump", scenes_folder, nr);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ftruncate(part->file, change.shortest) || ftruncate(part->file, part->size))
		abort();
	while ((data = lseek(fd, at, SEEK_DATA)) >= 0) {
		ssize_t size;

		at = data & ~(off_t)(SCENE_PAGE - 1);
		size = pread(fd, page, sizeof(page), at);
		if (size <= 0 || pwrite(part->file, page, (size_t)size, at) != size)
			abort();
		at += size;
	}
	close(fd);
}

static void take_moments(struct input *input)
{
	uint64_t nr = take(input, 1) % (MOST_MOMENTS + 1);

	change.nr = change.next = 0;
	change.questions = 0;
	change.shortest = change.part->size;
	for (; nr && input->size; nr--) {
		change.moments[change.nr].at = take(input, 1) * take(input, 1);
		for (int i = 0; i < 8; i++)
			change.moments[change.nr].change[i] = (uint8_t)take(input, 1);
		change.nr++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sigaction action = { .sa_sigaction = lost_page, .sa_flags = SA_SIGINFO };
	struct input input = { data, size };
	struct listener listener = *session_listener();
	uint64_t first = take(&input, 1);
	unsigned int nr = (unsigned int)(first >> 1) % nr_scenes;
	const char *const paths[] = { scenes[nr].dump.path, scenes[nr].vmlinux.path };
	const struct script script = {
		.paths = paths,
		.nr_paths = scenes[nr].nr_files,
		.json = first & 1,
		.members = &scenes[nr].dump,
		.changing = &scenes[nr].dump,
		.listener = &listener,
	};

	if (size < 3)
		return 0;
	sigaction(SIGBUS, &action, NULL); /* set here because the fuzzer sets its handler late */
	listener.stop = stop_after_change;
	change.part = &scenes[nr].dump;
	take_moments(&input);
	script_run(&script, &input);
	change.nr = 0;
	changes_undo();
	restore(nr);
	return 0;
}
