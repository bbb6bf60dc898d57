/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Look-up by name in a numbered table of symbols (vmlinux, System.map, kallsyms) or types. Each
 * name has a mark, computed from its first eight characters, which are cheap to decode from a
 * compressed name. Most sessions look up only a few names: such a search compares marks. After many
 * searches, or when searches have read as many names as there are, whole names are hashed: a file
 * may have many names with the same start. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/listener.h"

enum {
	NAME_HEAD = 8,
	MOST_UNHASHED = 64, /* number of searches */
	MOST_NAME = 1024, /* longer names are ignored; KSYM_NAME_LEN is 512 since 6.1 */
	MOST_COMPLETED = 16 << 20, /* limit for the bytes of all names with one prefix */
	RECENT_NAMES = 16,
};

/* Of several symbols with one name the highest rank counts, then the lowest number. */
enum name_rank { NAME_OF_NOTHING, NAME_LOCAL, NAME_GLOBAL };

/* Returns the name of symbol nr and sets its rank; NULL: it has no name. Valid until the next
 * call. */
typedef const char *name_getter(void *table, uint32_t nr, enum name_rank *rank);

struct symbol_names {
	name_getter *get;
	void *table; /* first argument of get; borrowed, must outlive this struct */
	uint32_t count; /* numbers are 0 to count - 1 */
	uint16_t *mark; /* owned; mark of each symbol; 0: no name */
	struct whole_name {
		uint32_t nr; /* 1 + number of the best symbol with the name; 0: free */
		uint32_t hash;
	} * whole; /* owned; NULL until searches took too long */
	/* Names that were found, each in the slot of its hash: some are wanted for each CPU. */
	struct recent_name {
		char name[32];
		uint32_t nr, count; /* count of the table at that time; 0: free */
	} recent[RECENT_NAMES];
	/* Names that searches have read; each search also adds count / MOST_UNHASHED. */
	uint64_t searched;
	/* Number of slots, a power of two. */
	size_t nr_wholes;
	/* Borrowed, may be NULL. Decides whether to stop; a stopped search finds nothing. */
	const struct listener *listener;
};

/* names must be zeroed. Afterwards add all symbols with a name. A caller that adds them in
 * ascending order may set count to 0, increase it, and search in between. */
bool symbol_names_init(struct symbol_names *names, name_getter *get, void *table, uint32_t count,
		       struct error *err);
void symbol_names_free(struct symbol_names *names); /* may be zeroed */

/* The first NAME_HEAD bytes of a name as a little-endian number; bytes after the NUL of a shorter
 * name become 0. */
static inline uint64_t name_head(uint64_t head)
{
	uint64_t zero = (head - 0x0101010101010101) & ~head & 0x8080808080808080;

	/* the lowest set bit of zero marks the first zero byte */
	return zero ? head & (((zero & -zero) >> 7) - 1) : head;
}

static inline uint64_t name_head_of(const char *name)
{
	char head[NAME_HEAD] = { 0 };

	memcpy(head, name, strnlen(name, sizeof(head)));
	return load_le64(head);
}

/* The mark of a name. head: argument as for name_head(). Never 0. */
static inline uint16_t name_mark(uint64_t head)
{
	uint16_t mark = (uint16_t)(name_head(head) * 0x9e3779b97f4a7c15 >> 48);

	return mark ? mark : 1;
}

static inline void symbol_names_add(struct symbol_names *names, uint32_t nr, uint64_t head)
{
	names->mark[nr] = name_mark(head);
}

/* Calls visit with the number of each symbol with exactly this name, the last one first, until
 * visit returns false. */
void symbol_names_each(struct symbol_names *names, const char *name,
		       bool (*visit)(uint32_t nr, enum name_rank rank, void *arg), void *arg);

/* The number of the best symbol with exactly this name. False: there is none. */
bool symbol_names_find(struct symbol_names *names, const char *name, uint32_t *nr);

/* Calls visit once for each distinct name that starts with prefix, in the order of strcmp(), until
 * visit returns false. If the names have more than MOST_COMPLETED bytes, visit is not called. */
void symbol_names_complete(const struct symbol_names *names, const char *prefix,
			   bool (*visit)(const char *name, void *arg), void *arg);
