/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The input says which of the scenes in the folder FUZZ_SCENES (0.dump, 0.vmlinux,
 * 1.dump, ...) to take, which line of the file FUZZ_COMMANDS to run, and what to
 * write over words of the dump that hold something: members of structures,
 * pointers, entries of page tables; and where vmlinux has BTF over that: kinds,
 * sizes, members and their offsets.
 */
#include "script.h"

#include <fcntl.h>
#ifdef HAVE_LIBBPF
#include <bpf/btf.h>
#endif

#include "base/bytes.h"
#include "vmlinux/elf_file.h"
#include "open/open.h"

enum { MOST_SCENES = 16, MOST_LINES = 128, MOST_CHANGES = 16, PAGE = 4096 };
enum { OF_TYPES = 0x80 }; /* in the byte that says how a word changes */

/* A file in memory, and where in it changes are made. */
struct part {
	int file;
	uint32_t *words; /* offsets of words of 8 bytes */
	size_t nr_words;
};

struct scene {
	struct part dump;
	struct part types; /* of vmlinux; no words: these stay as they are */
	char vmlinux[4096]; /* path */
};

static struct scene scenes[MOST_SCENES];
static unsigned int nr_scenes;
static char *lines[MOST_LINES];
static unsigned int nr_lines;

static void note_word(struct part *part, uint32_t offset)
{
	part->words =
		realloc(part->words, (part->nr_words + 1) * sizeof(uint32_t));
	if (!part->words)
		abort();
	part->words[part->nr_words++] = offset;
}

/* Sparse, as the file is. The words of a dump are noted. */
static bool load_file(struct part *part, const char *path, bool dump)
{
	static const uint8_t zeros[PAGE];
	uint8_t page[PAGE] = { 0 };
	ssize_t size;
	off_t at = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	part->file = memfd_create("part", MFD_CLOEXEC);
	while ((size = read(fd, page, sizeof(page))) > 0) {
		if (memcmp(page, zeros, (size_t)size) != 0 &&
		    pwrite(part->file, page, (size_t)size, at) != size)
			abort();
		for (uint32_t i = 0; dump && size == PAGE && i < PAGE; i += 8)
			if (load_le64(page + i))
				note_word(part, (uint32_t)at + i);
		at += size;
	}
	close(fd);
	return !ftruncate(part->file, at);
}

#ifdef HAVE_LIBBPF
/* The linker puts the BTF of objects one behind the other: makes one of all. */
static struct btf *join_types(const uint8_t *at, const uint8_t *end)
{
	enum {
		HEADER = 24,
		AT_SIZE = 4,
		AT_STRINGS = 16,
		AT_STRINGS_SIZE = 20
	};
	struct btf *all = btf__new_empty(), *one;

	while (end - at >= HEADER) {
		uint32_t size = load_le32(at + AT_SIZE) +
				load_le32(at + AT_STRINGS) +
				load_le32(at + AT_STRINGS_SIZE);

		one = btf__new(at, size);
		if (!one || btf__add_btf(all, one) < 0)
			abort();
		btf__free(one);
		at += size;
	}
	return all;
}

/* Takes vmlinux into memory and notes the words of its types, if these are BTF. */
static void load_types(struct scene *scene)
{
	enum { HEADER = 24, AT_TYPES_SIZE = 12 };
	int fd = open(scene->vmlinux, O_RDONLY | O_CLOEXEC);
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	Elf_Scn *section = elf_section(elf, ".BTF");
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	const uint8_t *joined;
	GElf_Shdr header;
	uint32_t size;
	struct btf *btf;

	if (data && gelf_getshdr(section, &header)) {
		btf = join_types(data->d_buf,
				 (uint8_t *)data->d_buf + data->d_size);
		joined = btf__raw_data(btf, &size);
		if (!joined || size > data->d_size ||
		    !load_file(&scene->types, scene->vmlinux, false) ||
		    pwrite(scene->types.file, joined, size,
			   (off_t)header.sh_offset) != size)
			abort();
		for (uint32_t at = HEADER;
		     at < HEADER + load_le32(joined + AT_TYPES_SIZE); at += 4)
			note_word(&scene->types,
				  (uint32_t)header.sh_offset + at);
		btf__free(btf);
		snprintf(scene->vmlinux, sizeof(scene->vmlinux),
			 "/proc/self/fd/%d", scene->types.file);
	}
	elf_end(elf);
	close(fd);
}
#endif

static bool load_scene(struct scene *scene, const char *folder, unsigned int nr)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%u.dump", folder, nr);
	snprintf(scene->vmlinux, sizeof(scene->vmlinux), "%s/%u.vmlinux",
		 folder, nr);
	if (!load_file(&scene->dump, path, true) || !scene->dump.nr_words)
		return false;
#ifdef HAVE_LIBBPF
	load_types(scene);
#endif
	return true;
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
	elf_version(EV_CURRENT);
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

static uint64_t word_at(const struct part *part, uint32_t offset)
{
	uint8_t bytes[8];

	if (pread(part->file, bytes, sizeof(bytes), offset) != sizeof(bytes))
		abort();
	return load_le64(bytes);
}

static void set_word(const struct part *part, uint32_t offset, uint64_t word)
{
	word = htole64(word);
	if (pwrite(part->file, &word, sizeof(word), offset) != sizeof(word))
		abort();
}

/* What bounds are wrong for, other words of the same kind, and any number. */
static uint64_t changed(const struct part *part, uint64_t word, uint64_t how,
			uint64_t number)
{
	uint64_t other = word_at(part, part->words[number % part->nr_words]);

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
		.paths = paths,
		.nr_paths = 2,
		.listener = &script_listener,
		.debug_path = "",
	};

	snprintf(path, sizeof(path), "/proc/self/fd/%d", scene->dump.file);
	return kernel_open(&opening, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct {
		const struct part *part;
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
		const struct part *part = &scene->dump;
		uint32_t offset;

		if (how & OF_TYPES && scene->types.nr_words)
			part = &scene->types;
		offset = part->words[where % part->nr_words];
		changes[nr].part = part;
		changes[nr].offset = offset;
		changes[nr].before = word_at(part, offset);
		set_word(part, offset,
			 changed(part, changes[nr].before, how & ~OF_TYPES,
				 take(&input, 4)));
	}
	kernel = open_kernel(scene);
	if (kernel)
		script_run(kernel, line, first & 1);
	kernel_close(kernel);
	while (nr-- > 0)
		set_word(changes[nr].part, changes[nr].offset,
			 changes[nr].before);
	return 0;
}
