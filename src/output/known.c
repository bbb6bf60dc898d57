/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/known.h"

#include <stdint.h>
#include <string.h>

#include "base/printable.h"
#include "output/writer.h"

/* Returns the known key. If there is none, makes room for it, and returns a key without a name. */
static struct known_key *find_key(struct known *known, const char *name)
{
	struct known_key *key = known->key[(uintptr_t)name % KEY_PLACES];

	for (unsigned int i = 0; i < KEY_PLACE; i++)
		if (key[i].name == name)
			return &key[i];
	memmove(key + 1, key, (KEY_PLACE - 1) * sizeof(*key));
	key->name = NULL;
	return key;
}

void known_put_key(struct known *known, struct writer *writer, const char *name, bool comma)
{
	struct known_key *key = find_key(known, name);
	char *to = writer_room(writer, KEY_MOST);
	size_t size;

	if (key->name) {
		memcpy(to, key->text + !comma, KEY_ROOM);
		writer->used += key->size - !comma;
		return;
	}
	writer_put_key(writer, name, comma);
	size = writer->buffer + writer->used - to + !comma;
	if (size > KEY_ROOM)
		return;
	key->name = name;
	key->size = (unsigned int)size;
	*key->text = ',';
	memcpy(key->text + !comma, to, size - !comma);
}

static bool has_words(const struct known_words *known, const char *join, const char *const *words,
		      size_t nr)
{
	size_t i = 0;

	while (i < nr && known->word[i] == words[i])
		i++;
	return i == nr && known->nr == nr && known->join == join;
}

/* If the words cannot be joined, the place stays unused. */
static void learn_words(struct known_words *known, const char *join, const char *const *words,
			size_t nr)
{
	known->join = join;
	known->nr = nr;
	known->size = 0;
	for (size_t i = 0; i < nr && known->nr; i++) {
		size_t size = strlen(words[i]), before = i ? strlen(join) : 0;

		known->word[i] = words[i];
		if (before + size > sizeof(known->text) - known->size ||
		    !printable_is_bare(words[i], size)) {
			known->nr = 0;
			return;
		}
		memcpy(known->text + known->size, join, before);
		memcpy(known->text + known->size + before, words[i], size);
		known->size += before + size;
	}
}

const struct known_words *known_join(struct known *known, const char *join,
				     const char *const *words, size_t nr)
{
	struct known_words *found, *neighbour;
	uintptr_t hash = 0;

	if (!nr || nr > WORDS_MOST)
		return NULL;
	for (size_t i = 0; i < nr; i++)
		hash = hash * 5 + (uintptr_t)words[i];
	hash = (hash ^ hash >> 5) % KNOWN_WORDS;
	found = &known->words[hash];
	neighbour = &known->words[hash ^ 1];
	if (has_words(found, join, words, nr))
		return found;
	if (has_words(neighbour, join, words, nr))
		return neighbour;
	*neighbour = *found;
	learn_words(found, join, words, nr);
	return found->nr ? found : NULL;
}
