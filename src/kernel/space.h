/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's page tables, and functions that read its virtual memory. */
#pragma once

#include "base/error.h"
#include "paging/walk.h"

struct kernel;

/* Returns the kernel's own page table, valid until facts are forgotten. Fails if a required fact is
 * unknown. */
const struct space *kernel_space(struct kernel *kernel, struct error *err);
/* Has the kernel's page table been found already? */
bool kernel_has_space(const struct kernel *kernel);

/* Sets *base, so that the direct map maps physical address paddr at *base + paddr. *base is
 * PAGE_OFFSET, unless the direct map begins at FACT_PHYS_OFFSET. */
bool kernel_direct_base(struct kernel *kernel, uint64_t *base, struct error *err);

/* Returns the kernel's paging. Returns NULL if it is unknown, or if the architecture has no paging
 * with these facts. */
const struct paging *kernel_paging(struct kernel *kernel, struct error *err);
/* Sets the kernel's page size if the mode does not determine it, so that page frames can be counted
 * before a page table is walked. If the size is unknown, the smallest page size stays set. */
void kernel_find_page_size(struct kernel *kernel);
/* Makes a space whose root the caller must set. */
bool kernel_unrooted_space(struct kernel *kernel, struct space *space, struct error *err);
/* Returns the physical address in an entry that points to a table, in the format of any paging. */
uint64_t kernel_entry_address(struct kernel *kernel, uint64_t entry);
/* Makes a space for a table in the dump that does not map the kernel's addresses. entry points to
 * the table. */
struct space kernel_other_space(struct kernel *kernel, const struct paging *paging, uint64_t entry);

/* Makes a space for the kernel's table that the first CPU used. Returns false if the dump has no
 * control registers, or if kernel_not_booted(). */
bool kernel_cpu_space(struct kernel *kernel, struct space *space);

/* Makes a space for the table that was found by searching memory. Returns false if no search was
 * needed, or if no table was found. */
bool kernel_table_space(struct kernel *kernel, struct space *space);

/* Makes the space of kernel_cpu_space() or kernel_table_space(). For callers that run before
 * FACT_ROOT is known. */
bool kernel_any_space(struct kernel *kernel, struct space *space);

/* Reads kernel memory at vaddr, using kernel_space(). buffer is not char *, because text must be
 * read using the functions below: they note that it is text (noted.h). */
bool kernel_read(struct kernel *kernel, uint64_t vaddr, uint8_t *buffer, size_t size,
		 struct error *err);
/* Reads a little-endian number of size bytes: 1, 2, 4 or 8. */
bool kernel_read_number(struct kernel *kernel, uint64_t vaddr, size_t size, uint64_t *value,
			struct error *err);
/* Reads a number that has the size of a pointer of the kernel. */
bool kernel_read_pointer(struct kernel *kernel, uint64_t vaddr, uint64_t *value, struct error *err);
/* Reads a field of size bytes, which may lack a NUL. */
bool kernel_read_field(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
		       struct error *err);
/* Reads a string of any bytes, like space_read_string(). */
bool kernel_read_string(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
			struct error *err);
/* Reads a string, cut to size bytes including the NUL. Control characters become '?'. Returns false
 * if not even the first byte can be read. */
bool kernel_read_text(struct kernel *kernel, uint64_t vaddr, char *text, size_t size);
unsigned int kernel_pointer_size(const struct kernel *kernel);
