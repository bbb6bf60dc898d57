/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/alias.h"
#include "cli/column.h"
#include "cli/command.h"
#include "cli/tables.h"
#include "cli/words.h"
#include "output/kept.h"

/* --- columns --- */

const struct column_text *column_next(const char *command, const struct column_text *column)
{
	for (column = column ? column + 1 : column_texts; column->name; column++)
		if (!strcmp(column->command, command))
			return column;
	return NULL;
}

/* Chooses the columns and sorts the rows of the running command, as its options -O and -K demand. */
static bool session_choose_columns(struct session *session, struct error *err)
{
	enum { MOST = 256 };
	const struct command *command = session->command;
	const struct column_text *column = NULL;
	const char *known[MOST];
	size_t nr = 0;

	if (!session->columns && !session->sort_key)
		return true;
	while (nr < MOST && (column = column_next(command->name, column)))
		known[nr++] = column->name;
	output_declare(session->output, command->record); /* has the headings */
	return output_choose(session->output, session->columns, session->sort_key,
			     command->columns_vary ? NULL : known, nr, err);
}

/* --- kinds --- */

#define OPENS(HOW) (1u << OUTSIDE_##HOW)

static const struct {
	const char *name;
	unsigned int opens;
} kinds[NR_WORD_KINDS] = {
	[WORD_NONE] = { .name = "" },
	[WORD_TEXT] = { .name = "TEXT" },
	[WORD_VALUE] = { .name = "VALUE" },
	[WORD_TYPE] = { .name = "TYPE" },
	[WORD_MEANT] = { .name = "WORD" },
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
	[WORD_LISTING] = { .name = "LISTING" },
	[WORD_COLUMNS] = { .name = "COLUMN" },
	[WORD_FILE_READ] = { "FILE", OPENS(READ) },
	[WORD_FILE_NEW] = { "FILE", OPENS(NEW) },
	[WORD_DUMP_NEW] = { "OUT", OPENS(NEW) | OPENS(NEW_DUMP) },
	[WORD_DUMP] = { "DUMP", OPENS(DUMP) },
};

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
	return option->value ?: kinds[option->kind].name;
}

static bool is_long(const struct command_option *option)
{
	return option->name[0] == '-';
}

/* Finds the option of the table whose name is at the start of text. */
static const struct command_option *find_in(const struct command_option *option, const char *text,
					    const char **value)
{
	for (; option && option->name; option++) {
		const char *rest = after_start(text, option->name);

		if (!rest || (is_long(option) && *rest && *rest != '='))
			continue;
		*value = *rest ? rest + is_long(option) : NULL;
		return option;
	}
	return NULL;
}

static const struct command_option column_options[] = {
	{ "O", WORD_COLUMNS, .value = "COLUMN,...", .help = "show these columns, in this order" },
	{ "K", WORD_COLUMNS, .value = "[-]COLUMN", .help = "sort by this column; -: downwards" },
	{ 0 },
};

const struct command_option *shared_options(const struct command *command)
{
	const char *rest;
	bool has_own = find_in(command->options, column_options[0].name, &rest);

	return &column_options[!column_next(command->name, NULL) ? 2 : has_own];
}

/* Returns the bit of an option in option_reader.seen. Shared options have none. */
static uint32_t option_bit(const struct command *command, const struct command_option *option)
{
	return option == &column_options[0] || option == &column_options[1] ?
		       0 :
		       1u << (option - command->options);
}

/* Finds the option whose name is at the start of text. The dash before text must be skipped
 * already. Sets *value to the rest of text, or to NULL if there is no rest. */
static const struct command_option *find_option(const struct command *command, const char *text,
						const char **value)
{
	return find_in(command->options, text, value) ?:
		       *text == 'O' || *text == 'K' ?
		       find_in(shared_options(command), text, value) :
		       NULL;
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
	for (option = shared_options(command); option->name; option++)
		text_append(known, sizeof(known), " -%s", option->name);
	return fail(err, ERROR_USAGE, "unknown option -%.*s; %s%s", length, text,
		    *known ? "known are:" : "there are none", known);
}

/* Records that the option was given. Fails if another option of the same group was given before. */
static bool note_option(const struct command *command, const struct command_option *option,
			struct option_reader *reader, struct error *err)
{
	const struct command_option *other = command->options;

	for (; other && other->name; other++)
		if (option->group && other != option && other->group == option->group &&
		    reader->seen & option_bit(command, other))
			return fail(err, ERROR_USAGE, "-%s and -%s exclude each other", other->name,
				    option->name);
	reader->seen |= option_bit(command, option);
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
static bool read_options(const struct command *command, const char *text, char ***words,
			 struct option_reader *reader, struct error *err)
{
	while (text && *text) {
		const char *value = NULL, *second = NULL;
		const struct command_option *option = find_option(command, text, &value);

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

	while (text && *text && (option = find_option(command, text, &value))) {
		*seen |= option_bit(command, option);
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
static bool is_option(const struct command *command, const char *word)
{
	const struct command_option *option = command->options;
	bool digits = false;

	if (word[0] != '-' || !word[1])
		return false;
	for (; option && option->name; option++)
		digits |= isdigit((unsigned char)option->name[0]) != 0;
	if (command->takes_values)
		return word[1] == '-' || islower((unsigned char)word[1]) ||
		       (strchr("OK", word[1]) && !isupper((unsigned char)word[2]));
	return digits || !isdigit((unsigned char)word[1]);
}

/* Returns true if the option with this name is in seen. */
static bool option_is_seen(const struct command *command, const char *name, uint32_t seen)
{
	const struct command_option *option = command->options;

	for (unsigned int i = 0; option && option[i].name; i++)
		if (seen >> i & 1 && !strcmp(option[i].name, name))
			return true;
	return false;
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

bool options_read(const struct command *command, char ***words, struct option_reader *reader,
		  struct error *err)
{
	char **at = *words;
	bool more = true;

	reader->seen = 0;
	while (*at && more) {
		char **option = at++;
		const char *word = *option;

		if (!is_option(command, word)) {
			if (command->takes_values)
				break;
			continue;
		}
		more = strcmp(word, "--") != 0;
		if (more && !read_options(command, word + 1, &at, reader, err))
			return false;
		move_option(words, option, at);
	}
	return check_options(command, reader->seen, err);
}

/* Returns the option in seen that allows no arguments, or NULL. */
static const struct command_option *option_alone(const struct command *command, uint32_t seen)
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

/* Returns true if the command needs arguments when no options are given. */
static bool arguments_needed(const struct command *command)
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
static bool is_shown_before(const struct command *command, const struct command_option *option)
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
		if (!is_shown_before(command, option) && !is_form(command, option))
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

/* --- the words of the running command --- */

static bool take_number(struct number_given *number, const struct command_option *option,
			const char *word, struct error *err)
{
	struct error why;

	number->given = option->kind == WORD_COUNT ? parse_count(word, &number->value, &why) :
						     parse_hex(word, &number->value, &why);
	return number->given ||
	       fail(err, why.code, "-%s %s: %.400s", option->name, word, why.message);
}

static bool take_choice(unsigned int *choice, const struct command_option *option, const char *word,
			struct error *err)
{
	const struct choices *choices = option->choices;
	char known[200] = "";

	*choice = choices_find(choices, word);
	for (unsigned int i = 0; i < choices->nr && !*choice; i++)
		text_append(known, sizeof(known), " %s", choices->name[i]);
	return *choice ||
	       fail(err, ERROR_USAGE, "-%s: %s is not one of:%s", option->name, word, known);
}

/* Adds a word to the words of an option that can be given several times. */
static bool take_again(const char **words, const struct command_option *option, const char *word,
		       struct error *err)
{
	unsigned int nr = 0;

	while (nr < option->times && words[nr])
		nr++;
	if (nr == option->times)
		return fail(err, ERROR_USAGE, "-%s can be given at most %u times", option->name,
			    nr);
	words[nr] = word;
	return true;
}

static bool take_option(void *arg, const struct command_option *option, const char *value,
			const char *second, struct error *err)
{
	struct session *session = arg;
	void *at = (char *)session->given + option->at;

	if (option == &column_options[0] || option == &column_options[1]) {
		*(option == column_options ? &session->columns : &session->sort_key) = value;
		return true;
	}
	if (option->of_table) {
		session->chosen.table.given = true;
		*(option->kind == WORD_ROOT ? &session->chosen.table.root_word :
					      &session->chosen.table.process_word) = value;
		return true;
	}
	if (option->kind == WORD_CHOICE)
		return take_choice(at, option, value, err);
	if (option->times)
		return take_again(at, option, value, err);
	if (option->kind == WORD_NONE)
		*(unsigned int *)at = option->counts ? *(unsigned int *)at + 1 :
				      option->set_to ?:
						       1;
	else if (option->kind == WORD_COUNT || option->kind == WORD_NUMBER)
		return take_number(at, option, value, err);
	else
		((const char **)at)[0] = value;
	if (option->second)
		((const char **)at)[1] = second;
	return true;
}

/* An option that only crash has, or has with other letters. */
static bool explain_option(void *arg, char letter, struct error *err)
{
	const struct session *session = arg;
	const struct alias *row =
		alias_with_letter(session->front.aliases, session->command->name, letter);

	if (row)
		alias_refuse_letter(row, letter, err);
	return row;
}

static bool has_table(const struct command *command)
{
	const struct command_option *option = command->options;

	while (option && option->name && !option->of_table)
		option++;
	return option && option->name;
}

/* Handles "vtop -p ADDR": ADDR looks like the value of -p, but is an argument, because -p without a
 * value means the process that the command set chose. */
static void take_back(struct session *session, char ***words)
{
	struct table_choice *table = &session->chosen.table;

	if (**words || !session->chosen.has_process || !table->process_word ||
	    table->process_word != (*words)[-1] || !arguments_needed(session->command))
		return;
	--*words;
	table->process_word = NULL;
}

bool arguments_count(const struct command *command, uint32_t seen, char **words, struct error *err)
{
	const struct command_argument *argument = arguments_first(command, seen);
	const struct command_option *alone = option_alone(command, seen);
	size_t nr = count_words(words), least = 0, most = 0;
	const struct command_argument *lacking = NULL;
	char usage[USAGE_SIZE];

	for (; argument->name; argument = arguments_next(argument)) {
		least += argument->least;
		most += argument->most;
		if (!lacking && nr < least)
			lacking = argument;
	}
	if (nr >= least && nr <= most)
		return true;
	if (alone)
		return fail(err, ERROR_USAGE, "%s: -%s takes no arguments", *words, alone->name);
	command_usage(command, usage);
	if (!lacking)
		return fail(err, ERROR_USAGE, "%s: too many arguments; usage: %s%s", words[most],
			    command->name, usage);
	return fail(err, ERROR_USAGE, "too few arguments: %s%s %s; usage: %s%s",
		    lacking->least > 1 ? "more than one " : "no ", lacking->name,
		    lacking->least > 1 ? "is needed" : "was given", command->name, usage);
}

bool session_read_words(struct session *session, char ***words, struct error *err)
{
	const struct command *command = session->command;
	struct option_reader reader = {
		.take = take_option,
		.explain = explain_option,
		.arg = session,
	};
	const struct alias *row;

	session->chosen.table.process_word = session->chosen.table.root_word = NULL;
	session->chosen.table.given = session->chosen.table.has_process = false;
	session->columns = session->sort_key = NULL;
	if (!options_read(command, words, &reader, err) || !session_choose_columns(session, err))
		return false;
	take_back(session, words);
	if (arguments_count(command, reader.seen, *words, err))
		return command->chooses_table || !has_table(command) ||
		       session_choose_table(session, err);
	/* perhaps not the ROOT of kwalk, but crash's -r */
	row = session->chosen.table.root_word ?
		      alias_with_letter(session->front.aliases, command->name, 'r') :
		      NULL;
	if (row && !row->runs)
		text_append(err->message, sizeof(err->message), "; -r of crash: %s", row->instead);
	return false;
}
