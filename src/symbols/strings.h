/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The string table that contains the names of a file's symbols or types. The file may change while
 * it is mapped, but callers need strings that do not change. Therefore strings are copied before
 * they are used. The table is copied in parts, when they are needed, because most strings are never
 * used. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/error.h"
#include "symbols/symbol_names.h"

struct strings {
	struct bytes file; /* borrowed; the table in the file */
	char *memory; /* owned */
	char *own; /* the copy of the strings, which is a part of memory; a NUL follows it */
	/* Owned; true for each part that was already copied; NULL: all parts were copied. */
	bool *copied;
	size_t size; /* the size of the table, without the NUL after it */
};

/* *strings must be zeroed. Returns false if memory runs out. */
bool strings_open(struct strings *strings, struct bytes file, struct error *err);
/* *strings may be zeroed. */
static inline void strings_close(struct strings *strings)
{
	free(strings->memory);
	free(strings->copied);
}

/* Returns the string at offset. It is valid until strings_close(). Returns "" if offset is beyond
 * the end, or if the string has MOST_NAME bytes or more. This limit is necessary because strings
 * may overlap: in a hostile file, all of them could be as long as the file. */
const char *strings_at(const struct strings *strings, size_t offset);

/* Copies the string at offset to text. Returns the copy, or "" in the cases in which strings_at()
 * returns "". Searches use this function, because they read many strings that need not be kept in
 * memory. */
const char *strings_peek(const struct strings *strings, size_t offset, char text[MOST_NAME]);

/* Returns the strings in the file, or the copy if all parts were copied. */
static inline const uint8_t *strings_source(const struct strings *strings)
{
	return strings->copied ? strings->file.data : (const uint8_t *)strings->own;
}

/* Returns the first eight bytes of a string, for symbol_names_add(). The string is not copied.
 * Bytes beyond the end of the table are 0. */
static inline uint64_t strings_head(const struct strings *strings, size_t offset)
{
	uint8_t last[NAME_HEAD] = { 0 };

	if (__builtin_expect(range_within(offset, NAME_HEAD, strings->size), 1))
		return load_le64(strings_source(strings) + offset);
	if (offset < strings->size)
		memcpy(last, strings_source(strings) + offset, strings->size - offset);
	return load_le64(last);
}

/* Prefetches a string that will be read soon. Without this, a search would mostly wait for memory,
 * because the strings of neighbouring symbols are far apart. */
static inline void strings_soon(const struct strings *strings, size_t offset)
{
	if (offset < strings->size)
		__builtin_prefetch(strings_source(strings) + offset);
}
