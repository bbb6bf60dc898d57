/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Tests whether a page is the kernel's top-level table. swapper_pg_dir is part of the image: it maps
 * itself and linux_banner in the image. It has no mappings of processes, and it has the linear map,
 * unlike early_pg_dir and trampoline_pg_dir (arch/riscv/mm/init.c). */
#include "arch/riscv64/riscv64.h"
#include "kernel/table_search.h"

enum { ENTRIES = 512, MOST_OFFSETS = 16 };

/* Is the lower half empty, and can each entry of the upper half be the kernel's? */
static bool may_be_root(const struct table_search *search, uint64_t paddr)
{
	/* The image is in the last entry, or, with Sv39, in the one before it. Until 5.12 it is in
	 * the linear map (RISCV64_OLD_PAGE_OFFSET). */
	static const unsigned int image_at[] = { ENTRIES - 1, ENTRIES - 2, 384 };
	uint64_t entry = 0;

	/* Pages of zeros, of which there are many, end here. */
	for (size_t i = 0; i < sizeof(image_at) / sizeof(image_at[0]) && !entry; i++)
		if (dump_load(search->dump, paddr + 8 * image_at[i], 8, &entry) != PAGE_PRESENT)
			return false;
	if (!entry)
		return false;
	/* The entries of the upper half are tried first, because most pages end there. */
	for (unsigned int i = ENTRIES; i-- > 0;) {
		if (dump_load(search->dump, paddr + 8 * i, 8, &entry) != PAGE_PRESENT)
			return false;
		if (!entry)
			continue;
		if (i < ENTRIES / 2 || !(entry & RISCV64_VALID) || (entry & RISCV64_USER))
			return false;
	}
	return true;
}

/* Do the table and a banner have this offset from their frames? */
static bool has_offset(struct table_search *search, const struct space *space, uint64_t offset,
		       struct found_table *table)
{
	table->vaddr = table->root + offset;
	table->nr_banners = 0;
	return space_maps(space, table->vaddr, table->root) &&
	       table_search_banners(search, space, offset, table);
}

/* Searches from the link address on for pages of the image. */
static bool find_image(struct table_search *search, const struct space *space,
		       struct found_table *table)
{
	struct walk walk = walk_page_table(space, RISCV64_LINK_ADDRESS);
	uint64_t tried = 0;
	unsigned int nr = 0;

	do {
		uint64_t offset = walk.vaddr - walk.paddr;

		if (walk.outcome != WALK_MAPPED || offset == tried)
			continue;
		tried = offset;
		if (has_offset(search, space, offset, table))
			return true;
	} while (++nr < MOST_OFFSETS * ENTRIES && walk_on(space, &walk, UINT64_MAX));
	return false;
}

void riscv64_try_table(struct table_search *search, uint64_t paddr)
{
	struct found_table table = { .choice.mode = MODE_RISCV64, .root = paddr };
	struct space space = { .dump = search->dump, .root = paddr };
	uint64_t page_offset, offset;

	if (!may_be_root(search, paddr))
		return;
	for (table.choice.levels = 3; table.choice.levels <= 5; table.choice.levels++) {
		space.paging = riscv64_paging(&table.choice);
		if (!table_search_wants(search, &table.choice) ||
		    !riscv64_linear_map(&space, &page_offset, &offset))
			continue;
		search->proofs++;
		/* The table of a new process, which has no mappings yet, is in the linear map, too. */
		if (find_image(search, &space, &table) ||
		    (page_offset == RISCV64_OLD_PAGE_OFFSET &&
		     has_offset(search, &space, offset, &table))) {
			table_search_add(search, &table);
			return;
		}
	}
}
