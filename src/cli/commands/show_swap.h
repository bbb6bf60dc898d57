/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows where a page that was swapped out is. */
#pragma once

#include "cli/command.h"
#include "kernel/entry.h"
#include "output/field.h"

/* Adds the fields swap_file, zswap_pages and zswap of a page in swap to the open answer. Adds nothing
 * for other entries. */
void show_swap_place(struct session *session, const struct entry_meaning *meaning);

/* The lines of these fields in text, and of swap_type and swap_offset. */
#define SWAP_LINES                                                                                 \
	LINE("swap_type", .heading = "swap", TEXT(.before = "type ")),                             \
		LINE("swap_offset", .heading = "swap", TEXT(.before = "offset ")),                 \
		LINE("swap_file", .heading = "swap", TEXT(.before = "in ")),                       \
		LINE("zswap_pages", .heading = "swap",                                             \
		     TEXT(.before = "zswap holds ", .after = " pages")),                           \
		LINE("zswap", .heading = "swap", TEXT(.before = "this one: "))

/* Sets err to where the page is whose entry has this meaning. */
void show_swap_error(struct session *session, uint64_t vaddr, const struct entry_meaning *meaning,
		     struct error *err);
