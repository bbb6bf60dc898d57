/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The number in a pseudonym shows the order in which names were first used. Each length of
 * pseudonyms is numbered separately. A number does not depend on the content of the name, so no key
 * is needed. */
#include "extract/pseudonym.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/scatter.h"

struct known_name {
	size_t at, size; /* offset and length of the name in `names` */
	uint32_t nr; /* number among the pseudonyms of this length, from 0 on */
};

struct pseudonyms {
	struct known_name *known; /* owned */
	size_t nr, room;
	char *names; /* owned; the characters of all names, without separators */
	size_t names_size, names_room;
	/* Owned; a hash table. A slot contains an index in `known`, plus 1, or 0 if the slot is
	 * free. */
	size_t *slot;
	size_t nr_slots; /* a power of two, larger than nr */
	uint32_t counts[PSEUDONYM_MAX + 1]; /* number of pseudonyms of each length */
};

enum { FIRST_SLOTS = 256 };

struct pseudonyms *pseudonyms_create(void)
{
	struct pseudonyms *pseudonyms = calloc(1, sizeof(*pseudonyms));

	if (!pseudonyms)
		return NULL;
	pseudonyms->nr_slots = FIRST_SLOTS;
	pseudonyms->slot = calloc(FIRST_SLOTS, sizeof(*pseudonyms->slot));
	if (pseudonyms->slot)
		return pseudonyms;
	free(pseudonyms);
	return NULL;
}

void pseudonyms_destroy(struct pseudonyms *pseudonyms)
{
	if (!pseudonyms)
		return;
	free(pseudonyms->known);
	free(pseudonyms->names);
	free(pseudonyms->slot);
	free(pseudonyms);
}

static size_t *pseudonym_slot_of(const struct pseudonyms *pseudonyms, const char *name, size_t size)
{
	uint64_t key = scatter_key(), hash = key;

	for (size_t i = 0; i < size; i++)
		hash = scatter(hash ^ (uint8_t)name[i], key);
	for (;; hash++) {
		size_t *slot = &pseudonyms->slot[hash & (pseudonyms->nr_slots - 1)];
		const struct known_name *known;

		if (!*slot)
			return slot;
		known = &pseudonyms->known[*slot - 1];
		if (known->size == size && !memcmp(pseudonyms->names + known->at, name, size))
			return slot;
	}
}

static bool pseudonym_grow(struct pseudonyms *pseudonyms)
{
	size_t nr = 2 * pseudonyms->nr_slots;
	size_t *slot = calloc(nr, sizeof(*slot));

	if (!slot)
		return false;
	free(pseudonyms->slot);
	pseudonyms->slot = slot;
	pseudonyms->nr_slots = nr;
	for (size_t i = 0; i < pseudonyms->nr; i++)
		*pseudonym_slot_of(pseudonyms, pseudonyms->names + pseudonyms->known[i].at,
				   pseudonyms->known[i].size) = i + 1;
	return true;
}

size_t pseudonyms_count(const struct pseudonyms *pseudonyms)
{
	return pseudonyms->nr;
}

static size_t pseudonym_length_of(size_t size)
{
	return size < PSEUDONYM_MAX ? size : PSEUDONYM_MAX;
}

static const struct known_name *pseudonym_add(struct pseudonyms *pseudonyms, const char *name,
					      size_t size)
{
	const struct known_name known = {
		pseudonyms->names_size,
		size,
		pseudonyms->counts[pseudonym_length_of(size)],
	};

	if ((2 * (pseudonyms->nr + 1) > pseudonyms->nr_slots && !pseudonym_grow(pseudonyms)) ||
	    !array_add_bytes(&pseudonyms->names, &pseudonyms->names_size, &pseudonyms->names_room,
			     name, size) ||
	    !array_add(&pseudonyms->known, &pseudonyms->nr, &pseudonyms->room, &known,
		       sizeof(known)))
		return NULL;
	*pseudonym_slot_of(pseudonyms, name, size) = pseudonyms->nr;
	pseudonyms->counts[pseudonym_length_of(size)]++;
	return &pseudonyms->known[pseudonyms->nr - 1];
}

size_t pseudonym_of(struct pseudonyms *pseudonyms, const char *name, size_t size,
		    char to[PSEUDONYM_MAX])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	const size_t slot = *pseudonym_slot_of(pseudonyms, name, size);
	const struct known_name *known =
		slot ? &pseudonyms->known[slot - 1] : pseudonym_add(pseudonyms, name, size);
	size_t length = pseudonym_length_of(size), first = length > 2;
	uint32_t rest;

	if (!known)
		return 0;
	rest = known->nr;
	if (first)
		to[0] = 'n';
	for (size_t i = length; i > first; i--, rest /= 36)
		to[i - 1] = digits[rest % 36];
	return length;
}
