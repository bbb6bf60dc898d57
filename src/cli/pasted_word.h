/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as users paste them from an oops: "CR2=ffff...", "[<ffff...>]", "0010:ffff...",
 * "ffff...,", "pfn:0x1c00", and symbols such as "foo+0x1a/0x40 [mod]". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct session;

/* Reads the value of a word. Sets *as to the meanings that the word's form allows, as bits of enum
 * whatis_as (whatis.h). If the word has none of these forms, returns false and does not change err.
 * If the word has such a form but cannot be read, sets err and returns false. */
bool pasted_word(struct session *session, const char *word, uint64_t *value, unsigned int *as,
		 struct error *err);

/* Like pasted_word(), for a word that must consist of one virtual address. */
bool pasted_word_address(struct session *session, const char *word, uint64_t *vaddr,
			 struct error *err);
