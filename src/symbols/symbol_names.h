/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Look-up by name in a numbered table of symbols (vmlinux, System.map, kallsyms) or types. Each
 * name has a mark, which is a hash of its first eight characters. These characters can be decoded
 * quickly even if the name is compressed. Most sessions look up only a few names. So a search at
 * first compares the marks of all names, and reads the names whose marks are equal. If this becomes
 * too slow, whole names are hashed: after many searches, or when searches have read as many names
 * as the table has. The latter happens if many names start with the same characters. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/listener.h"

enum {
	NAME_HEAD = 8,
	MOST_UNHASHED = 1024, /* the number of searches after which whole names are hashed */
	MOST_NAME = 1024, /* longer names are ignored; KSYM_NAME_LEN is 512 since 6.1 */
	MOST_COMPLETED = 16 << 20, /* the most bytes that all names with one prefix may have */
	RECENT_NAMES = 64,
};

/* If several symbols have the same name, a search finds the symbol with the highest rank. If
 * several have this rank, it finds the symbol with the lowest number. */
enum name_rank { NAME_OF_NOTHING, NAME_LOCAL, NAME_GLOBAL };

/* Returns the name of symbol nr and sets *rank. Returns NULL if the symbol has no name. The name is
 * valid until the next call. */
typedef const char *name_getter(void *table, uint32_t nr, enum name_rank *rank);

#define NO_SYMBOL UINT32_MAX

struct symbol_names {
	name_getter *get;
	void *table; /* the first argument of get; borrowed, must outlive this struct */
	uint32_t count; /* the symbols have the numbers 0 to count - 1 */
	uint16_t *mark; /* owned; the mark of each symbol; 0: no name */
	struct whole_name {
		/* The number of the best symbol with this name, plus 1; 0: the slot is free. */
		uint32_t nr;
		uint32_t hash;
	} * whole; /* owned; NULL until whole names are hashed */
	/* The names that were searched for recently, each in the slot of its hash. They save
	 * searches, because some names are looked up again for each CPU or object, and many of
	 * them are names that this kernel does not have. */
	struct recent_name {
		char name[32];
		/* nr: NO_SYMBOL: there is no symbol with this name. count: symbol_names.count at
		 * the time of the search; 0: the slot is free. */
		uint32_t nr, count;
	} recent[RECENT_NAMES];
	/* The number of names that all searches have read. Each search also adds count /
	 * MOST_UNHASHED, so that `searched` reaches count after MOST_UNHASHED searches at the
	 * latest. */
	uint64_t searched;
	/* The number of slots of `whole`, a power of two. */
	size_t nr_wholes;
	/* Borrowed, may be NULL. Long searches ask it whether to stop. A search that was stopped
	 * finds nothing. */
	const struct listener *listener;
};

/* Prepares *names, which must be zeroed. Afterwards the caller must add all symbols that have a
 * name. If the caller adds them in ascending order, it may set count to 0, increase count with each
 * symbol, and search between the additions. */
bool symbol_names_init(struct symbol_names *names, name_getter *get, void *table, uint32_t count);
/* *names may be zeroed. */
static inline void symbol_names_free(struct symbol_names *names)
{
	free(names->mark);
	free(names->whole);
}

/* Clears the bytes after the first NUL of a name. `head` contains the first NAME_HEAD bytes of the
 * name, as a little-endian number. */
static inline uint64_t name_head(uint64_t head)
{
	uint64_t zero = (head - 0x0101010101010101) & ~head & 0x8080808080808080;

	/* the lowest set bit of `zero` is in the first zero byte of head */
	return zero ? head & (((zero & -zero) >> 7) - 1) : head;
}

static inline uint64_t name_head_of(const char *name)
{
	char head[NAME_HEAD] = { 0 };

	memcpy(head, name, strnlen(name, sizeof(head)));
	return load_le64(head);
}

/* Returns the mark of a name, which is never 0. `head` is as described at name_head(). */
static inline uint16_t name_mark(uint64_t head)
{
	uint16_t mark = (uint16_t)(name_head(head) * 0x9e3779b97f4a7c15 >> 48);

	return mark ? mark : 1;
}

static inline void symbol_names_add(struct symbol_names *names, uint32_t nr, uint64_t head)
{
	names->mark[nr] = name_mark(head);
}

/* Calls visit for each symbol that has exactly this name, in descending order of numbers, until
 * visit returns false. */
void symbol_names_each(struct symbol_names *names, const char *name,
		       bool (*visit)(uint32_t nr, enum name_rank rank, void *arg), void *arg);

/* Finds the best symbol that has exactly this name, and sets *nr to its number. Returns false if
 * there is no such symbol. */
bool symbol_names_find(struct symbol_names *names, const char *name, uint32_t *nr);

/* Calls visit once for each distinct name that starts with prefix, in the order of strcmp(), until
 * visit returns false. If these names have more than MOST_COMPLETED bytes together, visit is never
 * called. */
void symbol_names_complete(const struct symbol_names *names, const char *prefix,
			   bool (*visit)(const char *name, void *arg), void *arg);
