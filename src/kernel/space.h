/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The kernel's page tables, and functions that read the kernel's virtual memory. */
#pragma once

#include "base/error.h"
#include "paging/walk.h"

struct kernel;

/* Returns the kernel's own page table, which is valid until facts are forgotten. Returns NULL if a
 * fact that is needed is unknown. */
const struct space *kernel_space(struct kernel *kernel, struct error *err);
/* Was the kernel's page table already found? */
bool kernel_has_space(const struct kernel *kernel);

/* Finds the base of the direct map: the direct map maps the physical address paddr at *base +
 * paddr. *base is PAGE_OFFSET, unless the direct map starts at the physical address
 * FACT_PHYS_OFFSET. */
bool kernel_direct_base(struct kernel *kernel, uint64_t *base, struct error *err);

/* Returns the kernel's paging mode. Returns NULL if the facts that determine it are unknown, or if
 * the architecture has no mode for them. */
const struct paging *kernel_paging(struct kernel *kernel, struct error *err);
/* If the mode does not determine the page size, finds it and sets kernel->page_shift. Page frames
 * can then be counted before a page table is walked. If the page size is unknown,
 * kernel->page_shift still has the smallest page size. */
void kernel_find_page_size(struct kernel *kernel);
/* Sets *space to a page table of this kernel without a root. The caller must set the root. */
bool kernel_unrooted_space(struct kernel *kernel, struct space *space, struct error *err);
/* Returns the physical address in an entry that points to a table. The entries of all paging modes
 * contain this address in the same bits. */
uint64_t kernel_entry_address(struct kernel *kernel, uint64_t entry);
/* Returns a space for another page table in the dump, which does not map the kernel's addresses.
 * `entry` is an entry that points to the table. */
struct space kernel_other_space(struct kernel *kernel, const struct paging *paging, uint64_t entry);

/* Sets *space to the kernel's table that belongs to the table of the first CPU. Returns false if
 * the dump has no control registers, or if kernel_not_booted(). */
bool kernel_cpu_space(struct kernel *kernel, struct space *space);
/* Does the table of CPU 0 prove that the CPU runs another kernel than this one, because it maps the
 * kernel's table or the instruction of the CPU to other memory? */
bool kernel_cpu_is_foreign(struct kernel *kernel);

/* Sets *space to the table that a search of memory found. Returns false if no search was needed, or
 * if no table was found. */
bool kernel_table_space(struct kernel *kernel, struct space *space);

/* Calls kernel_cpu_space(), and, if that fails, kernel_table_space(). For callers that need a page
 * table before FACT_ROOT is known. */
bool kernel_any_space(struct kernel *kernel, struct space *space);

/* Reads kernel memory at vaddr, using kernel_space(). To read text, use the functions below, which
 * note that the bytes are text (noted.h). To enforce this, the type of buffer is not char *. */
bool kernel_read(struct kernel *kernel, uint64_t vaddr, uint8_t *buffer, size_t size,
		 struct error *err);
/* Returns true if the kernel's page table does not map vaddr. In this case a pointer to vaddr is
 * damaged. If vaddr is mapped but cannot be read, the dump may only be incomplete. */
bool kernel_is_unmapped(struct kernel *kernel, uint64_t vaddr);
/* Reads a little-endian number of size bytes: 1, 2, 4 or 8. */
bool kernel_read_number(struct kernel *kernel, uint64_t vaddr, size_t size, uint64_t *value,
			struct error *err);
/* Reads a number that has the size of a pointer of the kernel. */
bool kernel_read_word(struct kernel *kernel, uint64_t vaddr, uint64_t *value, struct error *err);
/* Reads a pointer, and removes its tag: kernel_untag(). */
bool kernel_read_pointer(struct kernel *kernel, uint64_t vaddr, uint64_t *value, struct error *err);
/* May the kernel tag its pointers? */
bool kernel_tags_pointers(struct kernel *kernel);
/* Returns the address to which a pointer in the kernel's memory points: if the kernel tags its
 * pointers, the pointer without the tag. Two pointers to the same byte may have different tags, and a
 * pointer with a tag is in no region. So a tag is removed where a pointer is loaded. Bit 55 of an
 * address shows its half, for the CPU and for __tag_reset() in asm/memory.h. */
static inline uint64_t pointer_untag(uint64_t pointer, bool tags)
{
	return tags && pointer >> 55 & 1 ? pointer | UINT64_C(0xff) << 56 : pointer;
}
uint64_t kernel_untag(struct kernel *kernel, uint64_t pointer);
/* Reads a text field of size bytes. The text may lack a NUL. */
bool kernel_read_field(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
		       struct error *err);
/* Reads a string, like space_read_string(). The string may contain any bytes. */
bool kernel_read_string(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
			struct error *err);
/* Reads a string. It is cut to size bytes including the NUL, and control characters become '?'.
 * Returns false if not even the first byte can be read. */
bool kernel_read_text(struct kernel *kernel, uint64_t vaddr, char *text, size_t size);
unsigned int kernel_pointer_size(const struct kernel *kernel);
