/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where an AVML file has which memory. A run is a few chunks, so that the index of
 * a file stays small and a look-up steps over few chunk headers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "container/inflate.h"
#include "formats/run_index.h"

struct avml_index {
	struct run_index runs; /* offset is that of the run's first chunk */
	uint64_t damaged, truncated; /* bytes of memory */
	uint64_t unread; /* offset of the first invalid header; 0: none */
	uint8_t *buffer; /* owned; for a chunk that is checked */
	struct inflater *inflater; /* borrowed */
};

/* Reads the headers of all ranges and chunks of the dump's file. */
bool avml_index_build(struct avml_index *index, struct dump *dump,
		      struct error *err);
void avml_index_release(struct avml_index *index); /* zeroed is fine */
