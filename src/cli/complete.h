/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names that Tab offers: all names that can be at the cursor. The caller removes names with
 * characters that the prompt or a shell would interpret. */
#pragma once

#include "cli/command.h"

/* Returns the characters that separate words in the line, for the kind of word at the cursor. */
const char *complete_breaks(struct session *session, const char *line, size_t cursor);

/* Calls add() with each possible completion of a word. The word begins at the offset start of line,
 * and text is the part that is already typed. Returns false if the word is the name of a file;
 * nothing was added then. */
bool complete_word(struct session *session, const char *line, size_t start, const char *text,
		   bool (*add)(const char *name));
