/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hits of a search, and the memory that could not be searched. */
#pragma once

#include "dump/search.h"
#include "cli/command.h"

struct whatis_list;

/* A value or text to search for, or the START and END of -i. */
struct wanted {
	const char *word, *second; /* the field "input" of hits; second may be NULL */
	struct value_range range; /* the mask is already applied; not set for a text */
};

/* All pointers are borrowed. */
struct hit_view {
	struct session *session;
	const struct space *space; /* NULL: addresses are physical */
	const struct process *process; /* addresses are of this process; NULL: of the kernel */
	const struct matcher *matcher;
	const struct wanted *wanted;
	size_t nr_wanted;
	/* Buffer for the meanings of each place. NULL: meanings are not shown. */
	struct whatis_list *list;
};

/* Writes one answer. arg is a struct hit_view. Returns false if answers cannot be written. */
bool show_hit(void *arg, const struct hit *hit);

/* Reports memory that could not be searched: a note for memory that was deliberately left out of
 * the dump, and an error for memory that is cut off or damaged. */
void show_not_searched(struct session *session, const struct dump_survey *survey);
