/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The slots of the fixmap, which are numbered by enum fixed_addresses
 * (include/asm-generic/fixmap.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fixmap_slot;
struct kernel;

/* Finds the slot at vaddr. slot_0: address of slot 0, which is the highest. Returns false if there
 * is no such slot, or if the types with the names of slots are unknown. */
bool fixmap_slot_at(struct kernel *kernel, uint64_t slot_0, uint64_t vaddr,
		    struct fixmap_slot *slot);

/* Finds the number of a slot or limit by its name. Returns false if there is no such name, or if
 * there are no types. */
bool fixmap_number(struct kernel *kernel, const char *name, uint64_t *number);
