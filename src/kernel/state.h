/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* States: data about a kernel that files keep between calls. The struct of a state is private to
 * one file. A state exists from the first call on; it is zeroed initially, and when facts are
 * forgotten. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct kernel;

struct state_type {
	size_t size; /* bytes */
	/* Fills the state, for kernel_learnt(). NULL: the file that uses the state fills it. */
	bool (*learn)(struct kernel *kernel, void *state, struct error *err);
	/* Frees the memory that the state owns. NULL: it owns none; state_free_list(): it begins
	 * with the address of a list. */
	void (*release)(void *state);
	/* Does the state stay when facts are forgotten? NULL: no. */
	bool (*stays)(const void *state);
};

void state_free_list(void *state);

/* The state of a type; the type's address identifies it. NULL: out of memory.
 * Valid as long as the kernel. */
void *kernel_state(const struct kernel *kernel, const struct state_type *type);

/* The same, filled by learn() in the first call. NULL with err: learn() failed, and is not called
 * again; learn() is running; or it was stopped: then the state is empty as before, and the next
 * call tries again. */
void *kernel_learnt(struct kernel *kernel, const struct state_type *type, struct error *err);

enum { MOST_STATES = 64 }; /* twice the number of types in the program */

/* All states of a kernel, by the addresses of their types. Initially zeroed. */
struct states {
	struct state *slot[MOST_STATES]; /* owned */
};

/* Releases and zeroes all states, except those for which stays() returns true. */
void states_forget(struct states *states);
void states_destroy(struct states *states);
