/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's page tables, and reading its virtual memory by them. */
#pragma once

#include "base/error.h"
#include "paging/walk.h"

struct kernel;

/* The kernel's own page table; fails if a fact is missing. Valid until facts are
 * forgotten. */
const struct space *kernel_space(struct kernel *kernel, struct error *err);
/* Whether it has been found already. */
bool kernel_has_space(const struct kernel *kernel);

/* The kernel's paging mode. NULL: unknown, or FACT_MODE and FACT_LEVELS exclude each
 * other. */
const struct paging *kernel_paging(struct kernel *kernel, struct error *err);
/* A space without its root, which the caller sets. */
bool kernel_unrooted_space(struct kernel *kernel, struct space *space, struct error *err);
/* The physical address in an entry that leads to a table, of any format. */
uint64_t kernel_entry_address(struct kernel *kernel, uint64_t entry);
/* A table in the dump that is not for the kernel's own addresses. entry leads to it. */
struct space kernel_other_space(struct kernel *kernel, const struct paging *paging, uint64_t entry);

/* The kernel's table that the first CPU used. False: the dump has no control
 * registers, or kernel_not_booted(). */
bool kernel_cpu_space(struct kernel *kernel, struct space *space);

/* The table that a search of memory found; false if none was needed or found. */
bool kernel_table_space(struct kernel *kernel, struct space *space);

/* Either of the two, for callers that run before FACT_ROOT is known. */
bool kernel_any_space(struct kernel *kernel, struct space *space);

/* Reads kernel memory at vaddr by kernel_space(). Not for text, hence the type: the next
 * functions read text, and note that it is a name (noted.h). */
bool kernel_read(struct kernel *kernel, uint64_t vaddr, uint8_t *buffer, size_t size,
		 struct error *err);
/* A little-endian number of size bytes (1, 2, 4, 8). */
bool kernel_read_number(struct kernel *kernel, uint64_t vaddr, size_t size, uint64_t *value,
			struct error *err);
/* A number of the kernel's pointer size. */
bool kernel_read_pointer(struct kernel *kernel, uint64_t vaddr, uint64_t *value, struct error *err);
/* A field of size bytes, which may lack a NUL. */
bool kernel_read_field(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
		       struct error *err);
/* A string of any bytes, as space_read_string(). */
bool kernel_read_string(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
			struct error *err);
/* A string, cut to size bytes with the final 0; control characters become '?'.
 * False if not even its first byte can be read. */
bool kernel_read_text(struct kernel *kernel, uint64_t vaddr, char *text, size_t size);
unsigned int kernel_pointer_size(const struct kernel *kernel);
