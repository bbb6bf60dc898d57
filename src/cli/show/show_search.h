/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the hits of a search, and the memory that could not be searched. */
#pragma once

#include "dump/search.h"
#include "cli/command.h"

struct whatis_list;

/* A value or text that is searched for, or START and END of the option -i. */
struct wanted {
	const char *word, *second; /* shown in the field "input" of a hit; second may be NULL */
	struct value_range range; /* the mask was already applied to it; not set for a text */
};

/* How to show hits. All pointers are borrowed. */
struct hit_view {
	struct session *session;
	const struct space *space; /* NULL: addresses are physical */
	/* the process to which the addresses belong; NULL: the kernel */
	const struct process *process;
	const struct matcher *matcher;
	const struct wanted *wanted;
	size_t nr_wanted;
	/* A buffer for finding the meanings of each place. NULL: meanings are not shown. */
	struct whatis_list *list;
	/* Number of pages that were not searched because they are in swap, and the first address. */
	uint64_t nr_swapped, first_swapped;
};

/* Writes an answer for a hit. arg: a struct hit_view. Returns false if no further answers can be
 * written. */
bool show_hit(void *arg, const struct hit *hit);

/* Reports memory that could not be searched. Memory that was left out of the dump on purpose, or that
 * was swapped out, is reported as a note, and memory that is cut off or damaged as an error. */
void show_not_searched(const struct hit_view *view, const struct dump_survey *survey);
