/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Flattened files. makedumpfile -F and QEMU's dump-guest-memory write this format to outputs that
 * cannot seek. A file consists of a header and of records. A record contains bytes and their offset
 * in the dump. Later records replace the bytes of earlier records. A large file has tens of
 * millions of records. To save memory, the index lists runs: a run consists of records that are
 * adjacent both in the file and in the dump. */
#pragma once

#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/listener.h"

struct extent;
struct extent_list;

struct flattened {
	uint64_t size; /* the size of the dump in bytes */
	bool complete; /* the file has an end mark, and the index contains all its records */
	/* The offset in the file of a header that makes no sense; 0: all make sense. The records after
	 * it cannot be found. */
	uint64_t damaged;
	unsigned int most; /* the most records in a run */
};

static inline bool flatten_probe(struct bytes file)
{
	static const char signature[16] = "makedumpfile"; /* SIG_LEN_MDF in makedumpfile */

	return file.size >= sizeof(signature) && !memcmp(file.data, signature, sizeof(signature));
}

/* Builds the index: reads the headers of all records, and fills *runs with ranges of offsets in the
 * dump. The origin of a range is the file offset of the header of the run's first record. *runs
 * must be zeroed. The caller must release *runs, even if the function fails. */
bool flatten_index(const struct file *file, struct extent_list *runs, struct flattened *flattened,
		   struct listener *listener, struct error *err);

/* Finds the record of a run that contains `offset`, an offset in the dump. *part gets the range of
 * the record in the dump, and extent_offset() then gives the file offset of each byte. Only the
 * first `most` records of the run are searched. Returns false if the record is not found, because
 * the file has changed. */
bool flatten_find(const struct file *file, const struct extent *run, unsigned int most,
		  uint64_t offset, struct extent *part);
