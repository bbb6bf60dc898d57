/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as they are pasted from an oops: "CR2=ffff...", "[<ffff...>]",
 * "0010:ffff...", "ffff...,", "pfn:0x1c00", and symbols such as "foo+0x1a/0x40 [mod]". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct command;
struct session;

/* Reads the value of a word, and its possible meanings as bits of enum whatis_as (whatis.h). False:
 * the word has none of these forms, and err is unchanged; or it cannot be read, and err is set. */
bool oops_word(struct session *session, const char *word, uint64_t *value, unsigned int *as,
	       struct error *err);

/* The same for a word that contains one virtual address and nothing else. */
bool oops_word_address(struct session *session, const char *word, uint64_t *vaddr,
		       struct error *err);

/* Joins words that the command needs as one word: "foo+0x1a/0x40" and "[mod]" after it; a sum with
 * blanks; "RIP:" and its value. The words are from one line, which must still have the blanks
 * between them. */
void oops_words_join(const struct command *command, char **words);
