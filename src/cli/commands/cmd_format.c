/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

static const char *const names[] = {
	[OUTPUT_TEXT] = "text",
	[OUTPUT_JSON] = "json",
	[OUTPUT_CSV] = "csv",
};
static const struct choices formats = { names, sizeof(names) / sizeof(*names) };

/* Shows or sets the format of answers. No other command may use the format. */
static bool format_run(struct session *session, char **words, struct error *err)
{
	struct output *output = session->output;
	unsigned int choice;

	if (!*words) {
		output_begin(output, "format", NULL, NULL);
		output_string(output, "format", names[output_format(output)]);
		output_end(output);
		return true;
	}
	choice = choices_find(&formats, *words);
	if (choice)
		output_set_format(output, choice - 1);
	return choice || fail(err, ERROR_USAGE, "%s is not one of text, json and csv", *words);
}

const struct command command_format = {
	.name = "format",
	.group = GROUP_SESSION,
	.arguments = ARGUMENTS({ "text|json|csv", WORD_CHOICE, .most = 1, .choices = &formats }),
	.summary = "the format of the answers that follow",
	.details = "As with --json and --csv. Without an argument, shows the current format.",
	.silent = true,
	.run = format_run,
};
