/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The search for a free object. Private to slab_state.c (SLUB) and slab_arrays.c (SLAB). */
#pragma once

#include "linux/slab/slab.h"

/* The question, and the state of its answer. */
struct question {
	struct kernel *kernel;
	const struct slab_place *place;
	struct slab_object *object;
};

/* Returns true. */
bool slab_found_free(const struct question *question);
/* Keeps the first reason. */
void slab_is_unknown(const struct question *question, const char *why);

/* Calls visit for each CPU's copy of a per-CPU pointer, until it returns true. */
bool slab_each_cpu(const struct question *question, uint64_t pointer,
		   bool (*visit)(const struct question *question, uint64_t address));

/* Is wanted among the nr pointers at array? */
bool slab_in_array(const struct question *question, uint64_t array, uint64_t nr, uint64_t wanted);

/* The number of nodes that the kernel uses, at most nr, the room of its array. */
uint64_t slab_nr_nodes(const struct question *question, uint64_t nr);

/* How following a list through the objects of a slab ended. */
enum slab_list_end {
	SLAB_LIST_WHOLE,
	SLAB_LIST_DAMAGED,
	SLAB_LIST_UNREAD, /* an object is not in the dump, or the form is unknown */
};

struct slab_list {
	uint64_t nr; /* objects */
	uint64_t from, to; /* SLAB_LIST_DAMAGED: the last object (0: none), and its link */
	bool has; /* SLAB_LIST_WHOLE: the object that is asked about */
};

/* Follows the list of SLUB in question->place that starts with the object at first. */
enum slab_list_end slab_list_follow(const struct question *question, uint64_t first,
				    struct slab_list *list);

/* Searches SLUB's lists; the result is in question->object. */
void slab_ask_slub(const struct question *question);
