/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The search for an object in lists of free objects. Only for the files of this folder about SLUB
 * (slab_state.c, slab_free.c) and SLAB (slab_arrays.c). */
#pragma once

#include "linux/slab/slab.h"

/* The object that is searched (place), and its state as far as it is known (object). */
struct question {
	struct kernel *kernel;
	const struct slab_place *place;
	struct slab_object *object;
};

/* Sets the result to free. Returns true. */
bool slab_found_free(const struct question *question);
/* Sets the result to unknown because of why; a reason that was set before is kept. */
void slab_is_unknown(const struct question *question, const char *why);

/* Calls visit with the address of each CPU's copy of a per-CPU pointer, until visit returns
 * true. */
bool slab_each_cpu(const struct question *question, uint64_t pointer,
		   bool (*visit)(const struct question *question, uint64_t address));

/* Is the object at address wanted among the nr pointers at array? */
bool slab_in_array(const struct question *question, uint64_t array, uint64_t nr, uint64_t wanted);

/* Returns the number of nodes that the kernel uses, but at most nr, which is the length of an
 * array. */
uint64_t slab_nr_nodes(const struct question *question, uint64_t nr);

/* The result of following a list through the objects of a slab. */
enum slab_list_end {
	SLAB_LIST_WHOLE,
	SLAB_LIST_DAMAGED,
	SLAB_LIST_UNREAD, /* an object is not in the dump, or the form is unknown */
};

struct slab_list {
	uint64_t nr; /* number of objects read so far */
	uint64_t from, to; /* SLAB_LIST_DAMAGED: the last object (0: none), and its invalid link */
	bool has; /* SLAB_LIST_WHOLE: the list contains question->place->object */
};

/* Follows a list of free objects of SLUB in the slab of question->place. first: address of the
 * first object. */
enum slab_list_end slab_list_follow(const struct question *question, uint64_t first,
				    struct slab_list *list);

/* Searches SLUB's lists for the object. The result is in question->object. */
void slab_ask_slub(const struct question *question);
