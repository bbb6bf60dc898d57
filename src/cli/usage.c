/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/usage.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* --- usage --- */

static void usage_put(char *text, const char *part)
{
	text_append(text, USAGE_SIZE, "%s", part);
}

static void put_option(char *text, const struct command_option *option)
{
	usage_put(text, "-");
	usage_put(text, option->name);
	if (option->kind != WORD_NONE)
		text_append(text, USAGE_SIZE, " %s%s%s", option_value_name(option),
			    option->second ? " " : "", option->second ?: "");
}

static bool has_options_with(const struct command *command, const char *name)
{
	const struct command_option *option = command->options;

	for (; option->name; option++)
		if (option->with && !strcmp(option->with, name))
			return true;
	return false;
}

/* Writes the option and, in brackets, the options that require it, recursively. depth limits the
 * recursion. */
static void put_nest(char *text, const struct command *command, const struct command_option *option,
		     unsigned int depth)
{
	put_option(text, option);
	for (const struct command_option *other = command->options; other->name && depth < 4;
	     other++) {
		if (!other->with || strcmp(other->with, option->name) != 0)
			continue;
		usage_put(text, " [");
		put_nest(text, command, other, depth + 1);
		usage_put(text, "]");
	}
}

/* Returns true if some arguments are valid only with this option. Then the option has a separate
 * form of the usage. */
static bool is_form(const struct command *command, const struct command_option *option)
{
	const struct command_argument *argument = command->arguments;

	for (; argument && argument->name; argument++)
		if (argument->with && !strcmp(argument->with, option->name))
			return true;
	return false;
}

static bool same_group(const struct command_option *one, const struct command_option *other)
{
	return one == other || (one->group && one->group == other->group);
}

/* Returns true if the usage has already shown the option, as a part of an earlier option. */
static bool is_told(const struct command *command, const struct command_option *option)
{
	const struct command_option *other = command->options;

	while (other != option && (is_form(command, other) || !same_group(other, option)))
		other++;
	return option->with || other != option;
}

/* Writes all options of a group as "[-u|-k]" or "[-p PROCESS | -r ROOT]". */
static void put_group(char *text, const struct command *command, const struct command_option *first)
{
	const char *between = "|";

	for (const struct command_option *option = first; option->name; option++)
		if (same_group(first, option) &&
		    (option->kind != WORD_NONE || option->name[0] == '-' ||
		     has_options_with(command, option->name)))
			between = " | ";
	usage_put(text, first->required ? " " : " [");
	for (const struct command_option *option = first; option->name; option++) {
		if (!same_group(first, option) || is_form(command, option))
			continue;
		usage_put(text, option == first ? "" : between);
		put_nest(text, command, option, 0);
	}
	usage_put(text, first->required ? "" : "]");
}

static void put_options(char *text, const struct command *command)
{
	const struct command_option *option = command->options;

	for (; option && option->name; option++)
		if (!is_told(command, option) && !is_form(command, option))
			put_group(text, command, option);
}

/* Writes the arguments from this row on. Optional arguments are in brackets. The brackets are
 * nested if an optional argument can only follow another optional argument: "[START [END]]". */
static void put_arguments(char *text, const struct command_argument *argument)
{
	unsigned int open = 0;

	for (; argument->name; argument = arguments_next(argument)) {
		const char *dots =
			argument->most > argument->least && argument->most >= MANY ? "..." : "";

		usage_put(text, argument->least ? " " : " [");
		text_append(text, USAGE_SIZE, "%s%s", argument->name, dots);
		if (!argument->least && argument->most == 1 && arguments_next(argument)->name &&
		    !arguments_next(argument)->least)
			open++;
		else
			usage_put(text, argument->least ? "" : "]");
	}
	while (open--)
		usage_put(text, "]");
}

/* Writes further forms of the usage: one for each option with separate arguments. */
static void put_forms(char *text, const struct command *command)
{
	const struct command_option *option = command->options;
	bool beside = arguments_first(command, 0)->name;

	for (unsigned int i = 0; option && option[i].name; i++) {
		if (!is_form(command, &option[i]))
			continue;
		usage_put(text, beside ? " | " : " [");
		put_option(text, &option[i]);
		put_arguments(text, arguments_first(command, 1u << i));
		usage_put(text, beside ? "" : "]");
	}
}

void command_usage(const struct command *command, char text[USAGE_SIZE])
{
	enum { LONGEST = 120 };

	*text = '\0';
	put_options(text, command);
	if (strlen(text) > LONGEST)
		snprintf(text, USAGE_SIZE, " [OPTION]...");
	put_arguments(text, arguments_first(command, 0));
	put_forms(text, command);
}

/* --- help --- */

/* Writes a heading for options that share one help text: the options from first, which have no
 * help, to last, which has the help. */
static void heading_of(const struct command_option *first, const struct command_option *last,
		       char heading[USAGE_SIZE])
{
	*heading = '\0';
	for (; first <= last; first++) {
		put_option(heading, first);
		usage_put(heading, first < last ? " " : "");
	}
}

static void put_help_of(char *text, const char *heading, int width, const char *help)
{
	text_append(text, HELP_SIZE, "%s  %-*s  ", *text ? "\n" : "", width, heading);
	for (; *help; help++)
		if (*help == '\n')
			text_append(text, HELP_SIZE, "\n    %*s", width, "");
		else
			text_append(text, HELP_SIZE, "%c", *help);
}

void command_help_text(const struct command *command, char text[HELP_SIZE])
{
	const struct command_option *first = command->options, *option;
	char heading[USAGE_SIZE];
	int width = 0;

	snprintf(text, HELP_SIZE, "%s", command->details ?: "");
	for (option = first; option && option->name; option++) {
		if (!option->help)
			continue;
		heading_of(first, option, heading);
		if ((int)strlen(heading) > width)
			width = (int)strlen(heading);
		first = option + 1;
	}
	first = command->options;
	for (option = first; option && option->name; option++) {
		if (!option->help)
			continue;
		heading_of(first, option, heading);
		put_help_of(text, heading, width, option->help);
		first = option + 1;
	}
}

const char *command_group_title(enum command_group group)
{
	static const char *const titles[NR_COMMAND_GROUPS] = {
		[GROUP_TRANSLATE] = "Translate and explain addresses",
		[GROUP_MEMORY] = "Page frames and memory",
		[GROUP_PROCESSES] = "Processes",
		[GROUP_KERNEL] = "Kernel state",
		[GROUP_DEVICES] = "Devices and virtual machines",
		[GROUP_DUMP] = "The whole dump",
		[GROUP_SESSION] = "The session",
	};

	return titles[group];
}
