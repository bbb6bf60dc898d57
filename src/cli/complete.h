/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that Tab offers: all words that are possible at the cursor. The caller removes words
 * with characters that the prompt or a shell would interpret. */
#pragma once

#include "cli/command.h"

/* Returns the characters that separate words at the cursor. They depend on the kind of the word. */
const char *complete_breaks(struct session *session, const char *line, size_t cursor);

/* Calls add() with each possible completion of a word. start: offset in line of the word. text: the
 * part of the word that was already typed. If the word is the name of a file, adds nothing and
 * returns false. */
bool complete_word(struct session *session, const char *line, size_t start, const char *text,
		   bool (*add)(const char *name));
