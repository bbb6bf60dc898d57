/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the definition of a type. */
#pragma once

#include "cli/command.h"
#include "types/definition.h"

/* Until show_definition_unhide(), text shows no answers: it shows lines in their place. */
void show_definition_hide(struct session *session);
void show_definition_unhide(struct session *session);
/* If different types have this name, notes them, with the names that select each, such as foo#2. */
void show_definition_note_others(struct session *session, const char *name,
				 const struct ctype *type);
/* Shows a type as text, and as records its members, one in each. input: the word of the user. With
 * `source`, text has a line for the source of the type. */
bool show_definition(struct session *session, const char *input, const struct ctype *type,
		     const struct definition_form *form, bool source, struct error *err);
