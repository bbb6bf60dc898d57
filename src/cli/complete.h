/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that Tab offers: the names that can be at the cursor. Callers drop names with characters
 * that the prompt or a shell interprets. */
#pragma once

#include "cli/command.h"

/* The separators of words in the line up to the cursor, for the kind of word at the cursor. */
const char *complete_breaks(struct session *session, const char *line, size_t cursor);

/* Calls add() with each possible completion of a word. The word begins at offset start of line;
 * text is the part typed so far. False: the word is a file name, and nothing was added. */
bool complete_word(struct session *session, const char *line, size_t start, const char *text,
		   bool (*add)(const char *name));
