/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "symbols/strings.h"

#include <string.h>

enum { PART = 4096 };

bool strings_open(struct strings *strings, struct bytes file, struct error *err)
{
	strings->file = file;
	strings->size = file.size;
	/* Although the area is large, unused parts take no memory: the system provides a zeroed
	 * page only when the page is first accessed. */
	strings->memory = calloc(1, file.size + 1 + PART);
	if (strings->memory)
		strings->own = strings->memory + PART - (uintptr_t)strings->memory % PART;
	strings->copied = calloc(file.size / PART + 1, sizeof(bool));
	return (strings->own && strings->copied) || out_of_memory(err);
}

static void copy_part(const struct strings *strings, size_t part)
{
	size_t start = part * PART, rest = strings->size - start;

	if (!strings->copied || strings->copied[part])
		return;
	memcpy(strings->own + start, strings->file.data + start, rest < PART ? rest : PART);
	strings->copied[part] = true;
}

const char *strings_at(const struct strings *strings, size_t offset)
{
	size_t limit = offset + MOST_NAME, end;

	if (offset >= strings->size)
		return "";
	limit = smaller_of(limit, strings->size + 1);
	for (size_t at = offset; at < limit; at = end) {
		end = (at / PART + 1) * PART;
		end = smaller_of(end, limit);
		copy_part(strings, at / PART);
		if (memchr(strings->own + at, '\0', end - at))
			return strings->own + offset;
	}
	return "";
}

const char *strings_peek(const struct strings *strings, size_t offset, char text[MOST_NAME])
{
	size_t limit = MOST_NAME;

	if (offset >= strings->size)
		return "";
	limit = smaller_of(limit, strings->size - offset);
	if (memccpy(text, strings_source(strings) + offset, '\0', limit))
		return text;
	text[limit - 1] = '\0';
	return limit < MOST_NAME ? text : "";
}
