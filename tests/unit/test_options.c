/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of options and arguments: the words that they accept, and the usage that is made from
 * them. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/option.h"

#include "unit.h"

/* --- a table with all kinds of rows --- */

static const struct command_option options[] = {
	{ "u", .set_to = 1, .group = 'h', .help = "user" },
	{ "k", .set_to = 2, .group = 'h', .help = "kernel" },
	{ "n", WORD_COUNT, .help = "that many" },
	{ "i", WORD_ADDRESS, .value = "START", .second = "END", .help = "two\nlines" },
	{ "8", .group = 'w' },
	{ "16", .group = 'w', .help = "width" },
	{ "-svg", .help = "a picture" },
	{ "w", WORD_FILE_NEW, .with = "-svg", .help = "there" },
	{ "f", .with = "w", .help = "replaced" },
	{ "l", .help = "modules" },
	{ 0 }
};

static const struct command_argument arguments[] = { { "ADDR", WORD_ADDRESS, 1, .most = 1 },
						     { "START", WORD_ADDRESS, .most = 1 },
						     { "END", WORD_END, .most = 1 },
						     { "MODULE", WORD_MODULE, .most = MANY,
						       .with = "l" },
						     { 0 } };

static const struct command all = {
	.name = "all", .options = options, .arguments = arguments, .details = "Details."
};
static const struct command values = {
	.name = "values", .options = options, .arguments = arguments, .takes_values = true
};
static const struct command bare = { .name = "bare" };

static bool take(void *arg, const struct command_option *option, const char *value,
		 const char *second, struct error *err)
{
	(void)err;
	text_append(arg, 200, "-%s%s%s%s%s ", option->name, value ? "=" : "", value ?: "",
		    second ? "," : "", second ?: "");
	return true;
}

/* Compares the result of a line: the options, "|", and the arguments; or the error. */
static void expect(const struct command *command, const char *line, const char *wanted)
{
	char text[200], got[200] = "", *words[16] = { NULL }, *rest = text;
	struct option_reader reader = { .take = take, .arg = got };
	struct error err = { .message = "" };
	char **at = words;
	size_t nr = 0;

	snprintf(text, sizeof(text), "%s", line);
	while (rest && *rest && nr < 15)
		words[nr++] = strsep(&rest, " ");
	if (options_read(command, &at, &reader, &err) &&
	    arguments_count(command, reader.seen, at, &err)) {
		text_append(got, sizeof(got), "|");
		for (; *at; at++)
			text_append(got, sizeof(got), " %s", *at);
	} else {
		snprintf(got, sizeof(got), "%.*s", (int)strcspn(err.message, ";"), err.message);
	}
	if (strcmp(got, wanted) != 0)
		fail_msg("%s %s: \"%s\", not \"%s\"", command->name, line, got, wanted);
}

static void what_is_read(void **state)
{
	(void)state;
	expect(&all, "a", "| a");
	expect(&all, "-u a", "-u | a");
	expect(&all, "a -u", "-u | a");
	expect(&all, "a -un 3", "-u -n=3 | a");
	expect(&all, "-n3 a", "-n=3 | a");
	expect(&all, "-i 1 2 a", "-i=1,2 | a");
	expect(&all, "a b c -i 1 2", "-i=1,2 | a b c");
	expect(&all, "-16 a", "-16 | a");
	expect(&all, "--svg -w x -f a", "--svg -w=x -f | a");
	expect(&all, "-- -u", "| -u");
	expect(&all, "- a", "| - a");
	expect(&all, "-l", "-l |");
	expect(&all, "-l a b c d", "-l | a b c d");
	expect(&values, "-u -22", "-u | -22");
	expect(&values, "a -u", "| a -u");
	expect(&values, "-u -EINVAL", "-u | -EINVAL");
	expect(&bare, "", "|");
}

static void what_is_wrong(void **state)
{
	(void)state;
	expect(&all, "", "too few arguments: no ADDR was given");
	expect(&all, "a b c d", "d: too many arguments");
	expect(&all, "-u -k a", "-u and -k exclude each other");
	expect(&all, "-uk a", "-u and -k exclude each other");
	expect(&all, "-8 -16 a", "-8 and -16 exclude each other");
	expect(&all, "a -n", "option -n needs a value: COUNT");
	expect(&all, "-i 1", "option -i needs a second value, END, after 1");
	expect(&all, "-w x a", "-w needs --svg, too");
	expect(&all, "--svg -f a", "-f needs -w, too");
	expect(&all, "--svg=1 a", "--svg takes no value");
	expect(&all, "-z a", "unknown option -z");
	expect(&all, "-uz a", "unknown option -z");
	expect(&all, "-7 a", "unknown option -7");
	expect(&bare, "-z", "unknown option -z");
	expect(&bare, "a", "a: too many arguments");
	expect(&bare, "-1", "-1: too many arguments");
}

/* Compares the whole message, which suggests the nearest option or lists all options. */
static void expect_advice(const char *word, const char *advice)
{
	char copy[32], *words[] = { copy, NULL }, **at = words, got[200] = "";
	struct option_reader reader = { .take = take, .arg = got };
	struct error err = { .message = "" };

	snprintf(copy, sizeof(copy), "%s", word);
	assert_false(options_read(&all, &at, &reader, &err));
	if (!strstr(err.message, advice))
		fail_msg("%s: %s", word, err.message);
}

static void the_nearest_option(void **state)
{
	(void)state;
	expect_advice("-U", "-U; did you mean -u?");
	expect_advice("--svh", "--svh; did you mean --svg?");
	expect_advice("--sv=3", "--sv; did you mean --svg?");
	expect_advice("-z", "-z; known are: -u -k -n -i -8 -16 --svg -w -f -l");
	expect_advice("--picture", "--picture; known are: -u");
}

static void what_is_said(void **state)
{
	char usage[USAGE_SIZE], help[HELP_SIZE];

	(void)state;
	command_usage(&all, usage);
	assert_string_equal(
		usage,
		" [-u|-k] [-n COUNT] [-i START END] [-8|-16] [--svg [-w FILE [-f]]] ADDR [START [END]] | -l [MODULE...]");
	command_help_text(&all, help);
	assert_string_equal(help, "Details.\n"
				  "  -u            user\n"
				  "  -k            kernel\n"
				  "  -n COUNT      that many\n"
				  "  -i START END  two\n"
				  "                lines\n"
				  "  -8 -16        width\n"
				  "  --svg         a picture\n"
				  "  -w FILE       there\n"
				  "  -f            replaced\n"
				  "  -l            modules");
	command_usage(&bare, usage);
	assert_string_equal(usage, "");
}

static void what_may_follow(void **state)
{
	uint32_t seen = 0;

	(void)state;
	assert_string_equal(option_before_value(&all, "-n", &seen)->name, "n");
	assert_string_equal(option_before_value(&all, "-un", &seen)->name, "n");
	assert_int_equal(seen, 1 << 0 | 1 << 2);
	assert_null(option_before_value(&all, "-n3", &seen));
	assert_null(option_before_value(&all, "-u", &seen));
	assert_null(option_before_value(&all, "-z", &seen));
}

/* --- the tables of all commands --- */

static const struct command_option *find(const struct command *command, const char *name)
{
	const struct command_option *option = command->options;

	while (option->name && strcmp(option->name, name) != 0)
		option++;
	return option->name ? option : NULL;
}

static size_t size_of(const struct command_option *option)
{
	if (option->kind == WORD_NONE || option->kind == WORD_CHOICE)
		return sizeof(unsigned int);
	if (option->kind == WORD_COUNT || option->kind == WORD_NUMBER)
		return sizeof(struct number_given);
	return sizeof(char *) * (option->second ? 2 : 1);
}

static void check_option(const struct command *command, const struct command_option *option)
{
	const struct command_option *other = command->options;

	for (; other->name; other++)
		if (other != option && other->name[0] != '-' &&
		    starts_with(option->name, other->name))
			fail_msg("%s: -%s begins -%s", command->name, other->name, option->name);
	if (!option->of_table && option->at + size_of(option) > command->given_size)
		fail_msg("%s: -%s lies outside of what is given", command->name, option->name);
	if (option->with && !find(command, option->with))
		fail_msg("%s: -%s needs -%s, which does not exist", command->name, option->name,
			 option->with);
	if (!option->help && !option[1].name)
		fail_msg("%s: -%s has no help", command->name, option->name);
	if (!option->choices != (option->kind != WORD_CHOICE))
		fail_msg("%s: -%s: choices", command->name, option->name);
}

static void each_command_has_sound_tables(void **state)
{
	char usage[USAGE_SIZE], help[HELP_SIZE];

	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		const struct command_option *option = commands[i]->options;
		const struct command_argument *argument = commands[i]->arguments;

		assert_true(commands[i]->group < NR_COMMAND_GROUPS);
		for (; option && option->name; option++)
			check_option(commands[i], option);
		if (option && option - commands[i]->options > MOST_OPTIONS)
			fail_msg("%s has too many options", commands[i]->name);
		for (; argument && argument->name; argument++) {
			if (argument->most < argument->least || !argument->most)
				fail_msg("%s: %s", commands[i]->name, argument->name);
			if (argument->with && !find(commands[i], argument->with))
				fail_msg("%s: %s is of -%s, which does not exist",
					 commands[i]->name, argument->name, argument->with);
		}
		command_usage(commands[i], usage);
		command_help_text(commands[i], help);
		if (strlen(usage) + 1 == sizeof(usage) || strlen(help) + 1 == sizeof(help))
			fail_msg("%s: the help is cut", commands[i]->name);
		for (const char *line = help; *line; line += *line == '\n') {
			size_t length = strcspn(line, "\n");

			if (length > 80)
				fail_msg("%s: %.*s", commands[i]->name, (int)length, line);
			line += length;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read),
		cmocka_unit_test(what_is_wrong),
		cmocka_unit_test(the_nearest_option),
		cmocka_unit_test(what_is_said),
		cmocka_unit_test(what_may_follow),
		cmocka_unit_test(each_command_has_sound_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
