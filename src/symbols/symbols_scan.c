/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds symbols by name without an index, because an index of all symbols would take 16 bits for
 * each symbol. */
#include <stdlib.h>

#include "symbols/common_names.h"
#include "symbols/symbols_table.h"

enum {
	START = COMMON_NAME_START,
	PART = 2048, /* the number of symbols that a scan reads at once */
};

struct symbols_scan {
	struct awaited_names names;
	struct wanted {
		struct awaited_symbol found; /* the best symbol found so far */
		enum name_rank rank;
	} wanted[MOST_AWAITED];
};

const char *symbols_name_of(void *table, uint32_t nr, enum name_rank *rank)
{
	struct symbols *symbols = table;
	Elf64_Sym entry = symbol_entry(symbols, nr);
	const char *name =
		strings_peek(&symbols->strings, symbol_name_offset(symbols, nr), symbols->text);

	*rank = symbol_is_local(&entry) ? NAME_LOCAL : NAME_GLOBAL;
	return nr && *name && symbol_is_defined(&entry) && !symbol_is_mark(name) ? name : NULL;
}

static void scan_init(struct symbols_scan *scan, const char (*names)[COMMON_NAME_SIZE], size_t nr)
{
	awaited_names_init(&scan->names, names, nr);
	memset(scan->wanted, 0, sizeof(scan->wanted));
}

/* Do the bytes after the head of the string at offset belong to this name? The answer may be true if
 * later bytes differ. */
static bool continues_as(const struct strings *strings, size_t offset,
			 const char name[COMMON_NAME_SIZE])
{
	return name_head(strings_head(strings, offset + NAME_HEAD)) ==
	       load_le64((const uint8_t *)name + NAME_HEAD);
}

/* first: the number of symbol 0 */
static void symbols_scan_take(struct symbols *symbols, struct symbols_scan *scan, uint32_t nr,
			      uint32_t first)
{
	uint32_t offset = symbol_name_offset(symbols, nr);
	uint64_t head = name_head(strings_head(&symbols->strings, offset));
	uint8_t slot = awaited_names_slot(&scan->names, (uint32_t)head);
	const char *name = NULL;
	enum name_rank rank;

	for (; slot; slot = scan->names.next[slot - 1]) {
		struct wanted *wanted = &scan->wanted[slot - 1];

		if (scan->names.head[slot - 1] != head ||
		    (head >> 56 &&
		     !continues_as(&symbols->strings, offset, scan->names.names[slot - 1])))
			continue;
		if (!name)
			name = symbols_name_of(symbols, nr, &rank);
		if (!name)
			return;
		if (strcmp(scan->names.names[slot - 1], name) != 0)
			continue;
		wanted->found.several = wanted->found.nr;
		if (rank > wanted->rank) {
			wanted->found.nr = first + nr;
			wanted->found.entry = symbol_entry(symbols, nr);
			wanted->rank = rank;
		}
	}
}

/* Returns the number of the first symbol from nr on whose slot is in use, or the number of symbols if
 * there is none. The function writes no memory, and is compiled for each size of an entry, so that
 * the compiler can keep constant values in registers. */
static inline __attribute__((always_inline)) uint32_t
next_candidate_of(const struct symbols *symbols, const struct symbols_scan *scan, uint32_t nr,
		  size_t entry_size)
{
	const uint8_t *at = symbols->entries + nr * entry_size;
	const uint8_t *end = symbols->entries + symbols->nr_entries * entry_size;
	const uint8_t *names = strings_source(&symbols->strings);
	size_t size = symbols->strings.size;

	for (; at < end; at += entry_size) {
		uint64_t offset = name_offset_at(at);
		uint32_t start;

		if ((size_t)(end - at) > SOON * entry_size) /* any address may be prefetched */
			__builtin_prefetch((const void *)((uintptr_t)names +
							  name_offset_at(at + SOON * entry_size)));
		start = offset + START <= size ? load_le32(names + offset) :
						 strings_start(&symbols->strings, offset);
		if (awaited_names_slot(&scan->names, start))
			break;
	}
	return (uint32_t)((size_t)(at - symbols->entries) / entry_size);
}

static uint32_t next_candidate(const struct symbols *symbols, const struct symbols_scan *scan,
			       uint32_t nr)
{
	return symbols->entry_size == sizeof(Elf64_Sym) ?
		       next_candidate_of(symbols, scan, nr, sizeof(Elf64_Sym)) :
		       next_candidate_of(symbols, scan, nr, sizeof(Elf32_Sym));
}

/* Returns nr entries of the table, beginning with number `first`. They are read into buffer, because
 * pages of the mapping would take memory, and much more time than copies of them, although they are
 * needed only once. */
static const uint8_t *read_table_part(const struct symbols *symbols, uint32_t first, uint32_t nr,
				      uint8_t *buffer)
{
	const uint8_t *at = symbols->entries + first * symbols->entry_size;
	const struct file *file = symbols->file;

	if (file && buffer &&
	    file_read(file, (uint64_t)(at - file->bytes.data), buffer, nr * symbols->entry_size))
		return buffer;
	return at;
}

/* Scans the whole table, part by part. Entry 0 of each part is skipped: it is the last entry of the
 * part before, or the reserved entry. Returns false if the listener stopped the scan. */
static bool scan_parts(const struct symbols *symbols, struct symbols_scan *scan, uint8_t *buffer)
{
	struct symbols part = *symbols;
	uint32_t nr;

	for (uint32_t first = 0; first + 1 < symbols->nr_entries; first += part.nr_entries - 1) {
		if (listener_stops(symbols->names.listener))
			return false;
		part.nr_entries = (uint32_t)smaller_of(PART, symbols->nr_entries - first);
		part.entries = read_table_part(symbols, first, part.nr_entries, buffer);
		for (nr = 1; (nr = next_candidate(&part, scan, nr)) < part.nr_entries; nr++)
			symbols_scan_take(&part, scan, nr, first);
	}
	return true;
}

static bool symbols_scan_run(const struct symbols *symbols, struct symbols_scan *scan)
{
	uint8_t *buffer = symbols->file ? malloc(PART * symbols->entry_size) : NULL;
	bool done = scan_parts(symbols, scan, buffer);

	free(buffer);
	return done;
}

/* Keeps the results for the common names, which begin at `first` in the scan. If memory runs out,
 * they are not kept, and the next look-up repeats the scan. */
static void keep_awaited(struct symbols *symbols, const struct symbols_scan *scan, size_t first)
{
	struct awaited_symbol *awaited = calloc(nr_common_names, sizeof(*awaited));

	for (size_t i = 0; awaited && i < nr_common_names; i++)
		awaited[i] = scan->wanted[first + i].found;
	symbols->awaited = awaited;
}

/* Finds the common names. If the listener stops the scan, nothing is kept. */
static void find_awaited(struct symbols *symbols)
{
	struct symbols_scan scan;

	scan_init(&scan, common_names, nr_common_names);
	if (symbols_scan_run(symbols, &scan))
		keep_awaited(symbols, &scan, 0);
}

/* Finds a name that is not common. The same scan finds the common names, because commands that look
 * up other names need most of them. Returns false if the listener stopped the scan. */
static bool find_alone(struct symbols *symbols, struct lone_symbol *alone)
{
	char names[MOST_AWAITED][COMMON_NAME_SIZE];
	struct symbols_scan scan;

	memcpy(names[0], alone->name, sizeof(*names));
	memcpy(names[1], common_names, nr_common_names * sizeof(*names));
	scan_init(&scan, names, symbols->awaited ? 1 : 1 + nr_common_names);
	if (!symbols_scan_run(symbols, &scan))
		return false;
	alone->found = scan.wanted[0].found;
	if (!symbols->awaited)
		keep_awaited(symbols, &scan, 1);
	return true;
}

/* Like symbols_awaited(), for a name that is not common. */
static bool scan_alone(struct symbols *symbols, const char *name, struct awaited_symbol *found)
{
	size_t length = strnlen(name, COMMON_NAME_SIZE);
	struct lone_symbol *alone = symbols->alone;

	while (alone < symbols->alone + symbols->nr_alone && strcmp(alone->name, name) != 0)
		alone++;
	if (alone == symbols->alone + symbols->nr_alone) {
		if (symbols->names.mark || symbols->nr_alone == MOST_ALONE || length < START ||
		    length == COMMON_NAME_SIZE)
			return false;
		*alone = (struct lone_symbol){ 0 };
		memcpy(alone->name, name, length);
		if (!find_alone(symbols, alone))
			return false;
		symbols->nr_alone++;
	}
	*found = alone->found;
	return true;
}

bool symbols_awaited(struct symbols *symbols, const char *name, struct awaited_symbol *found)
{
	size_t nr = common_name_number(name);

	if (nr == nr_common_names)
		return scan_alone(symbols, name, found);
	if (!symbols->awaited && symbols->names.mark)
		return false;
	if (!symbols->awaited)
		find_awaited(symbols);
	*found = symbols->awaited ? symbols->awaited[nr] : (struct awaited_symbol){ 0 };
	return true;
}
