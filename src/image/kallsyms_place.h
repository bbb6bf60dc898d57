/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the kernel's own symbol table in its memory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "image/kallsyms.h"

/* Virtual addresses of the tables; see struct kallsyms_tables. */
struct kallsyms_place {
	uint32_t nr; /* symbols */
	uint64_t names;
	uint64_t tokens;
	uint64_t token_index;
	uint64_t values;
	uint64_t base; /* a value, not where it stands */
	enum kallsyms_encoding encoding;
};

enum { MOST_KALLSYMS = 1 << 22, KALLSYMS_INDEX_SIZE = 512 };

/*
 * Searches the bytes of the kernel's image at vaddr for the tables. Calls try for
 * each possible encoding of the tables found, until it returns true. False: no
 * tables were found, or try accepted none.
 */
bool kallsyms_search(struct bytes image, uint64_t vaddr,
		     unsigned int pointer_size,
		     bool (*try)(const struct kallsyms_place *place, void *arg),
		     void *arg);
