/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as they are pasted from an oops: "CR2=ffff...", "[<ffff...>]",
 * "0010:ffff...", "ffff...,", "pfn:0x1c00", and symbols such as "foo+0x1a/0x40 [mod]". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct command;
struct session;

/* The value of a word, and its possible meanings as bits of enum whatis_as (whatis.h). False,
 * with err left alone: it is no such word; with err set: it is one, but cannot be read. */
bool oops_word(struct session *session, const char *word, uint64_t *value, unsigned int *as,
	       struct error *err);

/* The same for a word that is one virtual address, and nothing more. */
bool oops_word_address(struct session *session, const char *word, uint64_t *vaddr,
		       struct error *err);

/* Joins words that belong together into one word, for the command: "foo+0x1a/0x40" and the
 * "[mod]" after it; a sum with blanks in it; "RIP:" and its value. words are from one line,
 * which still has the blanks between them. */
void oops_words_join(const struct command *command, char **words);
