/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/*
 * Finds the tables of kallsyms in memory, without knowing any symbol.
 * scripts/kallsyms.c writes the tables in one of these orders. Each table is
 * aligned to the size of a pointer, or since 7.0 to four bytes (.balign in
 * output_label(); a081b5789255):
 *
 *   to 4.5     addresses, num_syms, names, markers, token_table, token_index
 *   from 4.6   offsets, relative_base, num_syms, names, markers, token_table,
 *              token_index (6.2 and 6.3: seqs_of_names after markers)
 *   from 6.4   num_syms, names, markers, token_table, token_index, offsets,
 *              relative_base, seqs_of_names (404bad70fcf7)
 *   from 7.0   the same without relative_base (a081b5789255)
 *
 * Kernels before 6.11 may be configured to have addresses instead of offsets.
 * The search first looks for the tokens of the ten digits, because the token
 * of a digit is always the digit itself. From there it finds token_index, and
 * going backwards the markers and the names. The markers are the offsets of
 * every 256th name, so they prove that the names were found.
 */
#include "symbols/kallsyms.h"

#include <string.h>

enum {
	LONGEST_TOKEN = KALLSYMS_LONGEST_NAME + 1,
	/* The most bytes of a coded name: two for the length, 512 for the tokens. */
	LONGEST_CODE = 514,
	/* Limits for the work on a hostile image. */
	MOST_CANDIDATES = 16,
	MOST_NAMES_SEEN = 16 * MOST_KALLSYMS,
	MOST_PLACES = 32,
};

struct kallsyms_search {
	struct kallsyms_image image;
	/* tokens, token_index, markers, names and nr_at are offsets in the image. */
	size_t tokens, token_index;
	size_t markers;
	unsigned int marker_size;
	uint32_t nr_markers;
	size_t names, nr_at;
	size_t align; /* the alignment of the tables: pointer_size or 4 */
	uint32_t nr;
	uint32_t names_seen;
	unsigned int places; /* the number of places that were tried */
	const struct listener *listener;
	bool stopped; /* by the listener, or because MOST_PLACES were tried */
	bool (*try)(const struct kallsyms_place *place, void *arg);
	void *arg;
};

static uint64_t kallsyms_search_load(const struct kallsyms_search *search, size_t at, size_t size)
{
	return load_le(search->image.bytes.data + at, size);
}

static size_t align_up(size_t at, size_t to)
{
	return (at + to - 1) & ~(to - 1);
}

/* Is the table at offset `index` the token_index of 256 tokens that start at offset `table`? */
static bool index_holds(struct bytes image, size_t table, size_t index)
{
	size_t at = table;

	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		size_t length;

		if (at >= index || load_le16(image.data + index + 2 * i) != at - table)
			return false;
		length = strnlen((const char *)image.data + at, index - at);
		if (length == index - at || length > LONGEST_TOKEN)
			return false;
		at += length + 1;
	}
	return true;
}

/* Tests whether the token "0", which has number 48, is at offset `zero`. Returns true if a
 * token_index that matches the tokens follows the last token. */
static bool tokens_at(struct kallsyms_search *search, size_t zero)
{
	struct bytes image = search->image.bytes;
	size_t at = zero;

	for (unsigned int i = '0'; i < KALLSYMS_TOKENS; i++) {
		size_t room = image.size - at;
		size_t length = strnlen((const char *)image.data + at,
					room < LONGEST_TOKEN ? room : LONGEST_TOKEN);

		if (length >= room || length == LONGEST_TOKEN)
			return false;
		at += length + 1;
	}
	for (size_t to = 1; to <= 16; to *= 2) {
		size_t index = align_up(at, to), first;

		if (!range_within(index, KALLSYMS_INDEX_SIZE, image.size))
			return false;
		first = load_le16(image.data + index + 2 * '0');
		if (first <= zero && index_holds(image, zero - first, index)) {
			search->tokens = zero - first;
			search->token_index = index;
			return true;
		}
	}
	return false;
}

/* --- addresses --- */

static bool kallsyms_search_try_place(const struct kallsyms_search *search,
				      enum kallsyms_encoding encoding, size_t values,
				      size_t values_size, uint64_t base)
{
	struct kallsyms_place place = {
		.nr = search->nr,
		.names = search->image.vaddr + search->names,
		.tokens = search->image.vaddr + search->tokens,
		.token_index = search->image.vaddr + search->token_index,
		.markers = search->image.vaddr + search->markers,
		.marker_size = (uint8_t)search->marker_size,
		.values = search->image.vaddr + values,
		.base = base,
		.encoding = encoding,
	};

	return range_within(values, values_size, search->image.bytes.size) &&
	       search->try(&place, search->arg);
}

static bool try_relative(const struct kallsyms_search *search, size_t values, size_t size,
			 size_t base_at)
{
	uint64_t base;

	if (!range_within(base_at, search->image.pointer_size, search->image.bytes.size))
		return false;
	base = kallsyms_search_load(search, base_at, search->image.pointer_size);
	return kallsyms_search_try_place(search, KALLSYMS_PERCPU, values, size, base) ||
	       kallsyms_search_try_place(search, KALLSYMS_RELATIVE, values, size, base);
}

/* Tries the place of the names with each place of the values. */
static bool try_values(struct kallsyms_search *search)
{
	size_t pointer = search->image.pointer_size;
	size_t offsets_size = align_up((size_t)search->nr * 4, search->align);
	size_t addresses_size = search->nr * pointer;
	size_t before = search->nr_at;
	size_t after = align_up(search->token_index + KALLSYMS_INDEX_SIZE, search->align);

	if (search->places++ == MOST_PLACES) {
		search->stopped = true;
		return false;
	}
	return (before >= pointer + offsets_size &&
		try_relative(search, before - pointer - offsets_size, offsets_size,
			     before - pointer)) ||
	       (before >= addresses_size &&
		kallsyms_search_try_place(search, KALLSYMS_ABSOLUTE, before - addresses_size,
					  addresses_size, 0)) ||
	       try_relative(search, after, offsets_size, after + offsets_size) ||
	       kallsyms_search_try_place(search, KALLSYMS_ABSOLUTE, after, addresses_size, 0) ||
	       kallsyms_search_try_place(search, KALLSYMS_PLACE, after, offsets_size, 0) ||
	       /* The values of i386 without CONFIG_RELOCATABLE are addresses, as if the base were
	        * 0. */
	       kallsyms_search_try_place(search, KALLSYMS_RELATIVE, after, offsets_size, 0);
}

/* --- markers --- */

/* Loads the marker at offset `at`. `before` is the value of the previous marker. Returns 0 if the
 * distance between the two values is not plausible. */
static uint64_t marker_after(const struct kallsyms_search *search, size_t at, uint64_t before)
{
	uint64_t marker = kallsyms_search_load(search, at, search->marker_size);

	/* The distance is the size of KALLSYMS_MARKED names. Each name takes at least two bytes. */
	if (marker < before + 2 * KALLSYMS_MARKED ||
	    marker > before + LONGEST_CODE * KALLSYMS_MARKED)
		return 0;
	return marker;
}

static uint32_t count_markers(const struct kallsyms_search *search, size_t first)
{
	uint32_t nr = 1;
	uint64_t marker = 0;
	size_t at = first + search->marker_size;

	while (at + search->marker_size <= search->tokens && nr < MOST_KALLSYMS / KALLSYMS_MARKED &&
	       (marker = marker_after(search, at, marker))) {
		nr++;
		at += search->marker_size;
	}
	return nr;
}

/* --- names --- */

/* Do the names that start at offset `names` agree with the second marker? search->try() compares
 * all markers. */
static bool names_hold(struct kallsyms_search *search, size_t names)
{
	struct bytes before = { search->image.bytes.data, search->markers };
	size_t second = search->markers + search->marker_size, at = names;

	search->names_seen += KALLSYMS_MARKED;
	search->stopped |= listener_stops_at(search->listener, search->names_seen);
	return search->names_seen <= MOST_NAMES_SEEN && !search->stopped &&
	       kallsyms_skip_codes(before, &at, KALLSYMS_MARKED) &&
	       kallsyms_search_load(search, second, search->marker_size) == at - names;
}

/* Tries the place of the names that start at offset `at`. Returns false if no names can start there,
 * or if search->try() refuses them. num_syms must be `align` bytes before the names. */
static bool try_names_at(struct kallsyms_search *search, size_t at, size_t align)
{
	uint64_t nr;

	if (at % align || at < align)
		return false;
	nr = kallsyms_search_load(search, at - align, 4);
	if (nr <= (search->nr_markers - 1) * (uint64_t)KALLSYMS_MARKED ||
	    nr > search->nr_markers * (uint64_t)KALLSYMS_MARKED || !names_hold(search, at))
		return false;
	search->names = at;
	search->nr_at = at - align;
	search->nr = (uint32_t)nr;
	search->align = align;
	return try_values(search);
}

static bool kallsyms_search_find_names(struct kallsyms_search *search)
{
	unsigned int step = 4;
	uint64_t last = kallsyms_search_load(search,
					     search->markers +
						     (search->nr_markers - 1) * search->marker_size,
					     search->marker_size);
	size_t at, end;

	if (last + 2 * step > search->markers)
		return false;
	at = (search->markers - last) & ~(size_t)(step - 1);
	end = at > LONGEST_CODE * KALLSYMS_MARKED ? at - LONGEST_CODE * KALLSYMS_MARKED : step;
	for (; at >= end && at >= step && !search->stopped; at -= step)
		/* If the alignment is eight, num_syms is followed by four zero bytes. */
		if (try_names_at(search, at, 4) ||
		    try_names_at(search, at, search->image.pointer_size))
			return true;
	return false;
}

/* Searches for markers of this size before the tokens, and for names before the markers. The limit
 * of candidates applies to each size separately, because the zero upper half of each 8-byte number
 * looks like the first 4-byte marker. */
static bool names_before_markers(struct kallsyms_search *search, unsigned int size)
{
	size_t at = search->tokens & ~(size_t)(size - 1), candidates = 0;

	search->marker_size = size;
	while (at >= size && !search->stopped) {
		at -= size;
		search->stopped = listener_stops_at(search->listener, at / size);
		if (kallsyms_search_load(search, at, size) || at + 2 * size > search->tokens ||
		    !marker_after(search, at + size, 0))
			continue;
		search->markers = at;
		search->nr_markers = count_markers(search, at);
		if (kallsyms_search_find_names(search))
			return true;
		if (++candidates == MOST_CANDIDATES)
			return false;
	}
	return false;
}

/* --- tokens --- */

/* Tries all tables of tokens whose digits lie from offset `from` to the offset `end`, exclusive. */
static bool try_tokens(struct kallsyms_search *search, size_t from, size_t end)
{
	static const char digits[] = "0\0"
				     "1\0"
				     "2\0"
				     "3\0"
				     "4\0"
				     "5\0"
				     "6\0"
				     "7\0"
				     "8\0"
				     "9";
	const uint8_t *data = search->image.bytes.data, *found;

	for (unsigned int i = 0; i < MOST_CANDIDATES && !search->stopped; i++) {
		found = memmem(data + from, end - from, digits, sizeof(digits));
		if (!found)
			return false;
		from = (size_t)(found - data);
		/* Markers of 4 bytes are tried first: markers have this size since 4.20
		 * (80ffbaa5b1bd). In older kernels they have the size of a pointer. */
		if (tokens_at(search, from) &&
		    (names_before_markers(search, 4) ||
		     (search->image.pointer_size == 8 && names_before_markers(search, 8))))
			return true;
		from++;
	}
	return false;
}

/* Are there numbers in ascending or descending order at offset `at`, like the offsets of symbols? */
static bool offsets_at(const struct kallsyms_search *search, size_t at)
{
	enum { SAMPLE = 64, MOST_SPREAD = SAMPLE << 16 };
	size_t ascending = 0, descending = 0;
	uint32_t first, last;

	if (!range_within(at, 4 * SAMPLE, search->image.bytes.size))
		return false;
	first = last = (uint32_t)kallsyms_search_load(search, at, 4);
	for (size_t i = 1; i < SAMPLE; i++) {
		uint32_t value = (uint32_t)kallsyms_search_load(search, at + 4 * i, 4);

		ascending += value >= last;
		descending += value <= last;
		last = value;
	}
	/* Equal numbers, such as zeros, are in both orders. */
	return (ascending == SAMPLE - 1 && last - first - 1 < MOST_SPREAD) ||
	       (descending == SAMPLE - 1 && first - last - 1 < MOST_SPREAD);
}

/* Since 4.6 and before 6.4, the tokens follow a long table of offsets, which is found by a few
 * samples. Returns an offset in this table, near its end, or 0 if none is found. */
static size_t find_offsets(const struct kallsyms_search *search)
{
	enum { SHORTEST_TABLE = 1 << 16, STEP = 1 << 12 };
	size_t at = 0;

	while (at < search->image.bytes.size && !offsets_at(search, at))
		at += SHORTEST_TABLE;
	if (at >= search->image.bytes.size)
		return 0;
	while (offsets_at(search, at + STEP))
		at += STEP;
	return at;
}

bool kallsyms_search(const struct kallsyms_image *image, const struct listener *listener,
		     bool (*try)(const struct kallsyms_place *place, void *arg), void *arg)
{
	struct kallsyms_search search = {
		.image = *image,
		.listener = listener,
		.try = try,
		.arg = arg,
	};
	size_t offsets = find_offsets(&search);

	return try_tokens(&search, offsets, image->bytes.size) ||
	       (offsets && try_tokens(&search, 0, offsets));
}
