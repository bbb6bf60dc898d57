/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* States are data about a kernel that a file keeps between calls. The struct of a state is private
 * to the file. The first call that needs a state creates it. A state is zeroed when it is created,
 * and when facts are forgotten. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct kernel;

struct state_type {
	size_t size; /* in bytes */
	/* Fills the state when kernel_learnt() is called. NULL: the file that uses the state fills
	 * it itself. */
	bool (*learn)(struct kernel *kernel, void *state, struct error *err);
	/* Frees the memory that the state owns. NULL: the state owns no memory. Use
	 * state_free_list() if the state begins with a pointer to the only memory that it owns. */
	void (*release)(void *state);
	/* Must the state be kept when facts are forgotten? NULL: no. */
	bool (*stays)(const void *state);
};

void state_free_list(void *state);

/* Returns the state of this type, which is valid as long as the kernel. The address of `type`
 * identifies the type. Returns NULL if memory runs out. */
void *kernel_state(const struct kernel *kernel, const struct state_type *type);

/* Returns the state of this type, which the first call fills using learn(). If learn() fails, this
 * call and all later calls return NULL and set *err; learn() is not called again. If the listener
 * stops learn(), the state becomes empty. After a stop, learn() is not called. While learn() is
 * running, a call returns NULL. */
void *kernel_learnt(struct kernel *kernel, const struct state_type *type, struct error *err);

enum { MOST_STATES = 64 }; /* about twice the number of types of states */

/* A hash table of all states of a kernel. The key is the address of the type. The struct must be
 * zeroed at first. */
struct states {
	struct state *slot[MOST_STATES]; /* owned */
};

/* Releases and zeroes all states, except states for which stays() returns true. */
void states_forget(struct states *states);
void states_destroy(struct states *states);
