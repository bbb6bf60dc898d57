/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/blank.h"

#include <string.h>

#include "base/bytes.h"
#include "dump/parts.h"

enum { UNIT = 4, NR_UNITS = PAGE_BYTES / UNIT };

static bool printable(unsigned int byte)
{
	return (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\n';
}

/* --- runs of text --- */

/* Finds the next run of printable bytes, from byte *first on. *end is exclusive. If mask is not
 * NULL, only bytes whose mask bits are set belong to a run. */
static bool blank_next_run(const uint8_t *page, const uint8_t *mask, unsigned int *first,
			   unsigned int *end)
{
	unsigned int at = *first;

	while (at < PAGE_BYTES && !(printable(page[at]) && (!mask || mask_has(mask, at))))
		at++;
	*first = at;
	while (at < PAGE_BYTES && printable(page[at]) && (!mask || mask_has(mask, at)))
		at++;
	*end = at;
	return *first < PAGE_BYTES;
}

bool blank_text(const uint8_t page[PAGE_BYTES], uint8_t mask[PAGE_MASK_BYTES],
		unsigned int shortest)
{
	unsigned int first = 0, end;
	bool any = false;

	for (; blank_next_run(page, mask, &first, &end); first = end) {
		if (end - first < shortest)
			continue;
		for (unsigned int at = first; at < end; at++)
			mask[at / 8] &= (uint8_t) ~(1u << at % 8);
		any = true;
	}
	return any;
}

void blank_runs(uint8_t page[PAGE_BYTES], unsigned int shortest)
{
	unsigned int first = 0, end;

	for (; blank_next_run(page, NULL, &first, &end); first = end)
		if (end - first >= shortest)
			memset(page + first, 0xbd, end - first);
}

/* --- words --- */

static bool in_range(const struct byte_range *range, uint64_t value)
{
	return value >= range->first && value <= range->last;
}

/* Four bytes of text in an 8-bit encoding often look like a 4-byte pointer. So a 4-byte value whose
 * three low bytes are printable never counts as a pointer. */
bool blank_is_pointer(const struct blank_rules *rules, uint64_t value)
{
	if (rules->word == 4 &&
	    (value % 4 || (printable(value & 0xff) && printable(value >> 8 & 0xff) &&
			   printable(value >> 16 & 0xff))))
		return false;
	if (rules->hidden.last && in_range(&rules->hidden, value))
		return false;
	for (unsigned int i = 0; i < rules->nr_ranges; i++)
		if (in_range(&rules->range[i], value))
			return true;
	return false;
}

/* Returns true if the byte can be part of a letter, in an encoding that uses one or more bytes for
 * each letter. */
static bool may_be_letter(uint64_t byte)
{
	return (byte & 0xff) >= 0x20;
}

bool blank_is_small(uint64_t value)
{
	return value < 0x10000 && !(may_be_letter(value) && may_be_letter(value >> 8));
}

enum unit { UNIT_TEXT, UNIT_LETTER, UNIT_NARROW_POINTER, UNIT_NUMBER, UNIT_ZERO, UNIT_POINTER };

static enum unit unit_of(uint32_t value)
{
	if (!value)
		return UNIT_ZERO;
	if (!blank_is_small(value))
		return UNIT_TEXT;
	return may_be_letter(value) || may_be_letter(value >> 8) ? UNIT_LETTER : UNIT_NUMBER;
}

/* Classifies each unit of four bytes. A 4-byte pointer becomes UNIT_NARROW_POINTER if it may also
 * be text in an encoding with letters above 0xc0. */
static void find_units(const struct blank_rules *rules, const uint8_t *page,
		       enum unit units[NR_UNITS])
{
	for (unsigned int i = 0; i < NR_UNITS; i++)
		units[i] = unit_of(load_le32(page + i * UNIT));
	for (unsigned int at = 0; at < PAGE_BYTES; at += rules->word) {
		uint64_t value = load_le(page + at, rules->word);
		bool letters = rules->word == UNIT && may_be_letter(value) &&
			       may_be_letter(value >> 8) && may_be_letter(value >> 16);

		if (!value || !blank_is_pointer(rules, value))
			continue;
		for (unsigned int i = 0; i < rules->word; i += UNIT)
			units[(at + i) / UNIT] = letters ? UNIT_NARROW_POINTER : UNIT_POINTER;
	}
}

/* Returns true if unit i stays. UNIT_LETTER stays only if both neighbours are numbers, zeros or
 * UNIT_POINTER. If a neighbour may be text, the letter may be the end of a text, or one of several
 * letters with two or four bytes each. UNIT_NARROW_POINTER stays in the same cases, and also if a
 * neighbour is UNIT_NARROW_POINTER. At the start and the end of the page both are removed, because
 * text may continue on another page. */
static bool blank_stays(const enum unit units[NR_UNITS], unsigned int i)
{
	enum unit most = units[i] == UNIT_LETTER ? UNIT_NARROW_POINTER : UNIT_LETTER;

	if (units[i] == UNIT_TEXT || units[i] > UNIT_NARROW_POINTER)
		return units[i] != UNIT_TEXT;
	return i && i < NR_UNITS - 1 && units[i - 1] > most && units[i + 1] > most;
}

void blank_words(const struct blank_rules *rules, const uint8_t sure[PAGE_MASK_BYTES],
		 uint8_t page[PAGE_BYTES])
{
	enum unit units[NR_UNITS];

	find_units(rules, page, units);
	for (unsigned int i = 0; i < NR_UNITS; i++) {
		unsigned int at = i * UNIT, known = sure[at / 8] >> at % 8 & 0xf;

		if (known == 0xf)
			continue;
		if (!known) {
			if (!blank_stays(units, i))
				store_le(page + at, PARTS_MARK, UNIT);
			continue;
		}
		for (unsigned int byte = 0; byte < UNIT; byte++)
			if (!(known >> byte & 1))
				page[at + byte] = 0;
	}
}
