/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A hash set of addresses that were already visited. Functions that follow lists and trees use it
 * to detect loops. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct address_set {
	uint64_t *slot; /* owned; a slot of 0 is free */
	size_t nr, room; /* room: the number of slots, 0 or a power of two */
	uint64_t key; /* the key for scatter(); not set if room is 0 */
};

enum address_added { ADDRESS_NEW, ADDRESS_SEEN, ADDRESS_NO_MEMORY };

/* A zeroed set is empty. `address` must not be 0, because 0 marks a free slot. */
enum address_added address_set_add(struct address_set *set, uint64_t address);
bool address_set_has(const struct address_set *set, uint64_t address);

static inline void address_set_release(struct address_set *set)
{
	free(set->slot);
	*set = (struct address_set){ 0 };
}
