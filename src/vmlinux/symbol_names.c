/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux/symbol_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bytes.h"

bool symbol_names_init(struct symbol_names *names, name_getter *get,
		       void *table, uint32_t count, struct error *err)
{
	names->get = get;
	names->table = table;
	names->count = count;
	names->before = calloc(count + (size_t)1, sizeof(*names->before));
	return names->before || fail(err, ERROR_SYSTEM, "out of memory");
}

void symbol_names_free(struct symbol_names *names)
{
	free(names->before);
}

static uint32_t bucket_of(const char head[NAME_HEAD])
{
	uint64_t word = load_le64(head);
	uint64_t zero =
		(word - 0x0101010101010101) & ~word & 0x8080808080808080;

	if (zero) /* its lowest set bit marks the first zero byte */
		word &= ((zero & -zero) >> 7) - 1;
	return (uint32_t)(word * 0x9e3779b97f4a7c15 >> (64 - NAME_BUCKET_BITS));
}

void symbol_names_add(struct symbol_names *names, uint32_t nr,
		      const char head[NAME_HEAD])
{
	uint32_t *last = &names->bucket[bucket_of(head)];

	names->before[nr] = *last;
	*last = nr + 1;
}

bool symbol_names_find(const struct symbol_names *names, const char *wanted,
		       uint32_t *nr)
{
	enum name_rank rank, best = NAME_OF_NOTHING;
	char head[NAME_HEAD] = { 0 };

	memcpy(head, wanted, strnlen(wanted, NAME_HEAD));
	for (uint32_t at = names->bucket[bucket_of(head)]; at;
	     at = names->before[at - 1]) {
		const char *name = names->get(names->table, at - 1, &rank);

		if (!name || rank < best || strcmp(name, wanted) != 0)
			continue;
		best = rank;
		*nr = at - 1;
	}
	return best != NAME_OF_NOTHING;
}

static int compare_names(const void *one, const void *two)
{
	return strcmp(*(const char *const *)one, *(const char *const *)two);
}

/* The list and its names are owned by the caller. */
static char **names_with(const struct symbol_names *names, const char *prefix,
			 size_t *count)
{
	size_t length = strlen(prefix), room = 0;
	enum name_rank rank;
	char **list = NULL, *copy;

	*count = 0;
	for (uint32_t nr = 0; nr < names->count; nr++) {
		const char *name = names->get(names->table, nr, &rank);

		if (!name || strncmp(name, prefix, length) != 0 ||
		    rank == NAME_OF_NOTHING)
			continue;
		copy = strdup(name);
		if (!copy ||
		    !array_add(&list, count, &room, &copy, sizeof(copy))) {
			free(copy);
			break;
		}
	}
	return list;
}

void symbol_names_complete(const struct symbol_names *names, const char *prefix,
			   bool (*visit)(const char *name, void *arg),
			   void *arg)
{
	bool go_on = true;
	size_t count;
	char **list = names_with(names, prefix, &count);

	if (count)
		qsort(list, count, sizeof(*list), compare_names);
	for (size_t i = 0; i < count && go_on; i++)
		if (i == 0 || strcmp(list[i - 1], list[i]) != 0)
			go_on = visit(list[i], arg);
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}
