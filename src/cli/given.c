/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/given.h"

#include "base/text.h"
#include "cli/alias.h"
#include "cli/tables.h"
#include "cli/usage.h"
#include "cli/words.h"

static bool given_take_number(struct number_given *number, const struct command_option *option,
			      const char *word, struct error *err)
{
	struct error why;

	number->given = option->kind == WORD_COUNT ? parse_count(word, &number->value, &why) :
						     parse_hex(word, &number->value, &why);
	return number->given ||
	       fail(err, why.code, "-%s %s: %.400s", option->name, word, why.message);
}

static bool given_take_choice(unsigned int *choice, const struct command_option *option,
			      const char *word, struct error *err)
{
	const struct choices *choices = option->choices;
	char known[200] = "";

	*choice = choices_find(choices, word);
	for (unsigned int i = 0; i < choices->nr && !*choice; i++)
		text_append(known, sizeof(known), " %s", choices->name[i]);
	return *choice ||
	       fail(err, ERROR_USAGE, "-%s: %s is not one of:%s", option->name, word, known);
}

static bool given_take(void *arg, const struct command_option *option, const char *value,
		       const char *second, struct error *err)
{
	struct session *session = arg;
	void *at = (char *)session->given + option->at;

	if (option->of_table) {
		session->chosen.table.given = true;
		*(option->kind == WORD_ROOT ? &session->chosen.table.root_word :
					      &session->chosen.table.process_word) = value;
		return true;
	}
	if (option->kind == WORD_CHOICE)
		return given_take_choice(at, option, value, err);
	if (option->kind == WORD_NONE)
		*(unsigned int *)at = option->set_to ?: 1;
	else if (option->kind == WORD_COUNT || option->kind == WORD_NUMBER)
		return given_take_number(at, option, value, err);
	else
		((const char **)at)[0] = value;
	if (option->second)
		((const char **)at)[1] = second;
	return true;
}

/* An option that only crash has, or has with other letters. */
static bool given_explain(void *arg, char letter, struct error *err)
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
		.take = given_take,
		.explain = given_explain,
		.arg = session,
	};

	session->chosen.table.process_word = session->chosen.table.root_word = NULL;
	session->chosen.table.given = session->chosen.table.has_process = false;
	if (!options_read(command, words, &reader, err))
		return false;
	take_back(session, words);
	return arguments_count(command, reader.seen, *words, err) &&
	       (command->chooses_table || !has_table(command) ||
		session_choose_table(session, err));
}
