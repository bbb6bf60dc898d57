/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/entry_witness.h"

#include <inttypes.h>
#include <stdio.h>

#include "kernel/arch.h"

/* --- the kernel's arithmetic --- */

/* mem_encrypt_free_decrypted_mem() frees the end of .bss..decrypted, which is a part of bss
 * (arch/x86/mm/mem_encrypt_amd.c). Leaves the larger part before or after it. */
static void leave_out_decrypted(struct kernel *kernel, uint64_t *start, uint64_t *end)
{
	uint64_t first, last;

	if (!kernel_symbol(kernel, "__start_bss_decrypted", &first, NULL) ||
	    !kernel_symbol(kernel, "__end_bss_decrypted", &last, NULL) || first < *start ||
	    last > *end || first > last)
		return;
	if (first - *start > *end - last)
		*end = first;
	else
		*start = last;
}

bool query_image_mapped(struct kernel *kernel, enum image_section section, uint64_t *first,
			uint64_t *end)
{
	uint64_t start;

	/* The kernel frees the section init after the boot. */
	if (section == IMAGE_INIT || !region_image_section(kernel, section, &start, end))
		return false;
	if (section == IMAGE_BSS)
		leave_out_decrypted(kernel, &start, end);
	*first = kernel_page_last(kernel, start - 1) + 1;
	*end = kernel_page_first(kernel, *end);
	return *first < *end;
}

static bool is_always_mapped(struct kernel *kernel, uint64_t vaddr)
{
	uint64_t first, end;

	for (enum image_section i = IMAGE_TEXT; i < NR_IMAGE_SECTIONS; i++)
		if (query_image_mapped(kernel, i, &first, &end) && vaddr >= first && vaddr < end)
			return true;
	return false;
}

/* The difference between the physical and the virtual addresses of the image. It is kept, because
 * virt_to_phys() of the image takes as long as a whole vtop. */
struct image_difference {
	bool known;
	uint64_t difference;
};

static const struct state_type state_image_difference = { .size = sizeof(struct image_difference) };

bool query_image_paddr(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	struct image_difference *state = kernel_state(kernel, &state_image_difference);

	if (state && !state->known) {
		state->known = kernel->arch->virt_to_phys(kernel, vaddr, paddr);
		if (state->known)
			state->difference = *paddr - vaddr;
	}
	if (!state || !state->known)
		return false;
	*paddr = vaddr + state->difference;
	return true;
}

static bool find_direct_paddr(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	return kernel->arch->virt_to_phys(kernel, vaddr, paddr);
}

/* A pair: the entries of a region, and other words that give the physical addresses of the region:
 * PAGE_OFFSET, phys_base and their like. */
static const struct witness {
	enum region_kind region;
	const char *should; /* what should map an address, for messages */
	bool (*find)(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);
} witnesses[] = {
	{ REGION_DIRECT_MAP, "the direct map should map", find_direct_paddr },
	{ REGION_KERNEL_IMAGE, "the kernel's image should map", query_image_paddr },
};

/* Returns the name of a fact that the user gave and that the arithmetic or the walk uses, or NULL. */
static const char *given_fact(const struct kernel *kernel)
{
	static const enum fact_id used[] = { FACT_KASLR_OFFSET,	  FACT_PHYS_BASE,
					     FACT_PAGE_OFFSET,	  FACT_PHYS_OFFSET,
					     FACT_KIMAGE_VOFFSET, FACT_LEVELS,
					     FACT_VA_BITS };

	for (size_t i = 0; i < sizeof(used) / sizeof(*used); i++)
		if (kernel->facts->fact[used[i]].given)
			return fact_name(used[i]);
	return NULL;
}

bool query_entry_contradicted(struct kernel *kernel, const struct region *region,
			      const struct walk *walk, char text[WITNESS_TEXT])
{
	const struct witness *witness = witnesses;
	const struct witness *end = witnesses + sizeof(witnesses) / sizeof(witnesses[0]);
	bool mapped = walk->outcome == WALK_MAPPED;
	const char *given;
	uint64_t paddr;

	while (witness < end && witness->region != region->kind)
		witness++;
	if (witness == end || (!mapped && walk->outcome != WALK_NOT_PRESENT) ||
	    !witness->find(kernel, walk->vaddr, &paddr) ||
	    (mapped ? walk->paddr == paddr : !is_always_mapped(kernel, walk->vaddr)))
		return false;
	/* A wrong option is much more likely than damage. */
	given = given_fact(kernel);
	snprintf(text, WITNESS_TEXT,
		 "%s this address to %" PRIx64
		 ", so %s%s%san entry is damaged, or a table is the page of another frame",
		 witness->should, paddr, given ? "-o " : "", given ? given : "",
		 given ? "= is wrong, " : "");
	return true;
}

/* --- tables of processes --- */

/* Since 4.18 (1d40a5ea01d5) tables of the last level have a page type, so their use is known. With
 * PAE, the tables of the second level were objects of the slab cache "pmd" until 2.6.25 (8fe3deef013b),
 * pgtable_cache_init() in arch/i386/mm/init.c. */
bool query_may_be_table(struct kernel *kernel, const struct page_use *use, bool last_level)
{
	const struct page_layout *layout = page_layout_of(kernel, NULL);

	switch (use->kind) {
	case PAGE_USE_FILE:
	case PAGE_USE_SHMEM:
	case PAGE_USE_ANON:
	case PAGE_USE_KSM:
	case PAGE_USE_FREE:
	case PAGE_USE_FREE_PERCPU:
	case PAGE_USE_OFFLINE:
	case PAGE_USE_HUGETLB:
	case PAGE_USE_ZSMALLOC:
	case PAGE_USE_KMALLOC:
	case PAGE_USE_UNACCEPTED: return false;
	case PAGE_USE_SLAB:
		return !last_level && kernel->arch->pointer_size == 4 &&
		       kernel_version(kernel) < KERNEL_VERSION(2, 6, 26);
	case PAGE_USE_UNKNOWN: break;
	default: return true;
	}
	if (!last_level || use->unreferenced)
		return true;
	for (unsigned int i = 0; layout && i < layout->nr_types; i++)
		if (layout->types[i].kind == PAGE_USE_TABLE)
			return false;
	return true;
}
