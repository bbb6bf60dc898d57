/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "lines/unit.h"

#include <dwarf.h>
#include <string.h>

#include "base/text.h"

struct debug_info debug_info_of(Elf *elf, struct line_work *work)
{
	return (struct debug_info){
		.lines = lines_section(elf, ".debug_line"),
		.aranges = lines_section(elf, ".debug_aranges"),
		.info = lines_section(elf, ".debug_info"),
		.abbrev = lines_section(elf, ".debug_abbrev"),
		.ranges = lines_section(elf, ".debug_ranges"),
		.rnglists = lines_section(elf, ".debug_rnglists"),
		.addr = lines_section(elf, ".debug_addr"),
		.str = lines_section(elf, ".debug_str"),
		.line_str = lines_section(elf, ".debug_line_str"),
		.str_offsets = lines_section(elf, ".debug_str_offsets"),
		.work = work,
	};
}

/* --- attributes --- */

/* Moves to the attributes of an abbreviation. */
static bool find_abbreviation(struct cursor *abbreviations, uint64_t wanted)
{
	uint64_t code, name, form;

	while ((code = cursor_leb(abbreviations, false))) {
		cursor_leb(abbreviations, false); /* tag */
		cursor_number(abbreviations, 1); /* has children */
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

static void keep(struct unit *unit, uint64_t name,
		 const struct unit_value *value)
{
	switch (name) {
	case DW_AT_stmt_list:
		unit->lines = *value;
		break;
	case DW_AT_low_pc:
		unit->low = *value;
		break;
	case DW_AT_high_pc:
		unit->high = *value;
		break;
	case DW_AT_ranges:
		unit->ranges = *value;
		break;
	case DW_AT_name:
		unit->name = *value;
		break;
	case DW_AT_comp_dir:
		unit->folder = *value;
		break;
	case DW_AT_rnglists_base:
		unit->ranges_base = value->number;
		break;
	case DW_AT_addr_base:
		unit->addr_base = value->number;
		break;
	case DW_AT_str_offsets_base:
		unit->strings_base = value->number;
		break;
	}
}

static void read_attributes(struct cursor entry, struct cursor attributes,
			    struct unit *unit)
{
	if (!find_abbreviation(&attributes, cursor_leb(&entry, false)))
		return;
	while (!attributes.bad) {
		uint64_t name = cursor_leb(&attributes, false);
		struct unit_value value = {
			.form = cursor_leb(&attributes, false),
			.text = (const char *)entry.at,
		};

		if (value.form == DW_FORM_implicit_const)
			cursor_leb(&attributes, true);
		if (!name || !cursor_form(&entry, value.form, unit->width,
					  &value.number))
			return;
		keep(unit, name, &value);
	}
}

bool unit_read(struct debug_info *debug, uint64_t *offset, struct unit *unit)
{
	struct cursor info = cursor_at(debug->work, debug->info, *offset), entry;
	uint64_t abbreviations, type = DW_UT_compile;

	*unit = (struct unit){ .width = 0 };
	if (!cursor_left(&info) || !cursor_unit(&info, &entry))
		return false;
	*offset = (uint64_t)(info.at - debug->info.data);
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
		read_attributes(entry,
				cursor_at(debug->work, debug->abbrev,
					  abbreviations),
				unit);
	return true;
}

/* --- which addresses it has --- */

static uint64_t indexed(const struct debug_info *debug, const struct unit *unit,
			uint64_t index)
{
	struct cursor at = cursor_at(debug->work, debug->addr, unit->addr_base);

	if (index > debug->addr.size)
		return 0;
	cursor_skip(&at, index * unit->width);
	return cursor_number(&at, unit->width);
}

static uint64_t address_of(const struct debug_info *debug,
			   const struct unit *unit,
			   const struct unit_value *value)
{
	return value->form == DW_FORM_addr || !value->form ?
		       value->number :
		       indexed(debug, unit, value->number);
}

static bool is_address(uint64_t form)
{
	return form == DW_FORM_addr || form == DW_FORM_addrx ||
	       (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4);
}

/* .debug_ranges, of DWARF 3 and 4 */
static bool in_old_list(struct debug_info *debug, const struct unit *unit,
			uint64_t address)
{
	struct cursor list = cursor_at(debug->work, debug->ranges, unit->ranges.number);
	uint64_t base = address_of(debug, unit, &unit->low);
	uint64_t escape = unit->width == 4 ? UINT32_MAX : UINT64_MAX;

	while (cursor_left(&list)) {
		uint64_t start = cursor_number(&list, unit->width);
		uint64_t end = cursor_number(&list, unit->width);

		if (!start && !end)
			break;
		if (start == escape)
			base = end;
		else if (address >= base + start && address < base + end)
			return true;
	}
	return false;
}

/* One entry of .debug_rnglists. False: the list ends. */
static bool next_range(const struct debug_info *debug, const struct unit *unit,
		       struct cursor *list, uint64_t *base, uint64_t range[2])
{
	uint64_t kind = cursor_number(list, 1);

	range[0] = range[1] = 0;
	switch (kind) {
	case DW_RLE_base_addressx:
		*base = indexed(debug, unit, cursor_leb(list, false));
		break;
	case DW_RLE_startx_endx:
		range[0] = indexed(debug, unit, cursor_leb(list, false));
		range[1] = indexed(debug, unit, cursor_leb(list, false));
		break;
	case DW_RLE_startx_length:
		range[0] = indexed(debug, unit, cursor_leb(list, false));
		range[1] = range[0] + cursor_leb(list, false);
		break;
	case DW_RLE_offset_pair:
		range[0] = *base + cursor_leb(list, false);
		range[1] = *base + cursor_leb(list, false);
		break;
	case DW_RLE_base_address:
		*base = cursor_number(list, unit->width);
		break;
	case DW_RLE_start_end:
		range[0] = cursor_number(list, unit->width);
		range[1] = cursor_number(list, unit->width);
		break;
	case DW_RLE_start_length:
		range[0] = cursor_number(list, unit->width);
		range[1] = range[0] + cursor_leb(list, false);
		break;
	default: /* DW_RLE_end_of_list */
		return false;
	}
	return !list->bad;
}

static bool in_list(struct debug_info *debug, const struct unit *unit,
		    uint64_t address)
{
	uint64_t base = address_of(debug, unit, &unit->low), range[2];
	uint64_t offset = unit->ranges.number;
	struct cursor list;

	if (unit->ranges.form == DW_FORM_rnglistx) {
		struct cursor table =
			cursor_at(debug->work, debug->rnglists, unit->ranges_base);

		if (offset > debug->rnglists.size)
			return false;
		cursor_skip(&table, 4 * offset);
		offset = unit->ranges_base + cursor_number(&table, 4);
	}
	list = cursor_at(debug->work, debug->rnglists, offset);
	while (next_range(debug, unit, &list, &base, range))
		if (address >= range[0] && address < range[1])
			return true;
	return false;
}

bool unit_covers(struct debug_info *debug, const struct unit *unit,
		 uint64_t address)
{
	uint64_t low;

	if (unit->ranges.form)
		return unit->version < 5 ? in_old_list(debug, unit, address) :
					   in_list(debug, unit, address);
	if (!unit->low.form || !unit->high.form)
		return false;
	low = address_of(debug, unit, &unit->low);
	return is_address(unit->high.form) ?
		       address >= low &&
			       address < address_of(debug, unit, &unit->high) :
		       address - low < unit->high.number;
}

/* --- its name --- */

static const char *text_at(const struct debug_info *debug, struct bytes section,
			   uint64_t offset)
{
	struct cursor at = cursor_at(debug->work, section, offset);

	return cursor_string(&at);
}

static const char *text_of(const struct debug_info *debug,
			   const struct unit *unit,
			   const struct unit_value *value)
{
	struct cursor offsets;

	switch (value->form) {
	case DW_FORM_string:
		return value->text;
	case DW_FORM_strp:
		return text_at(debug, debug->str, value->number);
	case DW_FORM_line_strp:
		return text_at(debug, debug->line_str, value->number);
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx4:
		if (value->number > debug->str_offsets.size)
			return "";
		offsets = cursor_at(debug->work, debug->str_offsets, unit->strings_base);
		cursor_skip(&offsets, 4 * value->number);
		return text_at(debug, debug->str, cursor_number(&offsets, 4));
	default: /* none, or in a supplementary file */
		return "";
	}
}

const char *unit_below(const struct debug_info *debug, const struct unit *unit,
		       const char *path)
{
	const char *folder = text_of(debug, unit, &unit->folder);
	size_t length = strlen(folder);

	if (length && !strncmp(path, folder, length) && path[length] == '/')
		path += length + 1;
	return starts_with(path, "./") ? path + 2 : path;
}

const char *unit_name(const struct debug_info *debug, const struct unit *unit)
{
	return unit_below(debug, unit, text_of(debug, unit, &unit->name));
}
