/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds code of this kernel that a report shows: its function, its offset, and the bytes around it. The debug
 * information of this kernel says something about the registers of a report only if this is the same code. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oops/report.h"

struct kernel;
struct ko_file;
struct text_identity;

struct text_place {
	uint64_t vaddr; /* a run-time address; or a linked address, if file is set */
	struct ko_file *file; /* the file of the module, if there is no dump; NULL: none. Borrowed. */
};

/* Finds the code at which the report happened. size: of the instruction, in bytes; 0: unknown.
 * Returns false if it is not proved that the text is about this kernel, and that this kernel has the same instruction
 * at the place. Other bytes may differ, but not most of them: a kernel patches its code when it boots, and later. */
bool text_code_find(struct kernel *kernel, const struct text_identity *identity,
		    const struct oops_report *report, size_t size, struct text_place *place);
