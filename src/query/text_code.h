/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds code of this kernel that a report shows: its function, its offset, and the bytes around it. The debug
 * information of this kernel says something about the registers of a report only if this is the same code. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "query/text_item.h"

struct kernel;
struct ko_file;
struct text_identity;

struct text_code {
	struct text_item item; /* the function and the offset: item.is_symbol */
	const char *release; /* "": not in the report */
	/* The bytes after "Code:"; `mark` is the index of the instruction, which has `size` bytes. */
	const uint8_t *bytes;
	size_t nr, mark, size;
};

struct text_place {
	uint64_t vaddr; /* a run-time address; or a linked address, if file is set */
	struct ko_file *file; /* the file of the module, if there is no dump; NULL: none. Borrowed. */
};

/* Returns false if it is not proved that the text is about this kernel, and that this kernel has the same instruction
 * at the place. Other bytes may differ, but not most of them: a kernel patches its code when it boots, and later. */
bool text_code_find(struct kernel *kernel, const struct text_identity *identity,
		    const struct text_code *code, struct text_place *place);
