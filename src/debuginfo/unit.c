/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/sort.h"
#include "base/text.h"
#include "symbols/elf_file.h"

static struct bytes section(Elf *elf, const char *name)
{
	static const uint8_t nothing; /* gives cursors without bytes a valid pointer */
	Elf_Scn *found = elf_section(elf, name);
	GElf_Shdr header;
	Elf_Data *data;

	if (found && gelf_getshdr(found, &header) && header.sh_flags & SHF_COMPRESSED &&
	    elf_may_be_unpacked(elf))
		elf_compress(found, 0, 0);
	data = elf_section_data(elf, name);
	return data ? (struct bytes){ data->d_buf, data->d_size } : (struct bytes){ &nothing, 0 };
}

struct debug_info debug_info_of(Elf *elf, int fd, struct line_work *work)
{
	struct debug_info debug = {
		.lines = section(elf, ".debug_line"),
		.aranges = section(elf, ".debug_aranges"),
		.info = section(elf, ".debug_info"),
		.abbrev = section(elf, ".debug_abbrev"),
		.ranges = section(elf, ".debug_ranges"),
		.rnglists = section(elf, ".debug_rnglists"),
		.addr = section(elf, ".debug_addr"),
		.str = section(elf, ".debug_str"),
		.line_str = section(elf, ".debug_line_str"),
		.str_offsets = section(elf, ".debug_str_offsets"),
		.work = work,
		.fd = -1,
	};
	size_t size;
	const char *file = elf_rawfile(elf, &size);

	debug.info_at = (uintptr_t)debug.info.data - (uintptr_t)file;
	if (file && range_within(debug.info_at, debug.info.size, size))
		debug.fd = fd;
	return debug;
}

/* --- attributes --- */

/* Moves the cursor to the attributes of the abbreviation with this code. Returns false if there is
 * no such abbreviation. */
static bool find_abbreviation(struct cursor *abbreviations, uint64_t wanted)
{
	uint64_t code, name, form;

	while ((code = cursor_leb(abbreviations, false))) {
		cursor_leb(abbreviations, false); /* skip the tag */
		cursor_number(abbreviations, 1); /* skip the flag for children */
		if (code == wanted)
			return !abbreviations->bad;
		do {
			name = cursor_leb(abbreviations, false);
			form = cursor_leb(abbreviations, false);
			if (form == DW_FORM_implicit_const)
				cursor_leb(abbreviations, true);
		} while ((name || form) && !abbreviations->bad);
	}
	return false;
}

static void read_attributes(struct cursor entry, struct cursor attributes, struct unit *unit)
{
	if (!find_abbreviation(&attributes, cursor_leb(&entry, false)))
		return;
	while (!attributes.bad) {
		uint64_t name = cursor_leb(&attributes, false);
		uint64_t form = cursor_leb(&attributes, false);
		struct value value;

		if (form == DW_FORM_implicit_const)
			cursor_leb(&attributes, true);
		if (!name || !cursor_value(&entry, form, unit->width, &value))
			return;
		if (name <= DW_AT_rnglists_base)
			unit->of[name] = value;
	}
}

/* Skips a unit: *offset is the start of a unit in .debug_info, and becomes its end. Returns false
 * if no unit is left. The function reads with pread(), and not using the mapping, because one page
 * fault for each unit of a kernel would take 12 ms. */
static bool unit_skip(const struct debug_info *debug, uint64_t *offset)
{
	struct cursor info = cursor_at(debug->work, debug->info, *offset);
	uint8_t length[4];
	uint64_t size;

	if (cursor_left(&info) < sizeof(length))
		return false;
	/* If pread() fails or is interrupted, the mapped file contains the same bytes. */
	if (debug->fd >= 0 && pread(debug->fd, length, sizeof(length),
				    (off_t)(debug->info_at + *offset)) == sizeof(length))
		size = load_le32(length);
	else
		size = load_le32(info.at);
	cursor_skip(&info, sizeof(length) + size);
	*offset += sizeof(length) + size;
	return !info.bad && size < 0xfffffff0;
}

bool unit_read(const struct debug_info *debug, uint64_t offset, struct unit *unit)
{
	struct cursor info = cursor_at(debug->work, debug->info, offset), entry;
	uint64_t abbreviations, type = DW_UT_compile;

	*unit = (struct unit){ .width = 0 };
	if (!cursor_left(&info) || !cursor_unit(&info, &entry))
		return false;
	unit->version = cursor_number(&entry, 2);
	if (unit->version == 5) {
		type = cursor_number(&entry, 1);
		unit->width = cursor_number(&entry, 1);
		abbreviations = cursor_number(&entry, 4);
	} else {
		abbreviations = cursor_number(&entry, 4);
		unit->width = cursor_number(&entry, 1);
	}
	if (unit->version >= 2 && unit->version <= 5 && type == DW_UT_compile &&
	    (unit->width == 4 || unit->width == 8))
		read_attributes(entry, cursor_at(debug->work, debug->abbrev, abbreviations), unit);
	return true;
}

/* Reads entry number nr of a table. `start` is an attribute of the unit, which contains the offset
 * at which the unit's entries start. size is the size of an entry. */
static uint64_t table_entry(const struct debug_info *debug, struct bytes table,
			    const struct value *start, uint64_t nr, unsigned int size)
{
	struct cursor at = cursor_at(debug->work, table, start->number);

	if (nr > table.size)
		return 0;
	cursor_skip(&at, nr * size);
	return cursor_number(&at, size);
}

/* --- addresses --- */

static uint64_t indexed(const struct debug_info *debug, const struct unit *unit, uint64_t nr)
{
	return table_entry(debug, debug->addr, &unit->of[DW_AT_addr_base], nr, unit->width);
}

static uint64_t address_of(const struct debug_info *debug, const struct unit *unit,
			   const struct value *value)
{
	return value->form == DW_FORM_addr || !value->form ? value->number :
							     indexed(debug, unit, value->number);
}

static bool unit_is_address(uint64_t form)
{
	return form == DW_FORM_addr || form == DW_FORM_addrx ||
	       (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4);
}

/* An address range from a list of ranges. It may be empty. Offsets in the list are relative to
 * base. */
struct range {
	uint64_t base, start, end;
};

/* Reads the next entry of a list in .debug_ranges (DWARF 3 and 4). Returns false at the end of the
 * list. */
static bool next_old_range(const struct unit *unit, struct cursor *list, struct range *range)
{
	uint64_t start = cursor_number(list, unit->width);
	uint64_t end = cursor_number(list, unit->width);

	if (start == (unit->width == 4 ? UINT32_MAX : UINT64_MAX))
		*range = (struct range){ .base = end };
	else
		*range = (struct range){ range->base, range->base + start, range->base + end };
	return start || end;
}

/* Reads the next entry of a list in .debug_rnglists (DWARF 5). Returns false at the end of the
 * list. */
static bool unit_next_range(const struct debug_info *debug, const struct unit *unit,
			    struct cursor *list, struct range *range)
{
	uint64_t kind = cursor_number(list, 1);

	range->start = range->end = 0;
	switch (kind) {
	case DW_RLE_base_addressx:
		range->base = indexed(debug, unit, cursor_leb(list, false));
		break;
	case DW_RLE_startx_endx:
		range->start = indexed(debug, unit, cursor_leb(list, false));
		range->end = indexed(debug, unit, cursor_leb(list, false));
		break;
	case DW_RLE_startx_length:
		range->start = indexed(debug, unit, cursor_leb(list, false));
		range->end = range->start + cursor_leb(list, false);
		break;
	case DW_RLE_offset_pair:
		range->start = range->base + cursor_leb(list, false);
		range->end = range->base + cursor_leb(list, false);
		break;
	case DW_RLE_base_address: range->base = cursor_number(list, unit->width); break;
	case DW_RLE_start_end:
		range->start = cursor_number(list, unit->width);
		range->end = cursor_number(list, unit->width);
		break;
	case DW_RLE_start_length:
		range->start = cursor_number(list, unit->width);
		range->end = range->start + cursor_leb(list, false);
		break;
	default: /* DW_RLE_end_of_list */ return false;
	}
	return !list->bad;
}

static bool unit_each_listed(const struct debug_info *debug, const struct unit *unit,
			     bool (*visit)(uint64_t start, uint64_t end, void *arg), void *arg)
{
	const struct value *ranges = &unit->of[DW_AT_ranges];
	struct range range = {
		.base = address_of(debug, unit, &unit->of[DW_AT_low_pc]),
	};
	uint64_t offset = ranges->number;
	bool old = unit->version < 5;
	struct cursor list;

	if (ranges->form == DW_FORM_rnglistx)
		offset = unit->of[DW_AT_rnglists_base].number +
			 table_entry(debug, debug->rnglists, &unit->of[DW_AT_rnglists_base], offset,
				     4);
	list = cursor_at(debug->work, old ? debug->ranges : debug->rnglists, offset);
	while (old ? next_old_range(unit, &list, &range) :
		     unit_next_range(debug, unit, &list, &range))
		if (range.start < range.end && !visit(range.start, range.end, arg))
			return false;
	return true;
}

/* Calls visit for each address range of a unit, until visit returns false. Returns false if visit
 * returned false. */
static bool unit_each_range(const struct debug_info *debug, const struct unit *unit,
			    bool (*visit)(uint64_t start, uint64_t end, void *arg), void *arg)
{
	const struct value *low = &unit->of[DW_AT_low_pc];
	const struct value *high = &unit->of[DW_AT_high_pc];
	uint64_t start, end;

	if (unit->of[DW_AT_ranges].form)
		return unit_each_listed(debug, unit, visit, arg);
	if (!low->form || !high->form)
		return true;
	start = address_of(debug, unit, low);
	end = unit_is_address(high->form) ? address_of(debug, unit, high) : start + high->number;
	return start >= end || visit(start, end, arg);
}

/* --- names --- */

const char *unit_text(const struct debug_info *debug, const struct unit *unit,
		      const struct value *value)
{
	struct bytes section = debug->str;
	uint64_t offset = value->number;
	struct cursor at;

	switch (value->form) {
	case DW_FORM_string: return value->text;
	case DW_FORM_strp: break;
	case DW_FORM_line_strp: section = debug->line_str; break;
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx4:
		offset = table_entry(debug, debug->str_offsets, &unit->of[DW_AT_str_offsets_base],
				     offset, 4);
		break;
	default: /* not a text, or a text in a supplementary file */ return "";
	}
	at = cursor_at(debug->work, section, offset);
	return cursor_string(&at);
}

const char *unit_below(const char *folder, const char *path)
{
	size_t length = strlen(folder);

	if (length && !strncmp(path, folder, length) && path[length] == '/')
		path += length + 1;
	return starts_with(path, "./") ? path + 2 : path;
}

/* --- the index of units --- */

/* The most ranges in the index. A kernel has a hundred thousand ranges if each function has its own
 * section. */
enum { MOST_CODES = 1 << 22 };

/* After this number of look-ups, the codes are sorted. Most sessions need one or two, and for them
 * all codes are compared, which takes a tenth of the time. */
enum { MOST_UNSORTED = 4 };

struct unit_code {
	uint64_t start, size, unit;
};

static bool add_code(struct unit_index *index, uint64_t start, uint64_t size, uint64_t unit)
{
	struct unit_code code = { start, size, unit };

	return !size || (index->nr < MOST_CODES &&
			 array_add(&index->codes, &index->nr, &index->room, &code, sizeof(code)));
}

/* --- units in .debug_aranges, which has either all code of a unit or none of it --- */

/* Reads the header of a set of ranges: the unit to which the set belongs, and the number of bytes
 * of an address. Returns false if the header is damaged or unknown. */
static bool set_begin(struct cursor *set, uint64_t *unit, size_t *width)
{
	const uint8_t *begin = set->at - 4;
	uint64_t version = cursor_number(set, 2);

	*unit = cursor_number(set, 4);
	*width = cursor_number(set, 1);
	if (version != 2 || cursor_number(set, 1) != 0 || (*width != 4 && *width != 8))
		return false;
	cursor_skip(set, -(uint64_t)(set->at - begin) % (2 * *width));
	return true;
}

static bool add_indexed(struct unit_index *index, const struct debug_info *debug)
{
	struct cursor all = cursor_at(debug->work, debug->aranges, 0), set;
	uint64_t unit;
	size_t width, nr;

	while (cursor_left(&all) && cursor_unit(&all, &set)) {
		if (!set_begin(&set, &unit, &width))
			continue;
		nr = cursor_left(&set) / (2 * width);
		cursor_work(&set, 2 * nr);
		for (; nr && !set.bad; nr--, set.at += 2 * width)
			if (!add_code(index, load_le(set.at, width), load_le(set.at + width, width),
				      unit))
				return false;
	}
	return true;
}

/* Returns the unit of the next set, or UINT64_MAX if no set is left. */
static uint64_t next_indexed(struct cursor *all)
{
	struct cursor set;
	uint64_t unit;
	size_t width;

	while (cursor_left(all) && cursor_unit(all, &set))
		if (set_begin(&set, &unit, &width))
			return unit;
	return UINT64_MAX;
}

/* --- units that are missing in .debug_aranges: for C, only gcc writes this section --- */

struct adding {
	struct unit_index *index;
	uint64_t unit;
};

static bool add_range(uint64_t start, uint64_t end, void *arg)
{
	const struct adding *adding = arg;

	return add_code(adding->index, start, end - start, adding->unit);
}

/* Adds the units that are missing in .debug_aranges. The function expects that the sets are in the
 * order of the units, because linkers write them in this order. If the order is different, the
 * result is the same, but more units are read. */
static bool add_lacking(struct unit_index *index, const struct debug_info *debug)
{
	struct cursor all = cursor_at(debug->work, debug->aranges, 0);
	uint64_t indexed = next_indexed(&all), next = 0;
	struct adding adding = { index, 0 };
	struct unit unit;

	for (; unit_skip(debug, &next); adding.unit = next) {
		while (indexed < adding.unit)
			indexed = next_indexed(&all);
		if (indexed != adding.unit && unit_read(debug, adding.unit, &unit) &&
		    unit.of[DW_AT_stmt_list].form &&
		    !unit_each_range(debug, &unit, add_range, &adding))
			return false;
	}
	return true;
}

/* --- all units --- */

static int compare_codes(const void *one, const void *two)
{
	const struct unit_code *left = one, *right = two;

	return (left->start > right->start) - (left->start < right->start);
}

/* The index cannot be completed, so it is emptied. Returns false. */
static bool unit_index_fail(struct unit_index *index, const struct debug_info *debug)
{
	index->nr = 0;
	index->has = NO_UNITS;
	/* Later look-ups fail at once, because they would fail here again. */
	debug->work->steps = 0;
	return false;
}

/* Extends the index: the first call adds the units in .debug_aranges, and the second call all other
 * units. If the index cannot be completed, empties it and returns false. */
static bool index_units(struct unit_index *index, const struct debug_info *debug)
{
	bool (*add)(struct unit_index *, const struct debug_info *) =
		index->has == NO_UNITS ? add_indexed : add_lacking;
	size_t before = index->nr;

	if (!add(index, debug) || !debug->work->steps)
		return unit_index_fail(index, debug);
	index->sorted = index->sorted && index->nr == before;
	index->has++;
	return true;
}

static const struct unit_code *code_in_list(const struct unit_index *index, uint64_t address)
{
	const struct unit_code *best = NULL;

	for (size_t i = 0; i < index->nr; i++) {
		const struct unit_code *code = &index->codes[i];

		if (code->start <= address && (!best || code->start >= best->start))
			best = code;
	}
	return best;
}

/* Is the code at index `at` the last code that starts at or below the address? */
static bool is_last_below(const struct unit_index *index, size_t at, uint64_t address)
{
	return at < index->nr && index->codes[at].start <= address &&
	       (at + 1 == index->nr || index->codes[at + 1].start > address);
}

static const struct unit_code *code_in_sorted(struct unit_index *index, uint64_t address)
{
	if (!is_last_below(index, index->last, address))
		index->last = ARRAY_SEARCH(i, 0, index->nr, index->codes[i].start <= address) - 1;
	return index->last < index->nr ? &index->codes[index->last] : NULL;
}

static bool sort_codes(struct unit_index *index, const struct debug_info *debug)
{
	index->sorted = sort_items(index->codes, index->nr, sizeof(*index->codes), compare_codes,
				   debug->work->listener);
	return index->sorted || unit_index_fail(index, debug);
}

static bool find_code(struct unit_index *index, uint64_t address, uint64_t *unit)
{
	const struct unit_code *code =
		index->sorted ? code_in_sorted(index, address) : code_in_list(index, address);

	if (!code || address - code->start >= code->size)
		return false;
	*unit = code->unit;
	return true;
}

bool unit_index_find(struct unit_index *index, const struct debug_info *debug, uint64_t address,
		     uint64_t *unit)
{
	if (!index->sorted && index->nr_unsorted++ >= MOST_UNSORTED && !sort_codes(index, debug))
		return false;
	while (!find_code(index, address, unit))
		if (index->has == ALL_UNITS || !index_units(index, debug))
			return false;
	return true;
}

void unit_index_free(struct unit_index *index)
{
	free(index->codes);
}
