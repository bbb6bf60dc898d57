/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "keep/blank.h"

#include <string.h>

#include "base/bytes.h"
#include "dump/parts.h"

enum { UNIT = 4, NR_UNITS = PAGE_BYTES / UNIT };

static bool printable(unsigned int byte)
{
	return (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\n';
}

/* --- runs of text --- */

/* The next run of printable bytes, of those in the mask unless it is NULL, from *first on. */
static bool next_run(const uint8_t *page, const uint8_t *mask,
		     unsigned int *first, unsigned int *end)
{
	unsigned int at = *first;

	while (at < PAGE_BYTES &&
	       !(printable(page[at]) && (!mask || mask_has(mask, at))))
		at++;
	*first = at;
	while (at < PAGE_BYTES && printable(page[at]) &&
	       (!mask || mask_has(mask, at)))
		at++;
	*end = at;
	return *first < PAGE_BYTES;
}

bool blank_text(const uint8_t page[PAGE_BYTES], uint8_t mask[PAGE_MASK_BYTES],
		unsigned int shortest)
{
	unsigned int first = 0, end;
	bool any = false;

	for (; next_run(page, mask, &first, &end); first = end) {
		if (end - first < shortest)
			continue;
		for (unsigned int at = first; at < end; at++)
			mask[at / 8] &= (uint8_t)~(1u << at % 8);
		any = true;
	}
	return any;
}

void blank_runs(uint8_t page[PAGE_BYTES], unsigned int shortest)
{
	unsigned int first = 0, end;

	for (; next_run(page, NULL, &first, &end); first = end)
		if (end - first >= shortest)
			memset(page + first, 0xbd, end - first);
}

/* --- words --- */

static bool in_range(const struct blank_range *range, uint64_t value)
{
	return value >= range->first && value <= range->last;
}

/* A pointer of four bytes has the look of text in an eight-bit code more often than by chance:
 * with three printable bytes it does not count. */
bool blank_is_pointer(const struct blank_rules *rules, uint64_t value)
{
	if (rules->word == 4 &&
	    (value % 4 ||
	     (printable(value & 0xff) && printable(value >> 8 & 0xff) &&
	      printable(value >> 16 & 0xff))))
		return false;
	if (rules->hidden.last && in_range(&rules->hidden, value))
		return false;
	for (unsigned int i = 0; i < rules->nr_ranges; i++)
		if (in_range(&rules->range[i], value))
			return true;
	return false;
}

bool blank_is_small(uint64_t value)
{
	return value < 0x10000 &&
	       !(printable(value & 0xff) && printable(value >> 8));
}

/* Is the unit a small number? One with a printable byte is none behind or before another, as the
 * end of a text has, or one of letters of two or four bytes. */
static bool is_number(const uint8_t *page, unsigned int at)
{
	uint32_t value = load_le32(page + at);
	bool letter = printable(value & 0xff) || printable(value >> 8 & 0xff);

	if (!blank_is_small(value))
		return false;
	if (!letter)
		return true;
	if (at == 0 || at == PAGE_BYTES - UNIT)
		return false;
	for (unsigned int i = at - UNIT; i < at; i++)
		if (printable(page[i]))
			return false;
	for (unsigned int i = at + UNIT; i < at + 2 * UNIT; i++)
		if (printable(page[i]))
			return false;
	return true;
}

static unsigned int sure_of(const uint8_t *sure, unsigned int at)
{
	return sure[at / 8] >> at % 8 & 0xf;
}

/* Sets a bit for each unit that stays. */
static void choose(const struct blank_rules *rules, const uint8_t *page,
		   bool stays[NR_UNITS])
{
	for (unsigned int i = 0; i < NR_UNITS; i++)
		stays[i] = !load_le32(page + i * UNIT) ||
			   is_number(page, i * UNIT);
	for (unsigned int at = 0; at < PAGE_BYTES; at += rules->word) {
		uint64_t value = load_le(page + at, rules->word);

		if (!value || !blank_is_pointer(rules, value))
			continue;
		for (unsigned int i = 0; i < rules->word; i += UNIT)
			stays[(at + i) / UNIT] = true;
	}
}

void blank_words(const struct blank_rules *rules,
		 const uint8_t sure[PAGE_MASK_BYTES], uint8_t page[PAGE_BYTES])
{
	bool stays[NR_UNITS];

	choose(rules, page, stays);
	for (unsigned int i = 0; i < NR_UNITS; i++) {
		unsigned int at = i * UNIT, known = sure_of(sure, at);

		if (known == 0xf)
			continue;
		if (!known) {
			if (!stays[i])
				store_le(page + at, PARTS_MARK, UNIT);
			continue;
		}
		for (unsigned int byte = 0; byte < UNIT; byte++)
			if (!(known >> byte & 1))
				page[at + byte] = 0;
	}
}
