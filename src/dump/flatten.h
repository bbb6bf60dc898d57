/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flattened files, as makedumpfile -F and QEMU's dump-guest-memory of
 * kdump-compressed formats write them into a pipe: a header, then records of
 * bytes with the offset that they belong to in the dump. Later records replace
 * what earlier ones wrote.
 *
 * There are tens of millions of records in a large file, so none is kept: the
 * index is of runs, records that follow one another in the file and in the
 * content, and a look-up goes over a few headers of one.
 */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/listener.h"

struct extent;
struct extent_list;

struct flattened {
	uint64_t size; /* of the content */
	bool complete; /* the mark at the end is there */
};

bool flatten_probe(struct bytes file);

/* Reads the records' headers, and makes *runs (zeroed by the caller, who
 * releases it) tell by content offset in which run something stands: data of
 * its extents is the header of the run's first record, in the mapping. */
bool flatten_index(const struct file *file, struct extent_list *runs,
		   struct flattened *flattened, struct listener *listener,
		   struct error *err);

/* The part of a run that is of the record with offset, which lies in the run:
 * its offsets and bytes. False only where the file has changed since. */
bool flatten_find(struct bytes file, const struct extent *run, uint64_t offset,
		  struct extent *part);
