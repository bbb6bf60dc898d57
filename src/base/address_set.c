/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/address_set.h"

#include "base/scatter.h"

enum { FIRST_ROOM = 1024 };

/* Returns the slot that contains `address`, or the free slot in which `address` can be stored. */
static uint64_t *address_set_slot_of(const struct address_set *set, uint64_t address)
{
	size_t mask = set->room - 1;
	size_t nr = scatter(address, set->key) & mask;

	while (set->slot[nr] && set->slot[nr] != address)
		nr = (nr + 1) & mask;
	return &set->slot[nr];
}

static bool address_set_grow(struct address_set *set)
{
	struct address_set more = {
		.room = set->room ? 2 * set->room : FIRST_ROOM,
		.key = set->room ? set->key : scatter_key(),
	};

	more.slot = calloc(more.room, sizeof(*more.slot));
	if (!more.slot)
		return false;
	for (size_t i = 0; i < set->room; i++)
		if (set->slot[i])
			*address_set_slot_of(&more, set->slot[i]) = set->slot[i];
	more.nr = set->nr;
	free(set->slot);
	*set = more;
	return true;
}

enum address_added address_set_add(struct address_set *set, uint64_t address)
{
	uint64_t *slot;

	if (2 * (set->nr + 1) > set->room && !address_set_grow(set))
		return ADDRESS_NO_MEMORY;
	slot = address_set_slot_of(set, address);
	if (*slot)
		return ADDRESS_SEEN;
	*slot = address;
	set->nr++;
	return ADDRESS_NEW;
}

bool address_set_has(const struct address_set *set, uint64_t address)
{
	return address && set->nr && *address_set_slot_of(set, address);
}
