/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Slots of the fixmap, numbered by enum fixed_addresses: include/asm-generic/fixmap.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fixmap_slot;
struct kernel;

/* The slot of a page at or below the page of slot 0. False: no such slot, or the types with the
 * names of slots are unknown. */
bool fixmap_slot_at(struct kernel *kernel, uint64_t slot_0, uint64_t vaddr,
		    struct fixmap_slot *slot);

/* The number of a slot or limit by its name. False: no such name, or no types. */
bool fixmap_number(struct kernel *kernel, const char *name, uint64_t *number);
