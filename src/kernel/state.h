/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* States: data about a kernel that files keep between calls. The struct of a state is private to
 * one file. A state is created by the first call, and is zeroed then and whenever facts are
 * forgotten. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct kernel;

struct state_type {
	size_t size; /* in bytes */
	/* Fills the state, for kernel_learnt(). NULL: the file that uses the state fills it. */
	bool (*learn)(struct kernel *kernel, void *state, struct error *err);
	/* Frees the memory that the state owns. NULL: the state owns no memory. state_free_list():
	 * the state begins with a pointer to the only memory that it owns. */
	void (*release)(void *state);
	/* Should the state stay when facts are forgotten? NULL: no. */
	bool (*stays)(const void *state);
};

void state_free_list(void *state);

/* Returns the state of a type, which is identified by the address of type. Returns NULL if there is
 * not enough memory. Valid as long as the kernel. */
void *kernel_state(const struct kernel *kernel, const struct state_type *type);

/* Returns the state of a type. The first call fills it using learn(). If learn() fails, returns
 * NULL and sets err, and so do later calls, without calling learn() again. If the user stops
 * learn(), the state becomes empty, and the next call tries again. While learn() is running,
 * returns NULL. */
void *kernel_learnt(struct kernel *kernel, const struct state_type *type, struct error *err);

enum { MOST_STATES = 64 }; /* about twice the number of state types */

/* All states of a kernel, by the addresses of their types. Must be zeroed at first. */
struct states {
	struct state *slot[MOST_STATES]; /* owned */
};

/* Releases and zeroes all states, except those for which stays() returns true. */
void states_forget(struct states *states);
void states_destroy(struct states *states);
