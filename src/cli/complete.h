/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab offers: names that can stand where the cursor is. Callers take only those that
 * mean nothing to the prompt or a shell. */
#pragma once

#include "cli/command.h"

/* The characters that separate the words of the line up to cursor, for the kind of word that
 * stands there. */
const char *complete_breaks(struct session *session, const char *line, size_t cursor);

/* Calls add() with each name that the word may be completed to. The word begins at start of
 * line; text is what is typed of it so far. False: the name of a file is wanted there, and
 * nothing was added. */
bool complete_word(struct session *session, const char *line, size_t start, const char *text,
		   bool (*add)(const char *name));
