/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/alias.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/command_names.h"
#include "cli/words.h"
#include "kernel/kernel.h"

/* --- names of commands --- */

const char *command_nearest(const struct command *const *commands, const struct alias *aliases,
			    const char *name)
{
	/* In a name with less than five letters, only one letter may differ. */
	struct near_name near = { name, strlen(name) < 5 ? 1 : 2, NULL };

	for (; *commands; commands++) {
		if (text_list_has((*commands)->meant_by, name))
			return (*commands)->name;
		near_name_try(&near, (*commands)->name);
	}
	for (; aliases && aliases->name; aliases++)
		if (aliases->runs && *aliases->runs && strlen(aliases->name) > 2)
			near_name_try(&near, aliases->name);
	return near.nearest;
}

static void no_such_command(const struct command *const *commands, const struct alias *aliases,
			    const char *name, struct error *err)
{
	const char *nearest;

	if (feature_lacks_command(name, err))
		return;
	nearest = command_nearest(commands, aliases, name);
	if (nearest)
		fail(err, ERROR_USAGE, "no such command; did you mean %s?", nearest);
	else
		fail(err, ERROR_USAGE, "no such command; try \"help\"");
}

const struct command *command_exactly(const struct command *const *commands, const char *name)
{
	for (const struct command *const *at = commands; *at; at++)
		if (*(*at)->name == *name && !strcmp((*at)->name, name))
			return *at;
	for (const struct command *const *at = commands; *at; at++)
		if (text_list_has((*at)->also, name))
			return *at;
	return NULL;
}

const struct command *command_find(const struct command *const *commands,
				   const struct alias *aliases, const char *name, struct error *err)
{
	const struct command *found = command_exactly(commands, name), *younger = NULL;
	size_t length = strlen(name), nr_found = 0, nr_younger = 0;
	char candidates[400] = "";

	if (found)
		return found;
	for (const struct command *const *at = commands; *at && length; at++) {
		const char *name_at = (*at)->name;

		if (*name_at != *name || strncmp(name_at, name, length) != 0)
			continue;
		if ((*at)->younger) {
			younger = *at;
			nr_younger++;
			continue;
		}
		text_append(candidates, sizeof(candidates), "%s%s", nr_found++ ? ", " : "",
			    name_at);
		found = *at;
	}
	if (nr_found == 1)
		return found;
	if (!nr_found && nr_younger == 1)
		return younger;
	if (!nr_found)
		no_such_command(commands, aliases, name, err);
	else
		fail(err, ERROR_USAGE, "ambiguous command: %s, could be: %s", name, candidates);
	return NULL;
}

const struct command *first_command(const struct command *const *commands, const char *text)
{
	const struct command *command = NULL;
	const char *start = text + strspn(text, " \t\r\n");
	char *copy = strndup(start, strcspn(start, "\n")), *line = copy, **words = NULL;
	struct command_text first;

	if (copy && command_text_next(&line, &first) && first.words)
		words = words_of(first.words);
	if (words)
		command = command_find(commands, NULL, *words, NULL);
	free(words);
	free(copy);
	return command;
}

char **help_arguments(char **words)
{
	if (!words[1] || strcmp(words[1], "--help") != 0 || words[2])
		return strcmp(words[0], "help") ? NULL : words + 1;
	words[1] = words[0];
	return words + 1;
}

/* --- names of crash --- */

const struct alias *alias_next(const struct alias *table, const char *name, const struct alias *at)
{
	if (!at && !table)
		return NULL;
	for (at = at ? at + 1 : table; at->name; at++) {
		const char *form = *at->name == *name ? after_start(name, at->name) : NULL;

		if (form && (!*form || form[-1] == '/')) /* the row "p/" is for "p/x" */
			return at;
	}
	return NULL;
}

const struct alias *alias_with_letter(const struct alias *table, const char *name, char letter)
{
	const struct alias *row = NULL, *found = NULL;

	while ((row = alias_next(table, name, row)))
		if (*row->option && strchr(row->option + 1, letter) && (!found || !row->runs))
			found = row;
	return found;
}

/* Returns true if the word looks like an option. "-1" does not, because it is a number. */
static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] && !strchr("0123456789", word[1]);
}

/* Skips the options -O and -K with their values, which the command that is run understands. */
static char **skip_shared(char **words)
{
	while (*words && (*words)[0] == '-' && *(*words + 1) && strchr("OK", (*words)[1]))
		words += !(*words)[2] && words[1] ? 2 : 1;
	return words;
}

/* Returns the first other option among the words, or NULL. */
static char **find_option(char **words)
{
	for (words = skip_shared(words); *words; words = skip_shared(words + 1))
		if (is_option(*words))
			return words;
	return NULL;
}

static bool has_letter(char **words, const char *letters)
{
	for (words = skip_shared(words); *words; words = skip_shared(words + 1))
		if (is_option(*words) && strpbrk(*words, letters))
			return true;
	return false;
}

static bool is_address(const char *word)
{
	uint64_t value;

	return strpbrk(word, "0123456789") && parse_hex(word, &value, NULL);
}

/* Returns true if the next row has the same name and option. If it has, the next row is for words
 * that are not numbers. */
static bool shares_option(const struct alias *row)
{
	return row[1].name && !strcmp(row[1].name, row->name) &&
	       !strcmp(row[1].option, row->option);
}

/* Is the row for lines such as "l *ADDR" of gdb? */
static bool is_of_pointer(const struct alias *row)
{
	return *row->arguments == '*';
}

/* Returns true if the row fits the line. words: the line without the name. option: points to the
 * first option in words; NULL: there is none. */
static bool fits(const struct alias *row, char **words, char **option)
{
	const char *first;

	words = skip_shared(words);
	first = *skip_shared(words + (option == words));
	if (is_of_pointer(row))
		return first && *first == '*' && first[1];
	if (row->kind == WORD_CHOICE)
		return first && (words[1] || row->may_lack) && text_list_has(row->arguments, first);
	if (row->runs && !*row->runs)
		return !*row->option || (option && strchr(row->option + 1, (*option)[1]));
	if (!row->runs)
		return !*row->option || (row->may_lack && has_letter(words, row->option + 1));
	/* The line must have no second option, because the option may have another meaning in the
	 * command that is run. */
	if (option ? strcmp(*option, row->option) != 0 || find_option(option + 1) : *row->option)
		return false;
	if (!first)
		return row->kind == WORD_NONE || row->may_lack;
	if (row->kind == WORD_ADDRESS)
		return row->may_lack || !shares_option(row) || is_address(first);
	return row->kind != WORD_NONE;
}

/* Takes "*" and parentheses off an address. */
static void strip_pointer(char **word)
{
	size_t size = strlen(++*word);

	if (**word == '(' && (*word)[size - 1] == ')') {
		(*word)[size - 1] = '\0';
		++*word;
	}
}

/* Composes the words of the command: first the words of the row, then the words of the line without
 * the option that selected the row. */
static bool compose(const struct alias *row, char **words, char **option, struct alias_line *line,
		    struct error *err)
{
	char *rest = line->command, *word;
	size_t nr = 0;

	snprintf(line->command, sizeof(line->command), "%s", row->runs);
	line->words = calloc(sizeof(line->command) + count_words(words) + 1, sizeof(*line->words));
	if (!line->words)
		return out_of_memory(err);
	while ((word = strsep(&rest, " ")))
		line->words[nr++] = word;
	if (is_of_pointer(row))
		strip_pointer(skip_shared(words));
	for (; *words; words++)
		if (words != option)
			line->words[nr++] = *words;
	return true;
}

/* Composes the command for "x/[COUNT][FORMAT][SIZE] ADDR..." of gdb. As in gdb, a value has four bytes
 * unless the line says otherwise. COUNT becomes the last word. */
static bool compose_examine(const char *form, char **words, struct alias_line *line,
			    struct error *err)
{
	const int digits = (int)strspn(form, "0123456789");
	const char *run = NULL, *width = "-32", *letter = form + digits;
	char *rest = line->command, *word, *last = NULL;
	size_t nr = 0;

	for (; *letter && strchr("xaicsbhwg", *letter); letter++)
		switch (*letter) {
		case 'i': run = "dis"; break;
		case 'a': run = "rd -v -s"; break;
		case 'c':
		case 's': run = "rd -v -a"; break;
		case 'b': width = "-8"; break;
		case 'h': width = "-16"; break;
		case 'w': width = "-32"; break;
		case 'g': width = "-64"; break;
		default: break;
		}
	if (*letter || digits > 9 || (digits && strchr(form, 's') && atoi(form) != 1))
		return fail(
			err, ERROR_USAGE,
			"is not answered here: rd shows memory in hexadecimal (x), as text (s, c), or with symbols (a), dis shows instructions (i), and p -d *(TYPE *)ADDR a number in decimal");
	snprintf(line->command, sizeof(line->command), "%s %.*s", run ? run : "rd -v",
		 run ? digits : 0, form);
	if (!run)
		text_append(line->command, sizeof(line->command), "%s %.*s", width, digits, form);
	line->words = calloc(sizeof(line->command) + count_words(words) + 1, sizeof(*line->words));
	if (!line->words)
		return out_of_memory(err);
	while ((word = strsep(&rest, " ")))
		if (isdigit((unsigned char)*word) && strchr(form, 's') == NULL)
			last = word;
		else if (*word && !isdigit((unsigned char)*word))
			line->words[nr++] = word;
	while (*words)
		line->words[nr++] = *words++;
	line->words[nr] = last;
	return true;
}

void alias_refuse_letter(const struct alias *row, char letter, struct error *err)
{
	if (row->runs)
		fail(err, ERROR_USAGE, "-%c is not answered here with other options: use %s",
		     letter, row->runs);
	else
		fail(err, ERROR_USAGE, "-%c is not answered here: %s", letter, row->instead);
}

/* Fails. The error message is about the first option that kwalk cannot run, or else lists the rows
 * with this name that kwalk can run. */
static bool refuse(const struct alias *table, char **words, struct error *err)
{
	const struct alias *row = NULL;
	char known[400] = "";

	for (char **word = skip_shared(words + 1); *word; word = skip_shared(word + 1))
		for (char *letter = *word + 1; is_option(*word) && *letter; letter++)
			if ((row = alias_with_letter(table, *words, *letter)) && !row->runs) {
				alias_refuse_letter(row, *letter, err);
				return false;
			}
	row = NULL;
	while ((row = alias_next(table, *words, row)))
		if (row->runs && *row->runs)
			text_append(known, sizeof(known), "%s%s%s%s%s%s", *known ? "; " : "",
				    row->name, *row->option ? " " : "", row->option,
				    *row->arguments ? " " : "", row->arguments);
	return fail(err, ERROR_USAGE, "kwalk answers this command of crash only as: %s", known);
}

bool alias_translate(const struct alias *table, char **words, bool is_command,
		     struct alias_line *line, struct error *err)
{
	const struct alias *row = NULL;
	char **option = *words ? find_option(words + 1) : NULL;
	bool known = false;

	*line = (struct alias_line){ .words = NULL };
	while (*words && (row = alias_next(table, *words, row))) {
		known |= !is_of_pointer(row);
		if (!fits(row, words + 1, option))
			continue;
		line->accepted = row->runs && !*row->runs;
		if (line->accepted)
			return true;
		if (row->runs && !strcmp(row->name, "x/"))
			return compose_examine(*words + 2, words + 1, line, err);
		if (row->runs)
			return compose(row, words + 1, option, line, err);
		return fail(err, ERROR_USAGE, "is not answered here: %s", row->instead);
	}
	return !known || is_command || refuse(table, words, err);
}

/* --- command lines of other programs --- */

struct advice_names {
	char vmlinux[256], dump[256]; /* "" if no such file is open */
	bool plain; /* a shell would read each name unchanged, as one word */
};

static void add_file(void *arg, const struct kernel_file *of)
{
	struct advice_names *names = arg;
	const struct file *file = of->file;
	char *to = of->kind == FILE_OF_DUMP ? names->dump : names->vmlinux;

	/* Names only vmlinux itself, because gdb finds the debug file and the supplement, and loads
	 * modules by their sections. */
	if (of->kind == FILE_OF_MODULE || (of->kind == FILE_OF_KERNEL && *to))
		return;
	names->plain &=
		!file->path[strspn(file->path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					       "0123456789/._-+@%,=:")] &&
		strlen(to) + strlen(file->path) + 2 < sizeof(names->dump);
	if (names->plain)
		text_append(to, sizeof(names->dump), "%s%s", *to ? " " : "", file->path);
}

static void put_name(const char *word, const char *name, struct error *err)
{
	char text[sizeof(err->message)];
	size_t size = strlen(word);
	const char *from = err->message, *at;

	if (!*name)
		return;
	text[0] = '\0';
	for (; (at = strstr(from, word)); from = at + size)
		text_append(text, sizeof(text), "%.*s%s", (int)(at - from), from, name);
	text_append(text, sizeof(text), "%s", from);
	if (strlen(text) < sizeof(text) - 1)
		strcpy(err->message, text);
}

void advice_name_files(const struct kernel *kernel, struct error *err)
{
	struct advice_names names = { .plain = true };

	kernel_each_file(kernel, add_file, &names);
	if (!names.plain)
		return;
	put_name("VMLINUX", names.vmlinux, err);
	put_name("DUMP", names.dump, err);
}

/* --- parts that configure can leave out --- */

const struct feature_row feature_rows[NR_FEATURES] = {
	[NO_FEATURE] = { "", "", true },
	[FEATURE_DEVICES] = { "devices", "devices and their IOMMUs", HAVE_DEVICES },
	[FEATURE_KVM] = { "kvm", "VM guests", HAVE_KVM },
	[FEATURE_DIFF] = { "diff", "the comparison of dumps", HAVE_DIFF },
	[FEATURE_EXTRACT] = { "extract", "the writing of dumps", HAVE_EXTRACT },
	[FEATURE_QMP] = { "qmp", "running guests (qmp:SOCKET)", HAVE_QMP },
	[FEATURE_REPORT] = { "report", "the pages of reports", HAVE_REPORT },
};

bool feature_built(enum feature feature, struct error *err)
{
	const struct feature_row *row = &feature_rows[feature];

	return row->built ||
	       fail(err, ERROR_USAGE, "this kwalk was built without %s (--disable-%s)", row->what,
		    row->name);
}

// clang-format off
static const struct { const char *name; enum feature part; } of_parts[] = {
#define OF_ALL(NAME)
#define OF_PART(PART, NAME) { #NAME, FEATURE_##PART },
	FOR_EACH_COMMAND(OF_ALL, OF_PART)
#undef OF_PART
#undef OF_ALL
};
// clang-format on

bool feature_lacks_command(const char *name, struct error *err)
{
	for (size_t i = 0; i < sizeof(of_parts) / sizeof(*of_parts); i++)
		if (!strcmp(of_parts[i].name, name))
			return !feature_built(of_parts[i].part, err);
	return false;
}
