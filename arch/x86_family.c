/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The family of x86 page-table entries: Intel SDM vol. 3A, 4.3 to 4.6. The formats of
 * two levels, PAE and 64 bits differ in data only. */
#include "arch/x86.h"

#include "paging/family.h"

static inline enum entry_class class_of(const struct paging *paging,
					unsigned int level, uint64_t entry)
{
	const struct paging_level *at = &paging->level[level];
	bool page = x86_maps_page(paging, level, entry);

	if (!(entry & ENTRY_PRESENT))
		return CLASS_ABSENT;
	if (entry & (page ? at->reserved_large : at->reserved))
		return CLASS_CORRUPT;
	return page ? CLASS_PAGE : CLASS_TABLE;
}

/* NX is inverted, so that the AND over all levels is set if all allow execution. */
static inline uint64_t rights(const struct paging *paging, unsigned int level,
			      uint64_t entry)
{
	return paging->level[level].has_rights ?
		       entry ^ paging->no_execute_bit :
		       UINT64_MAX;
}

static inline unsigned int may(const struct paging *paging, uint64_t rights)
{
	uint64_t may_execute = paging->no_execute_bit;

	return (rights & ENTRY_RW ? MAY_WRITE : 0) |
	       (rights & ENTRY_USER ? MAY_USER : 0) |
	       ((rights & may_execute) == may_execute ? MAY_EXECUTE : 0);
}

static inline uint64_t table(const struct paging *paging, uint64_t entry)
{
	return entry & paging->frame_mask;
}

static inline uint64_t page_frame(const struct paging *paging,
				  unsigned int level, uint64_t entry)
{
	uint64_t size = UINT64_C(1) << paging->level[level].shift;
	uint64_t frame = entry & paging->frame_mask & ~(size - 1);

	/* PSE-36: SDM vol. 3A, table 4-4. */
	if (paging->pse36 && level < paging->nr_levels - 1u)
		frame |= (entry >> 13 & 0xff) << 32;
	return frame;
}

static const struct entry_code code = {
	class_of, rights, may, table, page_frame,
};

static uint64_t root(const struct space *space, uint64_t vaddr)
{
	(void)vaddr;
	return space->root;
}

/* Compiled for each size of entries: constant sizes make loads and offsets cheaper. */
void x86_walk_narrow(const struct space *space, uint64_t vaddr,
		     struct walk *walk)
{
	walk_levels(space, vaddr, walk, 4, &code, space->root);
}

void x86_walk_wide(const struct space *space, uint64_t vaddr, struct walk *walk)
{
	walk_levels(space, vaddr, walk, 8, &code, space->root);
}

/* PAT:PCD:PWT, the index into the PAT MSR: SDM vol. 3A, table 4-10 and 4.9.2. */
static unsigned int cache_index(const struct paging *paging, unsigned int level,
				uint64_t entry)
{
	unsigned int pat = level < paging->nr_levels - 1u ? 12 : 7;

	return (unsigned int)((entry >> pat & 1) << 2 | (entry >> 3 & 3));
}

static bool is_global(const struct paging *paging, uint64_t entry)
{
	(void)paging;
	return entry & ENTRY_GLOBAL;
}

const struct paging_family x86_family = {
	.code = &code,
	.root = root,
	.cache_index = cache_index,
	.is_global = is_global,
	.noted_bits = ENTRY_ACCESSED | ENTRY_DIRTY,
};
