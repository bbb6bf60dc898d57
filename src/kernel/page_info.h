/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a struct page says of itself. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* Members that this kernel lacks, or whose place nothing tells, are not set. */
struct page_info {
	bool has_flags, has_refcount, has_mapcount, has_mapping, has_node;
	uint64_t flags;
	int64_t refcount;
	int64_t mapcount; /* user mappings; not set for typed pages and compound ones */
	uint64_t mapping;
	uint64_t node;
	const char *zone; /* "Normal"; NULL where not known */
};

bool kernel_page_info(struct kernel *kernel, uint64_t page,
		      struct page_info *info, struct error *err);

/* Calls visit for each flag set, low bits first, with its name as the kernel's
 * enum pageflags has it, less "PG_". False where no debug information names
 * them. */
bool kernel_page_flags(struct kernel *kernel, uint64_t flags,
		       void (*visit)(const char *name, void *arg), void *arg);
