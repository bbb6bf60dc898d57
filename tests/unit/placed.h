/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kernel whose image is the 64K of memory.h, and whose structs have the layouts that a test
 * gives. Include it before cmocka.h. */
#pragma once

#include "kernel/kernel.h"
#include "kernel/member.h"
#include "linked.h"
#include "memory.h"

struct placed {
	unsigned int id;
	uint32_t offset, size;
};

static inline void placed_set(struct kernel *kernel, unsigned int id, uint32_t offset,
			      uint32_t size)
{
	struct member *members = kernel_state(kernel, &state_members);

	members[id] = (struct member){ true, true, false, offset, size };
}

static inline void placed_forget(struct kernel *kernel, unsigned int id)
{
	struct member *members = kernel_state(kernel, &state_members);

	members[id] = (struct member){ .tried = true };
}

static inline void placed_set_all(struct kernel *kernel, const struct placed *placed, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		placed_set(kernel, placed[i].id, placed[i].offset, placed[i].size);
}

/* Opens a kernel whose structs have these members and no others. symbols may be NULL. */
static inline struct kernel *placed_open(const struct linked *symbols, const struct placed *placed,
					 size_t nr)
{
	struct kernel *kernel = memory_open(symbols ? linked_open(symbols) : NULL, NULL);

	for (unsigned int id = 0; id < NR_MEMBERS; id++)
		placed_forget(kernel, id);
	placed_set_all(kernel, placed, nr);
	return kernel;
}

#define PLACED_OPEN(LINKED, MEMBERS)                                                               \
	placed_open(LINKED, MEMBERS, sizeof(MEMBERS) / sizeof((MEMBERS)[0]))
