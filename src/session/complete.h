/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab offers: names that can stand where the cursor is. Callers take only those that
 * mean nothing to the prompt or a shell. */
#pragma once

#include "session/command.h"

/* The characters that part the words of the line up to cursor, for the kind of word
 * there. */
const char *complete_breaks(struct session *session, const char *line,
			    size_t cursor);

/* Calls add() with what the word from start on, of which text is there, may become. False:
 * a name of a file is wanted, and nothing was added. */
bool complete_word(struct session *session, const char *line, size_t start,
		   const char *text, bool (*add)(const char *name, void *arg),
		   void *arg);
