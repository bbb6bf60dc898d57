/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The search for a free object. Only for slab_state.c (SLUB) and slab_arrays.c (SLAB). */
#pragma once

#include "linux/slab/slab.h"

/* The question, and the state of its answer. */
struct question {
	struct kernel *kernel;
	const struct slab_place *place;
	struct slab_object *object;
};

/* Sets the result to free. Returns true. */
bool slab_found_free(const struct question *question);
/* Sets the result to unknown, with the first reason. */
void slab_is_unknown(const struct question *question, const char *why);

/* Calls visit for each CPU's copy of a per-CPU pointer, until it returns true. */
bool slab_each_cpu(const struct question *question, uint64_t pointer,
		   bool (*visit)(const struct question *question, uint64_t address));

/* Is the wanted object among the nr pointers at array? */
bool slab_in_array(const struct question *question, uint64_t array, uint64_t nr, uint64_t wanted);

/* The number of nodes that the kernel uses, at most nr, the length of its array. */
uint64_t slab_nr_nodes(const struct question *question, uint64_t nr);

/* How a list through the objects of a slab ended. */
enum slab_list_end {
	SLAB_LIST_WHOLE,
	SLAB_LIST_DAMAGED,
	SLAB_LIST_UNREAD, /* an object is not in the dump, or the form is unknown */
};

struct slab_list {
	uint64_t nr; /* number of objects */
	uint64_t from, to; /* with SLAB_LIST_DAMAGED: the last object (0: none), and its link */
	bool has; /* with SLAB_LIST_WHOLE: the list has the object in question */
};

/* Follows a list of SLUB in the slab of question->place, from the object at first on. */
enum slab_list_end slab_list_follow(const struct question *question, uint64_t first,
				    struct slab_list *list);

/* Searches SLUB's lists; the result is in question->object. */
void slab_ask_slub(const struct question *question);
