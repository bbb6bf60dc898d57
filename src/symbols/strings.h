/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The string table with the names of a file's symbols or types. The file may change while it is
 * mapped, but callers rely on strings that do not change. So strings are copied before they are
 * read. The table is copied in parts on demand, because most strings are never needed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"
#include "symbols/symbol_names.h"

struct strings {
	struct bytes file; /* borrowed */
	char *memory; /* owned */
	char *own; /* the copy of the file's strings, in memory, with a NUL after it */
	bool *copied; /* owned; true for each part that was copied; NULL: all parts were copied */
	size_t size; /* without the NUL at the end */
};

/* strings must be zeroed. Returns false if there is not enough memory. */
bool strings_open(struct strings *strings, struct bytes file, struct error *err);
void strings_close(struct strings *strings); /* may be zeroed */

/* Returns the string at offset, valid until strings_close(). Returns "" if offset is beyond the
 * end, or if the string has MOST_NAME bytes or more. Strings may overlap, so without this limit all
 * of them could be as long as the file. */
const char *strings_at(const struct strings *strings, size_t offset);

/* Copies the string at offset to text, without keeping it in strings. Used by searches, which read
 * many strings. */
const char *strings_peek(const struct strings *strings, size_t offset, char text[MOST_NAME]);

/* The strings in the file, or their copy if all parts were copied. */
static inline const uint8_t *strings_source(const struct strings *strings)
{
	return strings->copied ? strings->file.data : (const uint8_t *)strings->own;
}

/* Returns the first eight bytes of a string, for symbol_names_add(), without keeping the string in
 * memory. Returns 0 beyond the end. */
static inline uint64_t strings_head(const struct strings *strings, size_t offset)
{
	uint8_t last[NAME_HEAD] = { 0 };

	if (__builtin_expect(range_within(offset, NAME_HEAD, strings->size), 1))
		return load_le64(strings_source(strings) + offset);
	if (offset < strings->size)
		memcpy(last, strings_source(strings) + offset, strings->size - offset);
	return load_le64(last);
}

/* Like strings_head(), but returns the first four bytes. */
static inline uint32_t strings_start(const struct strings *strings, size_t offset)
{
	if (__builtin_expect(range_within(offset, 4, strings->size), 1))
		return load_le32(strings_source(strings) + offset);
	return (uint32_t)strings_head(strings, offset);
}

/* Prefetches a string that will be read soon. The strings of neighbouring symbols are far apart,
 * and a search mostly waits for memory. */
static inline void strings_soon(const struct strings *strings, size_t offset)
{
	if (offset < strings->size)
		__builtin_prefetch(strings_source(strings) + offset);
}
