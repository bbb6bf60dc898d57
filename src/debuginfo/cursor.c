/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/cursor.h"

#include <dwarf.h>
#include <string.h>

enum { LONGEST_STRING = 1 << 16, BYTES_A_STEP = 64 };

struct cursor cursor_at(struct line_work *work, struct bytes bytes, uint64_t offset)
{
	if (offset > bytes.size)
		return (struct cursor){ .work = work, .bad = true };
	return (struct cursor){ bytes.data + offset, bytes.data + bytes.size, work, false };
}

void cursor_work(struct cursor *cursor, uint64_t steps)
{
	struct line_work *work = cursor->work;

	if (!work)
		return;
	if (steps > work->steps ||
	    ((work->steps - steps) / STOP_STEPS != work->steps / STOP_STEPS &&
	     listener_stops(work->listener)))
		work->steps = 0;
	else
		work->steps -= steps;
	cursor->bad |= !work->steps;
}

void cursor_skip(struct cursor *cursor, uint64_t size)
{
	if (!cursor->bad)
		cursor_work(cursor, 1);
	if (size > cursor_left(cursor))
		cursor->bad = true;
	else if (size) /* a bad cursor may have no bytes, and no pointer */
		cursor->at += size;
}

uint64_t cursor_number(struct cursor *cursor, size_t size)
{
	const uint8_t *at = cursor->at;

	cursor_skip(cursor, size);
	return cursor->bad ? 0 : load_le(at, size);
}

uint64_t cursor_leb_rest(struct cursor *cursor, uint64_t byte, bool is_signed)
{
	uint64_t value = byte & 0x7f;
	unsigned int shift = 7;

	for (; byte & 0x80 && !cursor->bad; shift += 7) {
		byte = cursor_byte(cursor);
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

	left = smaller_of(left, LONGEST_STRING);
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

bool cursor_value(struct cursor *cursor, uint64_t form, unsigned int width, struct value *value)
{
	enum { NONE = 0x80, LEB, SIGNED_LEB, LONG, TEXT, BLOCK, ADDRESS };
	/* clang-format off */
	static const uint8_t sizes[] = {
		[DW_FORM_flag_present] = NONE, [DW_FORM_implicit_const] = NONE,
		[DW_FORM_data1] = 1, [DW_FORM_flag] = 1, [DW_FORM_strx1] = 1, [DW_FORM_addrx1] = 1,
		[DW_FORM_data2] = 2, [DW_FORM_strx2] = 2, [DW_FORM_addrx2] = 2,
		[DW_FORM_data4] = 4, [DW_FORM_strx4] = 4, [DW_FORM_addrx4] = 4, [DW_FORM_strp] = 4,
		[DW_FORM_line_strp] = 4, [DW_FORM_strp_sup] = 4, [DW_FORM_sec_offset] = 4,
		[DW_FORM_data8] = 8, [DW_FORM_addr] = ADDRESS, [DW_FORM_data16] = LONG,
		[DW_FORM_udata] = LEB, [DW_FORM_strx] = LEB, [DW_FORM_addrx] = LEB,
		[DW_FORM_rnglistx] = LEB, [DW_FORM_loclistx] = LEB, [DW_FORM_sdata] = SIGNED_LEB,
		[DW_FORM_string] = TEXT, [DW_FORM_block] = BLOCK, [DW_FORM_exprloc] = BLOCK,
	};
	/* clang-format on */
	uint8_t size = form < sizeof(sizes) ? sizes[form] : 0;

	*value = (struct value){ form, 0, NULL };
	if (form == DW_FORM_GNU_strp_alt)
		size = 4;
	switch (size) {
	case 0: return false;
	case NONE: break;
	case LEB:
	case SIGNED_LEB: value->number = cursor_leb(cursor, size == SIGNED_LEB); break;
	case TEXT: value->text = cursor_string(cursor); break;
	case BLOCK: cursor_skip(cursor, cursor_leb(cursor, false)); break;
	case LONG: cursor_skip(cursor, 16); break;
	default: value->number = cursor_number(cursor, size == ADDRESS ? width : size);
	}
	return !cursor->bad;
}
