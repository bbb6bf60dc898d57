/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "lines/cursor.h"

#include <dwarf.h>
#include <string.h>

#include "symbols/elf_file.h"

enum { LONGEST_STRING = 1 << 16, BYTES_A_STEP = 64 };

struct bytes lines_section(Elf *elf, const char *name)
{
	static const uint8_t nothing; /* a place, for cursors without bytes */
	Elf_Scn *section = elf_section(elf, name);
	GElf_Shdr header;
	Elf_Data *data;

	if (section && gelf_getshdr(section, &header) &&
	    header.sh_flags & SHF_COMPRESSED && elf_may_be_unpacked(elf))
		elf_compress(section, 0, 0);
	data = elf_section_data(elf, name);
	return data && data->d_buf ?
		       (struct bytes){ data->d_buf, data->d_size } :
		       (struct bytes){ &nothing, 0 };
}

struct cursor cursor_at(struct line_work *work, struct bytes bytes,
			uint64_t offset)
{
	if (offset > bytes.size)
		return (struct cursor){ .work = work, .bad = true };
	return (struct cursor){ bytes.data + offset, bytes.data + bytes.size,
				work, false };
}

void cursor_work(struct cursor *cursor, uint64_t steps)
{
	struct line_work *work = cursor->work;

	if (steps > work->steps ||
	    ((work->steps - steps) / STOP_STEPS != work->steps / STOP_STEPS &&
	     listener_stops(work->listener)))
		work->steps = 0;
	else
		work->steps -= steps;
	cursor->bad |= !work->steps;
}

size_t cursor_left(const struct cursor *cursor)
{
	return cursor->bad ? 0 : (size_t)(cursor->end - cursor->at);
}

void cursor_skip(struct cursor *cursor, uint64_t size)
{
	if (!cursor->bad)
		cursor_work(cursor, 1);
	if (size > cursor_left(cursor))
		cursor->bad = true;
	else
		cursor->at += size;
}

uint64_t cursor_number(struct cursor *cursor, size_t size)
{
	const uint8_t *at = cursor->at;

	cursor_skip(cursor, size);
	return cursor->bad ? 0 : load_le(at, size);
}

uint64_t cursor_leb(struct cursor *cursor, bool is_signed)
{
	uint64_t value = 0, byte = 0x80;
	unsigned int shift = 0;

	for (; byte & 0x80 && !cursor->bad; shift += 7) {
		byte = cursor_number(cursor, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
	}
	if (is_signed && shift < 64 && byte & 0x40)
		value |= -(UINT64_C(1) << shift);
	return value;
}

const char *cursor_string(struct cursor *cursor)
{
	const char *text = (const char *)cursor->at;
	size_t left = cursor_left(cursor), length;

	if (left > LONGEST_STRING)
		left = LONGEST_STRING;
	length = left ? strnlen(text, left) : 0;
	cursor_work(cursor, 1 + length / BYTES_A_STEP);
	if (length == left)
		cursor->bad = true;
	else
		cursor_skip(cursor, length + 1);
	return cursor->bad ? "" : text;
}

bool cursor_unit(struct cursor *cursor, struct cursor *unit)
{
	uint64_t length = cursor_number(cursor, 4);

	*unit = *cursor;
	cursor_skip(cursor, length);
	if (cursor->bad || length >= 0xfffffff0)
		return false;
	unit->end = unit->at + length;
	return true;
}

bool cursor_form(struct cursor *unit, uint64_t form, unsigned int width,
		 uint64_t *value)
{
	*value = 0;
	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		break;
	case DW_FORM_data1:
	case DW_FORM_flag:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		*value = cursor_number(unit, 1);
		break;
	case DW_FORM_data2:
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
		*value = cursor_number(unit, 2);
		break;
	case DW_FORM_data4:
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_sec_offset:
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
		*value = cursor_number(unit, 4);
		break;
	case DW_FORM_data8:
		*value = cursor_number(unit, 8);
		break;
	case DW_FORM_addr:
		*value = cursor_number(unit, width);
		break;
	case DW_FORM_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_rnglistx:
	case DW_FORM_loclistx:
		*value = cursor_leb(unit, false);
		break;
	case DW_FORM_sdata:
		*value = cursor_leb(unit, true);
		break;
	case DW_FORM_string:
		cursor_string(unit);
		break;
	case DW_FORM_data16:
		cursor_skip(unit, 16);
		break;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		cursor_skip(unit, cursor_leb(unit, false));
		break;
	default:
		return false;
	}
	return !unit->bad;
}
