/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/slab/slab_descriptor.h"

#include "linux/page_members.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "kernel/kernel.h"

bool slab_has_descriptors(struct kernel *kernel)
{
	return kernel_member(kernel, SLAB_COLOUR, NULL) && kernel_member(kernel, SLAB_FREE, NULL);
}

/* Does the struct page have the flag of slabs? Needs only the offset of flags and the mask of
 * PG_slab: the rest of the layout of struct page may be unknown. */
static bool slab_descriptor_is_marked(struct kernel *kernel, uint64_t page)
{
	const struct page_layout *layout = page_layout_of(kernel, NULL);
	uint64_t flags;

	if (!layout)
		layout = kernel_state(kernel, &state_page_layout);
	return layout && layout->slab_mask && layout->flags >= 0 &&
	       kernel_read_word(kernel, page + (unsigned int)layout->flags, &flags, NULL) &&
	       (flags & layout->slab_mask);
}

/* Since 3.6 (e571b0ad3495) the pointers to cache and slab are separate members of struct page. In
 * older kernels they are the links of lru (page_set_cache(), page_set_slab()). From 2.6.22 to 3.5
 * struct page has a member slab, which only SLUB uses. */
bool slab_descriptor_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache, uint64_t *address)
{
	const struct member *lru;
	uint64_t page;

	if (!page_of_pfn(kernel, pfn, &page, NULL) || !slab_descriptor_is_marked(kernel, page))
		return false;
	if (kernel_member(kernel, PAGE_SLAB_PAGE, NULL))
		return kernel_read_member(kernel, page, PAGE_SLAB_CACHE, cache, NULL) &&
		       kernel_read_member(kernel, page, PAGE_SLAB_PAGE, address, NULL);
	lru = kernel_member_as(kernel, PAGE_LRU, MEMBER_LINKS, NULL);
	return lru && kernel_read_pointer(kernel, page + lru->offset, cache, NULL) &&
	       kernel_read_pointer(kernel, page + lru->offset + kernel_pointer_size(kernel),
				   address, NULL);
}

/* The array of indexes comes directly after struct slab (slab_bufctl() in mm/slab.c). An index is a
 * kmem_bufctl_t, which has four bytes. In 2.6.11 on i386 it has two bytes. The value BUFCTL_END has
 * all bits set. */
bool slab_descriptor_read(struct kernel *kernel, uint64_t address, struct slab_descriptor *slab)
{
	const struct member *first = kernel_member_as(kernel, SLAB_FREE, MEMBER_NUMBER, NULL);
	uint64_t size, memory, colour;

	if (!first || (first->size != 2 && first->size != 4) ||
	    !kernel_type_size(kernel, "slab", &size) ||
	    !kernel_read_member(kernel, address, SLAB_S_MEM, &memory, NULL) ||
	    !kernel_read_member(kernel, address, SLAB_COLOUR, &colour, NULL) ||
	    !kernel_read_member(kernel, address, SLAB_INUSE, &slab->in_use, NULL) ||
	    !kernel_read_member(kernel, address, SLAB_FREE, &slab->first, NULL))
		return false;
	/* s_mem is the address of the first object. In the slab, the first object comes after the
	 * colour, and after the struct slab if the slab contains this struct: alloc_slabmgmt(). */
	slab->start = memory - colour;
	slab->objects = memory;
	slab->next = address + size;
	slab->number_size = first->size;
	slab->end = (UINT64_C(1) << (8 * first->size)) - 1;
	return colour <= memory && !(slab->start & (kernel_page_size(kernel) - 1));
}
