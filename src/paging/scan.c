/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "paging/scan.h"

#include "paging/family.h"

/* Damaged tables may point to each other in circles. Therefore the number of repeated visits (of a
 * table that was already visited at the same level) is limited. The limit must be large, because
 * undamaged kernels also use tables several times: espfix hundreds of times, KASAN thousands of
 * times at the borders of its zero shadow. */
enum { REPEATS_ALWAYS = 1 << 14, REPEATS_PER_TABLE = 4 };

static uint64_t entry_span(const struct paging *paging, unsigned int level)
{
	return UINT64_C(1) << paging->level[level].shift;
}

/* Counts a visit of a table. Too many repeated visits end the scan. The key of a visit is the
 * address of the table, with the level in its low bits. These bits are free, because tables are
 * aligned to at least 32 bytes (PAE's top level). */
static void count_visit(struct scan *scan, uint64_t paddr)
{
	uint64_t key = paddr | 8 | scan->level;

	scan->nr_tables++;
	switch (address_set_add(&scan->seen, key)) {
	case ADDRESS_NO_MEMORY: scan->end = SCAN_NO_MEMORY; break;
	case ADDRESS_SEEN:
		if (++scan->nr_repeats > scan->max_repeats + REPEATS_PER_TABLE * scan->seen.nr)
			scan->end = SCAN_ENDLESS;
		break;
	case ADDRESS_NEW: break;
	}
}

/* Reads the window of the open table that contains the next entry. */
static void read_window(struct scan *scan)
{
	const struct paging *paging = scan->space->paging;
	struct scan_table *table = &scan->table[scan->level];
	unsigned int nr = scan_window_entries(paging, scan->level);

	table->window = table->next & -nr;
	table->partial = dump_read(scan->space->dump,
				   table->paddr + (uint64_t)table->window * paging->entry_size,
				   table->entries, (size_t)nr * paging->entry_size) != PAGE_PRESENT;
}

/* Opens the table at paddr as the table of level scan->level. */
static void open_table(struct scan *scan, uint64_t paddr, uint64_t base, uint64_t rights)
{
	const struct paging *paging = scan->space->paging;
	struct scan_table *table = &scan->table[scan->level];

	table->paddr = paddr;
	table->base = base;
	table->rights = rights;
	table->next =
		scan->first > base ?
			(unsigned int)((scan->first - base) >> paging->level[scan->level].shift) :
			0;
	read_window(scan);
	count_visit(scan, paddr);
	if (scan->visit_table)
		scan->visit_table(scan->arg, paddr, scan->level);
	if (scan->end == SCAN_RUNNING && listener_stops(scan->listener))
		scan->end = SCAN_INTERRUPTED;
}

/* Opens the top-level table that maps `address`, which is not sign-extended. The top-level table is
 * for all addresses, or for one half of them. If the half has no table, it is skipped. */
static void open_top(struct scan *scan, uint64_t address)
{
	const struct paging *paging = scan->space->paging;
	uint64_t span = entry_span(paging, 0) * paging_entries(paging, 0);
	uint64_t base = address & -span;
	uint64_t root =
		space_root(paging->family, scan->space, paging_sign_extend(paging, address));

	if (!paging->family->two_roots || root != NO_TABLE) {
		open_table(scan, root, base, UINT64_MAX);
		return;
	}
	scan->table[0].base = base;
	scan->table[0].next = paging_entries(paging, 0);
}

void scan_start(struct scan *scan, const struct space *space, uint64_t first, uint64_t last,
		bool absent_too)
{
	const struct paging *paging = space->paging;
	uint64_t mask = UINT64_MAX >> (64 - paging->address_bits);

	scan->space = space;
	scan->first = first & mask;
	scan->last = last & mask;
	scan->absent_too = absent_too;
	scan->end = SCAN_RUNNING;
	scan->level = 0;
	scan->nr_tables = scan->nr_repeats = 0;
	scan->max_repeats = REPEATS_ALWAYS;
	scan->seen = (struct address_set){ 0 };
	scan->listener = NULL;
	scan->visit_table = NULL;
	scan->skip_table = NULL;
	scan->take_window = NULL;
	open_top(scan, scan->first);
}

/* Returns the address that the next entry of the open table maps, without sign extension. */
static uint64_t next_address(const struct scan *scan)
{
	const struct scan_table *table = &scan->table[scan->level];

	return table->base + table->next * entry_span(scan->space->paging, scan->level);
}

uint64_t scan_position(const struct scan *scan)
{
	return paging_sign_extend(scan->space->paging, next_address(scan));
}

/* Sets *scanned to the entries from index on that are in the same unreadable extent, so that these
 * entries are reported as one range. */
static void set_unreadable(struct scan *scan, unsigned int index, enum page_state reason,
			   struct scanned *scanned)
{
	const struct paging *paging = scan->space->paging;
	struct scan_table *table = &scan->table[scan->level];
	uint64_t wanted = (scan->last - scanned->first) / scanned->page_size + 1;
	uint64_t room, left = paging_entries(paging, scan->level) - index;
	struct extent extent;

	scanned->outcome = WALK_UNREADABLE;
	scanned->reason = reason;
	dump_find_run(scan->space->dump, scanned->entry_paddr, &extent);
	room = (extent.last - scanned->entry_paddr) / paging->entry_size + 1;
	if (extent.state != reason) /* only the end of this entry is in the extent */
		left = 1;
	if (room < left)
		left = room;
	if (wanted < left)
		left = wanted;
	table->next = index + (unsigned int)left;
	scanned->last = scanned->first + (left * scanned->page_size - 1);
}

struct decoded {
	enum entry_class class;
	uint64_t frame, rights; /* with CLASS_TABLE and CLASS_PAGE */
	uint64_t page_size; /* with CLASS_PAGE */
};

static struct decoded scan_decode(const struct space *space, unsigned int level, uint64_t entry)
{
	const struct paging *paging = space->paging;
	const struct paging_family *family = paging->family;
	struct decoded decoded;

	entry &= ~space->encrypt_mask;
	decoded.class = entry_class(family, paging, level, entry);
	decoded.rights = entry_rights(family, paging, level, decoded.class, entry);
	decoded.frame = decoded.class == CLASS_PAGE ? entry_page(family, paging, level, entry) :
						      entry_table(family, paging, entry);
	decoded.page_size = decoded.class == CLASS_PAGE ?
				    entry_page_size(family, paging, level, entry) :
				    entry_span(paging, level);
	return decoded;
}

/* Are all entries of the table at paddr equal, apart from bits that the CPU sets, and apart from rights
 * in entries that point to the same table? `entries` is the first window of the table, which the caller
 * has already read. rights: the rights that all entries grant. any: the rights that some entry grants. */
static bool is_uniform(const struct space *space, unsigned int level, uint64_t paddr,
		       const uint8_t *entries, uint64_t *rights, uint64_t *any)
{
	const struct paging *paging = space->paging;
	const uint64_t noted = paging->family->noted_bits;
	unsigned int nr = scan_window_entries(paging, level);
	unsigned int windows = paging_entries(paging, level) / nr;
	size_t size = paging->entry_size;
	uint64_t first = load_le(entries, size), before = first;
	const struct decoded wanted = scan_decode(space, level, first);
	uint8_t further[SCAN_WINDOW];

	*rights = *any = wanted.rights;
	for (unsigned int window = 0;;) {
		for (unsigned int i = 0; i < nr; i++) {
			uint64_t entry = load_le(entries + i * size, size);
			struct decoded decoded;

			if (!((entry ^ before) & ~noted))
				continue;
			decoded = scan_decode(space, level, entry);
			if (wanted.class != CLASS_TABLE || decoded.class != CLASS_TABLE ||
			    decoded.frame != wanted.frame)
				return false;
			*rights &= decoded.rights;
			*any |= decoded.rights;
			before = entry;
		}
		if (++window == windows)
			return true;
		if (dump_read(space->dump, paddr + window * (nr * size), further, nr * size) !=
		    PAGE_PRESENT)
			return false;
		entries = further;
	}
}

static void set_mapped(const struct paging *paging, const struct decoded *decoded, uint64_t rights,
		       struct scanned *scanned)
{
	unsigned int may = entry_may(paging->family, paging, rights);

	scanned->outcome = WALK_MAPPED;
	scanned->paddr = decoded->frame + (scanned->first & (decoded->page_size - 1));
	scanned->readable = may & MAY_READ;
	scanned->writable = may & MAY_WRITE;
	scanned->user = may & MAY_USER;
	scanned->executable = may & MAY_EXECUTE;
}

/* If the open table maps all its addresses to one page, reports these addresses as one range. This
 * is the case if all entries of the table are equal, and either map the page, or point to a single
 * table for which the same is true. KASAN, for example, maps terabytes of shadow to one page. On arm64,
 * only some of its entries restrict rights (kasan_init() changes the first ones), which the entry of the
 * page restricts, too. */
static bool scan_uniform(struct scan *scan, struct scanned *scanned)
{
	const struct space *space = scan->space;
	const struct paging *paging = space->paging;
	struct scan_table *table = &scan->table[scan->level];
	uint64_t rights = table->rights, most = rights, all, any;
	uint64_t span = entry_span(paging, scan->level) * paging_entries(paging, scan->level);
	struct scanned page = *scanned;
	uint8_t below[SCAN_WINDOW];
	struct decoded decoded;
	const uint8_t *entries = table->entries;

	if (table->base + (span - 1) > scan->last)
		return false;
	for (;; page.level++, entries = below) {
		size_t size = (size_t)scan_window_entries(paging, page.level) * paging->entry_size;

		if (entries == below &&
		    dump_read(space->dump, page.entry_paddr, below, size) != PAGE_PRESENT)
			return false;
		page.entry = load_le(entries, paging->entry_size);
		decoded = scan_decode(space, page.level, page.entry);
		if (decoded.class == CLASS_ABSENT || decoded.class == CLASS_CORRUPT ||
		    decoded.page_size > entry_span(paging, page.level) ||
		    !is_uniform(space, page.level, page.entry_paddr, entries, &all, &any))
			return false;
		rights &= all;
		most &= any;
		if (decoded.class == CLASS_PAGE)
			break;
		page.entry_paddr = decoded.frame;
	}
	if (entry_may(paging->family, paging, rights) != entry_may(paging->family, paging, most))
		return false;
	page.page_size = entry_span(paging, page.level);
	page.last = page.first + (span - 1);
	page.repeated = true;
	set_mapped(paging, &decoded, rights, &page);
	table->next = paging_entries(paging, scan->level);
	*scanned = page;
	return true;
}

/* Decodes an entry that is not zero. Returns true if the entry must be reported. If the entry
 * points to a table, opens the table, unless skip_table() skips it, and returns false. An absent
 * entry is reported only if absent_too is set. */
static bool scan_entry(struct scan *scan, struct scanned *scanned)
{
	const struct paging *paging = scan->space->paging;
	uint64_t rights = scan->table[scan->level].rights;
	struct decoded decoded = scan_decode(scan->space, scan->level, scanned->entry);

	rights &= decoded.rights;
	switch (decoded.class) {
	case CLASS_ABSENT: scanned->outcome = WALK_NOT_PRESENT; return scan->absent_too;
	case CLASS_CORRUPT: scanned->outcome = WALK_CORRUPT; return true;
	case CLASS_PAGE: set_mapped(paging, &decoded, rights, scanned); return true;
	case CLASS_TABLE: break;
	}
	if (scan->skip_table && scan->skip_table(scan->arg, decoded.frame, scan->level + 1,
						 entry_may(paging->family, paging, rights)))
		return false;
	scan->level++;
	open_table(scan, decoded.frame, scanned->first, rights);
	return false;
}

/* Skips zero entries up to the end of the window. Most entries are zero, so a separate loop for
 * them saves time. */
static void skip_empty(const struct paging *paging, unsigned int level, struct scan_table *table)
{
	unsigned int end = table->window + scan_window_entries(paging, level);
	size_t size = paging->entry_size;

	while (table->next < end &&
	       !load_le(table->entries + (table->next - table->window) * size, size))
		table->next++;
}

/* Offers the window of the open table to take_window(), if it contains entries of the last level, and
 * if each page has one entry. */
static bool scan_window_is_taken(struct scan *scan)
{
	const struct paging *paging = scan->space->paging;
	struct scan_table *table = &scan->table[scan->level];
	unsigned int nr = scan_window_entries(paging, scan->level);
	uint64_t first = next_address(scan);
	const struct scan_window window = {
		.entries = table->entries,
		.nr = nr,
		.level = scan->level,
		.paddr = table->paddr + (uint64_t)table->window * paging->entry_size,
		.first = paging_sign_extend(paging, first),
		.rights = table->rights,
	};

	if (!scan->take_window || paging->family->page_size ||
	    scan->level + 1u != paging->nr_levels || table->partial ||
	    table->next != table->window ||
	    first + (nr * entry_span(paging, scan->level) - 1) > scan->last ||
	    !scan->take_window(scan->arg, &window))
		return false;
	table->next += nr;
	return true;
}

void scan_window_entry(const struct space *space, const struct scan_window *window, unsigned int at,
		       struct scanned *scanned)
{
	const struct paging *paging = space->paging;
	uint64_t span = entry_span(paging, window->level);
	const struct decoded decoded =
		scan_decode(space, window->level,
			    load_le(window->entries + at * paging->entry_size, paging->entry_size));

	*scanned = (struct scanned){
		.first = window->first + at * span,
		.last = window->first + at * span + (span - 1),
		.outcome = decoded.class == CLASS_ABSENT ? WALK_NOT_PRESENT : WALK_CORRUPT,
		.reason = PAGE_PRESENT,
		.page_size = span,
		.entry = load_le(window->entries + at * paging->entry_size, paging->entry_size),
		.entry_paddr = window->paddr + at * paging->entry_size,
		.level = (uint8_t)window->level,
	};
	if (decoded.class == CLASS_PAGE)
		set_mapped(paging, &decoded, window->rights & decoded.rights, scanned);
}

uint64_t scan_address_bits(const struct space *space, unsigned int level)
{
	const struct paging *paging = space->paging;

	return paging->frame_mask & ~(space->encrypt_mask | paging->level[level].reserved_large);
}

/* Processes the next entry of the open table. Returns false if there is nothing to report for
 * it. */
static bool scan_one(struct scan *scan, struct scanned *scanned)
{
	const struct paging *paging = scan->space->paging;
	struct scan_table *table = &scan->table[scan->level];
	unsigned int index = table->next;

	if (index - table->window >= scan_window_entries(paging, scan->level))
		read_window(scan);
	scanned->level = (uint8_t)scan->level;
	scanned->repeated = false;
	scanned->reason = PAGE_PRESENT;
	scanned->page_size = entry_span(paging, scan->level);
	scanned->first = table->base + index * scanned->page_size;
	scanned->last = scanned->first + (scanned->page_size - 1);
	scanned->entry_paddr = table->paddr + (uint64_t)index * paging->entry_size;
	if (index == 0 && scan->level && !table->partial && !scan->visit_table &&
	    scan_uniform(scan, scanned))
		return true;
	if (scan_window_is_taken(scan))
		return false;
	if (table->partial) {
		enum page_state state = dump_load(scan->space->dump, scanned->entry_paddr,
						  paging->entry_size, &scanned->entry);

		if (state != PAGE_PRESENT) {
			set_unreadable(scan, index, state, scanned);
			return true;
		}
	} else {
		scanned->entry =
			load_le(table->entries + (index - table->window) * paging->entry_size,
				paging->entry_size);
	}
	table->next++;
	if (scanned->entry)
		return scan_entry(scan, scanned);
	if (!table->partial)
		skip_empty(paging, scan->level, table);
	return false;
}

bool scan_next(struct scan *scan, struct scanned *scanned)
{
	const struct paging *paging = scan->space->paging;

	while (scan->end == SCAN_RUNNING) {
		bool done = scan->table[scan->level].next == paging_entries(paging, scan->level);

		if (done && scan->level) {
			scan->level--;
		} else if (next_address(scan) > scan->last ||
			   (done && next_address(scan) - 1 >= scan->last)) {
			scan->end = SCAN_COMPLETE;
		} else if (done) {
			open_top(scan, next_address(scan));
		} else if (scan_one(scan, scanned)) {
			scanned->first = paging_sign_extend(paging, scanned->first);
			scanned->last = paging_sign_extend(paging, scanned->last);
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
