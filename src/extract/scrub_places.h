/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Places in a kernel for scrubbing: bytes that are the same on every machine with this kernel,
 * bytes that reveal names without being names, and the ranges that pointers point to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address_set.h"
#include "extract/blank.h"

struct kernel;

struct byte_ranges {
	struct byte_range *range; /* owned; physical, disjoint, in the order of addresses */
	size_t nr, room;
};

struct scrub_places {
	/* Text and constants of the kernel's image, which the kernel cannot write, without data
	 * that it writes once while booting. */
	struct byte_ranges constant;
	/* Heads of the hash table of file names. Pointers to these bytes are not kept, as the place
	 * of a head reveals the hash of the first name of its list. */
	struct byte_ranges hidden;
	struct blank_rules rules;
	/* Addresses of struct module of modules from the kernel's own tree. */
	struct address_set own_modules;
};

/* Ranges that are not known stay empty, so that less is kept. False: out of memory, or stopped. */
bool scrub_places_find(struct scrub_places *places, struct kernel *kernel);
void scrub_places_release(struct scrub_places *places);

/* Sets the bits of those bytes of the frame that lie in a range. */
void byte_ranges_mark(const struct byte_ranges *ranges, uint64_t pfn,
		      uint8_t mask[PAGE_MASK_BYTES]);
