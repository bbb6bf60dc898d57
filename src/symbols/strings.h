/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The table of strings with the names of symbols or types of a file. The file may change while
 * it is mapped, but each offset must remain the offset of a string. So strings are copied before
 * they are read; in parts, as most strings are never needed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"
#include "symbols/symbol_names.h"

struct strings {
	struct bytes file; /* borrowed */
	char *memory; /* owned */
	char *own; /* in memory: the part of the file that was copied, and a NUL after it */
	bool *copied; /* owned; of each part; NULL: all is */
	size_t size; /* without that NUL */
};

/* strings is zeroed. False: out of memory. */
bool strings_open(struct strings *strings, struct bytes file, struct error *err);
void strings_close(struct strings *strings); /* may be zeroed */

/* Valid until strings_close(). "" beyond the end, and for a string of MOST_NAME bytes or more:
 * strings may share their bytes, so all could be as long as the file. */
const char *strings_at(const struct strings *strings, size_t offset);

/* Copies the same string to text: for a search through many strings, which are not kept. */
const char *strings_peek(const struct strings *strings, size_t offset, char text[MOST_NAME]);

/* The place of the bytes before they are copied. */
static inline const uint8_t *strings_source(const struct strings *strings)
{
	return strings->copied ? strings->file.data : (const uint8_t *)strings->own;
}

/* The start of a string, for symbol_names_add(); not kept either. 0 beyond the end. */
static inline uint64_t strings_head(const struct strings *strings, size_t offset)
{
	uint8_t last[NAME_HEAD] = { 0 };

	if (__builtin_expect(range_within(offset, NAME_HEAD, strings->size), 1))
		return load_le64(strings_source(strings) + offset);
	if (offset < strings->size)
		memcpy(last, strings_source(strings) + offset, strings->size - offset);
	return load_le64(last);
}

/* The first four bytes of the same. */
static inline uint32_t strings_start(const struct strings *strings, size_t offset)
{
	if (__builtin_expect(range_within(offset, 4, strings->size), 1))
		return load_le32(strings_source(strings) + offset);
	return (uint32_t)strings_head(strings, offset);
}

/* Strings that are soon asked for: in the order of a table they are far from each other,
 * and waiting for memory is most of the time that it takes to go through them. */
static inline void strings_soon(const struct strings *strings, size_t offset)
{
	if (offset < strings->size)
		__builtin_prefetch(strings_source(strings) + offset);
}
