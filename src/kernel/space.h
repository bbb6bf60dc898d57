/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's page tables, and reading its virtual memory by them. */
#pragma once

#include "base/error.h"
#include "paging/walk.h"

struct kernel;

/* The kernel's own page table; fails if a fact is missing. Valid until facts are
 * forgotten. */
const struct space *kernel_space(struct kernel *kernel, struct error *err);
/* Was the kernel's page table already found? */
bool kernel_has_space(const struct kernel *kernel);

/* The direct map has physical address paddr at *base + paddr. *base is PAGE_OFFSET, or differs from
 * it if the direct map begins at FACT_PHYS_OFFSET. */
bool kernel_direct_base(struct kernel *kernel, uint64_t *base, struct error *err);

/* The kernel's paging mode. NULL: unknown, or FACT_MODE and FACT_LEVELS exclude each
 * other. */
const struct paging *kernel_paging(struct kernel *kernel, struct error *err);
/* Sets the kernel's page size if its mode alone does not determine it, so that frames can be
 * counted before a table is walked. If not known, it stays the smallest page. */
void kernel_find_page_size(struct kernel *kernel);
/* A space whose root the caller must set. */
bool kernel_unrooted_space(struct kernel *kernel, struct space *space, struct error *err);
/* The physical address in an entry that points to a table, in any format. */
uint64_t kernel_entry_address(struct kernel *kernel, uint64_t entry);
/* A table in the dump for other addresses than the kernel's. entry: points to the table. */
struct space kernel_other_space(struct kernel *kernel, const struct paging *paging, uint64_t entry);

/* The kernel's table that the first CPU used. False: the dump has no control
 * registers, or kernel_not_booted(). */
bool kernel_cpu_space(struct kernel *kernel, struct space *space);

/* The table found by a search of memory. False: no search was needed, or none was found. */
bool kernel_table_space(struct kernel *kernel, struct space *space);

/* One of the two tables above, for callers that run before FACT_ROOT is known. */
bool kernel_any_space(struct kernel *kernel, struct space *space);

/* Reads kernel memory at vaddr using kernel_space(). Not for text, hence the type of buffer: the
 * next functions read text, and note that it is a name (noted.h). */
bool kernel_read(struct kernel *kernel, uint64_t vaddr, uint8_t *buffer, size_t size,
		 struct error *err);
/* Reads a little-endian number of size bytes (1, 2, 4, 8). */
bool kernel_read_number(struct kernel *kernel, uint64_t vaddr, size_t size, uint64_t *value,
			struct error *err);
/* Reads a number of the kernel's pointer size. */
bool kernel_read_pointer(struct kernel *kernel, uint64_t vaddr, uint64_t *value, struct error *err);
/* Reads a field of size bytes, which may lack a NUL. */
bool kernel_read_field(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
		       struct error *err);
/* Reads a string of any bytes, like space_read_string(). */
bool kernel_read_string(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
			struct error *err);
/* Reads a string, cut to size bytes with the final NUL; control characters become '?'. False: not
 * even the first byte can be read. */
bool kernel_read_text(struct kernel *kernel, uint64_t vaddr, char *text, size_t size);
unsigned int kernel_pointer_size(const struct kernel *kernel);
