/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The search for an object in lists of free objects. Only for files in this folder: slab_state.c
 * and slab_count.c (SLUB), and slab_arrays.c (SLAB). */
#pragma once

#include "linux/slab/slab.h"

/* A search for an object in lists of free objects. place: where the object to search for is.
 * object: receives the result of the search. nr_kept: NULL, or the arrays are only counted: then
 * the number of objects in each array is added to *nr_kept, and no object is found. */
struct question {
	struct kernel *kernel;
	const struct slab_place *place;
	struct slab_object *object;
	uint64_t *nr_kept;
};

/* Sets the state to free. Returns true. */
bool slab_found_free(const struct question *question);
/* Sets the state to unknown. why: the reason. If a reason was set before, keeps it. */
bool slab_is_unknown(const struct question *question, const char *why);

/* Calls visit with the address of each CPU's copy of a per-CPU pointer, until visit returns
 * true. */
bool slab_each_cpu(const struct question *question, uint64_t pointer,
		   bool (*visit)(const struct question *question, uint64_t address));

/* Is `wanted` one of the nr pointers in the array at address `array`? */
bool slab_in_array(const struct question *question, uint64_t array, uint64_t nr, uint64_t wanted);

/* Returns the number of nodes that the kernel uses. nr: length of an array with an element for each
 * node; the result is at most nr. */
uint64_t slab_nr_nodes(const struct question *question, uint64_t nr);

/* The result of following a list that is linked through the objects of a slab. */
enum slab_list_end {
	SLAB_LIST_WHOLE,
	SLAB_LIST_DAMAGED,
	SLAB_LIST_UNREAD, /* an object is not in the dump, or the form of the list is unknown */
};

struct slab_list {
	uint64_t nr; /* number of objects in the part of the list that was read */
	/* SLAB_LIST_DAMAGED: the last valid object (0: none), and the invalid pointer after it. */
	uint64_t from, to;
	bool has; /* SLAB_LIST_WHOLE: the list contains question->place->object */
};

/* Follows a SLUB list of free objects in the slab of question->place. first: address of the first
 * object in the list, or 0. */
enum slab_list_end slab_list_follow(const struct question *question, uint64_t first,
				    struct slab_list *list);

/* Searches all lists of SLUB for the object, and sets question->object. */
void slab_ask_slub(const struct question *question);
/* Searches only the sheaves of CPUs and nodes. */
bool slab_in_sheaves(const struct question *question);
