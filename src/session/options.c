/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/options.h"

#include <string.h>

#include "session/command.h"

static const struct command_option *
find_option(const struct command_option *options, const char *text)
{
	for (; options->name; options++)
		if (!strncmp(text, options->name, strlen(options->name)))
			return options;
	return NULL;
}

/* The options of one word; a value may be the word behind it. */
static bool read_word(const char *text, int *argc, char ***argv,
		      const struct command_option *options, struct error *err)
{
	while (*text) {
		const struct command_option *option = find_option(options, text);

		if (!option)
			return fail(err, ERROR_USAGE, "unknown option -%c", *text);
		text += strlen(option->name);
		if (option->variable)
			*option->variable = option->set_to;
		if (!option->value)
			continue;
		if (*text) {
			*option->value = text;
		} else if (*argc) {
			*option->value = *(*argv)++;
			--*argc;
		} else if (!option->value_optional) {
			return fail(err, ERROR_USAGE, "option -%s needs a value",
				    option->name);
		}
		return true;
	}
	return true;
}

bool command_options(int *argc, char ***argv,
		     const struct command_option *options, struct error *err)
{
	--*argc;
	++*argv;
	while (*argc && (*argv)[0][0] == '-' && (*argv)[0][1]) {
		const char *word = *(*argv)++ + 1;

		--*argc;
		if (!strcmp(word, "-"))
			break;
		if (!read_word(word, argc, argv, options, err))
			return false;
	}
	return true;
}

bool parse_range(struct session *session, int argc, char **argv,
		 uint64_t *first, uint64_t *last, struct error *err)
{
	uint64_t end;

	if (argc > 2)
		return fail(err, ERROR_USAGE,
			    "too many arguments: only START and END are allowed");
	if (argc && !parse_address(session, argv[0], first, err))
		return false;
	if (argc < 2)
		return true;
	if (!parse_address(session, argv[1], &end, err))
		return false;
	if (end <= *first)
		return fail(err, ERROR_USAGE, "%s: END must be above START",
			    argv[1]);
	*last = end - 1;
	return true;
}
