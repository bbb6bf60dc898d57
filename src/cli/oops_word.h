/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as users paste them from an oops: "CR2=ffff...", "[<ffff...>]", "0010:ffff...",
 * "ffff...,", "pfn:0x1c00", and symbols such as "foo+0x1a/0x40 [mod]". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct command;
struct session;

/* Reads the value of a word. Sets *as to the meanings that the word's form allows, as bits of enum
 * whatis_as (whatis.h). If the word has none of these forms, returns false and does not change err.
 * If the word has such a form but cannot be read, sets err and returns false. */
bool oops_word(struct session *session, const char *word, uint64_t *value, unsigned int *as,
	       struct error *err);

/* Like oops_word(), for a word that must consist of one virtual address. */
bool oops_word_address(struct session *session, const char *word, uint64_t *vaddr,
		       struct error *err);

/* Joins words that the command reads as one word: "foo+0x1a/0x40" with a following "[mod]", the
 * words of a sum, and a label such as "RIP:" with its value. The words must be from one line that
 * still contains the blanks between them. */
void oops_words_join(const struct command *command, char **words);
