/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenes of a folder (FUZZ_SCENES): 0.dump, 0.vmlinux (if any), 1.dump, and so on, as files in
 * memory. Places in these files that have a meaning are noted, changed, and restored. */
#pragma once

#include "input.h"

#include <fcntl.h>

#include "base/bytes.h"

enum { MOST_SCENES = 96, MOST_CHANGES = 16, SCENE_PAGE = 4096 };

struct place {
	uint32_t offset; /* offset in the file */
	uint32_t width; /* 1, 2, 4 or 8 bytes */
};

struct part {
	int file;
	char path[32];
	off_t size;
	struct place *places;
	size_t nr_places, room;
};

struct scene {
	struct part dump, vmlinux;
	unsigned int nr_files; /* 1: the dump contains its types */
};

static struct scene scenes[MOST_SCENES];
static unsigned int nr_scenes;

static inline void note_place(struct part *part, uint64_t offset, uint32_t width)
{
	if (part->nr_places == part->room) {
		part->room = part->room ? 2 * part->room : 1024;
		part->places = realloc(part->places, part->room * sizeof(*part->places));
		if (!part->places)
			abort();
	}
	part->places[part->nr_places++] = (struct place){ (uint32_t)offset, width };
}

typedef void note_page(struct part *part, uint64_t offset, const uint8_t *page, size_t size);

/* Loads a file, and keeps it sparse. note() is called for each page that is not all zeros. */
static inline bool part_load(struct part *part, const char *path, note_page *note)
{
	static const uint8_t zeros[SCENE_PAGE];
	uint8_t page[SCENE_PAGE];
	ssize_t size;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	*part = (struct part){ .file = memfd_create("part", MFD_CLOEXEC) };
	while ((size = read(fd, page, sizeof(page))) > 0) {
		if (memcmp(page, zeros, (size_t)size) != 0) {
			if (pwrite(part->file, page, (size_t)size, part->size) != size)
				abort();
			if (note)
				note(part, (uint64_t)part->size, page, (size_t)size);
		}
		part->size += size;
	}
	close(fd);
	snprintf(part->path, sizeof(part->path), "/proc/self/fd/%d", part->file);
	return !ftruncate(part->file, part->size);
}

/* Notes words: members of structs, pointers, and entries of page tables. */
static inline void note_words(struct part *part, uint64_t offset, const uint8_t *page, size_t size)
{
	for (size_t i = 0; i + 8 <= size; i += 8)
		if (load_le64(page + i))
			note_place(part, offset + i, 8);
}

static char scenes_folder[3072];

/* Loads all scenes. note_dump() notes the places in each dump. */
static inline void scenes_load(const char *name, note_page *note_dump, note_page *note_vmlinux)
{
	char path[4096];

	snprintf(scenes_folder, sizeof(scenes_folder), "%s", fuzz_file("FUZZ_SCENES", name));
	for (; nr_scenes < MOST_SCENES; nr_scenes++) {
		struct scene *scene = &scenes[nr_scenes];

		snprintf(path, sizeof(path), "%s/%u.dump", scenes_folder, nr_scenes);
		if (!part_load(&scene->dump, path, note_dump))
			break;
		snprintf(path, sizeof(path), "%s/%u.vmlinux", scenes_folder, nr_scenes);
		scene->nr_files = 1 + part_load(&scene->vmlinux, path, note_vmlinux);
	}
	if (!nr_scenes) {
		fprintf(stderr, "%s: no scenes\n", scenes_folder);
		exit(2);
	}
}

static inline uint64_t place_get(const struct part *part, struct place place)
{
	uint8_t bytes[8] = { 0 };

	/* Bytes after the end of a file that was cut off are zeros. */
	if (pread(part->file, bytes, place.width, place.offset) < 0)
		abort();
	return load_le64(bytes);
}

static inline void place_put(const struct part *part, struct place place, uint64_t value)
{
	value = htole64(value);
	if (pwrite(part->file, &value, place.width, place.offset) != (ssize_t)place.width)
		abort();
}

/* Returns a word of the dump, for words of a line (line.h). */
static inline uint64_t member_of_dump(const void *arg, uint64_t number)
{
	const struct part *part = arg;

	/* Numbers are small, so they are spread over all places. */
	return place_get(part, part->places[number * 2654435761u % part->nr_places]);
}

struct change {
	const struct part *part;
	struct place place;
	uint64_t before;
};

static struct change changes[MOST_CHANGES];
static unsigned int nr_changes;

/* Returns a number for which limits may be wrong, another word of the same kind, or any number. */
static inline uint64_t changed(const struct part *part, uint64_t word, uint64_t how,
			       uint64_t number)
{
	uint64_t other = place_get(part, part->places[number % part->nr_places]);

	switch (how % 10) {
	case 0: return 0;
	case 1: return word ^ UINT64_C(1) << number % 64;
	case 2: return other;
	case 3: return word + (uint64_t)(int16_t)number;
	case 4: return UINT64_C(1) << number % 64;
	case 5: return (UINT64_C(1) << number % 64) - 1;
	case 6: /* only the upper half, which is one of two members of 4 bytes */
		return (uint32_t)word | number << 32;
	case 7: return (word & ~(uint64_t)UINT32_MAX) | number;
	case 8: return (word & 0xfff) | (other & ~UINT64_C(0xfff));
	default: return number;
	}
}

/* Changes one place. Takes 8 bytes of the input: how to change it, the place (3 bytes), and a
 * number. */
static inline void change_take(struct input *input, const struct part *part)
{
	uint64_t how = take(input, 1), where = take(input, 3);
	uint64_t number = take(input, 4);
	struct change *change = &changes[nr_changes];

	if (nr_changes == MOST_CHANGES || !part->nr_places)
		return;
	nr_changes++;
	change->part = part;
	change->place = part->places[where % part->nr_places];
	change->before = place_get(part, change->place);
	place_put(part, change->place, changed(part, change->before, how, number));
}

static inline void changes_undo(void)
{
	while (nr_changes > 0) {
		const struct change *change = &changes[--nr_changes];

		place_put(change->part, change->place, change->before);
	}
}
