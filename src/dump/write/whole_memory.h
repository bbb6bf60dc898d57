/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All memory of a dump, to be written. */
#pragma once

#include "base/error.h"
#include "dump/write/dump_out.h"

struct dump;

/* No memory that is written reaches beyond this physical address: MAX_PHYSMEM_BITS of
 * x86-64 with four levels is 46 (arch/x86/include/asm/sparsemem.h). It bounds the sets. */
enum { MEMORY_OUT_BITS = 46 };

/* Owns what memory borrows. */
struct whole_memory {
	struct memory_out memory;
	uint64_t *kept, *known, *zero;
	struct frame_part *parts;
	size_t room; /* for parts */
	bool failed; /* out of memory */
};

/* dump must stay open. Nothing is unpacked: frames that fail are known when they are
 * read. False: nothing is to be released. */
bool whole_memory_open(struct whole_memory *whole, struct dump *dump, struct error *err);
void whole_memory_close(struct whole_memory *whole);
