/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Look-up by name in a numbered table of symbols: vmlinux's, a System.map's or
 * the kernel's own kallsyms. Most runs ask for a few names and exit: one pass
 * over the table answers the names asked most, one pass each answers the next
 * few, and only then is a hash index built.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

enum {
	MAX_KNOWN_NAMES = 96,
	NAME_SLOT_BITS = 11,
};

/* Of symbols with the same name the highest rank wins, then the lowest number. */
enum name_rank { NAME_OF_NOTHING, NAME_LOCAL, NAME_GLOBAL };

struct name_scan;

/* Access to a table, which is the first argument. */
struct name_table {
	/* NULL or "" if number nr has no name. Valid as long as the table. */
	const char *(*name)(void *table, uint32_t nr);
	enum name_rank (*rank)(void *table, uint32_t nr);
	/* Calls name_scan_found(), in ascending order of numbers, for each
	 * name whose first characters name_scan_wants() accepts. */
	void (*scan)(void *table, struct name_scan *scan);
};

/* A name that was looked up, with the result. */
struct known_name {
	const char *name;
	uint64_t head; /* name_word() of its first eight characters */
	uint32_t nr;
	enum name_rank rank; /* NAME_OF_NOTHING: not in the table */
	uint8_t next; /* 1 + index of the next one in its slot, or 0 */
};

/* The first three are set by the owner of the table, all else is zeroed. */
struct symbol_names {
	const struct name_table *functions;
	void *table; /* borrowed, must outlive this */
	uint32_t count; /* numbers run from 0 to count - 1 */
	/* The common names, which are static, then others, which are owned. */
	struct known_name known[MAX_KNOWN_NAMES];
	unsigned int nr_known;
	/* Hash index: 1 + the first number of each bucket, and 1 + the next
	 * number of the same bucket. Chained because kernels have thousands of
	 * symbols with the same name. NULL: not built. */
	uint32_t *bucket;
	uint32_t *next;
	unsigned int bucket_bits;
};

void symbol_names_free(struct symbol_names *names); /* may be zeroed */

/* The number of the symbol with exactly that name; false if there is none. */
bool symbol_names_find(struct symbol_names *names, const char *name,
		       uint32_t *nr);

/* Calls visit once for each distinct name that starts with prefix, in order of
 * strcmp(), until it returns false. */
void symbol_names_complete(const struct symbol_names *names, const char *prefix,
			   bool (*visit)(const char *name, void *arg),
			   void *arg);

/* --- for implementations of name_table.scan() --- */

/* A filter by the first eight characters of a name: all but a few symbols cost
 * one load and one multiplication. */
struct name_scan {
	struct known_name *known;
	uint8_t slot[1 << NAME_SLOT_BITS]; /* 1 + index of a known name, or 0 */
};

static inline uint64_t name_mix(uint64_t value)
{
	return value * 0x9e3779b97f4a7c15;
}

/* The first eight characters of a string, padded with zeroes. room: bytes that
 * may be read, including the terminating NUL. */
static inline uint64_t name_word(const char *at, size_t room)
{
	uint64_t word = 0, zero;

	if (room >= sizeof(word))
		memcpy(&word, at, sizeof(word));
	else
		memcpy(&word, at, room);
	word = le64toh(word);
	/* The lowest set bit marks the first zero byte. */
	zero = (word - 0x0101010101010101) & ~word & 0x8080808080808080;
	if (!zero)
		return word;
	return word & (((zero & -zero) >> 7) - 1);
}

static inline bool name_scan_wants(const struct name_scan *scan, uint64_t head)
{
	unsigned int nr = scan->slot[name_mix(head) >> (64 - NAME_SLOT_BITS)];

	while (nr && scan->known[nr - 1].head != head)
		nr = scan->known[nr - 1].next;
	return nr;
}

void name_scan_found(struct name_scan *scan, uint64_t head, const char *name,
		     enum name_rank rank, uint32_t nr);
