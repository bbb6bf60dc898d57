/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* States: data about a kernel that files keep between calls. The struct of a state is private to
 * one file. It exists from the first call on, zeroed at first and when facts are forgotten. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct kernel;

struct state_type {
	size_t size; /* bytes */
	/* Fills the state, for kernel_learnt(); NULL: its file does it. */
	bool (*learn)(struct kernel *kernel, void *state, struct error *err);
	/* Frees what the state owns. NULL: nothing; state_free_list(): the list whose address
	 * it begins with. */
	void (*release)(void *state);
	/* Does the state survive when facts are forgotten? NULL: it does not. */
	bool (*stays)(const void *state);
};

void state_free_list(void *state);

/* The state of a type; the type's address identifies it. NULL: out of memory.
 * Valid as long as the kernel. */
void *kernel_state(const struct kernel *kernel, const struct state_type *type);

/* The same, learnt at the first call. NULL with err: learning failed, and is not tried again, or
 * it is running; or it was stopped: then the state is empty as before, and the next call tries
 * again. */
void *kernel_learnt(struct kernel *kernel, const struct state_type *type, struct error *err);

enum { MOST_STATES = 64 }; /* twice as many as the program has types */

/* All states of a kernel, by their types' addresses. Zeroed at first. */
struct states {
	struct state *slot[MOST_STATES]; /* owned */
};

/* Releases and zeroes all states, except those whose type lets them stay. */
void states_forget(struct states *states);
void states_destroy(struct states *states);
