/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols by address. */
#include <stdlib.h>

#include "vmlinux/elf_file.h"
#include "vmlinux/symbols_table.h"

enum {
	MAX_NESTED = 32, /* symbols below an address that may enclose it */
	RADIX_BITS = 11,
	RADIX = 1 << RADIX_BITS,
};

struct keyed {
	uint64_t key; /* address, relative to the lowest while sorting */
	uint32_t symbol;
	uint32_t rank;
};

/*
 * The lowest value of a section's symbols that is an address. Before Linux 6.15
 * the per-CPU section of x86-64 is linked at 0: values within it, and at its end,
 * are offsets. Higher values are addresses in the image: ld attributes
 * __init_begin and __per_cpu_load to that section.
 */
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

	*count = 2;
	if (elf && elf_getshdrnum(elf, count) != 0)
		return NULL;
	first = calloc(*count + 1, sizeof(*first));
	for (size_t nr = 0; first && nr < *count; nr++)
		first[nr] = NOWHERE;
	if (first && !elf)
		first[1] = 0; /* IN_IMAGE of system_map.c */
	while (first && (section = elf_next_section(elf, section, &header))) {
		size_t nr = elf_ndxscn(section);

		if (nr < *count)
			first[nr] = lowest_address(&header);
	}
	return first;
}

static bool has_address(const uint64_t *first, size_t nr_sections,
			const Elf64_Sym *entry)
{
	return symbol_is_defined(entry) &&
	       ELF64_ST_TYPE(entry->st_info) != STT_TLS &&
	       entry->st_shndx < nr_sections &&
	       first[entry->st_shndx] != NOWHERE &&
	       entry->st_value >= first[entry->st_shndx];
}

/* A label of the compiler (.LC0, .L12): only used if there is no other name. */
static bool is_compilers_label(const char *name)
{
	return name[0] == '.' && name[1] == 'L';
}

/* May the linker script define the name? The same rule as in scripts/kallsyms.c,
 * may_be_linker_script_provide_symbol(). */
static bool is_linkers(const char *name, size_t length)
{
	static const char *const starts[] = { "start_", "stop_", "end_" };
	static const char *const ends[] = { "_start", "_end" };

	if (length < 8 || name[0] != '_' || name[1] != '_')
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (!strncmp(name + 2, starts[i], strlen(starts[i])))
			return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (!strcmp(name + length - strlen(ends[i]), ends[i]))
			return true;
	return false;
}

/*
 * Of several symbols at one address the highest rank wins: functions and objects,
 * then sized, then global ones; then, as compare_symbols() of scripts/kallsyms.c,
 * those not of the linker script and those with fewer leading underscores.
 */
static unsigned int rank_of(const Elf64_Sym *entry, const char *name)
{
	unsigned int type = ELF64_ST_TYPE(entry->st_info);
	unsigned int underscores = (unsigned int)strspn(name, "_");

	if (is_compilers_label(name))
		return 0;
	return (type == STT_FUNC || type == STT_OBJECT) << 5 |
	       (entry->st_size != 0) << 4 | !symbol_is_local(entry) << 3 |
	       !is_linkers(name, strlen(name)) << 2 |
	       (3 - (underscores < 2 ? underscores : 2));
}

/* Backwards: the sort is stable, and of equal ranks the first entry must be last. */
static uint32_t collect_addresses(const struct symbols *symbols,
				  struct keyed *list)
{
	size_t nr_sections;
	uint64_t *first = lowest_addresses(symbols->elf, &nr_sections);
	uint32_t count = 0;

	if (!first)
		return 0;
	for (uint32_t nr = symbols->nr_entries; nr-- > 1;) {
		Elf64_Sym entry = symbol_entry(symbols, nr);
		const char *name = symbol_name(symbols, nr);

		if (*name && has_address(first, nr_sections, &entry))
			list[count++] = (struct keyed){ entry.st_value, nr,
							rank_of(&entry, name) };
	}
	free(first);
	return count;
}

enum { BY_RANK = -1 }; /* instead of a shift: the rank is the digit */

static inline unsigned int digit_of(const struct keyed *keyed, int shift)
{
	return shift == BY_RANK ? keyed->rank :
				  keyed->key >> shift & (RADIX - 1);
}

static void radix_pass(const struct keyed *from, struct keyed *to,
		       uint32_t count, int shift)
{
	uint32_t start[RADIX] = { 0 };
	uint32_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		start[digit_of(&from[i], shift)]++;
	for (unsigned int digit = 0; digit < RADIX; digit++) {
		uint32_t nr = start[digit];

		start[digit] = sum;
		sum += nr;
	}
	for (uint32_t i = 0; i < count; i++)
		to[start[digit_of(&from[i], shift)]++] = from[i];
}

/* Makes keys relative to the lowest one; returns the highest result. */
static uint64_t rebase(struct keyed *list, uint32_t count)
{
	uint64_t least = UINT64_MAX, most = 0;

	for (uint32_t i = 0; i < count; i++) {
		least = list[i].key < least ? list[i].key : least;
		most = list[i].key > most ? list[i].key : most;
	}
	for (uint32_t i = 0; i < count; i++)
		list[i].key -= least;
	return count ? most - least : 0;
}

/* A radix sort by address, then by rank. Returns the list that holds the result;
 * the other one is scratch. */
static struct keyed *sort_addresses(struct keyed *from, struct keyed *to,
				    uint32_t count)
{
	uint64_t most = rebase(from, count);
	struct keyed *swap;

	radix_pass(from, to, count, BY_RANK);
	for (int shift = 0; shift < 64 && most >> shift; shift += RADIX_BITS) {
		swap = from;
		from = to;
		to = swap;
		radix_pass(from, to, count, shift);
	}
	return to;
}

static bool sort_by_address(struct symbols *symbols)
{
	struct keyed *lists, *sorted;
	uint32_t *order;

	if (symbols->by_address)
		return true;
	lists = calloc(symbols->nr_entries + (size_t)1, 2 * sizeof(*lists));
	order = calloc(symbols->nr_entries + (size_t)1, sizeof(*order));
	if (lists && order) {
		symbols->by_address = order;
		symbols->nr_by_address = collect_addresses(symbols, lists);
		sorted = sort_addresses(lists, lists + symbols->nr_entries,
					symbols->nr_by_address);
		for (uint32_t i = 0; i < symbols->nr_by_address; i++)
			order[i] = sorted[i].symbol;
	} else {
		free(order);
	}
	free(lists);
	return symbols->by_address;
}

/* Number of sorted symbols at or below address. */
static uint32_t nr_up_to(const struct symbols *symbols, uint64_t address)
{
	uint32_t low = 0, high = symbols->nr_by_address;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (symbol_entry(symbols, symbols->by_address[middle]).st_value >
		    address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

bool symbols_at(struct symbols *symbols, uint64_t address,
		struct symbol *symbol)
{
	struct symbol label = { 0 };
	uint32_t end, nearest;

	if (!sort_by_address(symbols))
		return false;
	end = nr_up_to(symbols, address);
	nearest = end;
	while (nearest > 0 && end - nearest < MAX_NESTED) {
		nearest--;
		symbol_fill(symbols, symbols->by_address[nearest], symbol);
		if (address - symbol->address < symbol->size)
			return true;
		/* The compiler's label lies in a symbol that ends before address. */
		if (label.name && label.address - symbol->address < symbol->size)
			return false;
		if (symbol->size || nearest != end - 1)
			continue;
		/* A symbol without a size reaches up to the next one. */
		if (!is_compilers_label(symbol->name))
			return true;
		label = *symbol;
	}
	*symbol = label;
	return label.name;
}

uint64_t symbols_room(struct symbols *symbols, uint64_t address)
{
	uint32_t next;

	if (!sort_by_address(symbols))
		return 0;
	for (next = nr_up_to(symbols, address); next < symbols->nr_by_address;
	     next++) {
		struct symbol symbol;

		symbol_fill(symbols, symbols->by_address[next], &symbol);
		if (!is_compilers_label(symbol.name))
			return symbol.address - address;
	}
	return 0;
}

bool symbols_at_in_section(const struct symbols *symbols, uint16_t section,
			   uint64_t address, struct symbol *symbol)
{
	for (uint32_t nr = 1; nr < symbols->nr_entries; nr++) {
		Elf64_Sym entry = symbol_entry(symbols, nr);

		if (entry.st_shndx != section || !symbol_is_defined(&entry) ||
		    address - entry.st_value >= entry.st_size)
			continue;
		symbol_fill(symbols, nr, symbol);
		return true;
	}
	return false;
}
