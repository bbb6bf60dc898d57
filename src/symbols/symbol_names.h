/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Look-up by name in a numbered table of symbols (vmlinux, System.map, kallsyms) or types. Each
 * name has a mark, a number computed from its first eight characters. These characters are cheap to
 * decode even if the name is compressed. Most sessions look up only a few names, and each search
 * compares the marks. Whole names are hashed after many searches, or when the searches have read as
 * many names as the table has. A table may have many names with the same start. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/listener.h"

enum {
	NAME_HEAD = 8,
	MOST_UNHASHED = 64, /* number of searches before whole names are hashed */
	MOST_NAME = 1024, /* longer names are ignored; KSYM_NAME_LEN is 512 since 6.1 */
	MOST_COMPLETED = 16 << 20, /* limit for the bytes of all names with one prefix */
	RECENT_NAMES = 16,
};

/* If several symbols have the same name, the symbol of the highest rank is found, and among equal
 * ranks the symbol with the lowest number. */
enum name_rank { NAME_OF_NOTHING, NAME_LOCAL, NAME_GLOBAL };

/* Returns the name of symbol nr and sets its rank, or returns NULL if the symbol has no name. The
 * name is valid until the next call. */
typedef const char *name_getter(void *table, uint32_t nr, enum name_rank *rank);

struct symbol_names {
	name_getter *get;
	void *table; /* first argument of get; borrowed, must outlive this struct */
	uint32_t count; /* numbers are 0 to count - 1 */
	uint16_t *mark; /* owned; mark of each symbol; 0: no name */
	struct whole_name {
		uint32_t nr; /* 1 + number of the best symbol with the name; 0: free */
		uint32_t hash;
	} * whole; /* owned; NULL while searches are few */
	/* Recently found names, each in the slot of its hash, because some names are looked up
	 * again for each CPU. */
	struct recent_name {
		char name[32];
		uint32_t nr, count; /* count: count of symbol_names at that time; 0: free slot */
	} recent[RECENT_NAMES];
	/* Number of names that all searches have read. Each search also adds count / MOST_UNHASHED,
	 * so that MOST_UNHASHED searches reach count. */
	uint64_t searched;
	/* Number of slots in whole, a power of two. */
	size_t nr_wholes;
	/* Borrowed, may be NULL. Determines when to stop. A search that is stopped finds
	 * nothing. */
	const struct listener *listener;
};

/* Prepares names, which must be zeroed. After this call, add all symbols that have a name. A caller
 * that adds them in ascending order may set count to 0, increase count, and search between the
 * additions. */
bool symbol_names_init(struct symbol_names *names, name_getter *get, void *table, uint32_t count,
		       struct error *err);
void symbol_names_free(struct symbol_names *names); /* may be zeroed */

/* Clears the bytes after the first NUL. head: the first NAME_HEAD bytes of a name as a
 * little-endian number. */
static inline uint64_t name_head(uint64_t head)
{
	uint64_t zero = (head - 0x0101010101010101) & ~head & 0x8080808080808080;

	/* the lowest set bit of zero marks the first zero byte of head */
	return zero ? head & (((zero & -zero) >> 7) - 1) : head;
}

static inline uint64_t name_head_of(const char *name)
{
	char head[NAME_HEAD] = { 0 };

	memcpy(head, name, strnlen(name, sizeof(head)));
	return load_le64(head);
}

/* The mark of a name, which is never 0. head: as for name_head(). */
static inline uint16_t name_mark(uint64_t head)
{
	uint16_t mark = (uint16_t)(name_head(head) * 0x9e3779b97f4a7c15 >> 48);

	return mark ? mark : 1;
}

static inline void symbol_names_add(struct symbol_names *names, uint32_t nr, uint64_t head)
{
	names->mark[nr] = name_mark(head);
}

/* Calls visit with the number of each symbol that has exactly this name, in descending order, until
 * visit returns false. */
void symbol_names_each(struct symbol_names *names, const char *name,
		       bool (*visit)(uint32_t nr, enum name_rank rank, void *arg), void *arg);

/* Finds the number of the best symbol that has exactly this name. Returns false if there is
 * none. */
bool symbol_names_find(struct symbol_names *names, const char *name, uint32_t *nr);

/* Calls visit once for each distinct name that starts with prefix, in the order of strcmp(), until
 * visit returns false. Does not call visit at all if these names have more than MOST_COMPLETED
 * bytes. */
void symbol_names_complete(const struct symbol_names *names, const char *prefix,
			   bool (*visit)(const char *name, void *arg), void *arg);
