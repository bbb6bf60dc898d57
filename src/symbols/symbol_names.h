/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Look-up by name in a numbered table of symbols: vmlinux's, a System.map's or the kernel's own
 * kallsyms; or of types. Names have marks, made from their first eight characters, which are
 * cheap to decode from a compressed name. Most sessions look up a few names: a search goes
 * through the marks. After many searches all names are hashed as a whole; also after searches
 * have looked at as many names as there are, as a file may have any number of names with the
 * same start. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/listener.h"

enum {
	NAME_HEAD = 8,
	MOST_UNHASHED = 64, /* searches */
	MOST_NAME = 1024, /* longer names do not count; KSYM_NAME_LEN is 512 since 6.1 */
	MOST_COMPLETED = 16 << 20, /* bytes of all names with one prefix */
};

/* Of symbols with the same name the highest rank wins, then the lowest number. */
enum name_rank { NAME_OF_NOTHING, NAME_LOCAL, NAME_GLOBAL };

/* The name and the rank of symbol nr; NULL if it has no name. Valid until the next
 * call. */
typedef const char *name_getter(void *table, uint32_t nr, enum name_rank *rank);

struct symbol_names {
	name_getter *get;
	void *table; /* first argument of get; borrowed, must outlive this */
	uint32_t count; /* numbers run from 0 to count - 1 */
	uint16_t *mark; /* owned; 0: has no name */
	struct whole_name {
		uint32_t nr; /* 1 + number of the best of its name; 0: free */
		uint32_t hash;
	} * whole; /* owned; NULL until searches took too long */
	uint64_t searched; /* names that searches have looked at, or marks by the hundred */
	size_t nr_wholes; /* slots, a power of two */
	/* Borrowed, may be NULL. Asked whether to stop: then nothing is found. */
	const struct listener *listener;
};

/* names is zeroed. Next, add all symbols with a name. A caller that adds them in ascending order
 * may set count to 0, raise it, and search in between. */
bool symbol_names_init(struct symbol_names *names, name_getter *get, void *table, uint32_t count,
		       struct error *err);
void symbol_names_free(struct symbol_names *names); /* may be zeroed */

/* The first NAME_HEAD bytes of a name, little-endian; in a shorter name, bytes after its NUL are
 * 0. */
static inline uint64_t name_head(uint64_t head)
{
	uint64_t zero = (head - 0x0101010101010101) & ~head & 0x8080808080808080;

	/* its lowest set bit marks the first zero byte */
	return zero ? head & (((zero & -zero) >> 7) - 1) : head;
}

static inline uint64_t name_head_of(const char *name)
{
	char head[NAME_HEAD] = { 0 };

	memcpy(head, name, strnlen(name, sizeof(head)));
	return load_le64(head);
}

/* head: as name_head() takes it. Never 0. */
static inline uint16_t name_mark(uint64_t head)
{
	uint16_t mark = (uint16_t)(name_head(head) * 0x9e3779b97f4a7c15 >> 48);

	return mark ? mark : 1;
}

static inline void symbol_names_add(struct symbol_names *names, uint32_t nr, uint64_t head)
{
	names->mark[nr] = name_mark(head);
}

/* Calls visit with the number of each symbol of exactly that name, the last one first,
 * until it returns false. */
void symbol_names_each(struct symbol_names *names, const char *name,
		       bool (*visit)(uint32_t nr, enum name_rank rank, void *arg), void *arg);

/* The number of the symbol with exactly that name; false if there is none. */
bool symbol_names_find(struct symbol_names *names, const char *name, uint32_t *nr);

/* Calls visit once for each distinct name that starts with prefix, in order of strcmp(), until
 * it returns false. If there are more than MOST_COMPLETED, it calls visit for none. */
void symbol_names_complete(const struct symbol_names *names, const char *prefix,
			   bool (*visit)(const char *name, void *arg), void *arg);
