/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cli/commands/show_definition.h"

struct struct_options {
	unsigned int offsets, base, user, source; /* base: 10 or 16; 0: not given */
	const char *inside; /* -l: a member of TYPE, or a number of bytes */
};

enum { MOST_TYPE = 256 };

/* Splits "task_struct.comm,pid" into the name of the type and the members, or NULL. Returns false if
 * the name is too long. */
static bool split(const char *word, char name[MOST_TYPE], const char **members, struct error *err)
{
	size_t length = strcspn(word, ".");

	if (length >= MOST_TYPE)
		return fail(err, ERROR_USAGE, "the name of the type is too long");
	memcpy(name, word, length);
	name[length] = '\0';
	*members = word[length] && word[length + 1] ? word + length + 1 : NULL;
	return true;
}

static bool show_struct(struct session *session, char **words, struct error *err)
{
	const struct struct_options *given = session->given;
	struct definition_form form = { .offsets = given->offsets, .hex = given->base == 16 };
	char name[MOST_TYPE];
	struct ctype type;

	if (!split(words[0], name, &form.members, err) ||
	    !show_definition_find(session, name, true, &type, err))
		return false;
	if (words[1])
		return fail(err, ERROR_NO_ANSWER, "values are not shown yet");
	return show_definition(session, words[0], &type, &form, given->source, err);
}

static bool struct_run(struct session *session, char **words, struct error *err)
{
	struct error why;

	(void)err;
	if (!show_struct(session, words, &why))
		session_complain(session, words[0], &why);
	return true;
}

static const struct command_option options[] = {
	{ "o", AT(struct_options, offsets),
	  .help = "also show the offset of each member; with an address, its address" },
	{ "x", AT(struct_options, base), .set_to = 16, .group = 'x',
	  .help = "show numbers in hexadecimal" },
	{ "d", AT(struct_options, base), .set_to = 10, .group = 'x',
	  .help = "show numbers in decimal" },
	{ "u", AT(struct_options, user), .help = "read the memory of the chosen process" },
	{ "l", WORD_TEXT, AT(struct_options, inside), .value = "MEMBER|BYTES",
	  .help = "ADDR is the address of this member of TYPE, or so many\nbytes after its start" },
	{ "v", AT(struct_options, source), .help = "also show from which source the types are" },
	{ 0 },
};

const struct command command_struct = {
	.name = "struct",
	.also = "union enum *",
	.meant_by = "type structure member offset sizeof ptype pahole",
	.group = GROUP_TRANSLATE,
	.options = options,
	.arguments = ARGUMENTS({ "TYPE[.MEMBER,...]", WORD_TEXT, 1, .most = 1 },
			       { "ADDR", WORD_ADDRESS, 0, .most = 1 },
			       { "COUNT", WORD_COUNT, 0, .most = 1 }),
	.given_size = GIVEN(struct_options),
	.summary = "definition of a struct, or its values",
	.listed_with = "whatis",
	.details = "TYPE is the name of a struct, union, enum or typedef. Without ADDR, shows its\n"
		   "definition and size; with members, their types and offsets. A member can be a\n"
		   "path: se.run_node, or pid_links[1].next.",
	.rests_on = RESTS_ON_TYPES,
	.needs_no_dump = true,
	.run = struct_run,
};
