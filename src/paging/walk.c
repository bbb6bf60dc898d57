/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "paging/walk.h"

bool paging_canonical(const struct paging *paging, uint64_t vaddr)
{
	uint64_t high = vaddr >> (paging->address_bits - 1);

	if (paging->sign_extends)
		return high == 0 ||
		       high == UINT64_MAX >> (paging->address_bits - 1);
	return high >> 1 == 0;
}

uint64_t paging_page_frame(const struct paging *paging, unsigned int level,
			   uint64_t entry)
{
	uint64_t size = UINT64_C(1) << paging->level[level].shift;
	uint64_t frame = entry & paging->frame_mask & ~(size - 1);

	/* PSE-36: SDM vol. 3A, table 4-4. */
	if (paging->pse36 && level < paging->nr_levels - 1u)
		frame |= (entry >> 13 & 0xff) << 32;
	return frame;
}

static inline void map(struct walk *walk, const struct paging *paging,
		       uint64_t entry, uint64_t all, uint64_t any)
{
	walk->outcome = WALK_MAPPED;
	walk->paddr = paging_page_frame(paging, walk->nr_steps - 1u, entry) +
		      (walk->vaddr & (walk->page_size - 1));
	walk->writable = all & ENTRY_RW;
	walk->user = all & ENTRY_USER;
	walk->executable = !(any & paging->no_execute_bit);
}

/* Compiled once for each entry_size, which makes loads and offsets cheaper. */
static inline __attribute__((always_inline)) void
walk_levels(const struct space *space, struct walk *restrict walk,
	    size_t entry_size)
{
	const struct paging *paging = space->paging;
	struct dump *dump = space->dump;
	uint64_t no_address = space->encrypt_mask;
	uint64_t vaddr = walk->vaddr, table = space->root;
	uint64_t all = ENTRY_RW | ENTRY_USER, any = 0;

	for (unsigned int i = 0; i < paging->nr_levels; i++) {
		const struct paging_level *level = &paging->level[i];
		uint64_t index = vaddr >> level->shift &
				 ((UINT64_C(1) << level->bits) - 1);
		uint64_t at = table + index * entry_size, entry;
		bool page;

		walk->page_size = UINT64_C(1) << level->shift;
		walk->step[i].entry_paddr = at;
		walk->reason = dump_load(dump, at, entry_size, &entry);
		if (walk->reason != PAGE_PRESENT) {
			walk->outcome = WALK_UNREADABLE;
			return;
		}
		walk->step[i].entry = entry;
		walk->nr_steps = i + 1;
		if (!(entry & ENTRY_PRESENT)) {
			walk->outcome = WALK_NOT_PRESENT;
			return;
		}
		entry &= ~no_address;
		page = paging_maps_page(paging, i, entry);
		if (entry & (page ? level->reserved_large : level->reserved)) {
			walk->outcome = WALK_CORRUPT;
			return;
		}
		if (level->has_rights) {
			all &= entry;
			any |= entry;
		}
		if (page) {
			map(walk, paging, entry, all, any);
			return;
		}
		table = entry & paging->frame_mask;
	}
}

void walk_page_table_to(const struct space *space, uint64_t vaddr,
			struct walk *walk)
{
	walk->vaddr = vaddr;
	walk->paddr = 0;
	walk->page_size = 0;
	walk->outcome = WALK_NON_CANONICAL;
	walk->reason = PAGE_PRESENT;
	walk->nr_steps = 0;
	walk->writable = walk->user = walk->executable = false;
	if (!paging_canonical(space->paging, vaddr))
		return;
	if (space->paging->entry_size == 8)
		walk_levels(space, walk, 8);
	else
		walk_levels(space, walk, 4);
}

void walk_range(const struct space *space, const struct walk *walk,
		uint64_t *first, uint64_t *last)
{
	const struct paging *paging = space->paging;
	uint64_t half = UINT64_C(1) << (paging->address_bits - 1);

	if (walk->outcome != WALK_NON_CANONICAL) {
		*first = walk->vaddr & ~(walk->page_size - 1);
		*last = *first + (walk->page_size - 1);
	} else if (paging->sign_extends) {
		*first = half;
		*last = UINT64_MAX - half;
	} else {
		*first = 2 * half;
		*last = UINT64_MAX;
	}
}
