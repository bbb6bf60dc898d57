/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Look-up by name in a numbered table of symbols: vmlinux's, a System.map's or the
 * kernel's own kallsyms. Names are chained by their first eight characters, which
 * are cheap to decode from a compressed name. A file may have any number of names
 * that start alike: once searches have looked at as many names as there are, all are
 * hashed as a whole. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/listener.h"

enum {
	NAME_HEAD = 8,
	NAME_BUCKET_BITS = 14,
	MOST_NAME =
		1024, /* longer names are none; KSYM_NAME_LEN is 512 since 6.1 */
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
	/* 1 + the last number of each bucket, and 1 + the one before it there. */
	uint32_t bucket[1 << NAME_BUCKET_BITS];
	uint32_t *before; /* owned */
	struct whole_name {
		uint32_t nr; /* 1 + number of the best of its name; 0: free */
		uint32_t hash;
	} * whole; /* owned; NULL until searches took too long */
	uint64_t searched; /* names that searches have looked at */
	size_t nr_wholes; /* slots, a power of two */
	/* Borrowed, may be NULL. Asked whether to stop: then nothing is found. */
	const struct listener *listener;
};

/* names is zeroed. Next, add all symbols with a name. */
bool symbol_names_init(struct symbol_names *names, name_getter *get,
		       void *table, uint32_t count, struct error *err);
void symbol_names_free(struct symbol_names *names); /* may be zeroed */

/* Call in ascending order of nr. head: the start of the name; any bytes may follow the
 * NUL of a shorter name. */
void symbol_names_add(struct symbol_names *names, uint32_t nr,
		      const char head[NAME_HEAD]);

/* Calls visit with the number of each symbol of exactly that name, the last one first,
 * until it returns false. */
void symbol_names_each(const struct symbol_names *names, const char *name,
		       bool (*visit)(uint32_t nr, enum name_rank rank, void *arg),
		       void *arg);

/* The number of the symbol with exactly that name; false if there is none. */
bool symbol_names_find(struct symbol_names *names, const char *name,
		       uint32_t *nr);

/* Calls visit once for each distinct name that starts with prefix, in order of
 * strcmp(), until it returns false. For no name if there are more than MOST_COMPLETED. */
void symbol_names_complete(const struct symbol_names *names, const char *prefix,
			   bool (*visit)(const char *name, void *arg),
			   void *arg);
