/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where an AVML file has which memory. Kept are runs of a few chunks, so that
 * the index of a file stays small, and a look-up steps over few headers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/dump.h"
#include "dump/inflate.h"

/* Memory in one piece, of one state. */
struct avml_run {
	uint64_t first, last; /* addresses, both inclusive */
	uint64_t at;          /* offset of its first chunk, where it is present */
	enum page_state state;
};

struct avml_index {
	struct avml_run *runs; /* owned; by address */
	size_t nr, room;
	uint64_t damaged, truncated; /* bytes of memory */
	bool overlap;                /* two ranges hold the same addresses */
	uint64_t unread;             /* offset of what is no header; 0: all read */
	uint8_t *buffer;             /* owned; for a chunk that is checked */
	struct inflater *inflater;   /* borrowed */
	struct listener *listener;   /* borrowed */
	const char *path;            /* borrowed */
};

/* Goes through the headers of all chunks of the source. */
bool avml_index_build(struct avml_index *index, const struct source *source,
		      struct error *err);
void avml_index_release(struct avml_index *index); /* zeroed is fine */

/* The run that holds paddr; NULL: none, and [*first, *last] is the gap. */
const struct avml_run *avml_index_find(const struct avml_index *index,
				       uint64_t paddr, uint64_t *first,
				       uint64_t *last);
