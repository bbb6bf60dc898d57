/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Places that scrubbing needs: bytes that are the same on each machine with this kernel, bytes that
 * reveal names without being names, and the ranges that pointers point to. */
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
	 * that it writes only once, while booting, are not included. */
	struct byte_ranges constant;
	/* The heads of the hash table of file names. Pointers to them are not kept, because the
	 * place of a head reveals the hash of a name in its list. */
	struct byte_ranges hidden;
	struct blank_rules rules;
	/* Addresses of the struct module of each module that belongs to the kernel's own source
	 * tree. */
	struct address_set own_modules;
};

/* Finds the places. Ranges that are not known stay empty, and then less data is kept. Returns false
 * if memory is exhausted or the user stopped it. */
bool scrub_places_find(struct scrub_places *places, struct kernel *kernel);
void scrub_places_release(struct scrub_places *places);

/* Sets the mask bits of the bytes of the frame that are in a range. */
void byte_ranges_mark(const struct byte_ranges *ranges, uint64_t pfn,
		      uint8_t mask[PAGE_MASK_BYTES]);
