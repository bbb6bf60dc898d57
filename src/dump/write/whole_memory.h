/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Prepares all memory of a dump for writing. */
#pragma once

#include "base/error.h"
#include "dump/write/dump_out.h"

struct dump;

/* Memory at or above this physical address cannot be written. The limit bounds the size of the sets
 * of frames. It is MAX_PHYSMEM_BITS of x86-64 with four levels, 46
 * (arch/x86/include/asm/sparsemem.h). */
enum { MEMORY_OUT_BITS = 46 };

/* All memory of a dump. The struct owns the data that its member `memory` borrows. */
struct whole_memory {
	struct memory_out memory;
	uint64_t *kept, *known, *zero;
	struct frame_part *parts;
	size_t room; /* the number of parts for which memory is allocated */
	bool failed; /* memory ran out, so some frames are missing */
};

/* Prepares all memory of the dump, which must stay open until whole_memory_close(). Nothing is
 * unpacked here, so frames that cannot be unpacked are found only when they are read. If the
 * function fails, nothing must be released. */
bool whole_memory_open(struct whole_memory *whole, struct dump *dump, struct error *err);
void whole_memory_close(struct whole_memory *whole);
