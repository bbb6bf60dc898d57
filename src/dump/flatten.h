/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Flattened files, which makedumpfile -F and QEMU's dump-guest-memory write to outputs that cannot
 * seek: a header, then records of bytes, each with its offset in the dump. Later records replace
 * earlier ones. A large file has tens of millions of records, so the index lists runs: records that
 * are neighbours both in the file and in the dump. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/listener.h"

struct extent;
struct extent_list;

struct flattened {
	uint64_t size; /* size of the dump */
	bool complete; /* the file has an end mark, and all its records are in the index */
	unsigned int most; /* most records in a run */
};

bool flatten_probe(struct bytes file);

/* Reads the headers of all records and fills *runs: ranges of dump offsets, whose origin is the
 * file offset of the header of the run's first record. *runs must be zeroed; the caller releases
 * it, also after an error. */
bool flatten_index(const struct file *file, struct extent_list *runs, struct flattened *flattened,
		   struct listener *listener, struct error *err);

/* Sets *part to the range of dump offsets of the record that holds offset; extent_offset() gives
 * the file offset of each byte. The record is one of the first most records of the run. False: the
 * file has changed. */
bool flatten_find(const struct file *file, const struct extent *run, unsigned int most,
		  uint64_t offset, struct extent *part);
