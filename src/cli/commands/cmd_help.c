/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/alias.h"
#include "cli/column.h"
#include "cli/command.h"
#include "cli/option.h"
#include "listing/listing.h"

enum { SCREEN_COLUMNS = 79 }; /* longest line of the list of commands */

static const char *const group_titles[NR_COMMAND_GROUPS] = {
	[GROUP_FIRST] = "First",
	[GROUP_TRANSLATE] = "Translate and explain addresses",
	[GROUP_MEMORY] = "Page frames and memory",
	[GROUP_PROCESSES] = "Processes",
	[GROUP_KERNEL] = "Kernel state",
	[GROUP_DEVICES] = "Devices and virtual machines",
	[GROUP_DUMP] = "The whole dump",
	[GROUP_SESSION] = "The session",
};

static const char advice[] =
	"More: \"help all\", \"help COMMAND\", \"help help\" (the syntax), \"help crash\".\n";

static void add_options(struct output *output, const struct command_option *option)
{
	for (; option && option->name; option++) {
		char name[32];

		snprintf(name, sizeof(name), "-%s", option->name);
		output_object_begin(output, NULL);
		output_string(output, "name", name);
		output_string(output, "value",
			      option->kind == WORD_NONE ? NULL : option_value_name(option));
		output_string(output, "help", option->help);
		output_object_end(output);
	}
}

static void add_columns(struct output *output, const struct command *command)
{
	const struct column_text *column = NULL;

	output_list_begin(output, "columns");
	while ((column = column_next(command->name, column))) {
		output_object_begin(output, NULL);
		output_string(output, "name", column->name);
		output_string(output, "meaning", column->meaning);
		output_object_end(output);
	}
	output_list_end(output);
}

static void help_answer(struct output *output, const struct command *command, const char *input)
{
	char usage[USAGE_SIZE], help[HELP_SIZE];

	command_usage(command, usage);
	command_help_text(command, help);
	output_begin(output, "help", input, NULL);
	output_string(output, "name", command->name);
	output_string(output, "usage", usage + (*usage == ' '));
	output_string(output, "summary", command->summary);
	output_string(output, "details", input ? help : NULL);
	if (input) {
		output_list_begin(output, "options");
		add_options(output, command->options);
		add_options(output, shared_options(command));
		output_list_end(output);
		add_columns(output, command);
	}
	output_end(output);
}

enum { COLUMN_NAMES = 20 }; /* width of the names of columns in their list */

/* Writes the names, and after them the meaning, in as many lines as it needs. */
static void print_meaning(struct output *output, const char *names, const char *meaning)
{
	int room = SCREEN_COLUMNS - COLUMN_NAMES - 4, size;

	for (const char *end; *names || *meaning; meaning = end, names = "") {
		size = (int)strlen(meaning);
		while (size > room && (end = memrchr(meaning, ' ', (size_t)size)))
			size = (int)(end - meaning);
		output_textf(output, "  %-*s  %.*s\n", COLUMN_NAMES, names, size, meaning);
		end = meaning + size + (meaning[size] == ' ');
	}
}

/* Columns that the manual page describes together share a line if there is space. */
static void print_columns(struct output *output, const struct command *command)
{
	const struct column_text *column = column_next(command->name, NULL), *next;
	char names[SCREEN_COLUMNS + 1] = "";

	if (!column)
		return;
	output_text(output, "\nColumns, which -O chooses and -K sorts by (see help help):\n");
	for (; column; column = next) {
		next = column_next(command->name, column);
		text_append(names, sizeof(names), "%s%s", *names ? ", " : "", column->name);
		if (next && !strcmp(next->meaning, column->meaning) &&
		    strlen(names) + strlen(next->name) + 2 <= COLUMN_NAMES)
			continue;
		print_meaning(output, names, column->meaning);
		names[0] = '\0';
	}
}

static void help_print(struct output *output, const struct command *command, bool first)
{
	char usage[USAGE_SIZE], help[HELP_SIZE];

	command_usage(command, usage);
	command_help_text(command, help);
	if (!first)
		output_text(output, "\n");
	output_textf(output, "%s%s\n", command->name, usage);
	output_textf(output, "    %s\n", command->summary);
	output_text(output, "\n");
	output_own_text(output, help);
	output_text(output, "\n");
	print_columns(output, command);
}

/* --- names of crash --- */

static void answer_alias(struct output *output, const struct alias *row, const char *input)
{
	const char *space = *row->arguments ? " " : "";
	char given[256];

	snprintf(given, sizeof(given), "%s%s%s%s%s", row->name, *row->option ? " " : "",
		 row->option, space, row->arguments);
	output_begin(output, "help", input, NULL);
	output_string(output, "crash", given);
	if (row->runs && !*row->runs)
		output_boolean(output, "accepted", true);
	else
		output_string(output, "runs", row->runs);
	output_string(output, "arguments", row->runs && *row->runs ? row->arguments : NULL);
	output_string(output, "instead", row->instead);
	output_end(output);
	if (row->runs && !*row->runs)
		output_textf(output, "  %-26s is accepted, and does nothing\n", given);
	else if (row->runs)
		output_textf(output, "  %-26s runs %s%s%s\n", given, row->runs, space,
			     row->arguments);
	else
		output_textf(output, "  %-26s not here: %s\n", given, row->instead);
}

static void answer_title(const struct session *session, bool first)
{
	if (!first)
		output_text(session->output, "\n");
	output_text(session->output, "Crash compatibility:\n");
}

/* Shows the aliases with this name, or all aliases. Returns false if there are none. */
static bool answer_aliases(const struct session *session, const char *word, bool first)
{
	bool all = session->front.aliases && !strcmp(word, "crash"), found = false;
	const struct alias *row =
		all ? session->front.aliases : alias_next(session->front.aliases, word, NULL);

	while (row && row->name) {
		if (!found)
			answer_title(session, first);
		found = true;
		answer_alias(session->output, row, word);
		row = all ? row + 1 : alias_next(session->front.aliases, word, row);
	}
	return found;
}

/* --- help --- */

static void list_command(const struct session *session, const struct command *command)
{
	const struct command *const *at = session->front.commands;
	const char *summary = command->listed_as ? command->listed_as : command->summary;
	char names[80] = "";

	for (; *at; at++)
		if (*at == command ||
		    ((*at)->listed_with && !strcmp((*at)->listed_with, command->name)))
			text_append(names, sizeof(names), "%s%s", *names ? " " : "", (*at)->name);
	output_textf(session->output, "  %-14s", names);
	if (strlen(names) > 14) {
		output_text(session->output, "\n");
		output_textf(session->output, "%16s", "");
	}
	output_textf(session->output, " %s\n", summary);
}

/* Lists the commands of a group. If configure left out all of them, no heading is shown either. */
static void list_group(const struct session *session, enum command_group group)
{
	const char *title = group_titles[group];

	for (const struct command *const *at = session->front.commands; *at; at++) {
		if ((*at)->group != group || (*at)->listed_with)
			continue;
		if (title)
			output_textf(session->output, "%s:\n", title);
		title = NULL;
		list_command(session, *at);
	}
}

/* Returns the number of commands of a group that are common, or that are not. */
static unsigned int count_commands(const struct session *session, enum command_group group,
				   bool common)
{
	unsigned int nr = 0;

	for (const struct command *const *at = session->front.commands; *at; at++)
		nr += (*at)->group == group && (*at)->common == common;
	return nr;
}

/* Writes the heading of a group, which contains the names of all commands that are not common. */
static void head_group(const struct session *session, enum command_group group, bool has_common)
{
	bool has_others = count_commands(session, group, false);
	char line[SCREEN_COLUMNS + 1];

	snprintf(line, sizeof(line), "%s%s", group_titles[group],
		 has_common && has_others ? " (also" : ":");
	for (const struct command *const *at = session->front.commands; *at; at++) {
		if ((*at)->group != group || (*at)->common)
			continue;
		if (strlen(line) + strlen((*at)->name) + strlen(" ):") > SCREEN_COLUMNS) {
			output_textf(session->output, "%s\n", line);
			snprintf(line, sizeof(line), "   ");
		}
		text_append(line, sizeof(line), " %s", (*at)->name);
	}
	output_textf(session->output, "%s%s\n", line, has_common && has_others ? "):" : "");
}

/* Lists the common commands of a group, below a heading with the names of the others. */
static void list_common(const struct session *session, enum command_group group)
{
	unsigned int nr_common = count_commands(session, group, true);

	if (!nr_common && !count_commands(session, group, false))
		return;
	head_group(session, group, nr_common);
	for (const struct command *const *at = session->front.commands; *at; at++)
		if ((*at)->group == group && (*at)->common)
			output_textf(session->output, "  %-9s %s\n", (*at)->name, (*at)->summary);
}

/* Records contain all commands. Text is one screen, unless the user asks for all commands. */
static void help_list(const struct session *session, bool all)
{
	struct output *output = session->output;

	for (const struct command *const *at = session->front.commands; *at; at++)
		help_answer(output, *at, NULL);
	for (enum command_group group = 0; group < NR_COMMAND_GROUPS; group++)
		if (all)
			list_group(session, group);
		else
			list_common(session, group);
	if (!all)
		output_own_text(output, advice);
}

/* Does a word of the text begin with this word? */
static bool has_word(const char *text, const char *word)
{
	const char *start = text;

	while (text && (text = strcasestr(text, word))) {
		if (text == start || !isalnum((unsigned char)text[-1]))
			return true;
		text++;
	}
	return false;
}

static bool mentions(const struct command *command, const char *word)
{
	const struct command_option *option = command->options;
	bool found = has_word(command->summary, word) || has_word(command->details, word);

	for (; !found && option && option->name; option++)
		found = has_word(option->help, word);
	return found;
}

/* Lists the commands whose help contains the word. Returns false if there are none. */
static bool answer_search(const struct session *session, const char *word)
{
	enum { SHORTEST = 3 };
	bool found = false;

	if (strlen(word) < SHORTEST)
		return false;
	for (const struct command *const *at = session->front.commands; *at; at++) {
		if (!mentions(*at, word))
			continue;
		if (!found)
			output_textf(session->output,
				     "No command is named %s. The help of these contains it:\n",
				     word);
		found = true;
		output_begin(session->output, "help", word, NULL);
		output_string(session->output, "name", (*at)->name);
		output_string(session->output, "summary", (*at)->summary);
		output_end(session->output);
		output_textf(session->output, "  %-14s %s\n", (*at)->name, (*at)->summary);
	}
	return found;
}

/* Names the listing, which runs as a command. Returns false if there is no such listing. */
static bool answer_listing(const struct session *session, const char *word)
{
	struct listings *listings = session->front.listings;
	const struct listing *listing;
	struct error err;

	if (!listings || !listings_start(listings, &err))
		return false;
	listing = listings_find(listings, word);
	if (!listing)
		return false;
	output_begin(session->output, "help", word, NULL);
	output_string(session->output, "name", listing->name);
	output_string(session->output, "summary", listing->summary);
	output_end(session->output);
	output_textf(session->output, "%s: %s. It is a listing: see \"help listing\".\n",
		     listing->name, listing->summary);
	return true;
}

/* Explains a word. The word may be both a crash command and a kwalk command, or the start of a
 * command's name. */
static void help_explain(struct session *session, const char *word, bool first)
{
	const struct command *command = command_exactly(session->front.commands, word);
	struct error err;

	if (!strcmp(word, "all")) {
		help_list(session, true);
		return;
	}
	if (!command && answer_aliases(session, word, first))
		return;
	if (!command)
		command = command_find(session->front.commands, session->front.aliases, word, &err);
	if (!command && answer_listing(session, word))
		return;
	if (!command) {
		if (feature_lacks_command(word, NULL) || !answer_search(session, word))
			session_complain(session, word, &err);
		return;
	}
	help_answer(session->output, command, word);
	help_print(session->output, command, first);
	if (!answer_aliases(session, word, false))
		answer_aliases(session, command->name, false);
}

static void answer_words(struct session *session, char **words)
{
	if (!*words)
		help_list(session, false);
	for (char **word = words; *word; word++)
		help_explain(session, *word, word == words);
}

static const struct choices lists = { (const char *const[]){ "all", "crash" }, 2 };

/* Text shows the help as free text, and not as a table. */
static const struct record record = { .closed = true };

static bool help_run(struct session *session, char **words, struct error *err)
{
	(void)err;
	/* If there is no dump, main() calls this function without declaring the record, so it is
	 * declared here. */
	output_declare(session->output, &record);
	answer_words(session, words);
	return true;
}

const struct command command_help = {
	.name = "help",
	.needs_no_files = true,
	.group = GROUP_SESSION,
	.arguments =
		ARGUMENTS({ "COMMAND|all|crash", WORD_COMMAND, .most = MANY, .choices = &lists }),
	.summary = "list or explain commands",
	.details =
		"Without an argument, lists the common commands, and the names of all others.\n"
		"\"help all\" lists all commands. \"help crash\" lists the commands of crash, and\n"
		"how to get the same answers from kwalk.\n"
		"\n"
		"Addresses are hexadecimal numbers, with or without 0x, SYMBOL, &SYMBOL, and\n"
		"sums and differences of these; counts are decimal. Commands may be abbreviated\n"
		"to a unique prefix. ';' separates commands, '#' starts a comment,\n"
		"\"COMMAND | SHELL\" sends the answers to a shell command, \"!SHELL\" runs one,\n"
		"\"COMMAND > FILE\" and \"COMMAND >> FILE\" write the answers to a file.\n"
		"\n"
		"All commands that \"help COMMAND\" lists columns of have two options:\n"
		"  -O COLUMN,...  show only these columns, in this order\n"
		"  -K [-]COLUMN   sort by this column, which need not be shown; -COLUMN: the\n"
		"                 largest first",
	.run = help_run,
};

/* --- quit --- */

static bool quit(struct session *session, char **words, struct error *err)
{
	(void)words, (void)err;
	session->quit = true;
	return true;
}

const struct command command_quit = {
	.name = "quit",
	.group = GROUP_SESSION,
	.summary = "leave kwalk; also: q, exit, Ctrl-D",
	.details =
		"kwalk does not run the rest of the line or script. The exit status is 1 if any\n"
		"command failed.",
	.silent = true,
	.run = quit,
};
