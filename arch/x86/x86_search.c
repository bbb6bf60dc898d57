/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Tests whether a page is the kernel's top-level table. swapper_pg_dir (on x86-64 init_top_pgt) is
 * part of the image, and maps itself and linux_banner in the image. Two properties exclude other
 * tables. swapper_pg_dir has no user mappings, unlike the tables of processes and
 * initial_page_table of i386. swapper_pg_dir has the direct map, unlike early_top_pgt and the
 * user's table of page-table isolation. */
#include "arch/x86/x86.h"
#include "base/page.h"
#include "kernel/table_search.h"

/* Are the first nr entries, which are the user half, all zero? */
static bool no_entries(const struct space *space, uint64_t table, unsigned int nr)
{
	size_t size = space->paging->entry_size;

	for (unsigned int i = 0; i < nr; i++) {
		uint64_t entry;

		if (dump_load(space->dump, table + i * size, size, &entry) != PAGE_PRESENT || entry)
			return false;
	}
	return true;
}

/* Can the entry, which must be in the kernel half, point to a table? */
static bool names_table(uint64_t entry)
{
	return (entry & (ENTRY_PRESENT | ENTRY_RW | ENTRY_LARGE)) == (ENTRY_PRESENT | ENTRY_RW);
}

/* --- x86-64 --- */

/* Is vaddr mapped to paddr, and writable? In the image, .data is writable. Freed memory between
 * .text and .rodata is not writable. */
static bool maps_writable(const struct space *space, uint64_t vaddr, uint64_t paddr)
{
	struct walk walk = walk_page_table(space, vaddr);

	return walk.outcome == WALK_MAPPED && walk.paddr == paddr && walk.writable;
}

static void try_levels(struct table_search *search, struct space *space, unsigned int levels)
{
	struct found_table table = {
		.choice = { .mode = MODE_X86_64, .levels = levels },
		.root = space->root,
		.encrypt_mask = space->encrypt_mask,
		.is_in_data = true,
	};
	uint64_t phys_base, page_offset;

	if (!table_search_wants(search, &table.choice))
		return;
	space->paging = x86_paging(&table.choice);
	if (!x86_64_phys_base_of(space, &phys_base))
		return;
	table.vaddr = space->root - phys_base + START_KERNEL_MAP;
	if (table.vaddr < START_KERNEL_MAP || !maps_writable(space, table.vaddr, table.root) ||
	    !table_search_banners(search, space, START_KERNEL_MAP - phys_base, &table) ||
	    !no_entries(space, table.root, 256))
		return;
	search->proofs++;
	if (x86_64_direct_map_of(space, &page_offset))
		table_search_add(search, &table);
}

void x86_64_try_table(struct table_search *search, uint64_t paddr)
{
	struct space space = { .dump = search->dump, .root = paddr };
	uint64_t last, frame;

	/* The last entry of the kernel's table maps the image, so it must point to a table in
	 * memory. */
	if (dump_load(search->dump, paddr + PAGE_BYTES - 8, 8, &last) != PAGE_PRESENT ||
	    !names_table(last) || last >> 52)
		return;
	frame = last & -(uint64_t)PAGE_BYTES;
	/* An address above all memory contains the C-bit, as its highest bit. */
	if (frame > search->last_paddr)
		space.encrypt_mask = UINT64_C(1) << (63 - __builtin_clzll(frame));
	if (!frame || (frame & ~space.encrypt_mask) > search->last_paddr)
		return;
	for (unsigned int levels = 4; levels <= 5; levels++)
		try_levels(search, &space, levels);
}

/* --- i386 --- */

/* Is the user half of the table empty? With PAE, the entries of an empty half may point to empty
 * tables. */
static bool maps_no_process(const struct space *space, uint64_t page_offset)
{
	const struct paging *paging = space->paging;
	unsigned int nr = (unsigned int)(page_offset >> paging->level[0].shift);

	if (paging->nr_levels == 2)
		return no_entries(space, space->root, nr);
	for (unsigned int i = 0; i < nr; i++) {
		uint64_t entry;

		if (dump_load(space->dump, space->root + 8 * i, 8, &entry) != PAGE_PRESENT ||
		    ((entry & ENTRY_PRESENT) &&
		     !no_entries(space, entry & paging->frame_mask, 512)))
			return false;
	}
	return true;
}

static void try_mode(struct table_search *search, uint64_t paddr, enum kernel_mode mode,
		     uint64_t entry_at)
{
	const struct paging_choice choice = { .mode = mode, .levels = i386_levels(mode) };
	struct space space = {
		.dump = search->dump,
		.paging = x86_paging(&choice),
		.root = paddr,
	};
	const struct paging *paging = space.paging;
	uint64_t entry;

	if (!table_search_wants(search, &choice) ||
	    dump_load(search->dump, entry_at, paging->entry_size, &entry) != PAGE_PRESENT ||
	    !(entry & ENTRY_PRESENT) || (entry & paging->level[0].reserved) ||
	    (!paging->level[0].no_rights && !names_table(entry)) || !(entry & paging->frame_mask) ||
	    (entry & paging->frame_mask) > search->last_paddr)
		return;
	for (size_t i = 0; i < NR_SPLITS; i++) {
		uint64_t page_offset = i386_splits[i];
		struct found_table table = {
			.choice = choice,
			.root = paddr,
			.vaddr = paddr + page_offset,
		};

		if (i386_split_holds(&space, page_offset) &&
		    table_search_banners(search, &space, page_offset, &table) &&
		    maps_no_process(&space, page_offset)) {
			search->proofs++;
			table_search_add(search, &table);
		}
	}
}

/* Tests the page with and without PAE. The last entry of the table maps the fixmap, which all
 * top-level tables map. */
void i386_try_table(struct table_search *search, uint64_t paddr)
{
	try_mode(search, paddr, MODE_I386, paddr + PAGE_BYTES - 4);
	try_mode(search, paddr, MODE_PAE, paddr + 3 * 8);
}

/* Computes phys_base from the first page at or above START_KERNEL_MAP whose frame is in memory. A
 * frame outside memory is skipped, because the entry is damaged. */
bool x86_64_phys_base_of(const struct space *space, uint64_t *phys_base)
{
	/* Limits the work on a hostile table. The tables of a real image have at most 2 * 512
	 * entries. */
	enum { MOST_STEPS = 2048 };
	const uint64_t last = START_KERNEL_MAP + LARGEST_IMAGE - 1;
	struct walk walk = walk_page_table(space, START_KERNEL_MAP);
	int steps = 0;

	do {
		if (walk.outcome != WALK_MAPPED)
			continue;
		*phys_base = walk.paddr - (walk.vaddr - START_KERNEL_MAP);
		if (x86_is_memory(space, walk.paddr))
			return true;
	} while (++steps < MOST_STEPS && walk_on(space, &walk, last));
	return false;
}
