/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/state.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"

struct state {
	const struct state_type *type;
	bool tried, known;
	struct error why_not; /* set if tried is true and known is false */
	max_align_t content[]; /* the struct that is private to one file */
};

/* Finds or creates a state that is not in the first place of its type. */
__attribute__((cold)) static struct state *state_search(struct states *states,
							const struct state_type *type, size_t at)
{
	struct state *state;

	while (states->slot[at] && states->slot[at]->type != type)
		at = (at + 1) % MOST_STATES;
	if (states->slot[at])
		return states->slot[at];
	state = calloc(1, sizeof(*state) + type->size);
	if (state)
		state->type = type;
	states->slot[at] = state;
	return state;
}

static inline struct state *state_find(struct states *states, const struct state_type *type)
{
	size_t at = (uintptr_t)type / sizeof(*type) % MOST_STATES;
	struct state *state = states->slot[at];

	return state && state->type == type ? state : state_search(states, type, at);
}

void *kernel_state(const struct kernel *kernel, const struct state_type *type)
{
	struct state *state = state_find(kernel->states, type);

	return state ? state->content : NULL;
}

static void state_release(struct state *state)
{
	if (state->type->release)
		state->type->release(state->content);
}

static void empty(struct state *state)
{
	const struct state_type *type = state->type;

	state_release(state);
	memset(state, 0, sizeof(*state) + type->size);
	state->type = type;
}

void state_free_list(void *state)
{
	void *list;

	memcpy(&list, state, sizeof(list));
	free(list);
}

void *kernel_learnt(struct kernel *kernel, const struct state_type *type, struct error *err)
{
	struct state *state = state_find(kernel->states, type);

	if (!state)
		return out_of_memory(err), NULL;
	/* After a stop, nothing is learnt, because it would be learnt again at each question. */
	if (!state->tried && !kernel_stopped(kernel)) {
		state->tried = true;
		state->known = type->learn(kernel, state->content, &state->why_not);
		if (kernel_stopped(kernel))
			empty(state);
	}
	if (!state->tried)
		return fail(err, ERROR_INTERRUPTED, "interrupted"), NULL;
	if (state->known)
		return state->content;
	if (err)
		*err = state->why_not;
	return NULL;
}

void states_forget(struct states *states)
{
	for (size_t i = 0; i < MOST_STATES; i++) {
		struct state *state = states->slot[i];

		if (state && (!state->type->stays || !state->type->stays(state->content)))
			empty(state);
	}
}

void states_destroy(struct states *states)
{
	for (size_t i = 0; i < MOST_STATES; i++) {
		if (states->slot[i])
			state_release(states->slot[i]);
		free(states->slot[i]);
	}
}
