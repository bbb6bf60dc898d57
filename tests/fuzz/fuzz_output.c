/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text that would control a terminal or begin a separate line, in all places that can contain text:
 * in texts of a scene's dump and vmlinux, in arguments, and in names of files. The output must be
 * clean (clean.h). */
#include "script.h"

#include <ctype.h>

enum { SHORTEST_TEXT = 4, MOST_TEXT = 16 };

/* In each text, FORGED follows characters that must be removed or escaped. */
static const char *const hostile[] = {
	"\n" FORGED,
	"\r\n" FORGED,
	"\x1b[31m" FORGED,
	"\x1b]0;" FORGED "\a",
	"\x9b" FORGED,
	"\xc2\x9b" FORGED,
	"\xe2\x80\xae" FORGED,
	"\xe2\x80\xa8" FORGED,
	"\xd8\x9c" FORGED,
	"\xff\n" FORGED,
	"\xed\xa0\x80\n",
	"\xf4\x90\x80\x80\n",
	"\xc0\x8a" FORGED,
	"\x7f\b\b\b",
	"\xe2",
	"\"}\n" FORGED,
	"\\\n" FORGED,
	"\v\f\t\n" FORGED,
	"%s%n%1$s",
	"\xe2\x80",
	"', \n" FORGED,
};
enum { NR_HOSTILE = sizeof(hostile) / sizeof(hostile[0]) };

static struct part texts[MOST_SCENES][2]; /* places of texts in the dump and in vmlinux */
static char names[NR_HOSTILE][2][64]; /* names of files, which are symbolic links */

static void note_texts(struct part *part, uint64_t offset, const uint8_t *page, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < size; i++) {
		length = isprint(page[i]) ? length + 1 : 0;
		if (length == SHORTEST_TEXT)
			note_place(part, offset + i + 1 - length, 1);
	}
}

static void load_texts(void)
{
	char path[4096];

	for (unsigned int i = 0; i < nr_scenes; i++)
		for (unsigned int of = 0; of < scenes[i].nr_files; of++) {
			snprintf(path, sizeof(path), "%s/%u.%s", scenes_folder, i,
				 of ? "vmlinux" : "dump");
			if (!part_load(&texts[i][of], path, note_texts))
				abort();
			close(texts[i][of].file);
			texts[i][of].file = of ? scenes[i].vmlinux.file : scenes[i].dump.file;
		}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char folder[] = "/dev/shm/kwalk-names-XXXXXX";

	(void)argc, (void)argv;
	lines_load();
	scenes_load("scenes", note_words, NULL);
	load_texts();
	if (!mkdtemp(folder))
		abort();
	for (int i = 0; i < NR_HOSTILE; i++)
		for (int of = 0; of < 2; of++)
			snprintf(names[i][of], sizeof(names[i][of]), "%s/%d%s", folder, of,
				 hostile[i]);
	return 0;
}

static struct {
	const struct part *part;
	off_t at;
	uint8_t before[MOST_TEXT];
} written[MOST_CHANGES];
static unsigned int nr_written;

/* Takes a hostile text, or bytes of the input without changes. */
static size_t text_take(struct input *input, char text[MOST_TEXT])
{
	uint64_t which = take(input, 1);
	size_t size;

	if (which % 4 == 0) {
		size = which % 8 + 1;
		for (size_t i = 0; i < size; i++)
			text[i] = (char)take(input, 1);
		return size;
	}
	size = strlen(hostile[(which >> 2) % NR_HOSTILE]);
	memcpy(text, hostile[(which >> 2) % NR_HOSTILE], size);
	return size;
}

/* Takes the offset in the text, the number of the text (3 bytes), and the new text. */
static void write_text(struct input *input, const struct part *part)
{
	uint64_t into = take(input, 1) % 8, where = take(input, 3);
	char text[MOST_TEXT];
	size_t size = text_take(input, text);
	off_t at;

	if (nr_written == MOST_CHANGES || !part->nr_places)
		return;
	at = part->places[where % part->nr_places].offset + (off_t)into;
	if (at + MOST_TEXT > part->size)
		return;
	written[nr_written].part = part;
	written[nr_written].at = at;
	if (pread(part->file, written[nr_written++].before, MOST_TEXT, at) != MOST_TEXT ||
	    pwrite(part->file, text, size, at) != (ssize_t)size)
		abort();
}

static void undo(void)
{
	while (nr_written-- > 0)
		if (pwrite(written[nr_written].part->file, written[nr_written].before, MOST_TEXT,
			   written[nr_written].at) != MOST_TEXT)
			abort();
	nr_written = 0;
}

static void name_file(const char *name, const char *target)
{
	unlink(name);
	if (symlink(target, name))
		abort();
}

/* Takes commands from the input. Each gets a hostile argument, with and without quotes. */
static void ask_for(struct input *input, struct fuzz_session *session, const struct scene *scene)
{
	char line[MOST_LINE + 4 * MOST_TEXT], text[MOST_TEXT + 1];
	const char *asked = line_take(input, member_of_dump, &scene->dump);

	session_line(session, asked);
	text[text_take(input, text)] = '\0';
	take_out_shell(text);
	snprintf(line, sizeof(line), "%.*s %s '%s'", (int)strcspn(asked, "\n"), asked, text, text);
	session_line(session, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	uint64_t first = take(&input, 1), name = take(&input, 1) % NR_HOSTILE;
	uint64_t nr = take(&input, 1) % (MOST_CHANGES + 1);
	unsigned int number = (unsigned int)(first >> 1) % nr_scenes;
	const struct scene *scene = &scenes[number];
	const char *const paths[] = { names[name][0], names[name][1] };
	const struct opening opening = {
		.paths = paths,
		.nr_paths = scene->nr_files,
		.listener = session_listener(),
		.debug_path = "",
	};
	struct fuzz_session session;
	struct kernel *kernel;

	if (size < 4)
		return 0;
	name_file(paths[0], scene->dump.path);
	if (scene->nr_files > 1)
		name_file(paths[1], scene->vmlinux.path);
	for (; nr && input.size; nr--)
		write_text(&input, &texts[number][take(&input, 1) & 1]);
	capture_begin();
	kernel = open_kernel_dump(&opening, NULL);
	if (kernel) {
		session_begin(&session, kernel, first & 1);
		for (int i = 0; i < 4 && input.size; i++)
			ask_for(&input, &session, scene);
		session_end(&session);
	}
	open_close(kernel);
	capture_end(first & 1);
	undo();
	unlink(paths[0]);
	unlink(paths[1]);
	return 0;
}
