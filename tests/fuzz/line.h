/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines from an input: whole lines of the file FUZZ_COMMANDS, or a command of the table,
 * with options from its usage and with words that have a meaning: words of that file, words of the
 * dump as addresses, and extreme values. A new command is used as soon as it is in the table. */
#pragma once

#include "input.h"

#include <ctype.h>
#include <inttypes.h>

#include "cli/commands/commands.h"

enum { MOST_LINES = 128, MOST_DICTIONARY = 2048, MOST_LINE = 1024 };

static char *fixed_lines[MOST_LINES], *dictionary[MOST_DICTIONARY];
static char text_of_lines[8192]; /* text for annotate, from the file FUZZ_TEXT */
static unsigned int nr_fixed_lines, nr_dictionary;

/* Removes ! and |, with which a line would run a shell. */
static inline void take_out_shell(char *line)
{
	for (; *line; line++)
		if (*line == '!' || *line == '|')
			*line = ' ';
}

static inline void add_words(const char *line)
{
	char *copy = strdup(line), *rest = copy, *word;

	while ((word = strsep(&rest, " ;\n^")))
		if (*word && nr_dictionary < MOST_DICTIONARY)
			dictionary[nr_dictionary++] = strdup(word);
	free(copy);
}

static inline void text_load(void)
{
	FILE *file = fopen(fuzz_file("FUZZ_TEXT", "text.txt"), "r");

	if (!file || !fread(text_of_lines, 1, sizeof(text_of_lines) - 1, file)) {
		fputs("no text for annotate\n", stderr);
		exit(2);
	}
	fclose(file);
}

static inline void lines_load(void)
{
	const char *path = fuzz_file("FUZZ_COMMANDS", "commands.txt");
	FILE *file = fopen(path, "r");
	char line[MOST_LINE];

	while (file && nr_fixed_lines < MOST_LINES && fgets(line, sizeof(line), file)) {
		if (line[0] == '#')
			continue;
		take_out_shell(line);
		fixed_lines[nr_fixed_lines++] = strdup(line);
		add_words(line);
	}
	if (file)
		fclose(file);
	if (!nr_fixed_lines) {
		fprintf(stderr, "%s: no lines\n", path);
		exit(2);
	}
	text_load();
}

/* Writes option n of a command, modulo the number of its options. Writes nothing if the command has
 * no options. */
static inline int option_of(const struct command *command, uint64_t n, char *to, size_t size)
{
	const struct command_option *option = command->options;
	size_t nr = 0;

	while (option && option[nr].name)
		nr++;
	return nr ? snprintf(to, size, " -%s", option[n % nr].name) : 0;
}

/* Returns word number of the dump, or another value that the target chooses. */
typedef uint64_t number_of(const void *arg, uint64_t number);

static inline int add_word(struct input *input, const struct command *command, char *to,
			   size_t size, number_of *member, const void *arg)
{
	uint64_t kind = take(input, 1), number = take(input, 2);

	switch (kind % 8) {
	case 0:
	case 1: return option_of(command, number, to, size);
	case 2:
	case 3: return snprintf(to, size, " %s", dictionary[number % nr_dictionary]);
	case 4: /* an extreme value */
		return snprintf(to, size, " %" PRIx64,
				(UINT64_C(1) << number % 64) - (number >> 6) % 3);
	/* A small number, in decimal. */
	case 5: return snprintf(to, size, " %" PRIu64, number % 300);
	case 6: return snprintf(to, size, " %" PRIx64 "+%" PRIx64, member(arg, number), kind << 4);
	default: return snprintf(to, size, " %" PRIx64, member(arg, number));
	}
}

/* FNV-1a, so that old inputs keep their meaning when commands are added. */
static inline uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return (hash ^ hash >> 16) & 0x7fff;
}

/* Returns the command with the next hash after number. */
static inline const struct command *command_near(uint64_t number)
{
	const struct command *nearest = commands[0];
	uint32_t distance = UINT32_MAX;

	for (size_t i = 0; commands[i]; i++) {
		uint32_t here = (hash_of(commands[i]->name) - (uint32_t)number) & 0x7fff;

		/* if two hashes were equal, one command would never run */
		PROMISED(here != distance);
		if (here < distance) {
			distance = here;
			nearest = commands[i];
		}
	}
	return nearest;
}

/* Takes the next line of the input. If bit 7 of the first byte is set, the other bits are the
 * number of a line. If not, the first two bytes choose a command, and the words of the command
 * follow. */
static inline const char *line_take(struct input *input, number_of *member, const void *arg)
{
	enum { MOST_WORDS = 6, LONGEST = 128 };
	static char line[MOST_LINE];
	uint64_t first = take(input, 1), nr;
	const struct command *command;
	int at;

	if (first & 0x80)
		return fixed_lines[(first & 0x7f) % nr_fixed_lines];
	command = command_near(first << 8 | take(input, 1));
	nr = take(input, 1) % MOST_WORDS;
	at = snprintf(line, sizeof(line), "%s", command->name);
	while (nr-- && at < MOST_LINE - LONGEST) {
		int length = add_word(input, command, line + at, LONGEST, member, arg);

		at += length < LONGEST ? length : LONGEST - 1;
	}
	return line;
}
