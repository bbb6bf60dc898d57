/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the kernel's own symbol table lies in its memory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "kernel/kallsyms.h"

/* Virtual addresses. */
struct kallsyms_place {
	uint32_t nr;
	uint64_t names;
	uint64_t tokens;
	uint64_t token_index;
	uint64_t values;
	uint64_t base;
	enum kallsyms_encoding encoding;
};

enum { MOST_KALLSYMS = 1 << 22, KALLSYMS_INDEX_SIZE = 512 };

/*
 * Searches bytes of the kernel's image, which stand at vaddr, for the tables.
 * Calls try for each way in which what was found can be read, until it returns
 * true (proved) or no way is left. False: nothing was found or proved.
 */
bool kallsyms_search(struct bytes image, uint64_t vaddr,
		     unsigned int pointer_size,
		     bool (*try)(const struct kallsyms_place *place, void *arg),
		     void *arg);
