/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/known.h"

#include <stdint.h>
#include <string.h>

#include "base/printable.h"
#include "output/writer.h"

/* Returns NULL if the key is not known. */
static inline const struct known_key *find_key(const struct known *known, const char *name)
{
	const struct known_key *key = known->key[(uintptr_t)name % KEY_PLACES];

	for (unsigned int i = 0; i < KEY_PLACE; i++)
		if (key[i].name == name)
			return &key[i];
	return NULL;
}

/* Makes a key known if it is not too long. */
__attribute__((cold)) static void learn_key(struct known *known, const char *name)
{
	struct known_key *key = known->key[(uintptr_t)name % KEY_PLACES];
	size_t size = strnlen(name, KEY_ROOM);

	if (size > KEY_ROOM - 4 || find_key(known, name))
		return;
	memmove(key + 1, key, (KEY_PLACE - 1) * sizeof(*key));
	key->name = name;
	key->size = (unsigned int)size + 4;
	memcpy(key->text, ",\"", 2);
	memcpy(key->text + 2, name, size);
	memcpy(key->text + 2 + size, "\":", 2);
}

/* Writes the text of a known key, without its first `before` and its last `after` bytes. If the key
 * is not known or does not fit into the buffer, returns false and writes nothing. */
static inline bool put_known(const struct known *known, struct writer *writer, const char *name,
			     unsigned int before, unsigned int after)
{
	const struct known_key *key = find_key(known, name);

	if (!key || KEY_ROOM > sizeof(writer->buffer) - writer->used)
		return false;
	memcpy(writer->buffer + writer->used, key->text + before, KEY_ROOM);
	writer->used += key->size - before - after;
	return true;
}

void known_put_key(struct known *known, struct writer *writer, const char *name, bool comma)
{
	if (put_known(known, writer, name, !comma, 0))
		return;
	learn_key(known, name);
	writer_put_key(writer, name, comma);
}

void known_put_word(struct known *known, struct writer *writer, const char *word)
{
	if (put_known(known, writer, word, 1, 1))
		return;
	learn_key(known, word);
	writer_put_quoted(writer, word);
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
