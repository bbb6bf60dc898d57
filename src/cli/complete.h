/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab offers: names that can stand where the cursor is. Callers drop names with characters
 * that the prompt or a shell interprets. */
#pragma once

#include "cli/command.h"

/* The characters that separate the words of the line up to cursor, for the kind of word that
 * stands there. */
const char *complete_breaks(struct session *session, const char *line, size_t cursor);

/* Calls add() with each name that the word may be completed to. The word begins at offset start
 * of line; text is the part typed so far. False: a file name is wanted there, and nothing was
 * added. */
bool complete_word(struct session *session, const char *line, size_t start, const char *text,
		   bool (*add)(const char *name));
