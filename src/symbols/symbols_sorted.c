/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Look-up of symbols by address. */
#include <stdlib.h>

#include "base/ranges.h"
#include "base/text.h"
#include "symbols/elf_file.h"
#include "symbols/symbols_table.h"

enum {
	/* The most symbols at or below an address that are tested for containing it. */
	MAX_NESTED = 32,
	RADIX_BITS = 11,
	/* If more symbols than this have the same address, they are not sorted by rank. */
	MOST_TIES = 1 << 16,
	NEAR = 1 << 18, /* in bytes; code of this size has about a thousand symbols */
	/* After this number of look-ups, all symbols are sorted. This takes as long as 20
	 * look-ups. A backtrace needs about five. */
	SORTED_AROUND = 6,
	RANKED = 1 << 30, /* bit of placed_symbol.rank: the symbols at this address are sorted */
};

/* lowest_addresses() returns, for each section, the lowest symbol value that is an address, or
 * NOWHERE if no value is an address. The per-CPU section of x86-64 before 6.15 is linked at address
 * 0, so values up to the section's end are offsets. Values above the end are addresses, because ld
 * puts __init_begin and __per_cpu_load into this section, too. */
static const uint64_t NOWHERE = UINT64_MAX;

static uint64_t lowest_address(const GElf_Shdr *header)
{
	if (!(header->sh_flags & SHF_ALLOC) || header->sh_size == UINT64_MAX)
		return NOWHERE;
	return header->sh_addr ? 0 : header->sh_size + 1;
}

static uint64_t *lowest_addresses(Elf *elf, size_t *count)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	uint64_t *first;

	if (elf_getshdrnum(elf, count) != 0)
		return NULL;
	first = calloc(*count + 1, sizeof(*first));
	for (size_t nr = 0; first && nr < *count; nr++)
		first[nr] = NOWHERE;
	while (first && (section = elf_next_section(elf, section, &header))) {
		size_t nr = elf_ndxscn(section);

		if (nr < *count)
			first[nr] = lowest_address(&header);
	}
	return first;
}

/* Is the value of the symbol an address? `first` is the result of lowest_addresses(), or NULL if
 * the table has run-time addresses. */
static bool has_address(const uint64_t *first, size_t nr_sections, const Elf64_Sym *entry)
{
	return symbol_is_defined(entry) && ELF64_ST_TYPE(entry->st_info) != STT_TLS &&
	       entry->st_shndx < nr_sections &&
	       (!first ||
		(first[entry->st_shndx] != NOWHERE && entry->st_value >= first[entry->st_shndx]));
}

/* Can the linker script define a symbol with this name? The rule is the same as in
 * may_be_linker_script_provide_symbol() in scripts/kallsyms.c. */
static bool is_linkers(const char *name, size_t length)
{
	static const char starts[] = "start_|stop_|end_";
	static const char *const ends[] = { "_start", "_end" };

	if (length < 8 || name[0] != '_' || name[1] != '_')
		return false;
	if (after_any(name + 2, starts))
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (!strcmp(name + length - strlen(ends[i]), ends[i]))
			return true;
	return false;
}

/* Returns the rank of a symbol among the symbols at the same address. The symbol with the highest
 * rank is found. These properties give a higher rank, the most important first: being a function or
 * object, having a size, being global, not being defined by the linker script, having fewer leading
 * underscores. The last two are from compare_symbols() of scripts/kallsyms.c. In a module, only a
 * size gives a higher rank: find_kallsyms_symbol() of kernel/module takes the first symbol, such as
 * the name of a driver's function, whose alias init_module follows. */
static unsigned int symbols_sorted_rank_of(const struct symbols *symbols, uint32_t nr)
{
	Elf64_Sym entry = symbol_entry(symbols, nr);
	const char *name = symbol_name(symbols, nr);
	unsigned int type = ELF64_ST_TYPE(entry.st_info);
	unsigned int underscores = (unsigned int)strspn(name, "_");

	if (symbols->origin == SYMBOL_OF_KALLSYMS)
		return entry.st_size != 0;
	if (symbol_is_compilers(name))
		return 0;
	return (type == STT_FUNC || type == STT_OBJECT) << 5 | (entry.st_size != 0) << 4 |
	       !symbol_is_local(&entry) << 3 | !is_linkers(name, strlen(name)) << 2 |
	       (3 - (underscores < 2 ? underscores : 2));
}

/* Compares symbols at the same address. A look-up finds the symbol that is sorted last. If several
 * symbols have the highest rank, this is the symbol whose name is first in the alphabet. kallsyms
 * finds the same symbol, because it is made from the output of nm -n. */
static int compare_ranks(const void *a, const void *b, void *context)
{
	const struct placed_symbol *one = a, *two = b;
	const struct symbols *symbols = context;

	int rank = COMPARE(one->rank, two->rank);

	if (!rank && symbols->origin != SYMBOL_OF_KALLSYMS)
		rank = strcmp(symbol_name(symbols, two->nr), symbol_name(symbols, one->nr));
	return rank ? rank : COMPARE(two->nr, one->nr);
}

/* Returns the first number from nr to end - 1 whose value is from lowest to highest, or `end`. */
static inline __attribute__((always_inline)) uint32_t
next_between_of(const struct symbols *symbols, uint32_t nr, uint32_t end, uint64_t lowest,
		uint64_t highest, size_t entry_size)
{
	const uint8_t *at = symbols->entries + nr * entry_size;

	while (nr < end && symbol_value_at(at, entry_size) - lowest > highest - lowest) {
		at += entry_size;
		nr++;
	}
	return nr;
}

static uint32_t next_between(const struct symbols *symbols, uint32_t nr, uint32_t end,
			     uint64_t lowest, uint64_t highest)
{
	return symbols->entry_size == sizeof(Elf64_Sym) ?
		       next_between_of(symbols, nr, end, lowest, highest, sizeof(Elf64_Sym)) :
		       next_between_of(symbols, nr, end, lowest, highest, sizeof(Elf32_Sym));
}

/* In modules of riscv64, nearly each instruction has a label of the compiler. The kernel ignores them, too:
 * is_mapping_symbol(), include/linux/module_symbol.h. */
static bool is_ignored_label(const struct symbols *symbols, const char *name, size_t section_nr)
{
	Elf_Scn *section;
	GElf_Shdr header;

	if (!symbol_is_compilers(name))
		return false;
	if (symbols->origin == SYMBOL_OF_KALLSYMS)
		return true;
	section = symbols->elf ? elf_getscn(symbols->elf, section_nr) : NULL;
	return section && gelf_getshdr(section, &header) && header.sh_flags & SHF_EXECINSTR;
}

/* Sets *placed to symbol nr. Returns false if the symbol has no address or no name. first: see
 * has_address(). */
static bool take_placed(const struct symbols *symbols, uint32_t nr, const uint64_t *first,
			size_t nr_sections, struct placed_symbol *placed)
{
	Elf64_Sym entry = symbol_entry(symbols, nr);
	char text[MOST_NAME];
	const char *name;

	if (!has_address(first, nr_sections, &entry))
		return false;
	name = strings_peek(&symbols->strings, symbol_name_offset(symbols, nr), text);
	*placed = (struct placed_symbol){ .address = entry.st_value, .nr = nr };
	return *name && !symbol_is_mark(name) && !is_ignored_label(symbols, name, entry.st_shndx);
}

/* Collects the symbols whose addresses are from lowest to highest, inclusive. Returns their
 * number. */
static uint32_t collect(const struct symbols *symbols, uint64_t lowest, uint64_t highest,
			struct placed_symbol *list)
{
	const struct listener *listener = symbols->names.listener;
	size_t nr_sections = SHN_LORESERVE;
	uint64_t *first = symbols->elf ? lowest_addresses(symbols->elf, &nr_sections) : NULL;
	uint32_t all = first || !symbols->elf ? symbols->nr_entries : 0, end, count = 0;

	for (uint32_t start = 1; start < all && !listener_stops(listener); start = end) {
		end = start + (uint32_t)smaller_of(STOP_STEPS, all - start);
		for (uint32_t nr = start;
		     (nr = next_between(symbols, nr, end, lowest, highest)) < end; nr++)
			count += take_placed(symbols, nr, first, nr_sections, &list[count]);
	}
	free(first);
	return count;
}

/* One pass of a radix sort. The key is address - least. The pass sorts by RADIX_BITS bits of the
 * key, beginning with bit `shift`. */
static void radix_pass(const struct placed_symbol *from, struct placed_symbol *to, uint32_t count,
		       uint64_t least, unsigned int shift)
{
	uint32_t start[(1 << RADIX_BITS) + 1] = { 0 };
	const unsigned int mask = (1 << RADIX_BITS) - 1;

	for (uint32_t i = 0; i < count; i++)
		start[((from[i].address - least) >> shift & mask) + 1]++;
	for (unsigned int digit = 0; digit < mask; digit++)
		start[digit + 1] += start[digit];
	for (uint32_t i = 0; i < count; i++)
		to[start[(from[i].address - least) >> shift & mask]++] = from[i];
}

/* Sorts by address. A radix sort is used, because qsort() takes three times as long. Each pass
 * sorts from one of the two arrays into the other. Returns the array that contains the result. */
static struct placed_symbol *symbols_sorted_sort(struct placed_symbol *from,
						 struct placed_symbol *to, uint32_t count)
{
	uint64_t least = UINT64_MAX, most = 0;

	for (uint32_t i = 0; i < count; i++) {
		least = from[i].address < least ? from[i].address : least;
		most = from[i].address > most ? from[i].address : most;
	}
	for (unsigned int shift = 0; shift < 64 && (most - least) >> shift; shift += RADIX_BITS) {
		struct placed_symbol *swap = from;

		radix_pass(from, to, count, least, shift);
		from = to;
		to = swap;
	}
	return from;
}

/* Sorts the symbols that have the address of placed[at] by rank, if they are not sorted yet. */
static void sort_ties(struct symbols *symbols, uint32_t at)
{
	struct placed_symbol *placed = symbols->placed;
	uint32_t start = at, end = at + 1;
	bool sorted;

	if (placed[at].rank & RANKED)
		return;
	while (start > 0 && placed[start - 1].address == placed[at].address)
		start--;
	while (end < symbols->nr_placed && placed[end].address == placed[at].address)
		end++;
	sorted = end - start > 1 && end - start <= MOST_TIES;
	for (uint32_t i = start; i < end; i++)
		placed[i].rank =
			RANKED | (sorted ? symbols_sorted_rank_of(symbols, placed[i].nr) : 0);
	if (sorted)
		qsort_r(placed + start, end - start, sizeof(*placed), compare_ranks, symbols);
}

/* Sorts the symbols whose addresses are from lowest to highest, inclusive. The result replaces the
 * symbols that were sorted before. */
static bool sort_between(struct symbols *symbols, uint64_t lowest, uint64_t highest)
{
	size_t room = symbols->nr_entries + (size_t)1;
	struct placed_symbol *list, *scratch;

	free(symbols->placed);
	symbols->placed = NULL;
	/* Not calloc(), because few symbols near an address use little of this memory. The product
	 * cannot overflow, because a symbol in the file is not smaller. */
	list = malloc(room * sizeof(*list));
	scratch = malloc(room * sizeof(*scratch));
	if (list && scratch) {
		symbols->nr_placed = collect(symbols, lowest, highest, list);
		symbols->placed = symbols_sorted_sort(list, scratch, symbols->nr_placed);
	}
	if (symbols->placed != list)
		free(list);
	if (symbols->placed != scratch)
		free(scratch);
	if (listener_stops(symbols->names.listener)) {
		free(symbols->placed);
		symbols->placed = NULL;
	}
	symbols->lowest = lowest;
	symbols->highest = highest;
	return symbols->placed;
}

/* Returns the number of sorted symbols at or below address. */
static uint32_t nr_up_to(const struct symbols *symbols, uint64_t address)
{
	if (address == UINT64_MAX)
		return symbols->nr_placed;
	return (uint32_t)ranges_search(symbols->placed, symbols->nr_placed,
				       sizeof(*symbols->placed),
				       offsetof(struct placed_symbol, address), address + 1);
}

/* Like nr_up_to(). The last MAX_NESTED of these symbols are also sorted by rank, where they have the
 * same address. Other symbols are not, because most are never looked up. */
static uint32_t nr_ranked_up_to(struct symbols *symbols, uint64_t address)
{
	uint32_t end = nr_up_to(symbols, address);

	for (uint32_t at = end; at > 0 && end - at < MAX_NESTED; at--)
		sort_ties(symbols, at - 1);
	return end;
}

/* Are all symbols sorted that are needed to look up address? These are the symbols at or below the
 * address that may contain it, and the next symbol above. */
static bool has_neighbours(const struct symbols *symbols, uint64_t address)
{
	uint32_t end;

	if (address < symbols->lowest || address > symbols->highest)
		return false;
	end = nr_up_to(symbols, address);
	if (end < MAX_NESTED && symbols->lowest)
		return false;
	while (end < symbols->nr_placed &&
	       symbol_is_compilers(symbol_name(symbols, symbols->placed[end].nr)))
		end++;
	return end < symbols->nr_placed || symbols->highest == UINT64_MAX;
}

/* Sorts the symbols at most `near` bytes from address. Are these all that are needed? */
static bool sort_near(struct symbols *symbols, uint64_t address, uint64_t near)
{
	return sort_between(symbols, address > near ? address - near : 0,
			    UINT64_MAX - address > near ? address + near : UINT64_MAX) &&
	       has_neighbours(symbols, address);
}

/* Sorts the symbols near address, and more of them where there are few. After SORTED_AROUND calls,
 * sorts all symbols. Earlier calls do not sort all symbols, because this takes longer than most
 * commands, and many sessions look up only a few addresses. */
static bool sort_for(struct symbols *symbols, uint64_t address)
{
	if (symbols->placed && has_neighbours(symbols, address))
		return true;
	if (symbols->nr_around < SORTED_AROUND) {
		symbols->nr_around++;
		if (sort_near(symbols, address, NEAR) || sort_near(symbols, address, 16 * NEAR))
			return true;
	}
	return sort_between(symbols, 0, UINT64_MAX);
}

bool symbols_at(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol)
{
	struct kernel_symbol label = { 0 };
	uint32_t end, nearest;

	if (!sort_for(symbols, address))
		return false;
	end = nr_ranked_up_to(symbols, address);
	nearest = end;
	while (nearest > 0 && end - nearest < MAX_NESTED) {
		nearest--;
		symbol_fill(symbols, symbols->placed[nearest].nr, symbol);
		if (address - symbol->address < (symbol->size ? symbol->size : symbols->least_size))
			return true;
		/* The label of the compiler is inside a symbol that ends before address. */
		if (label.name && label.address - symbol->address < symbol->size)
			return false;
		if (symbol->size || symbols->least_size || nearest != end - 1)
			continue;
		/* This symbol has no size, so it extends to the next symbol. */
		if (!symbol_is_compilers(symbol->name))
			return true;
		label = *symbol;
	}
	*symbol = label;
	return label.name;
}

bool symbols_before(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol)
{
	uint64_t gap = SYMBOL_PADDING;
	uint32_t end;

	if (!sort_for(symbols, address))
		return false;
	end = nr_ranked_up_to(symbols, address);
	for (uint32_t nr = end; nr > 0 && end - nr < MAX_NESTED; nr--) {
		struct kernel_symbol candidate;
		uint64_t offset;

		symbol_fill(symbols, symbols->placed[nr - 1].nr, &candidate);
		offset = address - candidate.address;
		if (!candidate.size || offset < candidate.size || offset - candidate.size >= gap)
			continue;
		gap = offset - candidate.size;
		*symbol = candidate;
	}
	return gap < SYMBOL_PADDING;
}

uint64_t symbols_room(struct symbols *symbols, uint64_t address)
{
	uint32_t next;

	if (!sort_for(symbols, address))
		return 0;
	for (next = nr_up_to(symbols, address); next < symbols->nr_placed; next++) {
		struct kernel_symbol symbol;

		symbol_fill(symbols, symbols->placed[next].nr, &symbol);
		if (!symbol_is_compilers(symbol.name))
			return symbol.address - address;
	}
	return 0;
}

bool symbols_at_in_section(struct symbols *symbols, uint16_t section, uint64_t address,
			   struct kernel_symbol *symbol)
{
	for (uint32_t nr = 1; nr < symbols->nr_entries; nr++) {
		Elf64_Sym entry = symbol_entry(symbols, nr);

		if (listener_stops_at(symbols->names.listener, nr))
			return false;
		if (entry.st_shndx != section || !symbol_is_defined(&entry) ||
		    address - entry.st_value >= entry.st_size)
			continue;
		symbol_fill(symbols, nr, symbol);
		return true;
	}
	return false;
}
