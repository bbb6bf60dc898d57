/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Tests whether a page is the kernel's top-level table. swapper_pg_dir is part of the image: it
 * maps itself and linux_banner in the image, and maps the image's code as executable. Two
 * properties exclude other tables. swapper_pg_dir has no user mappings, unlike the tables of
 * processes. swapper_pg_dir has the linear map, unlike init_pg_dir and idmap_pg_dir. The page is
 * tried with each granule and each number of address bits. It is a table only if exactly one
 * combination fits. */
#include <string.h>

#include "arch/arm64/arm64.h"
#include "base/page.h"
#include "kernel/table_search.h"

enum {
	WORDS = LEAST_PAGE / 8,
	MOST_TABLES_OF_HALF = 4096, /* limits the search for code in one half of a candidate */
	MOST_TABLES_IN_ALL = 1 << 18, /* limits the search for all candidates together */
};

/* Can this be an entry of the kernel's top-level table? In an entry that points to a table, the CPU
 * ignores bits 11:2 and 58:50. The kernel leaves these bits clear, except the accessed bit. Tables
 * are in memory. Blocks may also be memory of devices, at any address. */
static bool may_be_root_entry(const struct table_search *search, uint64_t entry)
{
	const uint64_t clear_in_tables = UINT64_C(0x07fc0000000008fc);
	uint64_t frame = entry & UINT64_C(0x0000fffffffff000);

	if (!(entry & ARM64_VALID))
		return false;
	if (entry & ARM64_TABLE)
		return frame && frame <= search->last_paddr && !(entry & clear_in_tables);
	return (entry & ARM64_ACCESSED) && !(entry & ARM64_USER);
}

/* A page that may be a table. Only its entries before the first implausible entry count. */
struct table_candidate {
	uint64_t paddr;
	unsigned int good; /* the number of entries before the first implausible entry */
	/* `nr`: the number of these entries that are not 0. `last`: the index of the last one. */
	unsigned int nr, last;
};

/* Does this part of the page contain only zeros? Such parts are skipped to save time, because most
 * pages of memory are empty, and a table may begin with empty entries. */
static bool is_empty_page(const struct table_search *search, uint64_t paddr)
{
	struct extent extent;

	dump_find(search->dump, paddr, &extent);
	return extent.data && extent.last - paddr >= LEAST_PAGE - 1 &&
	       !memcmp(extent.data + (paddr - extent.first), dump_zero_page, LEAST_PAGE);
}

static void read_candidate(const struct table_search *search, struct table_candidate *candidate,
			   unsigned int most)
{
	uint64_t entry;

	for (; candidate->good < most; candidate->good++) {
		if (candidate->good % WORDS == 0 &&
		    is_empty_page(search, candidate->paddr + 8 * candidate->good)) {
			candidate->good += WORDS - 1;
			continue;
		}
		if (dump_load(search->dump, candidate->paddr + 8 * candidate->good, 8, &entry) !=
		    PAGE_PRESENT)
			return;
		if (!entry)
			continue;
		if (!may_be_root_entry(search, entry))
			return;
		candidate->nr++;
		candidate->last = candidate->good;
	}
}

/* Does the page fit this paging mode? All entries must be plausible, and at least two must be used:
 * for the linear map and for the image. If the table is smaller than LEAST_PAGE, the rest of
 * LEAST_PAGE must be empty. */
static bool candidate_fits(const struct table_search *search, struct table_candidate *candidate,
			   const struct paging *paging)
{
	unsigned int nr = paging_entries(paging, 0);

	if (candidate->paddr & (paging_page_size(paging) - 1))
		return false;
	if (nr > WORDS && candidate->good >= WORDS)
		read_candidate(search, candidate, nr);
	return candidate->good >= (nr > WORDS ? nr : WORDS) && candidate->last < nr &&
	       candidate->nr >= 2;
}

/* --- code: pages that the kernel may execute, of the image or a module --- */

/* A search for code through the tables of one half. Tables that make all pages below them not
 * executable are skipped. */
struct code_search {
	struct table_search *search;
	const struct space *space;
	unsigned int level, left; /* left: the number of tables that may still be opened */
	struct {
		/* The table's physical address; the first virtual address that the table maps. */
		uint64_t paddr, base;
		unsigned int next, end; /* indexes: the next entry, and the end (exclusive) */
	} table[MAX_LEVELS];
};

/* Opens the table that an entry of the current table points to. */
static void code_search_open(struct code_search *code, uint64_t entry, uint64_t base)
{
	const struct paging *paging = code->space->paging;
	unsigned int level = ++code->level;

	code->table[level].paddr = entry_table(paging->family, paging, entry);
	code->table[level].base = base;
	code->table[level].next = 0;
	code->table[level].end = paging_entries(paging, level);
	code->left--;
	code->search->visits++;
}

/* Finds the next page that the kernel may execute. Returns false if no such page follows, or if the
 * tables cannot be the kernel's. Entries without the accessed bit are not the kernel's, which sets
 * this bit in all its entries (PROT_DEFAULT, asm/pgtable-prot.h). They are other words, in memory
 * that is no table: a table of 4K is read as one of 16K, for example. */
static bool next_code(struct code_search *code, uint64_t *vaddr, uint64_t *paddr)
{
	const struct paging *paging = code->space->paging;

	for (;;) {
		unsigned int level = code->level, index = code->table[level].next++;
		enum entry_class class;
		uint64_t entry, at;

		if (index >= code->table[level].end) {
			if (!level)
				return false;
			code->level--;
			continue;
		}
		at = code->table[level].base + ((uint64_t)index << paging->level[level].shift);
		if (dump_load(code->space->dump, code->table[level].paddr + 8 * index, 8, &entry) !=
		    PAGE_PRESENT)
			continue;
		class = entry_class(paging->family, paging, level, entry);
		if (class == CLASS_TABLE && !(entry & ARM64_PXN_TABLE)) {
			if (!code->left)
				return false;
			code_search_open(code, entry, at);
		} else if (class == CLASS_PAGE) {
			if (entry & ARM64_USER)
				return false;
			*vaddr = at;
			*paddr = entry_page(paging->family, paging, level, entry);
			if (!(entry & ARM64_PXN) && (entry & ARM64_ACCESSED))
				return true;
		}
	}
}

/* Prepares a search of the entries [first, end) of the top-level table. */
static struct code_search code_search_in(struct table_search *search, const struct space *space,
					 unsigned int first, unsigned int end)
{
	const struct paging *paging = space->paging;
	struct code_search code = { .search = search, .space = space, .left = MOST_TABLES_OF_HALF };

	code.table[0].paddr = space->upper_root;
	code.table[0].base = -(UINT64_C(1) << (paging->address_bits - 1));
	code.table[0].next = first;
	code.table[0].end = end;
	return code;
}

/* --- the proof --- */

/* Does the table have a linear map? A linear map maps all memory. Until 4.5 it includes the image;
 * since 4.6 it is separate from the image. */
static bool has_linear_map(const struct table_search *search, const struct space *space,
			   const struct found_table *table)
{
	const struct paging *paging = space->paging;
	unsigned int bits = paging->address_bits - 1u;
	uint64_t image = table->vaddr - table->root, offset;
	uint64_t least = -(UINT64_C(1) << bits);
	uint64_t middle = -(UINT64_C(1) << (bits - 1));
	uint64_t end = arm64_linear_map_end(least, bits, paging_page_size(paging));
	uint64_t last = search->last_paddr & -paging_page_size(paging);

	if (space_maps(space, last + image, last))
		return true;
	return (table->vaddr >= end ? arm64_linear_map(space, least, end - 1, &offset) :
				      arm64_linear_map(space, middle, UINT64_MAX, &offset)) &&
	       offset != image && space_maps(space, table->root + offset, table->root);
}

static bool is_swapper(struct table_search *search, const struct space *space,
		       struct found_table *table, uint64_t offset)
{
	table->vaddr = table->root + offset;
	table->nr_banners = 0;
	if (!space_maps(space, table->vaddr, table->root) ||
	    !table_search_banners(search, space, offset, table))
		return false;
	search->proofs++;
	return has_linear_map(search, space, table);
}

/* Searches for a page of code whose offset from its frame proves that the candidate is the kernel's
 * table. All pages of the image have the same offset, so an offset equal to the last one is not
 * tried again. */
static bool proves_table(struct code_search *code, struct found_table *table)
{
	uint64_t vaddr, paddr, tried = 0;

	while (next_code(code, &vaddr, &paddr)) {
		if (vaddr - paddr == tried)
			continue;
		tried = vaddr - paddr;
		if (is_swapper(code->search, code->space, table, tried))
			return true;
	}
	return false;
}

/* Searches both halves for code. The image is in the upper half of the kernel's addresses since
 * 5.4, and in the lower half before 5.4. */
static bool try_halves(struct table_search *search, const struct space *space,
		       struct found_table *table)
{
	unsigned int nr = paging_entries(space->paging, 0);
	/* With 52 bits, the image is at an address that 48 or 47 bits can reach, in the last
	 * sixteenth of the addresses. */
	unsigned int half = space->paging->address_bits > 49 ? nr - nr / 16 : nr / 2;
	struct code_search upper = code_search_in(search, space, half, nr);
	struct code_search lower = code_search_in(search, space, 0, half);

	return proves_table(&upper, table) || proves_table(&lower, table);
}

/* Sets the number of address bits in use. With 64K pages, a kernel that has tables for 52 bits but
 * runs with 48 bits uses only the last 64 entries. With other page sizes, a kernel with tables for
 * 48 or 47 bits may be configured for this number of bits, or for 52 bits. In this case
 * config_va_bits is set to 0, because it is unknown. */
static void set_bits_in_use(const struct table_search *search, const struct space *space,
			    struct paging_choice *choice)
{
	unsigned int nr = paging_entries(space->paging, 0), size = space->paging->entry_size;
	uint64_t entry;

	if (choice->page_size != ARM64_64K && (choice->va_bits == 47 || choice->va_bits == 48))
		choice->config_va_bits = 0;
	if (choice->page_size != ARM64_64K || choice->va_bits != 52)
		return;
	for (unsigned int i = 0; i < nr - nr / 16; i++)
		if (dump_load(search->dump, space->upper_root + size * i, size, &entry) ==
			    PAGE_PRESENT &&
		    entry)
			return;
	choice->va_bits = 48;
}

/* If the candidate is the kernel's table with this paging mode, sets *table and returns true. */
static bool try_paging(struct table_search *search, struct table_candidate *candidate,
		       const struct paging_choice *choice, struct found_table *table)
{
	struct space space = {
		.dump = search->dump,
		.paging = arm64_paging(choice),
		.root = NO_TABLE,
		.upper_root = candidate->paddr,
	};
	struct found_table tried = { .choice = *choice, .root = candidate->paddr };

	if (!candidate_fits(search, candidate, space.paging))
		return false;
	set_bits_in_use(search, &space, &tried.choice);
	tried.choice.levels = space.paging->nr_levels;
	if (!table_search_wants(search, &tried.choice) || !try_halves(search, &space, &tried))
		return false;
	*table = tried;
	return true;
}

/* If the page is a table in several paging modes, the function adds no table, because the right
 * mode is unknown. */
void arm64_try_table(struct table_search *search, uint64_t paddr)
{
	struct table_candidate candidate = { .paddr = paddr };
	struct found_table table;
	struct paging_choice choice;
	unsigned int nr = 0;

	read_candidate(search, &candidate, WORDS);
	if (candidate.good < WORDS)
		return;
	for (unsigned int i = 0; arm64_paging_at(i, &choice); i++)
		if (search->visits < MOST_TABLES_IN_ALL)
			nr += try_paging(search, &candidate, &choice, &table);
	if (nr == 1)
		table_search_add(search, &table);
}
