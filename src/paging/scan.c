/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "paging/scan.h"

/*
 * Tables may name each other in circles, or all the same one: the depth is
 * bounded by the levels, the number of visits is not. So visits of a table that
 * was open at the same level before are counted. Kernels use one table many
 * times, too, but not for much: espfix some hundred times, KASAN's zero shadow
 * some thousand times at the borders of what has a shadow of its own.
 */
enum { REPEATS_ALWAYS = 1 << 14, REPEATS_A_TABLE = 4 };

static uint64_t address_mask(const struct paging *paging)
{
	return UINT64_MAX >> (64 - paging->address_bits);
}

static uint64_t extend(const struct paging *paging, uint64_t address)
{
	uint64_t sign = UINT64_C(1) << (paging->address_bits - 1);

	return paging->sign_extends && (address & sign) ? address | -sign :
							  address;
}

static unsigned int nr_entries(const struct paging *paging, unsigned int level)
{
	return 1u << paging->level[level].bits;
}

static uint64_t entry_span(const struct paging *paging, unsigned int level)
{
	return UINT64_C(1) << paging->level[level].shift;
}

static uint64_t entry_at(const struct paging *paging,
			 const struct scan_table *table, unsigned int index)
{
	const uint8_t *at = table->entries + (size_t)index * paging->entry_size;

	return paging->entry_size == 8 ? load_le64(at) : load_le32(at);
}

/* Makes a note of the visit; one too many ends the scan. A table is aligned to
 * 32 bytes at least (PAE's top level): there is room for its level. */
static void count_table(struct scan *scan, uint64_t paddr)
{
	uint64_t key = paddr | 8 | scan->level;

	scan->nr_tables++;
	switch (address_set_add(&scan->seen, key)) {
	case ADDRESS_NO_MEMORY:
		scan->end = SCAN_NO_MEMORY;
		break;
	case ADDRESS_SEEN:
		if (++scan->nr_repeats >
		    scan->max_repeats + REPEATS_A_TABLE * scan->seen.nr)
			scan->end = SCAN_ENDLESS;
		break;
	case ADDRESS_NEW:
		break;
	}
}

/* Opens the table at paddr as that of scan->level. */
static void open_table(struct scan *scan, uint64_t paddr, uint64_t base,
		       uint64_t all, uint64_t any)
{
	const struct paging *paging = scan->space->paging;
	struct scan_table *table = &scan->table[scan->level];
	size_t size = (size_t)nr_entries(paging, scan->level) * paging->entry_size;

	table->paddr = paddr;
	table->base = base;
	table->all = all;
	table->any = any;
	table->next = scan->first > base ?
			      (unsigned int)((scan->first - base) >>
					     paging->level[scan->level].shift) :
			      0;
	table->partial = dump_read(scan->space->dump, paddr, table->entries,
				   size) != PAGE_PRESENT;
	count_table(scan, paddr);
	if (scan->end == SCAN_RUNNING && scan->stop && scan->stop(scan->stop_arg))
		scan->end = SCAN_INTERRUPTED;
}

void scan_start(struct scan *scan, const struct space *space, uint64_t first,
		uint64_t last, bool absent_too)
{
	uint64_t mask = address_mask(space->paging);

	scan->space = space;
	scan->first = first & mask;
	scan->last = last & mask;
	scan->absent_too = absent_too;
	scan->end = SCAN_RUNNING;
	scan->level = 0;
	scan->nr_tables = scan->nr_repeats = 0;
	scan->max_repeats = REPEATS_ALWAYS;
	scan->seen = (struct address_set){ 0 };
	scan->stop = NULL;
	open_table(scan, space->root, 0, ENTRY_RW | ENTRY_USER, 0);
}

uint64_t scan_position(const struct scan *scan)
{
	const struct scan_table *table = &scan->table[scan->level];

	return extend(scan->space->paging,
		      table->base + ((uint64_t)table->next
				     << scan->space->paging->level[scan->level]
						.shift));
}

/* Entries from index on that stand in the same unreadable extent. */
static void tell_unreadable(struct scan *scan, unsigned int index,
			    enum page_state reason, struct scanned *scanned)
{
	const struct paging *paging = scan->space->paging;
	struct scan_table *table = &scan->table[scan->level];
	uint64_t asked = (scan->last - scanned->first) / scanned->page_size + 1;
	uint64_t room, left = nr_entries(paging, scan->level) - index;
	struct extent extent;

	scanned->outcome = WALK_UNREADABLE;
	scanned->reason = reason;
	dump_find(scan->space->dump, scanned->entry_paddr, &extent);
	room = (extent.last - scanned->entry_paddr) / paging->entry_size + 1;
	if (extent.state != reason) /* the entry's end is what lacks */
		left = 1;
	if (room < left)
		left = room;
	if (asked < left)
		left = asked;
	table->next = index + (unsigned int)left;
	scanned->last = scanned->first + (left * scanned->page_size - 1);
}

/* Are all entries of a table the same, but for what the CPU notes in them? */
static bool is_uniform(const struct paging *paging, unsigned int level,
		       const uint8_t *entries)
{
	const uint64_t noted = ENTRY_ACCESSED | ENTRY_DIRTY;
	size_t size = paging->entry_size;
	uint64_t first = load_le(entries, size);

	for (unsigned int i = 1; i < nr_entries(paging, level); i++)
		if ((load_le(entries + i * size, size) ^ first) & ~noted)
			return false;
	return first & ENTRY_PRESENT;
}

static bool is_corrupt(const struct space *space, unsigned int level,
		       uint64_t entry)
{
	const struct paging_level *at = &space->paging->level[level];

	return entry & ~space->encrypt_mask &
	       (paging_maps_page(space->paging, level, entry) ?
			at->reserved_large : at->reserved);
}

static void add_rights(const struct paging *paging, unsigned int level,
		       uint64_t entry, uint64_t *all, uint64_t *any)
{
	if (paging->level[level].has_rights) {
		*all &= entry;
		*any |= entry;
	}
}

static void tell_page(const struct space *space, uint64_t all, uint64_t any,
		      struct scanned *scanned)
{
	scanned->outcome = WALK_MAPPED;
	scanned->paddr = paging_page_frame(space->paging, scanned->level,
					   scanned->entry & ~space->encrypt_mask);
	scanned->writable = all & ENTRY_RW;
	scanned->user = all & ENTRY_USER;
	scanned->executable = !(any & space->paging->no_execute_bit);
}

/*
 * Where the open table's entries all name one table, whose entries all name
 * one, down to one page, all of it is one answer: KASAN maps terabytes of
 * shadow to a single page, which nobody could wait for otherwise.
 */
static bool tell_uniform(struct scan *scan, struct scanned *scanned)
{
	const struct space *space = scan->space;
	const struct paging *paging = space->paging;
	struct scan_table *table = &scan->table[scan->level];
	uint64_t all = table->all, any = table->any;
	uint64_t span = entry_span(paging, scan->level)
			<< paging->level[scan->level].bits;
	struct scanned page = *scanned;
	uint8_t below[SCAN_TABLE_SIZE];
	const uint8_t *entries = table->entries;

	if (table->base + (span - 1) > scan->last)
		return false;
	for (;; page.level++, entries = below) {
		size_t size = (size_t)nr_entries(paging, page.level) *
			      paging->entry_size;

		if (entries == below &&
		    dump_read(space->dump, page.entry_paddr, below, size) !=
			    PAGE_PRESENT)
			return false;
		page.entry = load_le(entries, paging->entry_size);
		if (!is_uniform(paging, page.level, entries) ||
		    is_corrupt(space, page.level, page.entry))
			return false;
		add_rights(paging, page.level, page.entry, &all, &any);
		if (paging_maps_page(paging, page.level, page.entry))
			break;
		page.entry_paddr = page.entry & paging->frame_mask &
				   ~space->encrypt_mask;
	}
	page.page_size = entry_span(paging, page.level);
	page.last = page.first + (span - 1);
	page.repeated = true;
	tell_page(space, all, any, &page);
	table->next = nr_entries(paging, scan->level);
	*scanned = page;
	return true;
}

/* One entry that is not zero. False where it names a table, now open. */
static bool tell_entry(struct scan *scan, struct scanned *scanned)
{
	const struct space *space = scan->space;
	const struct paging *paging = space->paging;
	const struct scan_table *table = &scan->table[scan->level];
	uint64_t all = table->all, any = table->any, entry = scanned->entry;

	if (!(entry & ENTRY_PRESENT)) {
		scanned->outcome = WALK_NOT_PRESENT;
		return scan->absent_too;
	}
	if (is_corrupt(space, scan->level, entry)) {
		scanned->outcome = WALK_CORRUPT;
		return true;
	}
	add_rights(paging, scan->level, entry, &all, &any);
	if (paging_maps_page(paging, scan->level, entry)) {
		tell_page(space, all, any, scanned);
		return true;
	}
	scan->level++;
	open_table(scan, entry & paging->frame_mask & ~space->encrypt_mask,
		   scanned->first, all, any);
	return false;
}

/* The next entry of the open table, whatever it is; false where there is
 * nothing to tell of it. */
static bool tell_next(struct scan *scan, struct scanned *scanned)
{
	const struct paging *paging = scan->space->paging;
	struct scan_table *table = &scan->table[scan->level];
	unsigned int index = table->next;

	scanned->level = (uint8_t)scan->level;
	scanned->repeated = false;
	scanned->reason = PAGE_PRESENT;
	scanned->page_size = entry_span(paging, scan->level);
	scanned->first = table->base + index * scanned->page_size;
	scanned->last = scanned->first + (scanned->page_size - 1);
	scanned->entry_paddr = table->paddr + (uint64_t)index * paging->entry_size;
	if (index == 0 && scan->level && !table->partial &&
	    tell_uniform(scan, scanned))
		return true;
	if (table->partial) {
		enum page_state state = dump_load(scan->space->dump,
						  scanned->entry_paddr,
						  paging->entry_size,
						  &scanned->entry);

		if (state != PAGE_PRESENT) {
			tell_unreadable(scan, index, state, scanned);
			return true;
		}
	} else {
		scanned->entry = entry_at(paging, table, index);
	}
	table->next++;
	return scanned->entry && tell_entry(scan, scanned);
}

bool scan_next(struct scan *scan, struct scanned *scanned)
{
	const struct paging *paging = scan->space->paging;

	while (scan->end == SCAN_RUNNING) {
		const struct scan_table *table = &scan->table[scan->level];
		uint64_t at = table->base +
			      table->next * entry_span(paging, scan->level);

		if (table->next == nr_entries(paging, scan->level) &&
		    scan->level) {
			scan->level--;
		} else if (table->next == nr_entries(paging, scan->level) ||
			   at > scan->last) {
			scan->end = SCAN_COMPLETE;
		} else if (tell_next(scan, scanned)) {
			scanned->first = extend(paging, scanned->first);
			scanned->last = extend(paging, scanned->last);
			return true;
		}
	}
	scan_release(scan);
	return false;
}

void scan_release(struct scan *scan)
{
	address_set_release(&scan->seen);
}
