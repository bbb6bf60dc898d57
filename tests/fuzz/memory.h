/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a dump's memory at many places. For the targets whose input is a dump. */
#pragma once

#include "dump/dump.h"
#include "input.h"

enum { MOST_EXTENTS = 2000 };

static inline void read_at(struct dump *dump, uint64_t paddr)
{
	uint8_t buffer[8192], byte;
	struct extent extent;
	enum page_state state;
	uint64_t value;

	dump_find(dump, paddr, &extent);
	PROMISED(extent.first <= paddr && paddr <= extent.last);
	PROMISED(extent.state < NR_PAGE_STATES);
	PROMISED((extent.data != NULL) == (extent.state == PAGE_PRESENT));
	/* The bytes of a decompressed page are valid until the next call. */
	byte = extent.data ? extent.data[paddr - extent.first] : 0;
	state = dump_read(dump, paddr, buffer, 1);
	PROMISED(state == extent.state || (state == PAGE_PRESENT && extent.state == PAGE_ZERO));
	if (state == PAGE_PRESENT) {
		PROMISED(buffer[0] == byte);
		PROMISED(dump_read(dump, extent.last, buffer, 1) == PAGE_PRESENT);
	}
	dump_read(dump, paddr, buffer, sizeof(buffer));
	dump_load(dump, paddr, 4, &value);
	if (dump_load(dump, paddr, 8, &value) == PAGE_PRESENT) {
		PROMISED(dump_load_slow(dump, paddr, 8, &value) == PAGE_PRESENT);
		PROMISED(dump_range_state(dump, paddr, 8) <= PAGE_ZERO);
	}
	dump_range_state(dump, paddr, 0x1000);
}

/* Goes from extent to extent. The extents must be adjacent, up to the last address. */
static inline void go_through(struct dump *dump)
{
	struct extent extent = { .last = UINT64_MAX }, before;
	unsigned int nr = 0;

	do {
		before = extent;
		dump_find(dump, before.last + 1, &extent);
		PROMISED(extent.first == before.last + 1);
		PROMISED(extent.last >= extent.first);
		/* Two adjacent gaps would be one gap. */
		PROMISED(nr == 0 || extent.state != PAGE_ABSENT || before.state != PAGE_ABSENT);
		read_at(dump, extent.first);
		read_at(dump, extent.last);
	} while (extent.last != UINT64_MAX && ++nr < MOST_EXTENTS);
}

/* Reads memory at each border, and closes the dump, which may be NULL. */
static inline void try_dump(struct dump *dump)
{
	static const uint64_t extremes[] = {
		0,
		1,
		0xfff,
		0x1000,
		0x9fffc,
		0xffffffff,
		0x100000000,
		INT64_MAX,
		UINT64_C(1) << 63,
		UINT64_MAX - 7,
		UINT64_MAX,
	};
	struct dump_survey survey;

	if (!dump)
		return;
	go_through(dump);
	for (size_t i = 0; i < sizeof(extremes) / sizeof(extremes[0]); i++)
		read_at(dump, extremes[i]);
	read_at(dump, dump_last_paddr(dump));
	dump_survey(dump, &survey);
	PROMISED(memchr(dump->warning, '\0', sizeof(dump->warning)));
	dump_close(dump);
}

static inline int try_as_dump(const uint8_t *data, size_t size)
{
	try_dump(dump_of_bytes(data, size));
	return 0;
}
