/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VMCOREINFO in the memory itself, for containers that hold no notes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "dump/dump.h"

struct note_search {
	char *text;       /* owned by the caller: free() it; NULL: none */
	size_t size;
	uint64_t paddr;   /* of the note that text is from */
	bool ambiguous;   /* there are several that differ; text is NULL then */
};

/* Looks at the start of each page, where the kernel has kept the note as it is
 * written to a dump since 4.13 (kernel/crash_core.c, vmcoreinfo_note). */
void note_search(struct dump *dump, struct note_search *found);
