/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"

/* --- kinds --- */

#define OPENS(HOW) (1u << OUTSIDE_##HOW)

static const struct {
	const char *name;
	unsigned int opens;
} kinds[NR_WORD_KINDS] = {
	[WORD_NONE] = { .name = "" },
	[WORD_TEXT] = { .name = "TEXT" },
	[WORD_VALUE] = { .name = "VALUE" },
	[WORD_CHOICE] = { .name = "WORD" },
	[WORD_ADDRESS] = { .name = "ADDR" },
	[WORD_PHYSICAL] = { .name = "PHYS" },
	[WORD_END] = { .name = "END" },
	[WORD_PFN] = { .name = "PFN" },
	[WORD_NUMBER] = { .name = "NUMBER" },
	[WORD_COUNT] = { .name = "COUNT" },
	[WORD_PROCESS] = { .name = "PROCESS" },
	[WORD_ROOT] = { .name = "ROOT" },
	[WORD_SYMBOL] = { .name = "NAME" },
	[WORD_MODULE] = { .name = "MODULE" },
	[WORD_REGION] = { .name = "REGION" },
	[WORD_DEVICE] = { .name = "DEVICE" },
	[WORD_GUEST] = { .name = "VM" },
	[WORD_COMMAND] = { .name = "COMMAND" },
	[WORD_FILE_READ] = { "FILE", OPENS(READ) },
	[WORD_FILE_NEW] = { "FILE", OPENS(NEW) },
	[WORD_DUMP_NEW] = { "OUT", OPENS(NEW) | OPENS(NEW_DUMP) },
	[WORD_DUMP] = { "DUMP", OPENS(DUMP) },
};

const char *word_kind_name(enum word_kind kind)
{
	return kinds[kind].name;
}

unsigned int word_kind_opens(enum word_kind kind)
{
	return kinds[kind].opens;
}

bool word_kind_is_file(enum word_kind kind)
{
	return kinds[kind].opens;
}

unsigned int choices_find(const struct choices *choices, const char *word)
{
	for (unsigned int i = 0; i < choices->nr; i++)
		if (!strcmp(choices->name[i], word))
			return i + 1;
	return 0;
}

/* --- options --- */

const char *option_value_name(const struct command_option *option)
{
	return option->value ?: word_kind_name(option->kind);
}

static bool is_long(const struct command_option *option)
{
	return option->name[0] == '-';
}

/* Finds the option whose name is at the start of text. The dash before text must be skipped
 * already. Sets *value to the rest of text, or to NULL if there is no rest. */
static const struct command_option *option_find_option(const struct command *command,
						       const char *text, const char **value)
{
	const struct command_option *option = command->options;

	for (; option && option->name; option++) {
		const char *rest = after_start(text, option->name);

		if (!rest || (is_long(option) && *rest && *rest != '='))
			continue;
		*value = *rest ? rest + is_long(option) : NULL;
		return option;
	}
	return NULL;
}

static const char *nearest_option(const struct command *command, const char *text)
{
	const struct command_option *option = command->options;
	struct near_name near = { text, 2, NULL };

	for (; option && option->name; option++) {
		if (is_long(option))
			near_name_try(&near, option->name);
		else if (text[0] != '-' &&
			 toupper((unsigned char)option->name[0]) == toupper((unsigned char)text[0]))
			return option->name;
	}
	return near.nearest;
}

/* Fails. text: the word without its first dash. If text consists of options with one letter each,
 * the message names only the first of them. */
static bool unknown_option(const struct command *command, const char *text,
			   const struct option_reader *reader, struct error *err)
{
	int length = text[0] == '-' ? (int)strcspn(text, "=") : 1;
	const struct command_option *option = command->options;
	const char *nearest = nearest_option(command, text);
	char known[200] = "";

	if (reader->explain && reader->explain(reader->arg, *text, err))
		return false;
	if (text[0] == 'h' && !text[1])
		return fail(err, ERROR_USAGE, "unknown option -h; %s --help explains the command",
			    command->name);
	if (nearest)
		return fail(err, ERROR_USAGE, "unknown option -%.*s; did you mean -%s?", length,
			    text, nearest);
	for (; option && option->name; option++)
		text_append(known, sizeof(known), " -%s", option->name);
	return fail(err, ERROR_USAGE, "unknown option -%.*s; %s%s", length, text,
		    *known ? "known are:" : "there are none", known);
}

/* Records that the option was given. Fails if another option of the same group was given before. */
static bool note_option(const struct command *command, const struct command_option *option,
			struct option_reader *reader, struct error *err)
{
	const struct command_option *other = command->options;

	for (; other->name; other++)
		if (option->group && other != option && other->group == option->group &&
		    reader->seen >> (other - command->options) & 1)
			return fail(err, ERROR_USAGE, "-%s and -%s exclude each other", other->name,
				    option->name);
	reader->seen |= 1u << (option - command->options);
	return true;
}

/* Returns true if the option's value may be missing. This is allowed for an option that chooses a
 * process, because the command set may have chosen one. */
static bool is_optional(const struct command_option *option)
{
	return option->of_table && option->kind == WORD_PROCESS;
}

/* Reads the options in one word. If an option's value is not in the same word, takes the next
 * word. */
static bool option_read_word(const struct command *command, const char *text, char ***words,
			     struct option_reader *reader, struct error *err)
{
	while (text && *text) {
		const char *value = NULL, *second = NULL;
		const struct command_option *option = option_find_option(command, text, &value);

		if (!option)
			return unknown_option(command, text, reader, err);
		if (!feature_built(option->feature, err) ||
		    !note_option(command, option, reader, err))
			return false;
		text = NULL;
		if (option->kind == WORD_NONE && is_long(option) && value)
			return fail(err, ERROR_USAGE, "-%s takes no value", option->name);
		if (option->kind == WORD_NONE)
			text = value, value = NULL;
		else if (!value && **words)
			value = *(*words)++;
		else if (!value && !is_optional(option))
			return fail(err, ERROR_USAGE, "option -%s needs a value: %s", option->name,
				    option_value_name(option));
		if (option->second && !(second = **words))
			return fail(err, ERROR_USAGE,
				    "option -%s needs a second value, %s, after %s", option->name,
				    option->second, value);
		*words += option->second != NULL;
		if (!reader->take(reader->arg, option, value, second, err))
			return false;
	}
	return true;
}

const struct command_option *option_before_value(const struct command *command, const char *word,
						 uint32_t *seen)
{
	const char *text = word + 1, *value = NULL;
	const struct command_option *option;

	while (text && *text && (option = option_find_option(command, text, &value))) {
		*seen |= 1u << (option - command->options);
		if (option->kind != WORD_NONE)
			return value ? NULL : option;
		text = value;
		value = NULL;
	}
	return NULL;
}

/* Moves the words of an option (at most three) before the arguments, and makes *words point to the
 * word after the moved words. */
static void move_option(char ***words, char **option, char **end)
{
	size_t nr = (size_t)(end - option);
	char *moved[3];

	memcpy(moved, option, nr * sizeof(*moved));
	memmove(*words + nr, *words, (size_t)(option - *words) * sizeof(**words));
	memcpy(*words, moved, nr * sizeof(*moved));
	*words += nr;
}

/* Returns true if the word is an option. "-1" is a number, valid or not, unless the command has
 * such an option. For a command that takes values, -EINVAL is a value. */
static bool option_is_option(const struct command *command, const char *word)
{
	const struct command_option *option = command->options;
	bool digits = false;

	if (word[0] != '-' || !word[1])
		return false;
	for (; option && option->name; option++)
		digits |= isdigit((unsigned char)option->name[0]) != 0;
	if (command->takes_values)
		return word[1] == '-' || islower((unsigned char)word[1]);
	return digits || !isdigit((unsigned char)word[1]);
}

/* Fails if a required option is missing. The command itself, or an option that was given, may
 * require it. */
static bool check_options(const struct command *command, uint32_t seen, struct error *err)
{
	const struct command_option *option = command->options;

	for (unsigned int i = 0; option && option[i].name; i++) {
		if (option[i].required && !(seen >> i & 1))
			return fail(err, ERROR_USAGE, "-%s %s is missing", option[i].name,
				    option_value_name(&option[i]));
		if (option[i].with && seen >> i & 1 &&
		    !option_is_seen(command, option[i].with, seen))
			return fail(err, ERROR_USAGE, "-%s needs -%s, too", option[i].name,
				    option[i].with);
	}
	return true;
}

bool option_is_seen(const struct command *command, const char *name, uint32_t seen)
{
	const struct command_option *option = command->options;

	for (unsigned int i = 0; option && option[i].name; i++)
		if (seen >> i & 1 && !strcmp(option[i].name, name))
			return true;
	return false;
}

bool options_read(const struct command *command, char ***words, struct option_reader *reader,
		  struct error *err)
{
	char **at = *words;
	bool more = true;

	reader->seen = 0;
	while (*at && more) {
		char **option = at++;
		const char *word = *option;

		if (!option_is_option(command, word)) {
			if (command->takes_values)
				break;
			continue;
		}
		more = strcmp(word, "--") != 0;
		if (more && !option_read_word(command, word + 1, &at, reader, err))
			return false;
		move_option(words, option, at);
	}
	return check_options(command, reader->seen, err);
}

const struct command_option *option_alone(const struct command *command, uint32_t seen)
{
	const struct command_option *option = command->options;

	for (; seen && option && option->name; option++, seen >>= 1)
		if (seen & 1 && option->alone)
			return option;
	return NULL;
}

/* --- arguments --- */

const struct command_argument *arguments_first(const struct command *command, uint32_t seen)
{
	static const struct command_argument none = { 0 };
	const struct command_argument *argument = command->arguments;
	const struct command_argument *usual = &none;

	if (option_alone(command, seen))
		return &none;
	for (; argument && argument->name; argument++) {
		if (argument->with && option_is_seen(command, argument->with, seen))
			return argument;
		if (!argument->with && !usual->name)
			usual = argument;
	}
	return usual;
}

const struct command_argument *arguments_next(const struct command_argument *argument)
{
	static const struct command_argument none = { 0 };
	const char *with = argument->with;

	argument++;
	if (!argument->name || !with != !argument->with ||
	    (with && strcmp(with, argument->with) != 0))
		return &none;
	return argument;
}

bool arguments_needed(const struct command *command)
{
	const struct command_argument *argument = arguments_first(command, 0);
	unsigned int least = 0;

	for (; argument->name; argument = arguments_next(argument))
		least += argument->least;
	return least;
}

bool command_takes(const struct command *command, bool (*is_wanted)(enum word_kind kind))
{
	const struct command_option *option = command->options;
	const struct command_argument *argument = command->arguments;

	for (; option && option->name; option++)
		if (is_wanted(option->kind))
			return true;
	for (; argument && argument->name; argument++)
		if (is_wanted(argument->kind))
			return true;
	return false;
}
