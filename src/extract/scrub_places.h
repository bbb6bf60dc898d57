/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Places that scrubbing needs: bytes that are the same on each machine with this kernel, bytes that
 * reveal names although they are not names, and the ranges to which pointers point. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address_set.h"
#include "extract/blank.h"

struct kernel;

struct byte_ranges {
	struct byte_range *range; /* owned; physical addresses, sorted, without overlaps */
	size_t nr, room;
};

struct scrub_places {
	/* The text and the constants of the kernel's image, which the kernel cannot write. Data
	 * that the kernel writes only while booting are not included. */
	struct byte_ranges constant;
	/* The heads of the hash table of file names. Pointers to these heads are not kept, because
	 * the address of a head reveals the hash of a name in its list. */
	struct byte_ranges hidden;
	struct blank_rules rules;
	/* The addresses of the struct modules of all modules that belong to the kernel's source
	 * tree. */
	struct address_set own_modules;
};

/* Finds the places. If a range is unknown, it stays empty, and then less data is kept. Returns
 * false if memory is exhausted or the user stopped the command. */
bool scrub_places_find(struct scrub_places *places, struct kernel *kernel);
void scrub_places_release(struct scrub_places *places);

/* Sets the mask bit of each byte of the frame that is in one of the ranges. */
void byte_ranges_mark(const struct byte_ranges *ranges, uint64_t pfn,
		      uint8_t mask[PAGE_MASK_BYTES]);
