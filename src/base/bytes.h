/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Loads from and stores to unaligned memory, and a range test without overflow. */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that another struct owns. data may be NULL if size is 0. */
struct bytes {
	const uint8_t *data;
	size_t size;
};

/* Contiguous bytes that are borrowed where they are contiguous, in a dump for example, and else a
 * copy. */
struct view {
	struct bytes bytes; /* valid until view_close() */
	void *owned; /* NULL if the bytes are borrowed */
};

static inline void view_close(struct view *view) /* *view may be zeroed */
{
	free(view->owned);
	*view = (struct view){ 0 };
}

/* Is [offset, offset + length) within [0, size]? The test cannot overflow. */
static inline bool range_within(uint64_t offset, uint64_t length, uint64_t size)
{
	return offset <= size && length <= size - offset;
}

static inline uint64_t smaller_of(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

static inline uint64_t larger_of(uint64_t one, uint64_t other)
{
	return one < other ? other : one;
}

static inline uint16_t load_le16(const void *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return le16toh(value);
}

static inline uint32_t load_le32(const void *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static inline uint64_t load_le64(const void *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

static inline uint32_t load_be32(const void *at)
{
	return __builtin_bswap32(load_le32(at));
}

static inline uint64_t load_be64(const void *at)
{
	return __builtin_bswap64(load_le64(at));
}

static inline bool bytes_are_zero(const uint8_t *bytes, size_t size)
{
	return !size || (!bytes[0] && !memcmp(bytes, bytes + 1, size - 1));
}

/* Loads a little-endian number of size bytes: 1, 2, 4 or 8. */
static inline uint64_t load_le(const void *at, size_t size)
{
	switch (size) {
	case 1: return *(const uint8_t *)at;
	case 2: return load_le16(at);
	case 4: return load_le32(at);
	default: return load_le64(at);
	}
}

/* Stores the lowest bytes of value in little-endian order. size is the number of bytes, from 1 to
 * 8. */
static inline void store_le(void *at, uint64_t value, size_t size)
{
	value = htole64(value);
	memcpy(at, &value, size);
}
