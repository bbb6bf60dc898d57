/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/column.h"

#include <string.h>

#include "cli/command.h"
#include "output/kept.h"

const struct column_text *column_next(const char *command, const struct column_text *column)
{
	for (column = column ? column + 1 : column_texts; column->name; column++)
		if (!strcmp(column->command, command))
			return column;
	return NULL;
}

bool session_choose_columns(struct session *session, struct error *err)
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
