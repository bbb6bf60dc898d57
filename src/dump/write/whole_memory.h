/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All memory of a dump, prepared for writing. */
#pragma once

#include "base/error.h"
#include "dump/write/dump_out.h"

struct dump;

/* Memory at and above this physical address is not written, so that the sets are bounded.
 * MAX_PHYSMEM_BITS of x86-64 with four levels is 46 (arch/x86/include/asm/sparsemem.h). */
enum { MEMORY_OUT_BITS = 46 };

/* The struct owns the data that memory borrows. */
struct whole_memory {
	struct memory_out memory;
	uint64_t *kept, *known, *zero;
	struct frame_part *parts;
	size_t room; /* number of parts that are allocated */
	bool failed; /* memory ran out */
};

/* Prepares all memory of the dump, which must be open until whole_memory_close(). Unpacks nothing:
 * frames that cannot be unpacked are found when they are read. If it returns false, nothing needs
 * to be released. */
bool whole_memory_open(struct whole_memory *whole, struct dump *dump, struct error *err);
void whole_memory_close(struct whole_memory *whole);
