/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void text_append(char *text, size_t size, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + used, size - used, fmt, args);
	va_end(args);
}

const char *after_any(const char *text, const char *starts)
{
	for (;; starts++) {
		const char *at = text;

		for (; *starts && *starts != '|' && *at == *starts; at++)
			starts++;
		if (!*starts || *starts == '|')
			return at;
		starts = strchrnul(starts, '|');
		if (!*starts)
			return NULL;
	}
}

const char *after_mark(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	return at ? at + strlen(mark) : NULL;
}

const char *after_any_mark(const char *text, const char *marks)
{
	for (size_t size; *marks; marks += size + (marks[size] == '|')) {
		size = (size_t)(strchrnul(marks, '|') - marks);
		for (const char *at = text; (at = strchr(at, *marks)); at++)
			if (!strncmp(at, marks, size))
				return at + size;
	}
	return NULL;
}

bool text_place(const char *text, const char *const *texts, size_t nr, size_t *place)
{
	for (*place = 0; *place < nr; ++*place)
		if (!strcmp(text, texts[*place]))
			return true;
	return false;
}

bool is_one_of(const char *text, const char *const *texts, size_t nr)
{
	size_t place;

	return text_place(text, texts, nr, &place);
}

bool text_list_has_part(const char *list, const char *word, size_t size)
{
	const char *end;

	for (; list && *list && size; list = end + (*end == ' ')) {
		end = strchrnul(list, ' ');
		if ((size_t)(end - list) == size && !memcmp(list, word, size))
			return true;
	}
	return false;
}

bool text_list_has(const char *list, const char *word)
{
	return text_list_has_part(list, word, strlen(word));
}

enum { LONGEST_COMPARED = 64 };

static unsigned int text_least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Computes the optimal string alignment distance. The algorithm uses a table, of which only three
 * rows are kept: the current row and the two previous rows. */
unsigned int text_distance(const char *one, const char *other, unsigned int most)
{
	size_t m = strnlen(one, LONGEST_COMPARED + 1);
	size_t n = strnlen(other, LONGEST_COMPARED + 1);
	unsigned int rows[3][LONGEST_COMPARED + 1], nearest = 0;

	if (m > LONGEST_COMPARED || n > LONGEST_COMPARED || m > n + most || n > m + most)
		return most + 1;
	for (unsigned int k = 0; k <= n; k++)
		rows[0][k] = k;
	for (unsigned int i = 1; i <= m && nearest <= most; i++) {
		unsigned int *row = rows[i % 3], *up = rows[(i + 2) % 3],
			     *above = rows[(i + 1) % 3];

		row[0] = nearest = i;
		for (unsigned int k = 1; k <= n; k++) {
			bool same = one[i - 1] == other[k - 1];

			row[k] = text_least(text_least(up[k], row[k - 1]) + 1, up[k - 1] + !same);
			if (i > 1 && k > 1 && one[i - 1] == other[k - 2] &&
			    one[i - 2] == other[k - 1])
				row[k] = text_least(row[k], above[k - 2] + 1);
			nearest = text_least(nearest, row[k]);
		}
	}
	return nearest > most ? most + 1 : text_least(rows[m % 3][n], most + 1);
}

void near_name_try(struct near_name *near, const char *name)
{
	unsigned int distance = text_distance(near->name, name, near->most);

	/* At least one letter must be the same. */
	if (distance > near->most || (near->nearest && !near->most) ||
	    distance == strlen(near->name))
		return;
	near->nearest = name;
	near->most = distance - !!distance;
}

unsigned int format_count(char *to, uint64_t value)
{
	char digits[DECIMAL_DIGITS_MAX];
	unsigned int first = sizeof(digits);

	do {
		digits[--first] = '0' + value % 10;
		value /= 10;
	} while (value);
	memcpy(to, digits + first, sizeof(digits) - first);
	return sizeof(digits) - first;
}

size_t text_bytes(char text[TEXT_BYTES_MAX], uint64_t value)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	enum { LARGEST = 4, MOST = 100000 };
	unsigned int unit = 0;
	uint64_t tenths;
	size_t size;

	for (; unit < LARGEST && value && value % 1024 == 0; unit++)
		value /= 1024;
	if (value < MOST || unit == LARGEST) {
		size = format_count(text, value);
	} else {
		for (unit++; unit < LARGEST && value >> 10 >= 1024; unit++)
			value >>= 10;
		tenths = (value / 1024 * 10) + (value % 1024 * 10 + 512) / 1024;
		size = format_count(text, tenths / 10);
		text[size++] = '.';
		size += format_count(text + size, tenths % 10);
	}
	text[size++] = ' ';
	strcpy(text + size, units[unit]);
	return size + strlen(units[unit]);
}
