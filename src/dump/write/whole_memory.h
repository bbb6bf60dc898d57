/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All memory of a dump, prepared for writing. */
#pragma once

#include "base/error.h"
#include "dump/write/dump_out.h"

struct dump;

/* Memory beyond this physical address is not written: MAX_PHYSMEM_BITS of x86-64 with four levels
 * is 46 (arch/x86/include/asm/sparsemem.h). The limit bounds the sets. */
enum { MEMORY_OUT_BITS = 46 };

/* Owns the data that memory borrows. */
struct whole_memory {
	struct memory_out memory;
	uint64_t *kept, *known, *zero;
	struct frame_part *parts;
	size_t room; /* allocated size of parts */
	bool failed; /* out of memory */
};

/* dump must stay open. Unpacks nothing: frames that cannot be unpacked are found when they are
 * read. False: nothing needs to be released. */
bool whole_memory_open(struct whole_memory *whole, struct dump *dump, struct error *err);
void whole_memory_close(struct whole_memory *whole);
