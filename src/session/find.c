/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/text.h"
#include "session/command.h"

/* These take precedence over abbreviations of commands. */
static const struct {
	const char *name, *command;
} aliases[] = {
	{ "exit", "quit" },
	{ "q", "quit" },
};

static const struct command *find_exactly(const struct command *const *commands,
					  const char *name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (!strcmp(aliases[i].name, name))
			name = aliases[i].command;
	}
	for (const struct command *const *at = commands; *at; at++) {
		if ((*at)->name[0] == name[0] && !strcmp((*at)->name, name))
			return *at;
	}
	return NULL;
}

const struct command *command_find(const struct command *const *commands,
				   const char *name, struct error *err)
{
	const struct command *found = find_exactly(commands, name);
	size_t length = strlen(name), nr_found = 0;
	char candidates[400] = "";

	if (found)
		return found;
	for (const struct command *const *at = commands; *at && length; at++) {
		if (strncmp((*at)->name, name, length) != 0)
			continue;
		text_append(candidates, sizeof(candidates), "%s%s",
			    nr_found++ ? ", " : "", (*at)->name);
		found = *at;
	}
	if (nr_found == 1)
		return found;
	if (!nr_found)
		fail(err, ERROR_USAGE, "no such command; try \"help\"");
	else
		fail(err, ERROR_USAGE, "ambiguous command: %s, could be: %s",
		     name, candidates);
	return NULL;
}
