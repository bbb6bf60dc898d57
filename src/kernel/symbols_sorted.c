/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>

#include "kernel/symbols_table.h"

enum {
	MAX_NESTED = 32, /* symbols looked back over for one that encloses */
	RADIX_BITS = 11,
	RADIX = 1 << RADIX_BITS,
	NR_RANKS = 8,
};

/* --- by address --- */

struct keyed {
	uint64_t key;
	uint32_t symbol;
	uint32_t rank;
};

/*
 * Which sections have a place in the address space. Before Linux 6.15 the
 * per-CPU section of x86-64 is linked at 0: what lies there are offsets.
 */
static bool *placed_sections(Elf *elf, size_t *count)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	bool *placed;

	*count = 2;
	if (elf && elf_getshdrnum(elf, count) != 0)
		return NULL;
	placed = calloc(*count + 1, sizeof(*placed));
	if (placed && !elf)
		placed[1] = true; /* system_map.c's IN_IMAGE */
	while (elf && placed && (section = elf_nextscn(elf, section))) {
		size_t nr = elf_ndxscn(section);

		if (nr < *count && gelf_getshdr(section, &header))
			placed[nr] = header.sh_flags & SHF_ALLOC &&
				     header.sh_addr != 0;
	}
	return placed;
}

/* Of symbols at one address the highest is taken. */
static unsigned int rank_of(const Elf64_Sym *entry)
{
	unsigned int type = ELF64_ST_TYPE(entry->st_info);

	return (type == STT_FUNC || type == STT_OBJECT) << 2 |
	       (entry->st_size != 0) << 1 | !symbol_is_local(entry);
}

/* The compiler's own labels (.LC0, .L12) name nothing. */
static bool is_addressable(const struct symbols *symbols, uint32_t nr,
			   const Elf64_Sym *entry)
{
	const char *name = symbol_name(symbols, nr);

	return symbol_is_thing(entry) &&
	       ELF64_ST_TYPE(entry->st_info) != STT_TLS && *name &&
	       !(name[0] == '.' && name[1] == 'L');
}

/* Backwards, so that of equals the first in the table ends up last. */
static uint32_t collect_addresses(const struct symbols *symbols,
				  struct keyed *list)
{
	size_t nr_sections;
	bool *placed = placed_sections(symbols->elf, &nr_sections);
	uint32_t count = 0;

	if (!placed)
		return 0;
	for (uint32_t nr = symbols->nr_entries; nr-- > 1;) {
		Elf64_Sym entry = symbol_entry(symbols, nr);

		if (entry.st_shndx < nr_sections && placed[entry.st_shndx] &&
		    is_addressable(symbols, nr, &entry))
			list[count++] = (struct keyed){ entry.st_value, nr,
							rank_of(&entry) };
	}
	free(placed);
	return count;
}

static void radix_pass(const struct keyed *from, struct keyed *to,
		       uint32_t count, unsigned int shift)
{
	uint32_t start[RADIX] = { 0 };
	uint32_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		start[from[i].key >> shift & (RADIX - 1)]++;
	for (unsigned int digit = 0; digit < RADIX; digit++) {
		uint32_t nr = start[digit];

		start[digit] = sum;
		sum += nr;
	}
	for (uint32_t i = 0; i < count; i++)
		to[start[from[i].key >> shift & (RADIX - 1)]++] = from[i];
}

static void rank_pass(const struct keyed *from, struct keyed *to,
		      uint32_t count)
{
	uint32_t filled = 0;

	for (unsigned int rank = 0; rank < NR_RANKS; rank++) {
		for (uint32_t i = 0; i < count; i++) {
			if (from[i].rank == rank)
				to[filled++] = from[i];
		}
	}
}

/* Makes keys relative to the least; returns the greatest then. */
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

/* Stable, least digit first, ranks before addresses. Uses both lists and
 * returns the one that holds the result. */
static struct keyed *sort_addresses(struct keyed *from, struct keyed *to,
				    uint32_t count)
{
	struct keyed *swap;
	uint64_t most;

	rank_pass(from, to, count);
	most = rebase(to, count);
	for (unsigned int shift = 0; shift < 64 && most >> shift;
	     shift += RADIX_BITS) {
		swap = from;
		from = to;
		to = swap;
		radix_pass(from, to, count, shift);
	}
	return to;
}

static bool sort_into(struct symbols *symbols, struct keyed *list)
{
	uint32_t count = collect_addresses(symbols, list);
	struct keyed *sorted = sort_addresses(
		list, list + symbols->nr_entries, count);

	symbols->by_address = malloc((count + (size_t)1) * sizeof(uint32_t));
	if (!symbols->by_address)
		return false;
	for (uint32_t i = 0; i < count; i++)
		symbols->by_address[i] = sorted[i].symbol;
	symbols->nr_by_address = count;
	return true;
}

static bool sort_by_address(struct symbols *symbols)
{
	struct keyed *lists;

	if (symbols->sorted)
		return true;
	if (symbols->nr_entries == 0)
		return false;
	lists = calloc(symbols->nr_entries, 2 * sizeof(*lists));
	symbols->sorted = lists && sort_into(symbols, lists);
	free(lists);
	return symbols->sorted;
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
		/* A label reaches up to the next symbol. */
		if (!symbol->size && nearest == end - 1)
			return true;
	}
	return false;
}

uint64_t symbols_room(struct symbols *symbols, uint64_t address)
{
	uint32_t next;

	if (!sort_by_address(symbols))
		return 0;
	next = nr_up_to(symbols, address);
	return next < symbols->nr_by_address ?
		       symbol_entry(symbols, symbols->by_address[next]).st_value -
			       address :
		       0;
}

bool symbols_at_in_section(const struct symbols *symbols, uint16_t section,
			   uint64_t address, struct symbol *symbol)
{
	for (uint32_t nr = 1; nr < symbols->nr_entries; nr++) {
		Elf64_Sym entry = symbol_entry(symbols, nr);

		if (entry.st_shndx != section || !symbol_is_thing(&entry) ||
		    address - entry.st_value >= entry.st_size)
			continue;
		symbol_fill(symbols, nr, symbol);
		return true;
	}
	return false;
}

/* --- completion --- */

static int compare_names(const void *one, const void *two)
{
	return strcmp(*(const char *const *)one, *(const char *const *)two);
}

static const char **names_with(const struct symbols *symbols,
			       const char *prefix, size_t *count)
{
	size_t length = strlen(prefix), room = 0;
	const char **names = NULL;

	*count = 0;
	for (uint32_t nr = 1; nr < symbols->nr_entries; nr++) {
		const char *name = symbol_name(symbols, nr);
		Elf64_Sym entry;

		if (!*name || strncmp(name, prefix, length) != 0)
			continue;
		entry = symbol_entry(symbols, nr);
		if (!symbol_is_thing(&entry))
			continue;
		if (*count == room) {
			const char **more;

			room = room ? 2 * room : 64;
			more = reallocarray(names, room, sizeof(*names));
			if (!more)
				break;
			names = more;
		}
		names[(*count)++] = name;
	}
	return names;
}

void symbol_names_visit(const char **names, size_t count,
			bool (*visit)(const char *name, void *arg), void *arg)
{
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && !strcmp(names[i - 1], names[i]))
			continue;
		if (!visit(names[i], arg))
			break;
	}
}

void symbols_complete(struct symbols *symbols, const char *prefix,
		      bool (*visit)(const char *name, void *arg), void *arg)
{
	size_t count;
	const char **names = names_with(symbols, prefix, &count);

	symbol_names_visit(names, count, visit, arg);
	free(names);
}
