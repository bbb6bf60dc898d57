/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hits of a search, and the memory that could not be searched. */
#pragma once

#include "dump/search.h"
#include "cli/command.h"

struct whatis_list;

/* A value or text that is searched for, or START and END of -i. */
struct wanted {
	const char *word, *second; /* for the field "input" of hits; second may be NULL */
	struct value_range range; /* masked; not of a text */
};

/* All pointers are borrowed. */
struct hit_view {
	struct session *session;
	const struct space *space; /* NULL: addresses are physical */
	const struct process *process; /* addresses belong to it; NULL: to the kernel */
	const struct matcher *matcher;
	const struct wanted *wanted;
	size_t nr_wanted;
	struct whatis_list *list; /* room for the meaning of each place; NULL: do not show it */
};

/* One answer; arg is a struct hit_view. False where answers cannot be written. */
bool show_hit(void *arg, const struct hit *hit);

/* Memory that was left out of the dump on purpose is a note; memory that is cut off or damaged
 * is an error. */
void show_not_searched(struct session *session, const struct dump_survey *survey);
