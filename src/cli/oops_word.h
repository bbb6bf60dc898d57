/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as users paste them from an oops: "CR2=ffff...", "[<ffff...>]", "0010:ffff...",
 * "ffff...,", "pfn:0x1c00", and symbols such as "foo+0x1a/0x40 [mod]". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct command;
struct session;

/* Reads the value of a word, and sets *as to its possible meanings, which are bits of enum
 * whatis_as (whatis.h). Returns false and leaves err unchanged if the word has none of these forms.
 * Returns false and sets err if the word cannot be read. */
bool oops_word(struct session *session, const char *word, uint64_t *value, unsigned int *as,
	       struct error *err);

/* The same for a word that is one virtual address and nothing more. */
bool oops_word_address(struct session *session, const char *word, uint64_t *vaddr,
		       struct error *err);

/* Joins words that the command reads as one word: "foo+0x1a/0x40" and the "[mod]" after it, the
 * words of a sum, and "RIP:" and the value after it. The words are from one line, which must still
 * have the blanks between them. */
void oops_words_join(const struct command *command, char **words);
