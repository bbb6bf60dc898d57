/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Flattened files, which makedumpfile -F and QEMU's dump-guest-memory write where they
 * cannot seek: a header, then records of bytes, each with its offset in the dump. Later
 * records replace earlier ones. A large file has tens of millions of records, so the
 * index lists runs: records that are neighbours both in the file and in the dump.
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
	uint64_t size; /* of the dump */
	bool complete; /* there is an end mark, and no record was left out */
	unsigned int most; /* records in a run */
};

bool flatten_probe(struct bytes file);

/* Reads the headers of all records and fills *runs: ranges of dump offsets, each with
 * the file offset of its first record's header as origin. The caller passes *runs
 * zeroed and releases it, also after an error. */
bool flatten_index(const struct file *file, struct extent_list *runs, struct flattened *flattened,
		   struct listener *listener, struct error *err);

/* Sets *part to the dump offsets that the record at offset has within the run, which is
 * one of its first most records; extent_offset() of one is where that byte is in the file.
 * False: the file has changed. */
bool flatten_find(const struct file *file, const struct extent *run, unsigned int most,
		  uint64_t offset, struct extent *part);
