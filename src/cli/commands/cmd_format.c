/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cli/command.h"

static const char *const names[] = {
	[OUTPUT_TEXT] = "text",
	[OUTPUT_JSON] = "json",
	[OUTPUT_CSV] = "csv",
};

static bool format_run(struct session *session, char **words, struct error *err)
{
	struct output *output = session->output;

	if (!*words) {
		output_begin(output, "format", NULL, NULL);
		output_string(output, "format", names[output_format(output)]);
		output_end(output);
		return true;
	}
	for (enum output_format i = OUTPUT_TEXT; i <= OUTPUT_CSV; i++)
		if (!strcmp(*words, names[i])) {
			output_set_format(output, i);
			return true;
		}
	return fail(err, ERROR_USAGE, "%s is not one of text, json and csv", *words);
}

const struct command command_format = {
	.name = "format",
	.group = GROUP_SESSION,
	.arguments =
		ARGUMENTS({ "text|json|csv", WORD_CHOICE, .most = 1, .choices = "text json csv" }),
	.summary = "the format of the answers that follow",
	.details = "As with --json and --csv. Without an argument, says which it is.",
	.run = format_run,
};
