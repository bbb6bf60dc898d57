/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Counts of the bytes that are read from dumps. All threads add to the same counts. */
#pragma once

#include <stdint.h>

struct read_counts {
	uint64_t read; /* bytes of the file: copied, searched, or unpacked (then the packed size) */
	uint64_t unpacked; /* bytes that were unpacked */
	uint64_t pages; /* times that a page was unpacked */
	uint64_t hits; /* pages that were found in a cache instead of being unpacked or read */
};

static inline void count_add(uint64_t *count, uint64_t more)
{
	__atomic_fetch_add(count, more, __ATOMIC_RELAXED);
}

static inline void count_read(struct read_counts *counts, uint64_t size)
{
	if (counts)
		count_add(&counts->read, size);
}

static inline void count_hit(struct read_counts *counts)
{
	if (counts)
		count_add(&counts->hits, 1);
}

static inline void count_unpacked(struct read_counts *counts, uint64_t packed, uint64_t size)
{
	if (!counts)
		return;
	count_add(&counts->read, packed);
	count_add(&counts->unpacked, size);
	count_add(&counts->pages, 1);
}
