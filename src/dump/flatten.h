/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Flattened files, which makedumpfile -F and QEMU's dump-guest-memory write to outputs that cannot
 * seek. A file consists of a header and of records of bytes, each with its offset in the dump.
 * Later records replace earlier records. A large file has tens of millions of records. Therefore
 * the index lists runs: a run consists of records that are adjacent both in the file and in the
 * dump. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/listener.h"

struct extent;
struct extent_list;

struct flattened {
	uint64_t size; /* size of the dump in bytes */
	bool complete; /* the file has an end mark, and the index has all its records */
	unsigned int most; /* the most records in a run */
};

bool flatten_probe(struct bytes file);

/* Reads the headers of all records and fills *runs with ranges of dump offsets. The origin of a
 * range is the file offset of the header of the run's first record. *runs must be zeroed. The
 * caller must release *runs, also after an error. */
bool flatten_index(const struct file *file, struct extent_list *runs, struct flattened *flattened,
		   struct listener *listener, struct error *err);

/* Sets *part to the range of dump offsets of the record that contains offset. extent_offset() then
 * gives the file offset of each byte. The record must be among the first `most` records of the run.
 * Returns false if the file has changed. */
bool flatten_find(const struct file *file, const struct extent *run, unsigned int most,
		  uint64_t offset, struct extent *part);
