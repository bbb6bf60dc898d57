/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "symbols/symbol_names.h"

#include "base/array.h"
#include "base/ranges.h"
#include "base/scatter.h"
#include "base/sort.h"

bool symbol_names_init(struct symbol_names *names, name_getter *get, void *table, uint32_t count)
{
	names->get = get;
	names->table = table;
	names->count = count;
	names->mark = calloc(count + (size_t)1, sizeof(*names->mark));
	return names->mark;
}

/* --- marks of names --- */

/* Finds the last symbol below number `end` that has this mark. Returns its number plus 1, or 0 if
 * there is none. */
static uint32_t last_below(const struct symbol_names *names, uint16_t mark, uint32_t end)
{
	enum { AT_ONCE = 256 };

	while (end >= AT_ONCE) {
		const uint16_t *part = names->mark + end - AT_ONCE;
		uint16_t equal = 0;

		for (unsigned int i = 0; i < AT_ONCE; i++)
			equal |= part[i] == mark;
		if (equal)
			break;
		end -= AT_ONCE;
	}
	while (end && names->mark[end - 1] != mark)
		end--;
	return end;
}

/* Returns the name of symbol nr. Returns NULL if the symbol has no name, or if its name is too
 * long. */
static const char *symbol_names_name_at(const struct symbol_names *names, uint32_t nr,
					enum name_rank *rank)
{
	const char *name = names->get(names->table, nr, rank);

	return name && *rank != NAME_OF_NOTHING && strnlen(name, MOST_NAME) < MOST_NAME ? name :
											  NULL;
}

/* --- the hash table of whole names --- */

/* Returns the slot of name, or the free slot where name must be stored. `name` must not be a result
 * of names->get(), because the function calls names->get(). */
static struct whole_name *whole_slot(const struct symbol_names *names, const char *name,
				     uint32_t hash)
{
	size_t mask = names->nr_wholes - 1, at = hash & mask;
	enum name_rank rank;

	for (;; at = (at + 1) & mask) {
		struct whole_name *slot = &names->whole[at];
		const char *other = NULL;

		if (slot->nr && slot->hash == hash)
			other = names->get(names->table, slot->nr - 1, &rank);
		if (!slot->nr || (other && !strcmp(other, name)))
			return slot;
	}
}

static void add_whole(struct symbol_names *names, uint32_t nr)
{
	enum name_rank rank, rank_before = NAME_OF_NOTHING;
	const char *name = symbol_names_name_at(names, nr, &rank);
	struct whole_name *slot;
	char copy[MOST_NAME];

	if (!name)
		return;
	strcpy(copy, name);
	slot = whole_slot(names, copy, (uint32_t)scatter_text(copy));
	if (slot->nr)
		names->get(names->table, slot->nr - 1, &rank_before);
	if (rank > rank_before)
		*slot = (struct whole_name){ nr + 1, (uint32_t)scatter_text(copy) };
}

/* Creates the hash table. Returns false if the listener stopped the work, or if memory ran out. */
static bool hash_whole_names(struct symbol_names *names)
{
	uint32_t nr = 0;

	for (names->nr_wholes = 2; names->nr_wholes / 2 <= names->count;)
		names->nr_wholes *= 2;
	names->whole = calloc(names->nr_wholes, sizeof(*names->whole));
	for (; names->whole && nr < names->count && !listener_stops_at(names->listener, nr); nr++)
		add_whole(names, nr);
	if (nr < names->count) {
		free(names->whole);
		names->whole = NULL;
	}
	return names->whole;
}

/* --- finding --- */

/* Finds the symbol in the hash table. Returns false if the table could not be created. */
static bool find_whole(struct symbol_names *names, const char *wanted, uint32_t *nr)
{
	const struct whole_name *slot;

	if (!names->whole && !hash_whole_names(names))
		return false;
	slot = whole_slot(names, wanted, (uint32_t)scatter_text(wanted));
	*nr = slot->nr ? slot->nr - 1 : NO_SYMBOL;
	return true;
}

/* Sets *nr to the number of the best symbol with this name, or to NO_SYMBOL. Returns false if the
 * search was not completed. */
static bool search_name(struct symbol_names *names, const char *wanted, uint32_t *nr)
{
	enum name_rank rank, best = NAME_OF_NOTHING;
	uint16_t mark = name_mark(name_head_of(wanted));

	*nr = NO_SYMBOL;
	names->searched += names->count / MOST_UNHASHED;
	if (names->whole)
		return find_whole(names, wanted, nr);
	for (uint32_t at = last_below(names, mark, names->count); at;
	     at = last_below(names, mark, at - 1)) {
		const char *name;

		if (names->searched++ >= names->count)
			return find_whole(names, wanted, nr);
		if (listener_stops_at(names->listener, names->searched))
			return false;
		name = names->get(names->table, at - 1, &rank);
		if (!name || rank < best || strcmp(name, wanted) != 0)
			continue;
		best = rank;
		*nr = at - 1;
	}
	return true;
}

bool symbol_names_find(struct symbol_names *names, const char *wanted, uint32_t *nr)
{
	struct recent_name *recent = &names->recent[scatter_text(wanted) % RECENT_NAMES];

	if (recent->count && recent->count == names->count && !strcmp(recent->name, wanted)) {
		*nr = recent->nr;
	} else if (!search_name(names, wanted, nr)) {
		return false;
	} else if (strlen(wanted) < sizeof(recent->name)) {
		strcpy(recent->name, wanted);
		recent->nr = *nr;
		recent->count = names->count;
	}
	return *nr != NO_SYMBOL;
}

void symbol_names_each(struct symbol_names *names, const char *wanted,
		       bool (*visit)(uint32_t nr, enum name_rank rank, void *arg), void *arg)
{
	uint16_t mark = name_mark(name_head_of(wanted));
	enum name_rank rank;
	uint32_t length = 0;

	for (uint32_t at = last_below(names, mark, names->count);
	     at && !listener_stops_at(names->listener, length++);
	     at = last_below(names, mark, at - 1)) {
		const char *name = names->get(names->table, at - 1, &rank);

		if (name && !strcmp(name, wanted) && !visit(at - 1, rank, arg))
			return;
	}
}

/* --- completion --- */

/* A name that starts with the prefix. */
struct completed_name {
	uint64_t key; /* the bytes after the prefix, as a big-endian number: most names differ in it */
	size_t at; /* the offset of the name in struct completions.text */
	const char *name; /* points to it, when all names are collected */
};

struct completions {
	struct completed_name *list; /* owned */
	size_t nr, room;
	char *text; /* owned; the names, each with its NUL */
	size_t size, text_room;
};

static int symbol_names_compare_names(const void *one, const void *two)
{
	const struct completed_name *left = one, *right = two;

	return COMPARE(left->key, right->key) ?: strcmp(left->name, right->name);
}

/* Collects all names that start with prefix. Returns false if the list is incomplete. */
static bool names_with(const struct symbol_names *names, const char *prefix,
		       struct completions *all)
{
	size_t length = strlen(prefix), size;
	enum name_rank rank;

	for (uint32_t nr = 0; nr < names->count; nr++) {
		const char *name = symbol_names_name_at(names, nr, &rank);
		struct completed_name item = { .at = all->size };

		if (listener_stops_at(names->listener, nr))
			return false;
		if (!name || strncmp(name, prefix, length) != 0)
			continue;
		size = strlen(name) + 1;
		item.key = __builtin_bswap64(name_head_of(name + length));
		if (size > MOST_COMPLETED - all->size ||
		    !array_add_bytes(&all->text, &all->size, &all->text_room, name, size) ||
		    !array_add(&all->list, &all->nr, &all->room, &item, sizeof(item)))
			return false;
	}
	for (size_t i = 0; i < all->nr; i++)
		all->list[i].name = all->text + all->list[i].at;
	return true;
}

void symbol_names_complete(const struct symbol_names *names, const char *prefix,
			   bool (*visit)(const char *name, void *arg), void *arg)
{
	struct completions all = { 0 };
	bool go_on = names_with(names, prefix, &all) &&
		     sort_items(all.list, all.nr, sizeof(*all.list), symbol_names_compare_names,
				names->listener);

	for (size_t i = 0; i < all.nr && go_on; i++)
		if (i == 0 || strcmp(all.list[i - 1].name, all.list[i].name) != 0)
			go_on = visit(all.list[i].name, arg);
	free(all.list);
	free(all.text);
}
